"""Messages, labels and errors in English and Japanese."""
