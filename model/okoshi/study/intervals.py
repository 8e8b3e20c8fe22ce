"""Intervals over replicates: what chance alone leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, inf, isfinite, isnan, nan, sqrt
from statistics import NormalDist

import numpy as np

from okoshi.engine.columns import Array

LEVEL = 0.90
ENDS = (0.05, 0.95)  # quantiles between which the middle 90% lie
LOW_MIDDLE_HIGH = (ENDS[0], 0.5, ENDS[1])
NORMAL_REACH = NormalDist().inv_cdf(ENDS[1])  # standard deviations of a normal to either side of it
FEWEST = 3  # replicates from which on an interval is told
FEWEST_TO_RANK = 19  # values of which the smallest and the largest hold the middle 90% between them
ROUNDING = 1e-12  # of a number: what is nearer than this is the same


@dataclass(frozen=True)
class Interval:
    """A mean (or ratio of means) with its 90% interval; not a number where it cannot be told."""

    value: float
    low: float
    high: float

    @property
    def is_told(self) -> bool:
        """Whether there is an interval."""
        return not isnan(self.low)

    @property
    def holds_zero(self) -> bool:
        """Whether the sign is open; also where there is no interval."""
        return not self.is_told or self.low <= 0.0 <= self.high

    def columns(self, name: str) -> dict[str, float]:
        """Return the interval as tables hold it: under a name, and its ends under the name with their ending."""
        return {name: self.value, f"{name}_low_90": self.low, f"{name}_high_90": self.high}


def mean_interval(values: Array) -> Interval:
    """Return the mean over replicates with Student's t interval; replicates that are not a number are left out.

    There is no interval where replicates are too few or all agree: see `mean_intervals`.
    """
    mean, low, high = mean_intervals(values[:, None])
    return Interval(float(mean[0]), float(low[0]), float(high[0]))


def mean_intervals(values: Array) -> tuple[Array, Array, Array]:
    """Return mean and Student's t interval of each column of (replicates, columns): means, lower and upper ends.

    What is not a number is left out. Fewer than three replicates, or replicates that all agree, say nothing of how far
    chance reaches: an interval without width would read as certainty, so there is none.
    """
    from scipy.special import stdtrit

    known = np.isfinite(values)
    count = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    mean = np.full(values.shape[1], nan)
    np.divide(filled.sum(axis=0), count, out=mean, where=count > 0)
    squares = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
    degrees = np.maximum(count - 1, 1)
    reach = stdtrit(degrees, ENDS[1]) * np.sqrt(squares / degrees) / np.sqrt(np.maximum(count, 1))
    reach = np.where((count >= FEWEST) & ~agree(values), reach, nan)
    return mean, mean - reach, mean + reach


def agree(values: Array) -> Array:
    """Return for each column of (replicates, columns) whether all that are a number are the same, rounding apart."""
    known = np.isfinite(values)
    most = np.where(known, values, -inf).max(axis=0, initial=-inf)
    least = np.where(known, values, inf).min(axis=0, initial=inf)
    with np.errstate(invalid="ignore"):
        found: Array = ~(most - least > ROUNDING * np.maximum(np.abs(most), np.abs(least)))
    return found


def all_agree(values: Array) -> bool:
    """Return whether all numbers of one column are the same, rounding apart."""
    return bool(agree(values[:, None])[0])


def bootstrap_widths(count: int) -> float:
    """Return by how many standard deviations of resampled means a 90% interval reaches, from so few values.

    As wide as Student's t makes it; resampling divides by the count where it should by one less.
    """
    from scipy.special import stdtrit

    return float(stdtrit(count - 1, ENDS[1])) * sqrt(count / (count - 1))


def middle(values: Array) -> tuple[Array, Array]:
    """Return between which ends nine in ten further values lie, for each column of (values, columns).

    By rank, the r-th of n standing for r / (n + 1) (Weibull 1939). Fewer than 19 values do not reach that far out:
    there, Student's t interval for one more of them. Quantiles of the values themselves are too narrow: of 5 values
    they hold 62% of further ones, of 30 they hold 84%.
    """
    from scipy.special import stdtrit

    count = len(values)
    if count >= FEWEST_TO_RANK:
        low, high = np.quantile(values, ENDS, axis=0, method="weibull")
        return low, high
    if count < 2:
        return np.full(values.shape[1:], nan), np.full(values.shape[1:], nan)
    mean = values.mean(axis=0)
    reach = stdtrit(count - 1, ENDS[1]) * values.std(axis=0, ddof=1) * sqrt(1.0 + 1.0 / count)
    return mean - reach, mean + reach


def _means_of_known(values: Array, axis: int) -> Array:
    """Return means along an axis of what is a number; not a number where nothing is."""
    known = np.isfinite(values)
    if known.all():
        return np.asarray(values.mean(axis=axis))
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, nan), where=count > 0))


@dataclass(frozen=True)
class Sampling:
    """How the runs of a comparison came about: `draws` of parameters, each under the same `replicates`.

    Without draws intervals say what chance leaves open. With draws each is one parameter's say: the interval is the
    middle 90% of the draws' means (see `middle`), since more draws make nobody surer of a parameter. As with
    replicates, there is none for fewer than three draws or where all agree, and what is not a number is left out.
    """

    draws: int
    replicates: int

    def intervals(self, values: Array) -> tuple[Array, Array, Array]:
        """Return means, lower and upper ends of (draws x replicates, columns)."""
        if self.draws < 2:
            return mean_intervals(values)
        each = _means_of_known(values.reshape(self.draws, self.replicates, -1), axis=1)
        known = np.isfinite(each)
        low, high = middle(each)
        for column in np.flatnonzero(known.any(axis=0) & ~known.all(axis=0)):
            low[column], high[column] = middle(each[known[:, column], column])
        untold = agree(each) | (known.sum(axis=0) < FEWEST)
        return _means_of_known(each, axis=0), np.where(untold, nan, low), np.where(untold, nan, high)

    def mean(self, values: Array) -> Interval:
        """Return the mean of one number a run with its interval."""
        if self.draws < 2:
            return mean_interval(values)
        mean, low, high = self.intervals(values[:, None])
        return Interval(float(mean[0]), float(low[0]), float(high[0]))

    def ratio(self, numerator: Array, denominator: Array) -> Interval:
        """Return the ratio of means with its interval; none where the denominator's interval holds zero.

        Of draws that have none, or have them the other way round, no number of units is bought at any price: they
        lie beyond all others. Where so many do that they reach into the interval, it is left open.
        """
        if self.draws < 2:
            return ratio_interval(numerator, denominator)
        if self.mean(denominator).holds_zero:
            return Interval(nan, nan, nan)
        top, bottom = (
            one.reshape(self.draws, self.replicates).mean(axis=1) for one in (numerator, denominator)
        )
        ratio = float(top.mean() / bottom.mean())
        bought = bottom * bottom.mean() > 0
        each = np.divide(top, bottom, out=np.full(len(top), copysign(inf, ratio)), where=bought)
        with np.errstate(invalid="ignore"):  # what is infinite in between
            low, high = (float(end[0]) for end in middle(each[:, None]))
        told = isfinite(low) and isfinite(high)
        return Interval(ratio, low if told else nan, high if told else nan)


def ratio_interval(numerator: Array, denominator: Array) -> Interval:
    """Return the ratio of the means of pairs with its interval (Fieller 1954, by Student's t over replicates).

    The ratio is given only where the denominator's own interval leaves its sign no doubt: exactly then Fieller's
    interval is finite.
    """
    below = mean_interval(denominator)
    if below.holds_zero or below.value == 0:
        return Interval(nan, nan, nan)
    from scipy.special import stdtrit

    count = len(numerator)
    ratio = float(numerator.mean()) / below.value
    ((top, both), (_, bottom)) = (np.cov(numerator, denominator) / count).tolist()
    t = float(stdtrit(count - 1, ENDS[1]))
    open_ = t**2 * bottom / below.value**2
    spread = top - 2 * ratio * both + ratio**2 * bottom - open_ * (top - both**2 / bottom)
    middle = (ratio - open_ * both / bottom) / (1 - open_)
    reach = t * sqrt(max(spread, 0.0)) / abs(below.value) / (1 - open_)
    return Interval(ratio, middle - reach, middle + reach)
