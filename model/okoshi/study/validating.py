"""Validation: draws of calibrated parameters run to the years that were not fitted, and what became of it.

Three things are scored. Figures: every official figure and pattern against the ensemble of one fit. Forecasts: fits
with earlier horizons against naive forecasts. Structures: the same draws in each rival form, not fitted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.observe.observed import ObservedFigure, observed_figures
from okoshi.scenario.draft import Adoption, Matching, Settlement
from okoshi.scenario.scenario import Scenario, Structure
from okoshi.study.drawn import Ensemble
from okoshi.study.intervals import NORMAL_REACH, middle
from okoshi.study.naive import Forecast, naive_forecasts, official_series
from okoshi.study.patterns import PATTERNS, Pattern
from okoshi.study.runs import Progress, Task, run_tasks
from okoshi.study.targets import bounds_of

FORECAST_SERIES = "members"
DRAWN_AGAIN = 400
FORECAST_LAST = 2023
HORIZONS = (2015, 2017, 2018, 2019)
OFTEN = 2  # the ensemble that patterns are scored with has so many times the draws of a forecast
JUDGED = 2018  # the horizon by which structures are judged
NEAR = 0.05  # of the official members: a forecast whose median is no farther off


@dataclass(frozen=True)
class ValidationPlan:
    """What is run: the main fit, fits with earlier horizons, and fits to FY2018 of rival forms that have their own."""

    scenario: Scenario
    main: Ensemble
    earlier: dict[int, Ensemble]
    apart: dict[str, Ensemble]
    draws: int


@dataclass(frozen=True)
class Seen:
    """What one run leaves for the scoring: its national table, and each pattern's value."""

    national: Mapping[str, Array]
    patterns: Mapping[str, float]

    def value(self, column: str, year: int) -> float:
        """Return a national number, not a number where the run did not write that year."""
        rows = np.flatnonzero(self.national["fiscal_year"] == year)
        return float(self.national[column][rows[0]]) if len(rows) else float("nan")


def see(task: Task) -> Seen:
    """Run one task and keep what is scored."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    tables = model.tables(("national", "members"))
    national = {name: column for name, column in tables["national"].items() if column.dtype.kind in "if"}
    patterns = {pattern.name: pattern.read(tables["national"], tables["members"]) for pattern in PATTERNS}
    return Seen(national, patterns)


def tasks_on(ensemble: Ensemble, scenario: Scenario, draws: int) -> list[Task]:
    """Return a run a draw, each under a seed of its own."""
    return [Task(one, number, ()) for number, one in enumerate(ensemble.on_draws(scenario, draws))]


def rival_structures(structure: Structure) -> dict[str, Structure]:
    """Return the structure itself and those that differ from it in one form."""
    matching = next(form for form in Matching if form is not structure.matching)
    adoption = next(form for form in Adoption if form is not structure.adoption)
    settlement = next(form for form in Settlement if form is not structure.settlement)
    return {
        "as_fitted": structure,
        f"matching={matching}": replace(structure, matching=matching),
        f"adoption={adoption}": replace(structure, adoption=adoption),
        f"settlement={settlement}": replace(structure, settlement=settlement),
    }


def score_figures(runs: Sequence[Seen], horizon: int) -> list[dict[str, Any]]:
    """Return a row an official figure and a pattern: median, 90% interval with the figure's own error, hit or miss."""
    rows = []
    for figure in observed_figures():
        values = np.array([run.value(figure.series, figure.fiscal_year) for run in runs])
        if np.isfinite(values).any():
            rows.append(_figure_row(figure, values[np.isfinite(values)], horizon))
    for pattern in PATTERNS:
        values = np.array([run.patterns[pattern.name] for run in runs])
        if np.isfinite(values).any():
            rows.append(_pattern_row(pattern, values[np.isfinite(values)]))
    return rows


