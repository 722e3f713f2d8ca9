"""A series read and carried on, pure: what the judge and the command line both need."""
