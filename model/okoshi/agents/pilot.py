"""A pilot (試行): given municipalities get a measure's treatment for given years, beside what it does anyway.

The treatment is what a measure does at a single place: a contract for field programmes (`university`), visits of
advisers (`cooperators`), joining the scheme (`dispatch`), a survey of workable cases (`shopping`), a lent expert
(`digital`). Nothing else changes: no draw hangs on whether there is a pilot.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from okoshi.agents.arrays import Flags, Integers, Rows

PILOTED = ("cooperators", "dispatch", "university", "shopping", "digital")
_NOWHERE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Pilot:
    """Where a measure is tried: rows of municipalities, the fiscal year each begins in, and the last for all."""

    measure: str = ""
    places: Rows = field(default_factory=lambda: _NOWHERE)
    since: Integers = field(default_factory=lambda: _NOWHERE)
    until: int = 0

    def rows(self, measure: str, fiscal_year: int) -> Rows:
        """Return the places that a measure treats in a year."""
        if measure != self.measure or fiscal_year > self.until:
            return _NOWHERE
        return self.places[self.since <= fiscal_year]

    def flags(self, measure: str, fiscal_year: int, places: int) -> Flags:
        """Return the same as one flag a municipality."""
        treated = np.zeros(places, dtype=np.bool_)
        treated[self.rows(measure, fiscal_year)] = True
        return treated
