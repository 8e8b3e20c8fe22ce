"""Rows as columns, in which tables are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from okoshi.engine.columns import Array

type Rows = Sequence[Mapping[str, Any]]


def columns_of(rows: Rows) -> dict[str, list[Any]]:
    """Return rows, which all have the same keys, as lists by key; nothing where there is no row."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def arrays_of(rows: Rows) -> dict[str, Array]:
    """Return rows, which all have the same keys, as arrays of one kind each; nothing where there is no row."""
    return {name: np.array(values) for name, values in columns_of(rows).items()}
