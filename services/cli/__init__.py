"""`pacekeeper …`: the command line; it speaks to the public interfaces only."""
