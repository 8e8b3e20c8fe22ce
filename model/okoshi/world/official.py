"""Reading official tables: any encoding they come in, by column name, with every fault found at once."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.language.written import without_thousands
from okoshi.world.arrays import Floats

MOST_FAULTS = 12
MOST_BYTES = 50_000_000  # an official table has one million
MOST_UNPACKED = 400_000_000  # of a workbook, which is an archive
_TITLE_ROWS = 20  # the row that names the columns is among so many
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
_CODE_BEGINS = re.compile(r"[rR]?[0-9]|[rR]$")


@dataclass
class Faults:
    """The faults of all files of one import, a dozen at most."""

    found: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(
        self,
        file: Path,
        text: str,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        allowed: str | None = None,
        nearest: str | None = None,
    ) -> None:
        """Note one fault; `text` is a key of the messages of worlds or a sentence."""
        self.count += 1
        if len(self.found) >= MOST_FAULTS:
            return
        shown = None if value is None else str(value)[:60]
        self.found.append(Fault(text, str(file), row, column, shown, allowed, nearest))

    def raise_all(self) -> None:
        """Raise InputError where anything was noted."""
        if not self.found:
            return
        if self.count > len(self.found):
            self.found.append(Fault(say("world.more_faults", count=self.count)))
        raise InputError(self.found)


@dataclass(frozen=True)
class Sheet:
    """A table as text: names of its columns, rows with their numbers in the file (from 1), what stood above."""

    file: Path
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    above: list[list[str]] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, without blanks around them."""
        index = self.header.index(name)
        return [row[index].strip() for row in self.rows]

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


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_bytes(path: Path, faults: Faults) -> bytes | None:
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
        if content.strip(b"\xef\xbb\xbf \t\r\n"):
            return content
        faults.add(path, say("world.empty"))
    return None


def _decode(path: Path, content: bytes, faults: Faults) -> str | None:
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        faults.add(path, say("world.workbook_for_csv"))
        return None
    if b"\x00" in content and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        faults.add(path, say("world.binary"))
        return None
    marked = content.startswith(b"\xef\xbb\xbf")
    furthest = 0
    for encoding in ("utf-8-sig",) if marked else ("utf-8", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start + 3 * marked)
    row = len(re.findall(rb"\r\n|\r|\n", content[:furthest])) + 1
    shown = " ".join(f"{byte:02X}" for byte in content[furthest : furthest + 2])
    faults.add(path, say("world.encoding"), row=row, value=shown)
    return None


def read_csv(path: Path, wanted: Sequence[str], faults: Faults, more: Sequence[str] = ()) -> Sheet | None:
    """Return a CSV file from the row that names its columns on; None where it cannot be read at all.

    That row is the first with half of the names of `wanted`, or with the most. Names are found however wide or
    large they are written, also those of `more`. Empty rows, empty fields at the end of a row and remarks below the
    table are passed over; rows with another number of fields are noted and left out.
    """
    lines = _lines(path, faults)
    if lines is None:
        return None
    known = {name.casefold(): name for name in (*wanted, *more)}
    headers = [[known.get(_plain(cell), _name(cell)) for cell in line] for _, line in lines[:_TITLE_ROWS]]
    found = [sum(name in header for name in wanted) for header in headers]
    at = next((i for i, count in enumerate(found) if 2 * count >= len(wanted)), found.index(max(found)))
    header, widest = _without_end(headers[at]), len(headers[at])
    rows, numbers = [], []
    for number, line in lines[at + 1 :]:
        filled = _without_end(line)
        if len(line) < len(header) or len(filled) > widest:
            faults.add(path, say("world.field_count", found=len(line), wanted=len(header)), row=number)
            continue
        rows.append([*filled, *[""] * (widest - len(filled))])
        numbers.append(number)
    if not rows and not faults.count:
        faults.add(path, say("world.no_rows"))
        return None
    above = [[*line, *[""] * (widest - len(line))] for _, line in lines[:at]]
    return Sheet(path, header, rows, numbers, above)


