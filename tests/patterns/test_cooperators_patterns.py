"""Patterns of the cooperators against the official figures, means over five seeds. Nothing here is an input.

Tolerances: those that the project set itself (members of FY2012-FY2018 within 25% on average, FY2018 within 3%,
55-75% settled by the survey's operator and more of the last five years, 4 to 1 same to nearby); else three times
the uncertainty that `observed.toml` states for the figure (`agrees`); where a pattern is only a direction, the
error rate. Starting values know figures up to FY2018 (`experiments/starting_values.py`): later years of members
and municipalities are a forecast. What is missed says so and must fail: a pattern met after all wants its line
here removed.
"""

from __future__ import annotations

import numpy as np
import pytest

from okoshi.agents.applicants import Sex
from okoshi.agents.cooperators import Settled
from okoshi.observe.observed import observed_figures
from small_country import lived, scenario_of

SEEDS = (1, 2, 3, 4, 5)
MORE_SEEDS = (6, 7, 8, 9, 10)  # for small groups: in five runs women in their forties differ by 2 to 5 errors
FIRST, LAST = 2009, 2024
ONE_IN_A_HUNDRED = 2.33  # standard errors, one-sided
UNCERTAINTIES = 3.0


def missed(reason):
    """Mark a pattern that the model does not reach, with what was tried: it has to fail."""
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)


SHARE_DOES_NOT_RISE = (
    "61% in FY2021 and FY2022 for 65%: a quarter of settlers gone after 3-4 years and the level of FY2018 leave no "
    "rise. Of those who served a year 64%: an account of the survey of FY2021 (2022-05) says that those who left "
    "sooner are not in its denominator. Tried: roots by years, level and attachment of going, support and learning "
    "in the search, figures to FY2018. What would decide: settlers by year of end and year of survey"
)


