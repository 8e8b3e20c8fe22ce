"""One number by another, also where the lower one is nought."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np

type Number = float | np.integer[Any]


def quotient(over: Number, under: Number, of_nobody: float = nan) -> float:
    """Return one number by the other, `of_nobody` where the lower one is 0."""
    return float(over) / float(under) if under > 0 else of_nobody
