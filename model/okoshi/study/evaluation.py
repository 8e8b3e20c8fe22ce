"""What an evaluation of a pilot would find: before-after, matching, difference in differences, each as commonly done.

They see a panel of places, nothing of the model. A finding is an estimate with its standard error, and the chance of
one so large where there is no effect, by Student's t over sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan, sqrt

import numpy as np

from okoshi.engine.columns import Array

METHODS = ("before_after", "matching", "difference_in_differences")
LEVEL, POWER = 0.05, 0.8
NEIGHBOURS = 3
WINDOW = 3  # years before the start that stand for "before"


@dataclass(frozen=True)
class Panel:
    """One outcome of many places: `values` is (places, years) from fiscal year `first` on.

    `traits` is (places, traits): what places are matched by, beside the outcome's own trend.
    """

    values: Array
    first: int
    traits: Array


@dataclass(frozen=True)
class Treated:
    """Which rows of a panel are treated, from which fiscal year each, and which rows are there to compare with."""

    rows: Array
    since: Array
    controls: Array


@dataclass(frozen=True)
class Finding:
    """An estimate of the mean effect on a treated place, its standard error, and its p-value (two-sided)."""

    estimate: float
    error: float
    p: float

    @property
    def is_found(self) -> bool:
        """Whether an evaluator would say that there is an effect, at 5%."""
        return self.p < LEVEL


def evaluate(panel: Panel, treated: Treated) -> dict[str, Finding]:
    """Return what each method finds. Sites need two years or more before they start."""
    ways = (before_after, matching, difference_in_differences)
    return {name: way(panel, treated) for name, way in zip(METHODS, ways, strict=True)}


def before_after(panel: Panel, treated: Treated) -> Finding:
    """Compare treated places with themselves: mean while treated less mean of the three years before."""
    change = _changes(panel, treated.rows, treated.since)
    return _tested(change, np.zeros(0))


def matching(panel: Panel, treated: Treated) -> Finding:
    """Compare each treated place with its three nearest untreated ones, in the years of treatment.

    Nearest by traits and by the outcome's trend before, each over its standard deviation among all places.
    """
    gaps = np.empty(len(treated.rows))
    for start in np.unique(treated.since):
        mine = np.flatnonzero(treated.since == start)
        trend = _trend(panel, int(start))
        traits = np.column_stack([panel.traits, trend])
        spread = traits.std(axis=0)
        scaled = traits / np.where(spread > 0, spread, 1.0)
        after = panel.values[:, int(start) - panel.first :].mean(axis=1)
        rows = treated.rows[mine]
        far = ((scaled[rows][:, None, :] - scaled[treated.controls][None, :, :]) ** 2).sum(axis=2)
        count = min(NEIGHBOURS, len(treated.controls))
        nearest = np.argsort(far, axis=1, kind="stable")[:, :count]
        gaps[mine] = after[rows] - after[treated.controls[nearest]].mean(axis=1)
    return _tested(gaps, np.zeros(0))


def difference_in_differences(panel: Panel, treated: Treated) -> Finding:
    """Compare changes of treated places with those of all untreated ones over the same years.

    With one start this is least squares with effects of places and years; with several, the mean over starts
    (Callaway and Sant'Anna 2021), which does not mix sites up that were treated sooner and later. Errors let places
    differ in how much they vary (clustered by place).
    """
    changes = _changes(panel, treated.rows, treated.since)
    starts, count = np.unique(treated.since, return_counts=True)
    weights = count / count.sum()
    comparison = np.zeros(len(treated.controls))
    for start, weight in zip(starts.tolist(), weights.tolist(), strict=True):
        of_start = _changes(panel, treated.controls, np.full(len(treated.controls), start))
        changes[treated.since == start] -= of_start.mean()
        comparison += weight * of_start
    return _tested(changes, comparison)


def _changes(panel: Panel, rows: Array, since: Array) -> Array:
    """Return each place's mean from its start on less its mean in the three years before (fewer where there are)."""
    found = np.empty(len(rows))
    for start in np.unique(since):
        mine = since == start
        at = int(start) - panel.first
        values = panel.values[rows[mine]]
        found[mine] = values[:, at:].mean(axis=1) - values[:, max(at - WINDOW, 0) : at].mean(axis=1)
    return found


def _trend(panel: Panel, start: int) -> Array:
    before = panel.values[:, : start - panel.first]
    years = np.arange(before.shape[1]) - (before.shape[1] - 1) / 2
    return np.asarray(before @ years / (years @ years))


def _tested(changes: Array, others: Array) -> Finding:
    """Test a mean over sites against zero; `others` add the variance of the mean they were compared with."""
    from scipy.special import stdtr

    count = len(changes)
    estimate = float(changes.mean())
    if count < 2:
        return Finding(estimate, nan, 1.0)
    variance = float(changes.var(ddof=1)) / count
    if len(others) > 1:
        variance += float(others.var(ddof=1)) / len(others)
    error = sqrt(variance)
    if error == 0:
        return Finding(estimate, 0.0, 1.0 if estimate == 0 else 0.0)
    return Finding(estimate, error, 2.0 * float(stdtr(count - 1, -abs(estimate) / error)))


def sites_needed(effect: float, spread: float, sites: int, found: float) -> float:
    """Return how many sites find an effect with a power of 0.8 at 5%, where estimates over `sites` sites spread so.

    `n = sites ((z(1 - a/2) + z(power)) spread / effect)^2`, at least two; infinite where there is no effect. An
    evaluation that finds it more seldom than its spread promises (its own errors are wider) needs more: where the
    share `found` over `sites` sites is under the power, `n = sites ((z(1 - a/2) + z(power)) / (z(1 - a/2) +
    z(found)))^2`, infinite where it is found no oftener than by a false alarm to one side.
    """
    from scipy.special import ndtri

    if isnan(effect) or isnan(spread):
        return nan
    if effect == 0:
        return inf
    reach = float(ndtri(1 - LEVEL / 2) + ndtri(POWER))
    by_spread = sites * (reach * spread / effect) ** 2
    if found < POWER:
        shown = float(ndtri(1 - LEVEL / 2) + ndtri(found)) if found > LEVEL / 2 else 0.0
        by_spread = max(by_spread, sites * (reach / shown) ** 2) if shown > 0 else inf
    return max(2.0, float(np.ceil(by_spread - 1e-9))) if by_spread < inf else inf
