"""Every number there is, with unit, date, source and range."""
