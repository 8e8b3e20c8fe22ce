"""The government's announced targets of members (目標), as municipalities know them in a fiscal year."""

from __future__ import annotations

from math import log

from okoshi.policy.amounts import Values

_FIRST_DUE, _LAST_DUE = 2009, 2060


def announced_targets(values: Values, fiscal_year: int) -> dict[int, int]:
    """Return the targets announced by a fiscal year: fiscal year they are for -> members.

    `context.announced_targets` is dated by the year a target is for: `{ 2026 = 10_000 }` is 10,000 members by
    FY2026, and each new value is a target of its own. `context.announced_years_ahead`, dated likewise, says how long
    before that year it was announced; a target of a new year is announced as far ahead as the last one was, and one
    of a year before any was as far as the first. So what a scenario sets for 2030 is known from 2026 on, and nobody
    acts upon it before.
    """
    found: dict[int, int] = {}
    known = None
    before_any: list[tuple[int, int]] = []  # targets of years before the first notice that is known
    begun = False
    for due in range(_FIRST_DUE, _LAST_DUE + 1):
        ahead = values.value("context.announced_years_ahead", due)
        if isinstance(ahead, int) and not begun:
            begun = True
            found |= {early: number for early, number in before_any if early - ahead <= fiscal_year}
        members = values.value("context.announced_targets", due)
        if members == known:
            continue
        known = members
        if isinstance(members, int) and not begun:
            before_any.append((due, members))
        elif isinstance(members, int) and isinstance(ahead, int) and due - ahead <= fiscal_year:
            found[due] = members
    return found


def targets_that_ask(values: Values, fiscal_year: int) -> dict[int, int]:
    """Return the targets that ask for growth in a fiscal year: announced by the winter before it, and not yet due."""
    announced = announced_targets(values, fiscal_year - 1)
    return {due: members for due, members in announced.items() if due >= fiscal_year and members > 0}


def growth_asked(values: Values, fiscal_year: int, members_known: int) -> float:
    """Return the yearly growth in logs that the most pressing target asks of the nation, 0 where none does.

    What counts in April was decided in the winter before, with the budget: targets announced by then, and
    `members_known`, those of two fiscal years ago (a year's number comes out at its end). Of each target not
    yet due, `ln(target / members) / years left`: one far ahead presses less than one that is near. Nobody takes a
    target to ask more than `context.announced_growth_most`: one missed before anything was there does not drive all.
    """
    counted = fiscal_year - 2
    asked = [
        log(target / max(members_known, 1)) / (due - counted)
        for due, target in targets_that_ask(values, fiscal_year).items()
    ]
    most = values.value("context.announced_growth_most", fiscal_year)
    growth = max([0.0, *asked])
    return min(growth, float(most)) if isinstance(most, int | float) else growth
