"""Workbooks as small as they can be, in the forms that official tables come in: .xlsx, .xls and .ods."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = Sequence[Sequence[object]]
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
HEAD = ("団体コード", "都道府県名", "団体名", "財政力指数")
WHOLE = [
    ("011011", "北海道", "夢野市", 0.61),
    ("011029", "北海道", "虹川町", 0.25),
    ("321010", "島根県", "凪沢市", 0.5),
]


def write_book(path: Path, **sheets: Rows) -> Path:
    """Write a workbook; a sheet whose name ends in `_hidden` is hidden."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name.endswith("_hidden") else "visible"
    book.save(path)
    return path


def write_xls(path: Path, **sheets: Rows) -> Path:
    """Write a binary workbook; a sheet whose name ends in `_hidden` is hidden, `#N/A` and the like are errors."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        sheet.visibility = int(name.endswith("_hidden"))
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("#"):
                    sheet.row(i).set_cell_error(j, {"#N/A": 42}.get(cell, cell))  # which xlwt misspells
                elif cell is not None:
                    sheet.write(i, j, cell)
    book.save(str(path))
    return path


def ods_cell(cell: object, times: int = 1) -> str:
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if cell is None or cell == "":
        return f"<table:table-cell{repeated}/>"
    if isinstance(cell, int | float):
        kind, shown = f'office:value-type="float" office:value="{cell}"', f"{cell:.1f}"
    else:
        kind, shown = 'office:value-type="string"', escape(str(cell))
    return f"<table:table-cell{repeated} {kind}><text:p>{shown}</text:p></table:table-cell>"


def ods_sheet(name: str, rows: Rows) -> str:
    """Return a sheet as LibreOffice writes it: a row without end below, a blank without end behind each row."""
    style = "hidden" if name.endswith("_hidden") else "shown"
    lines = [
        f"<table:table-row>{''.join(map(ods_cell, row))}{ods_cell(None, 999)}</table:table-row>"
        for row in rows
    ]
    rest = f'<table:table-row table:number-rows-repeated="1048000">{ods_cell(None, 16384)}</table:table-row>'
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(lines)}{rest}</table:table>'


def write_ods(path: Path, manifest: str = "", **sheets: Rows) -> Path:
    return write_ods_body(path, "".join(ods_sheet(name, rows) for name, rows in sheets.items()), manifest)


def write_ods_body(path: Path, body: str, manifest: str = "") -> Path:
    styles = "".join(
        f'<style:style style:name="{name}"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("shown", "true"), ("hidden", "false"))
    )
    content = (
        f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("content.xml", content)
    return path


def as_text(path: Path, rows: list[list[str]], between: str, encoding: str, end: str = "\r\n") -> Path:
    path.write_bytes(end.join(between.join(row) for row in rows).encode(encoding))
    return path
