"""One year of everybody's life, from 1 October to the next: some die, some move, some come from abroad, some are born.

Pure functions on cells: people by row, sex and age, with fractions of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.people_fertility import birth_rates, births
from okoshi.agents.people_mortality import chance_to_live
from okoshi.agents.people_moves import MoveRates, arrivals_from_abroad, exchange, move_rates
from okoshi.agents.people_rates import PeopleBehaviour, Rows
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
class National:
    """What comes from outside in one year: children a Japanese woman, net arrivals from abroad in all Japan."""

    fiscal_year: int
    children: float
    from_abroad: float


@dataclass(frozen=True)
class Flows:
    """What a year did, persons by row."""

    births: Floats
    deaths: Floats
    moved_in: Floats
    moved_out: Floats
    from_abroad: Floats


def live_year(cells: Floats, listed: Floats, rates: Rates, national: National) -> tuple[Floats, Flows]:
    """Return the cells a year later and the year's flows.

    `listed` are people counted apart as agents, by row, sex and age: they pull movers and bear children as others
    do (the children are of the cells), but neither move nor die here.
    """
    women = cells[:, WOMEN] + listed[:, WOMEN]
    everybody = cells.sum(axis=(1, 2)) + listed.sum(axis=(1, 2))
    live = chance_to_live(national.fiscal_year, rates.behaviour)[rates.size_class]
    people = cells * live
    deaths = cells.sum(axis=(1, 2)) - people.sum(axis=(1, 2))
    leaves, comes = exchange(people, rates.moves, everybody)
    people += comes
    people -= leaves
    abroad = _from_abroad(people, rates, national, everybody)
    people += abroad
    born = births(women, rates.size_class, rates.birth, national.children + rates.behaviour.children_added)
    first = born * live[:, :, 0]
    later = np.empty_like(people)
    later[:, :, 0] = first
    later[:, :, 1:] = people[:, :, :-1]
    later[:, :, -1] += people[:, :, -1]
    return later, Flows(
        births=born.sum(axis=1),
        deaths=deaths + (born - first).sum(axis=1),
        moved_in=comes.sum(axis=(1, 2)),
        moved_out=leaves.sum(axis=(1, 2)),
        from_abroad=abroad.sum(axis=(1, 2)),
    )


def _from_abroad(people: Floats, rates: Rates, national: National, everybody: Floats) -> Floats:
    """Return net arrivals by row, sex and age; nobody leaves who is not there."""
    arrivals = arrivals_from_abroad(national.from_abroad * rates.share_of_japan, rates.size_class, everybody)[
        :, None, :
    ]
    if national.from_abroad >= 0:
        return np.broadcast_to(arrivals, people.shape)
    return np.maximum(arrivals, -people)
