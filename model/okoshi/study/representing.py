"""One draw to stand for an ensemble where a run has room for one only: the one nearest the median.

The median is that of the fitted figures over runs of the ensemble: parameters hang together, and the middle of each is
no point of it. Each draw (of a large ensemble the first) runs once, under a seed of its own; the nearest run again
under more seeds, fewer of them each round, since two runs of one draw may differ by more than two draws do (employees
on dispatch by a tenth). How far off a figure is, is told in its error and in the chance that a mean of so many runs
is left with (at most the spread of single runs over the draws).
Headlines count beside the figures, each against its median over those runs (not against what is official): a draw that
fits in the middle and tells of settlement from the edge does not stand for the ensemble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.scenario.scenario import Scenario
from okoshi.study.calibrating import HEADLINES
from okoshi.study.runs_at_draws import Do, run_at_draws, said_to
from okoshi.study.targets import Target, error_covariance
from okoshi.study.validating import Seen

FIRST_ROUND = 200  # draws, which stand in random order
ROUNDS = ((40, 3), (10, 8))  # of so many nearest draws so many more runs
FIRST_SEED = 1_000_003  # not among those of the pool, of validations or of results


def search(scenario: Scenario, posterior: Posterior, targets: Sequence[Target], do: Do) -> int:
    """Return the number of the draw nearest the median; `do` runs tasks and yields what was seen, in their order."""
    draws = min(len(posterior), FIRST_ROUND)

    def seen(pairs: list[tuple[int, int]]) -> tuple[Array, Array]:
        runs = run_at_draws(scenario, targets, posterior, FIRST_SEED, pairs, do)
        return said_to(targets, runs), headlines(targets, runs)

    figures, told = seen([(number, number) for number in range(draws)])
    middle = np.nanmedian(figures, axis=0)
    error, chance = np.diag(error_covariance(targets)), np.nanvar(figures, axis=0)
    middles, widths = np.nanmedian(told, axis=0), np.nanstd(told, axis=0)
    numbers, runs = np.arange(draws), 1

    def away() -> Array:
        return off(figures, middle, np.sqrt(error + chance / runs)) + off(told, middles, widths)

    for nearest, more in ROUNDS:
        kept = np.argsort(away(), kind="stable")[:nearest]
        numbers, figures, told = numbers[kept], figures[kept], told[kept]
        seeds = range(draws + runs, draws + runs + more)
        again = seen([(number, seed) for number in numbers.tolist() for seed in seeds])
        figures, told = (
            (mean * runs + values.reshape(len(kept), more, -1).sum(axis=1)) / (runs + more)
            for mean, values in zip((figures, told), again, strict=True)
        )
        runs += more
    return int(numbers[np.argmin(away())])


def headlines(targets: Sequence[Target], runs: Sequence[Seen]) -> Array:
    """Return the headlines of the last year that a target is of, (runs, headlines)."""
    last = max(target.figure.fiscal_year for target in targets)
    return np.array([[run.value(name, last) for name in HEADLINES] for run in runs])


def off(told: Array, middle: Array, width: Array) -> Array:
    """Return each draw's squared distance from the middle in widths, (draws,).

    What has no width counts nothing; what no run of a draw could tell, and others could, as ten widths.
    """
    known = (width > 0) & np.isfinite(middle)
    apart = np.divide(told - middle, width, out=np.zeros_like(told), where=known)
    return np.asarray((np.nan_to_num(apart, nan=10.0) ** 2).sum(axis=1))


def represented(posterior: Posterior, number: int) -> Posterior:
    """Return the ensemble with the draw that stands for it."""
    return replace(posterior, about={**posterior.about, "representative": number})
