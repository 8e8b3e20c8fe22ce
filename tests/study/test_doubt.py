"""Costs per unit, signs under structures, shares of doubt and rankings: by hand and on arrays with known parts."""

from __future__ import annotations

from math import isnan
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from okoshi.study.costs import PAYERS, PUBLIC, Cost, costs_of
from okoshi.study.doubt import shares_of_doubt, sign_of
from okoshi.study.doubt_words import cost_lines, ranking_lines, when_counted
from okoshi.study.intervals import Interval, Sampling, mean_interval, mean_intervals
from okoshi.study.official import DEFINITIONS, held_by, rankings_of
from okoshi.study.paired import all_structures, families_of
from okoshi.study.summaries import _untold
from okoshi.study.units import AFTER_YEARS, UNITS, Covered, Units, difference
from okoshi.study.words import shown

ONCE = Sampling(1, 3)
STRUCTURES = {("search",): np.array([1.0, 1.2, 0.8]), ("deferred",): np.array([0.5, -0.4, 0.3])}


def test_many_intervals_are_each_the_single_one() -> None:
    values = np.random.default_rng(1).normal(2.0, 1.0, (7, 5))
    values[2, 3] = np.nan
    values[:, 4] = np.nan
    for column, found in enumerate(zip(*mean_intervals(values), strict=True)):
        one = mean_interval(values[:, column])
        assert found == pytest.approx((one.value, one.low, one.high), nan_ok=True)


def test_draws_widen_an_interval_that_replicates_would_narrow() -> None:
    values = np.repeat([1.0, 2.0, 3.0, 4.0], 50)  # four draws, each sure
    # Student's t for one more draw: 2.5 + 2.3534 x 1.2910 x sqrt(1 + 1/4).
    assert Sampling(4, 50).mean(values).high == pytest.approx(5.897, abs=1e-3)
    assert mean_interval(values).high < 2.7
    assert Sampling(1, 200).mean(values) == mean_interval(values)


def units(keys: list[int], places: list[int], anyway: list[bool], own: list[float] | None = None) -> Units:
    part = None if own is None else np.array(own)
    return Units.of(np.array(keys, dtype=np.uint64), np.array(places), np.array(anyway, dtype=bool), part)


def test_gross_net_and_net_of_incumbents_by_hand() -> None:
    base = units([1, 2, 3], [10, 20, 20], [False, False, False], [1.0, 0.9, 1.0])
    variant = units([2, 3, 4, 5], [20, 30, 30, 30], [False, False, False, True], [0.7, 1.0, 0.5, 1.0])
    # New: 4 (half of its sales taken) and 5 (anyway). Moved: 3. Lost: 1. Shared: 2 loses 0.2 of its own part.
    assert difference(base, variant) == pytest.approx((3.0, 1.0, 0.5 - 1.0 - 0.2))
    assert difference(base, base) == (0.0, 0.0, 0.0)


def covered(people: list[float], of: float = 100.0) -> Covered:
    return Covered(np.array(people) / of, np.full(len(people), of))


def test_people_covered_are_compared_place_by_place() -> None:
    assert difference(covered([5.0, 5.0]), covered([8.0, 4.0])) == pytest.approx((3.0, 2.0, 2.0))


def test_who_moves_to_where_there_is_a_shop_makes_no_shop_reach_more() -> None:
    """Twice as many people in two places with the same shops: nobody more has a shop."""
    assert difference(covered([5.0, 50.0]), covered([10.0, 100.0], of=200.0)) == (0.0, 0.0, 0.0)


def test_people_with_a_shop_are_those_of_now_and_are_not_said_to_be_there_years_after() -> None:
    assert when_counted("settler", 5) == "still there after 5 years"
    assert when_counted("covered_person", 5) == "now, by what was spent until 5 years before"
    assert when_counted("covered_person", 0) == when_counted("settler", 0) == "now"


