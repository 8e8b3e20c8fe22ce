"""Pilots with the model as known truth: what evaluations would have found, beside what the pilot did.

Under each seed the country is run twice: with the pilot, and the same municipalities without it, under the same
luck. The difference is the truth. What evaluations see is the first run alone. How often they err is counted on many
further choices of sites in the run without a pilot: as they are (nothing works), and with the pilot's true effects
laid over them (it works as it did).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.scenario.scenario import Scenario
from okoshi.simulation import RegionalModel
from okoshi.study.evaluation import METHODS, Finding, Panel, Treated, evaluate, sites_needed
from okoshi.study.intervals import Interval, mean_interval
from okoshi.study.pilot_sites import (
    OUTCOMES,
    START,
    Design,
    candidates,
    chosen_sites,
    inclination,
    pilot_of,
    starts_of,
)
from okoshi.study.rows import arrays_of
from okoshi.study.runs import Progress, Task, run_tasks, seed_of

BEFORE = 5  # years of the panel before the start
CHOICES = 40  # further choices of sites a seed
ENOUGH_POWER, MOST_FALSE_ALARMS = 0.8, 0.1
ONLY_EXTRA = ("university", "shopping", "digital")  # the pilot stands in place of their extra


@dataclass(frozen=True)
class Asked:
    """A pilot as it is asked for."""

    measure: str
    design: Design
    sites: int
    years: int


@dataclass(frozen=True)
class PilotTask(Task):
    """Two runs under one seed."""

    common_seed: int
    asked: Asked

    @property
    def seed(self) -> int:
        """The seed of both runs."""
        return self.common_seed


@dataclass(frozen=True)
class OfOutcome:
    """One seed and outcome: true mean effect on sites and on other places, findings, and errors over many choices.

    Arrays are (choices, methods): whether an effect was found where there is none (`alarms`), whether it was found
    with the true effects (`hits`), and by how much the estimate then missed (`misses`).
    """

    truth: float
    elsewhere: float
    findings: dict[str, Finding]
    alarms: Array
    hits: Array
    misses: Array


@dataclass(frozen=True)
class PilotRun:
    """One seed: each outcome, and how many places could have taken part."""

    outcomes: dict[str, OfOutcome]
    eligible: int


@dataclass(frozen=True)
class MethodFound:
    """What a method makes of an outcome, over seeds and choices of sites.

    `estimate` and `bias` are over the pilots that ran; false alarms, power and sites are over all choices.
    """

    outcome: str
    method: str
    truth: Interval
    elsewhere: Interval
    estimate: Interval
    bias: Interval
    false_alarms: float
    power: float
    sites_needed: float

    @property
    def there_is_an_effect(self) -> bool:
        """Whether the pilot has an effect on the outcome beyond chance."""
        return not self.truth.holds_zero

    @property
    def is_trusted(self) -> bool:
        """Whether the method seldom finds an effect where there is none."""
        return self.false_alarms <= MOST_FALSE_ALARMS

    @property
    def shows(self) -> bool:
        """Whether the method shows the effect: often enough, and seldom where there is none."""
        return self.there_is_an_effect and self.is_trusted and self.power >= ENOUGH_POWER


@dataclass(frozen=True)
class PilotFound:
    """All that a pilot's evaluations would have found."""

    asked: Asked
    seeds: tuple[int, ...]
    eligible: int
    rows: tuple[MethodFound, ...]

    def of_outcome(self, outcome: str) -> list[MethodFound]:
        """Return the methods' rows of one outcome."""
        return [row for row in self.rows if row.outcome == outcome]


def run_pilot(
    scenario: Scenario,
    asked: Asked,
    replicates: int = 10,
    workers: int = 1,
    progress: Progress | None = None,
) -> PilotFound:
    """Run a pilot and its evaluations under so many seeds. Raises InputError where too few places could take part."""
    prepared = prepared_scenario(scenario, asked)
    seeds = tuple(seed_of(scenario.seed, number) for number in range(replicates))
    tasks = [PilotTask(prepared, number, (), seed, asked) for number, seed in enumerate(seeds)]
    runs: list[PilotRun] = []
    for run in run_tasks(tasks, workers, pilot_under_seed):
        runs.append(run)
        if progress is not None:
            progress(len(runs), len(tasks))
    rows = [
        _found(outcome, number, [run.outcomes[outcome] for run in runs], asked.sites)
        for outcome in OUTCOMES[asked.measure]
        for number in range(len(METHODS))
    ]
    return PilotFound(asked, seeds, min(run.eligible for run in runs), tuple(rows))


def prepared_scenario(scenario: Scenario, asked: Asked) -> Scenario:
    """Return the scenario that the pilot is tried in: without the measure's own extra where it is nothing else."""
    changes: dict[str, object] = {}
    if asked.measure in ONLY_EXTRA:
        changes[f"policy.{asked.measure}.supplement.enabled"] = False
    return scenario.changed(changes, years=(START - BEFORE, START + asked.years - 1))


