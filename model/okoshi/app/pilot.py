"""`okoshi pilot`: what an evaluation of a pilot would have found, with the model as known truth."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from itertools import pairwise
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from okoshi.app.options import (
    Command,
    format_option,
    option,
    out_option,
    overwrite_option,
    read_assignments,
    replicates_option,
    seed_option,
    set_option,
    workers_option,
)
from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.app.showing import Heading
    from okoshi.scenario.scenario import Scenario
    from okoshi.study.intervals import Interval
    from okoshi.study.piloting import Asked, MethodFound, PilotFound

DESIGNS = ("random", "staggered", "volunteers")
REPLICATES, MOST_YEARS = 10, 20
TABLE = "pilot"


@click.command("pilot", cls=Command)
@click.argument("measure", metavar="MEASURE")
@option("--sites", type=click.IntRange(2), required=True, help="sites")
@option("--years", type=click.IntRange(1, MOST_YEARS), required=True, help="pilot_years")
@option("--design", type=click.Choice(DESIGNS), default="random", show_default=True, help="design")
@option("--scenario", default="baseline", show_default=True, help="pilot_scenario")
@set_option
@seed_option
@replicates_option(REPLICATES)
@workers_option
@out_option
@overwrite_option
@format_option(help="run_format")
def command(measure: str, sites: int, years: int, design: str, scenario: str, **options: Any) -> None:
    """Try a pilot."""
    from okoshi.scenario.scenario import load_scenario
    from okoshi.study.pilot_sites import OUTCOMES, Design
    from okoshi.study.piloting import Asked

    if measure not in OUTCOMES:
        allowed, near = ", ".join(OUTCOMES), nearest_name(measure, list(OUTCOMES))
        what = "pilot.no_site" if measure == "local_10000" else "faults.unknown_measure"
        raise InputError(Fault(say(what), value=measure, allowed=allowed, nearest=near))
    loaded = load_scenario(scenario, read_assignments(options.pop("assignments")), options.pop("seed"))
    try_pilot(loaded, Asked(measure, Design(design), sites, years), **options)


def try_pilot(
    scenario: Scenario,
    asked: Asked,
    *,
    replicates: int,
    workers: int,
    out: str | None,
    overwrite: bool,
    form: str,
) -> None:
    """Run the pilot, write what was found, print it in a table and in words."""
    from okoshi.app.run import RESULTS
    from okoshi.app.showing import show_columns
    from okoshi.app.writing import describe_run, prepare_folder, same_run
    from okoshi.study.piloting import prepared_scenario, rows_of, run_pilot
    from okoshi.study.whole_country import country_of

    prepared = prepared_scenario(scenario, asked)
    world = country_of(scenario)
    named = f"pilot_{asked.measure}_{asked.sites}_{asked.years}_{asked.design}"
    path = Path(out) if out else RESULTS / named
    asked_for = {key: str(value) if key == "design" else value for key, value in asdict(asked).items()}
    same = same_run("pilot", pilot=asked_for, replicates=replicates, scenario_hash=prepared.hash)
    folder = prepare_folder(path, same, overwrite=overwrite)
    started = datetime.datetime.now().astimezone()
    with folder.logged(say("pilot.trying", name=named)) as progress:
        found = run_pilot(scenario, asked, replicates, workers, progress)
    seconds = (datetime.datetime.now().astimezone() - started).total_seconds()
    rows = rows_of(found)
    record = describe_run(
        prepared,
        invented=world.invented,
        **same,
        seeds=list(found.seeds),
        workers=workers,
        started=started.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        tables=[TABLE],
    )
    folder.write({TABLE: rows}, record, prepared, with_csv=form == "csv")
    if form == "table":
        if world.invented:
            click.echo(say("run.invented"))
        click.echo("\n".join(words_of(found)))
    else:
        show_columns(rows, form)
    click.echo(say("run.wrote", count=1, folder=path, seconds=f"{seconds:.1f}"), err=True)


def words_of(found: PilotFound) -> list[str]:
    """Return the table and, outcome by outcome, what the pilot can show."""
    from okoshi.app.showing import as_table

    rows = rows_in_words(found)
    for before, row in reversed(list(pairwise(rows))):
        if row["outcome"] == before["outcome"]:
            row["outcome"], row["truth"] = "", ""
    answers, last = answers_of(found)
    return [head_of(found), as_table(headings(), rows), "", *answers, "", last]


def head_of(found: PilotFound) -> str:
    """Return in a sentence what was tried."""
    asked = found.asked
    return say(
        "pilot.head",
        measure=say(f"attribution.{asked.measure}"),
        sites=asked.sites,
        years=asked.years,
        design=say(f"pilot.{asked.design}"),
        replicates=len(found.seeds),
        treatment=say(f"pilot.treatment_{asked.measure}"),
    )


def headings() -> list[Heading]:
    """Return the headings of the table of outcomes and methods."""
    from okoshi.app.showing import Heading

    numbers = ("truth", "estimate", "bias", "false_alarms", "power", "needed")
    return [
        Heading("outcome", say("pilot.outcome"), widest=44),
        Heading("method", say("pilot.method")),
        *(Heading(name, say(f"pilot.{name}"), right=True) for name in numbers),
    ]


def rows_in_words(found: PilotFound) -> list[dict[str, str]]:
    """Return a row an outcome and method."""
    return [_row(row, found.eligible) for row in found.rows]


def answers_of(found: PilotFound) -> tuple[list[str], str]:
    """Return what the pilot can show, outcome by outcome, and in one sentence."""
    from okoshi.study.evaluation import METHODS
    from okoshi.study.piloting import MOST_FALSE_ALARMS

    outcomes = list(dict.fromkeys(row.outcome for row in found.rows))
    lines = [_answer(found, outcome) for outcome in outcomes]
    for method in METHODS:
        worst = max((row.false_alarms for row in found.rows if row.method == method), default=0.0)
        if worst > MOST_FALSE_ALARMS:
            lines.append(say("pilot.not_trusted", method=say(f"pilot.{method}"), alarms=f"{worst:.0%}"))
    shown = [outcome for outcome in outcomes if any(row.shows for row in found.of_outcome(outcome))]
    asked, key = found.asked, "pilot.shows_some" if shown else "pilot.shows_nothing"
    return lines, say(key, sites=asked.sites, years=asked.years, count=len(shown), all=len(outcomes))


def _row(row: MethodFound, eligible: int) -> dict[str, str]:
    return {
        "outcome": _meaning(row.outcome),
        "method": say(f"pilot.{row.method}"),
        "truth": _shown(row.truth),
        "estimate": _shown(row.estimate),
        "bias": _shown(row.bias),
        "false_alarms": f"{row.false_alarms:.0%}",
        "power": f"{row.power:.0%}" if row.there_is_an_effect else "–",
        "needed": _needed(row.sites_needed, eligible) if row.is_trusted else say("pilot.untrusted"),
    }


def _needed(sites: float, eligible: int) -> str:
    if isinf(sites) or isnan(sites):
        return "–"
    return f"{sites:,.0f}" if sites <= eligible else say("pilot.more_than_all", all=f"{eligible:,}")


def _answer(found: PilotFound, outcome: str) -> str:
    """Return in a sentence whether the pilot shows its effect on an outcome."""
    from okoshi.study.piloting import best_answer

    best = best_answer(found, outcome)
    any_row = found.of_outcome(outcome)[0]
    name = _meaning(outcome)
    if not any_row.truth.is_told and any_row.truth.value:
        return say("pilot.untold", outcome=name, truth=_shown(any_row.truth))
    if not any_row.there_is_an_effect:
        return say("pilot.no_effect", outcome=name, truth=_shown(any_row.truth))
    if best is None:
        return say("pilot.no_method", outcome=name)
    key = "pilot.yes" if best.shows else "pilot.no"
    return say(
        key,
        outcome=name,
        method=say(f"pilot.{best.method}"),
        power=f"{best.power:.0%}",
        sites=found.asked.sites,
        needed=_needed(best.sites_needed, found.eligible),
    )


def _meaning(outcome: str) -> str:
    from okoshi.study.words import meaning_of

    return meaning_of(outcome, "municipalities")


def _shown(interval: Interval) -> str:
    from okoshi.app.report_numbers import plain_text

    return plain_text(interval.value, interval.low, interval.high)
