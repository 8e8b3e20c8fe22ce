"""How the official statistics read the country: one function an operator, numerator and denominator named.

Operators read columns, never the model. `until` is the month after the year's last (1 April): everything is
read as on 31 March. A share over nobody is not a number.
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.applicants import Sex
from okoshi.agents.arrays import Flags, Integers
from okoshi.agents.cooperators import NEVER, Members, Path, Settled
from okoshi.engine.calendar import MONTHS
from okoshi.observe.quotients import quotient

SURVEY_WINDOW_YEARS = 5


def share(part: Flags, whole: Flags) -> float:
    """Return the share of `whole` that is also in `part`."""
    return quotient(np.count_nonzero(part & whole), np.count_nonzero(whole))


def active_in_year(members: Members, until: int) -> Flags:
    """Return who was a member at any time of the year (assumed reading of 特別交付税算定ベース)."""
    return (members.start_month < until) & (members.end_month > until - MONTHS)


def serving_on_31_march(members: Members, until: int) -> Flags:
    """Return who is a member on the last day of the year (head count)."""
    return (members.start_month < until) & (members.end_month >= until)


def places_ever_with_members(members: Members, until: int, places: int) -> int:
    """Return how many of the municipalities have had a member by 31 March (受入実績のある自治体)."""
    known = members.municipality[members.start_month < until]
    return int(np.count_nonzero(np.bincount(known, minlength=places)))


def ended_by(members: Members, until: int) -> Flags:
    """Return whose term has ended by 31 March, a term that ends on that day included."""
    return members.end_month <= until


def ended_in_last_years(members: Members, until: int, years: int) -> Flags:
    """Return whose term ended in the last `years` fiscal years, this one included."""
    return (members.end_month <= until) & (members.end_month > until - MONTHS * years)


def settled_now(members: Members) -> Flags:
    """Return who lives in the same or a nearby municipality at the survey date."""
    return np.asarray((members.settled == Settled.SAME) | (members.settled == Settled.NEARBY))


def months_served(members: Members) -> Integers:
    """Return months served by those whose term ended (meaningless for the others)."""
    return np.asarray(members.end_month, dtype=np.int64) - members.start_month


def settled_share_all(members: Members, until: int) -> float:
    """Return the survey's share: living there on 31 March, of all whose term has ended."""
    return share(settled_now(members), ended_by(members, until))


def settled_share_served_1_year(members: Members, until: int) -> float:
    """Return the same share of those who served at least a year."""
    whole = ended_by(members, until) & (months_served(members) >= MONTHS)
    return share(settled_now(members), whole)


def settled_share_last_5_years(members: Members, until: int) -> float:
    """Return the same share of those whose term ended in the last five fiscal years."""
    return share(settled_now(members), ended_in_last_years(members, until, SURVEY_WINDOW_YEARS))


def stayed_at_end_share(members: Members, until: int) -> float:
    """Return the share that stayed at the end of the term, of those who ended in the year."""
    stayed = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
    return share(stayed, ended_in_last_years(members, until, 1))


def present_after_share(members: Members, until: int, years: int) -> float:
    """Return the share living there now of those whose term ended in the fiscal year `years` before."""
    whole = ended_in_last_years(members, until - MONTHS * years, 1)
    return share(settled_now(members), whole)


def gone_after_3_to_4_years_share(members: Members, until: int) -> float:
    """Return the share gone again of those who settled when their term ended three or four years before."""
    stayed = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
    ended = ended_in_last_years(members, until - MONTHS * 3, 2)
    return share(members.gone_again_month != NEVER, stayed & ended)


def exited_within_share(members: Members, until: int, months: int) -> float:
    """Return the share of FORMER members who served at most `months` (the survey of early exit's operator)."""
    return share(months_served(members) <= months, ended_by(members, until))


def cohort_exited_within_share(members: Members, until: int, months: int) -> float:
    """Return the share of the members who started a year before this one who left within `months`."""
    started = (members.start_month >= until - 2 * MONTHS) & (members.start_month < until - MONTHS)
    return share((members.end_month < NEVER) & (months_served(members) <= months), started)


def path_share(members: Members, path: Path) -> float:
    """Return the share of a path among those living in the same municipality."""
    return share(members.path == path, members.settled == Settled.SAME)


def female_share(members: Members, until: int) -> float:
    """Return the share of women among the members of the year."""
    return share(members.sex == Sex.WOMAN, active_in_year(members, until))


def aged_20s_30s_share(members: Members, until: int) -> float:
    """Return the share of members of the year in their twenties and thirties (age at the start of the term)."""
    young = (members.age_at_start >= 20) & (members.age_at_start < 40)
    return share(young, active_in_year(members, until))


def members_by_place(members: Members, until: int, places: int) -> Integers:
    """Return members at any time of the year by municipality."""
    return np.bincount(members.municipality[active_in_year(members, until)], minlength=places)
