"""Paths as people type them."""

from __future__ import annotations

from pathlib import Path


def from_home(name: str | Path) -> Path:
    """Return a path with `~` filled in, where the system knows whose home is meant."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)
