"""Outside digital talent against the official figures, over seeds, with stated tolerances."""

from __future__ import annotations

import numpy as np
import pytest

from measure_years import live, settings_of
from okoshi.measures.digital import Digital
from okoshi.observe.digital import national_row

SEEDS = range(20)


def rows_by_year(seed, **keys):
    rows = {}

    def note(measure, year):
        rows[year.fiscal_year] = national_row(measure, year.fiscal_year)
        served = measure.bodies.lent_days > 0
        part = measure.hours_freed[served].sum() / max(measure.staff_hours[served].sum(), 1)
        rows[year.fiscal_year]["freed_where_served"] = part

    live(Digital, settings_of(**keys), range(2009, 2035), seed=seed, after=note)
    return rows


@pytest.fixture(scope="module")
def baseline():
    return [rows_by_year(seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def without():
    return [rows_by_year(seed, policy__digital__supplement__enabled=False) for seed in SEEDS]


def mean(runs, year, name):
    return float(np.mean([run[year][name] for run in runs]))


@pytest.mark.parametrize(
    ("name", "year", "official", "tolerance"),
    [
        # Standard errors of the mean of 20 runs: 3 to 4 municipalities, 6 persons, 3 people of pools. The
        # ranges of the constants allow 4% more.
        ("municipalities_with_digital_talent", 2021, 163, 16),
        ("municipalities_with_digital_talent", 2022, 345, 25),
        ("municipalities_with_digital_talent", 2023, 522, 30),
        ("municipal_digital_persons", 2022, 602, 40),
        ("municipal_digital_persons", 2023, 916, 55),
        ("prefectures_with_digital_pool", 2021, 25, 0),
        ("prefectures_with_digital_pool", 2022, 36, 0),
        ("prefectures_with_digital_pool", 2023, 37, 0),
        ("digital_appointed", 2021, 144, 14),
        ("digital_appointed", 2022, 144, 14),
    ],
)
def test_against_the_official_figures(baseline, name, year, official, tolerance):
    assert abs(mean(baseline, year, name) - official) <= tolerance


def test_there_is_no_s_shape(baseline):
    stock = np.array(
        [mean(baseline, year, "municipalities_with_digital_talent") for year in range(2021, 2031)]
    )
    gains = np.diff(stock)
    hazard = gains / (1_741 - stock[:-1])
    assert (np.diff(gains) < 8).all()  # ever fewer are left
    assert hazard.min() > 0.09
    assert hazard.max() < 0.14
    assert 1_000 < stock[-1] < 1_400  # 600 to 1,400 fit the three points as well


def test_the_pools_stand_still_without_the_measure(without):
    stocks = [mean(without, year, "digital_appointed") for year in range(2023, 2031)]
    assert min(stocks) > 128
    assert max(stocks) < 162


def test_the_measure_raises_the_pools_and_misses_its_target(baseline, without):
    now, before = (mean(runs, 2025, "digital_appointed") for runs in (baseline, without))
    assert 40 < now - before < 160
    assert all(run[2025]["digital_appointed"] < 500 for run in baseline)
    assert 128 < mean(baseline, 2030, "digital_appointed") < 300
    most = rows_by_year(1, behaviour__digital__hires_by_measure=5, behaviour__digital__founding_by_measure=1)
    assert most[2025]["digital_appointed"] > 300  # the upper end of what is not ruled out


def test_no_effect_is_inside_the_ranges():
    nothing = {
        "behaviour__digital__hires_by_measure": 1,
        "behaviour__digital__leaving_by_measure": 1,
        "behaviour__digital__usefulness_by_measure": 1,
        "behaviour__digital__founding_by_measure": 0,
        "behaviour__digital__hands_on_by_measure": 0,
        "behaviour__digital__target_pull": 0,
    }
    one = rows_by_year(1, **nothing)
    other = rows_by_year(1, **nothing, policy__digital__supplement__enabled=False)
    for year in range(2020, 2035):
        assert one[year]["digital_appointed"] == other[year]["digital_appointed"]
        assert one[year]["digital_hours_freed"] == other[year]["digital_hours_freed"]


def test_hours_freed_where_people_are_lent(baseline):
    share = mean(baseline, 2034, "freed_where_served")
    assert 0.0015 < share < 0.004  # 0.27%
