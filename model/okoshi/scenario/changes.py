"""What a scenario says about one parameter of the catalogue, checked."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterable, Mapping

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.language.errors import last_part, nearest_by_last, nearest_name
from okoshi.language.messages import say
from okoshi.parameters.catalogue import ABOLISHED, FIRST_DATE, LAST_DATE, Parameter, catalogue
from okoshi.parameters.kinds import DEFAULT_BOUNDS, Value, as_rate
from okoshi.scenario.documents import Document, KeyPath, written
from okoshi.scenario.settings import Change

ROOTS = ("policy", "context", "behaviour", "country")
MEASURES = ("local_10000", "cooperators", "dispatch", "university", "shopping", "digital")
_WRITTEN_YEAR = re.compile(r"[0-9]{4}")

# Old name -> new name. A renamed key goes on working, with a warning.
RENAMED: dict[str, str] = {}


class RenamedKey(UserWarning):
    """A scenario uses the old name of a key."""


def read_change(
    document: Document, path: KeyPath, value: object, *, whole: bool = False
) -> tuple[str, Change] | None:
    """Return (name, change) for the key at `path`, or None after blaming what is wrong with it.

    The last part may carry the fiscal year from which the value holds: `startup_per_member@2027`.
    """
    name, dated_from = _split_date(document, path)
    if name in RENAMED:
        warnings.warn(say("faults.renamed_key", old=name, new=RENAMED[name]), RenamedKey, stacklevel=2)
        name = RENAMED[name]
    parameter = catalogue().get(name)
    if parameter is None:
        _blame_unknown_parameter(document, path, name, value)
        return None
    table = value if isinstance(value, Mapping) else None
    if dated_from is not None:
        if dated_from < 0:
            return None
        if table is not None:
            document.blame(path, say("faults.dated_twice"), value=value, allowed=allowed(parameter))
            return None
        if not parameter.dated:
            document.blame(path, say("faults.not_dated"), value=value, allowed=allowed(parameter))
            return None
        found = _checked(document, path, parameter, value)
        return None if isinstance(found, _Bad) else (name, Change(dated=((dated_from, found),)))
    if table is None:
        found = _checked(document, path, parameter, value)
        return None if isinstance(found, _Bad) else (name, Change(everywhere=found, plain=True))
    if not parameter.dated:
        document.blame(path, say("faults.not_dated"), value=value, allowed=allowed(parameter))
        return None
    return _read_dated(document, path, parameter, table, whole)


def allowed(parameter: Parameter, value: object = None) -> str:
    """Return in words which values a parameter takes; the widest bounds only to a value that is outside them."""
    if parameter.choices:
        return " / ".join(f'"{choice}"' for choice in parameter.choices)
    text = say(f"allowed.{parameter.type}")
    low, high = parameter.bounds
    narrow = parameter.bounds != DEFAULT_BOUNDS[parameter.type]
    said = parameter.type in ("share", "rate", "rates")  # whose words name 0 and 1 already
    if math.isfinite(low + high) and (narrow or (not said and _outside(parameter, value))):
        text += say("allowed.between", low=written(low), high=written(high))
    return text + (say("allowed.or_open") if parameter.may_be_open else "")


class _Bad:
    """The mark of a value that was blamed (None is a good value: abolished)."""


_BAD = _Bad()


def _split_date(document: Document, path: KeyPath) -> tuple[str, int | None]:
    name, at, year = ".".join(path).partition("@")
    if not at:
        return name, None
    found = _date(year)
    if found is None:
        document.blame(path, say("faults.impossible_date"), value=year, allowed=_dates())
        return name, -1
    return name, found


def _read_dated(
    document: Document,
    path: KeyPath,
    parameter: Parameter,
    table: Mapping[object, object],
    whole: bool,
) -> tuple[str, Change] | None:
    points: dict[int, Value | None] = {}
    good = True
    for key, value in table.items():
        year = _date(key)
        if year is None:
            document.blame((*path, str(key)), say("faults.impossible_date"), value=key, allowed=_dates())
            good = False
            continue
        found = _checked(document, (*path, str(key)), parameter, value)
        if isinstance(found, _Bad):
            good = False
        else:
            points[year] = found
    if not table:
        document.blame(path, say("faults.wrong_type"), value=table, allowed=allowed(parameter))
        return None
    if whole and good and _never_ends(parameter) and min(points) > FIRST_FISCAL_YEAR:
        what = say("faults.begins_late", first=FIRST_FISCAL_YEAR)
        document.blame(path, what, value=table, allowed=allowed(parameter))
        return None
    return (parameter.name, Change(dated=tuple(sorted(points.items())), whole=whole)) if good else None


def _checked(document: Document, path: KeyPath, parameter: Parameter, value: object) -> Value | _Bad | None:
    """Return a value as the catalogue stores it, None where the rule is abolished, or blame it."""
    if value == ABOLISHED and parameter.dated and not _never_ends(parameter):
        return None
    try:
        return parameter.check(value)
    except ValueError:
        what = _fault_of(parameter, value)
    near = nearest_name(value, parameter.choices) if parameter.choices and isinstance(value, str) else None
    document.blame(path, what, value=value, allowed=allowed(parameter, value), nearest=near)
    return _BAD


def _never_ends(parameter: Parameter) -> bool:
    """Return whether a run needs the number in every year: a rule may be abolished, prices and wages may not."""
    return parameter.name.startswith("context.") and parameter.in_year(FIRST_FISCAL_YEAR) is not None


def _outside(parameter: Parameter, value: object) -> bool:
    low, high = parameter.bounds
    if parameter.type == "switch":  # 5 is not true or false at all, so no range is told
        return False
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and not low <= value <= high  # type: ignore[operator]  # a number by now


def _fault_of(parameter: Parameter, value: object) -> str:
    """Return what is wrong with a refused value, the common mistakes in their own words."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if parameter.type == "rate" and isinstance(value, str):  # "3/2"
        number = _written_rate(value)
    if isinstance(number, float) and not math.isfinite(number):  # a whole number may be too long for a float
        return say("faults.no_number")
    if parameter.type == "pair" and isinstance(value, list | tuple) and len(value) == 2:
        low, high = value
        if all(type(part) is int for part in value):
            over = low > high
            return say("faults.minimum_over_maximum" if over else "faults.out_of_range")
    if number is None or parameter.type == "switch":
        return say("faults.unknown_choice" if parameter.choices else "faults.wrong_type")
    if parameter.type == "yen" and number < 0:
        return say("faults.negative_yen")
    if parameter.type in ("share", "rate") and number > 1:
        return say("faults.share_over_1")
    if _outside(parameter, value):
        return say("faults.out_of_range")
    return say("faults.bad_value")


