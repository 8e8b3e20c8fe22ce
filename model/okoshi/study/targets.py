"""What a fit may read: official figures up to a horizon, in the scale in which errors are alike.

Counts and yen are compared as logarithms, shares as they are. Errors of the model in neighbouring years of one
series are alike, those of different series are not (both assumed). The level at the horizon is what a forecast starts
from: there a run is allowed half of the 3% that a level may be off, for all errors but chance, or errors cancel later.
How well the figure is observed does not widen that: what is forecast is the figure as it is counted, and an error of
counting goes along from year to year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array
from okoshi.observe.observed import ObservedFigure, observed_figures
from okoshi.study.outcomes import TABLE
from okoshi.study.words import declared_columns

YEARS_ALIKE = 0.7  # correlation of the model's own error between neighbouring years of a series
LEVELS = ("members", "municipalities_with_members")
LEVEL_ERROR = 0.015  # of a level at the horizon


@dataclass(frozen=True)
class Target:
    """One official figure as a fit reads it; `starts_forecast` where it is a level at the fit's horizon."""

    figure: ObservedFigure
    starts_forecast: bool = False

    @property
    def label(self) -> str:
        """The outcome of a run that answers to it."""
        return f"{TABLE}.{self.figure.series}@{self.figure.fiscal_year}"

    @property
    def is_log(self) -> bool:
        """Whether it is compared as a logarithm."""
        return is_count(self.figure.series)

    def scaled(self, values: Array) -> Array:
        """Return simulated values in the scale of comparison."""
        return scaled(self.figure.series, values)

    def in_units(self, scaled: Array) -> Array:
        """Return values in the units of the series again."""
        return np.expm1(scaled) if self.is_log else scaled

    @property
    def value(self) -> float:
        """The official figure in the scale of comparison."""
        return float(self.scaled(np.array([self.figure.compared]))[0])

    @property
    def observing(self) -> float:
        """How far the figure may be from what it counts, in units of the series, as a standard deviation."""
        return 0.0 if self.starts_forecast else self.figure.uncertainty

    @property
    def discrepancy(self) -> float:
        """How far the model itself may be off, in units of the series, as a standard deviation."""
        own = self.figure.discrepancy
        return min(own, LEVEL_ERROR * self.figure.compared) if self.starts_forecast else own

    @property
    def tolerance(self) -> float:
        """How far off a run may be for observing and for the model's own error, as a standard deviation."""
        return float(np.hypot(self.observing, self.discrepancy))

    def spread(self, error: float) -> float:
        """Return a standard deviation of the figure in the scale of comparison."""
        return error / (1.0 + self.figure.compared) if self.is_log else error


def scaled(column: str, values: Array) -> Array:
    """Return values of a column of the national table in the scale of comparison: counts as logarithms."""
    return np.log1p(np.maximum(values, 0.0)) if is_count(column) else np.asarray(values, dtype=np.float64)


def is_count(column: str) -> bool:
    """Return whether a column of the national table holds whole numbers."""
    return declared_columns(TABLE)[column].dtype == "int64"


def bounds_of(column: str) -> tuple[float, float]:
    """Return between which numbers every official figure of a column of the national table lies.

    All are counts, amounts, ratios (none below nought) or shares (nor above one). An interval of what a figure may be
    ends there too: an error with a normal spread reaches beyond, where no figure can be, and takes nothing along.
    """
    return 0.0, 1.0 if declared_columns(TABLE)[column].unit == "share" else float("inf")


def targets_of(horizon: int, series: Sequence[str], last_year: int | None = None) -> tuple[Target, ...]:
    """Return what a fit of these series with this horizon reads; `last_year` is the last that runs have."""
    return tuple(
        Target(figure, figure.series in LEVELS and figure.fiscal_year == horizon)
        for figure in observed_figures()
        if figure.series in series
        and figure.may_be_fitted(horizon)
        and (last_year is None or figure.fiscal_year <= last_year)
    )


def fitted_series() -> list[str]:
    """Return the series that a fit may ever read."""
    return list(dict.fromkeys(figure.series for figure in observed_figures() if figure.use == "fit"))


def official_values(targets: Sequence[Target]) -> Array:
    """Return the figures in the scale of comparison."""
    return np.array([target.value for target in targets])


def error_covariance(targets: Sequence[Target]) -> Array:
    """Return the covariance of observing and of the model's own error; chance and emulator are not in it."""
    observing = np.array([target.spread(target.observing) for target in targets])
    own = np.array([target.spread(target.discrepancy) for target in targets])
    years = np.array([target.figure.fiscal_year for target in targets])
    series = np.array([target.figure.series for target in targets])
    alike = np.where(
        series[:, None] == series[None, :], YEARS_ALIKE ** np.abs(years[:, None] - years[None, :]), 0.0
    )
    return np.asarray(np.diag(observing**2) + own[:, None] * own[None, :] * alike)
