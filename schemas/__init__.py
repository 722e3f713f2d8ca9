"""The contract: events, periods, units, topics and the catalogue; imports no I/O library."""
