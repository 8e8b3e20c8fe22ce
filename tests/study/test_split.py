"""Dividing the supplement: the design adds up, a known response gives its known best division and regret."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from okoshi.app.analyse_split import losses_in_words, show_split
from okoshi.language.errors import InputError
from okoshi.policy.supplement import MEASURES
from okoshi.scenario.scenario import load_scenario
from okoshi.study.design import design_of
from okoshi.study.experiment import Experiment, load_experiment
from okoshi.study.factors import Factor
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.split_design import ONE_MORE, Weights, budget_factors, spent_beside, within
from okoshi.study.splitting import Judged, _minimax, analyse_split, best_on_surface, rows_of
from okoshi.study.whole_country import parts_of_extras

OUTCOME = OutcomeChoice("national", "settled", 2034)
IN_FORCE = (2_110_000_000, 145_000_000, 95_000_000, 280_000_000, 50_000_000, 200_000_000)
MOST = np.array([21_100, 1_450, 950, 2_800, 500, 2_000]) * 10**6
HEADER = 'title = "t"\nscenario = "baseline"\nmethod = "{}"\n'
LOOKS = '[[outcomes]]\ncolumn = "national.settled"\nyear = 2034\n'


def experiment(steps: int = 3, replicates: int = 6, *, worlds: tuple[Factor, ...] = ()) -> Experiment:
    base = Experiment("split", "A split", load_scenario("baseline"), "split")
    return replace(
        base,
        samples=steps,
        replicates=replicates,
        factors=(*budget_factors(), *worlds),
        outcomes=spent_beside([OUTCOME]),
        weights=(Weights("settlers", {OUTCOME.label: 1.0}),),
    )


def swept(study: Experiment, noise: float, spends_up_to: float = np.inf) -> dict[str, np.ndarray]:
    """Settlers 100 sqrt(x) of the second line and 200 sqrt(x) of the fourth (x in billion); each world another sign."""
    design = design_of(study)
    rng = np.random.default_rng(1)
    point, replicate = (axis.ravel() for axis in np.mgrid[: len(design), : study.replicates])
    budgets = np.array([design.columns[factor.parameter] for factor in budget_factors()]).T[point]
    billion = budgets / 1e9
    value = 100 * np.sqrt(billion[:, 1]) + 200 * np.sqrt(billion[:, 3])
    spent = {
        outcome.label: np.minimum(budgets[:, line], spends_up_to) if line == 2 else budgets[:, line]
        for line, outcome in enumerate(study.outcomes[1:])
    }
    common = rng.standard_normal(study.replicates) * 50
    return {
        "point": point,
        "replicate": replicate,
        OUTCOME.label: value + common[replicate] + noise * rng.standard_normal(len(point)),
        **spent,
        "status": np.full(len(point), "done", dtype=object),
    }


def test_every_division_adds_up_within_ranges() -> None:
    split = experiment().split
    assert tuple(split.points[0]) == IN_FORCE
    for line, point in enumerate(split.one_more):
        assert split.points[point].sum() == split.total + ONE_MORE
        assert split.points[point, line] == IN_FORCE[line] + ONE_MORE
    divisions = split.points[split.divisions]
    assert (divisions.sum(axis=1) == 2_880_000_000).all()
    assert ((divisions >= 0) & (divisions <= MOST)).all()
    assert len(np.unique(divisions, axis=0)) == len(divisions) > 100
    design = design_of(experiment())
    assert len(design) == experiment().points
    columns = np.array([design.columns[factor.parameter] for factor in budget_factors()]).T
    assert np.array_equal(columns, split.points)


@given(some.lists(some.floats(0, 1), min_size=6, max_size=6).filter(lambda parts: sum(parts) > 0.01))
def test_what_is_over_a_range_goes_to_who_has_room(parts: list[float]) -> None:
    wanted = np.array(parts) / sum(parts) * 2_880_000_000
    found = within(2_880_000_000, wanted, MOST)
    assert found.sum() == 2_880_000_000
    assert ((found >= 0) & (found <= MOST)).all()


def test_the_best_division_of_a_known_response() -> None:
    """Settlers 100 sqrt(x) + 200 sqrt(y): best at y = 4 x, as far as the ranges allow."""
    split = experiment(4).split
    points = split.points[split.divisions]
    response = 100 * np.sqrt(points[:, 1] / 1e9) + 200 * np.sqrt(points[:, 3] / 1e9)
    best, fit = best_on_surface(points, response, MOST.astype(float))
    assert fit == pytest.approx(1.0, abs=1e-9)
    assert best / 1e6 == pytest.approx([0, 576, 0, 2304, 0, 0], abs=8)


@given(some.integers(0, 2**32 - 1))
@example(1902)  # every climb ends at the top, and none says so
@settings(max_examples=20)
def test_rounding_moves_no_division(seed: int) -> None:
    """Another number of threads changes the last digit of a mean: the best moves by less than a yen in a million."""
    split, luck = experiment(2).split, np.random.default_rng(seed)
    points = split.points[split.divisions]
    parts = points / split.total
    values = parts @ luck.normal(size=6) + np.sqrt(parts) @ luck.normal(size=6)
    values += 0.05 * luck.normal(size=len(values))
    best, _ = best_on_surface(points, values, MOST.astype(float))
    again, _ = best_on_surface(points, values * (1 + 1e-13), MOST.astype(float))
    assert again == pytest.approx(best, abs=1e-6 * split.total)


def test_a_known_response_through_the_path_of_a_sweep() -> None:
    found = analyse_split(experiment(), swept(experiment(), noise=0.5))
    (best,) = found.best
    assert [yen.value / 1e6 for yen in best.yen] == pytest.approx([0, 576, 0, 2304, 0, 0], abs=60)
    assert best.yen[1].low < 576e6 < best.yen[1].high + 30e6
    gains = {one.line: one.gain for one in found.one_more}
    assert gains["university"].low < 200 * (np.sqrt(0.38) - np.sqrt(0.28)) < gains["university"].high
    dispatch = gains["dispatch"]
    assert abs(dispatch.value) < 2 * (dispatch.high - dispatch.low)  # four times its 90% reach
    truth = 200 * np.sqrt(np.array([0.28, 1.92])) + 100 * np.sqrt(np.array([0.145, 0.96]))
    assert best.loss_in_force.value == pytest.approx(truth[1] - truth[0], abs=3)
    assert found.in_force is not None
    assert found.minimax is not None
    assert found.minimax.most < 0.05 < found.in_force.most
    assert set(rows_of(found)["line"]) == {*MEASURES, ""}


def test_a_line_that_cannot_spend_more_is_told() -> None:
    found = analyse_split(experiment(), swept(experiment(), noise=0.5, spends_up_to=120e6))
    unspent = {one.line: one.is_spent for one in found.one_more}
    assert unspent == {measure: measure != "dispatch" for measure in MEASURES}
    assert {one.spent.value for one in found.one_more if one.line == "dispatch"} == {25_000_000.0}


def test_what_is_given_away_is_told_in_its_unit() -> None:
    study = experiment()
    found = analyse_split(study, swept(study, noise=0.0))
    assert re.search(r"gives away [\d.,]+ .*persons \(Settled, FY2034\)", losses_in_words(found)[0])
    two = replace(study, weights=(Weights("two", {OUTCOME.label: 1.0, "national.x@2034": 2.0}),))
    results = swept(study, noise=0.0)
    two = replace(two, outcomes=(*study.outcomes, OutcomeChoice("national", "x", 2034)))
    results["national.x@2034"] = results[OUTCOME.label]
    (first, *_) = losses_in_words(analyse_split(two, results))
    assert "points (1 for each unit of Settled, FY2034, 2 for each unit of x, FY2034)" in first


def test_a_best_at_the_end_of_what_was_tried_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Nearly all would go to cooperators, who may have 1,450 million yen at most."""
    study = experiment()
    results = swept(study, noise=0.0)
    given_to_cooperators = study.split.points[results["point"], 1]
    results[OUTCOME.label] = given_to_cooperators / 1e6
    show_split(analyse_split(study, results))
    edges = [line for line in capsys.readouterr().out.splitlines() if "the most this study lets" in line]
    assert len(edges) == 1
    assert f"cooperators: {MOST[1] / 1e6:,.0f} million yen" in edges[0]
    show_split(analyse_split(study, swept(study, noise=0.0)))
    assert "the most this study lets" not in capsys.readouterr().out


