"""One year of everybody's life, from 1 October to the next: some die, some move, some come from abroad, some are born.

Pure functions on cells: people by row, sex and age, with fractions of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Integers, Whole
from okoshi.agents.people_fertility import birth_rates, births, mothers_among
from okoshi.agents.people_mortality import chance_to_live
from okoshi.agents.people_moves import MoveRates, Pool, arrivals_from_abroad, move_rates
from okoshi.agents.people_rates import National, PeopleBehaviour, Rows, row_blocks
from okoshi.world.people import WOMEN


@dataclass(frozen=True)
class Rates:
    """What holds in every year: size class of each row, births of a woman by class and age, rates of moving."""

    behaviour: PeopleBehaviour
    size_class: Integers
    birth: Floats
    moves: MoveRates
    share_of_japan: float

    @classmethod
    def of(cls, rows: Rows, behaviour: PeopleBehaviour) -> Rates:
        """Set the rates so that the measured births and moves come out on the people of FY2020."""
        return cls(
            behaviour,
            rows.size_class,
            birth_rates(behaviour, rows.nation),
            move_rates(rows, behaviour),
            rows.share_of_japan,
        )


@dataclass(frozen=True)
class Flows:
    """What a year did, persons by row."""

    births: Floats
    deaths: Floats
    moved_in: Floats
    moved_out: Floats
    from_abroad: Floats


@dataclass(frozen=True)
class Beside:
    """Who lives beside the cells, by row: people listed as agents less the expected ones, whom the cells hold.

    `mothers` are their births for one child a Japanese woman.
    """

    people: Floats
    mothers: Floats

    @classmethod
    def nobody(cls, cells: Floats) -> Beside:
        """Return nobody beside these cells."""
        return cls(np.zeros(len(cells)), np.zeros(len(cells)))


def live_on(people: Floats, beside: Beside, rates: Rates, national: National) -> Flows:
    """Let the people of the cells live a year, in place, and return the year's flows.

    Who lives beside the cells pulls movers and bears children as others do (the children are of the cells), but
    neither moves nor dies here.
    """
    lived = row_sums(people)
    everybody = np.maximum(lived + beside.people, 0.0)
    mothers = mothers_among(people[:, WOMEN], rates.size_class, rates.birth) + beside.mothers
    born = births(mothers, national.children + rates.behaviour.children_added)
    live = chance_to_live(national, rates.behaviour)
    alive = np.empty(len(people))
    pool, blocks = Pool(rates.moves, everybody), row_blocks(len(people))
    for rows in blocks:
        block = people[rows]
        block *= live.take(rates.size_class[rows], axis=0)
        alive[rows] = row_sums(block)
        pool.take(rows, block)
    came = pool.close()
    persons = national.from_abroad * rates.share_of_japan
    abroad, by_age = arrivals_from_abroad(persons, rates.size_class, everybody)
    first = born * live[rates.size_class, :, 0]
    for rows in blocks:
        block = people[rows]
        pool.give(rows, block)
        _add_from_abroad(block, abroad[rows], by_age)
        grow_older(block, first[rows])
    return Flows(
        births=born.sum(axis=1),
        deaths=lived - alive + (born - first).sum(axis=1),
        moved_in=came,
        moved_out=pool.left,
        from_abroad=abroad,
    )


def row_sums(people: Floats | Whole) -> Floats:
    """Return everybody of each row, of an array by row, sex and age."""
    return np.asarray(np.einsum("rsa->r", people))  # the same bytes for any number of threads


def _add_from_abroad(people: Floats, to_row: Floats, by_age: Floats) -> None:
    """Add net arrivals `to_row` in place, or take people away: nobody leaves who is not there (`to_row` says so)."""
    arrivals = (0.5 * to_row[:, None] * by_age)[:, None]
    if (to_row >= 0).all():
        people += arrivals
        return
    gone = np.minimum(-arrivals, people)
    people -= gone
    to_row[:] = -row_sums(gone)


def grow_older(people: Floats | Whole, youngest: Floats | float = 0.0) -> None:
    """Make everybody of an array (in one piece) by row, sex and age a year older, in place; `youngest` come after."""
    oldest = people[:, :, -1] + people[:, :, -2]
    line = people.reshape(-1, copy=False)
    line[1:] = line[:-1]  # numpy minds that they overlap; in one dimension it needs no copy for that
    people[:, :, -1] = oldest
    people[:, :, 0] = youngest
