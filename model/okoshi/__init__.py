"""Okoshi (おこし): an agent-based simulation of Japan's regional-vitalisation measures."""
