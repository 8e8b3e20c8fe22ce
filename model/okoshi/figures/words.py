"""The words and numbers on axes and in alternative texts: names, units, figures as people read them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from okoshi.language.declared import key_of, unit_in_words
from okoshi.language.errors import InputError
from okoshi.language.messages import knows, language, say
from okoshi.scenario.prefectures import PREFECTURES
from okoshi.study.words import declared_columns, digits_beyond_zero, meaning_of

if TYPE_CHECKING:
    import pandas as pd

WITHOUT_UNIT = ("", "name", "reason")
HUNDRED_MILLION, BILLION, MILLION = 1e8, 1e9, 1e6
MOST_DIGITS = 4
NOTHING = re.compile(r"^[+-](0(?:\.0+)?%?)$")  # what rounds to nought has no sign


# Things that are counted: an axis of them goes in whole steps.
COUNTED = frozenset(
    {
        *(
            "companies",
            "days",
            "districts",
            "enterprises",
            "firms",
            "municipalities",
            "months",
            "persons",
            "posts",
        ),
        *(
            "prefectures",
            "programmes",
            "projects",
            "services",
            "sites",
            "stores",
            "students",
            "times",
            "vans",
        ),
        *("visits", "years"),
    }
)


class ColumnsMissingError(InputError):
    """A picture cannot be drawn from this table: columns are not there, or the table is empty."""


def need(name: str, table: pd.DataFrame, wanted: Sequence[str]) -> None:
    """Raise ColumnsMissingError, naming table and columns, unless all wanted columns and some rows are there."""
    need_each(name, table.columns, wanted)
    if table.empty:
        raise ColumnsMissingError(say("pictures.no_rows", table=name))


def need_each(name: str, there: Collection[str], wanted: Sequence[str]) -> None:
    """Raise ColumnsMissingError, naming the table and what it lacks, unless all that is wanted is there."""
    missing = [one for one in wanted if one not in there]
    if missing:
        raise ColumnsMissingError(say("pictures.columns_missing", table=name, columns=", ".join(missing)))


def title_of(column: str, table: str = "national") -> str:
    """Return what people call a column: its short name, else its meaning, else the column's own name."""
    for key in (f"pictures.column_{column}", f"series.{column}"):
        if knows(key):
            name = say(key)
            return name[0].upper() + name[1:]
    return meaning_of(column, table)


def unit_of(column: str, table: str = "national") -> str:
    """Return the unit of a column as declared, in English; `share` for what is not declared and ends so."""
    found = declared_columns(table).get(column)
    if found is not None:
        return found.unit
    return "share" if "share" in column else ""


def unit_of_outcome(outcome: str) -> str:
    """Return the unit of an outcome such as `national.settled@2034`, as `unit_of` gives it."""
    table, _, rest = outcome.partition(".")
    return unit_of(rest.partition("@")[0], table)


def outcome_in_words(outcome: str) -> str:
    """Return `national.settled@2034` in words; what is no outcome as it is."""
    table, _, rest = outcome.partition(".")
    column, _, year = rest.partition("@")
    if not column or " " in outcome:
        return outcome
    words = title_of(column, table)
    return say("analyse.picture_outcome", outcome=words, year=year) if year else words


def outcome_with_unit(outcome: str) -> str:
    """Return `national.settled@2034` in words, with its unit where a number of it does not say it itself."""
    unit, words = unit_of_outcome(outcome), outcome_in_words(outcome)
    if unit in ("", "share") or unit.startswith("yen"):
        return words
    return say("split.with_unit", outcome=words, unit=unit_text(unit))


def unit_text(unit: str) -> str:
    """Return a unit in the language in use."""
    if unit.startswith("yen"):
        return say("pictures.unit_yen")
    key = f"pictures.unit_{key_of(unit)}"
    return say(key) if knows(key) else unit_in_words(unit)


def column_in_words(column: str, table: str = "national") -> tuple[str, str]:
    """Return what people call a column, and its unit, in the language in use; no unit of what has none."""
    unit = unit_of(column, table)
    return title_of(column, table), "" if unit in WITHOUT_UNIT else unit_text(unit)


def is_counted(unit: str) -> bool:
    """Return whether a unit is of things that are counted one by one."""
    return unit in COUNTED


def figure_text(value: float, unit: str = "", *, signed: bool = False) -> str:
    """Return a number as people read it: shares as per cent, yen in millions or billions (億円), thousands apart."""
    sign = "+" if signed else ""
    if value != value:
        return "–"
    if unit == "share":
        return without_sign_of_nought(f"{value * 100:{sign}.1f}%")
    if unit.startswith("yen"):
        return yen_text(value, sign)
    return scaled_text(value, sign)


def yen_text(value: float, sign: str = "") -> str:
    """Return yen as people read them: 億円 and 万円, or billions and millions."""
    scale, word = yen_scale(abs(value))
    return f"{scaled_text(value / scale, sign)}{word}"


def yen_scale(largest: float) -> tuple[float, str]:
    """Return by what yen of this size are divided, and what they are called then."""
    japanese = language() == "ja"
    steps = ((1e8, "億円"), (1e4, "万円")) if japanese else ((1e9, " billion yen"), (1e6, " million yen"))
    for scale, word in steps:
        if largest >= scale:
            return scale, word
    return 1.0, "円" if japanese else " yen"


def scaled_text(value: float, sign: str = "") -> str:
    """Return a number with as many decimals as its size deserves."""
    digits = 0 if abs(value) >= 100 or value == round(value) else 1 if abs(value) >= 10 else 2
    return without_sign_of_nought(f"{value:{sign},.{digits}f}")


def texts_alike(numbers: Sequence[float], sign: str = "") -> list[str]:
    """Return numbers that stand together with as many decimals as the largest deserves, none where all are whole.

    Where all lie on one side of zero, none of them looks as if it reached it.
    """
    largest = max((abs(number) for number in numbers), default=0.0)
    whole = all(number == round(number) for number in numbers)
    digits = 0 if whole or largest >= 100 else 1 if largest >= 10 else 2
    needed = digits_beyond_zero(numbers)
    digits = max(digits, needed if needed <= MOST_DIGITS else 0)
    return [without_sign_of_nought(f"{number:{sign},.{digits}f}") for number in numbers]


def without_sign_of_nought(text: str) -> str:
    """Return a number as it is written, without a sign where all that is written is nought."""
    return NOTHING.sub(r"\1", text)


def axis_scale(unit: str, largest: float) -> tuple[float, str]:
    """Return by what the values of an axis are multiplied, and what the axis is called."""
    if unit == "share":
        return 100.0, say("pictures.unit_share")
    if not unit.startswith("yen"):
        return 1.0, unit_text(unit)
    if language() == "ja":
        return (1 / HUNDRED_MILLION, "億円") if largest >= HUNDRED_MILLION else (1e-4, "万円")
    return (1 / BILLION, "billion yen") if largest >= BILLION else (1 / MILLION, "million yen")


def short_prefecture(name: str) -> str:
    """Return 島根 for 島根県, in English Shimane; what is no prefecture stays as it is."""
    if name not in PREFECTURES:
        return name
    if language() == "en":
        return PREFECTURES[name]
    return name if name == "北海道" else name[:-1]


def listed(parts: Sequence[str]) -> str:
    """Return a list in words."""
    return say("pictures.comma").join(parts)
