"""Scenario and experiment files."""
