"""Recovery: data made with known parameters, fitted again (simulation-based calibration, Talts et al. 2018).

The stand-in makes the data: a point of the prior, its expected outcomes, and errors as large as the fit believes in.
If the fit is right, the rank of the true value among the draws is even, and intervals hold it as often as they say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.fitting import LAST_MOVES, Problem, sample

DRAWS = 99
BINS = 10
LEVEL = 0.05
UNFOUND = 0.9


@dataclass(frozen=True)
class Recovery:
    """Ranks of the true values, (data sets, parameters), each from 0 to `DRAWS`, and the variance left alike."""

    names: tuple[str, ...]
    ranks: Array
    left: Array

    def coverage(self, level: float) -> float:
        """Return how often a central interval of this level held the true value, over all parameters."""
        edge = (1.0 - level) / 2.0 * (DRAWS + 1)
        return float(((self.ranks >= edge) & (self.ranks <= DRAWS - edge)).mean())

    def uneven(self) -> list[str]:
        """Return the parameters whose rank histogram is not even (chi-square, Bonferroni over parameters)."""
        from scipy.stats import chisquare

        bins = (self.ranks * BINS) // (DRAWS + 1)
        found = []
        for number, name in enumerate(self.names):
            count = np.bincount(bins[:, number].astype(np.int64), minlength=BINS)
            if float(chisquare(count).pvalue) < LEVEL / len(self.names):
                found.append(name)
        return found

    def unfound(self) -> list[str]:
        """Return the parameters of which most of the prior's variance is left on average."""
        return [name for name, left in zip(self.names, self.left.mean(axis=0), strict=True) if left > UNFOUND]


def recover(
    problem: Problem, names: tuple[str, ...], data_sets: int, seed: int, last_moves: int = LAST_MOVES
) -> Recovery:
    """Make data sets from points of the prior, fit each, and return where the truth lies among its draws."""
    luck = np.random.default_rng(seed)
    root = np.linalg.cholesky(problem.covariance)
    ranks, left = [], []
    for _ in range(data_sets):
        truth = luck.random((1, len(names)))
        made = problem.emulator(truth)[0] + root @ luck.standard_normal(len(problem.official))
        posed = replace(problem, official=made)
        draws = sample(posed.log_kernel(), len(names), DRAWS, luck, last_moves)
        ranks.append((draws < truth).sum(axis=0))
        left.append(draws.var(axis=0) * 12.0)
    return Recovery(names, np.array(ranks), np.array(left))
