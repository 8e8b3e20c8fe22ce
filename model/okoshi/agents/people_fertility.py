"""Births (出生): women by age, a national path of children a woman, and the ratio of each size class to it."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats, Integers, Whole
from okoshi.agents.people_rates import PeopleBehaviour, class_facts, normal_curve
from okoshi.world.facts import read_facts
from okoshi.world.people import WOMEN

FIRST_AGE, LAST_AGE = 14, 50
FERTILE = slice(FIRST_AGE, LAST_AGE)


def birth_rates(behaviour: PeopleBehaviour, nation: Floats) -> Floats:
    """Return births a year of a woman by size class and age, for one child a Japanese woman, shape (classes, 101).

    All women bear `all_women` times as many as Japanese women. The size classes' ratios are levelled so that the
    nation's women of FY2020, shape (classes, 2, 101), have the nation's children.
    """
    ages = normal_curve(behaviour.birth_age, behaviour.birth_age_spread)
    ages[:FIRST_AGE] = ages[LAST_AGE:] = 0.0
    ages /= ages.sum()
    ratio = np.array(class_facts()["children_ratio"])
    mothers = nation[:, WOMEN] @ ages
    level = mothers.sum() / max(float(ratio @ mothers), 1e-300) if mothers.sum() > 0 else 1.0
    return np.asarray(behaviour.all_women * level * ratio[:, None] * ages[None, :])


def mothers_among(women: Floats | Whole, size_class: Integers, rates: Floats) -> Floats:
    """Return births in each row for one child a Japanese woman, from women by row and age, shape (rows, 101)."""
    fertile = women[:, FERTILE].astype(np.float64, copy=False)
    return np.asarray(np.einsum("ra,ra->r", fertile, rates[:, FERTILE].take(size_class, axis=0)))


def births(mothers: Floats, children: float) -> Floats:
    """Return boys and girls born in each row, shape (rows, 2), from births for one child a Japanese woman."""
    both = children * np.maximum(mothers, 0.0)
    boys = float(read_facts("ages")["births"]["boys_per_girl"])
    return np.asarray(both[:, None] * np.array([boys, 1.0]) / (1.0 + boys))
