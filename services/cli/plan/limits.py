"""How large a plan in a file may be."""

FILE_BYTES = 8 * 1024 * 1024
ROWS = 20_000
