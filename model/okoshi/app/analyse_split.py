"""`okoshi analyse` of a split: one more 100 million yen in each line, the best divisions, and what is lost."""

from __future__ import annotations

from math import isnan, nan

import click

from okoshi.app.report_numbers import measured_text, plain_text
from okoshi.app.showing import Heading, as_table
from okoshi.figures.split import reading_in_words, world_in_words
from okoshi.figures.words import listed, outcome_in_words, outcome_with_unit, unit_of_outcome, unit_text
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES
from okoshi.study.intervals import Interval
from okoshi.study.split_design import IN_FORCE
from okoshi.study.splitting import BestSplit, OneMore, Regret, Split

TABLE, MILLION = "split", 1e6
EDGE = 1e-3  # of the most a line may have: what the search for the top leaves open


def show_split(found: Split) -> None:
    """Print what the runs of a split say, world by world."""
    if found.left_out:
        click.echo(say("split.left_out", count=found.left_out))
    for world in dict.fromkeys(one.world for one in found.one_more):
        click.echo()
        click.echo(say("split.one_more", world=world_in_words(world) or say("split.one_world")))
        rows = [one for one in found.one_more if one.world == world]
        click.echo(as_table(*one_more_in_words(rows)))
        for sentence in unspent_in_words(rows):
            click.echo(sentence)
    if not found.best:
        click.echo(say("attribution.nothing"))
        return
    click.echo()
    click.echo(say("split.best", total=f"{found.design.total / MILLION:,.0f}"))
    click.echo(as_table(*divisions_in_words(found)))
    for sentence in losses_in_words(found):
        click.echo(sentence)


def losses_in_words(found: Split) -> list[str]:
    """Say what the division in force gives away, how far the surface is to be trusted, and which regrets least."""
    sentences = []
    for best in found.best:
        reading = reading_in_words(best.world, best.weights)
        if isnan(best.loss_in_force.value):
            sentences.append(say("split.loss_untold", reading=reading))
        else:
            sentences.append(say("split.loss", reading=reading, loss=_loss(best)))
        known = not isnan(best.fit)
        sentences.append(say("split.fit", fit=f"{best.fit:.0%}") if known else say("split.no_fit"))
        sentences += _at_the_edge(found, best)
    if found.even:
        where = "; ".join(reading_in_words(*one) for one in found.even)
        sentences.append(say("split.even", where=where))
    regrets = (("minimax", found.minimax), ("in_force", found.in_force))
    return [*sentences, *(_regret(kind, regret) for kind, regret in regrets if regret is not None)]


def _loss(best: BestSplit) -> str:
    """Return what the division in force gives away, in its unit: of one outcome its own, else what each counts."""
    loss = _shown(best.loss_in_force)
    if len(best.counts) == 1 and next(iter(best.counts.values())) == 1:
        (outcome,) = best.counts
        unit = unit_of_outcome(outcome)
        if unit == "share" or unit.startswith("yen"):
            own = best.loss_in_force
            return measured_text([own.value, own.low, own.high], unit)
        return say("split.loss_of", loss=loss, unit=unit_text(unit), outcome=outcome_in_words(outcome))
    counted = [
        say("split.counts", weight=f"{weight:g}", outcome=outcome_in_words(outcome))
        for outcome, weight in best.counts.items()
    ]
    return say("split.loss_in_points", loss=loss, counted=listed(counted))


def one_more_in_words(rows: list[OneMore]) -> tuple[list[Heading], list[dict[str, object]]]:
    """Return the headings and the rows of what one more 100 million yen gives, a row a line."""
    outcomes = list(dict.fromkeys(one.outcome for one in rows))
    headings = [Heading("line", say("attribution.player")), Heading("spent", say("split.spent"), right=True)]
    headings += [Heading(outcome, outcome_with_unit(outcome), right=True) for outcome in outcomes]
    by_line: dict[str, dict[str, object]] = {}
    for one in rows:
        cells = by_line.setdefault(one.line, {"line": say(f"attribution.{one.line}")})
        cells["spent"] = plain_text(one.spent.value, nan, nan, MILLION)
        cells[one.outcome] = _shown(one.gain)
    return headings, list(by_line.values())


def unspent_in_words(rows: list[OneMore]) -> list[str]:
    """Say which lines cannot spend what they would get."""
    said: dict[str, str] = {}
    for one in rows:
        if not one.is_spent and one.line not in said:
            left = 1.0 - max(one.spent.value, 0.0) / one.given
            line = say(f"attribution.{one.line}")
            said[one.line] = say("split.unspent", line=line, left=f"{left:.0%}")
    return list(said.values())


def _at_the_edge(found: Split, best: BestSplit) -> list[str]:
    """Name the lines whose best is the most that the study let them have: more was not tried."""
    return [
        say("split.edge", line=say(f"attribution.{measure}"), most=f"{budget.range[1] / MILLION:,.0f}")
        for measure, yen, budget in zip(MEASURES, best.yen, found.design.lines, strict=True)
        if budget.range and yen.value >= budget.range[1] * (1.0 - EDGE)
    ]


def divisions_in_words(found: Split) -> tuple[list[Heading], list[dict[str, object]]]:
    """Return the headings and the rows of the best divisions, a row a line."""
    headings = [Heading("line", say("attribution.player")), Heading("now", say("split.now"), right=True)]
    headings += [
        Heading(str(place), reading_in_words(best.world, best.weights), right=True, widest=44)
        for place, best in enumerate(found.best)
    ]
    rows: list[dict[str, object]] = []
    for line, measure in enumerate(MEASURES):
        row: dict[str, object] = {
            "line": say(f"attribution.{measure}"),
            "now": plain_text(float(found.design.points[IN_FORCE, line]), nan, nan, MILLION),
        }
        row |= {str(place): _shown(best.yen[line], MILLION) for place, best in enumerate(found.best)}
        rows.append(row)
    return headings, rows


def _regret(kind: str, regret: Regret) -> str:
    yen = ", ".join(
        f"{say(f'attribution.{measure}')} {value / MILLION:,.0f}"
        for measure, value in zip(MEASURES, regret.yen, strict=True)
    )
    where = reading_in_words(regret.worst_world, regret.worst_weights)
    most = f"{regret.most:.0%}"
    if not isnan(regret.low):
        most += f" [{max(regret.low, 0.0):.0%}, {max(regret.high, 0.0):.0%}]"
    return say(f"split.{kind}", most=most, where=where, yen=yen)


def _shown(interval: Interval, unit: float = 1.0) -> str:
    return plain_text(interval.value, interval.low, interval.high, unit)