def _written_rate(text: str) -> float | None:
    try:
        return float(as_rate(text, (0, math.inf)))
    except ValueError:
        return None


def _blame_unknown_parameter(document: Document, path: KeyPath, name: str, value: object) -> None:
    known = catalogue()
    measures = {other.split(".")[1] for other in known if other.startswith("policy.")}
    if path[0] == "policy" and len(path) > 1 and path[1] not in measures:
        near = nearest_name(path[1], sorted(measures))
        names = ", ".join(MEASURES)
        document.blame(path, say("faults.unknown_measure"), value=value, allowed=names, nearest=near)
        return
    inside = [other for other in known if other.startswith(f"{name}.")]
    if inside:
        document.blame(path, say("faults.is_a_group"), value=value, nearest=inside[0])
        return
    homes = [other for other in known if last_part(other) == last_part(name)]
    siblings = [other for other in known if other.startswith(name.rsplit(".", 1)[0] + ".")]
    of_measure = [other for other in known if other.split(".")[:2] == name.split(".")[:2]]
    own = [home for home in homes if home in of_measure]
    near = None if own else nearest_by_last(name, siblings) or nearest_by_last(name, of_measure)
    if homes and near is None:  # the same word elsewhere, in the same measure first
        document.blame(path, say("faults.misplaced_key"), nearest=(own or homes)[0])
        return
    near = near or _most_words_shared(name, of_measure)
    if of_measure and near is None:
        group = ".".join(name.split(".")[:2])
        document.blame(path, say("faults.unknown_key"), allowed=say("allowed.keys_of", group=group))
        return
    document.blame(path, say("faults.unknown_key"), nearest=near or nearest_name(name, known))


def _most_words_shared(name: str, names: Iterable[str]) -> str | None:
    """Return the name in which most words of the last part of `name` stand; None where no word does."""
    wanted = _words(last_part(name))
    shared = {other: len(wanted & _words(other.split(".", 2)[-1])) for other in names}
    best = max(shared, key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] else None


def _words(name: str) -> set[str]:
    return {word.rstrip("s") for word in re.split(r"[._]", name)}


def _date(key: object) -> int | None:
    """Return a year as it is written; "+2027", "20_27" or full-width digits would be a year given twice unseen."""
    text = str(key)
    year = int(text) if _WRITTEN_YEAR.fullmatch(text) else 0
    return year if FIRST_DATE <= year <= LAST_DATE else None


def _dates() -> str:
    return say("allowed.dates", first=FIRST_DATE, last=LAST_DATE)
