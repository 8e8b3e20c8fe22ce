"""`okoshi check`: reads a scenario, says what differs from its base and what a run costs."""

from __future__ import annotations

import click

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
from okoshi.language.messages import say

BASELINE = "baseline"
# One national run of 26 fiscal years on one core, measured; see experiments/benchmarks/.
SECONDS_TO_START = 1.5
SECONDS_PER_YEAR = 1.0 / 26
MEMORY_OF_PROGRAM = 190
MEMORY_OF_COUNTRY = 230
DISK_OF_RUN = 4


@click.command("check", cls=Command)
@click.argument("scenario", metavar="SCENARIO")
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
    """Read a scenario and say what it means."""
    from okoshi.app.diff import show_differences
    from okoshi.scenario.differences import diff
    from okoshi.scenario.scenario import load_scenario
    from okoshi.world.country import load_world

    loaded = load_scenario(scenario, read_assignments(assignments), seed, read_years(years))
    load_world(loaded.world.source, loaded.world.prefectures, loaded.world.scale)
    click.echo(say("check.in_order", name=loaded.name, title=loaded.shown_title))
    if loaded.shown_why:
        click.echo(loaded.shown_why)
    click.echo(say("check.hash", hash=loaded.hash[:12]))
    click.echo()
    base = load_scenario(loaded.base_file or BASELINE)
    if loaded.base is None and not diff(base, loaded):
        click.echo(say("check.no_base"))
    else:
        click.echo(say("check.differs_from", base=loaded.base or BASELINE))
        show_differences(base, loaded, "table")
    click.echo()
    parts = (len(loaded.world.prefectures) or 47) / 47 * loaded.world.scale
    simulated = loaded.years[1] - 2008
    seconds = SECONDS_TO_START + simulated * SECONDS_PER_YEAR * max(parts, 0.1) * replicates / workers
    memory = MEMORY_OF_PROGRAM + MEMORY_OF_COUNTRY * parts
    click.echo(
        say(
            "check.cost",
            runs=replicates,
            minutes=f"{max(seconds / 60, 0.1):.1f}",
            memory=f"{memory * workers:,.0f}",
            disk=f"{max(1.0, DISK_OF_RUN * parts * replicates):,.0f}",
        )
    )
