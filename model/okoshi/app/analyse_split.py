"""`okoshi analyse` of a split: one more 100 million yen in each line, the best divisions, and what is lost."""

from __future__ import annotations

from math import isnan

import click

from okoshi.app.showing import MISSING, Heading, as_table, number
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
        click.echo(say("split.one_more", world=world or say("split.one_world")))
        click.echo(_one_more_table([one for one in found.one_more if one.world == world]))
        _say_unspent([one for one in found.one_more if one.world == world])
    if not found.best:
        click.echo(say("attribution.nothing"))
        return
    click.echo()
    click.echo(say("split.best", total=f"{found.design.total / MILLION:,.0f}"))
    click.echo(_divisions(found))
    for best in found.best:
        reading = ", ".join(part for part in (best.world, best.weights) if part)
        loss = _shown(best.loss_in_force)
        click.echo(say("split.loss", reading=reading, loss=loss))
        known = not isnan(best.fit)
        click.echo(say("split.fit", fit=f"{best.fit:.0%}") if known else say("split.no_fit"))
        _say_at_the_edge(found, best)
    if found.even:
        where = "; ".join(", ".join(part for part in one if part) for one in found.even)
        click.echo(say("split.even", where=where))
    for kind, regret in (("minimax", found.minimax), ("in_force", found.in_force)):
        if regret is not None:
            _say_regret(kind, regret)


def _one_more_table(rows: list[OneMore]) -> str:
    outcomes = list(dict.fromkeys(one.outcome for one in rows))
    headings = [Heading("line", say("attribution.player")), Heading("spent", say("split.spent"), right=True)]
    headings += [Heading(outcome, outcome.partition(".")[2], right=True) for outcome in outcomes]
    by_line: dict[str, dict[str, str]] = {}
    for one in rows:
        cells = by_line.setdefault(one.line, {"line": say(f"attribution.{one.line}")})
        cells["spent"] = number(one.spent.value / MILLION)
        cells[one.outcome] = _shown(one.gain)
    return as_table(headings, list(by_line.values()))


def _say_unspent(rows: list[OneMore]) -> None:
    """Say which lines cannot spend what they would get."""
    said: set[str] = set()
    for one in rows:
        if not one.is_spent and one.line not in said:
            said.add(one.line)
            left = 1.0 - max(one.spent.value, 0.0) / one.given
            click.echo(say("split.unspent", line=say(f"attribution.{one.line}"), left=f"{left:.0%}"))


def _say_at_the_edge(found: Split, best: BestSplit) -> None:
    """Name the lines whose best is the most that the study let them have: more was not tried."""
    for measure, yen, budget in zip(MEASURES, best.yen, found.design.lines, strict=True):
        if budget.range and yen.value >= budget.range[1] * (1.0 - EDGE):
            most = f"{budget.range[1] / MILLION:,.0f}"
            click.echo(say("split.edge", line=say(f"attribution.{measure}"), most=most))


def _divisions(found: Split) -> str:
    headings = [Heading("line", say("attribution.player")), Heading("now", say("split.now"), right=True)]
    headings += [
        Heading(
            str(place), ", ".join(part for part in (best.world, best.weights) if part), right=True, widest=44
        )
        for place, best in enumerate(found.best)
    ]
    rows = []
    for line, measure in enumerate(MEASURES):
        row = {
            "line": say(f"attribution.{measure}"),
            "now": number(float(found.design.points[IN_FORCE, line]) / MILLION),
        }
        row |= {str(place): _shown(best.yen[line], MILLION) for place, best in enumerate(found.best)}
        rows.append(row)
    return as_table(headings, rows)


def _say_regret(kind: str, regret: Regret) -> None:
    yen = ", ".join(
        f"{say(f'attribution.{measure}')} {value / MILLION:,.0f}"
        for measure, value in zip(MEASURES, regret.yen, strict=True)
    )
    where = ", ".join(part for part in (regret.worst_world, regret.worst_weights) if part)
    most = f"{regret.most:.0%}"
    if not isnan(regret.low):
        most += f" [{max(regret.low, 0.0):.0%}, {max(regret.high, 0.0):.0%}]"
    click.echo(say(f"split.{kind}", most=most, where=where, yen=yen))


def _shown(interval: Interval, unit: float = 1.0) -> str:
    if isnan(interval.value):
        return MISSING
    value, low, high = (number(one / unit) for one in (interval.value, interval.low, interval.high))
    return value if isnan(interval.low) else f"{value} [{low}, {high}]"
