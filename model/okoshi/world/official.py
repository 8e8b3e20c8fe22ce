"""Reading official tables: in any form they come in, by column name, with every fault found at once."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from statistics import median_low

import numpy as np

from okoshi.language.errors import nearest_name
from okoshi.language.messages import say
from okoshi.language.written import without_thousands
from okoshi.world.arrays import Floats
from okoshi.world.facts import prefecture_names
from okoshi.world.faults import Faults
from okoshi.world.reading import Lines, heading, read_lines
from okoshi.world.workbooks import without_end

Spellings = Mapping[str, Sequence[str]]  # of the names of columns: how other editions call them
_TITLE_ROWS = 20  # the row that names the columns is among so many
_MOST_SUBHEADINGS = 4
KINDS = ("市", "町", "村", "区")  # with one of which a municipality's name ends
_NIL = frozenset("-―‐−–—─ー")
# What official tables write where nothing is known, as `_plain` gives it.
_NOTHING = _NIL | {
    "",
    "..",
    "...",
    "・",
    "・・・",
    "*",
    "**",
    "***",
    "x",
    "χ",
    "n/a",
    "na",
    "#n/a",
    "nan",
    "null",
}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_LIKE_A_CODE = re.compile(r"[rR]?[0-9]*(\.0)?")


@dataclass(frozen=True)
class Sheet:
    """A table as text: names of its columns, rows with their numbers in the file (from 1), what stood above."""

    file: Path
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    above: list[list[str]] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)  # what the file itself calls its columns

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, without blanks around them."""
        index = self.header.index(name)
        return [row[index].strip() for row in self.rows]

    def heading(self, name: str) -> str:
        """Return what the file itself calls a column."""
        return self.called.get(name, name)

    def has(self, name: str) -> bool:
        """Return whether there is such a column."""
        return name in self.header

    def only(self, kept: Sequence[int]) -> Sheet:
        """Return the sheet with these rows alone."""
        return replace(self, rows=[self.rows[i] for i in kept], numbers=[self.numbers[i] for i in kept])


@dataclass(frozen=True)
class Allowed:
    """What the cells of a column may say."""

    low: float = 0.0
    high: float = 1e9
    nothing: bool = False  # one of the marks for what is not known: nan
    nil: bool = False  # a dash is none at all, as in the tables of the census: 0
    whole: bool = False


_ANYTHING = Allowed()
_BY_CHANCE = 3  # codes of five digits may look as if the last were a check digit: one in eleven does


@dataclass(frozen=True)
class _Found:
    """A row of a table that may be the one that names the columns."""

    lines: Lines
    at: int
    cells: list[str]
    header: list[str]
    count: int  # of the wanted names that are in it


def read_sheet(
    path: Path,
    wanted: Sequence[str],
    faults: Faults,
    more: Sequence[str] = (),
    spellings: Spellings | None = None,
    instead: Spellings | None = None,
) -> Sheet | None:
    """Return a table from the row that names its columns on; None where it cannot be read at all.

    That row is the first with over half of the names of `wanted`, or with the most, on the sheet where it has most of
    them; two sheets with all of them are a fault. What stands all together `instead` of a name counts as it. Names are
    found however wide or large they are written, also those of `more`. Empty rows, empty fields at the end of a row and
    remarks below the table are passed over; rows with more fields than that row and most others, or of a CSV file with
    fewer, are noted and left out.
    """
    names = {name: (name, *(spellings or {}).get(name, ())) for name in (*wanted, *more)}
    known = {spelling.casefold() for spelt in names.values() for spelling in spelt}
    tables = read_lines(path, known, faults)

    def count(header: Sequence[str]) -> int:
        others = [(instead or {}).get(name, (name,)) for name in wanted]
        return sum(
            name in header or all(other in header for other in group)
            for name, group in zip(wanted, others, strict=True)
        )

    candidates = [
        found for lines in tables if (found := _header(lines, names, count, len(wanted))) is not None
    ]
    if not candidates:
        if tables:
            faults.add(path, say("world.no_rows"))
        return None
    best = max(candidates, key=lambda found: found.count)
    whole = {found.lines.file: None for found in candidates if found.count == len(wanted)}
    if len(whole) > 1:
        shown = [str(file).removeprefix(str(path)).strip() for file in whole]
        faults.add(path, say("world.several_sheets"), value=", ".join(shown))
        return None
    return _below(best, faults)


