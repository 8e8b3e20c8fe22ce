"""What survey and platform really brought: contracts beside those of the same draws without them.

New, or moved from another company, another place or the other type, or merely earlier: a contract is told by
what the same numbered post and the same company have in the run without.
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Integers
from okoshi.agents.dispatch_contracts import Contracts, Origin
from okoshi.agents.dispatch_hosts import SLOTS

NONE = -1


def slot_code(table: Contracts, rows: Integers) -> Integers:
    """Return one number for the post that each contract is in."""
    return np.asarray(table.municipality[rows].astype(np.int64) * SLOTS + table.slot[rows])


def pair_code(table: Contracts, rows: Integers) -> Integers:
    """Return one number for each contract's municipality and company together."""
    return np.asarray(table.municipality[rows].astype(np.int64) << 32 | table.company[rows])


def tell_origins(
    table: Contracts, signed: Integers, without: Contracts, latest: Integers, first_month: int
) -> None:
    """Write the origin of this year's contracts (`signed`) beside the run `without`.

    `latest` is the row of the latest contract of each post in the run without, -1 where there is none.
    """
    other = latest[slot_code(table, signed)]
    there = other >= 0
    row = np.maximum(other, 0) if len(without) else np.zeros(len(signed), dtype=np.int64)
    if len(without):
        there &= without.end_month[row] > table.start_month[signed]
        same_company = there & (without.company[row] == table.company[signed])
        same_kind = there & (without.kind[row] == table.kind[signed])
    else:
        same_company = same_kind = there
    origin = np.full(len(signed), Origin.NEW, dtype=np.int8)
    origin[there & ~same_kind] = Origin.MOVED_TYPE
    origin[there & same_kind & ~same_company] = Origin.MOVED_COMPANY
    origin[same_company & same_kind] = Origin.SAME
    empty = np.flatnonzero(~there)
    away = elsewhere(table, signed, without, first_month)
    origin[empty[_first_of_company(table, signed[empty], away)]] = Origin.MOVED_PLACE
    table.origin[signed] = origin


def elsewhere(table: Contracts, signed: Integers, without: Contracts, first_month: int) -> Integers:
    """Return by company how many of its employees are, without the extra, where they are not with it.

    Those already counted as moved by a contract that still runs are left out.
    """
    running = np.flatnonzero(table.end_month > first_month)
    others = np.flatnonzero(without.end_month > first_month)
    mirrored = np.isin(_person_code(without, others), _person_code(table, running))
    companies = without.company[others[~mirrored]]
    earlier = running[table.origin[running] == Origin.MOVED_PLACE]
    used = np.setdiff1d(earlier, signed)
    most = int(max(table.company[running].max(initial=0), companies.max(initial=0))) + 1
    count = np.bincount(companies, minlength=most) - np.bincount(table.company[used], minlength=most)
    return np.asarray(np.maximum(count, 0))


def _person_code(table: Contracts, rows: Integers) -> Integers:
    return np.asarray(slot_code(table, rows) << 32 | table.company[rows])


def _first_of_company(table: Contracts, rows: Integers, limit: Integers) -> Flags:
    """Return which of the contracts are among the first `limit` of their company, in the order of keys."""
    order = np.lexsort((table.key[rows], table.company[rows]))
    company = table.company[rows[order]]
    start = np.searchsorted(company, company)
    among = np.zeros(len(rows), dtype=np.bool_)
    among[order] = np.arange(len(rows)) - start < limit[company]
    return among


def tell_earlier(
    table: Contracts, signed: Integers, without: Contracts, signed_without: Integers, first_month: int
) -> None:
    """Rename new contracts as merely earlier where the same pair now comes together without the extra too."""
    fresh = ~np.isin(_person_code(without, signed_without), _person_code(table, signed))
    pairs = pair_code(without, signed_without[fresh])
    before = np.flatnonzero((table.origin == Origin.NEW) & (table.start_month < first_month))
    table.origin[before[np.isin(pair_code(table, before), pairs)]] = Origin.EARLIER
