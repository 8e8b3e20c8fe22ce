"""Attribution: what each measure, or each line of the supplement, adds to an outcome and to what is spent.

All 64 coalitions run under the same seeds; for each seed the values are those of an exact game, and intervals go
over seeds. Outcome and yen are attributed alike, so that their ratio is what a unit costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import isfinite, nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES
from okoshi.study.factors import Factor
from okoshi.study.games import interactions, shapley_values
from okoshi.study.intervals import Interval, mean_interval, ratio_interval
from okoshi.study.jobs import DONE
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.rows import columns_of

SWITCHES = {"measures": "policy.{}.enabled", "supplement": "policy.{}.supplement.enabled"}
# The budget before pays a survey of companies in FY2024 in the same layer: it is no part of what is attributed.
DATED = {"policy.dispatch.supplement.enabled": "@2025"}
YEN = "public_so_far_yen"
ALL = "all"


@dataclass(frozen=True)
class Attributed:
    """What one player (a measure) or a pair of them adds: to the outcome, to yen, and yen for each unit.

    `kind` is shapley or interaction; a pair has `other`. A share has no units, yen are none to pay for, and who takes
    some away sells none: their yen for each is not a number.
    """

    outcome: str
    kind: str
    player: str
    other: str
    value: Interval
    yen: Interval
    yen_per_unit: Interval


@dataclass(frozen=True)
class Attribution:
    """One outcome of all coalitions: seeds that are whole, those left out, what all add, and who adds what."""

    outcome: OutcomeChoice
    seeds: int
    left_out: int
    together: Attributed | None
    parts: tuple[Attributed, ...] = ()
    pairs: tuple[Attributed, ...] = ()
    needed: tuple[str, ...] = ()  # players without whom no coalition gives a number


def switches_of(what: str) -> tuple[Factor, ...]:
    """Return the factors of an attribution: a switch a measure, off first."""
    keys = (SWITCHES[what].format(name) for name in MEASURES)
    return tuple(Factor(key + DATED.get(key, ""), "switch", values=(False, True)) for key in keys)


def yen_beside(outcomes: Sequence[OutcomeChoice]) -> tuple[OutcomeChoice, ...]:
    """Return the outcomes with the yen spent by each of their years beside them."""
    years = dict.fromkeys(outcome.year for outcome in outcomes)
    yen = (OutcomeChoice("national", YEN, year) for year in years)
    return tuple(dict.fromkeys((*outcomes, *yen)))


def attribute(factors: Sequence[Factor], results: Mapping[str, Array], outcome: OutcomeChoice) -> Attribution:
    """Return what each player adds to an outcome, from the results of a sweep over all coalitions.

    A seed of which a coalition is missing, failed or gave no finite number is left out whole. Raises InputError
    where the results are no such sweep's.
    """
    yen_label = OutcomeChoice(outcome.table, YEN, outcome.year).label
    for column in (*(factor.parameter for factor in factors), outcome.label, yen_label):
        if column not in results:
            raise InputError(say("faults.no_result_column") + f": {column}")
    games, left_out = _games(factors, results, (outcome.label, yen_label))
    if not games:
        needed = _needed(factors, results, outcome.label) if outcome.is_share else ()
        return Attribution(outcome, 0, left_out, None, needed=needed)
    names = [factor.parameter.split(".")[1] for factor in factors]
    values = [[shapley_values(game) for game in pair] for pair in games]
    both = [[interactions(game) for game in pair] for pair in games]
    parts = tuple(
        _attributed(outcome, "shapley", name, "", [(one[n], yen[n]) for one, yen in values])
        for n, name in enumerate(names)
    )
    pairs = tuple(
        _attributed(outcome, "interaction", names[i], names[j], [(one[i, j], yen[i, j]) for one, yen in both])
        for i, j in combinations(range(len(names)), 2)
    )
    whole = [(one[-1] - one[0], yen[-1] - yen[0]) for one, yen in games]
    together = _attributed(outcome, "shapley", ALL, "", whole)
    return Attribution(outcome, len(games), left_out, together, parts, pairs)


def _games(
    factors: Sequence[Factor], results: Mapping[str, Array], labels: tuple[str, str]
) -> tuple[list[tuple[list[Fraction], list[Fraction]]], int]:
    """Return for each whole seed the two games, and how many seeds are not whole."""
    coalition = np.zeros(len(results["replicate"]), dtype=np.int64)
    for number, factor in enumerate(factors):
        coalition |= np.asarray(results[factor.parameter]).astype(bool).astype(np.int64) << number
    done = np.asarray(results["status"]).astype(str) == DONE
    replicate = np.asarray(results["replicate"], dtype=np.int64)
    games, left_out, count = [], 0, 2 ** len(factors)
    for number in np.unique(replicate).tolist():
        mine = np.flatnonzero(done & (replicate == number))
        read = [
            dict(zip(coalition[mine].tolist(), np.asarray(results[label])[mine].tolist(), strict=True))
            for label in labels
        ]
        if any(len(one) != count or not all(map(isfinite, one.values())) for one in read):
            left_out += 1
            continue
        one, yen = ([Fraction(values[c]) for c in range(count)] for values in read)
        games.append((one, yen))
    return games, left_out


def _needed(factors: Sequence[Factor], results: Mapping[str, Array], label: str) -> tuple[str, ...]:
    """Return the players without whom all runs are done and none gives a number: nobody is in the denominator."""
    done = np.asarray(results["status"]).astype(str) == DONE
    known = np.isfinite(np.asarray(results[label], dtype=np.float64)) & done
    found = []
    for factor in factors:
        without = ~np.asarray(results[factor.parameter]).astype(bool)
        if known.any() and without.any() and done[without].all() and not known[without].any():
            found.append(factor.parameter.split(".")[1])
    return tuple(found)


def _attributed(
    outcome: OutcomeChoice, kind: str, player: str, other: str, values: Sequence[tuple[Fraction, Fraction]]
) -> Attributed:
    """Return means over seeds with their intervals; the mean itself is exact before it is rounded once."""
    units, yen = (np.array([float(pair[n]) for pair in values]) for n in (0, 1))
    exact = [float(sum((pair[n] for pair in values), Fraction(0)) / len(values)) for n in (0, 1)]
    found = mean_interval(units), mean_interval(yen)
    value, spent = (Interval(mean, one.low, one.high) for mean, one in zip(exact, found, strict=True))
    has_price = kind == "shapley" and not outcome.is_share and not outcome.is_yen and value.value > 0
    ratio = ratio_interval(yen, units) if has_price else Interval(nan, nan, nan)
    return Attributed(outcome.label, kind, player, other, value, spent, ratio)


def rows_of(attributions: Sequence[Attribution]) -> dict[str, list[object]]:
    """Return the columns of `shapley.parquet`: a row a player or pair and outcome, and one for all together."""
    rows = [
        {
            "outcome": one.outcome,
            "kind": one.kind,
            "player": one.player,
            "other_player": one.other,
            **one.value.columns("value"),
            **one.yen.columns("yen"),
            **one.yen_per_unit.columns("yen_per_unit"),
            "seeds": found.seeds,
            "seeds_left_out": found.left_out,
        }
        for found in attributions
        if found.together is not None
        for one in (*found.parts, found.together, *found.pairs)
    ]
    return columns_of(rows)
