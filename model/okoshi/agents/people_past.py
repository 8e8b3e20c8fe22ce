"""FY2009 to FY2020: what single places did beside the rates, so that FY2020 is the census and nothing comes after.

People of FY2009 are carried forward by the rates of every year. A cohort of a place that would miss its census of
FY2020 gets the missing persons in equal parts a year on the way: each year

    x = (census - (cell L + K people)) / T,

L being the chance that one who lives there is still there in FY2020, K those who will have come by then for each
of the place's people, T the persons of FY2020 that come of one person a year from now on. L, K and T are its size
class's at the rates. The factors are found once, without agents and under the catalogue's own path of births and
arrivals, and are the same in every scenario: what a policy does to a village shows in FY2020, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.people_mortality import chance_to_live
from okoshi.agents.people_moves import arrivals_from_abroad, exchange
from okoshi.agents.people_rates import National, Rows, class_count, row_blocks
from okoshi.agents.people_year import Beside, Rates, live_on, row_sums
from okoshi.world.people import AGES

FOUNDED, CENSUS = 2009, 2020
_LEAST, _MOST = 0.5, 2.0  # a cell is at most halved or doubled in one year before the last


@dataclass(frozen=True)
class Past:
    """Factors on the cells after each year from FY2009 to FY2019, by row of one copy, sex and age."""

    factors: tuple[Floats, ...]
    municipalities: int
    copies: int

    def apply(self, cells: Floats, fiscal_year: int) -> Floats:
        """Do to the cells after a year from FY2009 on, in place, what the place did beside the rates.

        Return the persons whom that gave to each row.
        """
        gave = np.zeros(len(cells))
        index = fiscal_year - FOUNDED
        if not 0 <= index < len(self.factors):
            return gave
        factor, one = self.factors[index], self.municipalities // self.copies
        for copy in range(self.copies):
            own = slice(copy * one, (copy + 1) * one)
            gave[own] = _multiply(cells[own], factor[:one])
        gave[self.municipalities :] = _multiply(cells[self.municipalities :], factor[one:])
        return gave


def _multiply(cells: Floats, factor: Floats) -> Floats:
    """Multiply cells in place, and return by row how many persons more there are."""
    gave = np.empty(len(cells))
    for rows in row_blocks(len(cells)):
        before = row_sums(cells[rows])
        cells[rows] *= factor[rows]
        gave[rows] = row_sums(cells[rows]) - before
    return gave


@dataclass(frozen=True)
class _Ahead:
    """What becomes of a size class's cells by FY2020: L, K and T of the module, by class, sex and age."""

    stay: Floats
    come: Floats
    parts: Floats


def find_past(rows: Rows, rates: Rates, national: Callable[[int], National]) -> Past:
    """Return the factors that carry the people of FY2009 to the census of FY2020, cell by cell."""
    ahead = _look_ahead(rows, rates, national)
    one = rows.municipalities // rows.copies
    first = np.concatenate([np.arange(one), np.arange(rows.municipalities, len(rows))])
    cells, nobody = rows.people_2009.copy(), Beside.nobody(rows.people_2009)
    factors = []
    for year in range(FOUNDED, CENSUS):
        live_on(cells, nobody, rates, national(year))
        left = CENSUS - (year + 1)
        factor = np.empty(cells.shape, dtype=np.float32 if left else np.float64)
        if left:
            _lead_towards_census(cells, rows, ahead[left], left, factor)
        else:
            _meet_census(cells, rows, factor)
        factors.append(factor if rows.copies == 1 else factor[first])
    return Past(tuple(factors), rows.municipalities, rows.copies)


def _meet_census(cells: Floats, rows: Rows, factor: Floats) -> None:
    """Find what to multiply each cell by in the last year, and do it: just right."""
    np.divide(rows.people, cells, out=factor, where=cells > 0)
    factor[cells <= 0] = 1.0
    cells *= factor


def _lead_towards_census(cells: Floats, rows: Rows, ahead: _Ahead, left: int, factor: Floats) -> None:
    """Find what to multiply each cell by, `left` years (1 or more) before the census, and do it.

    The factor is 1 + x / cell of the module: (1 - L / T) + (census / T - people K / T) / cell.
    """
    young = AGES - 1 - left  # who is younger than this is not yet 100 in FY2020
    of_class = [1.0 - ahead.stay / ahead.parts, 1.0 / ahead.parts, ahead.come / ahead.parts]
    for some in row_blocks(len(cells)):
        size_class, cell, census = rows.size_class[some], cells[some], rows.people[some]
        people, there = row_sums(cell)[:, None, None], cell[:, :, :young]
        still, inverse, come = (table[:, :, :young].take(size_class, axis=0) for table in of_class)
        inverse *= census[:, :, left : AGES - 1]
        come *= people
        inverse -= come
        found = factor[some]
        somebody = there > 0
        np.divide(inverse, there, out=inverse, where=somebody)
        still += inverse
        if not somebody.all():
            still[~somebody] = 1.0
        np.clip(still, _LEAST, _MOST, out=found[:, :, :young])
        oldest = cell[:, :, young:] * ahead.stay[size_class, :, young:]
        oldest += ahead.come[size_class, :, young:] * people
        expected = oldest.sum(axis=2)
        ratio = np.divide(census[:, :, -1], expected, out=np.ones_like(expected), where=expected > 0)
        spread = 1.0 + (ratio - 1.0) / (left + 1)
        found[:, :, young:] = np.clip(spread, _LEAST, _MOST)[:, :, None]
        cell *= found


def _look_ahead(rows: Rows, rates: Rates, national: Callable[[int], National]) -> list[_Ahead]:
    """Return what becomes of each size class's cells, by years left to the census (0 to 10)."""
    classes = np.arange(class_count())
    whole = Rows(
        municipalities=len(classes),
        copies=1,
        size_class=classes,
        own_net=np.zeros(len(classes)),
        people=rows.nation,
        people_2009=rows.nation_2009,
        nation=rows.nation,
        nation_2009=rows.nation_2009,
    )
    of_classes = Rates.of(whole, rates.behaviour)
    cells, nobody, steps = rows.nation_2009.copy(), Beside.nobody(rows.nation_2009), []
    for year in range(FOUNDED, CENSUS):
        steps.append(_stay_and_come(cells, of_classes, national(year)))
        live_on(cells, nobody, of_classes, national(year))
    older = np.minimum(np.arange(AGES) + 1, AGES - 1)
    ahead = [_Ahead(np.ones_like(cells), np.zeros_like(cells), np.ones_like(cells))]
    for stay, come in reversed(steps[1:]):
        later = ahead[-1]
        still = stay * later.stay[:, :, older]
        came = come * later.stay[:, :, older] + later.come[:, :, older]
        ahead.append(_Ahead(still, came, still + later.parts[:, :, older]))
    return ahead


def _stay_and_come(cells: Floats, rates: Rates, national: National) -> tuple[Floats, Floats]:
    """Return the chance to live on in the place for a year, and who comes for each of its people."""
    live = chance_to_live(national, rates.behaviour)
    everybody = row_sums(cells)
    there = cells * live
    stay = there * (1.0 - rates.moves.leave[:, None, :])
    exchange(there, rates.moves, everybody)
    persons = national.from_abroad * rates.share_of_japan
    to_row, by_age = arrivals_from_abroad(persons, rates.size_class, everybody)
    comes = there - stay + 0.5 * (to_row[:, None] * by_age)[:, None]
    per_head = np.divide(comes, everybody[:, None, None], out=np.zeros_like(comes), where=comes > 0)
    return live * (1.0 - rates.moves.leave[:, None, :]), per_head