@pytest.fixture(scope="module")
def models():
    scenario = scenario_of((FIRST, LAST), ())
    return [lived(scenario, seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def mean(models):
    """Return the mean over seeds of a column of the national table in a year."""
    tables = [model.tables(["national"])["national"] for model in models]

    def of(column, year):
        return float(np.mean([table[column][year - FIRST] for table in tables]))

    return of


def official(series):
    return {figure.fiscal_year: figure.compared for figure in observed_figures() if figure.series == series}


def errors(mean, series, years):
    known = official(series)
    return {year: mean(series, year) / known[year] - 1 for year in years}


def agrees(mean, series, year):
    """Hold the mean to three times the uncertainty stated for the official figure."""
    (figure,) = [f for f in observed_figures() if (f.series, f.fiscal_year) == (series, year)]
    off = mean(series, year) - figure.compared
    assert abs(off) <= UNCERTAINTIES * figure.uncertainty, (series, year, figure.compared, round(off, 4))


# how many


@pytest.mark.parametrize("series", ["members", "municipalities_with_members"])
def test_2012_to_2018_are_near_on_average(mean, series):
    """Set: 25% on average. Asked of these starting values: 10%."""
    found = errors(mean, series, range(2012, 2019))
    assert np.mean([abs(error) for error in found.values()]) <= 0.10, found


@pytest.mark.parametrize("series", ["members", "municipalities_with_members"])
def test_the_level_of_2018_is_right(mean, series):
    """Set for a forecast: within 3%, so that errors do not cancel."""
    assert abs(errors(mean, series, [2018])[2018]) <= 0.03


def test_members_take_off_slowly_then_fast(mean):
    """S-shape: few until FY2012 (observed: 11% of FY2018), the steepest year FY2015-FY2017 (observed: FY2016)."""
    members = [mean("members", year) for year in range(FIRST, 2021)]
    assert members[2012 - FIRST] < 0.25 * members[2018 - FIRST]
    assert FIRST + 1 + int(np.diff(members).argmax()) in range(2015, 2018)


def test_members_grow_little_after_the_take_off(mean):
    """Observed: 15 a year in FY2019 and FY2020 after 1,291 in FY2016; a third of the steepest year at most."""
    growth = np.diff([mean("members", year) for year in range(FIRST, 2021)])
    assert growth[-2:].mean() < 0.35 * growth.max()


def test_members_stand_still_from_2018_to_2020(mean):
    """Plateau: observed +2.0% in two years; within three times the 3% of a figure of members."""
    known = official("members")
    assert abs(mean("members", 2020) / mean("members", 2018) - known[2020] / known[2018]) < 0.09


def test_municipalities_stand_still_from_2018_to_2020(mean):
    """Plateau: observed +0.4% in two years; within three times the 2% of a figure of municipalities."""
    name = "municipalities_with_members"
    assert abs(mean(name, 2020) / mean(name, 2018) - 1) < 0.06


def test_arrivals_stop_growing_from_2016(mean):
    """Backed out of the series: about 1,870 in FY2016, then 1,710 to 1,910 a year: a tenth round the mean ratio."""
    later = np.mean([mean("hired", year) for year in range(2017, 2019)])
    assert 0.87 < later / mean("hired", 2016) < 1.07


def test_arrivals_do_not_grow_in_2019_and_2020(mean):
    """Backed out of the series: 1,710 to 1,910 a year, as before: a tenth round the mean ratio."""
    later = np.mean([mean("hired", year) for year in (2019, 2020)])
    assert 0.87 < later / mean("hired", 2016) < 1.07


def test_arrivals_a_municipality_fall_as_the_labour_market_tightens(mean):
    """Backed out of the series: from 2.2 (FY2015) to 1.7 (FY2018), by 15 to 30%."""

    def each(year):
        return mean("hired", year) / mean("municipalities_with_members", year)

    assert 0.70 < each(2018) / each(2015) < 0.85


def test_members_rise_a_second_time(mean):
    """Observed: +29% from FY2020 to FY2023."""
    assert mean("members", 2023) / mean("members", 2020) > 1.10


@pytest.mark.parametrize(
    "series",
    [
        "largest_in_a_municipality",
        "tenth_largest_in_a_municipality",
    ],
)
def test_the_tail_of_large_hosts_is_heavy(mean, series):
    agrees(mean, series, 2021)


# who stays


@pytest.mark.parametrize(
    "year",
    [
        2014,
        2016,
        2018,
        2019,
        pytest.param(2021, marks=missed(SHARE_DOES_NOT_RISE)),
        pytest.param(2022, marks=missed(SHARE_DOES_NOT_RISE)),
    ],
)
def test_settled_by_the_surveys_operator(mean, year):
    agrees(mean, "settled_share_all", year)


@pytest.mark.parametrize("year", [2014, 2016, 2018, 2019, 2021, 2022])
def test_settled_lies_between_55_and_75_percent(mean, year):
    assert 0.55 <= mean("settled_share_all", year) <= 0.75


def test_more_settle_of_the_last_five_years(mean):
    """Observed at the survey of 2023: about 65% of all, about 70% of the last five years."""
    assert mean("settled_share_last_5_years", 2022) > mean("settled_share_all", 2022)


def test_how_many_settle_of_the_last_five_years(mean):
    agrees(mean, "settled_share_last_5_years", 2022)


def test_the_settled_share_rises_slowly(mean):
    """Observed: 62.6% (FY2016) to 65.4% (FY2021), each to a point: three times the error of the difference."""
    rise = mean("settled_share_all", 2021) - mean("settled_share_all", 2016)
    assert 0.0 < rise < 0.028 + UNCERTAINTIES * 0.014


@pytest.mark.parametrize("year", [2016, 2018, 2022])
def test_same_place_to_nearby_is_about_four_to_one(mean, year):
    """Observed 3.4 (FY2016) and 4.2 (FY2018), each share to a point: three times the error of the ratio (0.3)."""
    assert 3.0 <= mean("settled_same", year) / mean("settled_nearby", year) <= 5.1


@pytest.mark.parametrize("year", [2016, 2018, 2019, 2021])
def test_ended_so_far_is_within_a_fifth(mean, year):
    """Whether those who leave early count as ended differs by source, by a tenth and more either way."""
    assert abs(errors(mean, "ended_so_far", [year])[year]) <= 0.20


@pytest.mark.parametrize("series", ["exited_within_6_months_share", "exited_within_12_months_share"])
def test_early_exits_among_the_former_members(mean, series):
    """7% within six months, 25% within a year."""
    agrees(mean, series, 2019)


def test_fewer_of_a_cohort_than_of_the_former_members_left_within_a_year(mean):
    """Short stays are over-represented among former members while the scheme grows: about 16% of a cohort."""
    cohort = np.mean([mean("cohort_exited_within_12_months_share", year) for year in range(2014, 2020)])
    assert cohort < mean("exited_within_12_months_share", 2019)
    assert 0.10 < cohort < 0.22  # 16%, three times the 2 points of the survey


def test_a_quarter_of_the_settlers_have_gone_after_three_to_four_years(mean):
    agrees(mean, "gone_after_3_to_4_years_share", 2023)


@pytest.mark.parametrize(
    ("series", "year"),
    [
        ("startup_share", 2016),
        ("startup_share", 2018),
        ("employed_share", 2016),
        ("farming_forestry_share", 2016),
    ],
)
def test_paths_of_those_in_the_same_place(mean, series, year):
    agrees(mean, series, year)


def test_more_and_more_settlers_run_a_firm(mean):
    """Observed: 29% (FY2016), 36% (FY2018)."""
    assert mean("startup_share", 2018) > mean("startup_share", 2016)
    assert mean("startup_share", 2022) > mean("startup_share", 2016)


# who settles, between groups that share all constants


def pooled(models, chosen):
    """Return settled and all former members of FY2014-FY2022 among those chosen, over the seeds."""
    settled = ended = 0
    for model in models:
        members = model.members
        who = (members.end_month <= 12 * (2022 - FIRST + 1)) & chosen(model)
        there = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
        # At the survey of 2023-03, those gone until then are not there any more.
        there &= members.gone_again_month >= 12 * (2022 - FIRST + 1)
        settled, ended = settled + int((who & there).sum()), ended + int(who.sum())
    return settled, ended


def settles_more(models, some, others):
    """Whether the first group settles more than the second: one false alarm in a hundred."""
    (a, n), (b, m) = pooled(models, some), pooled(models, others)
    assert min(n, m) > 100
    share = (a + b) / (n + m)
    error = (share * (1 - share) * (1 / n + 1 / m)) ** 0.5
    return a / n - b / m > ONE_IN_A_HUNDRED * error, (round(a / n, 3), round(b / m, 3))


def of_age(low, high, sex):
    def chosen(model):
        members = model.members
        age = members.age_at_start
        return (age >= low) & (age < high) & (members.sex == sex)

    return chosen


def everybody(model):
    return np.ones(len(model.members), dtype=bool)


def test_women_in_their_forties_settle_more(models):
    scenario, women = scenario_of((FIRST, LAST), ()), of_age(40, 50, Sex.WOMAN)
    more = [*models, *(lived(scenario, seed) for seed in MORE_SEEDS)]
    passed, shares = settles_more(more, women, lambda model: ~women(model))
    assert passed, shares


def test_men_over_sixty_settle_less(models):
    men = of_age(60, 200, Sex.MAN)
    passed, shares = settles_more(models, lambda model: ~men(model), men)
    assert passed, shares


def test_with_peers_more_settle(models):
    """Members who started beside others against those who started alone at their place."""

    def alone(model):
        members = model.members
        count = len(model.municipalities)
        found = np.zeros(len(members), dtype=bool)
        for year in range(FIRST, LAST + 1):
            first = 12 * (year - FIRST)
            here = (members.start_month < first + 12) & (members.end_month > first)
            peers = np.bincount(members.municipality[here], minlength=count)
            starts = (members.start_month >= first) & (members.start_month < first + 12)
            found |= starts & (peers[members.municipality] == 1)
        return found

    passed, shares = settles_more(models, lambda model: ~alone(model), alone)
    assert passed, shares


def test_those_who_settle_carry_the_lasting_trait(models):
    """Self-selection: former members who settled have more of the lasting propensity to stay."""
    trait = [
        (m.members.trait[m.members.stayed_at_end == Settled.SAME].mean(), m.members.trait.mean())
        for m in models
    ]
    assert all(settled > everyone for settled, everyone in trait)
