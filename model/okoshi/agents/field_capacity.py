"""Capacity by field (分野ごとの対応力): what members, employees on dispatch and digital talent have built at a place.

Members' work lasts and fades slowly; what employees leave is the business of their own measure; digital capacity
helps a place to be seen. Each leaves a part of what is still lacking: they never add up to more than the whole.
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.municipalities import CAPACITY_COLUMNS, Field, Municipalities, MunicipalityBehaviour


class FieldCapacity:
    """What members' work has built so far, shape (municipalities, fields), 0 to 1."""

    def __init__(self, places: int) -> None:
        self.by_members: Floats = np.zeros((places, len(Field)))

    def live_year(self, behaviour: MunicipalityBehaviour, member_years: Floats) -> None:
        """Let a year's work of members, years by municipality and field, add to it: `C' = C + k(1 - C) - f C`."""
        gain = -np.expm1(-behaviour.capacity_by_work * member_years)
        now = self.by_members
        self.by_members = now + gain * (1.0 - now) - behaviour.capacity_fading * now

    def write(self, table: Municipalities, by_employees: Floats, digital_help: Floats) -> None:
        """Write the capacity of all together: `1 - (1 - members)(1 - employees)(1 - digital)`.

        `by_employees` has the shape of the members' part; `digital_help`, one value a municipality, counts for how
        well a place is seen (the digital field).
        """
        lacking = (1.0 - self.by_members) * (1.0 - by_employees)
        lacking[:, Field.DIGITAL] *= 1.0 - digital_help
        for column, name in enumerate(CAPACITY_COLUMNS):
            setattr(table, name, 1.0 - lacking[:, column])
