"""The methods an experiment may name, and what each asks of its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from okoshi.study.emulator import FEWEST_RUNS
from okoshi.study.factors import CALIBRATIONS, Factor


@dataclass(frozen=True)
class Method:
    """What a method asks for.

    `samples` says what that key counts: `rows` of the design, `trajectories`, `doubling` (rows of the base
    sample, a power of two), `levels` of each range, steps of a `lattice` (two without the key) or `none`.
    `is_design` is false where another command lays out the runs.
    """

    name: str
    fewest_factors: int = 1
    samples: str = "rows"
    fewest_samples: int = 4  # with fewer no interval is told
    takes_groups: bool = False
    is_design: bool = True


METHODS = {
    method.name: method
    for method in (
        Method("grid", samples="levels", fewest_samples=2),
        Method("latin_hypercube"),
        Method("morris", fewest_factors=2, samples="trajectories", takes_groups=True),
        Method("sobol", fewest_factors=2, samples="doubling", takes_groups=True),
        # SALib's PAWN cuts each factor into ten slices, and each must hold some runs.
        Method("pawn", fewest_samples=40, takes_groups=True),
        Method("delta", fewest_samples=64),
        # RBD-FAST sums ten harmonics, and its bootstrap halves the sample.
        Method("rbd_fast", fewest_samples=64),
        Method("attribution", fewest_factors=0, samples="none"),
        Method("split", fewest_factors=0, samples="lattice", fewest_samples=1),
        Method("history_matching", fewest_samples=FEWEST_RUNS, is_design=False),
        Method("abc", fewest_samples=FEWEST_RUNS, is_design=False),
    )
}

# Keys that mean something to some methods only; any other would pass over them in silence.
OF_METHODS = {
    "of": ("attribution",),
    "weights": ("split",),
    **dict.fromkeys(("horizon", "refine", "waves", "draws", "targets"), CALIBRATIONS),
}


def grid_points(factors: Sequence[Factor], samples: int) -> int:
    """Return how many points a full grid has: all values of a list, `samples` levels of a range."""
    return prod(levels_of(factor, samples) for factor in factors)


def levels_of(factor: Factor, samples: int) -> int:
    """Return how many levels of a factor a grid takes; never more than there are whole numbers in its range."""
    if factor.range is None:
        return len(factor.values)
    if factor.kind in ("yen", "count"):
        return min(samples, int(factor.range[1]) - int(factor.range[0]) + 1)
    return samples