def _pattern_row(pattern: Pattern, values: Array) -> dict[str, Any]:
    median = float(np.median(values))
    low, high = (float(end) for end in middle(values))
    return {
        "figure": pattern.name,
        "fiscal_year": 0,
        "label": pattern.label,
        "read_by_fit": False,
        "official_low": pattern.low,
        "official": (pattern.low + pattern.high) / 2,
        "official_high": pattern.high,
        "median": median,
        "low_90": low,
        "high_90": high,
        "hit": pattern.low <= high and low <= pattern.high,
        "median_within": pattern.low <= median <= pattern.high,
    }


def widened(low: Array, median: Array, high: Array, error: Array, column: str) -> tuple[Array, Array]:
    """Return the ends of an interval of a column with an independent error on top, of as many standard deviations.

    It ends where official figures of the column end: a count is not below nought, a share not above one either.
    """
    least, most = bounds_of(column)
    ends = median - np.hypot(median - low, error), median + np.hypot(high - median, error)
    return np.maximum(ends[0], np.minimum(least, low)), np.minimum(ends[1], np.maximum(most, high))


def _figure_row(figure: ObservedFigure, values: Array, horizon: int) -> dict[str, Any]:
    median = np.median(values)
    least, most = middle(values)
    error, tolerance = NORMAL_REACH * figure.uncertainty, NORMAL_REACH * figure.tolerance
    low, high = (float(end) for end in widened(least, median, most, np.array(error), figure.series))
    possible = bounds_of(figure.series)
    return {
        "figure": figure.series,
        "fiscal_year": figure.fiscal_year,
        "label": figure.label,
        "read_by_fit": figure.may_be_fitted(horizon),
        "official_low": max(figure.compared - error, possible[0]),
        "official": figure.compared,
        "official_high": min(figure.compared + error, possible[1]),
        "median": float(median),
        "low_90": low,
        "high_90": high,
        "hit": low <= figure.compared <= high,
        "median_within": bool(abs(median - figure.compared) <= tolerance),
    }


def model_error(series: str) -> float:
    """Return how far the model itself may be off in a series, as a share, by what every fit of it assumes."""
    shares = [
        one.discrepancy / one.compared for one in observed_figures() if one.series == series and one.compared
    ]
    return max(shares)


def forecast_of(runs: Sequence[Seen], horizon: int) -> Forecast:
    """Return the model's own forecast of the members for the years after a horizon.

    What is foreseen is an official figure, from which the model differs by an error of its own (Kennedy and O'Hagan
    2001): the interval holds parameters, chance and that error, which the fit assumed before any run.
    """
    years = np.arange(horizon + 1, FORECAST_LAST + 1)
    values = np.array([[run.value(FORECAST_SERIES, int(year)) for year in years] for run in runs])
    median = np.median(values, axis=0)
    low, high = middle(values)
    ends = widened(low, median, high, NORMAL_REACH * model_error(FORECAST_SERIES) * median, FORECAST_SERIES)
    return Forecast("model", horizon, years, median, *ends)


def chance_of(target: float, values: Array) -> tuple[float, float, float]:
    """Return how likely the official members reach a target by what runs give, and their 90% interval's ends.

    As in a forecast, the official figure differs from what a run gives by the model's own error.
    """
    from scipy.special import ndtr

    error = model_error(FORECAST_SERIES)
    off = (values - target) / (error * np.maximum(values, 1.0))
    median, (low, high) = np.median(values), middle(values)
    least, most = widened(low, median, high, NORMAL_REACH * error * median, FORECAST_SERIES)
    return float(ndtr(off).mean()), float(least), float(most)


def level_error(runs: Sequence[Seen], year: int) -> float:
    """Return by how much the median of the members is off in a year, as a share with its sign."""
    median = float(np.median([run.value(FORECAST_SERIES, year) for run in runs]))
    return median / official_series(FORECAST_SERIES)[year] - 1.0


