"""What `okoshi analyse --robust` prints and writes: where outcomes are bad, and which policy regrets least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import click

from okoshi.app.report_robust import bad_in_words
from okoshi.app.showing import MISSING, Heading, as_table, number
from okoshi.language.messages import say
from okoshi.study.design import Design
from okoshi.study.discovery import FEWEST_POINTS, Box, Limit
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.regret import Regret
from okoshi.study.rows import columns_of

LONG = 16


def show_box(outcome: OutcomeChoice, box: Box | None) -> None:
    """Print the conditions under which an outcome is bad."""
    click.echo()
    if box is None:
        click.echo(say("robust.no_discovery", outcome=outcome.label, least=FEWEST_POINTS))
        return
    bad, share = bad_in_words(outcome.label, box.bad), f"{box.share:.0%}"
    click.echo(say("robust.discovery", outcome=outcome.label, bad=bad, share=share))
    if not box.limits:
        click.echo(say("robust.no_box"))
        return
    headings = [
        Heading("factor", say("analyse.factor")),
        Heading("condition", say("robust.condition")),
        Heading("chance", say("robust.chance"), right=True),
    ]
    rows = [
        {"factor": limit.factor, "condition": condition(limit), "chance": f"{limit.chance:.2g}"}
        for limit in box.limits
    ]
    click.echo(as_table(headings, rows))
    shares = {name: f"{getattr(box, name):.0%}" for name in ("density", "coverage", "mass")}
    click.echo(say("robust.box", **shares))


def condition(limit: Limit) -> str:
    """Return a limit as people write it."""
    if limit.values:
        return " / ".join(limit.values)
    ends = (("≥", limit.low), ("≤", limit.high))
    return ", ".join(f"{sign} {number(end)}" for sign, end in ends if end is not None)


def show_regrets(outcome: OutcomeChoice, design: Design, found: Sequence[Regret]) -> None:
    """Print the regret of each policy, the least first."""
    click.echo()
    states = sum(not factor.parameter.startswith("policy.") for factor in design.experiment.factors)
    click.echo(say("robust.regret", outcome=outcome.label, states=states))
    headings = [
        Heading("policy", say("robust.policy"), widest=70),
        Heading("largest", say("robust.largest"), right=True),
        Heading("mean", say("robust.mean"), right=True),
        Heading("chosen", say("robust.chosen"), right=True),
        Heading("state", say("robust.state"), widest=70),
    ]
    rows = [
        {
            "policy": _words(one.policy),
            "largest": number(one.largest)
            + ("" if isnan(one.low) else f" [{number(one.low)}, {number(one.high)}]"),
            "mean": number(one.mean),
            "chosen": MISSING if isnan(one.chosen) else f"{one.chosen:.0%}",
            "state": _words(one.state),
        }
        for one in found
    ]
    click.echo(as_table(headings, rows))


def _words(values: Mapping[str, str]) -> str:
    """Return names and values; a long one comes last, where a table cuts it."""
    values = dict(sorted(values.items(), key=lambda item: len(item[1]) > LONG))
    return ", ".join(f"{name.rsplit('.', 1)[-1]} = {value}" for name, value in values.items())


def _whole(values: Mapping[str, str]) -> str:
    """Return whole names and values, as a table holds them."""
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def box_rows(boxes: Sequence[Box]) -> dict[str, list[Any]]:
    """Return the columns of `boxes`: a row a condition."""
    rows = [
        {
            "outcome": box.outcome,
            "bad": box.bad,
            "bad_share": box.share,
            "density": box.density,
            "coverage": box.coverage,
            "mass": box.mass,
            "factor": limit.factor,
            "low": float("nan") if limit.low is None else limit.low,
            "high": float("nan") if limit.high is None else limit.high,
            "values": " / ".join(limit.values),
            "chance": limit.chance,
        }
        for box in boxes
        for limit in box.limits
    ]
    return columns_of(rows)


def regret_rows(found: Sequence[Regret]) -> dict[str, list[Any]]:
    """Return the columns of `regret`: a row a policy and outcome."""
    rows = [
        {
            "outcome": one.outcome,
            "policy": _whole(one.policy),
            "largest_regret": one.largest,
            "low_90": one.low,
            "high_90": one.high,
            "mean_regret": one.mean,
            "state": _whole(one.state),
            "least_share": one.chosen,
        }
        for one in found
    ]
    return columns_of(rows)
