"""Minimax regret (Savage 1951): which policy loses least in the state of the world where it loses most?

A state is everything in a full grid that is no policy: rival structures, behaviour, what comes from outside. The
regret of a policy in a state is what the best policy of that state would have given more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.study.design import Design
from okoshi.study.gathered import Gathered
from okoshi.study.intervals import ENDS, FEWEST
from okoshi.study.outcomes import OutcomeChoice

RESAMPLES = 500


@dataclass(frozen=True)
class Regret:
    """One policy's largest regret over all states, with a 90% interval over replicates, and in which state it is.

    `chosen` is the share of resampled replicates in which no policy has a smaller largest regret. With fewer than
    three replicates neither is told: one resampled is always the same.
    """

    outcome: str
    policy: dict[str, str]
    largest: float
    low: float
    high: float
    mean: float
    state: dict[str, str]
    chosen: float


def regrets(design: Design, gathered: Gathered, outcome: OutcomeChoice) -> list[Regret]:
    """Return each policy's regret, the least largest first; nothing where policies do not meet states.

    States in which a policy's runs are not all there are left out.
    """
    factors = design.experiment.factors
    policies = [factor.parameter for factor in factors if factor.parameter.startswith("policy.")]
    states = [factor.parameter for factor in factors if not factor.parameter.startswith("policy.")]
    if design.experiment.method != "grid" or not policies or not states:
        return []
    policy, policy_names = _combinations(design, gathered.rows, policies)
    state, state_names = _combinations(design, gathered.rows, states)
    shape = (len(policy_names), len(state_names), gathered.values.shape[1])
    values = np.full(shape, np.nan)
    values[policy, state] = gathered.values if outcome.better == "more" else -gathered.values
    whole = np.isfinite(values).all(axis=(0, 2))
    if len(policy_names) < 2 or not whole.any():
        return []
    values = values[:, whole]
    names = [name for name, kept in zip(state_names, whole.tolist(), strict=True) if kept]
    regret = _regret(values.mean(axis=2))
    low = high = chosen = np.full(shape[0], nan)
    if shape[2] >= FEWEST:
        drawn = _resampled(values)
        chosen = (drawn <= drawn.min(axis=1, keepdims=True) + 1e-12).mean(axis=0)
        low, high = np.quantile(drawn, ENDS, axis=0)
    found = [
        Regret(
            outcome=outcome.label,
            policy=policy_names[number],
            largest=float(regret[number].max()),
            low=float(low[number]),
            high=float(high[number]),
            mean=float(regret[number].mean()),
            state=names[int(regret[number].argmax())],
            chosen=float(chosen[number]),
        )
        for number in range(shape[0])
    ]
    return sorted(found, key=lambda one: one.largest)


def _regret(means: Array) -> Array:
    """Return what the best policy of each state gives more: (policies, states)."""
    return np.asarray(means.max(axis=0) - means)


def _resampled(values: Array) -> Array:
    """Return the largest regret of each policy for resampled replicates (all points under the same ones)."""
    rng = np.random.default_rng(1)
    replicates = values.shape[2]
    draws = rng.integers(replicates, size=(RESAMPLES, replicates))
    return np.array([_regret(values[:, :, chosen].mean(axis=2)).max(axis=1) for chosen in draws])


def _combinations(design: Design, rows: Array, names: list[str]) -> tuple[Array, list[dict[str, str]]]:
    """Return the number of each row's combination of some factors, and what each combination is."""
    columns = np.array([design.columns[name][rows].astype(str) for name in names]).T
    kinds, number = np.unique(columns, axis=0, return_inverse=True)
    return number.ravel(), [dict(zip(names, kind, strict=True)) for kind in kinds.tolist()]