def _header(
    lines: Lines, names: Mapping[str, Sequence[str]], count_of: Callable[[Sequence[str]], int], wanted: int
) -> _Found | None:
    """Return the row that names the columns; a heading in two rows has its upper part where no lower is."""
    best: _Found | None = None
    above: list[str] = []
    for at, (_, line) in enumerate(lines.lines[:_TITLE_ROWS]):
        joined = [cell if cell.strip() else upper for cell, upper in zip_longest(line, above, fillvalue="")]
        for cells in (line, joined):
            header = _named(cells, names)
            count = count_of(header)
            if best is None or count > best.count:
                best = _Found(lines, at, [heading(cell) for cell in cells], header, count)
        if best is not None and 2 * best.count > wanted:
            break
        above = line
    return best


def _named(cells: Sequence[str], names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return cells as names of columns: each as it is wanted, in whichever of its spellings it is there.

    What is spelt otherwise counts where it stands first: later on, official tables give shares of it by the same years.
    """
    header = [heading(cell) for cell in cells]
    plain = [name.casefold() for name in header]
    for name, spelt in names.items():
        places = [i for i, cell in enumerate(plain) if cell == name.casefold()]
        if not places:
            first = (plain.index(other.casefold()) for other in spelt if other.casefold() in plain)
            places = [*first][:1]
        for i in places:
            header[i] = name
    return header


def _below(found: _Found, faults: Faults) -> Sheet | None:
    """Return the rows below the names of the columns, without remarks at the end."""
    lines, file = found.lines.lines, found.lines.file
    header = without_end(found.header)
    body = [(number, line, without_end(line)) for number, line in _without_remarks(lines[found.at + 1 :])]
    usual = median_low([len(filled) for _, _, filled in body]) if body else 0
    if not found.lines.ragged:
        usual = min(usual, len(found.header))
    width, least = max(len(header), usual), 0 if found.lines.ragged else len(header)
    rows, numbers = [], []
    for number, line, filled in body:
        if len(filled) > width or len(line) < least:  # a cell too many moves all that lies behind it
            fields = max(len(filled), min(len(line), width))
            faults.add(file, say("world.field_count", found=fields, wanted=width), row=number)
            continue
        rows.append([*filled, *[""] * (width - len(filled))])
        numbers.append(number)
    if not rows and not faults.count:
        faults.add(file, say("world.no_rows"))
        return None
    above = [[*line, *[""] * (width - len(line))] for _, line in lines[: found.at]]
    return Sheet(file, header, rows, numbers, above, dict(zip(found.header, found.cells, strict=True)))


def _without_remarks(lines: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return lines without the last ones that hold one cell of words: sources and remarks (資料、注)."""
    kept = len(lines)
    while kept:
        said = [cell for cell in lines[kept - 1][1] if cell.strip()]
        if len(said) != 1 or _LIKE_A_CODE.fullmatch(_name(said[0])):
            break
        kept -= 1
    return lines[:kept]


def _name(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("\ufeff")


def _plain(cell: str) -> str:
    return _name(cell).casefold()


def municipalities_of(sheet: Sheet, code: str | None, labels: Container[str] = ()) -> Sheet:
    """Return the rows that are a municipality's, without headings in a second row, means and remarks below.

    A row at either end is none where it has no code and names none (labels apart) but has words.
    """
    place = -1 if code is None else sheet.header.index(code)
    first, last = 0, len(sheet.rows)
    while first < min(last, _MOST_SUBHEADINGS) and _is_nobody(sheet.rows[first], place, labels):
        first += 1
    while last > first and _is_nobody(sheet.rows[last - 1], place, labels):
        last -= 1
    return sheet.only(range(first, last))


def _is_nobody(row: Sequence[str], place: int, labels: Container[str]) -> bool:
    if place >= 0 and any(sign.isdigit() for sign in row[place]):
        return False
    prefectures = prefecture_names()
    short = {name[:-1] for name in prefectures}
    others = [cell.strip() for i, cell in enumerate(row) if i != place and cell.strip() not in labels]
    named = any(cell.endswith(KINDS) or cell in prefectures or cell in short for cell in others)
    return not named and any(re.search(r"[^\W\d]", cell) for cell in row)


def require(sheet: Sheet, names: Sequence[str], faults: Faults, allowed: str | None = None) -> bool:
    """Return whether all columns are there, each once; the others are noted."""
    missing = [name for name in names if not sheet.has(name)]
    if missing:
        near = nearest_name(missing[0], [name for name in sheet.header if name])
        faults.add(
            sheet.file, say("world.missing_column"), column=", ".join(missing), allowed=allowed, nearest=near
        )
    before = faults.count
    refuse_repeated(sheet, names, faults)
    return not missing and faults.count == before


def refuse_repeated(sheet: Sheet, names: Sequence[str], faults: Faults) -> None:
    """Note columns that are there more than once: nobody can say which is meant."""
    repeated = [name for name in names if sheet.header.count(name) > 1]
    if repeated:
        faults.add(sheet.file, say("world.repeated_column"), column=", ".join(repeated))


def numbers_of(sheet: Sheet, name: str, faults: Faults, may: Allowed = _ANYTHING) -> Floats:
    """Return a column as numbers; nan where nothing is said (if that may be) or a fault was noted."""
    values = np.full(len(sheet.rows), np.nan)
    allowed = say("world.allowed_number", low=f"{may.low:g}", high=f"{may.high:,.0f}")
    for i, cell in enumerate(sheet.column(name)):
        plain = _plain(cell)
        if may.nil and plain in _NIL:
            values[i] = 0
            continue
        if may.nothing and plain in _NOTHING:
            continue
        digits = without_thousands(plain)
        value = float(digits) if _NUMBER.fullmatch(digits) else math.nan
        if not math.isfinite(value):
            faults.add(
                sheet.file, say("world.not_a_number"), sheet.numbers[i], sheet.heading(name), cell, allowed
            )
        elif not may.low <= value <= may.high:
            faults.add(
                sheet.file, say("world.out_of_range"), sheet.numbers[i], sheet.heading(name), cell, allowed
            )
        elif may.whole and value != int(value):
            faults.add(
                sheet.file, say("world.not_whole"), sheet.numbers[i], sheet.heading(name), cell, allowed
            )
        else:
            values[i] = value
    return values


def codes_of(sheet: Sheet, name: str, faults: Faults) -> list[str | None]:
    """Return five-digit codes of a column; None where a fault was noted. A lost leading zero is put back.

    Where most codes have six digits, or nearly all end in their check digit, it is tested and dropped. A code that is
    there twice is a fault.
    """
    bare = [re.sub(r"\.0$", "", _plain(cell)).removeprefix("r") for cell in sheet.column(name)]
    digits = _digits(bare)
    allowed = say("world.allowed_code" if digits == 5 else "world.allowed_six")
    seen: dict[str, int] = {}
    codes: list[str | None] = []
    for whole, cell, number in zip(bare, sheet.column(name), sheet.numbers, strict=True):
        whole = whole.zfill(digits)
        code = whole[:5]
        found: str | None = None
        if not re.fullmatch(rf"[0-9]{{{digits}}}", whole) or not 1 <= int(code[:2]) <= 47:
            faults.add(sheet.file, say("world.bad_code"), number, sheet.heading(name), cell, allowed)
        elif digits == 6 and whole != (right := code + check_digit(code)):
            faults.add(
                sheet.file, say("world.bad_check_digit"), number, sheet.heading(name), cell, allowed, right
            )
        elif code in seen:
            faults.add(
                sheet.file, say("world.repeated_code", first=seen[code]), number, sheet.heading(name), cell
            )
        else:
            seen[code] = number
            found = code
        codes.append(found)
    return codes


def _digits(codes: Sequence[str]) -> int:
    """Return how many digits these codes have: six also where the zero of prefectures 01 to 09 is lost."""
    six = sum(len(code) == 6 for code in codes)
    if 2 * six >= max(len(codes), 1):
        return 6
    whole = [code.zfill(6) for code in codes if re.fullmatch("[0-9]{5,6}", code)]
    right = sum(code == code[:5] + check_digit(code[:5]) for code in whole)
    return 6 if 10 * right >= 9 * len(codes) and (six or right > _BY_CHANCE) else 5


def check_digit(code: str) -> str:
    """Return the check digit (検査数字) of five digits: they weigh 6, 5, 4, 3, 2; what is left of 11 to the next 11."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)
