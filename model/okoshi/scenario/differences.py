"""What differs between two scenarios, year by year."""

from __future__ import annotations

from dataclasses import dataclass, replace

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.parameters.catalogue import catalogue
from okoshi.parameters.kinds import Value
from okoshi.scenario.scenario import Scenario
from okoshi.scenario.settings import same_value, value_at

# A target is dated by the year it falls due, and acted upon before.
_AHEAD = "context.announced_years_ahead"
DATED_BY_DUE = ("context.announced_targets", _AHEAD)


@dataclass(frozen=True)
class Difference:
    """One key that differs in a span of fiscal years with one value on each side.

    `first` and `last` are None where a key holds for all years; a value is None where there is no rule.
    """

    key: str
    first: int | None
    last: int | None
    one: Value | None
    other: Value | None


def diff(one: Scenario, other: Scenario, years: tuple[int, int] | None = None) -> list[Difference]:
    """Return all differences of what is in force, in the catalogue's order; `years` bounds the dated ones.

    Without `years`: from the first year of any run, which lives those before it writes too, to the last of either.
    """
    first, last = years or (FIRST_FISCAL_YEAR, max(one.years[1], other.years[1]))
    found = [
        Difference(key, None, None, left, right)
        for key, left, right in zip(_PLAIN, _plain_values(one), _plain_values(other), strict=True)
        if left != right
    ]
    changed = {*one.settings.overrides, *other.settings.overrides}
    for name in catalogue():
        if name in changed:
            found += _of_parameter(name, one, other, first, last)
            if name in DATED_BY_DUE and not years:
                found += _due_later(name, one, other, last)
    return found


def _due_later(name: str, one: Scenario, other: Scenario, last: int) -> list[Difference]:
    """Return the targets that fall due after the last year, and are announced by the year before it."""

    def ahead(due: int) -> int:
        known = (side.settings.value(_AHEAD, due) for side in (one, other))
        return max((years for years in known if isinstance(years, int)), default=0)

    return [
        replace(found, last=found.first)
        for found in _of_parameter(name, one, other, last, last + int(catalogue()[_AHEAD].bounds[1]))
        if found.first is not None and last < found.first <= last - 1 + ahead(found.first)
    ]


def _of_parameter(name: str, one: Scenario, other: Scenario, first: int, last: int) -> list[Difference]:
    if not catalogue()[name].dated:
        left, right = one.settings.value(name), other.settings.value(name)
        return [] if same_value(left, right) else [Difference(name, None, None, left, right)]
    series = one.settings.series(name), other.settings.series(name)
    spans: list[Difference] = []
    for year in range(first, last + 1):
        left, right = (value_at(points, year) for points in series)
        if same_value(left, right):
            continue
        before = spans[-1] if spans else None
        if before and before.last == year - 1 and (before.one, before.other) == (left, right):
            spans[-1] = Difference(name, before.first, year, left, right)
        else:
            spans.append(Difference(name, year, year, left, right))
    return spans


_PLAIN = (
    "years",
    "seed",
    "world.source",
    "world.prefectures",
    "world.scale",
    "structure.matching",
    "structure.adoption",
    "structure.settlement",
    "behaviour.parameters",
)


def _plain_values(scenario: Scenario) -> tuple[Value, ...]:
    return (
        scenario.years,
        scenario.seed,
        scenario.world.source,
        scenario.world.prefectures,
        scenario.world.scale,
        str(scenario.structure.matching),
        str(scenario.structure.adoption),
        str(scenario.structure.settlement),
        scenario.behaviour_parameters,
    )
