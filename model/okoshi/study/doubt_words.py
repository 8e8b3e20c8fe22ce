"""What a comparison says of costs over time, of rival structures, of doubt and of official definitions."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from okoshi.language.messages import say
from okoshi.study.costs import PUBLIC, Cost
from okoshi.study.doubt import Sign
from okoshi.study.official import held_by
from okoshi.study.units import COVERED, READINGS
from okoshi.study.words import meaning_of, shown

if TYPE_CHECKING:
    from okoshi.study.comparing import Comparison


def cost_lines(comparison: Comparison, name: str) -> list[str]:
    """Return public yen for each additional settler, firm and person with a shop, now and years after."""
    mine = [cost for cost in comparison.costs if cost.scenario == name and _differs(cost)]
    # For people with a shop, net of incumbents is net: a person is counted once, whoever serves it.
    mine = [cost for cost in mine if cost.unit != COVERED or cost.reading != READINGS[-1]]
    fewer = any(cost.additional.value < 0 and not isnan(cost.yen_each[PUBLIC].value) for cost in mine)
    last = [say("comparison.fewer")] if fewer else []
    return [say("comparison.public_cost"), *(_cost(cost) for cost in mine), *last] if mine else []


def _differs(cost: Cost) -> bool:
    """Return whether there are more or fewer units at all, to what is told of them (what rounds to nought is none)."""
    told = cost.additional
    holds_zero = told.is_told and told.holds_zero
    return max(map(abs, (told.low, told.high))) >= 0.05 if holds_zero else bool(told.value)


def _cost(cost: Cost) -> str:
    yen = cost.yen_each[PUBLIC]
    return say(
        "comparison.public_cost_of",
        unit=say(f"comparison.unit_{cost.unit}"),
        when=when_counted(cost.unit, cost.years),
        reading=say(f"comparison.reading_{cost.reading}"),
        additional=shown(cost.additional, 1),
        yen=say("comparison.not_told") if isnan(yen.value) else shown(yen, 0),
    )


def when_counted(unit: str, years: int) -> str:
    """Return in words when units are counted: people with a shop always now, whatever was spent by when."""
    if not years:
        return say("comparison.now")
    return say("comparison.covered_by_then" if unit == COVERED else "comparison.years_after", years=years)


def sign_lines(comparison: Comparison, name: str) -> list[str]:
    """Return in how many combinations of rival structures each headline has the sign it has here."""
    signs = [sign for sign in comparison.signs if sign.scenario == name]
    if not signs:
        return []
    return [
        say("comparison.structures", all=len(signs[0].differences)),
        *(
            say(
                f"comparison.{_sign_key(sign)}",
                outcome=meaning_of(sign.outcome),
                same=sign.same,
                sure=sign.sure,
                all=len(sign.differences),
            )
            for sign in signs
        ),
    ]


def _sign_key(sign: Sign) -> str:
    if not sign.is_told:
        return "sign_untold"
    return "sign_robust" if sign.robust else "sign_open"


def doubt_lines(comparison: Comparison, name: str) -> list[str]:
    """Return where the variance of each headline's difference comes from."""
    mine = [one for one in comparison.doubt if one.scenario == name and not isnan(one.chance)]
    if not mine:
        return []
    if comparison.sampling.draws < 2:
        varied = "_without_parameters"
    else:
        varied = "" if comparison.signs else "_without_structures"
    return [
        say(f"comparison.doubt{varied}"),
        *(
            say(
                f"comparison.doubt_of{varied}",
                outcome=meaning_of(one.outcome),
                structure=f"{one.structure:z.0%}",
                parameters=f"{one.parameters:z.0%}",
                together=f"{one.together:z.0%}",
                chance=f"{one.chance:z.0%}",
            )
            for one in mine
        ),
    ]


def ranking_lines(comparison: Comparison) -> list[str]:
    """Return the order of scenarios under each official definition of who has settled, and where it holds."""
    holds, fails = held_by(comparison.rankings)
    if not holds:
        return [say("comparison.no_ranking")]
    lines = [say("comparison.rankings")]
    for ranking in comparison.rankings:
        if not ranking.order:
            lines.append(say("comparison.ranking_empty", definition=meaning_of(ranking.definition)))
            continue
        order = "".join(
            name
            + (say("comparison.before" if sure else "comparison.perhaps_before") if sure is not None else "")
            for name, sure in zip(ranking.order, (*ranking.sure, None), strict=True)
        )
        key = "comparison.ranking" if ranking.known else "comparison.ranking_unknown"
        lines.append(say(key, definition=meaning_of(ranking.definition), order=order))
    names = ", ".join(meaning_of(name) for name in fails)
    key = "comparison.ranking_fails" if fails else "comparison.ranking_holds"
    return [*lines, say(key, holds=len(holds), all=len(holds) + len(fails), names=names)]
