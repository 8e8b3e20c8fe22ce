"""Where the starting values of the cooperators' behaviour come from, until a calibration ships.

A cross-entropy search inside the ranges of the parameter files, against official figures up to FY2018 alone (and
the survey of early exit, admitted by name): nothing later is read, so that FY2019-FY2023 stay a forecast. It
finds one good point, not a posterior; it says nothing about how sure anything is.

    python experiments/starting_values.py [generations] [size] [workers]
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.special import ndtri

from okoshi.engine.draws import Luck, combine_keys
from okoshi.observe.observed import observed_figures
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import Task, run_tasks

HORIZON = 2018
ADMITTED = ("exited_within_6_months_share", "exited_within_12_months_share")
SEARCHED = (
    "municipalities.adoption_innovation",
    "municipalities.adoption_imitation",
    "municipalities.neighbour_weight",
    "municipalities.willingness_level",
    "municipalities.attention_in_adoption",
    "municipalities.first_posts",
    "municipalities.posts_adjustment",
    "municipalities.wanted_median",
    "municipalities.wanted_spread",
    "municipalities.attention_in_posts",
    "municipalities.staff_share",
    "municipalities.support_learning",
    "applicants.number_a_year",
    "applicants.labour_market",
    "recruitment.posts_seen",
    "recruitment.outside_option",
    "cooperators.attachment_gain",
    "cooperators.attachment_loss",
    "cooperators.contact_level",
    "cooperators.quit_level",
    "cooperators.quit_at_renewal",
    "cooperators.quit_by_attachment",
    "settlement.nearby",
    "settlement.attachment",
    "settlement.support",
    "settlement.startup",
    "settlement.employed",
    "settlement.farming_forestry",
    "settlers.go_level",
    "settlers.go_by_attachment",
)


def tolerance(series: str, value: float) -> float:
    """Return how far a run may be off: the spread between seeds, and what one does not ask of a first point."""
    if series in ("members", "municipalities_with_members", "ended_so_far"):
        return value * max(0.05, 1.5 / value**0.5)
    return 0.01 if value < 0.2 else 0.02


def misfit(rows: dict[str, np.ndarray]) -> tuple[float, list[str]]:
    """Return the sum of squared errors in tolerances, and each target in words."""
    total, words = 0.0, []
    for figure in observed_figures():
        admitted = figure.series in ADMITTED
        if figure.use != "fit" or (figure.fiscal_year > HORIZON and not admitted):
            continue
        year = min(figure.fiscal_year, HORIZON)
        value = float(rows[figure.series][rows["fiscal_year"] == year][0])
        error = (value - figure.value) / tolerance(figure.series, figure.value)
        total += error**2 if np.isfinite(error) else 100.0
        words.append(f"{figure.series} FY{year}: {value:.4g} for {figure.value:.4g} ({error:+.1f})")
    return total, words


def score(task: Task) -> tuple[float, list[str]]:
    """Run to the horizon and compare."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    return misfit(model.tables(["national"])["national"])


def main(generations: int, size: int, workers: int) -> None:
    """Search and print the best point found."""
    names = [f"behaviour.{name}" for name in SEARCHED]
    ranges = np.array([catalogue()[name].range for name in names])
    start = np.array([float(catalogue()[name].in_year()) for name in names])  # type: ignore[arg-type]
    middle = (start - ranges[:, 0]) / (ranges[:, 1] - ranges[:, 0])
    spread = np.full(len(names), 0.3)
    keys = combine_keys(np.arange(size))
    luck = Luck(1)
    best = (np.inf, middle, [""])
    for generation in range(generations):
        normal = ndtri(luck("search").uniform_matrix(keys, len(names), tick=generation))
        points = np.clip(middle + spread * normal, 0.0, 1.0)
        points[0] = best[1]
        values = ranges[:, 0] + points * (ranges[:, 1] - ranges[:, 0])
        tasks = [
            Task(
                load_scenario(
                    "cooperators_only", set=dict(zip(names, row.tolist(), strict=True)), years=(2009, HORIZON)
                ),
                1 + number % 2,
                (),
            )
            for row in values
            for number in range(2)
        ]
        scored = list(run_tasks(tasks, workers, score))
        misfits = np.array([scored[i][0] + scored[i + 1][0] for i in range(0, len(scored), 2)]) / 2
        order = np.argsort(misfits, kind="stable")
        elite = points[order[: max(size // 6, 5)]]
        middle = 0.3 * middle + 0.7 * elite.mean(axis=0)
        spread = np.maximum(0.3 * spread + 0.7 * elite.std(axis=0), 0.02)
        if misfits[order[0]] < best[0]:
            best = (float(misfits[order[0]]), points[order[0]], scored[2 * order[0]][1])
        print(
            f"generation {generation}: best {misfits[order[0]]:.1f}, median {np.median(misfits):.1f}",
            flush=True,
        )
    found = ranges[:, 0] + best[1] * (ranges[:, 1] - ranges[:, 0])
    for name, value in zip(names, found, strict=True):
        print(f"{name} = {value:.4g}")
    print("\n".join(best[2]))


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [10, 100, 2][len(arguments) :]))
