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


def shares_of_doubt(values: Array) -> tuple[float, float, float, float]:
    """Return the shares of structure, parameters, both together and chance in a difference's variance.

    `values` is (structures, draws, replicates), replicates under common seeds. Two-way analysis of variance with
    repetition, replicates as blocks: `x_spr = m + a_s + b_p + (ab)_sp + c_r + e_spr`; components by the mean
    squares (Searle, Casella and McCulloch 1992), those under zero taken as zero. Chance is `c` and `e`.
    """
    s, p, r = values.shape
    if r < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return nan, nan, nan, nan
    mean = values.mean()
    cells = values.mean(axis=2)
    of_s, of_p, of_r = cells.mean(axis=1), cells.mean(axis=0), values.mean(axis=(0, 1))
    rest = values - cells[:, :, None] - of_r[None, None, :] + mean
    degrees = max((s * p - 1) * (r - 1), 1)
    ms_e = float((rest**2).sum()) / degrees if s * p > 1 else 0.0
    ms_r = s * p * float(((of_r - mean) ** 2).sum()) / (r - 1)
    both = cells - of_s[:, None] - of_p[None, :] + mean
    crossed = s > 1 and p > 1
    noise = ms_e if s * p > 1 else ms_r
    ms_ab = r * float((both**2).sum()) / ((s - 1) * (p - 1)) if crossed else noise
    ms_a = p * r * float(((of_s - mean) ** 2).sum()) / (s - 1) if s > 1 else ms_ab
    ms_b = s * r * float(((of_p - mean) ** 2).sum()) / (p - 1) if p > 1 else ms_ab
    structure = max(ms_a - ms_ab, 0.0) / (p * r)
    parameters = max(ms_b - ms_ab, 0.0) / (s * r)
    together = max(ms_ab - ms_e, 0.0) / r if crossed else 0.0
    chance = ms_e + max(ms_r - ms_e, 0.0) / (s * p)
    whole = structure + parameters + together + chance
    if whole <= 0:
        return nan, nan, nan, nan
    return structure / whole, parameters / whole, together / whole, chance / whole
