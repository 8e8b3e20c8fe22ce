"""How much may be asked for at once."""

MOST_REPLICATES = 10_000
MOST_WORKERS = 1_024  # more than any one machine has
