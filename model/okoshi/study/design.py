"""The design of an experiment: which values its factors take, point by point.

SALib lays the points out in the unit cube (its own rounding and choices are not used); every step from there to
yen, people, shares and choices is `natural` below, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.scenario.scenario import Scenario
from okoshi.study.experiment import Experiment
from okoshi.study.factors import Factor
from okoshi.study.methods import METHODS, levels_of

MORRIS_LEVELS = 4


@dataclass(frozen=True)
class Design:
    """The points of an experiment: `unit` is (points, factors) within 0 and 1.

    `columns` holds a column a factor in natural units, as results are written; `block` rows belong together.
    """

    experiment: Experiment
    unit: Array

    def __len__(self) -> int:
        """Return how many points there are."""
        return len(self.unit)

    @property
    def block(self) -> int:
        """How many rows only mean something together."""
        return self.experiment.block

    @cached_property
    def columns(self) -> dict[str, Array]:
        """A column a factor in natural units: whole numbers, floats, booleans, or text for what is none of them."""
        return {
            factor.parameter: _column(factor, self.unit[:, number])
            for number, factor in enumerate(self.experiment.factors)
        }

    def point(self, number: int) -> dict[str, object]:
        """Return what a point sets, as a scenario file would: key to value."""
        return {
            factor.parameter: natural(factor, float(place))
            for factor, place in zip(self.experiment.factors, self.unit[number], strict=True)
        }


def design_of(experiment: Experiment) -> Design:
    """Return the points of an experiment; the same file gives the same points.

    A longer Sobol or Morris design begins with the shorter one of the same seed. Raises InputError for a method
    that lays out no design.
    """
    if not METHODS[experiment.method].is_design:
        what = say("sweep.is_calibration")
        fault = Fault(
            what, key="method", value=experiment.method, file=experiment.file, allowed="okoshi calibrate"
        )
        raise InputError(fault)
    return Design(experiment, _unit_points(experiment))


def scenario_of(design: Design, point: int) -> Scenario:
    """Return the scenario of a design point: that of all runs, with what is varied set."""
    return scenario_in_runs(design.experiment).changed(design.point(point))


def scenario_in_runs(experiment: Experiment) -> Scenario:
    """Return the scenario that all runs share: the experiment's seed, and no year after the last looked at."""
    first, last = experiment.scenario.years
    looked_at = max((outcome.year for outcome in experiment.outcomes), default=last)
    return experiment.scenario.changed(seed=experiment.seed, years=(first, looked_at))


def natural(factor: Factor, place: float) -> object:
    """Return the value at a place from 0 to 1 within a factor: the only step out of the unit cube.

    Values of a list, and whole numbers of a count, have equal parts of the unit interval; yen are rounded.
    """
    if factor.range is None:
        return factor.values[_part(place, len(factor.values))]
    low, high = factor.range
    if factor.kind == "count":
        return int(low) + _part(place, int(high) - int(low) + 1)
    value = min(max(low + place * (high - low), low), high)
    return round(value) if factor.kind == "yen" else value


def problem_of(experiment: Experiment) -> dict[str, Any]:
    """Return the experiment as SALib wants it told: factors in the unit cube, groups where there are any."""
    problem: dict[str, Any] = {
        "num_vars": len(experiment.factors),
        "names": [factor.parameter for factor in experiment.factors],
        "bounds": [[0.0, 1.0]] * len(experiment.factors),
    }
    if experiment.grouped:
        problem["groups"] = [factor.part for factor in experiment.factors]
    return problem


def _part(place: float, parts: int) -> int:
    """Return in which of so many equal parts of the unit interval a place lies (a hair's breadth counts up)."""
    return min(int(place * parts + 1e-9), parts - 1)


def value_numbers(factor: Factor, places: Array) -> Array:
    """Return the number in a factor's list of the value that each place means, as `natural` has it."""
    count = len(factor.values)
    return np.asarray(np.floor(places * count + 1e-9).clip(0, count - 1))


def _unit_points(experiment: Experiment) -> Array:
    if experiment.method in ("grid", "attribution"):
        return _grid(experiment)
    if experiment.method == "split":
        return _crossed(experiment)
    problem, samples = problem_of(experiment), experiment.samples
    seed = experiment.seed
    if experiment.method == "sobol":
        from SALib.sample import sobol

        return _array(
            sobol.sample(
                problem, samples, calc_second_order=experiment.second_order, scramble=True, seed=seed
            )
        )
    if experiment.method == "morris":
        from SALib.sample import morris

        return _array(morris.sample(problem, samples, num_levels=MORRIS_LEVELS, seed=seed))
    from SALib.sample import latin

    problem.pop("groups", None)  # SALib would move the factors of a group as one: PAWN looks at each
    return _array(latin.sample(problem, samples, seed=seed))


def _array(points: object) -> Array:
    return np.clip(np.asarray(points, dtype=np.float64), 0.0, 1.0)


def _grid(experiment: Experiment) -> Array:
    levels = [_levels(factor, levels_of(factor, experiment.samples)) for factor in experiment.factors]
    return np.array(list(product(*levels)), dtype=np.float64)


def _crossed(experiment: Experiment) -> Array:
    """Return every division of the budget in every world: its worlds one after the other."""
    split = experiment.split
    budgets = split.points / np.array([factor.range[1] for factor in split.lines if factor.range])
    worlds = list(product(*(_levels(factor, len(factor.values)) for factor in split.worlds)))
    return np.array([(*row, *world) for world in worlds for row in budgets.tolist()], dtype=np.float64)


def _levels(factor: Factor, count: int) -> list[float]:
    """Return the places of a grid: both ends of a range and steps between, the middle of each value's part."""
    if factor.range is None or factor.kind == "count":
        total = len(factor.values) if factor.range is None else int(factor.range[1] - factor.range[0]) + 1
        steps = np.linspace(0, total - 1, count).round()
        return [(step + 0.5) / total for step in steps.tolist()]
    return np.linspace(0.0, 1.0, count).tolist()


def _column(factor: Factor, places: Array) -> Array:
    values = [natural(factor, place) for place in places.tolist()]
    kinds = {type(value) for value in values}
    if kinds <= {bool} or kinds <= {int} or kinds <= {float, int}:
        return np.array(values)
    from okoshi.scenario.documents import written

    return np.array([value if isinstance(value, str) else written(value) for value in values], dtype=object)
