"""What the official statistics would see of a run."""
