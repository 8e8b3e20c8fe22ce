"""How settlers differ between two runs, person by person: the same key is the same person in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.paired import Outcome, Settlers


@dataclass(frozen=True)
class AdditionalSettlers:
    """How a variant's settlers differ from the base's, person by person, at the end of the run (one replicate).

    `here_only`: live in a place in which they do not live under the base (gross). `from_elsewhere`: of these,
    live in another place of the scheme under the base. `lost`: live there under the base alone. `net`: what is
    left over all places. `anyway`: of the net, would have moved there without the measure.
    """

    here_only: int
    from_elsewhere: int
    lost: int
    net: int
    anyway: int


def settler_difference(base: Settlers, variant: Settlers) -> AdditionalSettlers:
    """Compare two runs person by person: the same key is the same person."""
    _, in_base, in_variant = np.intersect1d(base.key, variant.key, assume_unique=True, return_indices=True)
    moved = int((base.place[in_base] != variant.place[in_variant]).sum())
    gained, lost = len(variant.key) - len(in_variant), len(base.key) - len(in_base)
    anyway = int(variant.anyway.sum()) - int(base.anyway.sum())
    return AdditionalSettlers(
        here_only=gained + moved, from_elsewhere=moved, lost=lost, net=gained - lost, anyway=anyway
    )


def additional_settlers(base: Sequence[Outcome], variant: Sequence[Outcome]) -> dict[str, Array]:
    """Return the counts of `AdditionalSettlers` of each replicate."""
    pairs = [
        settler_difference(one.settlers, other.settlers) for one, other in zip(base, variant, strict=True)
    ]
    return {
        name: np.array([getattr(pair, name) for pair in pairs], dtype=np.float64)
        for name in ("here_only", "from_elsewhere", "lost", "net", "anyway")
    }
