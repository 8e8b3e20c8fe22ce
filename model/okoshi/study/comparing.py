"""Comparison of scenarios, paired by seed: the same people meet another policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError, OkoshiError, nearest_name
from okoshi.language.messages import say
from okoshi.scenario.documents import written
from okoshi.scenario.draft import STRUCTURE
from okoshi.scenario.scenario import Scenario
from okoshi.study.costs import TOTAL, Cost, costs_of, yen_each, yen_spent
from okoshi.study.differences import differences_of, paired_national, words_of
from okoshi.study.doubt import Doubt, Sign, shares_of_doubt, sign_of
from okoshi.study.grouping import GROUPS
from okoshi.study.intervals import Interval, Sampling
from okoshi.study.limits import MOST_REPLICATES, MOST_WORKERS, refuse_count
from okoshi.study.official import Ranking, rankings_of
from okoshi.study.paired import (
    PAYERS,
    Draw,
    Outcome,
    PairedTask,
    Settlers,
    World,
    all_structures,
    families_of,
    run_paired,
    settlers_of,
    structure_of,
)
from okoshi.study.runs import Columns, Progress, refuse_other_than_scenarios, run_tasks, seed_of
from okoshi.study.settler_differences import AdditionalSettlers, additional_settlers, settler_difference

HEADLINES = (
    "members",
    "municipalities_with_members",
    "hired",
    "ended_so_far",
    "settled",
    "settled_share_all",
    "settled_share_last_5_years",
    "startups_by_members",
    "local_10000_projects_so_far",
    "enterprises_alive",
    "dispatched_dispatched",
    "dispatched_side_job",
    "student_participants",
    "related_people",
    "covered_share_65plus",
    "access_difficult_share_65plus",
    "municipalities_with_digital_talent",
    "digital_appointed",
    "population",
    "public_so_far_yen",
)
__all__ = ["AdditionalSettlers", "Comparison", "Settlers", "compare", "settler_difference", "settlers_of"]

type Runs = Mapping[World, Sequence[Sequence[Outcome]]]  # by world: scenarios, each with its replicates


@dataclass(frozen=True)
class Comparison:
    """Differences between each variant and the first scenario, with 90% intervals over paired replicates.

    `signs` and `doubt` are there where rival structures (or draws of parameters) were run, `rankings` always.
    `pairs_told` says for each variant and headline how many pairs have a value in both in the last year.
    """

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    differences: Columns
    additional: dict[str, dict[str, Interval]]
    cost: dict[str, dict[str, Interval]]
    seconds: float
    costs: tuple[Cost, ...] = ()
    rankings: tuple[Ranking, ...] = ()
    signs: tuple[Sign, ...] = ()
    doubt: tuple[Doubt, ...] = ()
    sampling: Sampling = field(default_factory=lambda: Sampling(1, 1))
    pairs_told: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def summary(self, *, operators: bool = False) -> list[str]:
        """Return the comparison in plain lines; `operators`: also rankings by official definitions."""
        from okoshi.study.summaries import summarise

        return summarise(self, operators=operators)

    def frame(self) -> object:
        """Return `differences` as a pandas data frame."""
        import pandas

        return pandas.DataFrame(self.differences)

    def tables(self) -> dict[str, Columns]:
        """Return all that was found as tables: differences, costs, and what was asked for of doubt."""
        from okoshi.study.comparison_tables import tables_of

        return tables_of(self)


def compare(
    scenarios: Sequence[Scenario],
    replicates: int = 10,
    workers: int = 1,
    by: str | None = None,
    progress: Progress | None = None,
    *,
    structures: bool = False,
    draws: Sequence[Draw] = (),
    prior: Sequence[Draw] = (),
    rivals: Mapping[str, Sequence[Draw]] = MappingProxyType({}),
    keep: Callable[[Comparison], None] | None = None,
) -> Comparison:
    """Run scenarios under the same seeds and compare each with the first.

    The seeds are those of the first scenario. `structures` repeats all under the eight combinations of rival
    structures; `draws` repeats all for each draw of parameters (a mapping of keys of behaviour to values), each under
    luck of its own, so that its intervals hold chance too. Draws of the `prior` beside them tell on what rests what.
    `rivals` holds as many draws for each form of adoption that has draws of its own. Where it is interrupted or a run
    fails, `keep` is called with the comparison of the replicates that all scenarios have finished, if there are any
    (not with structures or draws, a part of which would answer another question).
    Raises InputError for fewer than two scenarios, different years or worlds, an unknown group, or a wrong count; with
    `structures` also where the scenarios choose different ones, with `draws` where behaviour stands on other values.
    """
    _check(scenarios, replicates, workers, by)
    refuse_incomparable(scenarios, structures=structures, draws=bool(draws))
    began = time.perf_counter()
    seeds = _seeds(scenarios[0], replicates * max(len(draws), len(prior), 1))
    worlds, count = worlds_of(scenarios, structures, len(draws)), len(scenarios)
    outcomes: list[Outcome] = []
    try:
        for outcome in _run(scenarios, worlds, draws, rivals, seeds, replicates, workers, by, progress):
            outcomes.append(outcome)  # what was finished is there when the next one fails
    except (KeyboardInterrupt, OkoshiError):
        whole = len(outcomes) // count
        if keep is not None and whole and len(worlds) == 1 and not prior:
            keep(_compared(scenarios, worlds, outcomes[: whole * count], seeds[:whole], whole, began))
        raise
    wide: list[Outcome] = []
    if prior:
        before = worlds_of(scenarios, structures=False, draws=len(prior))
        wide += _run(scenarios, before, prior, {}, seeds, replicates, workers, by, progress)
    return _compared(scenarios, worlds, outcomes, seeds, replicates, began, rivals, wide)


def _compared(
    scenarios: Sequence[Scenario],
    worlds: Sequence[World],
    outcomes: Sequence[Outcome],
    seeds: tuple[int, ...],
    replicates: int,
    began: float,
    rivals: Mapping[str, Sequence[Draw]] = MappingProxyType({}),
    wide: Sequence[Outcome] = (),
) -> Comparison:
    """Make a comparison of all outcomes, those over the prior (`wide`) beside them; both in the order of the runs."""
    runs = dict(zip(worlds, _by_world(outcomes, len(scenarios), replicates), strict=True))
    own = [world for world in worlds if world.structure == worlds[0].structure]
    pooled = [[run for world in own for run in runs[world][number]] for number in range(len(scenarios))]
    sampling = Sampling(len(own), replicates)
    names = unique_names(scenarios)
    base, variants = pooled[0], dict(zip(names[1:], pooled[1:], strict=True))
    parts = [differences_of(name, base, variant, sampling) for name, variant in variants.items()]
    if wide:
        _say_what_they_rest_on(parts, pooled, _by_world(wide, len(scenarios), replicates), replicates)
    additional = {name: additional_settlers(base, variant) for name, variant in variants.items()}
    nationals = {name: [run.national for run in one] for name, one in zip(names, pooled, strict=True)}
    signs, doubt = _doubts(names, runs, worlds, sampling, rivals) if len(worlds) > 1 else ((), ())
    return Comparison(
        scenarios=tuple(scenarios),
        seeds=seeds,
        differences={column: np.concatenate([part[column] for part in parts]) for column in parts[0]},
        additional={
            name: {key: sampling.mean(values) for key, values in counts.items()}
            for name, counts in additional.items()
        },
        cost={
            name: cost_per_settler(base, variant, additional[name]["net"], sampling)
            for name, variant in variants.items()
        },
        seconds=time.perf_counter() - began,
        costs=tuple(cost for name, one in variants.items() for cost in costs_of(name, base, one, sampling)),
        rankings=tuple(rankings_of(nationals, sampling)),
        signs=signs,
        doubt=doubt,
        sampling=sampling,
        pairs_told={
            name: {
                one: int(np.isfinite(paired_national(base, variant, one)[:, -1]).sum()) for one in HEADLINES
            }
            for name, variant in variants.items()
        },
    )


def _say_what_they_rest_on(
    parts: Sequence[Columns],
    pooled: Sequence[Sequence[Outcome]],
    of_prior: Sequence[Sequence[Sequence[Outcome]]],
    replicates: int,
) -> None:
    """Write on what each variant's differences rest: the spread left by the data against that of the prior.

    `pooled` holds runs by scenario, `of_prior` runs by draw of the prior and scenario.
    """
    for number, part in enumerate(parts, start=1):
        wide = [[run for runs in of_prior for run in runs[place]] for place in (0, number)]
        part["rests_on"] = words_of((pooled[0], pooled[number]), (wide[0], wide[1]), replicates)


def _seeds(base: Scenario, count: int) -> tuple[int, ...]:
    return tuple(seed_of(base.seed, number) for number in range(count))


def worlds_of(scenarios: Sequence[Scenario], structures: bool, draws: int) -> list[World]:
    """Return what all is repeated under, the base's own structures first."""
    own = structure_of(scenarios[0])
    if structures:
        rest = [one for one in all_structures() if one != own]
        return [World(one, draw) for one in (own, *rest) for draw in range(max(draws, 1))]
    return [World((), draw) for draw in range(max(draws, 1))]


