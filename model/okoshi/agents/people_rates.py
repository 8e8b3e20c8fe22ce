"""What sets how people are born, die and move: parameters, size classes, and the parts of the nation as rows.

A row is a municipality of the run; where the run holds only some prefectures, the rest of the nation follows as
one row a size class, so that people move to and from it as they do in the whole country.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.world.country import World
from okoshi.world.facts import Facts, read_facts
from okoshi.world.people import AGES, class_index

JAPAN_2020 = 126_146_099  # people in the census of 2020
MOST_OWN_NET = 0.015  # persons a person a year
ROWS_AT_ONCE = 128


@dataclass(frozen=True)
class PeopleBehaviour:
    """How people are born, die and move: `behaviour.people`."""

    children_added: float
    all_women: float
    birth_age: float
    birth_age_spread: float
    mortality: float
    local_mortality: float
    lean_pupils: float
    lean_leaving: float
    lean_study: float
    lean_back: float
    lean_family: float
    lean_later: float
    class_weight_people: float
    link_settlers_to_people: float


@dataclass(frozen=True)
class Rows:
    """The rows that people live in: municipalities first, then the rest of the nation by size class.

    `municipalities` is their number; `copies` of the nation there are. `own_net` is how far each row's net moves
    a person lie above its size class's (those of the rest such that each class adds up to nought), `people` those of
    FY2020 and `people_2009` those of FY2009 by row, sex and age; `nation` those of one nation in FY2020 by size
    class, sex and age.
    """

    municipalities: int
    copies: int
    size_class: Integers
    own_net: Floats
    people: Floats
    people_2009: Floats
    nation: Floats
    nation_2009: Floats

    def __len__(self) -> int:
        """Return the number of rows, the rest of the nation included."""
        return len(self.size_class)

    @property
    def share_of_japan(self) -> float:
        """The people of all rows over Japan's of 2020: a world of some towns only is a small country."""
        return float(self.people.sum() / JAPAN_2020)


@dataclass(frozen=True)
class National:
    """What comes from outside in one year, in all Japan.

    Children a Japanese woman, net arrivals from abroad, and the chance of dying over that of the schedule.
    """

    fiscal_year: int
    children: float
    from_abroad: float
    over_schedule: float = 1.0


def row_blocks(rows: int) -> list[slice]:
    """Return the rows in blocks whose cells stay in the processor's cache: several times as fast step by step."""
    return [slice(first, first + ROWS_AT_ONCE) for first in range(0, rows, ROWS_AT_ONCE)]


def class_facts() -> Facts:
    """Return the table of rates by size class."""
    table: Facts = read_facts("people_rates")["size_class"]
    return table


def class_count() -> int:
    """Return the number of size classes."""
    return len(class_facts()["from"])


def size_class_of(world: World) -> Integers:
    """Return the size class of each municipality by its people of 2020."""
    return class_index(world.population_2020, np.array(class_facts()["from"], dtype=np.float64))


def by_class(values: Floats, size_class: Integers, classes: int | None = None) -> Floats:
    """Return sums over the rows of each size class (or of so many groups), shape (classes, ...)."""
    count = class_count() if classes is None else classes
    ordered = values[
        np.argsort(size_class.astype(np.uint16), kind="stable")
    ]  # sixteen bits are sorted fastest
    last = np.cumsum(np.bincount(size_class, minlength=count)).tolist()
    first = [0, *last]
    return np.array([ordered[first[number] : last[number]].sum(axis=0) for number in range(count)])


def rows_of(world: World, nation: World, behaviour: PeopleBehaviour) -> Rows:
    """Return the rows of a run in `world`, which is the whole of `nation` or a part of it, in copies or not."""
    copies = world.copies
    size_class, nation_class = size_class_of(world), size_class_of(nation)
    people_2009 = world.people_2009
    nation_2009 = people_2009 if nation is world else nation.people_2009
    nation_then, nation_now = by_class(nation_2009, nation_class), by_class(nation.people, nation_class)
    own_net = own_net_moves(world, nation, behaviour)
    kept, rest_net = np.arange(0), np.zeros(0)
    rest = rest_2009 = np.zeros_like(nation_now)
    if len(world) < copies * len(nation):
        rest = np.maximum(nation_now * copies - by_class(world.people, size_class), 0.0)
        rest_2009 = np.maximum(nation_then * copies - by_class(people_2009, size_class), 0.0)
        kept = np.flatnonzero(rest.sum(axis=(1, 2)) > 0.5)
        above = by_class(own_net * world.population_2020, size_class)[kept]
        limit = 2 * MOST_OWN_NET  # no place is further from its class
        rest_net = np.clip(-above / rest[kept].sum(axis=(1, 2)), -limit, limit)
    return Rows(
        municipalities=len(world),
        copies=copies,
        size_class=np.concatenate([size_class, kept]),
        own_net=np.concatenate([own_net, rest_net]),
        people=np.concatenate([world.people, rest[kept]]),
        people_2009=np.concatenate([people_2009, rest_2009[kept]]),
        nation=nation_now,
        nation_2009=nation_then,
    )


def own_net_moves(world: World, nation: World, behaviour: PeopleBehaviour) -> Floats:
    """Return how far each municipality's net moves a person lie above its size class's in the nation.

    One year of a small place is noise or disaster: the place's own figure counts with its people, the class's
    with `class_weight_people`, and the difference never with more than 15 persons of 1,000. The classes' own
    levels are those of the table of rates: here each class adds up to nought.
    """
    size_class = size_class_of(nation)
    people = by_class(nation.population_2020.astype(np.float64), size_class)
    shrunk = _shrunk_net_moves(nation, behaviour)
    sums = by_class(nation.population_2020 * shrunk, size_class)
    mean = np.divide(sums, people, out=np.zeros_like(sums), where=people > 0)
    return np.asarray(_shrunk_net_moves(world, behaviour) - mean[size_class_of(world)])


def _shrunk_net_moves(world: World, behaviour: PeopleBehaviour) -> Floats:
    facts = class_facts()
    classes = (np.array(facts["in_moves_per_1000"]) - np.array(facts["out_moves_per_1000"])) / 1000
    people = world.population_2020.astype(np.float64)
    weight = people / (people + behaviour.class_weight_people + 1e-9)
    difference = world.net_migration_per_1000 / 1000 - classes[size_class_of(world)]
    return np.asarray(np.clip(weight * np.nan_to_num(difference), -MOST_OWN_NET, MOST_OWN_NET))


def normal_curve(mean: float, spread: float) -> Floats:
    """Return a normal curve over the ages 0 to 100 that adds up to one, taken a year after each birthday."""
    age = np.arange(AGES) + 1.0
    curve = np.exp(-0.5 * ((age - mean) / spread) ** 2)
    return np.asarray(curve / curve.sum())