def test_a_sign_is_robust_only_where_it_holds_everywhere_and_here_beyond_chance() -> None:
    sign = sign_of("variant", "members", STRUCTURES, ONCE)
    assert (sign.same, sign.sure, sign.robust) == (2, 1, True)
    other_way = sign_of("variant", "members", dict(reversed(STRUCTURES.items())), ONCE)
    assert not other_way.robust
    against = sign_of("variant", "members", {**STRUCTURES, ("third",): -STRUCTURES["search",]}, ONCE)
    assert (against.same, against.robust) == (2, False)


@pytest.mark.parametrize(
    ("of_s", "of_p", "of_both", "of_chance"),
    [(3.0, 0.0, 0.0, 1.0), (0.0, 2.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)],
)
def test_known_parts_of_a_variance_are_found(
    of_s: float, of_p: float, of_both: float, of_chance: float
) -> None:
    """Mean of 60 arrays of 8 x 12 x 10: each share within 0.08 (over four standard errors) of the truth."""
    rng = np.random.default_rng(5)
    found = np.mean(
        [
            shares_of_doubt(
                of_s * rng.standard_normal((8, 1, 1))
                + of_p * rng.standard_normal((1, 12, 1))
                + of_both * rng.standard_normal((8, 12, 1))
                + of_chance * np.sqrt(0.5) * rng.standard_normal((1, 12, 10))  # each draw has luck of its own
                + of_chance * np.sqrt(0.5) * rng.standard_normal((8, 12, 10))
            )
            for _ in range(60)
        ],
        axis=0,
    )
    parts = np.array([of_s, of_p, of_both, of_chance]) ** 2
    assert found.sum() == pytest.approx(1.0)
    assert found == pytest.approx(parts / parts.sum(), abs=0.08)


def test_luck_that_structures_share_is_not_taken_for_parameters() -> None:
    """Taken as common to the draws too, it came out as parameters 0.24 of a variance that is chance alone."""
    rng = np.random.default_rng(6)
    found = [
        shares_of_doubt(rng.standard_normal((1, 20, 3)) + 0.3 * rng.standard_normal((8, 20, 3)))
        for _ in range(60)
    ]
    assert np.mean(found, axis=0)[1] < 0.08  # not 0: what falls below it is taken as 0
    assert np.mean(found, axis=0)[3] > 0.9


def test_draws_of_a_rivals_own_are_parameters_and_not_both_together() -> None:
    """Two halves of the structures with draws of their own: crossed, they came out as 0.35 and 0.30."""
    rng = np.random.default_rng(7)
    family = np.array([0, 1] * 4)
    found = [
        shares_of_doubt(
            rng.standard_normal((2, 20, 1))[family] + np.sqrt(0.5) * rng.standard_normal((8, 20, 2)), family
        )
        for _ in range(60)
    ]
    assert np.mean(found, axis=0) == pytest.approx([0.0, 2 / 3, 0.0, 1 / 3], abs=0.06)
    combinations = all_structures()
    told = families_of(combinations, {"budget": ()})
    assert told.tolist() == [int(adoption == "budget") for _, adoption, _ in combinations]
    assert families_of(combinations, {}).tolist() == families_of([()] * 8, {}).tolist() == [0] * 8


def test_without_draws_parameters_take_no_share_and_one_replicate_tells_nothing() -> None:
    values = np.random.default_rng(2).standard_normal((8, 1, 6))
    structure, parameters, together, chance = shares_of_doubt(values)
    assert parameters == together == 0.0
    assert structure + chance == pytest.approx(1.0)
    assert isnan(shares_of_doubt(values[:, :, :1])[0])
    assert isnan(shares_of_doubt(np.ones((8, 1, 6)))[3])


def national(**last: float) -> dict[str, np.ndarray]:
    return {name: np.array([0.1, last.get(name, 0.5)]) for name in DEFINITIONS}


