"""Comparison of scenarios, paired by seed: the same people meet another policy."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.agents.books import Payer
from okoshi.agents.cooperators import Members, Settled
from okoshi.engine.columns import Array
from okoshi.language.errors import InputError
from okoshi.scenario.scenario import Scenario
from okoshi.study.grouping import GROUPS, grouped_outcomes
from okoshi.study.intervals import Interval, mean_interval, ratio_interval, spread_interval
from okoshi.study.rests_on import PRIOR, word_of_draws
from okoshi.study.runs import Columns, Progress, Task, run_tasks, seed_of

NATION = "nation"


@dataclass(frozen=True)
class Outcome:
    """What one paired run leaves for the comparison."""

    national: Columns
    grouped: dict[tuple[str, str], Array]
    settlers: Settlers


@dataclass(frozen=True)
class Settlers:
    """Who lives where at the end of the run: lasting keys (sorted), places, and who would have come anyway."""

    key: Array
    place: Array
    anyway: Array


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


@dataclass(frozen=True)
class Comparison:
    """Differences between each variant and the first scenario, with 90% intervals over paired replicates."""

    scenarios: tuple[Scenario, ...]
    seeds: tuple[int, ...]
    differences: Columns
    additional: dict[str, dict[str, Interval]]
    cost: dict[str, dict[str, Interval]]
    seconds: float
    draws: int = 0

    def summary(self) -> list[str]:
        """Return the comparison in plain lines."""
        from okoshi.study.summaries import summarise

        return summarise(self)

    def frame(self) -> object:
        """Return `differences` as a pandas data frame."""
        import pandas

        return pandas.DataFrame(self.differences)


def compare(
    scenarios: Sequence[Scenario],
    replicates: int = 10,
    workers: int = 1,
    by: str | None = None,
    progress: Progress | None = None,
    draws: int = 0,
) -> Comparison:
    """Run scenarios under the same seeds and compare each with the first.

    The seeds are those of the first scenario. With `draws`, each replicate is a draw of the calibrated parameters:
    intervals are then the middle 90% over draws, parameters and chance together; as many draws of the prior run
    beside them, and tell on what each difference rests. Raises InputError for fewer than two scenarios, different
    years or worlds, an unknown group, or draws that are not there.
    """
    if draws:
        return compare_on_draws(scenarios, draws, workers, by, progress)
    _check(scenarios, replicates, by)
    began = time.perf_counter()
    base = scenarios[0]
    seeds = tuple(seed_of(base.seed, number) for number in range(replicates))
    tasks = [
        PairedTask(scenario, number, (), seeds[number], by or "")
        for number in range(replicates)
        for scenario in scenarios
    ]
    outcomes: list[Outcome] = []
    for outcome in run_tasks(tasks, workers, run_paired):
        outcomes.append(outcome)
        if progress is not None:
            progress(len(outcomes), len(tasks))
    by_scenario = [outcomes[number :: len(scenarios)] for number in range(len(scenarios))]
    names = unique_names(scenarios)
    variants = list(zip(names[1:], by_scenario[1:], strict=True))
    parts = [differences_of(name, by_scenario[0], variant) for name, variant in variants]
    additional = {name: additional_settlers(by_scenario[0], variant) for name, variant in variants}
    return Comparison(
        scenarios=tuple(scenarios),
        seeds=seeds,
        differences={column: np.concatenate([part[column] for part in parts]) for column in parts[0]},
        additional={
            name: {key: mean_interval(values) for key, values in counts.items()}
            for name, counts in additional.items()
        },
        cost={
            name: cost_per_settler(by_scenario[0], variant, additional[name]["net"])
            for name, variant in variants
        },
        seconds=time.perf_counter() - began,
    )


def compare_on_draws(
    scenarios: Sequence[Scenario],
    draws: int,
    workers: int = 1,
    by: str | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios on draws of the posterior, and on as many of the prior to tell what the data decided."""
    from okoshi.parameters.posterior import POSTERIOR
    from okoshi.parameters.posterior import PRIOR as OF_PRIOR
    from okoshi.study.drawn import ensemble_of

    _check(scenarios, draws, by)
    began = time.perf_counter()
    ensemble = ensemble_of(scenarios[0])
    seeds = tuple(seed_of(scenarios[0].seed, number) for number in range(draws))
    tasks = [
        PairedTask(scenario, number, (), seeds[number], by or "")
        for kind in (POSTERIOR, OF_PRIOR)
        for number in range(draws)
        for scenario in (ensemble.on_draw(one, number, kind) for one in scenarios)
    ]
    ensemble.on_draws(scenarios[0], draws, OF_PRIOR)
    outcomes: list[Outcome] = []
    for outcome in run_tasks(tasks, workers, run_paired):
        outcomes.append(outcome)
        if progress is not None:
            progress(len(outcomes), len(tasks))
    half, count = draws * len(scenarios), len(scenarios)
    kinds = [[part[number::count] for number in range(count)] for part in (outcomes[:half], outcomes[half:])]
    names = unique_names(scenarios)[1:]
    parts = [
        on_draws(name, [of_kind[0] for of_kind in kinds], [of_kind[number] for of_kind in kinds])
        for number, name in enumerate(names, start=1)
    ]
    variants = list(zip(names, kinds[0][1:], strict=True))
    additional = {name: additional_settlers(kinds[0][0], variant) for name, variant in variants}
    return Comparison(
        scenarios=tuple(scenarios),
        seeds=seeds,
        differences={column: np.concatenate([part[column] for part in parts]) for column in parts[0]},
        additional={
            name: {key: spread_interval(values) for key, values in counts.items()}
            for name, counts in additional.items()
        },
        cost={
            name: cost_per_settler(kinds[0][0], variant, additional[name]["net"])
            for name, variant in variants
        },
        seconds=time.perf_counter() - began,
        draws=draws,
    )


