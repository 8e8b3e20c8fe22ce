"""Survival of firms: the one form that both kinds of firms share."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats


def weibull_hazard(rate: float, shape: float, start: Floats, end: Floats) -> Floats:
    """Return the hazard that cumulates between two ages in years: Weibull, `(rate t)^shape` from age 0 to `t`."""
    return np.asarray((rate * end) ** shape - (rate * start) ** shape)
