"""Read every parameter there is into frozen objects: `catalogue()["policy.cooperators.startup_per_member"]`.

A parameter is a TOML table with a `description`; a table without one is a level of the name. In a file,
`source` and `assumed` may stand once for all years of a parameter, and a `[sources]` table at the top may
give long sources a short name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import in_language
from okoshi.parameters.kinds import DEFAULT_BOUNDS, KINDS, OPEN, Bounds, Value, allowed

ABOLISHED = "abolished"
FIRST_DATE, LAST_DATE = 2000, 2100
SCHEMA = 1
_TEXTS = ("description", "description_ja", "unit", "type")
_KEYS = frozenset(
    {*_TEXTS, "bounds", "range", "open", "choices", "values", "value", "distribution", "source", "assumed"}
)
_DISTRIBUTIONS = frozenset({"uniform", "normal", "lognormal", "triangular"})
# What cannot be swept between two numbers needs no range where it is assumed.
_WITHOUT_RANGE = frozenset({"switch", "text", "steps", "pair", "rates"})


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value from a fiscal year on; None ends the rule. `fiscal_year` is None for an undated parameter."""

    fiscal_year: int | None
    value: Value | None
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number, switch, text or ladder with its unit, dates, sources and range."""

    name: str
    description: str
    description_ja: str
    unit: str
    type: str
    bounds: Bounds
    range: tuple[float, float] | None
    distribution: str | None
    choices: tuple[str, ...]
    dated: bool
    values: tuple[DatedValue, ...]
    may_be_open: bool = False

    @property
    def shown_description(self) -> str:
        """The description in the language in use."""
        return in_language(self.description, self.description_ja)

    def entry_in_year(self, fiscal_year: int | None) -> DatedValue | None:
        """Return the entry in force, or None before the first one. An undated parameter has but one.

        A dated parameter needs the year: ValueError without.
        """
        if not self.dated:
            return self.values[0]
        if fiscal_year is None:
            raise ValueError(f"{self.name} is dated: say which fiscal year")
        for entry in reversed(self.values):
            if entry.fiscal_year is not None and entry.fiscal_year <= fiscal_year:
                return entry
        return None

    def in_year(self, fiscal_year: int | None = None) -> Value | None:
        """Return the value in force, or None where the rule did not exist yet or does no more."""
        entry = self.entry_in_year(fiscal_year)
        return entry.value if entry else None

    def allowed(self) -> str:
        """Say in plain words what a value may be."""
        return allowed(self.type, self.bounds, self.choices, self.may_be_open)

    def check(self, value: object) -> Value:
        """Return `value` as it is stored (Fraction for a rate, int for yen), or raise ValueError."""
        if self.may_be_open and value == OPEN:
            return OPEN
        try:
            checked = KINDS[self.type](value, self.bounds)
        except ValueError:
            raise ValueError(self.allowed()) from None
        if self.choices and checked not in self.choices:
            raise ValueError(self.allowed())
        return checked


class Catalogue(Mapping[str, Parameter]):
    """All parameters by name, in the order of the files. It also answers `.value(name, fiscal_year)`."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        self._parameters = dict(parameters)

    def __getitem__(self, name: str) -> Parameter:
        """Return the parameter; KeyError where there is none."""
        return self._parameters[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._parameters)

    def __len__(self) -> int:
        """Return how many parameters there are."""
        return len(self._parameters)

    def value(self, name: str, fiscal_year: int | None = None) -> Value | None:
        """Return the value in force in that fiscal year; None where the rule does not exist."""
        return self._parameters[name].in_year(fiscal_year)


@cache
def catalogue() -> Catalogue:
    """Return every parameter of the package. Raises InputError for a file that is not in order."""
    return read_catalogue(resources.files("okoshi.parameters"))


def read_catalogue(folder: Traversable) -> Catalogue:
    """Read `policy/`, `context/`, `behaviour/` and `country/` below a folder; all faults at once."""
    parameters: dict[str, Parameter] = {}
    faults: list[Fault] = []
    for room in ("policy", "context", "behaviour", "country"):
        place = folder.joinpath(room)
        if not place.is_dir():
            continue
        for file in sorted(place.iterdir(), key=lambda item: item.name):
            if file.name.endswith(".toml"):
                _read_file(room, file, parameters, faults)
    if faults:
        raise InputError(faults)
    return Catalogue(parameters)


