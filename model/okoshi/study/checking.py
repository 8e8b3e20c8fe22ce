"""The stand-in held against runs at the very draws that it gave: by how much it is off there.

Draws lie where the stand-in says that the figures are met, and so where its errors flatter it: of two points that are
as far off, the one is taken whose error helps (the winner's curse). Runs at the draws, under luck that no run of the
pool had, tell by how much; the stand-in is then moved by their mean, target by target, and the fit done again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from okoshi.engine.columns import Array
from okoshi.parameters.posterior import Posterior
from okoshi.study.fitting import Fit
from okoshi.study.pool import Pool
from okoshi.study.runs_at_draws import Do, run_at_draws, said_to
from okoshi.study.targets import Target

CHECKED = 120  # draws: the mean is then known to a tenth of what one run differs by
CHECK_SEED = (
    2_009  # luck apart from that of the pool, of the representative draw and of a scenario's own seed
)


def off_at_draws(pool: Pool, targets: Sequence[Target], found: Fit, do: Do) -> Array:
    """Return by how much runs at the draws differ from the stand-in in the mean, (targets,), in its scale.

    The first draws are run, which stand in random order, each under a seed of its own.
    """
    unit = found.unit[:CHECKED]
    draws = pool.natural(unit)
    pairs = [(number, number) for number in range(len(unit))]
    posterior = Posterior(pool.names, draws, draws)
    runs = run_at_draws(pool.experiment.scenario, targets, posterior, CHECK_SEED, pairs, do)
    off = said_to(targets, runs) - found.problem.emulator(unit)
    known = np.isfinite(off)
    return np.asarray(np.where(known, off, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
