"""One file an agent kind: its columns, what it decides, what then changes."""
