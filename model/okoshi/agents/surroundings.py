"""What other measures left at a place by last March, for members and settlers who decide where and how to live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from okoshi.agents.arrays import Floats, Integers


@dataclass(frozen=True)
class Surroundings:
    """One value a municipality: jobs that funded enterprises opened, enterprises that closed, and shops lost.

    `leaving_logit` is what shops that went add to a settler's logit of leaving, and take from a place at the end of
    a term.
    """

    new_jobs: Integers
    closing: Integers
    leaving_logit: Floats

    @classmethod
    def none(cls, places: int) -> Self:
        """Return surroundings in which nothing has happened."""
        nothing = np.zeros(places, dtype=np.int64)
        return cls(nothing, nothing, np.zeros(places))
