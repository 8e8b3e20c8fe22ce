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


def spread_interval(values: Array) -> Interval:
    """Return the median over draws with the middle 90% of them: what parameters and chance leave open together."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return Interval(nan, nan, nan)
    low, middle, high = np.quantile(known, ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    return Interval(float(middle), *((nan, nan) if len(known) == 1 else (float(low), float(high))))


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
