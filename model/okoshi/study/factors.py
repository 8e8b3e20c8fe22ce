"""What an experiment varies: a key of a scenario, between two numbers or over a list of values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from okoshi.language.errors import nearest_name
from okoshi.language.messages import say
from okoshi.parameters.catalogue import FIRST_DATE, LAST_DATE, catalogue
from okoshi.scenario.documents import Document, KeyPath
from okoshi.scenario.draft import READERS, STRUCTURE, Draft, read_entry

NUMBERS = ("yen", "count", "rate", "share", "number")  # kinds that can be swept between two ends
# Beside parameters: choices between rival forms, draws of behaviour, and how many countries side by side.
SETTINGS = {
    **{f"structure.{name}": "text" for name in STRUCTURE},
    "behaviour.parameters": "text",
    "world.scale": "count",
}
_DATES = frozenset(str(year) for year in range(FIRST_DATE, LAST_DATE + 1))  # so written, and in no other way
KEYS = ("parameter", "range", "values", "group")
CALIBRATIONS = ("history_matching", "abc")  # their factors may leave the range to the parameter: its prior


@dataclass(frozen=True)
class Factor:
    """One key that varies, `@YEAR` behind it where it changes from that year on: over a range, or over values.

    `kind` is the parameter's type; values stand as the file has them. Factors of a group move together.
    """

    parameter: str
    kind: str
    range: tuple[float, float] | None = None
    values: tuple[object, ...] = ()
    group: str | None = None

    @property
    def part(self) -> str:
        """What an index is about: the group, or the factor where it has none."""
        return self.group or self.parameter


def tables_of(document: Document, name: str) -> Iterator[tuple[KeyPath, Mapping[str, object]]]:
    """Yield each table of a list of tables with its place; blame what is no list of tables."""
    entries = document.data.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        document.blame((name,), say("faults.wrong_type"), value=entries, allowed=f"[[{name}]]")
        return
    for number, entry in enumerate(entries, start=1):
        yield (name, f"#{number}"), entry


def read_factors(document: Document) -> list[Factor]:
    """Return the `[[factors]]` of an experiment; blame what is wrong with them."""
    found: list[Factor] = []
    names: list[object] = []
    for path, entry in tables_of(document, "factors"):
        for key in entry:
            if key not in KEYS:
                document.blame((*path, key), say("faults.unknown_key"), nearest=nearest_name(key, KEYS))
        name = entry.get("parameter")
        if name in names and isinstance(name, str):
            document.blame((*path, "parameter"), say("faults.factor_twice"), value=name)
        names.append(name)
        factor = _read(document, path, entry)
        if factor is not None:
            found.append(factor)
    for path, group in groups_in(document):
        if group in names:
            document.blame(path, say("faults.group_is_factor"), value=group)
    return found


def groups_in(document: Document) -> list[tuple[KeyPath, object]]:
    """Return the place and name of each group that the factors of a file name."""
    entries = document.data.get("factors", [])
    tables = entries if isinstance(entries, list) else []
    return [
        (("factors", f"#{number}", "group"), entry["group"])
        for number, entry in enumerate(tables, start=1)
        if isinstance(entry, Mapping) and "group" in entry
    ]


def _read(document: Document, path: KeyPath, entry: Mapping[str, object]) -> Factor | None:
    name = entry.get("parameter")
    if not isinstance(name, str) or not name:
        what = "faults.missing_key" if name is None else "faults.wrong_type"
        document.blame((*path, "parameter"), say(what), value=name, allowed=say("allowed.factor"))
        return None
    kind = _kind_of(document, path, name, entry)
    group = entry.get("group")
    if group is not None and (not isinstance(group, str) or not group.strip()):
        document.blame((*path, "group"), say("faults.wrong_type"), value=group, allowed=say("allowed.text"))
        return None
    if kind is None:
        return None
    if "range" not in entry and "values" not in entry and document.data.get("method") in CALIBRATIONS:
        return _by_its_prior(document, path, name, kind)
    if ("range" in entry) == ("values" in entry):
        document.blame(path, say("faults.range_or_values"), allowed=say("allowed.range"))
        return None
    if "range" in entry:
        ends = _range(document, (*path, "range"), name, kind, entry["range"])
        return None if ends is None else Factor(name, kind, range=ends, group=group)
    values = _values(document, (*path, "values"), name, entry["values"])
    return None if values is None else Factor(name, kind, values=values, group=group)


def _by_its_prior(document: Document, path: KeyPath, name: str, kind: str) -> Factor | None:
    """Return a factor over its parameter's own range, or blame that it has none."""
    parameter = catalogue().get(name)
    if parameter is None or parameter.range is None or parameter.dated or kind not in NUMBERS:
        document.blame((*path, "parameter"), say("faults.no_prior"), value=name, allowed=say("allowed.range"))
        return None
    return Factor(name, kind, range=(float(parameter.range[0]), float(parameter.range[1])))


