"""Read what somebody asks the calculator: names and numbers checked, all faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.language.written import is_number, without_thousands
from okoshi.parameters.catalogue import FIRST_DATE, LAST_DATE
from okoshi.policy.supplement import MEASURES

HIGHEST_YEN, HIGHEST_COUNT = 10**15, 10**6


@dataclass(frozen=True, slots=True)
class Argument:
    """What may be said about one argument: yen, a count, or one of some words."""

    counts: bool = False
    choices: tuple[str, ...] = ()
    default: str | None = None
    needed: bool = False
    kind: str | None = None

    def allowed(self) -> str:
        """Say what a value may be."""
        if self.choices:
            return ", ".join(self.choices)
        if self.counts:
            return say("quote.whole_number", high=HIGHEST_COUNT)
        return say("quote.whole_yen", high=HIGHEST_YEN)


@dataclass(frozen=True, slots=True)
class Answers:
    """The arguments of a question: whole numbers (0 where left out), words, and which were given."""

    numbers: Mapping[str, int]
    words: Mapping[str, str]
    given: frozenset[str]


_YEN, _COUNT = Argument(), Argument(counts=True)

ARGUMENTS: dict[str, dict[str, Argument]] = {
    "local_10000": {
        "investment": Argument(needed=True),
        "loan": Argument(needed=True),
        "place": Argument(choices=("basic", "weak", "weakest"), default="basic"),
        "theme": Argument(choices=("none", "digital", "decarbonising", "women_youth"), default="none"),
    },
    "cooperators": {
        "members": _COUNT,
        "remuneration": _YEN,
        "other_activity": _YEN,
        "recruitment": _YEN,
        "trial": _YEN,
        "internship": _YEN,
        "internship_activity": _YEN,
        "internship_person_days": _COUNT,
        "daily_support": _YEN,
        "startups": _COUNT,
        "startup": _YEN,
        "renovation": _YEN,
        "foreign_recruitment": _YEN,
        "foreign_support": _YEN,
    },
    "dispatch": {
        "kind": Argument(choices=("dispatched", "side_job"), needed=True),
        "persons": _COUNT,
        "before": _YEN,
        "during": Argument(kind="dispatched"),
        "remuneration": Argument(kind="side_job"),
        "travel": Argument(kind="side_job"),
        "proposed": _YEN,
    },
    "university": {"sites": _COUNT, "cost": _YEN},
    "shopping": {},
    "digital": {},
}


def read_question(measure: str, fiscal_year: int, arguments: Mapping[str, str | int]) -> Answers:
    """Return the arguments as numbers and words; InputError with everything that is wrong with them."""
    faults: list[Fault] = []
    if not FIRST_DATE <= fiscal_year <= LAST_DATE:
        dates = say("allowed.dates", first=FIRST_DATE, last=LAST_DATE)
        faults.append(
            Fault(say("quote.year_out_of_range"), key="year", value=str(fiscal_year), allowed=dates)
        )
    if measure not in ARGUMENTS:
        near = nearest_name(measure, MEASURES)
        faults.append(
            Fault(say("faults.unknown_measure"), value=measure, allowed=", ".join(MEASURES), nearest=near)
        )
        raise InputError(faults)
    known = ARGUMENTS[measure]
    numbers = {name: 0 for name, argument in known.items() if not argument.choices}
    words = {name: argument.default or "" for name, argument in known.items() if argument.choices}
    for name, value in arguments.items():
        _read(measure, name, value, numbers, words, faults)
    faults += [
        Fault(say("quote.missing_argument"), key=name, allowed=argument.allowed())
        for name, argument in known.items()
        if argument.needed and name not in arguments
    ]
    faults += _of_another_kind(known, words.get("kind", ""), arguments)
    if faults:
        raise InputError(faults)
    return Answers(numbers, words, frozenset(arguments))


def _read(
    measure: str,
    name: str,
    value: str | int,
    numbers: dict[str, int],
    words: dict[str, str],
    faults: list[Fault],
) -> None:
    argument = ARGUMENTS[measure].get(name)
    if argument is None:
        names = list(ARGUMENTS[measure])
        what = say("quote.unknown_argument", measure=measure)
        near = nearest_name(name, names)
        faults.append(Fault(what, key=name, value=str(value), allowed=", ".join(names) or None, nearest=near))
        return
    text = str(value).strip()
    if argument.choices:
        words[name] = text
        if text not in argument.choices:
            near = nearest_name(text, argument.choices)
            what = say("faults.unknown_choice")
            faults.append(Fault(what, key=name, value=text, allowed=argument.allowed(), nearest=near))
        return
    try:
        numbers[name] = int(without_thousands(text))
    except ValueError:
        what = say("faults.wrong_type" if is_number(text) else "faults.no_number")
        faults.append(Fault(what, key=name, value=text, allowed=argument.allowed()))
        return
    if numbers[name] < 0 and not argument.counts:
        faults.append(Fault(say("faults.negative_yen"), key=name, value=text, allowed=argument.allowed()))
    elif not 0 <= numbers[name] <= (HIGHEST_COUNT if argument.counts else HIGHEST_YEN):
        faults.append(Fault(say("faults.out_of_range"), key=name, value=text, allowed=argument.allowed()))


def _of_another_kind(
    known: Mapping[str, Argument], kind: str, arguments: Mapping[str, str | int]
) -> list[Fault]:
    if kind not in known.get("kind", Argument()).choices:
        return []
    usable = ", ".join(name for name, argument in known.items() if argument.kind in (None, kind))
    return [
        Fault(say("quote.wrong_kind", kind=kind), key=name, value=str(arguments[name]), allowed=usable)
        for name, argument in known.items()
        if name in arguments and argument.kind not in (None, kind)
    ]
