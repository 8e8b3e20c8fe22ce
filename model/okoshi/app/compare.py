"""`okoshi compare`: scenarios in pairs under the same luck, differences with intervals."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from okoshi.app.options import (
    Command,
    draws_option,
    format_option,
    no_figures_option,
    option,
    out_option,
    overwrite_option,
    read_assignments,
    read_years,
    replicates_option,
    seed_option,
    set_option,
    workers_option,
    years_option,
)
from okoshi.app.run import RESULTS, Request
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.app.writing import ResultsFolder
    from okoshi.scenario.scenario import Scenario
    from okoshi.study.comparing import Comparison

REPLICATES = 10
GROUPS = ("prefecture", "size_class", "fiscal_strength", "sex_age", "pillar")


@click.command("compare", cls=Command)
@click.argument("scenarios", metavar="SCENARIO SCENARIO...", nargs=-1, required=True)
@set_option
@seed_option
@years_option
@replicates_option(REPLICATES)
@workers_option
@draws_option
@option("--by", type=click.Choice(GROUPS), help="by")
@option("--structures", type=click.Choice(["all"]), help="structures")
@option("--operators", type=click.Choice(["all"]), help="operators")
@out_option
@overwrite_option
@no_figures_option
@format_option(help="run_format")
def command(
    scenarios: tuple[str, ...],
    by: str | None,
    structures: str | None,
    operators: str | None,
    **options: Any,
) -> None:
    """Compare scenarios."""
    from okoshi.scenario.scenario import load_scenario

    request = Request(tables=None, **options)
    if len(scenarios) < 2:
        raise InputError(Fault(say("faults.one_scenario"), value=" ".join(scenarios)))
    changes = read_assignments(request.assignments)
    years = read_years(request.years)
    loaded = [load_scenario(name, changes, request.seed, years) for name in scenarios]
    asked = Asked(by, structures is not None, operators is not None)
    if request.draws:
        asked = on_draws(loaded, asked, request.draws)
        given = click.get_current_context().get_parameter_source("replicates")
        if given is ParameterSource.DEFAULT:  # each draw has luck of its own
            request = replace(request, replicates=1)
    compare_and_write(loaded, asked, request)


def on_draws(scenarios: Sequence[Scenario], asked: Asked, draws: int) -> Asked:
    """Return what is asked with draws of the posterior, and as many of the prior beside them.

    A rival form of adoption that is run has draws of its own. Raises InputError where there are none, or fewer.
    """
    from okoshi.parameters.posterior import POSTERIOR, PRIOR
    from okoshi.scenario.draft import Adoption
    from okoshi.study.drawn import ensemble_of

    def drawn(scenario: Scenario, kind: str) -> tuple[Mapping[str, object], ...]:
        found = ensemble_of(scenario).on_draws(scenario, draws, kind)
        return tuple(dict(one.settings.drawn) for one in found)

    base = scenarios[0]
    own = {scenario.structure.adoption for scenario in scenarios}
    run = set(Adoption) if asked.structures else own
    rivals = {
        str(form): drawn(base.changed({"structure.adoption": str(form)}), POSTERIOR)
        for form in sorted(run - {base.structure.adoption})
    }
    return replace(asked, draws=drawn(base, POSTERIOR), prior=drawn(base, PRIOR), rivals=rivals)


@dataclass(frozen=True)
class Asked:
    """What is asked of a comparison: groups, rival structures, official definitions, draws of parameters."""

    by: str | None = None
    structures: bool = False
    operators: bool = False
    draws: tuple[Mapping[str, object], ...] = ()
    prior: tuple[Mapping[str, object], ...] = ()
    rivals: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Destination:
    """Where a comparison goes: its folder, and what `run.json` says of it beside what was found."""

    base: Scenario
    request: Request
    folder: ResultsFolder
    invented: bool
    said: Mapping[str, object]

    def write(self, found: Comparison, instead: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Write the files of a comparison and return what `run.json` says; `instead` of the same keys of `said`."""
        from okoshi.app.writing import describe_run

        tables = found.tables()
        more = {
            **self.said,
            "seeds": [int(seed) for seed in found.seeds],
            "seconds": round(float(found.seconds), 3),
            "tables": list(tables),
            **(instead or {}),
        }
        record = describe_run(self.base, invented=self.invented, **more)
        self.folder.write(tables, record, self.base, with_csv=self.request.form == "csv")
        return record

    def keep(self, found: Comparison) -> None:
        """Write the comparison of what is finished when it ends early."""
        from okoshi.app.writing import UNFINISHED, finished_in_words

        count, asked = found.sampling.replicates, {"replicates": self.request.replicates}
        instead = {"replicates": count, UNFINISHED: asked}
        self.folder.keep(count, finished_in_words(count, asked), lambda: self.write(found, instead))