def error_of_draws(runs: Sequence[Seen], horizon: int) -> tuple[float, float]:
    """Return how far a forecast's mean error, and its level at the horizon, hang on which draws were run.

    One standard error each, of the runs drawn again with replacement (bootstrap, Efron 1979): of few draws a median
    may be off by more than what two forecasts are apart.
    """
    years = range(horizon, FORECAST_LAST + 1)
    values = np.array([[run.value(FORECAST_SERIES, year) for year in years] for run in runs])
    again = np.random.default_rng(horizon).integers(0, len(runs), (DRAWN_AGAIN, len(runs)))
    official = np.array([official_series(FORECAST_SERIES)[year] for year in years])
    off = np.median(values[again], axis=1) / official - 1.0
    return float(np.abs(off[:, 1:]).mean(axis=1).std()), float(off[:, 0].std())


def official_after(horizon: int) -> Array:
    """Return the official members of the years after a horizon."""
    official = official_series(FORECAST_SERIES)
    return np.array([official[year] for year in range(horizon + 1, FORECAST_LAST + 1)])


def run_all(plan: ValidationPlan, workers: int, progress: Progress) -> dict[tuple[str, str], list[Seen]]:
    """Run every set: the main ensemble, the earlier fits, the rival structures. Raises InputError for few draws."""
    to_last = plan.scenario.changed(years=(2009, FORECAST_LAST))
    most = min(OFTEN * plan.draws, len(plan.main.posterior))
    sets = {("figures", "main"): tasks_on(plan.main, plan.scenario, most)}
    for horizon, ensemble in plan.earlier.items():
        sets["forecast", str(horizon)] = tasks_on(ensemble, to_last, plan.draws)
    judged = plan.earlier.get(JUDGED, plan.main)
    for name, structure in rival_structures(plan.scenario.structure).items():
        if name != "as_fitted":
            ensemble = plan.apart.get(name, judged)
            sets["structure", name] = tasks_on(ensemble, replace(to_last, structure=structure), plan.draws)
    tasks = [task for of_set in sets.values() for task in of_set]
    results = []
    for result in run_tasks(tasks, workers, see):
        results.append(result)
        progress(len(results), len(tasks))
    rest = iter(results)
    return {key: [next(rest) for _ in of_set] for key, of_set in sets.items()}


def score(
    plan: ValidationPlan, seen: dict[tuple[str, str], list[Seen]]
) -> tuple[list[dict[str, Any]], dict[int, list[Forecast]]]:
    """Return all rows of the table, and the forecasts of each horizon, the model's first."""
    rows = [
        {"part": "figures", "name": "main", **row}
        for row in score_figures(seen["figures", "main"], int(plan.main.posterior.about["horizon"]))
    ]
    for (kind, name), runs in seen.items():
        if kind == "structure":
            rows += [{"part": "structure", "name": name, **row} for row in score_figures(runs, JUDGED)]
    forecasts = {}
    for horizon in plan.earlier:
        forecasts[horizon] = [
            forecast_of(seen["forecast", str(horizon)], horizon),
            *naive_forecasts(FORECAST_SERIES, horizon, FORECAST_LAST),
        ]
        for forecast in forecasts[horizon]:
            rows += _forecast_rows(forecast)
    return rows, forecasts


def _forecast_rows(forecast: Forecast) -> list[dict[str, Any]]:
    """Return a row a year that is foreseen."""
    ends = zip(forecast.low, forecast.middle, forecast.high, strict=True)
    return [
        {
            "part": f"forecast from FY{forecast.horizon}",
            "name": forecast.name,
            "figure": FORECAST_SERIES,
            "fiscal_year": year,
            "label": "fitted",
            "read_by_fit": False,
            "official_low": value,
            "official": value,
            "official_high": value,
            "median": median,
            "low_90": low,
            "high_90": high,
            "hit": bool(low <= value <= high),
            "median_within": bool(abs(median / value - 1.0) <= NEAR),
        }
        for year, value, (low, median, high) in zip(
            forecast.years.tolist(), official_after(forecast.horizon), ends, strict=True
        )
    ]
