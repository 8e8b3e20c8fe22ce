"""The list of all parameters as people read it: one row each, with the value of one fiscal year."""

from __future__ import annotations

from dataclasses import dataclass

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.parameters.catalogue import FIRST_DATE, LAST_DATE, Parameter, catalogue
from okoshi.parameters.kinds import write

DEFAULT_YEAR = 2024


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One line of `okoshi parameters`; the field names are the columns.

    `value` is written as one would type it, empty where the rule does not exist; `low` and `high` are the
    range to sweep, None where there is none to state.
    """

    name: str
    value: str
    unit: str
    year: int
    source: str
    assumed: bool
    low: float | None
    high: float | None
    description: str


def parameters_table(word: str | None = None, year: int | None = None) -> list[ParameterRow]:
    """Return the parameters with `word` in their name or description, in the year (FY2024 without).

    Raises InputError for a word that nothing has, or a year outside FY2000-FY2100.
    """
    fiscal_year = DEFAULT_YEAR if year is None else year
    if not FIRST_DATE <= fiscal_year <= LAST_DATE:
        allowed = say("allowed.dates", first=FIRST_DATE, last=LAST_DATE)
        raise InputError(Fault(say("faults.out_of_range"), key="year", value=str(year), allowed=allowed))
    found = [_row(item, fiscal_year) for item in catalogue().values() if word is None or _has(item, word)]
    if not found:
        near = nearest_name(word or "", catalogue())
        raise InputError(Fault(say("parameters.no_such_word"), value=word, nearest=near))
    return found


def _has(parameter: Parameter, word: str) -> bool:
    texts = (parameter.name, parameter.description, parameter.description_ja)
    return any(word.casefold() in text.casefold() for text in texts)


def _row(parameter: Parameter, fiscal_year: int) -> ParameterRow:
    entry = parameter.entry_in_year(fiscal_year)
    low, high = parameter.range or (None, None)
    return ParameterRow(
        name=parameter.name,
        value=write(entry.value) if entry else "",
        unit=parameter.unit,
        year=fiscal_year,
        source=entry.source if entry else "",
        assumed=entry.assumed if entry else False,
        low=low,
        high=high,
        description=parameter.shown_description,
    )