def _run(
    scenarios: Sequence[Scenario],
    worlds: Sequence[World],
    draws: Sequence[Draw],
    rivals: Mapping[str, Sequence[Draw]],
    seeds: Sequence[int],
    replicates: int,
    workers: int,
    by: str | None,
    progress: Progress | None,
) -> Iterator[Outcome]:
    """Run every scenario in every world under the seeds of its draw, seeds outermost within a world."""
    whole = set(worlds[: max(len(draws), 1)])
    tasks = [
        PairedTask(world.applied(scenario, draws, rivals), number, (), seed, by or "", world in whole)
        for world in worlds
        for number, seed in enumerate(seeds[world.draw * replicates : (world.draw + 1) * replicates])
        for scenario in scenarios
    ]
    for done, outcome in enumerate(run_tasks(tasks, workers, run_paired), start=1):
        yield outcome
        if progress is not None:
            progress(done, len(tasks))


def _by_world(outcomes: Sequence[Outcome], scenarios: int, replicates: int) -> list[list[Sequence[Outcome]]]:
    """Return outcomes in the order of their runs by world and scenario, each with its replicates."""
    each = scenarios * replicates
    return [
        [outcomes[first + number : first + each : scenarios] for number in range(scenarios)]
        for first in range(0, len(outcomes), each)
    ]


