"""One file a measure: what it does in April and in March."""
