"""`okoshi run`: simulates a scenario, prints it beside the official figures, writes the tables."""

from __future__ import annotations

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
    from okoshi.app.running import Running
    from okoshi.scenario.scenario import Scenario

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


def names_wanted(request: Request) -> tuple[str, ...]:
    """Return the tables that a run shall write. Raises InputError for one that is not there."""
    from okoshi.app.table_files import chosen_tables
    from okoshi.observe.declarations import TABLES

    return tuple(dict.fromkeys(chosen_tables(request.tables, list(TABLES)) or TABLES))


def run_and_write(scenario: Scenario, request: Request) -> None:
    """Run, write and print. The input is checked to the end before the folder is made."""
    from okoshi.app.growing import GrowingTables
    from okoshi.app.running import OF_THE_NATION, Running
    from okoshi.app.writing import prepare_folder, same_run
    from okoshi.study.runs import tasks_of
    from okoshi.study.whole_country import country_of

    names = names_wanted(request)
    needed = tuple(dict.fromkeys((*names, *OF_THE_NATION)))
    tasks = tasks_of(scenario, request.replicates, request.workers, needed, request.draws)
    world = country_of(scenario)
    path = Path(request.out) if request.out else RESULTS / scenario.name
    same = same_run("run", scenario_hash=scenario.hash, **request.amount)
    folder = prepare_folder(path, same, overwrite=request.overwrite)
    about = {**same, "scenario": scenario.name, "invented": world.invented}
    with GrowingTables(path, about, with_csv=request.form == "csv") as tables:
        running = Running(scenario, request, names, folder, tables, world)
        with folder.logged(say("run.running", name=scenario.name)) as progress:
            running.run(tasks, progress)
        record = running.finish(request.amount)
    show(running)
    if not request.no_figures:
        running.draw(record)
    count, seconds = len(record["tables"]), f"{record['seconds']:.1f}"
    click.echo(say("run.wrote", count=count, folder=path, seconds=seconds), err=True)


def show(running: Running) -> None:
    """Print what came out beside the official figures, at which caps bodies were, and on what headlines rest."""
    from okoshi.app.caps import budget_in_words, show_caps, sums_out_of_reach
    from okoshi.app.doubt import show_doubt
    from okoshi.app.side_by_side import show_side_by_side

    scenario, request, nation = running.scenario, running.request, running.nation
    show_side_by_side(scenario, nation, request.form, invented=running.world.invented, draws=request.draws)
    if request.form == "table":
        show_caps(nation["national"])
        for line in filter(
            None, (*sums_out_of_reach(scenario), budget_in_words(scenario, nation["national"]))
        ):
            click.echo(line)
        show_doubt(scenario, nation["national"], request.draws)