def compare_and_write(scenarios: list[Scenario], asked: Asked, request: Request) -> None:
    """Run the pairs, write the differences, print the summary."""
    from okoshi.app.showing import show_columns
    from okoshi.app.writing import prepare_folder, same_run
    from okoshi.study.comparing import compare, refuse_incomparable, unique_names
    from okoshi.study.whole_country import country_of

    refuse_incomparable(scenarios, structures=asked.structures, draws=bool(asked.draws))
    base = scenarios[0]
    world = country_of(base)
    names = unique_names(scenarios)
    path = Path(request.out) if request.out else RESULTS / "_vs_".join(names)
    hashes = {name: one.hash for name, one in zip(names, scenarios, strict=True)}
    same = same_run(
        "compare",
        scenarios=hashes,
        replicates=request.replicates,
        by=asked.by,
        structures="all" if asked.structures else None,
        draws=len(asked.draws),
    )
    folder = prepare_folder(path, same, overwrite=request.overwrite)
    said = {
        **same,
        "workers": request.workers,
        "started": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "scenarios_in_full": {name: one.in_full() for name, one in zip(names, scenarios, strict=True)},
    }
    to = Destination(base, request, folder, world.invented, said)
    with folder.logged(say("run.comparing", names=", ".join(names))) as progress:
        found = compare(
            scenarios,
            request.replicates,
            request.workers,
            asked.by,
            progress,
            structures=asked.structures,
            draws=asked.draws,
            prior=asked.prior,
            rivals=asked.rivals,
            keep=to.keep,
        )
    record = to.write(found)
    if not request.no_figures:
        draw_comparison(folder, found, record)
    if request.form == "table":
        click.echo("\n".join(_in_words(found, asked, invented=world.invented)))
    else:
        show_columns(found.differences, request.form)
    count = len(record["tables"])
    click.echo(say("run.wrote", count=count, folder=path, seconds=f"{found.seconds:.1f}"), err=True)


def _in_words(found: Comparison, asked: Asked, *, invented: bool) -> list[str]:
    from okoshi.app.caps import sums_out_of_reach
    from okoshi.study.whole_country import words_of_part

    world = found.scenarios[0].world
    heads = (
        say("run.invented") if invented else "",
        words_of_part(world.source, world.prefectures, world.scale),
        *dict.fromkeys(line for scenario in found.scenarios for line in sums_out_of_reach(scenario)),
    )
    return [*filter(None, heads), *found.summary(operators=asked.operators), *group_lines(found)]


def group_lines(found: Comparison) -> list[str]:
    """Return the differences of the last year by group, a line a group; nothing where there are no groups."""
    import pandas

    from okoshi.figures.comparing import NATION, group_in_words, is_by_age, outcomes_by_group
    from okoshi.figures.words import title_of
    from okoshi.study.intervals import Interval
    from okoshi.study.words import digits_of, shown

    table = pandas.DataFrame(found.differences)
    last = int(table["fiscal_year"].max())
    grouped = table[(table["group"] != NATION) & (table["fiscal_year"] == last)]
    if grouped.empty:
        return []
    lines = [say("comparison.ages")] if is_by_age(grouped) else []
    for name in dict.fromkeys(grouped["scenario"]):
        for outcome in outcomes_by_group(grouped):
            title = title_of(outcome, "municipalities")
            lines.append(say("comparison.groups", variant=name, outcome=title, year=last))
            mine = grouped[(grouped["scenario"] == name) & (grouped["outcome"] == outcome)]
            for row in mine.itertuples():
                interval = Interval(float(row.difference), float(row.low_90), float(row.high_90))
                value = shown(interval, digits_of(outcome))
                lines.append(say("comparison.group", group=group_in_words(row.group), value=value))
    return lines


def draw_comparison(folder: ResultsFolder, found: Comparison, record: Mapping[str, Any]) -> None:
    """Write the pictures of a comparison into `figures/`."""
    import pandas

    from okoshi.figures import About
    from okoshi.figures.gallery import pictures_of_comparison

    folder.draw(pictures_of_comparison(pandas.DataFrame(found.differences), About.of_record(record)))
