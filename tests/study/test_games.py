"""Games with known Shapley values, from the formula and through the path that a sweep's results take."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from okoshi.app.analyse_attribution import show_attribution
from okoshi.policy.supplement import MEASURES
from okoshi.scenario.differences import diff
from okoshi.scenario.scenario import load_scenario
from okoshi.study.attribution import YEN, attribute, rows_of, switches_of, yen_beside
from okoshi.study.design import design_of
from okoshi.study.experiment import Experiment
from okoshi.study.games import interactions, shapley_values
from okoshi.study.outcomes import OutcomeChoice

OUTCOME = OutcomeChoice("national", "settled", 2030)
YEN_LABEL = OutcomeChoice("national", YEN, 2030).label
NUMBERS = some.fractions(-1000, 1000, max_denominator=1000)


def gloves(coalition: int) -> int:
    """One left glove (player 0) and two right ones: pairs are worth 1. Shapley values 2/3, 1/6, 1/6."""
    return int(bool(coalition & 1) and bool(coalition & 6))


def test_gloves_by_hand() -> None:
    game = [Fraction(gloves(coalition)) for coalition in range(8)]
    assert shapley_values(game) == [Fraction(2, 3), Fraction(1, 6), Fraction(1, 6)]
    # The right gloves stand for one another; each is nothing without the left one.
    assert interactions(game) == {(0, 1): Fraction(1, 2), (0, 2): Fraction(1, 2), (1, 2): Fraction(-1, 2)}


@settings(max_examples=20)
@given(some.lists(NUMBERS, min_size=16, max_size=16))
def test_values_are_means_over_all_orders_and_add_up_to_the_whole(game: list[Fraction]) -> None:
    values = [Fraction(0)] * 4
    orders = list(permutations(range(4)))
    for order in orders:
        coalition = 0
        for player in order:
            values[player] += game[coalition | 1 << player] - game[coalition]
            coalition |= 1 << player
    found = shapley_values(game)
    assert found == [value / len(orders) for value in values]
    assert sum(found) == game[-1] - game[0]


@settings(max_examples=20)
@given(some.lists(NUMBERS, min_size=6, max_size=6))
def test_an_additive_game_pays_everybody_its_own_and_has_no_interaction(own: list[Fraction]) -> None:
    game = [sum((own[i] for i in range(6) if c >> i & 1), Fraction(0)) for c in range(64)]
    assert shapley_values(game) == own
    assert set(interactions(game).values()) == {Fraction(0)}


def test_what_is_no_game_is_refused() -> None:
    for wrong in ([Fraction(0)], [Fraction(0)] * 3):
        with pytest.raises(ValueError, match="2\\^n"):
            shapley_values(wrong)


def experiment(replicates: int = 5) -> Experiment:
    base = Experiment("game", "A game", load_scenario("baseline"), "attribution")
    return replace(
        base, replicates=replicates, factors=switches_of("measures"), outcomes=yen_beside([OUTCOME])
    )


def swept(replicates: int = 5, noise: float = 0.0) -> dict[str, np.ndarray]:
    """Results as a sweep leaves them: 10 i for measure i, 7 more for the first two together, and a seed's own share."""
    design = design_of(experiment(replicates))
    rng = np.random.default_rng(3)
    point, replicate = (axis.ravel() for axis in np.mgrid[: len(design), :replicates])
    switches = np.array([design.columns[f.parameter] for f in switches_of("measures")]).T[point]
    value = switches @ (10.0 * np.arange(6)) + 7.0 * (switches[:, 0] & switches[:, 1])
    columns = {f.parameter: switches[:, n] for n, f in enumerate(switches_of("measures"))}
    return {
        "point": point,
        "replicate": replicate,
        **columns,
        OUTCOME.label: value + 0.1 * replicate + noise * rng.standard_normal(len(point)),
        YEN_LABEL: switches @ np.array([1, 2, 3, 4, 5, 6]) * 10**9,
        "status": np.full(len(point), "done", dtype=object),
    }


def test_all_coalitions_are_run_once() -> None:
    design = design_of(experiment())
    switches = np.array([design.columns[f.parameter] for f in experiment().factors])
    assert len(design) == experiment().points == 64
    assert len(np.unique(switches, axis=1).T) == 64
    assert design.point(0) == {f"policy.{name}.enabled": False for name in MEASURES}


