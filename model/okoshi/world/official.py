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
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.language.written import without_thousands
from okoshi.world.arrays import Floats

MOST_FAULTS = 12
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
_NOTHING = frozenset({"", "...", "・・・", "…", "*", "**", "***", "x", "X", "N/A", "NA", *"-－―‐−–—"})


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
    """A table as text: names of its columns, rows with their numbers in the file (from 1)."""

    file: Path
    header: list[str]
    rows: list[list[str]]
    numbers: list[int]

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, without blanks around them."""
        index = self.header.index(name)
        return [row[index].strip() for row in self.rows]

    def has(self, name: str) -> bool:
        """Return whether there is such a column."""
        return name in self.header


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_bytes(path: Path, faults: Faults) -> bytes | None:
    """Return what is in a file; None, with the fault noted, where that cannot be."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        faults.add(path, say("world.no_file"))
    except IsADirectoryError:
        faults.add(path, say("world.is_folder"))
    except (OSError, ValueError) as error:
        faults.add(path, say("world.unreadable"), value=error)
    else:
        if content.strip(b"\xef\xbb\xbf \t\r\n"):
            return content
        faults.add(path, say("world.empty"))
    return None


def _decode(path: Path, content: bytes, faults: Faults) -> str | None:
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        faults.add(path, say("world.workbook_for_csv"))
        return None
    if b"\x00" in content:
        faults.add(path, say("world.binary"))
        return None
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.add(path, say("world.encoding"))
    return None


def read_csv(path: Path, header_rows: int, faults: Faults) -> Sheet | None:
    """Return a CSV file whose first row names the columns; None where it cannot be read at all.

    Rows with another number of fields than the header are noted and left out; empty rows are skipped.
    """
    content = read_bytes(path, faults)
    text = None if content is None else _decode(path, content, faults)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for line in reader:
            lines.append((reader.line_num, line))
    except csv.Error as error:
        faults.add(path, say("world.not_csv"), row=reader.line_num, value=error)
        return None
    header = [name.strip().lstrip("\ufeff") for name in lines[0][1]]
    rows, numbers = [], []
    for number, line in lines[header_rows:]:
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(header):
            faults.add(path, say("world.field_count", found=len(line), wanted=len(header)), row=number)
            continue
        rows.append(line)
        numbers.append(number)
    if not rows and not faults.count:
        faults.add(path, say("world.no_rows"))
    return Sheet(path, header, rows, numbers)


def read_workbook(path: Path, columns: Sequence[str], faults: Faults) -> Sheet | None:
    """Return the first sheet that has a row naming these columns, from there on; None where there is none."""
    import openpyxl

    content = read_bytes(path, faults)
    if content is None:
        return None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    except _BROKEN_WORKBOOK:
        faults.add(path, say("world.no_workbook"))
        return None
    for values in sheets:
        texts = [["" if cell is None else str(cell).strip() for cell in row] for row in values]
        for number, row in enumerate(texts[:20]):
            header = [re.sub(r"\s", "", cell) for cell in row]  # names are broken into lines in some years
            if all(name in header for name in columns):
                body = [(number + 2 + i, line) for i, line in enumerate(texts[number + 1 :]) if any(line)]
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


def numbers_of(
    sheet: Sheet,
    name: str,
    faults: Faults,
    low: float = 0.0,
    high: float = 1e9,
    none_allowed: bool = False,
) -> Floats:
    """Return a column as numbers; nan where nothing is said (if that may be) or a fault was noted."""
    values = np.full(len(sheet.rows), np.nan)
    allowed = say("world.allowed_number", low=f"{low:g}", high=f"{high:,.0f}")
    for i, cell in enumerate(sheet.column(name)):
        if cell in _NOTHING and none_allowed:
            continue
        try:
            value = float(without_thousands(unicodedata.normalize("NFKC", cell)))
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            faults.add(sheet.file, say("world.not_a_number"), sheet.numbers[i], name, cell, allowed)
        elif not low <= value <= high:
            faults.add(sheet.file, say("world.out_of_range"), sheet.numbers[i], name, cell, allowed)
        else:
            values[i] = value
    return values


def codes_of(sheet: Sheet, name: str, faults: Faults, digits: int = 5) -> list[str | None]:
    """Return five-digit codes of a column; None where a fault was noted. A lost leading zero is put back.

    With six digits the last is a check digit and is dropped. A code that is there twice is a fault.
    """
    seen: dict[str, int] = {}
    codes: list[str | None] = []
    allowed = say("world.allowed_code" if digits == 5 else "world.allowed_six")
    for cell, number in zip(sheet.column(name), sheet.numbers, strict=True):
        bare = re.sub(r"\.0$", "", unicodedata.normalize("NFKC", cell)).removeprefix("R").zfill(digits)
        code = bare[:5]
        if not re.fullmatch(rf"[0-9]{{{digits}}}", bare) or not 1 <= int(code[:2]) <= 47:
            faults.add(sheet.file, say("world.bad_code"), number, name, cell, allowed)
            codes.append(None)
        elif code in seen:
            faults.add(sheet.file, say("world.repeated_code", first=seen[code]), number, name, cell)
            codes.append(None)
        else:
            seen[code] = number
            codes.append(code)
    return codes