def test_under_which_definitions_a_ranking_holds() -> None:
    runs = {
        "a": [national(settled=settled, stayed_at_end_share=0.4) for settled in (10, 12, 11)],
        "b": [national(settled=settled, stayed_at_end_share=0.6) for settled in (8, 9, 8.5)],
    }
    rankings = {ranking.definition: ranking for ranking in rankings_of(runs, ONCE)}
    assert rankings["settled"].sure == (True,)
    assert rankings["stayed_at_end_share"].sure == (False,)  # all agree: not to be told
    two = rankings_of({name: of_name[:2] for name, of_name in runs.items()}, Sampling(1, 2))
    assert not any(ranking.sure[0] for ranking in two)
    assert rankings["settled"].order == ("a", "b")
    assert rankings["settled"].means == (11.0, 8.5)
    assert rankings["stayed_at_end_share"].order == ("b", "a")
    holds, fails = held_by(list(rankings.values()))
    assert fails == ["stayed_at_end_share"]
    assert len(holds) == len(DEFINITIONS) - 1


def test_a_scenario_without_a_value_is_left_out_of_the_ranking() -> None:
    nobody = {name: np.array([np.nan, np.nan]) for name in DEFINITIONS} | {"settled": np.array([0.0, 0.0])}
    runs = {"a": [national()], "b": [national(settled=2)], "none": [nobody]}
    rankings = rankings_of(runs, ONCE)
    assert [ranking.known for ranking in rankings] == [False] * 6 + [True]
    assert rankings[-1].order == ("b", "a", "none")
    assert held_by(rankings)[1] == ["settled"]
    assert held_by(rankings_of({"a": [national()], "none": [nobody]}, ONCE)) == ([], [])


def test_scenarios_are_ranked_by_the_replicates_that_all_have() -> None:
    """In one seed nobody ended in `a`: the best seed of `b` is no reason to rank it first."""
    shares = {"a": (0.5, 0.6, 0.5, float("nan")), "b": (0.4, 0.5, 0.4, 0.99)}
    runs = {
        name: [national(settled_share_all=share) for share in of_name] for name, of_name in shares.items()
    }
    ranking = rankings_of(runs, Sampling(1, 4))[0]
    assert (ranking.definition, ranking.order) == ("settled_share_all", ("a", "b"))
    assert ranking.means == pytest.approx((0.533, 0.433), abs=1e-3)


def test_a_scenario_that_hardly_ever_has_a_value_turns_no_ranking_round() -> None:
    rng = np.random.default_rng(4)
    nobody = [float("nan")] * 9
    shares = {
        "a": [0.6, *(0.4 + 0.01 * rng.standard_normal(9))],
        "b": [0.5, *(0.6 + 0.01 * rng.standard_normal(9))],
        "c": [0.1, *nobody],
    }
    runs = {
        name: [national(settled_share_all=share) for share in of_name] for name, of_name in shares.items()
    }
    ranking = rankings_of(runs, Sampling(1, 10))[0]
    assert (ranking.order, ranking.sure) == (("b", "a", "c"), (True, False))


def test_a_definition_that_nobody_meets_yet_hides_no_ranking() -> None:
    """Ten years after the end is beyond many a run."""
    unmet = {"present_after_10_years_share": float("nan")}
    runs = {"a": [national(**unmet)], "b": [national(settled=2, **unmet)]}
    rankings = rankings_of(runs, ONCE)
    assert [ranking.definition for ranking in rankings if not ranking.order] == [
        "present_after_10_years_share"
    ]
    holds, fails = held_by(rankings)
    assert (len(holds) + len(fails), "settled" in holds) == (len(DEFINITIONS) - 1, False)
    lines = ranking_lines(cast("Any", SimpleNamespace(rankings=rankings)))
    assert "  Still there ten years after the end: no scenario has a value" in lines
    assert f"of {len(DEFINITIONS) - 1} definitions" in lines[-1]