def _read_file(room: str, file: Traversable, parameters: dict[str, Parameter], faults: list[Fault]) -> None:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(f"not a TOML file: {error}", file=str(file)))
        return
    # Beside its parameters the country keeps tables of facts, which are the world's to read.
    if table.pop("parameters", room != "country") is not True:
        return
    if table.pop("schema", None) != SCHEMA:
        faults.append(Fault("wrong schema", file=str(file), key="schema", allowed=str(SCHEMA)))
        return
    sources = table.pop("sources", {})
    stem = file.name.removesuffix(".toml")
    prefix = "context" if (room, stem) == ("context", "context") else f"{room}.{stem}"
    for name, entry in _entries(prefix, table):
        try:
            parameters[name] = _parameter(name, entry, sources)
        except ValueError as error:
            faults.append(Fault(str(error), file=str(file), key=name))


def _entries(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, entry in table.items():
        name = f"{prefix}.{key}"
        if not isinstance(entry, dict):
            yield name, {}
        elif "description" in entry:
            yield name, entry
        else:
            yield from _entries(name, entry)


def _parameter(name: str, entry: Mapping[str, Any], sources: Mapping[str, str]) -> Parameter:
    for key in entry:
        if key not in _KEYS:
            near = nearest_name(key, _KEYS)
            raise ValueError(f"unknown key {key}" + (f"; did you mean {near}?" if near else ""))
    for key in _TEXTS:
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise ValueError(f"{key} is missing")
    kind = entry["type"]
    if kind not in KINDS:
        raise ValueError(f"unknown type {kind}; known are {', '.join(KINDS)}")
    if ("value" in entry) == ("values" in entry):
        raise ValueError("either `value` or dated `values` is needed")
    if entry.get("distribution", "uniform") not in _DISTRIBUTIONS:
        raise ValueError(f"unknown distribution {entry['distribution']}")
    span = entry.get("range")
    blank = Parameter(
        name=name,
        description=entry["description"],
        description_ja=entry["description_ja"],
        unit=entry["unit"],
        type=kind,
        bounds=_span(entry.get("bounds", DEFAULT_BOUNDS[kind])),
        range=None if span is None else _span(span),
        distribution=entry.get("distribution"),
        choices=tuple(entry.get("choices", ())),
        dated="values" in entry,
        values=(),
        may_be_open=entry.get("open", False) is True,
    )
    return _with_values(blank, entry, sources)


def _span(pair: Any) -> tuple[float, float]:
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not pair[0] <= pair[1]:
        raise ValueError("a range or bounds are [low, high]")
    return pair[0], pair[1]


def _with_values(blank: Parameter, entry: Mapping[str, Any], sources: Mapping[str, str]) -> Parameter:
    stated = entry["values"] if blank.dated else {"": entry["value"]}
    values = []
    for date, raw in stated.items():
        parts = raw if isinstance(raw, dict) else {"value": raw}
        if not parts.keys() <= {"value", "source", "assumed"} or "value" not in parts:
            raise ValueError(f"{date}: a dated value has value, source and assumed only")
        year = _year(date) if blank.dated else None
        source = parts.get("source", entry.get("source", ""))
        short, colon, rest = source.partition(":")  # "slides: page 3" or only "slides"
        source = sources.get(short, short) + colon + rest
        assumed = parts.get("assumed", entry.get("assumed", False)) is True
        if not source and not assumed:
            raise ValueError(f"{date or 'value'} has neither a source nor assumed = true")
        ends = parts["value"] == ABOLISHED and blank.dated
        values.append(DatedValue(year, None if ends else blank.check(parts["value"]), source, assumed))
        if assumed and blank.range is None and blank.type not in _WITHOUT_RANGE:
            raise ValueError("what is assumed needs a range")
    if not values:
        raise ValueError("no value at all")
    values.sort(key=lambda item: item.fiscal_year or 0)
    return Parameter(
        **{field: getattr(blank, field) for field in blank.__slots__} | {"values": tuple(values)}
    )


def _year(date: str) -> int:
    if not date.isdecimal() or not FIRST_DATE <= int(date) <= LAST_DATE:
        raise ValueError(f"{date} is no fiscal year from {FIRST_DATE} to {LAST_DATE}")
    return int(date)
