"""Whether the past of a scenario is the one that was: what official figures can test, and what a fit has seen.

Scenarios come as they are in full (`Scenario.in_full`), so that records of results can be asked too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.parameters.catalogue import ABOLISHED, FIRST_DATE, catalogue
from okoshi.parameters.kinds import Value
from okoshi.parameters.posterior import FITTED, PRIOR, values_of
from okoshi.policy.targets import targets_that_ask
from okoshi.scenario.differences import DATED_BY_DUE
from okoshi.scenario.scenario import Scenario
from okoshi.scenario.settings import Series, Settings, value_at
from okoshi.study.drawn import about_of_fit
from okoshi.study.whole_country import is_whole

HISTORY = ("policy", "context")
ASSUMED = ("behaviour", "country")

Full = Mapping[str, Any]


@cache
def _in_force() -> dict[str, Any]:
    return Scenario("").in_full()


def departure_of(full: Full) -> int | None:
    """Return the first fiscal year in which policy or context are others than those in force; None: in none.

    Targets are dated by the year they fall due and acted upon before: of them the first year in which they can act.
    """
    others = [
        name
        for name in catalogue()
        if name.partition(".")[0] in HISTORY and _at(full, name) not in (None, _at(_in_force(), name))
    ]
    years = [
        _first_apart(_at(full, name), _at(_in_force(), name), dated=catalogue()[name].dated)
        for name in others
        if name not in DATED_BY_DUE
    ]
    if any(name in DATED_BY_DUE for name in others):
        years.append(_first_asked_apart(_Dated(full), _Dated(_in_force())))
    return min((year for year in years if year is not None), default=None)


def _at(full: Full, name: str) -> Any:
    """Return what stands under a name; None where a record of another version lacks it."""
    found: Any = full
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _first_apart(mine: Any, known: Any, *, dated: bool) -> int | None:
    if not dated:  # these are fiscal years themselves: when a budget is spent, from when a grant is paid
        return min((year for year in (mine, known) if isinstance(year, int)), default=FIRST_DATE)
    values = [ABOLISHED, ABOLISHED]
    for year in sorted({*mine, *known}, key=int):
        values = [series.get(year, before) for series, before in zip((mine, known), values, strict=True)]
        if values[0] != values[1]:
            return int(year)
    return None


@dataclass(frozen=True)
class _Dated:
    """The dated values of a scenario in full, by fiscal year."""

    full: Full

    def value(self, name: str, fiscal_year: int | None = None) -> Value | None:
        """Return the value in force in a fiscal year; None where there is none."""
        return None if fiscal_year is None else value_at(self.series(name), fiscal_year)

    def series(self, name: str) -> Series:
        """Return all values written, each from its fiscal year on; those in force where a record lacks them."""
        written = _at(self.full, name) or _at(_in_force(), name)
        return tuple(
            sorted((int(year), None if value == ABOLISHED else value) for year, value in written.items())
        )


def _first_asked_apart(mine: _Dated, known: _Dated) -> int | None:
    """Return the first fiscal year in which other targets ask for attention: announced by then, and not yet due."""
    last = max(year for one in (mine, known) for name in DATED_BY_DUE for year, _ in one.series(name))
    years = range(FIRST_FISCAL_YEAR, last + 1)
    return next(
        (year for year in years if targets_that_ask(mine, year) != targets_that_ask(known, year)), None
    )


def words_until(full: Full) -> int:
    """Return up to which fiscal year the words of the calibration hold for a scenario; 0: in no year.

    They were reckoned for the whole country of the package in the last year of the calibration's runs, with the
    past as it was, and with behaviour and forms of the model as fitted.
    """
    label, world = str((full.get("behaviour") or {}).get("parameters", PRIOR)), full.get("world") or {}
    whole = is_whole(str(world.get("source")), world.get("prefectures") or (), int(world.get("scale", 1)))
    if label == PRIOR or world.get("source") != "default" or not whole:
        return 0
    adoption = str((full.get("structure") or {}).get("adoption", FITTED))
    about = about_of_fit(label, adoption)
    try:
        fitted = Scenario("", settings=Settings().with_draw(values_of(label, adoption))).in_full()
    except (OSError, ValueError, IndexError):
        return 0
    if about.get("structure") != full.get("structure") or not _assumes(full, fitted):
        return 0
    last = int(about.get("last_year", about.get("horizon", 0)))
    departure = departure_of(full)
    return last if departure is None else min(last, departure - 1)


def _assumes(full: Full, fitted: Full) -> bool:
    """Return whether all that is assumed of people and bodies stands as the draw and the catalogue have it."""
    names = (name for name in catalogue() if name.partition(".")[0] in ASSUMED)
    return all(_at(full, name) in (None, _at(fitted, name)) for name in names)