@pytest.mark.parametrize(
    ("interval", "digits", "text"),
    [
        (Interval(-0.833, -1.644, -0.022), 1, "-0.83 [-1.64, -0.02]"),  # not [-1.6, +0.0]: zero is not in it
        (Interval(2e-6, 1e-6, 3e-6), 4, "+0.000002 [+0.000001, +0.000003]"),
        (Interval(2e-6, -1e-6, 3e-6), 4, "+0.0000 [+0.0000, +0.0000]"),  # of no size that is told
        (Interval(2.17, -0.02, 4.94), 1, "+2.2 [+0.0, +4.9]"),  # the sign is open either way
        (Interval(2.25, 1.25, 3.25), 1, "+2.2 [+1.2, +3.2]"),
        (Interval(0.0, float("nan"), float("nan")), 1, "+0.0 (no interval)"),
        (Interval(1e-15, -1e-15, 2e-15), 1, "+0.0 [+0.0, +0.0]"),  # rounding of floating point
    ],
)
def test_rounding_hides_no_sign(interval: Interval, digits: int, text: str) -> None:
    assert shown(interval, digits) == text


def test_a_gross_gain_without_a_net_one_has_no_price() -> None:
    """Fifty lost, one gained, sixty yen saved: the saving is no price of the one."""

    def ran(people: list[float], yen: int) -> Any:
        units = {(unit, years): covered(people) for unit in UNITS for years in AFTER_YEARS}
        spent = {"fiscal_year": np.array([2020]), **{payer: np.array([yen]) for payer in PAYERS}}
        return SimpleNamespace(units=units, spent=spent)

    base = [ran([100.0, 10.0], 100)] * 3
    fewer = [ran([50.0 + one, 11.0 + one / 10], 40) for one in range(3)]
    told = {cost.reading: cost for cost in costs_of("fewer", base, fewer, ONCE) if cost.years == 0}
    assert told["gross"].additional.value == pytest.approx(1.1)
    assert isnan(told["gross"].yen_each[PUBLIC].value)
    assert told["net"].yen_each[PUBLIC].value > 0
    more = [ran([150.0 + one, 9.0], 140) for one in range(3)]
    told = {cost.reading: cost for cost in costs_of("more", base, more, ONCE) if cost.years == 0}
    assert 0 < told["gross"].yen_each[PUBLIC].value < told["net"].yen_each[PUBLIC].value
    reshuffled = [ran([50.0 + one, 58.0 + 2 * one], 140) for one in range(3)]  # as many lost as gained
    told = {cost.reading: cost for cost in costs_of("other", base, reshuffled, ONCE) if cost.years == 0}
    assert told["gross"].additional.low > 0
    assert told["net"].additional.holds_zero
    assert isnan(told["gross"].yen_each[PUBLIC].value)


@pytest.mark.parametrize(
    ("sampling", "said", "unsaid"),
    [
        (Sampling(1, 1), "one replicate: too few", "draws"),
        (Sampling(1, 2), "2 replicates: too few", "draws"),
        (Sampling(2, 3), "2 draws of parameters, 3 replicates each: too few", "6"),
        (Sampling(1, 5), "all replicates agree", "draws"),
        (Sampling(5, 1), "all draws agree", "replicates"),
    ],
)
def test_why_there_is_no_interval_speaks_of_what_was_run(sampling: Sampling, said: str, unsaid: str) -> None:
    (line,) = _untold(cast("Any", SimpleNamespace(sampling=sampling)), ["Members: +0.0 (no interval)"])
    assert said in line
    assert unsaid not in line


@pytest.mark.parametrize(
    ("additional", "lines"),
    [
        (Interval(0.001, -0.01, 0.012), 0),  # rounding: "+0.0 [+0.0, +0.0]" says nothing
        (Interval(0.0, float("nan"), float("nan")), 0),
        (Interval(-0.5, -1.2, 0.2), 2),
        (Interval(0.001, 0.0005, 0.0015), 2),
        (Interval(3.0, float("nan"), float("nan")), 2),
    ],
)
def test_a_unit_of_which_there_are_no_more_is_not_told_of(additional: Interval, lines: int) -> None:
    unknown = Interval(float("nan"), float("nan"), float("nan"))
    cost = Cost("variant", "startup", 10, "net", additional, {PUBLIC: unknown})
    assert len(cost_lines(cast("Any", SimpleNamespace(costs=(cost,))), "variant")) == lines
