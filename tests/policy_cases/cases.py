"""Read the tables beside this file: cases of the law that a policy expert can read and correct.

One line a case: the fiscal year, the question as one would put it to `okoshi quote`, what comes out, and
which rule it shows. Money is in 10,000 yen (万円), as the ministry's notices give it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Case(NamedTuple):
    """One line of a table; `amounts` are in yen, None where the rule did not exist."""

    fiscal_year: int
    arguments: dict[str, str | int]
    amounts: dict[str, int | None]
    shows: str

    def __str__(self) -> str:
        return f"FY{self.fiscal_year} {self.shows}"


def read_table(name: str, not_money: frozenset[str] = frozenset()) -> list[Case]:
    """Read `NAME.txt`; arguments named in `not_money` are counts or words."""
    text = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    cases = []
    for line in lines[1:]:  # the first has the headings
        year, arguments, amounts, shows = (cell.strip() for cell in line.split("|"))
        cases.append(Case(int(year), _arguments(arguments, not_money), _amounts(amounts), shows))
    return cases


def _yen(text: str) -> int:
    whole = round(float(text) * 10_000)
    assert abs(whole - float(text) * 10_000) < 1e-6, text
    return whole


def _arguments(text: str, not_money: frozenset[str]) -> dict[str, str | int]:
    pairs = (part.split("=") for part in text.split())
    return {name: value if name in not_money else _yen(value) for name, value in pairs}


def _amounts(text: str) -> dict[str, int | None]:
    pairs = (part.split("=") for part in text.split())
    return {name: None if value == "-" else _yen(value) for name, value in pairs}
