"""`okoshi status`: how far a sweep is, what failed and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from okoshi.app.options import Command, format_option
from okoshi.language.errors import printable
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.study.sweep import Sweep

MOST_SHOWN = 20
COLUMNS = ("run", "point", "replicate", "seed", "input", "error")


@click.command("status", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, readable=False))
@format_option()
def command(folder: Path, form: str) -> None:
    """Say how far a sweep is."""
    from okoshi.app.showing import Heading, show
    from okoshi.study.sweep import count_by_status
    from okoshi.study.sweep_folder import SweepFolder

    place = SweepFolder(folder)
    experiment, sweep = place.read()
    found = sweep.found()
    table = sweep.results(found)
    failures = [failure_of(sweep, number, found.failures) for number in failed_runs(table)]
    counts = count_by_status(table)
    headings = [Heading(name, say(f"sweep.column_{name}")) for name in COLUMNS]
    if form == "json":
        content = {"runs": len(sweep.plan), **counts, "failures": failures}
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    elif form == "csv":
        show(headings, [{**failure, "input": shown(failure["input"])} for failure in failures], form)
    else:
        click.echo(say("sweep.stands", title=experiment.shown_title, runs=len(sweep.plan), **counts))
        state = "at_work_now" if place.store.at_work() else "nobody" if counts["missing"] else "complete"
        click.echo(say(f"sweep.{state}", folder=folder))
        show_failures(failures, folder)


def show_failures(failures: list[dict[str, Any]], folder: Path) -> None:
    """Print the first of the runs that failed, for people."""
    if not failures:
        return
    click.echo()
    for failure in failures[:MOST_SHOWN]:
        click.echo(
            f"{failure['run']}  ({say('sweep.column_seed')} {failure['seed']})  {shown(failure['input'])}"
        )
        click.echo(f"    {failure['error']}")
    if len(failures) > MOST_SHOWN:
        click.echo(say("sweep.more_failed", count=len(failures) - MOST_SHOWN))
    click.echo(say("sweep.run_alone", folder=folder, run=failures[0]["run"]))


def shown(values: Mapping[str, object]) -> str:
    """Return the input of a run in one line."""
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def failed_runs(table: dict[str, Any]) -> list[int]:
    """Return the numbers of the runs that failed."""
    numbers: list[int] = (table["status"] == "failed").nonzero()[0].tolist()
    return numbers


def failure_of(sweep: Sweep, number: int, failures: dict[str, Any]) -> dict[str, Any]:
    """Return what is to be said of a run that failed: its name, its input and its error."""
    point, replicate = divmod(number, sweep.plan.replicates)
    return {
        "run": sweep.plan.name(number),
        "point": point,
        "replicate": replicate,
        "seed": sweep.plan.seeds_at(point)[replicate],
        "input": sweep.plan.values_at(number),
        "error": printable(" ".join(failures[sweep.key(number)].error.split())),
    }