def test_each_line_of_the_supplement_is_what_its_shipped_scenario_adds_to_schemes_without_any() -> None:
    """The survey of companies in FY2024, which the budget before pays, stays in all coalitions."""
    factors = switches_of("supplement")
    for one in (None, *MEASURES):
        alone = {factor.parameter: name == one for factor, name in zip(factors, MEASURES, strict=True)}
        shipped = load_scenario(f"supplement_only_{one}" if one else "schemes_only")
        assert diff(shipped, load_scenario("baseline", alone)) == [], one


def test_who_is_needed_for_a_share_to_be_a_number_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    results, share = swept(), OutcomeChoice("national", "settled_share_all", 2030)
    switch, other = (switches_of("measures")[n].parameter for n in (1, 5))  # cooperators; digital talent
    results[share.label] = np.where(results[switch], results[OUTCOME.label], np.nan)
    results["status"][~results[other] & results[switch]] = "failed"  # which says nothing of who is needed
    found = attribute(experiment().factors, results, share)
    assert (found.together, found.needed, found.left_out) == (None, ("cooperators",), 5)
    show_attribution(found)
    assert "Without cooperators no coalition has a number" in capsys.readouterr().out


def test_a_known_game_through_the_path_of_a_sweep() -> None:
    found = attribute(experiment().factors, swept(), OUTCOME)
    assert [part.value.value for part in found.parts] == pytest.approx([3.5, 13.5, 20, 30, 40, 50], abs=1e-12)
    assert [part.yen.value for part in found.parts] == [n * 10**9 for n in range(1, 7)]
    assert isnan(
        found.parts[2].value.low
    )  # all seeds agree: nothing is known of chance, and no price is told
    assert isnan(found.parts[2].yen_per_unit.value)
    nearly = attribute(experiment().factors, swept(noise=1e-3), OUTCOME)
    assert nearly.parts[2].yen_per_unit.value == pytest.approx(3e9 / 20, rel=1e-4)
    pairs = {(pair.player, pair.other): pair.value.value for pair in found.pairs}
    assert pairs.pop(("local_10000", "cooperators")) == pytest.approx(7.0)
    assert max(map(abs, pairs.values())) < 1e-12
    assert found.together is not None
    assert found.together.yen.value == sum(part.yen.value for part in found.parts)
    assert len(rows_of([found])["player"]) == 6 + 1 + 15


def test_who_takes_units_away_has_no_price() -> None:
    lost = swept(noise=1e-3)
    lost[OUTCOME.label] = -lost[OUTCOME.label]
    found = attribute(experiment().factors, lost, OUTCOME)
    assert found.parts[2].value.high < 0 < found.parts[2].yen.value
    assert isnan(found.parts[2].yen_per_unit.value)


def test_money_has_no_price() -> None:
    yen = OutcomeChoice("national", "yen_private", OUTCOME.year)
    results = swept(noise=1e-3)
    results[yen.label] = results[OUTCOME.label]
    found = attribute(experiment().factors, results, yen)
    assert found.parts[2].value.low > 0
    assert isnan(found.parts[2].yen_per_unit.value)


def test_the_interval_holds_the_known_value() -> None:
    """Over 40 games: at 90% each, under 27 hits has a chance of 1 in 10,000."""
    noisy = attribute(experiment(40).factors, swept(40, noise=20.0), OUTCOME)
    truth = (3.5, 13.5, 20, 30, 40, 50)
    for part, value in zip(noisy.parts, truth, strict=True):
        reach = (part.value.high - part.value.low) / 2
        assert 1.0 < reach < 12.0
        assert abs(part.value.value - value) < 3 * reach


def test_a_seed_that_is_not_whole_is_left_out() -> None:
    results = swept()
    results["status"][7] = "failed"
    results[OUTCOME.label][11] = np.nan
    found = attribute(experiment().factors, results, OUTCOME)
    assert (found.seeds, found.left_out) == (3, 2)
    results["status"][:] = "missing"
    nothing = attribute(experiment().factors, results, OUTCOME)
    assert (nothing.seeds, nothing.left_out, nothing.together) == (0, 5, None)


def test_pairs_are_told_with_how_many_were_looked_at(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One pair helps each other; at 90% each, 1.5 of 15 that do not would be told as well."""
    show_attribution(attribute(experiment(8).factors, swept(8, noise=1.0), OUTCOME))
    said = capsys.readouterr().out
    assert "of 15 looked at, one in ten would stand here by luck" in said
    assert "Local 10,000 × cooperators: 7" in said or "Local 10,000 × cooperators: 6" in said
    show_attribution(attribute(experiment(2).factors, swept(2, noise=1.0), OUTCOME))
    assert (
        "With 2 seed(s) nobody can tell noise from effect" in capsys.readouterr().out
    )  # nor is there an interval
