"""`okoshi check`: reads a scenario or an experiment, says what it means and what its runs cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from okoshi.app.options import (
    Command,
    read_assignments,
    read_years,
    replicates_option,
    seed_option,
    set_option,
    workers_option,
    years_option,
)
from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario

BASELINE = "baseline"
# One national run of 26 fiscal years on one core, measured; see experiments/benchmarks/.
SECONDS_TO_START = 1.5
SECONDS_PER_YEAR = 2.2 / 26
MEMORY_OF_PROGRAM = 190
MEMORY_OF_COUNTRY = 230
MEMORY_OF_TABLES = 340  # all tables of the replicate that is being written
MEMORY_OF_PICTURES = 60  # what the pictures of a run read of each replicate
DISK_OF_RUN = 9
# Part of the work that stays when the country is cut down: applicants, companies and universities stay whole.
WORK_OF_THE_WHOLE = 0.25


class Check(Command):
    """`check`, whose help also lists what there is to check, run and compare."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, then the names that ship: more than a message about a wrong name has room for."""
        from okoshi.scenario.shipped import shipped_names
        from okoshi.study.experiment import experiment_folder

        super().format_help(ctx, formatter)
        experiments = sorted(path.stem for path in experiment_folder().glob("*.toml"))
        for heading, names in (("scenarios", shipped_names()), ("experiments", experiments)):
            with formatter.section(say(f"usage.{heading}")):
                formatter.write_text(", ".join(names))


@click.command("check", cls=Check)
@click.argument("scenario", metavar="SCENARIO|EXPERIMENT")
@set_option
@seed_option
@years_option
@replicates_option(1)
@workers_option
def command(
    scenario: str,
    assignments: tuple[str, ...],
    seed: int | None,
    years: str | None,
    replicates: int,
    workers: int,
) -> None:
    """Read a scenario or an experiment and say what it means."""
    from okoshi.app.check_experiment import check_experiment, experiment_named

    found = experiment_named(scenario)
    if found is None:
        changes = read_assignments(assignments)
        _check_scenario(scenario, changes, seed, read_years(years), replicates, workers)
        return
    context = click.get_current_context()
    given = {"assignments": "--set", "seed": "--seed", "years": "--years", "replicates": "--replicates"}
    refused = [
        Fault(say("faults.scenario_only"), key=shown)
        for name, shown in given.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if refused:
        raise InputError(refused)
    check_experiment(found, workers)


def _check_scenario(
    name: str,
    changes: dict[str, object],
    seed: int | None,
    years: tuple[int, int] | None,
    replicates: int,
    workers: int,
) -> None:
    from okoshi.app.caps import sums_out_of_reach
    from okoshi.app.diff import show_differences
    from okoshi.app.idle import idle_in_words
    from okoshi.scenario.differences import diff
    from okoshi.scenario.scenario import load_scenario
    from okoshi.study.whole_country import country_of, words_of_part

    loaded = load_scenario(name, changes, seed, years)
    country_of(loaded)
    click.echo(say("check.in_order", name=loaded.name, title=loaded.shown_title))
    if loaded.shown_why:
        click.echo(loaded.shown_why)
    click.echo(say("check.hash", hash=loaded.hash[:12]))
    click.echo()
    base = load_scenario(loaded.base_file or BASELINE)
    run = (FIRST_FISCAL_YEAR, loaded.years[1])  # a run lives the years before those it writes, too
    differences = diff(base, loaded, run)
    idle = idle_in_words(base, loaded, differences)
    if loaded.base is None and not differences and not idle:
        click.echo(say("check.no_base"))
    else:
        click.echo(say("check.differs_from", base=loaded.base or BASELINE))
        show_differences(base, loaded, "table", run)
        for line in idle:
            click.echo()
            click.echo(line)
        for line in sums_out_of_reach(loaded):
            click.echo(line)
    if words := words_of_part(loaded.world.source, loaded.world.prefectures, loaded.world.scale):
        click.echo()
        click.echo(words)
    click.echo()
    part = part_of_country(loaded)
    tables = (MEMORY_OF_TABLES + MEMORY_OF_PICTURES * replicates) * part
    show_cost(loaded, replicates, workers, max(1.0, DISK_OF_RUN * part * replicates), tables)


def part_of_country(scenario: Scenario) -> float:
    """Return how large the scenario's country is; the whole one is 1."""
    return (len(scenario.world.prefectures) or 47) / 47 * scenario.world.scale


def show_cost(scenario: Scenario, runs: int, workers: int, disk: float, tables: float = 0.0) -> None:
    """Print how many runs there are, and how many minutes and megabytes they take; `tables` are megabytes held."""
    parts = part_of_country(scenario)
    simulated = scenario.years[1] - FIRST_FISCAL_YEAR + 1
    work = WORK_OF_THE_WHOLE + (1 - WORK_OF_THE_WHOLE) * parts
    seconds = SECONDS_TO_START + simulated * SECONDS_PER_YEAR * work * runs / workers
    memory = MEMORY_OF_PROGRAM + MEMORY_OF_COUNTRY * parts
    click.echo(
        say(
            "check.cost",
            runs=runs,
            workers=workers,
            minutes=f"{max(seconds / 60, 0.1):.1f}",
            memory=f"{memory * workers + tables:,.0f}",
            disk=f"{disk:,.0f}",
        )
    )
