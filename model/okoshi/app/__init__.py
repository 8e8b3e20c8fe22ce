"""The command line, the report and the live page."""
