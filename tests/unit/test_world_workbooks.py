"""Official files as workbooks of any kind: the same country, and what cannot be read is called what it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from official_table import ITEMS, MORE, faults_of, table_of
from okoshi.world.importing import import_world
from workbook_forms import (
    HEAD,
    WHOLE,
    Rows,
    as_text,
    ods_cell,
    write_book,
    write_ods,
    write_ods_body,
    write_xls,
)


def grouped(rows: list[list[str]]) -> list[list[str]]:
    return [
        *rows[:3],
        *([*row[:3], *(f"{int(cell):,}" for cell in row[3:])] for row in rows[3:]),
    ]


def numbers(rows: list[list[str]]) -> list[list[object]]:
    return [[int(cell) if cell.isdecimal() else cell for cell in row] for row in rows]


FORMS: dict[str, Callable[[Path, list[list[str]]], Path]] = {
    "a workbook of numbers": lambda path, rows: write_book(path, data=numbers(rows)),
    "a workbook of text, not on the first sheet": lambda path, rows: write_book(
        path, about=[["SSDSE"], ["A1101", "総人口"]], data=rows
    ),
    "a hidden copy": lambda path, rows: write_book(path, data=rows, old_hidden=rows),
    "a binary workbook": lambda path, rows: write_xls(
        path, about=[["SSDSE"]], data=numbers(rows), old_hidden=rows
    ),
    "an OpenDocument": lambda path, rows: write_ods(
        path, about=[["SSDSE"]], data=numbers(rows), old_hidden=rows
    ),
    "tabs": lambda path, rows: as_text(path, rows, "\t", "cp932"),
    "Unicode text": lambda path, rows: as_text(path, rows, "\t", "utf-16"),
    "semicolons, thousands grouped": lambda path, rows: as_text(path, grouped(rows), ";", "utf-8-sig"),
    "marked twice": lambda path, rows: as_text(
        path, [["\ufeff" + rows[0][0], *rows[0][1:]], *rows[1:]], ",", "utf-8-sig"
    ),
    "carriage returns": lambda path, rows: as_text(path, rows, ",", "utf-8", "\r"),
}


@pytest.mark.parametrize("name", FORMS)
def test_whatever_form_a_table_has_it_is_the_same_country(name: str, ssdse: Path, tmp_path: Path) -> None:
    plain = import_world(ssdse).columns
    other = import_world(FORMS[name](tmp_path / "other", table_of([*ITEMS, *MORE]))).columns
    for column, values in plain.items():
        np.testing.assert_array_equal(other[column], values, err_msg=column)


@pytest.mark.parametrize("write", [write_xls, write_ods, write_book])
def test_errors_of_formulas_are_no_blanks_in_any_workbook(
    write: Callable[..., Path], ssdse: Path, tmp_path: Path
) -> None:
    rows = [HEAD, WHOLE[0], (*WHOLE[1][:3], "#DIV/0!"), (*WHOLE[2][:3], "#N/A")]
    faults = faults_of(ssdse, fiscal_strength=write(tmp_path / "s", a=rows))
    assert [(fault.line, fault.key, fault.value) for fault in faults] == [(3, "財政力指数", "#DIV/0!")]


def test_a_number_of_an_open_document_is_its_value_and_not_what_is_shown(ssdse: Path, tmp_path: Path) -> None:
    """Cells of the table maker show one decimal: 0.6 of .61."""
    path = write_ods(tmp_path / "s.ods", a=[HEAD, *WHOLE])
    assert import_world(ssdse, fiscal_strength=path).columns["fiscal_strength"][0] == 0.61


def test_an_open_document_that_unfolds_without_end_is_refused(ssdse: Path, tmp_path: Path) -> None:
    row = f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("1", 16384)}</table:table-row>'
    path = write_ods_body(tmp_path / "s.ods", f'<table:table table:name="a">{row * 3}</table:table>')
    fault = faults_of(ssdse, fiscal_strength=path)[0]
    assert ("too large" in fault.what, fault.allowed) == (True, "at most 10,000,000 cells")


def test_locked_workbooks_of_either_kind_are_called_so(ssdse: Path, tmp_path: Path) -> None:
    path = write_ods(tmp_path / "s.ods", manifest="<manifest:encryption-data/>", a=[HEAD, *WHOLE])
    assert "password" in faults_of(ssdse, fiscal_strength=path)[0].what
    content = bytearray(write_xls(tmp_path / "s.xls", a=[HEAD, *WHOLE]).read_bytes())
    content[532] = 0x2F  # the record behind the beginning of the book becomes that of a password
    path = tmp_path / "locked.xls"
    path.write_bytes(content)
    assert "password" in faults_of(ssdse, fiscal_strength=path)[0].what


def test_a_workbook_without_a_visible_sheet_is_refused(ssdse: Path, tmp_path: Path) -> None:
    """It had been taken for a file that says nothing of anybody."""
    for path in (
        write_ods(tmp_path / "s.ods", a_hidden=WHOLE),
        write_xls(tmp_path / "s.xls", a_hidden=WHOLE),
    ):
        assert "no rows" in faults_of(ssdse, fiscal_strength=path)[0].what


def test_two_sheets_with_the_columns_are_refused_by_name(ssdse: Path, tmp_path: Path) -> None:
    rows = [("団体コード", "財政力指数"), ("011011", 0.61)]
    fault = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", 令和3=rows, 令和2=rows))[0]
    assert ("several sheets" in fault.what, fault.value) == (True, "[令和3], [令和2]")
    assert (fault.file, fault.line, fault.key) == (f"{tmp_path / 's.xlsx'} [令和2]", 2, "団体コード")


def test_the_municipality_table_is_on_one_sheet(tmp_path: Path) -> None:
    rows = table_of([*ITEMS, *MORE])
    fault = faults_of(write_book(tmp_path / "a.xlsx", a=rows[:5], b=[*rows[:3], *rows[5:]]))[0]
    assert ("several sheets" in fault.what, fault.value) == (True, "[a], [b]")


@pytest.mark.parametrize("first", [0, 1])  # by code, and by name
def test_a_sheet_for_each_prefecture_is_one_table(first: int, ssdse: Path, tmp_path: Path) -> None:
    head, rows = HEAD[first:], [row[first:] for row in WHOLE]
    total = (*(None, "北海道", "市計")[first:], 0.4)
    north, west = [["令和３年度"], head, rows[0], total, rows[1]], [head, rows[2], (*total[:-2], "計", 0.5)]
    path = write_book(tmp_path / "s.xlsx", 表紙=[["財政力指数"]], 北海道=north, 島根県=west)
    world = import_world(ssdse, fiscal_strength=path)
    assert world.columns["fiscal_strength"][[0, 1, 4]].tolist() == [0.61, 0.25, 0.5]
    assert [note for note in world.about["notes"] if "表紙" in note and "passed over" in note]
    west[1] = (*rows[2][:-1], "?")
    path = write_book(tmp_path / "s.xlsx", 北海道=north, 島根県=west)
    fault = faults_of(ssdse, fiscal_strength=path)[0]
    assert (fault.file, fault.line, fault.value) == (f"{path} [島根県]", 2, "?")


@pytest.mark.parametrize("head", [HEAD[1:], (*HEAD[:2], "市町村名", HEAD[3]), (*HEAD, "備考")])
def test_sheets_under_other_headings_are_no_one_table(
    head: tuple[str, ...], ssdse: Path, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "s.xlsx", 北海道=[HEAD, *WHOLE[:2]], 島根県=[head, WHOLE[2]])
    fault = faults_of(ssdse, fiscal_strength=path)[0]
    assert ("different headings" in fault.what, fault.value) == (True, "[北海道], [島根県]")


def test_sheets_without_codes_are_told_apart_too(ssdse: Path, tmp_path: Path) -> None:
    towns: Rows = [HEAD[1:], *(row[1:] for row in WHOLE)]
    prefectures: Rows = [("都道府県名", "財政力指数"), ("北海道", 0.4)]
    path = write_book(tmp_path / "s.xlsx", 都道府県=prefectures, 市町村=towns)
    assert import_world(ssdse, fiscal_strength=path).columns["fiscal_strength"][0] == 0.61
    path = write_book(tmp_path / "s.xlsx", 令和3=towns, 令和2=towns)
    assert "several sheets" in faults_of(ssdse, fiscal_strength=path)[0].what


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("<html><table><tr><td>団体コード".encode(), "web page"),
    ],
)
def test_what_only_looks_like_a_workbook_is_called_what_it_is(
    content: bytes, words: str, ssdse: Path, tmp_path: Path
) -> None:
    path = tmp_path / "s.xls"
    path.write_bytes(content)
    assert words in faults_of(ssdse, fiscal_strength=path)[0].what


def test_an_archive_that_is_no_workbook_is_refused(ssdse: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(ssdse, "a.csv")
    assert "archive" in faults_of(tmp_path / "a.zip")[0].what


def test_an_archive_with_a_password_is_refused(ssdse: Path, tmp_path: Path) -> None:
    path = write_book(tmp_path / "s.xlsx", a=[HEAD, *WHOLE])
    content = bytearray(path.read_bytes())
    for entry in re.finditer(b"PK\x01\x02", bytes(content)):
        content[entry.start() + 8] |= 1  # the flag of a part that is locked
    path.write_bytes(content)
    assert "archive" in faults_of(ssdse, fiscal_strength=path)[0].what


def test_a_workbook_that_says_it_is_smaller_is_read_to_its_end(ssdse: Path, tmp_path: Path) -> None:
    """Some programs write a wrong size, and what lay beyond it had been left out in silence."""
    rows = [("団体コード", "財政力指数"), ("011011", 0.61), ("321010", 0.25)]
    path = write_book(tmp_path / "s.xlsx", a=rows)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', parts[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert import_world(ssdse, fiscal_strength=path).columns["fiscal_strength"][4] == 0.25


def test_a_cell_too_many_in_a_workbook_is_refused(ssdse: Path, tmp_path: Path) -> None:
    rows = [HEAD, WHOLE[0], (*WHOLE[1][:3], 0.3, 0.25)]
    fault = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))[0]
    assert (fault.line, "5 fields" in fault.what) == (3, True)