def pilot_under_seed(task: PilotTask) -> PilotRun:
    """Run the country without and with the pilot under one seed, and evaluate."""
    asked, last = task.asked, START + task.asked.years - 1
    without = RegionalModel(task.scenario, rng=task.seed)
    without.run()
    rows = candidates(without, asked.measure)
    if not 2 <= asked.sites < len(rows):
        raise InputError(
            Fault(
                say("pilot.too_many_sites"),
                key="--sites",
                value=str(asked.sites),
                allowed=f"2 … {len(rows) - 1}",
            )
        )
    keys, inclined = without.world.key, inclination(without, asked.measure)

    def sites(draw: int) -> Array:
        return chosen_sites(asked.design, rows, keys, inclined, asked.sites, task.seed, draw)

    pilot = pilot_of(asked.measure, asked.design, sites(0), asked.years)
    with_it = RegionalModel(task.scenario, rng=task.seed, pilot=pilot)
    with_it.run()
    choices = [sites(draw) for draw in range(1, CHOICES + 1)]
    since = starts_of(asked.design, asked.sites, asked.years)
    traits = traits_of(without)
    outcomes = {}
    for outcome in OUTCOMES[asked.measure]:
        one, other = (
            Panel(panel_of(model, outcome, last), START - BEFORE, traits) for model in (without, with_it)
        )
        outcomes[outcome] = evaluate_outcome(one, other, pilot.places, since, rows, choices)
    return PilotRun(outcomes, len(rows))


def panel_of(model: RegionalModel, outcome: str, last: int) -> Array:
    """Return a municipal column, (places, years), from five years before the start to the last."""
    records = model.records
    years = [records.fiscal_years.index(year) for year in range(START - BEFORE, last + 1)]
    return np.array([records.municipal[year][outcome] for year in years], dtype=np.float64).T


def traits_of(model: RegionalModel) -> Array:
    """Return what places are matched by: size, ageing and fiscal strength before the start."""
    before = model.records.municipal[model.records.fiscal_years.index(START - 1)]
    people = np.maximum(np.asarray(before["population"], dtype=np.float64), 1.0)
    return np.column_stack(
        [np.log(people), before["population_65plus"] / people, model.world.fiscal_strength]
    )


def evaluate_outcome(
    without: Panel, with_it: Panel, places: Array, since: Array, rows: Array, choices: Sequence[Array]
) -> OfOutcome:
    """Return truth and findings of one outcome under one seed, and how evaluations err over further choices."""
    effect = with_it.values[places] - without.values[places]
    truth = _mean_while_treated(effect, since, without.first)
    others = np.setdiff1d(rows, places)
    beside = (with_it.values - without.values)[others][:, START - without.first :]
    alarms, hits, misses = (np.zeros((len(choices), len(METHODS))) for _ in range(3))
    for number, chosen in enumerate(choices):
        treated = Treated(chosen, since, np.setdiff1d(rows, chosen))
        laid_over = without.values.copy()
        laid_over[chosen] += effect
        nothing = evaluate(without, treated)
        something = evaluate(Panel(laid_over, without.first, without.traits), treated)
        for method, name in enumerate(METHODS):
            alarms[number, method] = nothing[name].is_found
            hits[number, method] = something[name].is_found and something[name].estimate * truth > 0
            misses[number, method] = something[name].estimate - truth
    findings = evaluate(with_it, Treated(places, since, others))
    return OfOutcome(truth, float(beside.mean()), findings, alarms, hits, misses)


def _mean_while_treated(effect: Array, since: Array, first: int) -> float:
    means = [row[start - first :].mean() for row, start in zip(effect, since.tolist(), strict=True)]
    return float(np.mean(means))


def _found(outcome: str, method: int, runs: Sequence[OfOutcome], sites: int) -> MethodFound:
    name = METHODS[method]
    truth = np.array([run.truth for run in runs])
    estimate = np.array([run.findings[name].estimate for run in runs])
    misses = np.concatenate([run.misses[:, method] for run in runs])
    mean = mean_interval(truth)
    effect = 0.0 if mean.holds_zero else mean.value
    power = float(np.mean([run.hits[:, method].mean() for run in runs]))
    return MethodFound(
        outcome=outcome,
        method=name,
        truth=mean,
        elsewhere=mean_interval(np.array([run.elsewhere for run in runs])),
        estimate=mean_interval(estimate),
        bias=mean_interval(estimate - truth),
        false_alarms=float(np.mean([run.alarms[:, method].mean() for run in runs])),
        power=power,
        sites_needed=sites_needed(effect, float(misses.std(ddof=1)), sites, power),
    )


def best_answer(found: PilotFound, outcome: str) -> MethodFound | None:
    """Return the method that shows an outcome's effect best, of those that seldom cry out for nothing."""
    trusted = [row for row in found.of_outcome(outcome) if row.is_trusted]
    # Of two that find it as often, the one that compares with more: it stands up where a trend comes in between.
    return max(trusted, key=lambda row: (round(row.power, 2), METHODS.index(row.method)), default=None)


def rows_of(found: PilotFound) -> dict[str, Array]:
    """Return the columns of `pilot.parquet`: a row an outcome and method."""
    rows = [
        {
            "measure": found.asked.measure,
            "design": str(found.asked.design),
            "sites": found.asked.sites,
            "years": found.asked.years,
            "outcome": row.outcome,
            "method": row.method,
            **row.truth.columns("truth"),
            **row.elsewhere.columns("elsewhere"),
            **row.estimate.columns("estimate"),
            **row.bias.columns("bias"),
            "false_alarms": row.false_alarms,
            "power": row.power,
            "sites_needed": inf if isnan(row.sites_needed) else row.sites_needed,
            "eligible": found.eligible,
        }
        for row in found.rows
    ]
    return arrays_of(rows)