def on_draws(name: str, base: Sequence[Sequence[Outcome]], variant: Sequence[Sequence[Outcome]]) -> Columns:
    """Return the rows of `differences` of one variant over draws: of the posterior first, then of the prior."""
    posterior, prior = (
        differences_of(name, one, other, spread_interval, keep=True)
        for one, other in zip(base, variant, strict=True)
    )
    values, before = posterior.pop("values"), prior["values"]
    posterior["rests_on"] = np.array(
        [
            word_of_draws(outcome, was, now)
            for outcome, was, now in zip(posterior["outcome"].tolist(), before, values, strict=True)
        ]
    )
    return posterior


def _check(scenarios: Sequence[Scenario], replicates: int, by: str | None) -> None:
    if len(scenarios) < 2:
        raise InputError("a comparison needs two scenarios or more: the first is the base")
    if replicates < 1:
        raise InputError(f"replicates are 1 or more, not {replicates}")
    if by is not None and by not in GROUPS:
        raise InputError(f"no grouping {by!r}; there are {', '.join(GROUPS)}")
    base = scenarios[0]
    for other in scenarios[1:]:
        if other.years != base.years:
            raise InputError(
                f"{other.name} writes {other.years}, {base.name} {base.years}: compare the same years"
            )
        if other.world != base.world:
            raise InputError(f"{other.name} has another world than {base.name}: compare the same country")


def unique_names(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the scenarios' names, a number behind those that stand there already."""
    names: list[str] = []
    for scenario in scenarios:
        name, number = scenario.name, 2
        while name in names:
            name, number = f"{scenario.name}_{number}", number + 1
        names.append(name)
    return names


@dataclass(frozen=True)
class PairedTask(Task):
    """A task whose seed comes from the comparison, not from its own scenario."""

    common_seed: int
    by: str

    @property
    def seed(self) -> int:
        """The seed that all scenarios of this replicate share."""
        return self.common_seed


def run_paired(task: PairedTask) -> Outcome:
    """Run one scenario under a common seed and keep what a comparison needs."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    national = model.tables(["national"])["national"]
    numbers = {name: column for name, column in national.items() if column.dtype.kind in "if"}
    return Outcome(numbers, grouped_outcomes(model, task.by), settlers_of(model.members))


def settlers_of(members: Members) -> Settlers:
    """Return who lives in a place as a former member now, in the order of keys."""
    rows = np.flatnonzero((members.settled == Settled.SAME) | (members.settled == Settled.NEARBY))
    rows = rows[np.argsort(members.key[rows], kind="stable")]
    return Settlers(
        members.key[rows], members.settled_municipality[rows].astype(np.int64), members.moves_anyway[rows]
    )


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


def differences_of(
    name: str,
    base: Sequence[Outcome],
    variant: Sequence[Outcome],
    interval_of: Callable[[Array], Interval] = mean_interval,
    *,
    keep: bool = False,
) -> Columns:
    """Return the rows of `differences` of one variant: every number of the nation and of the groups, by year.

    With `keep`, `values` holds each row's differences, (rows, replicates).
    """
    years = base[0].national["fiscal_year"]
    rows: list[tuple[str, str, Array]] = []
    for outcome in base[0].national:
        if outcome != "fiscal_year":
            rows.append((outcome, NATION, _paired_national(base, variant, outcome)))
    for outcome, group in base[0].grouped:
        key = (outcome, group)
        rows.append(
            (
                outcome,
                group,
                _paired([run.grouped[key] for run in base], [run.grouped[key] for run in variant]),
            )
        )
    intervals = [[interval_of(values[:, year]) for year in range(len(years))] for _, _, values in rows]
    flat = [interval for row in intervals for interval in row]
    count = len(rows) * len(years)
    return {
        "scenario": np.full(count, name),
        "fiscal_year": np.tile(years, len(rows)),
        "outcome": np.repeat([outcome for outcome, _, _ in rows], len(years)),
        "group": np.repeat([group for _, group, _ in rows], len(years)),
        "difference": np.array([interval.value for interval in flat]),
        "low_90": np.array([interval.low for interval in flat]),
        "high_90": np.array([interval.high for interval in flat]),
        "rests_on": np.full(count, PRIOR),
    } | ({"values": np.concatenate([values.T for _, _, values in rows])} if keep else {})


def _paired(base: Sequence[Array], variant: Sequence[Array]) -> Array:
    return np.array([other.astype(np.float64) - one for one, other in zip(base, variant, strict=True)])


def _paired_national(base: Sequence[Outcome], variant: Sequence[Outcome], column: str) -> Array:
    return _paired([run.national[column] for run in base], [run.national[column] for run in variant])


def cost_per_settler(
    base: Sequence[Outcome], variant: Sequence[Outcome], net_settlers: Array
) -> dict[str, Interval]:
    """Return yen for each additional settler (net of other places), by payer, over all years written.

    A ratio of means; its interval is a bootstrap over replicates. Not a number where the settlers' own interval
    holds zero: then no number of yen buys one for sure.
    """
    yen = {
        f"yen_{payer.name.lower()}": _paired_national(base, variant, f"yen_{payer.name.lower()}").sum(axis=1)
        for payer in Payer
    }
    yen["yen_total"] = np.sum(list(yen.values()), axis=0)
    return {name: ratio_interval(amounts, net_settlers) for name, amounts in yen.items()}
