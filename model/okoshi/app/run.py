"""`okoshi run`: simulates a scenario, prints it beside the official figures, writes the tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
from okoshi.language.messages import say

if TYPE_CHECKING:
    from pandas import DataFrame

    from okoshi.app.writing import ResultsFolder
    from okoshi.scenario.scenario import Scenario
    from okoshi.study.runs import Columns, Result
    from okoshi.world.country import World

RESULTS = Path("results")


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    assignments: tuple[str, ...]
    seed: int | None
    years: str | None
    replicates: int
    workers: int
    tables: str | None
    out: str | None
    overwrite: bool
    no_figures: bool
    form: str
    draws: int = 0

    @property
    def amount(self) -> dict[str, int]:
        """How many runs are asked for, as `run.json` gives it."""
        return {"replicates": self.replicates} | ({"draws": self.draws} if self.draws else {})

    def finished(self, runs: int) -> dict[str, object]:
        """Return what `run.json` says instead where only the first `runs` are finished, and what was asked for."""
        from okoshi.app.writing import UNFINISHED

        done = {"draws": runs // self.replicates} if self.draws else {"replicates": runs}
        return {**self.amount, **done, UNFINISHED: self.amount}


@click.command("run", cls=Command)
@click.argument("scenario", metavar="SCENARIO", required=False)
@option("--from", "origin", metavar="DIR:RUN", help="from")
@set_option
@seed_option
@years_option
@replicates_option(1)
@workers_option
@draws_option
@option("--tables", metavar="TABLE,...", help="tables")
@out_option
@overwrite_option
@no_figures_option
@format_option(help="run_format")
def command(scenario: str | None, origin: str | None, **options: Any) -> None:
    """Run a scenario, or one run of a sweep."""
    from okoshi.scenario.scenario import load_scenario

    request = Request(**options)
    if origin is not None:
        from okoshi.app.run_again import run_again

        run_again(origin, scenario, request)
        return
    if scenario is None:
        raise click.UsageError(say("usage.missing", name="SCENARIO"), click.get_current_context())
    loaded = load_scenario(
        scenario, read_assignments(request.assignments), request.seed, read_years(request.years)
    )
    run_and_write(loaded, request)


def draw_run(
    folder: ResultsFolder, tables: Mapping[str, DataFrame], record: Mapping[str, Any], world: World
) -> None:
    """Write the pictures of a run into `figures/`."""
    from okoshi.figures import About, places_of
    from okoshi.figures.gallery import pictures_of_run

    folder.draw(pictures_of_run(tables, About.of_record(record), places_of(world)))


@dataclass(frozen=True)
class Destination:
    """Where a run's results go: folder, what is wanted of them, when it began."""

    scenario: Scenario
    request: Request
    names: tuple[str, ...] | None
    folder: ResultsFolder
    invented: bool
    started: str

    def write(
        self, result: Result, amount: Mapping[str, object]
    ) -> tuple[dict[str, Any], dict[str, Columns]]:
        """Write the files of a run of so many replicates; return what `run.json` says and the tables wanted."""
        from okoshi.app.writing import describe_run

        names = self.names or tuple(result.arrays)
        record = describe_run(
            self.scenario,
            invented=self.invented,
            **amount,
            seeds=[int(seed) for seed in result.seeds],
            workers=self.request.workers,
            started=self.started,
            seconds=round(float(result.seconds), 3),
            tables=list(names),
        )
        tables = {name: arrays for name, arrays in result.arrays.items() if name in names}
        self.folder.write(tables, record, self.scenario, with_csv=self.request.form == "csv")
        return record, tables

    def keep(self, result: Result) -> None:
        """Write what is finished of a run that ends early."""
        from okoshi.app.writing import finished_in_words

        count = len(result.seeds)
        finished = finished_in_words(count, self.request.amount)
        self.folder.keep(count, finished, lambda: self.write(result, self.request.finished(count)))


def run_and_write(scenario: Scenario, request: Request) -> None:
    """Run, write and print. The input is checked to the end before the folder is made."""
    from okoshi.app.caps import budget_in_words, show_caps, sums_out_of_reach
    from okoshi.app.doubt import show_doubt
    from okoshi.app.side_by_side import show_side_by_side
    from okoshi.app.table_files import chosen_tables
    from okoshi.app.writing import prepare_folder, same_run
    from okoshi.observe.declarations import TABLES
    from okoshi.study.runs import run
    from okoshi.study.whole_country import country_of

    names = chosen_tables(request.tables, list(TABLES))
    world = country_of(scenario)
    path = Path(request.out) if request.out else RESULTS / scenario.name
    same = same_run("run", scenario_hash=scenario.hash, **request.amount)
    folder = prepare_folder(path, same, overwrite=request.overwrite)
    started = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    to = Destination(scenario, request, names, folder, world.invented, started)
    needed = None if names is None else tuple({*names, "national", "observed"})
    with folder.logged(say("run.running", name=scenario.name)) as progress:
        result = run(
            scenario,
            request.replicates,
            request.workers,
            needed,
            progress=progress,
            draws=request.draws,
            keep=to.keep,
        )
    record, tables = to.write(result, request.amount)
    show_side_by_side(scenario, result.arrays, request.form, invented=world.invented, draws=request.draws)
    if request.form == "table":
        show_caps(result.arrays["national"])
        for line in filter(
            None, (*sums_out_of_reach(scenario), budget_in_words(scenario, result.arrays["national"]))
        ):
            click.echo(line)
        show_doubt(scenario, result.arrays["national"], request.draws)
    if not request.no_figures:
        draw_run(folder, {name: result.frame(name) for name in result.arrays}, record, world)
    click.echo(say("run.wrote", count=len(tables), folder=path, seconds=f"{result.seconds:.1f}"), err=True)
