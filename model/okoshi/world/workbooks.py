"""Workbooks as lines of text: Excel's (.xlsx, and .xls as before 2007) and OpenDocument's (.ods)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from okoshi.language.messages import say

MOST_UNPACKED = 400_000_000  # bytes of a workbook that is an archive: an official table has some millions
MOST_CELLS = 10_000_000  # an OpenDocument says in a few bytes that a row comes a million times
ARCHIVE, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT, _STYLE = (_NAMESPACE % name for name in ("table", "office", "text", "style"))
# What the readers let through from archives, XML and their own reading when a workbook is broken.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,  # of an archive with a password
)

Numbered = list[tuple[int, list[str]]]  # with their numbers in the sheet, from 1


class NoWorkbookError(Exception):
    """A workbook that cannot be read: why, as a key of the messages of worlds, and what is allowed."""

    def __init__(self, key: str, allowed: str | None = None) -> None:
        super().__init__(key)
        self.key = key
        self.allowed = allowed


def visible_sheets(content: bytes) -> list[tuple[str, Numbered]]:
    """Return the visible sheets of a workbook, each with its name and the lines that say anything.

    Raises NoWorkbookError where it is broken, locked, too large or no workbook.
    """
    if content.startswith(OLD_OFFICE):
        return _old_workbook(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise NoWorkbookError("world.too_large", say("world.allowed_bytes", most=MOST_UNPACKED))
            names = set(archive.namelist())
            if "mimetype" in names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
                return _open_document(archive)
        return _workbook(content)
    except _BROKEN as error:
        raise NoWorkbookError("world.no_workbook") from error


def _workbook(content: bytes) -> list[tuple[str, Numbered]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # else a row formatted to its end is sixteen thousand cells long
        rows = (
            ["" if cell is None else str(cell).strip() for cell in row]
            for row in sheet.iter_rows(values_only=True)
        )
        sheets.append((sheet.title, _with_words(rows)))
    return sheets


def _with_words(rows: Iterator[list[str]]) -> Numbered:
    return [(number, line) for number, row in enumerate(rows, 1) if (line := without_end(row))]


def without_end(line: list[str]) -> list[str]:
    """Return a line without its last empty cells."""
    count = len(line)
    while count and not line[count - 1].strip():
        count -= 1
    return line[:count]


def _old_workbook(content: bytes) -> list[tuple[str, Numbered]]:
    """Return the sheets of a binary workbook (.xls, to 2003), with errors of formulas as they are shown."""
    import xlrd
    from xlrd.compdoc import CompDocError

    if _PROTECTED in content:  # a newer workbook with a password
        raise NoWorkbookError("world.locked_workbook")
    try:
        book = xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO())
        return [
            (sheet.name, _with_words([_old_cell(cell) for cell in row] for row in sheet.get_rows()))
            for sheet in book.sheets()
            if sheet.visibility == 0
        ]
    except (xlrd.XLRDError, CompDocError, *_BROKEN) as error:
        locked = "encrypted" in str(error)
        raise NoWorkbookError("world.locked_workbook" if locked else "world.old_workbook") from error


def _old_cell(cell: Any) -> str:
    """Return a cell of a binary workbook as text: a date is none of its days since 1900."""
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return str(xlrd.xldate.xldate_as_datetime(cell.value, 0))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return str(bool(cell.value))
    return _number(cell.value) if cell.ctype == xlrd.XL_CELL_NUMBER else str(cell.value).strip()


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)


def _open_document(archive: zipfile.ZipFile) -> list[tuple[str, Numbered]]:
    """Return the sheets of an OpenDocument workbook."""
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise NoWorkbookError("world.locked_workbook")
    sheets: list[tuple[str, Numbered]] = []
    hidden: set[str | None] = set()  # styles
    lines: Numbered = []
    table = ElementTree.Element("none")
    number = count = 0
    with archive.open("content.xml") as part:
        for event, element in ElementTree.iterparse(part, ("start", "end")):
            if event == "start":
                if element.tag == f"{_TABLE}table":
                    table, lines, number = element, [], 0
                    if element.get(f"{_TABLE}style-name") not in hidden:
                        sheets.append((element.get(f"{_TABLE}name", ""), lines))
            elif element.tag == f"{_STYLE}style":
                hidden |= _hidden_style(element)
            elif element.tag == f"{_TABLE}table-row":
                line, times = _cells(element), int(element.get(f"{_TABLE}number-rows-repeated", "1"))
                if line:
                    count += len(line) * times
                    if count > MOST_CELLS:
                        raise NoWorkbookError("world.too_large", say("world.allowed_cells", most=MOST_CELLS))
                    lines.extend((number + 1 + again, line) for again in range(times))
                number += times
                table.clear()  # of rows that are read: a sheet may have millions
    return sheets


def _hidden_style(style: ElementTree.Element) -> set[str | None]:
    """Return the name of a style in which sheets are hidden."""
    properties = style.find(f"{_STYLE}table-properties")
    hides = properties is not None and properties.get(f"{_TABLE}display") == "false"
    return {style.get(f"{_STYLE}name")} if hides else set()


def _cells(row: ElementTree.Element) -> list[str]:
    """Return the cells of a row of an OpenDocument, to the last that says anything."""
    line: list[str] = []
    blank = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        text, times = _open_cell(cell), int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        if not text:
            blank += times
        elif len(line) + blank + times > MOST_CELLS:
            raise NoWorkbookError("world.too_large", say("world.allowed_cells", most=MOST_CELLS))
        else:
            line += [""] * blank + [text] * times
            blank = 0
    return line


def _open_cell(cell: ElementTree.Element) -> str:
    """Return a cell of an OpenDocument as text: its value, which may have more digits than are shown."""
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        value = cell.get(f"{_OFFICE}value")
        return "" if value is None else _number(float(value))
    if kind in ("date", "time", "boolean"):
        return cell.get(f"{_OFFICE}{kind}-value", "")
    shown = [_words(paragraph) for paragraph in cell.findall(f"{_TEXT}p")]
    return ("\n".join(shown) if shown else cell.get(f"{_OFFICE}string-value", "")).strip()


def _words(element: ElementTree.Element) -> str:
    """Return the words of a paragraph, without what stands beside them in small (ルビ)."""
    if element.tag == f"{_TEXT}ruby-text":
        return ""
    if element.tag == f"{_TEXT}s":
        return " " * int(element.get(f"{_TEXT}c", "1"))
    if element.tag in (f"{_TEXT}line-break", f"{_TEXT}tab"):
        return "\n"
    return (element.text or "") + "".join(_words(child) + (child.tail or "") for child in element)
