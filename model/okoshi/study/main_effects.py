"""What a factor does to the mean outcome: of a full grid, of ranks, and from one end of the factor to the other."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.design import Design, natural, value_numbers
from okoshi.study.factors import Factor
from okoshi.study.gathered import Gathered
from okoshi.study.intervals import ENDS, FEWEST, ROUNDING, bootstrap_widths, mean_interval

RESAMPLES = 300
FEWEST_AT_END = 4  # points with the first or last value of a list from which an interval of a change is told

type Found = tuple[str, str, float, float, float]  # index, part, value, low, high


def change_indices(factors: Sequence[Factor], gathered: Gathered) -> list[Found]:
    """Return what the mean outcome gains from the low end of each factor to its high end, the others held.

    By least squares in all factors at once, so that no factor is credited with what another did that happened to lie
    high with it; of a list, from its first value to its last. Interval by bootstrap over whole blocks, as wide as
    Student's t makes it for so few. Not a number where the points do not tell it: one end of a list has no point with
    a number, or two factors only ever moved together.
    """
    means = gathered.means.reshape(-1, gathered.block)
    columns, last = _columns(factors, gathered.unit)
    rows = columns.reshape(*means.shape, -1)
    blocks = len(means)
    if columns.shape[1] >= len(columns):
        return [("change", factor.parameter, nan, nan, nan) for factor in factors]

    def gains(chosen: Array) -> Array:
        fit = np.linalg.lstsq(rows[chosen].reshape(-1, columns.shape[1]), means[chosen].ravel(), rcond=None)
        return np.asarray(fit[0])[last]

    found = np.where(_told_by(columns)[last], gains(np.arange(blocks)), nan)
    draws = np.random.default_rng(1).integers(blocks, size=(RESAMPLES, blocks))
    wide = bootstrap_widths(blocks)
    reach = wide * np.std([gains(chosen) for chosen in draws], axis=0, ddof=1)
    few = [_fewest_at_an_end(factor, gathered.unit[:, n]) < FEWEST_AT_END for n, factor in enumerate(factors)]
    reach[few] = nan  # most resamples have none of them, or only the one
    return [
        _change(factor.parameter, (gain, gain - far, gain + far), means)
        for factor, gain, far in zip(factors, found, reach, strict=True)
    ]


def _fewest_at_an_end(factor: Factor, places: Array) -> float:
    """Return how many points have the first value of a list, or the last, whichever are fewer; no end of a range."""
    if factor.range is not None:
        return inf
    value = value_numbers(factor, places)
    return float(min((value == end).sum() for end in (0, len(factor.values) - 1)))


def _told_by(columns: Array) -> Array:
    """Return which coefficients of least squares the points tell: those of columns that no others could stand for."""
    return np.asarray(np.isclose(np.diag(np.linalg.pinv(columns) @ columns), 1.0, atol=1e-6))


def _change(parameter: str, ends: Sequence[float], outcomes: Array) -> Found:
    """Return a gain and its ends, nought where one is no more than rounding of the outcomes."""
    least = ROUNDING * float(np.abs(outcomes).max(initial=0.0))
    gain, low, high = (0.0 if abs(end) <= least else float(end) for end in ends)
    return "change", parameter, gain, low, high


def _columns(factors: Sequence[Factor], unit: Array) -> tuple[Array, list[int]]:
    """Return the columns of least squares, a constant first, and for each factor the one that tells its change.

    A range has its place within it; a list a column for each value but the first.
    """
    columns, last = [np.ones(len(unit))], []
    for number, factor in enumerate(factors):
        places = unit[:, number]
        if factor.range is not None:
            columns.append(places)
        else:
            value = value_numbers(factor, places)
            columns += [(value == one).astype(np.float64) for one in range(1, len(factor.values))]
        last.append(len(columns) - 1)
    return np.column_stack(columns), last


def rank_indices(factors: Sequence[Factor], gathered: Gathered) -> list[Found]:
    """Return Spearman's rank correlation of each factor with the outcome; interval by bootstrap over points."""
    from scipy.stats import rankdata

    means = gathered.means
    rng = np.random.default_rng(1)
    draws = [np.arange(len(means)), *rng.integers(len(means), size=(RESAMPLES, len(means)))]
    found: list[Found] = []
    for number, factor in enumerate(factors):
        places = _order(factor, gathered.unit[:, number])
        with np.errstate(invalid="ignore", divide="ignore"):
            values = [
                np.corrcoef(rankdata(places[chosen]), rankdata(means[chosen]))[0, 1] for chosen in draws
            ]
        known = np.array(values[1:])[np.isfinite(values[1:])]
        low, high = np.quantile(known, ENDS) if len(known) else (nan, nan)
        found.append(("rank_correlation", factor.parameter, float(values[0]), float(low), float(high)))
    return found


def _order(factor: Factor, places: Array) -> Array:
    """Return a factor's places as the model saw them: values of a list by their number in it."""
    if factor.range is None:
        return value_numbers(factor, places)
    return np.array([natural(factor, place) for place in places.tolist()], dtype=np.float64)


def grid_indices(design: Design, gathered: Gathered) -> list[Found]:
    """Return main effects of a grid: each factor's part of the variance, and the gain from first to last level.

    Intervals come from the replicates: resampled for the part, as wide as Student's t makes it for so few, and
    Student's t over pairs for the gain; none for fewer than three.
    """
    replicates = gathered.values.shape[1]
    rng = np.random.default_rng(1)
    draws = [np.arange(replicates)]
    wide = nan
    if replicates >= FEWEST:
        wide = bootstrap_widths(replicates)
        draws += list(rng.integers(replicates, size=(RESAMPLES, replicates)))
    found: list[Found] = []
    for number, factor in enumerate(design.experiment.factors):
        levels, level = np.unique(gathered.unit[:, number], return_inverse=True)
        shares = np.array([_share(gathered.values[:, chosen].mean(axis=1), level) for chosen in draws])
        reach = wide * float(shares[1:].std(ddof=1)) if len(shares) > 1 else nan
        share = float(shares[0])
        found.append(("first", factor.parameter, share, share - reach, share + reach))
        last, first = gathered.values[level == len(levels) - 1], gathered.values[level == 0]
        whole = design.unit[:, number]
        if (levels[0], levels[-1]) != (whole.min(), whole.max()):  # no number at one end
            found.append(("change", factor.parameter, nan, nan, nan))
            continue
        gain = mean_interval(last.mean(axis=0) - first.mean(axis=0))
        found.append(_change(factor.parameter, (gain.value, gain.low, gain.high), gathered.values))
    return found


def no_effect_in_a_grid(design: Design, gathered: Gathered, noise: float) -> dict[str, float]:
    """Return the part of the variance that a factor without effect gets on average: its levels' share of the noise.

    `noise` is the part of the variance of the points' means that is noise. The only factor of a grid gets all of it.
    """
    points = len(gathered.rows)
    return {
        factor.parameter: noise * (len(np.unique(gathered.unit[:, number])) - 1) / (points - 1)
        for number, factor in enumerate(design.experiment.factors)
    }


def _share(means: Array, level: Array) -> float:
    """Return the part of the variance that lies between the means of the levels."""
    counts = np.bincount(level)
    by_level = np.bincount(level, weights=means) / counts
    total = float(((means - means.mean()) ** 2).sum())
    return float((counts * (by_level - means.mean()) ** 2).sum()) / total if total else nan
