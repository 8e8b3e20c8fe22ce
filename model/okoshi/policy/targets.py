"""The government's announced targets of members (目標), as municipalities know them in a fiscal year."""

from __future__ import annotations

from okoshi.policy.amounts import Values

_FIRST_DUE, _LAST_DUE = 2009, 2060


def announced_targets(values: Values, fiscal_year: int) -> dict[int, int]:
    """Return the targets announced by a fiscal year: fiscal year they are for -> members.

    `context.announced_targets` is dated by the year a target is for, `context.announced_in` says when that
    target was announced.
    """
    found: dict[int, int] = {}
    known = None
    for due in range(_FIRST_DUE, _LAST_DUE + 1):
        entry = (
            values.value("context.announced_targets", due),
            values.value("context.announced_in", due),
        )
        if entry == known:
            continue
        known = entry
        members, announced = entry
        if isinstance(members, int) and isinstance(announced, int) and announced <= fiscal_year:
            found[due] = members
    return found


def target_in_mind(values: Values, fiscal_year: int) -> int | None:
    """Return the announced target that reaches furthest ahead, None before the first announcement."""
    known = announced_targets(values, fiscal_year)
    return known[max(known)] if known else None
