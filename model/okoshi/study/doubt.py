"""How sure is a difference? Its sign under all rival structures, and where its variance comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.intervals import Interval, Sampling


@dataclass(frozen=True)
class Sign:
    """One outcome's difference under each combination of structures, the scenario's own first."""

    scenario: str
    outcome: str
    structures: tuple[tuple[str, ...], ...]
    differences: tuple[Interval, ...]

    @property
    def is_told(self) -> bool:
        """Whether there are replicates enough to say what is beyond chance under the scenario's own."""
        return self.differences[0].is_told

    @property
    def same(self) -> int:
        """In how many the mean difference has the sign that it has under the scenario's own."""
        own = np.sign(self.differences[0].value)
        return sum(bool(np.sign(one.value) == own) for one in self.differences)

    @property
    def sure(self) -> int:
        """In how many it has that sign beyond chance: the 90% interval does not hold zero."""
        own = np.sign(self.differences[0].value)
        return sum(bool(np.sign(one.value) == own) and not one.holds_zero for one in self.differences)

    @property
    def robust(self) -> bool:
        """Whether the headline may be called robust: it has a sign beyond chance here, and the same everywhere."""
        return self.same == len(self.differences) and not self.differences[0].holds_zero


@dataclass(frozen=True)
class Doubt:
    """Shares of the variance of one outcome's difference, in one course of events: they add up to 1.

    `together` is what structure and parameters do only together. Not a number where nothing varies, or where
    replicates are too few to tell chance.
    """

    scenario: str
    outcome: str
    structure: float
    parameters: float
    together: float
    chance: float


def sign_of(
    scenario: str, outcome: str, by_structure: Mapping[tuple[str, ...], Array], sampling: Sampling
) -> Sign:
    """Return the sign of a difference from its values (draws, replicates) under each structure."""
    return Sign(
        scenario,
        outcome,
        tuple(by_structure),
        tuple(sampling.mean(np.asarray(values).ravel()) for values in by_structure.values()),
    )


def shares_of_doubt(values: Array, family: Array | None = None) -> tuple[float, float, float, float]:
    """Return the shares of structure, parameters, both together and chance in a difference's variance.

    `values` is (structures, draws, replicates). Luck is common to the structures and not to the draws, each of which
    has seeds of its own: `x_spr = m + a_s + b_fp + (ab)_sp + c_pr + e_spr`, where structures of one `family` f (a
    number each; without it all are one) share their draws. Components by the mean squares (Searle, Casella and
    McCulloch 1992), those under zero taken as zero. Chance is `c` and `e`.
    """
    s, p, r = values.shape
    if r < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return nan, nan, nan, nan
    family = np.zeros(s, dtype=np.int64) if family is None else family
    common, own = _of_chance(values)
    cells = values.mean(axis=2)
    together, parameters = _of_draws(cells, family, common / r, own / r)
    alike = (family[:, None] == family[None, :]).sum() - s
    apart = 1.0 - alike / (s * (s - 1)) if s > 1 else 0.0
    # Means of structures also differ by what their draws and their own luck happened to be.
    by_luck = (together + own / r + parameters * apart) / p
    structure = max(float(cells.mean(axis=1).var(ddof=1)) - by_luck, 0.0) if s > 1 else 0.0
    whole = structure + parameters + together + common + own
    if whole <= 0:
        return nan, nan, nan, nan
    return structure / whole, parameters / whole, together / whole, (common + own) / whole


def _of_chance(values: Array) -> tuple[float, float]:
    """Return the variance of the luck that structures have in common, and of what each has of its own."""
    s, p, r = values.shape
    of_seeds = values.mean(axis=0)
    around = of_seeds - of_seeds.mean(axis=1, keepdims=True)
    by_seed = s * float((around**2).sum()) / (p * (r - 1))
    if s == 1:
        return by_seed, 0.0
    rest = values - values.mean(axis=2, keepdims=True) - around[None, :, :]
    own = float((rest**2).sum()) / ((s - 1) * p * (r - 1))
    return max(by_seed - own, 0.0) / s, own


def _of_draws(cells: Array, family: Array, common: float, own: float) -> tuple[float, float]:
    """Return the variances of both together and of parameters from (structures, draws).

    `common` and `own` are the variances that luck leaves in a cell. A structure alone in its family cannot tell both
    together from parameters: what it shows of them counts as parameters where no family can.
    """
    draws = cells.shape[1]
    if draws < 2:
        return 0.0, 0.0
    squares, freedom, means = 0.0, 0, []
    for one in np.unique(family):
        mine = cells[family == one]
        mean = mine.mean(axis=0)
        left = mine - mine.mean(axis=1, keepdims=True) - mean + mean.mean()
        squares, freedom = squares + float((left**2).sum()), freedom + (len(mine) - 1) * (draws - 1)
        means.append((len(mine), float(mean.var(ddof=1))))
    together = max(squares / freedom - own, 0.0) if freedom else 0.0
    each = [spread - (together + own) / count - common for count, spread in means]
    return together, max(float(np.mean(each)), 0.0)
