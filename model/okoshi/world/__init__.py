"""The country at the start, as plain arrays."""
