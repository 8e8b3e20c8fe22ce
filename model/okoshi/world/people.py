"""People of a municipality by sex and single year of age, from a few figures.

A place's people are the nation's, bent by a cubic in age that is chosen so that the four broad ages come out
exactly: P(s, a) = N(s, a) exp(c0 + c1 x + c2 x^2 + c3 x^3) with x = (a - 45) / 35. The national table N is assumed.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import Facts, read_facts

AGES = 101  # the last age is 100 and over
MEN, WOMEN = 0, 1
NOBODY = -2000.0  # exp of it is exactly nought: a place without a resident
_BANDS = ((0, 15), (15, 65), (65, 75), (75, AGES))
_COHORT_SHIFT = 11  # years from FY2009 to FY2020


def age_basis() -> Floats:
    """Return the powers 0 to 3 of (age - 45) / 35, shape (101, 4)."""
    x = (np.arange(AGES) - 45.0) / 35.0
    return np.column_stack([np.ones(AGES), x, x**2, x**3])


def hazards(year: float, facts: Facts | None = None) -> Floats:
    """Return the yearly hazard of dying by sex and age 0-120 in a calendar year, shape (2, 121): assumed schedule."""
    table = (facts or read_facts("ages"))["mortality"]
    age = np.arange(121) + 0.5
    infant = table["infant"] * np.exp(-age / table["decay"])
    fall = table["yearly_fall"] if year > 2020 else table["yearly_fall_until_2020"]
    rows = [
        (infant + np.exp(constant) + np.exp(level + slope * age)) * np.exp(-of_sex * (year - 2020))
        for constant, level, slope, of_sex in zip(
            table["constant"], table["level"], table["slope"], fall, strict=True
        )
    ]
    return np.array(rows)


@cache
def _born_and_alive(year: int) -> Floats:
    """Return people born in Japan who would be alive in a year, by sex and age 0-115, shape (2, 116)."""
    births = read_facts("ages")["births"]
    by_year = np.array(births["thousand"], dtype=np.float64) * 1000
    boys = births["boys_per_girl"] / (1 + births["boys_per_girl"])
    age, lived = np.arange(116), np.arange(115)
    born = by_year[np.clip(year - age - births["first_year"], 0, len(by_year) - 1)]
    earlier = np.array(read_facts("ages")["mortality"]["earlier_yearly_fall"])
    ago = np.minimum(2020 - year + age[:, None] - lived, 60)  # when each age was lived through, before 2020
    hazard = hazards(2020)[:, None, lived] * np.exp(earlier[:, None, None] * ago)
    died = np.zeros((2, 116))
    died[:, 1:] = np.diagonal(np.cumsum(hazard, axis=2), -1, 1, 2)
    return np.asarray(born * np.array([[boys], [1 - boys]]) * np.exp(-died))


def _with_last_age(table: Floats) -> Floats:
    """Return a table of ages 0 to 100, the last being 100 and over."""
    closed = table[:, :AGES].copy()
    closed[:, -1] += table[:, AGES:].sum(axis=1)
    return closed


def _foreign_residents(persons: float) -> Floats:
    facts = read_facts("ages")["foreign_residents"]
    age = np.arange(AGES)
    shape = np.exp(-0.5 * ((age - facts["mean_age"]) / facts["sd_age"]) ** 2)
    return np.tile(shape / shape.sum() * persons / 2, (2, 1))


def _scale_bands(table: Floats, totals: Floats) -> Floats:
    scaled = table.copy()
    for (low, high), total in zip(_BANDS, totals, strict=True):
        scaled[:, low:high] *= total / scaled[:, low:high].sum()
    return scaled


def band_totals(
    under_15: Floats | float, from_65: Floats | float, from_75: Floats | float, total: Floats | float
) -> Floats:
    """Return people aged 0-14, 15-64, 65-74 and 75+, shape (..., 4), from shares and a total."""
    bands = (under_15, 1 - under_15 - from_65, from_65 - from_75, from_75)
    shares = np.stack([np.asarray(band) for band in bands], axis=-1)
    return np.asarray(shares * np.asarray(total)[..., None])


@cache
def national_table(year: int) -> Floats:
    """Return the assumed national people by sex and age of FY2020 or FY2009, shape (2, 101), 1 October."""
    facts = read_facts("ages")
    nation = read_facts("municipalities")["national"]
    now = _with_last_age(_born_and_alive(2020)) + _foreign_residents(facts["foreign_residents"]["y2020"])
    now = _scale_bands(
        now, band_totals(nation["share_u15"], nation["share_65"], nation["share_75"], nation["pop2020"])
    )
    if year == 2020:
        return now
    then = facts["shares_2009"]
    total = float(read_facts("projection")["national"]["population"][0])
    totals = band_totals(then["under_15"], then["from_65_to_74"] + then["from_75"], then["from_75"], total)
    return _scale_bands(_eleven_years_younger(now, facts), totals)


def _eleven_years_younger(now: Floats, facts: Facts) -> Floats:
    """Return those of FY2020 as they were in FY2009, with the dead alive again and later arrivals away."""
    arrivals = _foreign_residents(facts["foreign_residents"]["y2020"] - facts["foreign_residents"]["y2009"])
    stayed = now - arrivals
    then = _with_last_age(_born_and_alive(2009))
    join = AGES - 2 - _COHORT_SHIFT  # the oldest age still seen in FY2020 by single year
    died = np.zeros((2, join + 1))
    for year in range(_COHORT_SHIFT):
        died += hazards(2009.5 + year)[:, year : year + join + 1]
    then[:, : join + 1] = stayed[:, _COHORT_SHIFT : AGES - 1] * np.exp(died)
    then[:, join + 1 :] *= (then[:, join] / _with_last_age(_born_and_alive(2009))[:, join])[:, None]
    return then


def fit_ages(targets: Floats, table: Floats) -> Floats:
    """Return coefficients, shape (M, 4), that give each place its broad ages `targets`, shape (M, 4), exactly.

    `table` holds people by age, shape (101,). Newton's method on the logarithms, all places at once. A broad age
    with nobody in it gets a thousandth of a person, taken from the others.
    """
    basis = age_basis()
    coefficients = np.zeros((len(targets), 4))
    coefficients[:, 0] = NOBODY
    lived = targets.sum(axis=1) > 0
    wanted = np.log(np.maximum(targets[lived], 1e-3))
    current = np.zeros((len(wanted), 4))
    current[:, 0] = np.log(targets[lived].sum(axis=1) / table.sum())
    for _ in range(60):
        people = table * np.exp(np.clip(current @ basis.T, -200, 50))
        sums = np.stack([people[:, low:high].sum(axis=1) for low, high in _BANDS], axis=1)
        slopes = np.stack([people[:, low:high] @ basis[low:high] for low, high in _BANDS], axis=1)
        miss = wanted - np.log(sums)
        if np.abs(miss).max() < 1e-13:
            break
        step = np.linalg.solve(slopes / sums[:, :, None], np.clip(miss, -1.5, 1.5)[:, :, None])[:, :, 0]
        current += step
    people = table * np.exp(np.clip(current @ basis.T, -200, 50))
    current[:, 0] += np.log(targets[lived].sum(axis=1) / people.sum(axis=1))
    coefficients[lived] = current
    return coefficients


def people_from(coefficients: Floats, table: Floats) -> Floats:
    """Return people by place, sex and age, shape (M, 2, 101), from coefficients of shape (M, 2, 4)."""
    return np.asarray(table[None, :, :] * np.exp(coefficients @ age_basis().T))


def _bent_in_2009(coefficients: Floats) -> Floats:
    """Return the nation's people of FY2009 bent to each place, before anything adds up, shape (M, 2, 101).

    A place's departure from the nation stays at its age among the young, who pass through (pupils leave, others
    grow up), and moves with the cohort among the old, who stay: age a of FY2009 departs as age a + 11 w(a) of
    FY2020, w rising from 0 at 40 to 1 at 60. A reversal of each place by itself would explode in small ones.
    """
    rise = np.clip((np.arange(AGES) - 40) / 20, 0, 1)
    as_of = np.minimum(np.arange(AGES) + _COHORT_SHIFT * rise**2 * (3 - 2 * rise), AGES - 1)
    x = (as_of - 45.0) / 35.0
    basis = np.column_stack([np.ones(AGES), x, x**2, x**3])
    return np.asarray(national_table(2009)[None, :, :] * np.exp(coefficients @ basis.T))


def _to_totals(people: Floats, population: Floats) -> Floats:
    totals = people.sum(axis=(1, 2))
    factor = np.divide(population, totals, out=np.zeros_like(totals), where=totals > 0)
    return np.asarray(people * factor[:, None, None])


def age_factors_of_2009(coefficients: Floats, population: Floats) -> Floats:
    """Return factors by sex and age, shape (2, 101), at which all places together have the nation's ages of FY2009.

    Found by meeting the nation's ages and the places' totals in turn.
    """
    wanted = national_table(2009) * (population.sum() / national_table(2009).sum())
    people, factors = _bent_in_2009(coefficients), np.ones((2, AGES))
    for _ in range(25):
        people = _to_totals(people, population)
        step = wanted / np.maximum(people.sum(axis=0), 1e-300)
        people *= step
        factors *= step
    return factors


def people_of_2009(coefficients: Floats, population: Floats, factors: Floats) -> Floats:
    """Return people of FY2009 by place, sex and age, shape (M, 2, 101), whose places add up to `population`."""
    return _to_totals(_bent_in_2009(coefficients) * factors, population)


def share_from(people: Floats, age: int) -> Floats:
    """Return each place's share of people of an age and over; the nation's where nobody lives."""
    totals = people.sum(axis=(1, 2))
    over = people[:, :, age:].sum(axis=(1, 2))
    nation = over.sum() / max(totals.sum(), 1e-300)
    return np.asarray(np.divide(over, totals, out=np.full_like(totals, nation), where=totals > 0))


def class_index(population: Integers, edges: Floats) -> Integers:
    """Return the size class of each place, given each class's lowest population in rising order."""
    return np.searchsorted(edges, population, side="right").astype(np.int64) - 1
