"""`okoshi analyse` of an attribution: what each measure adds and spends, what pairs give beyond their parts."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan, nan
from typing import TYPE_CHECKING

import click

from okoshi.app.report_numbers import measured_text, plain_text
from okoshi.app.showing import Heading, as_table
from okoshi.figures.words import unit_of
from okoshi.language.messages import say
from okoshi.study.attribution import YEN, Attributed, Attribution, attribute
from okoshi.study.intervals import FEWEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okoshi.engine.columns import Array
    from okoshi.study.experiment import Experiment
    from okoshi.study.intervals import Interval

TABLE = "shapley"
MILLION = 1e6
TRACE = 1e-3  # of what all give together: a pair that gives less is not named


def attributions_of(experiment: Experiment, results: Mapping[str, Array]) -> list[Attribution]:
    """Return the attribution of each outcome that the file asks for."""
    outcomes = [outcome for outcome in experiment.outcomes if outcome.column != YEN]
    return [attribute(experiment.factors, results, outcome) for outcome in outcomes]


def show_attribution(found: Attribution) -> None:
    """Print one outcome: a row a measure, all together below, then the pairs that are beyond chance."""
    click.echo()
    click.echo(f"{found.outcome.label}: {found.outcome.meaning}")
    if found.left_out:
        click.echo(say("attribution.left_out", count=found.left_out))
    if found.together is None:
        names = say("fits.comma").join(say(f"attribution.{name}") for name in found.needed)
        click.echo(say("attribution.no_number", names=names) if names else say("attribution.nothing"))
        return
    click.echo(
        say("attribution.seeds" if found.seeds >= FEWEST else "attribution.one_seed", count=found.seeds)
    )
    click.echo(as_table(*rows_in_words([*found.parts, found.together], unit_of_outcome(found))))
    if found.seeds > 1:
        click.echo("\n".join(pairs_in_words(found)))


def unit_of_outcome(found: Attribution) -> str:
    """Return the unit of the outcome, as its column is declared."""
    return unit_of(found.outcome.column, found.outcome.table)


def rows_in_words(
    parts: Sequence[Attributed], unit: str = ""
) -> tuple[list[Heading], list[dict[str, object]]]:
    """Return the headings and the rows of what each measure adds, in the unit of the outcome."""
    headings = [
        Heading("player", say("attribution.player")),
        Heading("value", say("attribution.adds"), right=True),
        Heading("yen", say("attribution.spends_million"), right=True),
        Heading("ratio", say("attribution.yen_per_unit"), right=True),
    ]
    rows: list[dict[str, object]] = [
        {
            "player": say(f"attribution.{one.player}"),
            "value": _in_unit(one.value, unit),
            "yen": plain_text(one.yen.value, one.yen.low, one.yen.high, MILLION),
            "ratio": _in_unit(one.yen_per_unit, "yen"),
        }
        for one in parts
    ]
    return headings, rows


def pairs_in_words(found: Attribution) -> list[str]:
    """Return the pairs beyond chance that give more than a trace of the whole, or that none does.

    What is less is nothing to act upon.
    """
    pairs, least = found.pairs, TRACE * abs(found.together.value.value if found.together else 0.0)
    sure = [one for one in pairs if not one.value.holds_zero and abs(one.value.value) > least]
    if not sure:
        told = any(one.value.is_told for one in pairs)
        return [say("attribution.no_pairs" if told else "attribution.pairs_untold")]
    sure.sort(key=lambda one: -abs(one.value.value))
    unit = unit_of_outcome(found)
    words = [
        say(
            "attribution.pair",
            one=say(f"attribution.{pair.player}"),
            other=say(f"attribution.{pair.other}"),
            value=_in_unit(pair.value, unit),
        )
        for pair in sure
    ]
    return [say("attribution.pairs", count=len(pairs)), *words]


def _in_unit(interval: Interval, unit: str) -> str:
    """Return what is added with its interval, in the unit of the outcome, or that it cannot be told."""
    if isnan(interval.low) and unit != "share" and not unit.startswith("yen"):
        return plain_text(interval.value, nan, nan)  # of one seed: what stands above the table says so
    return measured_text((interval.value, interval.low, interval.high), unit)