def test_luck_is_not_taken_for_merit() -> None:
    """Where no division differs, 90% intervals of the loss of the one in force hold nought nine times in ten.

    Of 20 sweeps (under 14 held: 1 in 100). With each seed left out in turn 8 seeds held it in 78%, 20 in 65%.
    """
    study, held, told, explained = experiment(2, 8), 0, 0, []
    results = swept(study, noise=0.0)
    for seed in range(20):
        results[OUTCOME.label] = np.random.default_rng(seed).standard_normal(len(results["point"]))
        found = analyse_split(study, results)
        held += found.best[0].loss_in_force.low <= 0 <= found.best[0].loss_in_force.high
        told += found.minimax is not None
        explained.append(found.best[0].fit)
    assert held >= 14
    assert told <= 5  # where nothing is to be gained beyond chance no regret is told; one of 20 is, by chance
    assert np.mean(explained) < 0.1  # uncorrected 0.29


def test_regret_is_not_judged_by_the_seeds_that_chose_the_division() -> None:
    """Two worlds, 5 seeds: the chosen are told to lose what they lose (0.29); their own seeds told 0.14."""
    split, rng = experiment(2, 5).split, np.random.default_rng(10)
    rows = {int(point): row for row, point in enumerate(split.divisions)}
    told, true = [], []
    for _ in range(150):
        merit = rng.standard_normal((2, len(rows)))
        noise = rng.standard_normal((2, len(rows), 5))
        worlds = [
            Judged(str(world), "", merit[world][:, None] + noise[world], np.arange(5) % 2 == 1)
            for world in (0, 1)
        ]
        minimax, in_force = _minimax(split, worlds)
        assert minimax is not None
        assert in_force is not None
        assert in_force.point == 0
        told.append(minimax.most)
        lost = (merit.max(axis=1) - merit[:, rows[minimax.point]]) / np.ptp(merit, axis=1)
        true.append(lost.max())
    assert np.nanmean(told) == pytest.approx(np.mean(true), abs=0.08)
    assert np.mean(true) > 0.2