def _lines(path: Path, faults: Faults) -> list[tuple[int, list[str]]] | None:
    """Return the lines of a CSV file that say anything, with their numbers, without remarks at the end."""
    content = read_bytes(path, faults)
    text = None if content is None else _decode(path, content, faults)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                lines.append((reader.line_num, line))
    except csv.Error as error:
        faults.add(path, say("world.not_csv"), row=reader.line_num, value=error)
        return None
    if not lines:
        faults.add(path, say("world.no_rows"))
        return None
    return _without_remarks(lines)


def _without_remarks(lines: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return lines without the last ones that hold one cell of words: sources and remarks (資料、注)."""
    kept = len(lines)
    while kept > 1:
        said = [cell for cell in lines[kept - 1][1] if cell.strip()]
        if len(said) != 1 or _CODE_BEGINS.match(_name(said[0])):
            break
        kept -= 1
    return lines[:kept]


def _without_end(line: list[str]) -> list[str]:
    """Return a line without its last empty cells."""
    count = len(line)
    while count and not line[count - 1].strip():
        count -= 1
    return line[:count]


def _name(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lstrip("\ufeff")


def _plain(cell: str) -> str:
    return _name(cell).casefold()


def read_workbook(path: Path, columns: Sequence[str], faults: Faults) -> Sheet | None:
    """Return the first sheet that has a row naming these columns, from there on; None where there is none."""
    import openpyxl

    content = read_bytes(path, faults)
    if content is None:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                faults.add(
                    path, say("world.too_large"), allowed=say("world.allowed_bytes", most=MOST_UNPACKED)
                )
                return None
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    except _BROKEN_WORKBOOK:
        faults.add(path, say("world.no_workbook"))
        return None
    for values in sheets:
        texts = [["" if cell is None else str(cell).strip() for cell in row] for row in values]
        for number, row in enumerate(texts[:_TITLE_ROWS]):
            header = [re.sub(r"\s", "", _name(cell)) for cell in row]  # broken into lines in some years
            if all(name in header for name in columns):
                body = [(number + 2 + i, line) for i, line in enumerate(texts[number + 1 :]) if any(line)]
                body = _without_remarks(body)
                return Sheet(path, header, [line for _, line in body], [where for where, _ in body])
    faults.add(path, say("world.missing_column"), column=", ".join(columns))
    return None


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
            faults.add(sheet.file, say("world.not_a_number"), sheet.numbers[i], name, cell, allowed)
        elif not may.low <= value <= may.high:
            faults.add(sheet.file, say("world.out_of_range"), sheet.numbers[i], name, cell, allowed)
        elif may.whole and value != int(value):
            faults.add(sheet.file, say("world.not_whole"), sheet.numbers[i], name, cell, allowed)
        else:
            values[i] = value
    return values


def codes_of(sheet: Sheet, name: str, faults: Faults) -> list[str | None]:
    """Return five-digit codes of a column; None where a fault was noted. A lost leading zero is put back.

    Where most codes have six digits, the last is a check digit: it is tested and dropped. A code that is there twice
    is a fault.
    """
    bare = [re.sub(r"\.0$", "", _plain(cell)).removeprefix("r") for cell in sheet.column(name)]
    digits = 6 if 2 * sum(len(code) == 6 for code in bare) >= max(len(bare), 1) else 5
    allowed = say("world.allowed_code" if digits == 5 else "world.allowed_six")
    seen: dict[str, int] = {}
    codes: list[str | None] = []
    for whole, cell, number in zip(bare, sheet.column(name), sheet.numbers, strict=True):
        whole = whole.zfill(digits)
        code = whole[:5]
        found: str | None = None
        if not re.fullmatch(rf"[0-9]{{{digits}}}", whole) or not 1 <= int(code[:2]) <= 47:
            faults.add(sheet.file, say("world.bad_code"), number, name, cell, allowed)
        elif digits == 6 and whole != (right := code + check_digit(code)):
            faults.add(sheet.file, say("world.bad_check_digit"), number, name, cell, allowed, right)
        elif code in seen:
            faults.add(sheet.file, say("world.repeated_code", first=seen[code]), number, name, cell)
        else:
            seen[code] = number
            found = code
        codes.append(found)
    return codes


def check_digit(code: str) -> str:
    """Return the check digit (検査数字) of five digits: they weigh 6, 5, 4, 3, 2; what is left of 11 to the next 11."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)
