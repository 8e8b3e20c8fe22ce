"""Every number in force: the catalogue's values with a scenario's overrides on top.

A dated parameter is a series of (fiscal year, value): each value holds from its year on, None says that the
rule does not exist. An override replaces the value in all years in which the rule exists, or from a year on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any

from okoshi.parameters.catalogue import Parameter, catalogue
from okoshi.parameters.kinds import Value

Series = tuple[tuple[int, Value | None], ...]
Overrides = Mapping[str, tuple[tuple[int | None, Value | None], ...]]


@dataclass(frozen=True)
class Change:
    """What one layer of a scenario says about one parameter.

    `everywhere` holds in all years in which the rule exists (`plain` says whether it was given at all),
    `dated` from each of its years on; `whole` says that nothing of the earlier series shows through.
    """

    everywhere: Value | None = None
    plain: bool = False
    dated: Series = ()
    whole: bool = False

    def merged_with(self, other: Change) -> Change:
        """Return both changes as one of a single layer; where both speak of a year, `other` wins."""
        return Change(
            everywhere=other.everywhere if other.plain else self.everywhere,
            plain=self.plain or other.plain,
            dated=tuple(sorted({**dict(self.dated), **dict(other.dated)}.items())),
            whole=self.whole or other.whole,
        )


@dataclass(frozen=True)
class Settings:
    """The values that a run uses. Two settings are equal when every value is, in every year.

    `drawn` holds a draw of calibrated parameters: it stands over the catalogue and under what a scenario says.
    """

    overrides: Overrides = field(default_factory=lambda: MappingProxyType({}))
    drawn: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        """Return a hash of the content."""
        overrides = sorted((name, repr(series)) for name, series in self.overrides.items())
        return hash((*overrides, *sorted((name, repr(value)) for name, value in self.drawn.items())))

    def __getstate__(self) -> dict[str, Any]:
        """Return what a worker process needs: a read-only mapping cannot be pickled, a dict can."""
        return {"overrides": dict(self.overrides), "drawn": dict(self.drawn)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up what another process sent."""
        for name in ("overrides", "drawn"):
            object.__setattr__(self, name, MappingProxyType(state[name]))

    def value(self, name: str, fiscal_year: int | None = None) -> Value | None:
        """Return a parameter's value in a fiscal year; None where the rule does not exist then.

        Raises KeyError for an unknown name, ValueError when a dated parameter is asked for without a year.
        """
        parameter = catalogue()[name]
        override = self.overrides.get(name)
        if not parameter.dated:
            return self.base(parameter) if override is None else override[0][1]
        if fiscal_year is None:
            raise ValueError(f"{name} changes over time: say which fiscal year is meant")
        if override is not None:
            position = bisect_right(override, fiscal_year, key=_year) - 1
            if position >= 0:
                return override[position][1]
        return parameter.in_year(fiscal_year)

    def number(self, name: str, fiscal_year: int) -> float:
        """Return a number in force in that fiscal year. Raises TypeError where there is none."""
        value = self.value(name, fiscal_year)
        if not isinstance(value, int | float):
            raise TypeError(f"{name} has no number in FY{fiscal_year}")
        return float(value)

    def base(self, parameter: Parameter) -> Value | None:
        """Return what an undated parameter is where the scenario says nothing of it."""
        return self.drawn.get(parameter.name, parameter.in_year())

    def with_draw(self, drawn: Mapping[str, Value]) -> Settings:
        """Return settings that rest on another draw of parameters (none: the catalogue).

        What the scenario said stays, but for a value that it gave when it was the value in force anyway.
        """
        return Settings(self.overrides, MappingProxyType(dict(sorted(drawn.items()))))

    def fill[Filled](self, cls: type[Filled], prefix: str, fiscal_year: int | None = None) -> Filled:
        """Return `cls` with each field set to the parameter of its name below `prefix`.

        Raises KeyError for a field that is no parameter.
        """
        values = {
            item.name: self.value(f"{prefix}.{item.name}", fiscal_year)
            for item in fields(cls)  # type: ignore[arg-type]  # a frozen dataclass by contract
        }
        return cls(**values)

    def series(self, name: str) -> Series:
        """Return all values that a dated parameter takes: (first fiscal year, value), without repetition."""
        base = base_series(name)
        override = self.overrides.get(name)
        if override is None:
            return base
        return apply_change(base, Change(dated=_dated(override)))

    def changed(self, changes: Mapping[str, Change]) -> Settings:
        """Return settings with one more layer of changes on top."""
        overrides = dict(self.overrides)
        for name, change in changes.items():
            override = self._override(catalogue()[name], change)
            overrides.pop(name, None)
            if override:
                overrides[name] = override
        return Settings(MappingProxyType(dict(sorted(overrides.items()))), self.drawn)

    def _override(self, parameter: Parameter, change: Change) -> tuple[tuple[int | None, Value | None], ...]:
        if parameter.dated:
            return difference(base_series(parameter.name), apply_change(self.series(parameter.name), change))
        if not change.plain or same_value(change.everywhere, self.base(parameter)):
            return ()
        return ((None, change.everywhere),)


@cache
def base_series(name: str) -> Series:
    """Return the catalogue's own series of a dated parameter, without repetition."""
    years = sorted({value.fiscal_year for value in catalogue()[name].values if value.fiscal_year is not None})
    return without_repetition((year, catalogue()[name].in_year(year)) for year in years)


def apply_change(series: Series, change: Change) -> Series:
    """Return a series with one layer's change on top."""
    if change.whole:
        series = ()
    if change.plain:
        series = tuple((year, None if value is None else change.everywhere) for year, value in series)
    if change.dated:
        first = change.dated[0][0]
        series = (*(point for point in series if point[0] < first), *change.dated)
    return without_repetition(series)


def difference(base: Series, series: Series) -> tuple[tuple[int | None, Value | None], ...]:
    """Return the shortest dated override that makes `series` out of `base`; empty where they are equal."""
    shared = 0
    while shared < min(len(base), len(series)) and _same_point(base[shared], series[shared]):
        shared += 1
    later = [points[shared][0] for points in (base, series) if len(points) > shared]
    if not later:
        return ()
    first = min(later)
    return ((first, value_at(series, first)), *(point for point in series if point[0] > first))


def value_at(series: Series, fiscal_year: int) -> Value | None:
    """Return the value in force in a year; None before the first."""
    position = bisect_right(series, fiscal_year, key=_year) - 1
    return series[position][1] if position >= 0 else None


def without_repetition(points: Iterable[tuple[int, Value | None]]) -> Series:
    """Return a series without the points that change nothing."""
    kept: list[tuple[int, Value | None]] = []
    for year, value in points:
        if not same_value(kept[-1][1] if kept else None, value):
            kept.append((year, value))
    return tuple(kept)


def same_value(one: Value | None, other: Value | None) -> bool:
    """Return whether two stored values are the same (1 is not true)."""
    return type(one) is type(other) and one == other


def _same_point(one: tuple[int, Value | None], other: tuple[int, Value | None]) -> bool:
    return one[0] == other[0] and same_value(one[1], other[1])


def _year(point: tuple[int | None, Value | None]) -> int:
    return 0 if point[0] is None else point[0]


def _dated(override: tuple[tuple[int | None, Value | None], ...]) -> Series:
    return tuple((year, value) for year, value in override if year is not None)
