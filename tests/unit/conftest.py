"""What the tests of official files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from official_table import ITEMS, MORE, table_of, write_csv


@pytest.fixture
def ssdse(tmp_path: Path) -> Path:
    """A table of municipalities as it is published, beside which the other files are read."""
    return write_csv(tmp_path / "SSDSE-A-2031.csv", table_of([*ITEMS, *MORE]))
