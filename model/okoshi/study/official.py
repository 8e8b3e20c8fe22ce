"""Does the ranking of scenarios hold under every official definition of who has settled?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.intervals import FEWEST, Sampling

DEFINITIONS = (
    "settled_share_all",
    "settled_share_all_served_1_year",
    "settled_share_last_5_years",
    "stayed_at_end_share",
    "present_after_5_years_share",
    "present_after_10_years_share",
    "settled",
)


@dataclass(frozen=True)
class Ranking:
    """Scenarios by one definition, best first, with their means.

    `sure[i]` says whether place i is beyond chance before place i + 1, over paired replicates. `known` is false
    where a scenario has no value (nobody whose term ended).
    """

    definition: str
    order: tuple[str, ...]
    means: tuple[float, ...]
    sure: tuple[bool, ...]
    known: bool


def rankings_of(values: Mapping[str, Sequence[Mapping[str, Array]]], sampling: Sampling) -> list[Ranking]:
    """Return a ranking a definition; `values` holds for each scenario the national columns of its replicates.

    Read in the last year, over the replicates in which all scenarios have a value that ever have one, where these are
    half or more; else each over its own. Scenarios with equal means keep the order in which they were named.
    """
    return [_ranking(definition, values, sampling) for definition in DEFINITIONS]


def _ranking(
    definition: str, values: Mapping[str, Sequence[Mapping[str, Array]]], sampling: Sampling
) -> Ranking:
    last = {
        name: np.array([float(run[definition][-1]) for run in runs], dtype=np.float64)
        for name, runs in values.items()
    }
    told = {name: found for name, found in last.items() if np.isfinite(found).any()}
    together = np.isfinite([*told.values()]).all(axis=0)  # the same seeds for all: as pairs are compared
    if told and together.sum() >= max(FEWEST, len(together) / 2):
        told = {name: np.where(together, found, nan) for name, found in told.items()}
    means = {name: float(np.nanmean(found)) for name, found in told.items()}
    order = sorted(means, key=lambda name: -means[name])
    sure = tuple(sampling.mean(told[one] - told[other]).low > 0.0 for one, other in pairwise(order))
    return Ranking(
        definition, tuple(order), tuple(means[name] for name in order), sure, len(order) == len(last)
    )


def held_by(rankings: Sequence[Ranking]) -> tuple[list[str], list[str]]:
    """Return under which definitions the first one's ranking holds, and under which it does not.

    Compared are the scenarios that have a value under every definition; none hold where these are under two. A
    definition under which no scenario has a value yet (nobody has been gone for ten years) is passed over.
    """
    told = [ranking for ranking in rankings if ranking.order]
    common = [name for name in told[0].order if all(name in one.order for one in told)] if told else []
    if len(common) < 2:
        return [], []
    same = {one.definition: [name for name in one.order if name in common] == common for one in told}
    return [name for name, held in same.items() if held], [name for name, held in same.items() if not held]
