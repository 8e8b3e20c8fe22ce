"""What a run leaves that money can be set against: settlers, firms, and people with a shop within reach.

Read at the end of a run, as of now and of those that were there 5 and 10 years after they came: settlers still there
so long after the end of the term, firms still open so long after they opened. Each carries its lasting key, so that
two runs can be compared one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.cooperators import NEVER, Members, Settled, gone_month
from okoshi.agents.enterprises import STILL_OPEN, Enterprises
from okoshi.agents.founders import Founder, project_keys
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, MONTHS
from okoshi.engine.columns import Array

if TYPE_CHECKING:
    from okoshi.simulation import RegionalModel

AFTER_YEARS = (0, 5, 10)
SETTLER, STARTUP, COVERED = "settler", "startup", "covered_person"
UNITS = (SETTLER, STARTUP, COVERED)
GROSS, NET = "gross", "net"
READINGS = (GROSS, NET, "net_of_incumbents")


@dataclass(frozen=True)
class Units:
    """Settlers or firms of one run in the order of keys: where, whether anyway, and the part taken from nobody."""

    key: Array
    place: Array
    anyway: Array
    own_part: Array

    @classmethod
    def of(cls, key: Array, place: Array, anyway: Array, own_part: Array | None = None) -> Units:
        """Put units in the order of their keys."""
        order = np.argsort(key, kind="stable")
        part = np.ones(len(key)) if own_part is None else own_part
        return cls(key[order], place[order].astype(np.int64), anyway[order], part[order])


@dataclass(frozen=True)
class Covered:
    """People with a shop within reach or a service calling, one entry a municipality: their share, and the people."""

    share: Array
    people: Array


type Left = dict[tuple[str, int], Units | Covered]


def units_of(model: RegionalModel) -> Left:
    """Return (unit, years after) -> the units; people covered are those of now, for any years."""
    found: Left = {}
    until = model.month
    for years in AFTER_YEARS:
        found[SETTLER, years] = settlers_after(model.members, until, years)
        found[STARTUP, years] = firms_after(
            model.members, model.measures.local_10000.enterprises, until, years
        )
        found[COVERED, years] = _covered(model)
    return found


def settlers_after(members: Members, until: int, years: int) -> Units:
    """Return former members there so many years after their term, of those whose term ended so long ago; 0: now."""
    if years:
        at_end = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
        ended = (members.end_month < NEVER) & (members.end_month + MONTHS * years <= until)
        there = at_end & ended & (gone_month(members) > members.end_month + MONTHS * years)
    else:
        there = (members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)
    rows = np.flatnonzero(there)
    return Units.of(members.key[rows], members.settled_municipality[rows], members.moves_anyway[rows])


def firms_after(members: Members, table: Enterprises, until: int, years: int) -> Units:
    """Return firms open so many years after they opened, of those old enough; 0: open now.

    Firms of members, and enterprises of all who have no firm as members: what a member founds with a grant beside a
    firm is that firm, and without one it goes by the member, once. Of what an enterprise sells, the part taken from
    those already there does not count as its own.
    """
    old_enough = members.startup_month + MONTHS * years < until
    at = np.maximum(members.startup_month.astype(np.int64) + MONTHS * years, 0) if years else until - 1
    mine = np.flatnonzero((members.startup_month < until) & old_enough & (members.closed_month > at))
    last = FIRST_FISCAL_YEAR + until // MONTHS - 1
    others, key = _enterprises_apart(members, table)
    # The year of its founding is an enterprise's first: who closes in the year `founded + years` was open so long.
    open_then = table.closed.astype(np.int64) >= (table.founded + years if years else STILL_OPEN)
    rows = np.flatnonzero(others & (table.founded + years <= last) & open_then)
    sales = np.maximum(table.sales[rows], 1)
    own_part = 1.0 - np.minimum(table.sales_taken[rows] / sales, 1.0)
    return Units.of(
        np.concatenate([members.key[mine], key[rows]]),
        np.concatenate([members.municipality[mine], table.municipality[rows]]),
        np.concatenate([members.would_have_started_anyway[mine], table.would_have_started_anyway[rows]]),
        np.concatenate([np.ones(len(mine)), own_part]),
    )


def _enterprises_apart(members: Members, table: Enterprises) -> tuple[Array, Array]:
    """Return which enterprises are no firm of a member's already, and their keys: of a member's, the member's own.

    A member comes with a project in the year of the founding, or came the year before and was put off.
    """
    apart, key = np.ones(len(table.key), dtype=np.bool_), table.key.astype(np.uint64)
    of_members = (table.founder == Founder.COOPERATOR) | (table.founder == Founder.SETTLER)
    seen: set[int] = set()
    for row in np.flatnonzero(of_members).tolist():
        year = int(table.founded[row])
        came = (project_keys(members.key, when) == table.key[row] for when in (year, year - 1))
        member = int(np.argmax(np.logical_or(*came)))
        apart[row] = members.startup_month[member] == NEVER and member not in seen
        key[row] = members.key[member]
        seen.add(member)
    return apart, key


def _covered(model: RegionalModel) -> Covered:
    table = model.records.municipal[-1]
    return Covered(*(np.asarray(table[name], dtype=np.float64) for name in ("covered_share", "population")))


def difference(base: Units | Covered, variant: Units | Covered) -> tuple[float, float, float]:
    """Return what a variant has more: gross, net of other places, net of incumbents.

    Gross: who lives (or sells) where it does not under the base; for people covered, the sum over places that gain.
    Net: what is left over all places. Net of incumbents: of those there under one policy alone, without who would
    have come or started anyway, and of a firm only the part of its sales not taken from others; of a firm that is
    there under both, what this part changes. People covered are persons, counted once whoever serves them, of those
    who live there under the base: who moves to where there is a shop makes no shop reach more.
    """
    if isinstance(base, Covered) and isinstance(variant, Covered):
        gained = (variant.share - base.share) * base.people
        return float(np.maximum(gained, 0.0).sum()), float(gained.sum()), float(gained.sum())
    if isinstance(base, Covered) or isinstance(variant, Covered):
        raise TypeError("people covered are compared with people covered")
    _, one, other = np.intersect1d(base.key, variant.key, assume_unique=True, return_indices=True)
    moved = int((base.place[one] != variant.place[other]).sum())
    gross = len(variant.key) - len(other) + moved
    shared = float((variant.own_part[other] - base.own_part[one]).sum())
    alone = [_own_of_others(variant, other), _own_of_others(base, one)]
    return float(gross), float(len(variant.key) - len(base.key)), alone[0] - alone[1] + shared


def _own_of_others(units: Units, shared: Array) -> float:
    """Return what those beside the shared ones add that would not be there anyway and is taken from nobody."""
    counts = units.own_part * ~units.anyway
    counts[shared] = 0.0
    return float(counts.sum())
