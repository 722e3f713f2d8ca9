"""Judging targets and following alerts: pure functions, no I/O library."""
