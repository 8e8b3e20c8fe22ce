"""Where the starting values of the cooperators' behaviour come from, until a calibration ships.

A least-squares search inside the ranges of the parameter files, against official figures up to FY2018 alone; two
figures without a year of their own are admitted by name (the survey of early exit, settlers gone after three to
four years), so that FY2019-FY2023 stay a forecast. Members and hosts alone cannot tell whether posts or applicants
were short; the matching function of job placement does (`hires_by_applicants`). A report agrees: municipalities found
it hard to recruit for FY2018, fewer people asked than some years before (下野新聞, July 2019).

It starts from the values in force and from the best points of a Latin hypercube, goes down by Gauss-Newton steps
on the mean of some seeds, and finds one good point, not a posterior: it says nothing about how sure anything is.

    python experiments/starting_values.py [starts] [steps] [workers]

The same arguments print the same values, about four minutes a start on one core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.stats import qmc

from okoshi.observe.observed import ObservedFigure, observed_figures
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import Task, run_tasks

Floats = npt.NDArray[np.float64]

FIRST, HORIZON = 2009, 2018
ADMITTED = (
    "exited_within_6_months_share",
    "exited_within_12_months_share",
    "gone_after_3_to_4_years_share",
)
SEEDS = (101, 102, 103)  # not those that the tests of patterns run on
DESIGN = 120  # points of the Latin hypercube, one seed each
STEP = 0.05  # of a range: wide enough to move people, under the same luck
WORST = 20.0  # tolerances: what a point far off counts at most
SEARCHED = (
    "municipalities.adoption_innovation",
    "municipalities.adoption_imitation",
    "municipalities.adoption_spread",
    "municipalities.neighbour_weight",
    "municipalities.willingness_level",
    "municipalities.stopping",
    "municipalities.stopping_without_members",
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
    "cooperators.starts_in_april",
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
    "settlers.go_by_years",
)
PRIOR: dict[str, object] = {"behaviour.parameters": "prior"}  # the rest stays at its start values
NAMES = tuple(f"behaviour.{name}" for name in SEARCHED)
RANGES = np.array([catalogue()[name].range for name in NAMES], dtype=np.float64)
PRIOR_SD = 12**-0.5  # of a range: what no figure asks for stays inside, as the uniform prior has it


def tolerance(figure: ObservedFigure) -> float:
    """Return how far a mean run may be off: the figure's uncertainty, the luck of the one history there is.

    The level at the horizon is what a forecast starts from: it is held to half of the 3% that are asked for.
    Whether those who leave early are among the ended differs by source, by more than a tenth (evidence
    `early_exit`): the number of the ended is held to eight in a hundred.
    """
    if figure.series in ("members", "municipalities_with_members") and figure.fiscal_year == HORIZON:
        return 0.015 * figure.compared
    if figure.series in ("members", "municipalities_with_members"):
        return float(np.hypot(figure.uncertainty, 1.5 * figure.compared**0.5))
    if figure.series == "ended_so_far":
        return 0.08 * figure.compared
    return float(np.hypot(figure.uncertainty, 0.01))


TARGETS = [
    figure
    for figure in observed_figures()
    if figure.measure == "cooperators"
    and figure.use == "fit"
    and (figure.fiscal_year <= HORIZON or figure.series in ADMITTED)
]


def read_targets(task: Task) -> Floats:
    """Run to the horizon and read what the targets are compared with."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.replicate)
    model.run()
    national = model.tables(["national"])["national"]
    years = [min(figure.fiscal_year, HORIZON) - FIRST for figure in TARGETS]
    read = [national[figure.series][year] for figure, year in zip(TARGETS, years, strict=True)]
    return np.array(read, dtype=np.float64)


def values_at(point: Floats) -> dict[str, float]:
    """Return the parameters at a point of the unit cube."""
    return dict(zip(NAMES, (RANGES[:, 0] + point * (RANGES[:, 1] - RANGES[:, 0])).tolist(), strict=True))


def residuals(points: Iterable[Floats], seeds: tuple[int, ...], workers: int) -> Floats:
    """Return errors in tolerances and distances from the middle in prior spreads: a row a point."""
    points = list(points)
    tasks = [
        Task(
            load_scenario("cooperators_only", set=PRIOR | values_at(point), years=(FIRST, HORIZON)), seed, ()
        )
        for point in points
        for seed in seeds
    ]
    read = np.array(list(run_tasks(tasks, workers, read_targets)))
    mean = read.reshape(len(points), len(seeds), -1).mean(axis=1)
    wanted = np.array([figure.compared for figure in TARGETS])
    errors = (mean - wanted) / np.array([*map(tolerance, TARGETS)])
    errors = np.clip(np.nan_to_num(errors, nan=WORST), -WORST, WORST)
    return np.hstack([errors, (np.array(points) - 0.5) / PRIOR_SD])


def go_down(start: Floats, steps: int, workers: int) -> tuple[float, Floats]:
    """Return the sum of squares and the point that Gauss-Newton steps reach from a start, within the ranges."""

    def at(point: Floats) -> Floats:
        return np.asarray(residuals([point], SEEDS, workers)[0])

    def slopes(point: Floats) -> Floats:
        away = np.where(point + STEP <= 1.0, STEP, -STEP)
        moved = residuals([point, *(point + np.diag(away))], SEEDS, workers)
        return np.asarray(((moved[1:] - moved[0]) / away[:, None]).T)

    found = least_squares(at, np.clip(start, 0.02, 0.98), jac=slopes, bounds=(0.0, 1.0), max_nfev=steps)
    return float(2.0 * found.cost), np.asarray(found.x)


def main(starts: int, steps: int, workers: int) -> None:
    """Search and print the best point found, with each target beside what it gives."""
    in_force = np.array([float(catalogue()[name].in_year()) for name in NAMES])  # type: ignore[arg-type]
    chosen = [(in_force - RANGES[:, 0]) / (RANGES[:, 1] - RANGES[:, 0])]
    if starts > 1:
        design = qmc.LatinHypercube(len(NAMES), rng=1).random(DESIGN)
        costs = (residuals(design, SEEDS[:1], workers) ** 2).sum(axis=1)
        chosen += list(design[np.argsort(costs, kind="stable")[: starts - 1]])
    found = []
    for number, start in enumerate(chosen):
        found.append(go_down(start, steps, workers))
        print(f"start {number}: {found[-1][0]:.1f}", flush=True)
    point = min(found, key=lambda pair: pair[0])[1]
    for name, value in values_at(point).items():
        print(f"{name} = {value:.3g}")
    errors = residuals([point], SEEDS, workers)[0]
    for figure, error in zip(TARGETS, errors[: len(TARGETS)], strict=True):
        reached = figure.compared + error * tolerance(figure)
        print(
            f"{figure.series} FY{figure.fiscal_year}: {reached:.4g} for {figure.compared:.4g} ({error:+.1f})"
        )


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    main(*(arguments + [4, 8, 1][len(arguments) :]))
