"""Intervals over replicates: what chance alone leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan, sqrt

import numpy as np

from okoshi.engine.columns import Array

LEVEL = 0.90
RESAMPLES = 2_000


@dataclass(frozen=True)
class Interval:
    """A mean (or ratio of means) with its 90% interval; not a number where it cannot be told."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether the sign is open; also where there is no interval."""
        return isnan(self.low) or self.low <= 0.0 <= self.high


def mean_interval(values: Array) -> Interval:
    """Return the mean over replicates with Student's t interval; replicates that are not a number are left out.

    One replicate gives no interval. Where all replicates agree the interval is that one number.
    """
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return Interval(nan, nan, nan)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(mean, nan, nan)
    from scipy.special import stdtrit

    reach = float(stdtrit(len(known) - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / sqrt(len(known)))
    return Interval(mean, mean - reach, mean + reach)


def mean_intervals(values: Array) -> tuple[Array, Array, Array]:
    """Return `mean_interval` of each column of (replicates, columns): means, lower and upper ends."""
    from scipy.special import stdtrit

    known = np.isfinite(values)
    count = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    mean = np.full(values.shape[1], nan)
    np.divide(filled.sum(axis=0), count, out=mean, where=count > 0)
    squares = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
    degrees = np.maximum(count - 1, 1)
    reach = stdtrit(degrees, 0.5 + LEVEL / 2) * np.sqrt(squares / degrees) / np.sqrt(np.maximum(count, 1))
    reach = np.where(count > 1, reach, nan)
    return mean, mean - reach, mean + reach


@dataclass(frozen=True)
class Sampling:
    """How the runs of a comparison came about: `draws` of parameters, each under the same `replicates`.

    Without draws intervals say what chance leaves open. With draws each is one parameter's say: the interval is the
    middle 90% of the draws' means, since more draws make nobody surer of a parameter.
    """

    draws: int
    replicates: int

    def intervals(self, values: Array) -> tuple[Array, Array, Array]:
        """Return means, lower and upper ends of (draws x replicates, columns)."""
        if self.draws < 2:
            return mean_intervals(values)
        each = values.reshape(self.draws, self.replicates, -1).mean(axis=1)
        mean = each.mean(axis=0)
        low, high = np.quantile(each, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2), axis=0)
        return mean, low, high

    def mean(self, values: Array) -> Interval:
        """Return the mean of one number a run with its interval."""
        if self.draws < 2:
            return mean_interval(values)
        mean, low, high = self.intervals(values[:, None])
        return Interval(float(mean[0]), float(low[0]), float(high[0]))

    def ratio(self, numerator: Array, denominator: Array) -> Interval:
        """Return the ratio of means with its interval; none where the denominator's interval holds zero."""
        if self.draws < 2:
            return ratio_interval(numerator, denominator)
        if self.mean(denominator).holds_zero:
            return Interval(nan, nan, nan)
        top, bottom = (
            one.reshape(self.draws, self.replicates).mean(axis=1) for one in (numerator, denominator)
        )
        known = np.where(bottom == 0, nan, bottom)  # a draw without any leaves the interval open
        low, high = np.quantile(top / known, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2))
        return Interval(float(top.mean() / bottom.mean()), float(low), float(high))


def ratio_interval(numerator: Array, denominator: Array) -> Interval:
    """Return the ratio of the means with a percentile bootstrap interval over replicates.

    The ratio is given only where the denominator's own interval leaves its sign no doubt.
    """
    below = mean_interval(denominator)
    if below.holds_zero or below.value == 0:
        return Interval(nan, nan, nan)
    from scipy.stats import bootstrap

    def ratio(top: Array, bottom: Array, axis: int = -1) -> Array:
        means = bottom.mean(axis=axis)
        return np.asarray(top.mean(axis=axis) / np.where(means == 0, nan, means))

    found = bootstrap(
        (numerator, denominator),
        ratio,
        paired=True,
        vectorized=True,
        confidence_level=LEVEL,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    interval = found.confidence_interval
    return Interval(float(ratio(numerator, denominator)), float(interval.low), float(interval.high))
