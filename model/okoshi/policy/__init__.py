"""The rules of the six measures: pure functions, yen in, yen out."""
