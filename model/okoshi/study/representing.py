"""One draw to stand for an ensemble where a run has room for one only: the one nearest the median.

The median is that of the fitted figures over the ensemble: parameters hang together, and the middle of each is no
point of it. Of the draws that the stand-in puts nearest, the one is taken whose own runs are: each runs once, the best
of them under several seeds. Headlines count beside the figures, each against its median over those runs (not against
what is official): a draw that fits in the middle and tells of settlement from the edge does not stand for the ensemble.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.study.calibrating import HEADLINES, Calibration
from okoshi.study.pool import Pool
from okoshi.study.runs_at_draws import Do, run_at_draws, said_to
from okoshi.study.targets import error_covariance
from okoshi.study.validating import Seen

CANDIDATES = 96
FINALISTS = 10
SEEDS = 4  # of a finalist
FIRST_SEED = 1_000_003  # not among those of the pool, of validations or of results


def middle(found: Calibration) -> Array:
    """Return the ensemble's median of each target, in the scale of comparison, by the stand-in."""
    return np.asarray(np.median(found.found.problem.emulator(found.found.unit), axis=0))


def candidates(found: Calibration) -> list[int]:
    """Return the numbers of the draws that the stand-in puts nearest the median, the nearest first."""
    problem = found.found.problem
    off = (problem.emulator(found.found.unit) - middle(found)) / problem.spread
    return [int(number) for number in np.argsort((off**2).sum(axis=1), kind="stable")[:CANDIDATES]]


def search(pool: Pool, found: Calibration, do: Do) -> int:
    """Return the number of the draw nearest the median; `do` runs tasks and yields what was seen, in their order."""

    def seen(numbers: list[int], seeds: int) -> tuple[Array, Array]:
        pairs = [(number, seed) for number in numbers for seed in range(seeds)]
        runs = run_at_draws(pool, found.targets, found.posterior, FIRST_SEED, pairs, do)
        figures, told = (
            values.reshape(len(numbers), seeds, -1).mean(axis=1)
            for values in (said_to(found.targets, runs), headlines(found, runs))
        )
        return distances(found, figures), told

    numbers = candidates(found)
    away, told = seen(numbers, 1)
    middles, widths = np.nanmedian(told, axis=0), np.nanstd(told, axis=0)  # over all candidates
    order = np.argsort(away + off_headlines(told, middles, widths), kind="stable")
    numbers = [numbers[place] for place in order[:FINALISTS].tolist()]
    away, told = seen(numbers, SEEDS)
    return numbers[int(np.argmin(away + off_headlines(told, middles, widths)))]


def distances(found: Calibration, mean: Array) -> Array:
    """Return each draw's squared distance from the median, in errors of observing and of the model itself.

    `mean` is what its runs say to the targets, (draws, targets). A figure that no run of a draw could tell counts as
    ten standard deviations.
    """
    spread = np.sqrt(np.diag(error_covariance(found.targets)))
    off = np.nan_to_num((mean - middle(found)) / spread, nan=10.0)
    return np.asarray((off**2).sum(axis=1))


def headlines(found: Calibration, runs: Sequence[Seen]) -> Array:
    """Return the headlines of the last year that a target is of, (runs, headlines)."""
    last = max(target.figure.fiscal_year for target in found.targets)
    return np.array([[run.value(name, last) for name in HEADLINES] for run in runs])


def off_headlines(told: Array, middles: Array, widths: Array) -> Array:
    """Return each draw's squared distance from the middles in the widths; a headline without width counts nothing."""
    known = widths > 0
    off = np.divide(told - middles, widths, out=np.zeros_like(told), where=known)
    return np.asarray((np.nan_to_num(off) ** 2).sum(axis=1))


def represented(posterior: Posterior, number: int) -> Posterior:
    """Return the ensemble with the draw that stands for it."""
    return replace(posterior, about={**posterior.about, "representative": number})