def _kind_of(document: Document, path: KeyPath, name: str, entry: Mapping[str, object]) -> str | None:
    """Return the type of what a factor varies, or blame its name or its date."""
    if name in SETTINGS:
        return SETTINGS[name]
    plain, dated, _ = name.partition("@")
    parameter = catalogue().get(plain)
    if parameter is not None and not (dated and (not parameter.dated or _date_is_wrong(name))):
        return parameter.type
    place, allowed = (*path, "parameter"), say("allowed.factor")
    if plain in SETTINGS:
        document.blame(place, say("faults.not_dated"), value=name, allowed=allowed, nearest=plain)
    elif plain in READERS:
        document.blame(place, say("faults.no_factor"), value=name, allowed=allowed)
    elif parameter is not None and parameter.dated:
        dates = say("allowed.dates", first=FIRST_DATE, last=LAST_DATE)
        document.blame(place, say("faults.impossible_date"), value=name, allowed=dates)
    else:
        first = next(iter(_listed(entry.get("range")) or _listed(entry.get("values"))), 0)
        for fault in _faults_of(name, first).faults[:1]:
            document.blame(place, fault.what, value=name, allowed=fault.allowed, nearest=fault.nearest)
    return None


def _date_is_wrong(name: str) -> bool:
    _, dated, year = name.partition("@")
    return bool(dated) and year not in _DATES


def _range(
    document: Document, path: KeyPath, name: str, kind: str, value: object
) -> tuple[float, float] | None:
    if kind not in NUMBERS:
        document.blame(path, say("faults.no_range"), value=value, allowed="values = [...]")
        return None
    ends = _listed(value)
    if len(ends) != 2 or not all(is_number(end) for end in ends):
        document.blame(path, say("faults.wrong_type"), value=value, allowed=say("allowed.range"))
        return None
    low, high = float(ends[0]), float(ends[1])  # type: ignore[arg-type]  # numbers by now
    if not low < high:
        document.blame(path, say("faults.range_upside_down"), value=value, allowed=say("allowed.range"))
        return None
    good = [_is_allowed(document, path, name, end) for end in ends]
    return (low, high) if all(good) else None


def _values(document: Document, path: KeyPath, name: str, value: object) -> tuple[object, ...] | None:
    values = _listed(value)
    if len(values) < 2 or any(one in values[:place] for place, one in enumerate(values)):
        document.blame(path, say("faults.too_few_values"), value=value, allowed=say("allowed.values"))
        return None
    good = [_is_allowed(document, path, name, one) for one in values]
    return tuple(values) if all(good) else None


def _is_allowed(document: Document, path: KeyPath, name: str, value: object) -> bool:
    """Return whether a scenario may set the key to this value; blame it otherwise."""
    found = _faults_of(name, value)
    for fault in found.faults:
        document.blame(path, fault.what, value=value, allowed=fault.allowed, nearest=fault.nearest)
    return not found.faults


def _faults_of(name: str, value: object) -> Document:
    """Return what a scenario would say to a key and a value."""
    asked = Document(None)
    read_entry(asked, Draft(), tuple(name.split(".")), value)
    return asked


def is_number(value: object) -> bool:
    """Return whether a value is a finite number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
