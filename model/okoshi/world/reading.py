"""Reading files of any form into lines of text: CSV in any usual encoding and separator, and workbooks."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from okoshi.language.messages import say
from okoshi.world.faults import Faults
from okoshi.world.workbooks import ARCHIVE, OLD_OFFICE, NoWorkbookError, visible_sheets

MOST_BYTES = 50_000_000  # an official table has one million
SEPARATORS = (",", "\t", ";")
_HEAD = 20_000  # signs among which the names of the columns are
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Lines:
    """The lines of one table that say anything, with their numbers in it (from 1)."""

    file: Path  # with the sheet's name behind it where the file has several
    lines: list[tuple[int, list[str]]]
    ragged: bool  # a workbook ends each row where its last cell is: no row of it is too short


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_lines(path: Path, names: Container[str], faults: Faults) -> list[Lines]:
    """Return the tables of a file: the visible sheets of a workbook, or a CSV file.

    Which sign separates its fields, the names of columns tell. Empty where it cannot be read, with the fault noted.
    """
    content = _read_bytes(path, faults)
    if content is None:
        return []
    if content.startswith((ARCHIVE, OLD_OFFICE)):
        return _workbook(path, content, faults)
    text = _decode(path, content, faults)
    return [] if text is None else _separated(path, text, names, faults)


def _read_bytes(path: Path, faults: Faults) -> bytes | None:
    """Return what is in a file; None, with the fault noted, where that cannot be."""
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or device may never end
            faults.add(path, say("world.no_plain_file"))
            return None
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        faults.add(path, say("world.no_file"))
    except IsADirectoryError:
        faults.add(path, say("world.is_folder"))
    except (OSError, ValueError) as error:
        faults.add(path, say("world.unreadable"), value=getattr(error, "strerror", None) or error)
    else:
        if len(content) > MOST_BYTES:
            faults.add(path, say("world.too_large"), allowed=say("world.allowed_bytes", most=MOST_BYTES))
            return None
        if content.strip(_MARK + b" \t\r\n"):
            return content
        faults.add(path, say("world.empty"))
    return None


def _decode(path: Path, content: bytes, faults: Faults) -> str | None:
    wide = content.startswith(_UTF_16)  # as "Unicode text" of a spreadsheet
    if b"\x00" in content and not wide:
        faults.add(path, say("world.binary"))
        return None
    if content.lstrip(_MARK + b" \t\r\n")[:1] == b"<":  # many pages are named .xls and open as one
        faults.add(path, say("world.web_page"))
        return None
    marked = content.startswith(_MARK)
    furthest = 0
    for encoding in ("utf-16",) if wide else ("utf-8-sig",) if marked else ("utf-8", "cp932"):
        try:
            return content.decode(encoding).lstrip("\ufeff")  # some programs mark a file twice
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start + len(_MARK) * marked)
    row = len(re.findall(rb"\r\n|\r|\n", content[:furthest])) + 1
    shown = " ".join(f"{byte:02X}" for byte in content[furthest : furthest + 2])
    faults.add(path, say("world.encoding"), row=row, value=shown)
    return None


def _separated(path: Path, text: str, names: Container[str], faults: Faults) -> list[Lines]:
    """Return the lines of a CSV file that say anything."""
    separator = max(SEPARATORS, key=lambda sign: _names_in(text[:_HEAD], sign, names))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    lines: list[tuple[int, list[str]]] = []
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                lines.append((reader.line_num, line))
    except csv.Error:
        faults.add(path, say("world.not_csv"), row=reader.line_num)
        return []
    return [Lines(path, lines, ragged=False)]


def _names_in(head: str, separator: str, names: Container[str]) -> int:
    """Return how many names of columns one line has where its fields are so separated."""
    reader, most = csv.reader(io.StringIO(head, newline=""), delimiter=separator), 0
    with suppress(csv.Error):  # told where the whole is read
        for line in reader:
            most = max(most, sum(heading(cell).casefold() in names for cell in line))
    return most


def heading(cell: str) -> str:
    """Return a name of a column without what differs between editions: width, blanks, breaks into lines, ３ヵ年平均."""
    name = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell).lstrip("\ufeff"))
    return re.sub("[3三][かカヵヶケ箇]?年度?間?の?平均", "3か年平均", name)


def _workbook(path: Path, content: bytes, faults: Faults) -> list[Lines]:
    """Return the visible sheets of a workbook that say anything."""
    try:
        sheets = visible_sheets(content)
    except NoWorkbookError as error:
        faults.add(path, say(error.key), allowed=error.allowed)
        return []
    if not sheets:
        faults.add(path, say("world.no_rows"))
    alone = len(sheets) == 1
    return [Lines(path if alone else Path(f"{path} [{name}]"), lines, ragged=True) for name, lines in sheets]
