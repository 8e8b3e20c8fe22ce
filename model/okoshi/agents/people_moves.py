"""Moves between municipalities (転出入) by age, through a pool that loses and makes nobody.

Who moves leaves a row for the pool of its sex and age, and the pool is shared out over all rows:

    leaves(r, a) = o(r) RC(a) exp(-u(r) h(a) / 2),   share(r, a) ~ i(r) exp(+u(r) h(a) / 2) people(r).

RC is Rogers and Castro's curve, u the row's log size in standard deviations, h how far movers of an age lean to
large places: much at 18-23, when youth leave for study and work and some come back, less around 32 with children.
o and i are set once, by size class, so that the measured moves come out on the people of FY2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.people_rates import PeopleBehaviour, Rows, class_facts, row_blocks
from okoshi.world.facts import read_facts
from okoshi.world.people import AGES

_ROUNDS = 40


@dataclass(frozen=True)
class MoveRates:
    """Chance to leave in a year and pull on those who move, each by row and age, shape (rows, 101)."""

    leave: Floats
    pull: Floats


def moves_by_age() -> Floats:
    """Return Rogers and Castro's curve over the ages 0 to 100, up to a factor."""
    facts = read_facts("people_rates")["moves_by_age"]
    age = np.arange(AGES, dtype=np.float64)
    height, fall = facts["child"]
    curve = height * np.exp(-fall * age) + facts["steady"]
    height, fall, peak, rise = facts["work"]
    curve += height * np.exp(-fall * (age - peak) - np.exp(-rise * (age - peak)))
    height, rise, start = facts["old"]
    curve += height * np.exp(rise * np.maximum(age - start, 0.0)) - height
    curve[facts["leap_ages"]] += facts["leap"]
    first, last = read_facts("people_rates")["size_slope"]["pupils"]
    curve[first : last + 1] = facts["pupils"]
    return np.asarray(curve)


def lean_to_size(behaviour: PeopleBehaviour) -> Floats:
    """Return h(a), how movers of each age lean to large places, a standard deviation of log size, shape (101,)."""
    facts = read_facts("people_rates")["size_slope"]
    age = np.arange(AGES, dtype=np.float64)
    like_parents = np.where(age < facts["pupils"][0], age + facts["parents_older_by"], age)
    bump = np.exp(-0.5 * ((like_parents - facts["family_age"]) / facts["family_spread"]) ** 2)
    lean = behaviour.lean_family * bump
    for (first, last), value in (
        (facts["pupils"], behaviour.lean_pupils),
        (facts["leaving"], behaviour.lean_leaving),
        (facts["study"], behaviour.lean_study),
        (facts["back"], behaviour.lean_back),
    ):
        lean[first : last + 1] = value
    first, last = facts["later"]
    lean[first : last + 1] += behaviour.lean_later
    return np.asarray(lean)


def class_sizes() -> Floats:
    """Return u, the log size of each size class in standard deviations, shape (classes,)."""
    facts = read_facts("people_rates")["size_slope"]
    size = (np.array(class_facts()["log_people"]) - facts["middle"]) / facts["spread"]
    return np.asarray(np.clip(size, facts["low"], facts["high"]))


def move_rates(rows: Rows, behaviour: PeopleBehaviour) -> MoveRates:
    """Return the rates at which the nation's people of FY2020 make the measured moves of each size class.

    A row's own net moves, where they differ from its class's, come half from leaving and half from pull.
    """
    facts = class_facts()
    total = rows.nation.sum(axis=(1, 2))
    people = rows.nation.sum(axis=1)
    tilt = np.exp(0.5 * class_sizes()[:, None] * lean_to_size(behaviour)[None, :])
    out = np.array(facts["out_moves_per_1000"]) / 1000
    into = np.array(facts["in_moves_per_1000"]) / 1000
    leave = moves_by_age()[None, :] / tilt
    leave *= (out * total / _or_one((leave * people).sum(axis=1)))[:, None]
    pool = (leave * people).sum(axis=0)
    wanted = into * total * pool.sum() / _or_one(np.array((into * total).sum()))
    pull = tilt.copy()
    for _ in range(_ROUNDS):
        weight = pull * total[:, None]
        arrive = (weight / _or_one(weight.sum(axis=0)) * pool).sum(axis=1)
        pull *= np.where(total > 0, wanted / _or_one(arrive), 1.0)[:, None]
    half = 0.5 * rows.own_net / (0.5 * (out + into))[rows.size_class]
    return MoveRates(
        leave=np.clip(leave[rows.size_class] * np.exp(-half)[:, None], 0.0, 0.9),
        pull=pull[rows.size_class] * np.exp(half)[:, None],
    )


def _or_one(values: Floats) -> Floats:
    return np.asarray(np.where(values > 0, values, 1.0))


class Pool:
    """Those who move, on their way: first every row's movers leave, block of rows by block, then all are shared out.

    `everybody` counts all who live in a row, agents too. Where no row pulls at an age, nobody moves.
    """

    def __init__(self, rates: MoveRates, everybody: Floats) -> None:
        self.pull, self.everybody = rates.pull, everybody
        self.total = np.einsum("ra,r->a", rates.pull, everybody)
        somewhere = self.total > 0
        self.leave = rates.leave if somewhere.all() else rates.leave * somewhere
        self.left = np.empty(len(everybody))
        self.moving = np.zeros((2, len(somewhere)))

    def take(self, rows: slice, people: Floats) -> None:
        """Take who moves out of the people of `rows`, in place."""
        leaving = people * self.leave[rows, None]
        people -= leaving
        self.left[rows] = np.einsum("rsa->r", leaving)
        self.moving += leaving.sum(axis=0)

    def close(self) -> Floats:
        """Let nobody leave any more, and return how many will come to each row."""
        self.moving /= _or_one(self.total)
        return np.asarray(self.everybody * np.einsum("ra,a->r", self.pull, self.moving.sum(axis=0)))

    def give(self, rows: slice, people: Floats) -> None:
        """Give `rows` their share of all who left, in place."""
        people += (self.pull[rows] * self.everybody[rows, None])[:, None] * self.moving


def exchange(people: Floats, rates: MoveRates, everybody: Floats) -> tuple[Floats, Floats]:
    """Let people move, in place, and return how many came to each row and how many left it; both add up to the same.

    `people` are those who may move, shape (rows, 2, 101); for `everybody` see `Pool`.
    """
    pool, blocks = Pool(rates, everybody), row_blocks(len(people))
    for rows in blocks:
        pool.take(rows, people[rows])
    came = pool.close()
    for rows in blocks:
        pool.give(rows, people[rows])
    return came, pool.left


def arrivals_from_abroad(persons: float, size_class: Integers, everybody: Floats) -> tuple[Floats, Floats]:
    """Return net arrivals from abroad by row, half of them of each sex, and their shares by age.

    They go where foreign residents live: by the size class's foreign residents of 1,000 people.
    """
    facts = read_facts("people_rates")["abroad"]
    age = np.arange(AGES, dtype=np.float64)
    curve = np.exp(-0.5 * ((age - facts["mean_age"]) / facts["sd_age"]) ** 2)
    weight = np.array(class_facts()["foreign_residents_per_1000"])[size_class] * everybody
    return persons * weight / max(weight.sum(), 1e-300), curve / curve.sum()
