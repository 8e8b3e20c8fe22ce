"""Related people (関係人口) of all measures: people elsewhere whose attachment to a place is above a threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.cooperators import Members, Settled
from okoshi.engine.calendar import MONTHS

if TYPE_CHECKING:
    from okoshi.agents.applicants import Applicants
    from okoshi.agents.arrays import Integers
    from okoshi.agents.students import StudentBehaviour


def related_former_members(
    members: Members, until: int, behaviour: StudentBehaviour, places: int
) -> Integers:
    """Return former members living elsewhere who are related people, by the municipality they served.

    Attachment is that of the end of the term, fading from then on as a student's does (assumed).
    """
    rows = np.flatnonzero((members.settled == Settled.ELSEWHERE) & (members.end_month <= until))
    left = np.minimum(members.end_month[rows], until)
    gone = members.gone_again_month[rows]
    left = np.where(gone <= until, gone, left)
    kept = members.attachment[rows] * (1.0 - behaviour.attachment_fading) ** ((until - left) / MONTHS)
    there = members.municipality[rows[kept > behaviour.related_threshold]]
    return np.bincount(there, minlength=places)


def guests_by_place(guests: Applicants, places: int) -> Integers:
    """Return the year's trial guests and interns by the place they stayed at: related people that year (assumed)."""
    return np.bincount(guests.guest_of[guests.guest_of >= 0], minlength=places)