def test_worlds_are_crossed_and_regret_is_the_worst_of_them() -> None:
    worlds = (Factor("structure.matching", "text", values=("search", "deferred_acceptance")),)
    study = experiment(2, 3, worlds=worlds)
    design = design_of(study)
    assert len(design) == 2 * len(study.split.points) == study.points
    results = swept(study, noise=0.01)
    second = results["point"] >= len(study.split.points)
    results[OUTCOME.label][second] *= -1
    found = analyse_split(study, results)
    assert len(found.best) == 2
    assert found.minimax is not None
    assert found.minimax.most > 0.2
    assert found.best[0].world == "structure.matching=search"


def test_too_small_a_lattice_says_nothing_of_its_surface() -> None:
    (best,) = analyse_split(experiment(1), swept(experiment(1), noise=0.5)).best
    assert isnan(best.fit)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER.format("attribution") + "samples = 8\n" + LOOKS, "samples"),
        (HEADER.format("attribution") + 'of = "lines"\n' + LOOKS, "measures, supplement"),
        (HEADER.format("sobol") + 'samples = 8\nof = "measures"\n' + LOOKS, "attribution"),
        (
            HEADER.format("attribution")
            + LOOKS
            + '[[factors]]\nparameter = "behaviour.applicants.women"\nrange = [0, 1]\n',
            "factors",
        ),
        (
            HEADER.format("split")
            + LOOKS
            + '[[factors]]\nparameter = "behaviour.applicants.women"\nrange = [0, 1]\n',
            "values = [...]",
        ),
        (
            HEADER.format("split")
            + LOOKS
            + '[[weights]]\nname = "w"\nvalues = { "national.settle@2034" = 1 }\n',
            "settled@2034",
        ),
        (HEADER.format("split") + LOOKS + '[[weights]]\nname = "w"\nvalues = 3\n', "national.settled@2034"),
        (
            HEADER.format("grid")
            + LOOKS
            + '[[weights]]\nname = "w"\nvalues = { "national.settled@2034" = 1 }\n',
            "split",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "e.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words.replace("[", "\\[").replace(".", "\\.")):
        load_experiment(tmp_path / "e.toml")


def test_there_must_be_something_to_divide() -> None:
    none = load_scenario("baseline", {f"policy.{measure}.supplement.budget": 0 for measure in MEASURES})
    with pytest.raises(InputError):
        _ = replace(experiment(), scenario=none).split


def test_a_billion_more_for_the_nation_is_each_measures_own_part_of_it_here() -> None:
    """神奈川県 has 7 of 1,461 hosts, 6 of 1,432 that may take employees, 33 of 1,741 places, one of 47 prefectures."""
    changes = {"world.prefectures": ["神奈川県"], "world.scale": 2}
    parts = parts_of_extras(load_scenario("baseline", set=changes))
    assert parts["cooperators"] == pytest.approx(2 * 7 / 1461)
    assert parts["dispatch"] == pytest.approx(2 * 6 / 1432)
    assert parts["shopping"] == pytest.approx(2 * 33 / 1741)
    assert parts["digital"] == pytest.approx(2 / 47)
    assert set(parts_of_extras(load_scenario("baseline")).values()) == {1.0}