def _check(scenarios: Sequence[Scenario], replicates: int, workers: int, by: str | None) -> None:
    if isinstance(scenarios, Scenario | str) or len(scenarios) < 2:
        raise InputError(say("faults.one_scenario"))
    refuse_other_than_scenarios(scenarios)
    refuse_count("replicates", replicates, MOST_REPLICATES)
    refuse_count("workers", workers, MOST_WORKERS)
    if by is not None and by not in GROUPS:
        what, near = say("faults.unknown_choice"), nearest_name(str(by), GROUPS)
        raise InputError(Fault(what, key="by", value=str(by), allowed=", ".join(GROUPS), nearest=near))


def refuse_incomparable(scenarios: Sequence[Scenario], *, structures: bool, draws: bool) -> None:
    """Raise InputError where years, country, or what structures or draws would hide are others than the first's."""
    refuse_unlike(scenarios)
    if draws:
        refuse_other_values(scenarios)
    if structures:
        refuse_other_structures(scenarios)


def refuse_other_values(scenarios: Sequence[Scenario]) -> None:
    """Raise InputError where behaviour stands on other values than the first scenario's: draws would hide that."""
    _refuse_differing(
        scenarios, "faults.other_values", {"behaviour.parameters": lambda one: one.behaviour_parameters}
    )


def refuse_other_structures(scenarios: Sequence[Scenario]) -> None:
    """Raise InputError where structures are others than the first scenario's: under all of them that would not show."""

    def chosen(name: str) -> Callable[[Scenario], object]:
        return lambda one: str(getattr(one.structure, name))

    _refuse_differing(
        scenarios, "faults.other_structures", {f"structure.{name}": chosen(name) for name in STRUCTURE}
    )


def refuse_unlike(scenarios: Sequence[Scenario]) -> None:
    """Raise InputError, with all faults, where scenarios have other years or another country than the first."""
    read = {"years": lambda one: one.years, "world": lambda one: asdict(one.world)}
    _refuse_differing(scenarios, "faults.unlike", read)


def _refuse_differing(
    scenarios: Sequence[Scenario], what: str, read: Mapping[str, Callable[[Scenario], object]]
) -> None:
    base = scenarios[0]
    faults = [
        Fault(
            say(what, base=base.name),
            file=other.file,
            key=key,
            value=written(value_of(other)),
            allowed=written(value_of(base)),
        )
        for other in scenarios[1:]
        for key, value_of in read.items()
        if value_of(other) != value_of(base)
    ]
    if faults:
        raise InputError(faults)


def unique_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the scenarios' names, a number behind those that stand there already."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in names:
            name, number = f"{scenario.name}_{number}", number + 1
        names.append(name)
    return names


def cost_per_settler(
    base: Sequence[Outcome], variant: Sequence[Outcome], net_settlers: Array, sampling: Sampling
) -> dict[str, Interval]:
    """Return yen for each additional settler (net of other places), by payer, since FY2009.

    A ratio of means with its interval over replicates. Not a number where the settlers' own interval
    holds zero: then no number of yen buys one for sure.
    """
    yen = yen_spent(base, variant, 0)
    return yen_each({name: yen[name] for name in (*PAYERS, TOTAL)}, net_settlers, sampling)


def _doubts(
    names: Sequence[str],
    runs: Runs,
    worlds: Sequence[World],
    sampling: Sampling,
    rivals: Mapping[str, Sequence[Draw]],
) -> tuple[tuple[Sign, ...], tuple[Doubt, ...]]:
    """Return the sign of each headline under each structure, and where its variance comes from (last year)."""
    structures = list(dict.fromkeys(world.structure for world in worlds))
    draws = len(worlds) // len(structures)
    family = families_of(structures, rivals)
    signs: list[Sign] = []
    doubt: list[Doubt] = []
    for number, name in enumerate(names[1:], start=1):
        for outcome in HEADLINES:
            values = np.array(
                [paired_national(runs[world][0], runs[world][number], outcome)[:, -1] for world in worlds]
            ).reshape(len(structures), draws, -1)
            if not np.nan_to_num(values).any():
                continue
            if len(structures) > 1:
                signs.append(sign_of(name, outcome, dict(zip(structures, values, strict=True)), sampling))
            doubt.append(Doubt(name, outcome, *shares_of_doubt(values, family)))
    return tuple(signs), tuple(doubt)
