"""Tables of official files: the row that names the columns found, on one sheet or on one for each prefecture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from statistics import median_low
from typing import SupportsIndex

from okoshi.language.messages import say
from okoshi.world.faults import Faults
from okoshi.world.reading import Lines, heading, read_lines
from okoshi.world.workbooks import without_end

Spellings = Mapping[str, Sequence[str]]  # of the names of columns: how other editions call them
_TITLE_ROWS = 20  # the row that names the columns is among so many
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
    files: list[Path] = field(default_factory=list)  # of each row, where they are of several sheets
    without: list[str] = field(default_factory=list)  # sheets of the file that have not these columns

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
        files = [self.files[i] for i in kept] if self.files else []
        rows, numbers = [self.rows[i] for i in kept], [self.numbers[i] for i in kept]
        return replace(self, rows=rows, numbers=numbers, files=files)

    def note(
        self,
        faults: Faults,
        i: SupportsIndex,
        text: str,
        column: str,
        value: object,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        """Note a fault in one column of row `i`."""
        file = self.files[i] if self.files else self.file
        faults.add(file, text, self.numbers[i], self.heading(column), value, allowed, nearest)


@dataclass(frozen=True)
class _Found:
    """A row of a table that may be the one that names the columns."""

    lines: Lines
    at: int
    cells: list[str]
    header: list[str]
    count: int  # of the wanted names that are in it


def read_sheet(path: Path, wanted: Sequence[str], faults: Faults, more: Sequence[str] = ()) -> Sheet | None:
    """Return the one table with these columns, as `read_sheets`; None where it cannot be read or there are two."""
    sheets = read_sheets(path, wanted, faults, more)
    if len(sheets) > 1:
        faults.add(path, say("world.one_sheet"), value=_titles(sheets, path))
    return sheets[0] if len(sheets) == 1 else None


def read_sheets(
    path: Path,
    wanted: Sequence[str],
    faults: Faults,
    more: Sequence[str] = (),
    spellings: Spellings | None = None,
    instead: Spellings | None = None,
) -> list[Sheet]:
    """Return a table from the row that names its columns on; empty where it cannot be read at all.

    That row is the first with over half of the names of `wanted`, or with the most, on the sheet where it has most of
    them; all sheets with all of them are returned. What stands all together `instead` of a name counts as it. Names are
    found however wide or large they are written, also those of `more`. Empty rows, empty fields at the end of a row,
    the same headings again and remarks below the table are passed over; rows with more fields than that row and most
    others, or of a CSV file with fewer, are noted and left out.
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
        return []
    best = max(candidates, key=lambda found: found.count)
    chosen = [found for found in candidates if found.count == len(wanted)] or [best]
    other = [lines for lines in tables if lines.lines and all(lines is not found.lines for found in chosen)]
    sheets = [sheet for found in chosen if (sheet := _below(found, faults)) is not None]
    return [replace(sheet, without=[_title(lines.file, path) for lines in other]) for sheet in sheets]


def _title(file: Path, path: Path) -> str:
    return str(file).removeprefix(str(path)).strip()


def _titles(sheets: Sequence[Sheet], path: Path) -> str:
    return ", ".join(_title(sheet.file, path) for sheet in sheets)


def alike(sheets: Sequence[Sheet], path: Path, faults: Faults) -> bool:
    """Return whether all sheets have the same headings; the first that has not is noted."""
    first = sheets[0]
    for sheet in sheets[1:]:
        if (sheet.header, sheet.called) != (first.header, first.called):
            text, shown = say("world.other_headings"), _titles([first, sheet], path)
            allowed = ", ".join(name for name in first.called.values() if name)
            faults.add(sheet.file, text, value=shown, allowed=allowed)
            return False
    return True


def joined(sheets: Sequence[Sheet], path: Path, keys: Sequence[str], faults: Faults) -> Sheet | None:
    """Return sheets as one, such as one for each prefecture; None where two have the same place by `keys`: noted."""
    seen: dict[tuple[str, ...], Sheet] = {}
    for sheet in sheets:
        for i, cells in enumerate(zip(*(sheet.column(name) for name in keys), strict=True)):
            place = tuple(plain_cell(cell).removesuffix(".0").lstrip("0") for cell in cells)
            if any(place) and (other := seen.setdefault(place, sheet)) is not sheet:
                sheet.note(faults, i, say("world.several_sheets"), keys[-1], _titles([other, sheet], path))
                return None
    return replace(
        sheets[0],
        file=path if len(sheets) > 1 else sheets[0].file,
        rows=[row for sheet in sheets for row in sheet.rows],
        numbers=[number for sheet in sheets for number in sheet.numbers],
        files=[sheet.file for sheet in sheets for _ in sheet.rows],
    )


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
        if [heading(cell) for cell in filled] == without_end(found.cells):
            continue  # on each page, or above each prefecture
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


def plain_cell(cell: str) -> str:
    """Return what a cell says without what differs between editions: width, case, blanks around it."""
    return _name(cell).casefold()
