"""A comparison as tables: differences, costs, and what is known of doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okoshi.scenario.draft import STRUCTURE
from okoshi.study.costs import cost_rows
from okoshi.study.runs import Columns

if TYPE_CHECKING:
    from okoshi.study.comparing import Comparison

DIFFERENCES, SETTLERS, COSTS = "differences", "settlers", "costs"
STRUCTURES, RANKINGS, DOUBT = "structures", "rankings", "doubt"
NAMES = (DIFFERENCES, SETTLERS, COSTS, STRUCTURES, RANKINGS, DOUBT)


def tables_of(found: Comparison) -> dict[str, Columns]:
    """Return the tables of a comparison by name; one that would be empty is not there."""
    tables = {
        DIFFERENCES: found.differences,
        SETTLERS: _settlers(found),
        COSTS: cost_rows(found.costs),
        STRUCTURES: _structures(found),
        RANKINGS: _rankings(found),
        DOUBT: _doubt(found),
    }
    return {name: table for name, table in tables.items() if table and len(next(iter(table.values())))}


def _columns(names: tuple[str, ...], rows: list[tuple[object, ...]]) -> Columns:
    return {name: np.array([row[place] for row in rows]) for place, name in enumerate(names)}


def _settlers(found: Comparison) -> Columns:
    """Return who lives where at the end, person by person: a row a variant and kind of difference."""
    last = int(found.differences["fiscal_year"].max())
    rows: list[tuple[object, ...]] = [
        (scenario, last, kind, one.value, one.low, one.high)
        for scenario, kinds in found.additional.items()
        for kind, one in kinds.items()
    ]
    return _columns(("scenario", "fiscal_year", "kind", "additional", "low_90", "high_90"), rows)


def _structures(found: Comparison) -> Columns:
    rows: list[tuple[object, ...]] = [
        (sign.scenario, sign.outcome, *structure, one.value, one.low, one.high)
        for sign in found.signs
        for structure, one in zip(sign.structures, sign.differences, strict=True)
    ]
    return _columns(("scenario", "outcome", *STRUCTURE, "difference", "low_90", "high_90"), rows)


def _rankings(found: Comparison) -> Columns:
    rows: list[tuple[object, ...]] = [
        (ranking.definition, place, name, ranking.means[place - 1], _sure(ranking.sure, place))
        for ranking in found.rankings
        for place, name in enumerate(ranking.order, start=1)
    ]
    return _columns(("definition", "rank", "scenario", "mean", "before_the_next_beyond_chance"), rows)


def _sure(sure: tuple[bool, ...], place: int) -> bool:
    return place <= len(sure) and sure[place - 1]


def _doubt(found: Comparison) -> Columns:
    rows: list[tuple[object, ...]] = [
        (one.scenario, one.outcome, one.structure, one.parameters, one.together, one.chance)
        for one in found.doubt
    ]
    return _columns(("scenario", "outcome", "structure", "parameters", "together", "chance"), rows)
