"""What an experiment looks at: columns of the national table in a fiscal year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from okoshi.language.errors import nearest_name
from okoshi.language.messages import say
from okoshi.observe.declarations import TABLES
from okoshi.scenario.documents import Document, KeyPath, whole_number
from okoshi.study.factors import CALIBRATIONS, is_number, tables_of
from okoshi.study.words import declared_columns, meaning_of

TABLE = "national"  # a sweep keeps no other
NO_OUTCOMES = ("replicate", "fiscal_year")
KEYS = ("column", "year", "better", "target")
BETTER = ("more", "less")


@dataclass(frozen=True)
class OutcomeChoice:
    """One column of a table in one fiscal year: `national.members@2034`.

    `better` says whether more or less of it is wanted, `target` what is at least (or at most) wanted: for scenario
    discovery and regret.
    """

    table: str
    column: str
    year: int
    better: str = "more"
    target: float | None = None

    @property
    def label(self) -> str:
        """The name of the outcome in the results."""
        return f"{self.table}.{self.column}@{self.year}"

    @property
    def meaning(self) -> str:
        """What the column says, in the language in use."""
        return meaning_of(self.column, self.table)

    @property
    def is_share(self) -> bool:
        """Whether it is a share: of that no unit can be bought."""
        return self._is_in("share")

    @property
    def is_yen(self) -> bool:
        """Whether it is money itself."""
        return self._is_in("yen")

    def _is_in(self, unit: str) -> bool:
        column = declared_columns(self.table).get(self.column)
        return column is not None and column.unit.partition(" ")[0] == unit


def outcome_columns() -> list[str]:
    """Return the columns that may be an outcome: the numbers of the national table."""
    return [
        f"{TABLE}.{column.name}"
        for column in TABLES[TABLE]
        if column.name not in NO_OUTCOMES and column.dtype in ("int64", "float64")
    ]


def read_outcomes(document: Document, years: tuple[int, int]) -> list[OutcomeChoice]:
    """Return the `[[outcomes]]` of an experiment whose scenario writes these years; blame what is wrong."""
    found: list[OutcomeChoice] = []
    for path, entry in tables_of(document, "outcomes"):
        outcome = _read(document, path, entry, years)
        if outcome is None:
            continue
        if outcome.label in [other.label for other in found]:
            document.blame(path, say("faults.outcome_twice"), value=outcome.label)
        found.append(outcome)
    if document.data.get("outcomes", []) == [] and document.data.get("method") not in CALIBRATIONS:
        document.blame(("outcomes",), say("faults.missing_key"), allowed=say("allowed.outcome"))
    return found


def _read(
    document: Document, path: KeyPath, entry: Mapping[str, object], years: tuple[int, int]
) -> OutcomeChoice | None:
    for key in entry:
        if key not in KEYS:
            document.blame((*path, key), say("faults.unknown_key"), nearest=nearest_name(key, KEYS))
    column = _column(document, (*path, "column"), entry.get("column"))
    better = entry.get("better", "more")
    if better not in BETTER:
        allowed = " / ".join(f'"{choice}"' for choice in BETTER)
        document.blame((*path, "better"), say("faults.unknown_choice"), value=better, allowed=allowed)
    target = entry.get("target")
    if target is not None and not is_number(target):
        document.blame(
            (*path, "target"), say("faults.wrong_type"), value=target, allowed=say("allowed.number")
        )
        return None
    if "year" not in entry:
        document.blame((*path, "year"), say("faults.missing_key"), allowed=say("allowed.outcome_year"))
        return None
    year = whole_number(document, (*path, "year"), entry["year"], *years)
    if column is None or year is None:
        return None
    wanted = None if target is None else float(target)  # type: ignore[arg-type]  # a number by now
    return OutcomeChoice(TABLE, column, year, str(better), wanted)


def _column(document: Document, path: KeyPath, value: object) -> str | None:
    known = outcome_columns()
    if value is None:
        document.blame(path, say("faults.missing_key"), allowed=say("allowed.outcome"))
        return None
    if isinstance(value, str) and value in known:
        return value.partition(".")[2]
    near = nearest_name(value, known) if isinstance(value, str) else None
    what = say("faults.unknown_outcome")
    document.blame(path, what, value=value, allowed=say("allowed.outcome"), nearest=near)
    return None
