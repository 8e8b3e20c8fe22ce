"""From a pool of runs to a posterior ensemble: the fit, what the data said of each parameter, where headlines rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.messages import say
from okoshi.parameters.posterior import Posterior
from okoshi.study.checking import off_at_draws
from okoshi.study.emulator import Emulator, fit_emulator
from okoshi.study.fitting import Fit, Problem, fit, pose, sample
from okoshi.study.intervals import LOW_MIDDLE_HIGH
from okoshi.study.outcomes import TABLE
from okoshi.study.pool import Pool, Runs
from okoshi.study.rests_on import word_of
from okoshi.study.runs_at_draws import Do
from okoshi.study.targets import Target, bounds_of, scaled, targets_of

HEADLINES = (
    "members",
    "municipalities_with_members",
    "hired",
    "ended_so_far",
    "settled",
    "settled_share_all",
    "settled_share_last_5_years",
    "startups_by_members",
    "dispatched_dispatched",
    "municipalities_with_dispatched",
)
REFINED_POWER = 0.25  # of the kernel in the second wave: it covers twice the spread of what it aims at
SEEDS_APART = 7919  # the later wave draws other luck than the fits


@dataclass(frozen=True)
class Calibration:
    """What a fit found: the ensemble, and how each target stands in it."""

    posterior: Posterior
    found: Fit
    targets: tuple[Target, ...]

    def target_rows(self) -> list[dict[str, Any]]:
        """Return for each target the official figure, the ensemble's median and 90% interval, and its distance."""
        luck = np.random.default_rng(0)
        problem, unit = self.found.problem, self.found.unit
        chance = luck.multivariate_normal(
            np.zeros(len(self.targets)), problem.emulator.errors, len(unit), method="eigh"
        )
        simulated = problem.emulator(unit) + chance
        rows = []
        for number, target in enumerate(self.targets):
            ends = np.quantile(simulated[:, number], LOW_MIDDLE_HIGH)
            low, middle, high = np.clip(target.in_units(ends), *bounds_of(target.figure.series))
            spread = float(np.hypot(simulated[:, number].std(), target.spread(target.tolerance)))
            rows.append(
                {
                    "target": target.label.removeprefix(f"{TABLE}."),
                    "official": target.figure.compared,
                    "low_90": float(low),
                    "median": float(middle),
                    "high_90": float(high),
                    "distance": (float(ends[1]) - target.value) / spread,
                    "explained": float(problem.emulator.explained[number]),
                }
            )
        return rows


def calibrate(pool: Pool, runs: Runs, horizon: int, made_by: Mapping[str, Any], do: Do) -> Calibration:
    """Fit the pool's runs with a horizon, hold the stand-in against runs at the draws, and fit again.

    `made_by` says which version of the model ran the pool; `do` runs tasks and yields what was seen, in their order.
    Raises ValueError where there are too few runs or no target.
    """
    experiment = pool.experiment
    targets = targets_of(horizon, experiment.targets, pool.last_year)
    if not targets:
        raise ValueError(say("faults.nothing_to_fit"))
    runs = pool.known_by(runs, horizon)
    first = _fitted(pool, pose(runs, targets))
    off = off_at_draws(pool, targets, first, do)
    found = _fitted(pool, first.problem.moved(off))
    luck = np.random.default_rng(experiment.seed + SEEDS_APART)
    prior = luck.random((experiment.draws, len(experiment.factors)))
    posterior = Posterior(
        names=pool.names,
        draws=pool.natural(found.unit),
        prior=pool.natural(prior),
        about={
            "horizon": horizon,
            "last_year": pool.last_year,
            "method": experiment.method,
            "seed": experiment.seed,
            "structure": _structure(pool),
            "model": made_by["model"],
            "maker": made_by["maker"],
            "pool": made_by["study"],
            "runs": len(runs),
            "points": len(np.unique(runs.point)),
            "replicates": experiment.replicates,
            "targets": [target.label for target in targets],
            "cut": round(found.cut, 3),
            "share_of_prior_left": found.share_left,
            "ranges": {factor.parameter: factor.range for factor in experiment.factors},
            "informed": informed(found.unit),
            "rests_on": headline_words(pool, runs, found),
            "fixed": len(pool.fixed()),
            "stand_in_was_off_by": {
                target.label: round(float(by), 4) for target, by in zip(targets, off, strict=True)
            },
        },
    )
    return Calibration(posterior, found, targets)


def _fitted(pool: Pool, problem: Problem) -> Fit:
    experiment = pool.experiment
    return fit(problem, len(experiment.factors), experiment.method, experiment.draws, experiment.seed)


def _structure(pool: Pool) -> dict[str, str]:
    structure = pool.experiment.scenario.structure
    return {
        "matching": str(structure.matching),
        "adoption": str(structure.adoption),
        "settlement": str(structure.settlement),
    }


def later_wave(pool: Pool, runs: Runs, horizon: int) -> Array:
    """Return points for the next wave from the region not ruled out so far, each wave's drawn less wide."""
    runs = pool.known_by(runs, horizon)
    problem = pose(runs, targets_of(horizon, pool.experiment.targets, pool.last_year))
    kernel = problem.log_kernel()
    luck = np.random.default_rng(pool.experiment.seed + SEEDS_APART * (1 + len(pool.waves)))
    power = min(REFINED_POWER * 2.0 ** (len(pool.waves) - 1), 1.0)
    return sample(
        lambda unit: power * kernel(unit),
        len(pool.experiment.factors),
        pool.experiment.refine,
        luck,
    )


def informed(unit: Array) -> list[float]:
    """Return for each parameter the share of the prior's variance (1/12 of the range squared) that is left."""
    return [round(float(value), 4) for value in unit.var(axis=0) * 12.0]


def headline_words(pool: Pool, runs: Runs, found: Fit) -> dict[str, dict[str, float | str]]:
    """Return on what each headline of the pool's last year rests: its spread before and after the fit.

    Before: of the runs over the prior themselves. After: of the stand-in over the draws, with chance and its errors.
    """
    first = runs.point < pool.experiment.samples
    words: dict[str, dict[str, float | str]] = {}
    for name in HEADLINES:
        values = scaled(name, runs.outcomes[f"{TABLE}.{name}@{pool.last_year}"])
        emulator = near_emulator(runs, values[:, None], found.problem)
        after = float(emulator(found.unit)[:, 0].var() + emulator.errors[0, 0])
        before = float(np.nanvar(values[first]))
        words[name] = {
            "word": word_of(before, after),
            "left": round(after / before, 4) if before > 0 else 0.0,
        }
    return words


def near_emulator(runs: Runs, values: Array, problem: Problem) -> Emulator:
    """Return a stand-in of other outcomes, judged on the half of the runs that is nearest the official figures."""
    distance = (problem.distances(runs.unit) ** 2).mean(axis=1)
    near = (distance <= np.quantile(distance, 0.5)).astype(np.float64)
    return fit_emulator(runs.unit, runs.point, values, judged=near)
