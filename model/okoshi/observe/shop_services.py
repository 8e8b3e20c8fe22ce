"""The table of shops and services: one row each, stores told apart by their number in the district."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from okoshi.agents.shop_stores import KINDS
from okoshi.agents.shops import OPEN, ORGANISERS, ServiceKind, Services
from okoshi.engine.columns import Array
from okoshi.engine.draws import combine_keys
from okoshi.measures.shopping import Shopping
from okoshi.observe.shopping import DECLARATIONS
from okoshi.observe.tables import Columns, key_texts, labels_of, place_codes
from okoshi.world.country import World

DIGITS_OF_PERSONS = (
    6  # of customers, thousands in one place: the digits beyond hang on the order of adding up
)


def services_table(measure: Shopping, world: World, years: tuple[int, int]) -> Columns:
    """Return one row a shop or service that was there in the years written, sorted by key.

    Stores of a district are told apart by their number: the last to come is the first to go.
    """
    columns = [_services(measure, world), *(_stores(measure, world, kind) for kind in KINDS)]
    table = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
    there = (table["opened"] <= years[1]) & ((table["closed"] == OPEN) | (table["closed"] >= years[0]))
    order = np.flatnonzero(there)
    order = order[np.argsort(table["service"][order], kind="stable")]
    table["service"] = key_texts(table["service"])
    table["customers"] = table["customers"].round(DIGITS_OF_PERSONS)
    return {
        declared.name: table[declared.name][order]
        for declared in DECLARATIONS
        if declared.name != "replicate"
    }


def _services(measure: Shopping, world: World) -> Columns:
    services, districts = measure.services, measure.districts
    vans = services.kind == ServiceKind.MOBILE
    site = services.site.copy()
    site[vans] = measure.routes.stops[site[vans], 0]
    costs = np.array([getattr(measure.behaviour, f"{kind.name.lower()}_cost") for kind in ServiceKind])
    # What closes in March was there all year; later on its row still holds what it had then.
    in_latest = (services.closed == OPEN) | (services.closed == max(measure.stores_by_year))
    return {
        "service": services.key,
        "kind": labels_of(Services, "kind")[services.kind],
        "municipality": place_codes(world)[services.municipality],
        "district": districts.rank[site].astype(np.int64),
        "organiser": np.array([ORGANISERS[kind] for kind in ServiceKind])[services.kind],
        "operator": labels_of(Services, "operator")[services.operator],
        "opened": services.opened,
        "closed": services.closed,
        "customers": np.where(in_latest, services.customers, 0.0),
        "cost": np.rint(costs[services.kind] * services.share).astype(np.int64),
        "support": np.where(in_latest, services.support, 0),
        "deficit_years": services.deficit_years,
    }


def _stores(measure: Shopping, world: World, kind: str) -> Columns:
    opened, closed, rows, number, spell = _spells(measure.stores_by_year, kind)
    districts = measure.districts
    now = np.maximum(getattr(districts, kind), 1)
    empty = np.full(len(rows), "")
    return {
        "service": combine_keys(districts.key[rows], KINDS.index(kind), number, spell)
        if len(rows)
        else np.zeros(0, dtype=np.uint64),
        "kind": np.full(len(rows), kind),
        "municipality": place_codes(world)[districts.municipality[rows]],
        "district": districts.rank[rows].astype(np.int64),
        "organiser": empty,
        "operator": empty,
        "opened": opened,
        "closed": closed,
        "customers": np.where(closed == OPEN, (getattr(districts, f"{kind}_customers") / now)[rows], 0.0),
        "cost": np.full(len(rows), round(getattr(measure.behaviour, f"{kind}_cost")), dtype=np.int64),
        "support": np.zeros(len(rows), dtype=np.int64),
        "deficit_years": getattr(districts, f"{kind}_deficit")[rows].astype(np.int64),
    }


def _spells(by_year: dict[int, dict[str, Array]], kind: str) -> tuple[Array, ...]:
    """Return when each store opened and closed, district, number and the how manieth of it, from yearly counts."""
    years = sorted(by_year)
    counts = np.array([by_year[year][kind] for year in years], dtype=np.int64)
    before = np.concatenate([np.zeros_like(counts[:1]), counts[:-1]])
    opened, rows, number = _events(counts - before, before, years)
    closed, gone_rows, gone_number = _events(before - counts, counts, years)
    # In the order of district, number and year, closings follow the openings that they end.
    start = np.lexsort((opened, number, rows))
    ends = np.lexsort((closed, gone_number, gone_rows))
    place = _pair_code(rows[start], number[start])
    gone = _pair_code(gone_rows[ends], gone_number[ends])
    nth, nth_gone = _number_within(place), _number_within(gone)
    slot = _pair_code(place, nth)
    ended = np.zeros(len(start), dtype=np.int64)
    if len(ends):
        at = np.searchsorted(slot, _pair_code(gone, nth_gone))
        ended[at] = closed[ends]
    return opened[start], ended, rows[start], number[start], nth


def _events(steps: Array, floor: Array, years: Iterable[int]) -> tuple[Array, Array, Array]:
    year, row = np.nonzero(steps > 0)
    count = steps[year, row]
    repeat = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(repeat)) - np.repeat(np.cumsum(count) - count, count)
    number += floor[year, row][repeat]
    return np.array(list(years), dtype=np.int64)[year[repeat]], row[repeat], number


def _pair_code(first: Array, second: Array) -> Array:
    return first << 20 | second  # a district has fewer stores than that, whatever a threshold asks


def _number_within(sorted_codes: Array) -> Array:
    new = np.ones(len(sorted_codes), dtype=np.bool_)
    new[1:] = sorted_codes[1:] != sorted_codes[:-1]
    first = np.maximum.accumulate(np.where(new, np.arange(len(sorted_codes)), 0))
    return np.arange(len(sorted_codes)) - first
