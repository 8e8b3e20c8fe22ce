"""Naive forecasts of the members, from official figures up to a horizon alone: what a model must beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array
from okoshi.observe.observed import observed_figures
from okoshi.study.intervals import LEVEL, NORMAL_REACH

YEARS_OF_A_TERM = 3.0

type Forecaster = Callable[[Mapping[int, float], int, int], list[float]]


@dataclass(frozen=True)
class Forecast:
    """What was foreseen for the years after a horizon: middle, low and high of a 90% interval, by year."""

    name: str
    horizon: int
    years: Array
    middle: Array
    low: Array
    high: Array

    def score(self, official: Array) -> dict[str, float]:
        """Return mean absolute error (share), coverage and the mean interval score over the official figures."""
        width = self.high - self.low
        below, above = np.maximum(self.low - official, 0.0), np.maximum(official - self.high, 0.0)
        scores = (width + 2.0 / (1.0 - LEVEL) * (below + above)) / official
        return {
            "error": float((np.abs(self.middle - official) / official).mean()),
            "covered": float(((official >= self.low) & (official <= self.high)).sum()),
            "interval_score": float(scores.mean()),
        }


def same_as_last_year(known: Mapping[int, float], horizon: int, years: int) -> list[float]:
    """Foresee the last figure for good."""
    return [known[horizon]] * years


def same_increase(known: Mapping[int, float], horizon: int, years: int) -> list[float]:
    """Foresee the last increase every year."""
    step = known[horizon] - known[horizon - 1]
    return [known[horizon] + step * number for number in range(1, years + 1)]


def stock_and_flow(known: Mapping[int, float], horizon: int, years: int) -> list[float]:
    """Foresee as many hires as in the last year, and the share of members that ends as it was so far.

    Members of a year are those of the year before who did not end, and the hired. The share that ends comes from the
    ended so far over all member-years, where that was known; before, from terms of three years.
    """
    share = _share_that_ends(known, horizon)
    hired = known[horizon] - known[horizon - 1] * (1.0 - share)
    found, members = [], known[horizon]
    for _ in range(years):
        members = members * (1.0 - share) + hired
        found.append(members)
    return found


NAIVE: dict[str, Forecaster] = {
    "same_as_last_year": same_as_last_year,
    "same_increase": same_increase,
    "stock_and_flow": stock_and_flow,
}


def official_series(series: str) -> dict[int, float]:
    """Return the official figures of a series by fiscal year, as a run is compared with them."""
    return {figure.fiscal_year: figure.compared for figure in observed_figures() if figure.series == series}


def naive_forecasts(series: str, horizon: int, last: int) -> list[Forecast]:
    """Return the naive forecasts of a series for the years after a horizon.

    Intervals are as wide as the forecast's own errors at one year were so far, growing with the root of the years.
    """
    official = official_series(series)
    known = {year: value for year, value in official.items() if year <= horizon}
    years = np.arange(horizon + 1, last + 1)
    return [_forecast(name, foresee, known, horizon, years) for name, foresee in NAIVE.items()]


def _forecast(
    name: str, foresee: Forecaster, known: Mapping[int, float], horizon: int, years: Array
) -> Forecast:
    middle = np.array(foresee(known, horizon, len(years)))
    errors = [
        np.log(known[year + 1] / max(foresee(known, year, 1)[0], 1.0))
        for year in sorted(known)[1:]
        if year + 1 in known
    ]
    spread = float(np.sqrt(np.mean(np.square(errors[-5:])))) * np.sqrt(years - horizon)
    reach = np.exp(NORMAL_REACH * spread)
    return Forecast(name, horizon, years, middle, middle / reach, middle * reach)


def _share_that_ends(known: Mapping[int, float], horizon: int) -> float:
    ended = {year: value for year, value in official_series("ended_so_far").items() if year <= horizon}
    if not ended:
        return 1.0 / YEARS_OF_A_TERM
    last = max(ended)
    return ended[last] / sum(value for year, value in known.items() if year <= last)
