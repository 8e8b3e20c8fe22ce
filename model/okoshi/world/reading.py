"""Reading files of any form into lines of text: CSV in any usual encoding and separator, and workbooks."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from okoshi.language.messages import say
from okoshi.world.faults import Faults

MOST_BYTES = 50_000_000  # an official table has one million
MOST_UNPACKED = 400_000_000  # of a workbook, which is an archive
SEPARATORS = (",", "\t", ";")
_HEAD = 20_000  # signs among which the names of the columns are
_ARCHIVE, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
# What openpyxl lets through from the archive, the XML and its own reading when a workbook is broken.
_BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OSError,
    NotImplementedError,
)


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
    if content.startswith(_ARCHIVE):
        return _workbook(path, content, faults)
    if content.startswith(_OLD_OFFICE):
        locked = _PROTECTED in content
        faults.add(path, say("world.locked_workbook" if locked else "world.old_workbook"))
        return []
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
    except csv.Error as error:
        faults.add(path, say("world.not_csv"), row=reader.line_num, value=error)
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
    """Return a name of a column without what differs between editions: width, blanks, breaks into lines."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", cell).lstrip("\ufeff"))


def _workbook(path: Path, content: bytes, faults: Faults) -> list[Lines]:
    """Return the visible sheets of a workbook that say anything."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                most = say("world.allowed_bytes", most=MOST_UNPACKED)
                faults.add(path, say("world.too_large"), allowed=most)
                return []
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        tables = []
        for sheet in shown:
            sheet.reset_dimensions()  # else a row formatted to its end is sixteen thousand cells long
            lines = []
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                if cells := without_end(["" if cell is None else str(cell).strip() for cell in row]):
                    lines.append((number, cells))
            named = path if len(shown) == 1 else Path(f"{path} [{sheet.title}]")
            tables.append(Lines(named, lines, ragged=True))
    except _BROKEN_WORKBOOK:
        faults.add(path, say("world.no_workbook"))
        return []
    return tables


def without_end(line: list[str]) -> list[str]:
    """Return a line without its last empty cells."""
    count = len(line)
    while count and not line[count - 1].strip():
        count -= 1
    return line[:count]
