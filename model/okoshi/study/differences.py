"""Differences between paired runs by outcome, group and year: the table `differences`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.intervals import Sampling
from okoshi.study.paired import Outcome
from okoshi.study.rests_on import PRIOR, word_of_draws
from okoshi.study.runs import Columns

NATION = "nation"


def differences_of(
    name: str, base: Sequence[Outcome], variant: Sequence[Outcome], sampling: Sampling
) -> Columns:
    """Return the rows of `differences` of one variant: every number of the nation and of the groups, by year."""
    years = base[0].national["fiscal_year"]
    rows = _rows(base, variant)
    mean, low, high = sampling.intervals(np.concatenate([values for _, _, values in rows], axis=1))
    count = len(rows) * len(years)
    return {
        "scenario": np.full(count, name),
        "fiscal_year": np.tile(years, len(rows)),
        "outcome": np.repeat([outcome for outcome, _, _ in rows], len(years)),
        "group": np.repeat([group for _, group, _ in rows], len(years)),
        "difference": mean,
        "low_90": low,
        "high_90": high,
        "rests_on": np.full(count, PRIOR),
    }


def _rows(base: Sequence[Outcome], variant: Sequence[Outcome]) -> list[tuple[str, str, Array]]:
    """Return outcome, group and (runs, years) of differences, in the order of the table."""
    rows = [
        (outcome, NATION, paired_national(base, variant, outcome))
        for outcome in base[0].national
        if outcome != "fiscal_year"
    ]
    for outcome, group in base[0].grouped:
        key = (outcome, group)
        values = _paired([run.grouped[key] for run in base], [run.grouped[key] for run in variant])
        rows.append((outcome, group, values))
    return rows


def words_of(
    posterior: tuple[Sequence[Outcome], Sequence[Outcome]],
    prior: tuple[Sequence[Outcome], Sequence[Outcome]],
    replicates: int = 1,
) -> Array:
    """Return on what each row of `differences` rests, from the pairs (base, variant) over both kinds of draws.

    Each draw has so many replicates, one after the other.
    """
    words = []
    for (outcome, _, after), (_, _, before) in zip(_rows(*posterior), _rows(*prior), strict=True):
        both = [one.T.reshape(one.shape[1], -1, replicates) for one in (before, after)]
        words += [word_of_draws(outcome, wide, left) for wide, left in zip(*both, strict=True)]
    return np.array(words)


def _paired(base: Sequence[Array], variant: Sequence[Array]) -> Array:
    return np.array([other.astype(np.float64) - one for one, other in zip(base, variant, strict=True)])


def paired_national(base: Sequence[Outcome], variant: Sequence[Outcome], column: str) -> Array:
    """Return (runs, years): what a variant has more of a national column."""
    return _paired([run.national[column] for run in base], [run.national[column] for run in variant])
