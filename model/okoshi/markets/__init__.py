"""Where two kinds of agents meet."""
