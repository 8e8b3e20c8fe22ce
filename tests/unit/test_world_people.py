"""People of the invented country by sex and single year of age, and the schedule by which they die."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.world.country import load_world
from okoshi.world.paths import national_series
from okoshi.world.people import band_totals, fit_ages, hazards, national_table, people_from

BANDS = ((0, 15), (15, 65), (65, 75), (75, 101))


@settings(max_examples=60, deadline=None)
@given(
    st.floats(150, 4e6),
    st.floats(0.02, 0.25),
    st.floats(0.12, 0.66),
    st.floats(0.3, 0.75),
)
def test_people_by_age_meet_the_broad_ages(total: float, young: float, old: float, oldest: float) -> None:
    table = national_table(2020)
    targets = band_totals(np.array([young]), np.array([old]), np.array([old * oldest]), np.array([total]))
    coefficients = fit_ages(targets, table.sum(axis=0))
    people = people_from(np.repeat(coefficients[:, None, :], 2, axis=1), table)
    for (low, high), wanted in zip(BANDS, targets[0], strict=True):
        assert abs(people[0, :, low:high].sum() / wanted - 1) < 1e-8
    assert (people > 0).all()


def test_people_add_up_to_the_population_of_each_place() -> None:
    world = load_world()
    assert np.abs(world.people.sum(axis=(1, 2)) - world.population_2020).max() < 1e-6
    assert np.abs(world.people[:, :, 65:].sum(axis=(1, 2)) - world.population_65plus[11]).max() < 1e-4
    assert np.array_equal(world.population[11], world.population_2020)


def test_the_nation_is_met_in_every_year() -> None:
    world = load_world()
    nation = national_series("population")
    assert np.abs(world.population.sum(axis=1) / nation - 1).max() < 1e-9
    share = world.population_65plus.sum(axis=1) / world.population.sum(axis=1)
    assert abs(share[1] - 0.230) < 0.002  # FY2010
    assert abs(share[-1] - 0.371) < 0.003


def test_people_of_2009_are_the_first_year_of_the_population() -> None:
    world = load_world()
    people = world.people_2009
    assert people.shape == (len(world), 2, 101)
    assert np.abs(people.sum(axis=(1, 2)) - world.population[0]).max() < 1e-6
    assert np.abs(people[:, :, 65:].sum(axis=(1, 2)) - world.population_65plus[0]).max() < 1e-3
    nation = national_table(2009)
    assert np.abs(people.sum(axis=0) / nation - 1).max() < 1e-6


def test_no_place_explodes_going_back() -> None:
    world = load_world()
    lived = world.population_2020 > 0
    ratio = world.population[0][lived] / world.population_2020[lived]
    assert ratio.min() > 0.75
    assert ratio.max() < 1.6


def test_an_empty_place_stays_empty_and_has_no_missing_number() -> None:
    world = load_world()
    empty = np.flatnonzero(world.population_2020 == 0)
    assert len(empty) == 1
    assert world.people[empty].sum() == 0
    assert world.population[:, empty].sum() == 0
    assert np.isfinite(world.population_65plus).all()


# 厚生労働省 完全生命表, 21st to 23rd. The fall of hazards is set by the first and the last; that of 2015 is not used.
@pytest.mark.parametrize(
    ("year", "men", "women"), [(2010, 79.55, 86.30), (2015, 80.75, 86.99), (2020, 81.56, 87.71)]
)
def test_lives_are_as_long_as_the_life_tables_say(year: int, men: float, women: float) -> None:
    survivors = np.exp(-np.cumsum(hazards(year + 0.5), axis=1))
    at_birthdays = np.concatenate([np.ones((2, 1)), survivors], axis=1)
    expectation = ((at_birthdays[:, 1:] + at_birthdays[:, :-1]) / 2).sum(axis=1)
    assert expectation == pytest.approx([men, women], abs=0.2)


def test_more_men_are_born_and_more_women_are_old() -> None:
    table = national_table(2020)
    assert table[0, :15].sum() > table[1, :15].sum()
    assert table[1, 85:].sum() > 1.6 * table[0, 85:].sum()
    assert 0.03 < table[:, 85:].sum() / table.sum() < 0.06
