"""Pictures, one function a question, drawn from tables."""
