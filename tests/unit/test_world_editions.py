"""Official files of other editions and forms: the same numbers, or a refusal that names the place."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from official_table import ITEMS, MORE, faults_of, table_of, write_csv
from okoshi.world.country import Depopulation
from okoshi.world.importing import import_world
from okoshi.world.official import check_digit
from workbook_forms import ods_cell, write_ods, write_ods_body, write_xls

Rows = Sequence[Sequence[object]]
HEAD = ("団体コード", "都道府県名", "団体名", "財政力指数")
WHOLE = [
    ("011011", "北海道", "夢野市", 0.61),
    ("011029", "北海道", "虹川町", 0.25),
    ("321010", "島根県", "凪沢市", 0.5),
]


@pytest.fixture
def ssdse(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "SSDSE-A-2031.csv", table_of([*ITEMS, *MORE]))


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


def as_text(path: Path, rows: list[list[str]], between: str, encoding: str, end: str = "\r\n") -> Path:
    path.write_bytes(end.join(between.join(row) for row in rows).encode(encoding))
    return path


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


def test_one_comma_too_many_is_refused_though_the_header_is_padded(tmp_path: Path) -> None:
    rows = [[*row, "", ""] for row in table_of([*ITEMS, *MORE])]
    rows[4] = [*rows[4][:-4], "1", "2", "", ""]  # 1,2 for 12: what follows moves by one
    path = as_text(tmp_path / "a.csv", rows, ",", "utf-8")
    assert import_world(path)
    rows[4] = [*rows[4][:-2], "9", ""]
    fault = faults_of(as_text(path, rows, ",", "utf-8"))[0]
    assert (fault.line, "fields" in fault.what) == (5, True)


def test_a_cell_too_many_in_a_workbook_is_refused(ssdse: Path, tmp_path: Path) -> None:
    rows = [HEAD, WHOLE[0], (*WHOLE[1][:3], 0.3, 0.25)]
    fault = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))[0]
    assert (fault.line, "5 fields" in fault.what) == (3, True)


def test_an_area_in_square_kilometres_is_refused(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    area = table[0].index("B1101")
    table[4][area] = table[4][area + 1] = "12.3"
    fault = faults_of(write_csv(tmp_path / "a.csv", table))[0]
    assert (fault.line, fault.key, fault.value) == (5, "B1101", "12.3")
    table = table_of(ITEMS)
    table[3][area] = table[3][area + 1] = "123"
    assert "hectares" in faults_of(write_csv(tmp_path / "a.csv", table))[0].what


def test_the_year_of_the_census_is_read_from_a_row_with_any_name_of_years(tmp_path: Path) -> None:
    table = table_of(ITEMS, "2015")
    table[1][:3] = ["調査年", "", ""]
    assert import_world(write_csv(tmp_path / "a.csv", table)).about["census"] == 2015


def test_notes_and_totals_below_the_table_are_passed_over(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    foot = [["全国計", "", "", *["9"] * len(ITEMS)], ["1) 国勢調査"], ["(注) 2020年"]]
    world = import_world(as_text(tmp_path / "a.csv", [*table, *foot], ",", "utf-8")).columns
    assert world["code"].tolist() == ["01101", "01102", "01103", "13101", "32101", "32102"]


LAYOUTS: dict[str, Rows] = {
    "a second row of headings": [HEAD, (None, None, None, "（3か年平均）"), *WHOLE],
    "headings in two rows": [
        (*HEAD[:3], "主要財政指標", None),
        (None, None, None, "財政力指数", "比率"),
        *WHOLE,
    ],
    "a heading over two columns": [
        (*HEAD[:2], "団体名", "財政力指数", "比率"),
        *((*row, 9.1, 8.2) for row in WHOLE),
    ],
    "numbers for codes": [HEAD, *((float(row[0]), *row[1:]) for row in WHOLE)],
    "no codes": [HEAD[1:], *(row[1:] for row in WHOLE), ("全国平均", None, 0.5)],
    "districts in names": [HEAD[1:], *(("北海道", "霧郡虹川町", 0.25), WHOLE[0][1:], WHOLE[2][1:])],
    "the mean beside an empty code": [HEAD, *WHOLE, (None, None, "全国市町村平均", 0.4), ("注1）特別区",)],
    "prefectures by number or in Latin letters": [
        HEAD,
        (WHOLE[0][0], 1, *WHOLE[0][2:]),
        WHOLE[1],
        (WHOLE[2][0], "Shimane", *WHOLE[2][2:]),
    ],
    "the headings on each page": [HEAD, WHOLE[0], HEAD, *WHOLE[1:]],
    "one cell for all rows of a prefecture": [HEAD[1:], WHOLE[0][1:], (None, *WHOLE[1][2:]), WHOLE[2][1:]],
    "remarks in several cells": [HEAD, *WHOLE, ("注1", "財政力指数", "３か年平均"), ("※2 資料", "総務省")],
    "whole prefectures between": [HEAD, ("010006", "北海道", "", 0.4), *WHOLE],
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_other_layouts_of_fiscal_strength_give_the_same(name: str, ssdse: Path, tmp_path: Path) -> None:
    plain = import_world(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=[HEAD, *WHOLE]))
    other = import_world(ssdse, fiscal_strength=write_book(tmp_path / "o.xlsx", a=LAYOUTS[name]))
    np.testing.assert_array_equal(other.columns["fiscal_strength"], plain.columns["fiscal_strength"])
    assert other.about["notes"] == plain.about["notes"]


BELOW = {
    "the mean behind the year": [("単年度", "3か年平均"), lambda index: (9.9, index)],
    "the mean before the year": [("３ヵ年平均", "単年度"), lambda index: (index, 9.9)],
    "the index and its rank": [("指数", "順位"), lambda index: (index, 9)],
    "the index and the mean of others": [("指数", "類似団体平均"), lambda index: (index, 9.9)],
    "three years and their mean": [(2019, 2020, 2021, "平均"), lambda index: (9.9, 9.8, 9.7, index)],
}


@pytest.mark.parametrize("name", BELOW)
def test_the_index_is_the_mean_of_three_years(name: str, ssdse: Path, tmp_path: Path) -> None:
    words, indices = BELOW[name]
    rows = [HEAD, (None, None, None, *words), *((*row[:3], *indices(row[3])) for row in WHOLE)]
    world = import_world(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))
    assert world.columns["fiscal_strength"][[0, 1, 4]].tolist() == [0.61, 0.25, 0.5]


@pytest.mark.parametrize("words", [("単年度",), ("R2", "R3")])
def test_an_index_of_one_year_alone_is_refused(words: tuple[str, ...], ssdse: Path, tmp_path: Path) -> None:
    rows = [HEAD, (None, None, None, *words), *((*row, *[0.5] * (len(words) - 1)) for row in WHOLE)]
    fault = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))[0]
    assert (fault.key, fault.nearest) == ("財政力指数", f"財政力指数({words[0]})")


@pytest.mark.parametrize(
    ("rows", "words", "line"),
    [
        ([HEAD, *WHOLE[:2], (None, *WHOLE[2][1:])], "no municipality code", 4),
        ([HEAD, *WHOLE[:2], ("不明", *WHOLE[2][1:])], "no municipality code", 4),
        ([HEAD, *((row[0], *row[1:3], "=1/2") for row in WHOLE)], "no number in any row", None),
        ([HEAD, WHOLE[0], ("011029", *WHOLE[2][1:3], 0.5)], "not of this prefecture", 3),
        ([HEAD, ("011011", *WHOLE[1][1:]), ("011029", *WHOLE[0][1:])], "another name for the code", 2),
        ([HEAD[1:], ("嶋根", "凪沢市", 0.5), *(row[1:] for row in WHOLE)], "no such prefecture", 2),
        ([HEAD[1:], ("島根県", "凪沢", 0.5), ("北海道", "夢野", 0.6)], "no such name", 2),
        ([HEAD[1:], ("島根県", "凪沢市", 0.5), *(row[1:] for row in WHOLE)], "already, in row 2", 5),
    ],
)
def test_a_row_that_nobody_can_place_is_refused_and_not_left_out(
    rows: Rows, words: str, line: int | None, ssdse: Path, tmp_path: Path
) -> None:
    faults = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))
    assert (words in faults[0].what, faults[0].line) == (True, line)


def test_codes_with_a_check_digit_that_have_all_lost_their_zero_are_of_the_north(tmp_path: Path) -> None:
    """Of 01-09 alone no code has six digits then: 23213 is 鰺ヶ沢町 (02321), and not 西尾市 of Aichi."""
    table = table_of(ITEMS)
    north = [f"{code:05d}" for code in (2301, 2303, 2304, 2321)]
    rows = [*table[:3], *([f"R{code}", "青森県", f"夢{code}町", *table[3][3:]] for code in north)]
    offices = [["cid", "lat", "lng"]]
    offices += [[str(int(code + check_digit(code))), f"40.{i + 1}", "140.5"] for i, code in enumerate(north)]
    world = import_world(
        write_csv(tmp_path / "a.csv", rows), offices=write_csv(tmp_path / "o.csv", offices, "utf-8")
    )
    assert world.columns["latitude"].tolist() == [40.1, 40.2, 40.3, 40.4]


YEARS = [2020, 2025, 2050]


def result_table(people: Callable[[int], float], years: Sequence[int] = YEARS) -> Rows:
    """Return table 1 of the projection as it is published: prefectures, wards and shares are in it."""
    shown = [f"{year}年" for year in years]
    places = ((1000, "a", None, 209_000), (1101, "1", "夢野市", 200_000), (1111, "0", "夢野市東区", 90_000))
    more = ((1102, "3", "虹川町", 9_000), (7999, "9", "浜通り地域", 400_000))
    return [
        ["結果表1 総人口"],
        [],
        ["コード", "市などの別", "都道府県", "市区町村", "総人口", None, None, "指数（2020年＝100）"],
        [None, None, None, None, *shown, *shown],
        *(
            [
                *(code, kind, "福島県" if code == 7999 else "北海道", name),
                *(people(now), now * 0.9, now * 0.5, 100.0, 90.0, 50.0),
            ]
            for code, kind, name, now in (*places, *more)
        ),
    ]


def test_table_1_of_the_projection_is_read_as_it_is_published(ssdse: Path, tmp_path: Path) -> None:
    path = write_book(tmp_path / "kekkahyo1.xlsx", Sheet1=result_table(lambda now: now))
    world = import_world(ssdse, projection=path)
    assert world.columns["ratio_2050"][:2].tolist() == [0.5, 0.5]
    assert world.columns["ratio_2025"][:2].tolist() == pytest.approx([0.9, 0.9])
    assert not any("names" in note for note in world.about["notes"])  # 07999 is of no prefecture of the table


def test_another_edition_of_the_projection_is_refused_with_the_column(ssdse: Path, tmp_path: Path) -> None:
    rows = result_table(lambda now: now, [2015, 2020, 2045])
    fault = faults_of(ssdse, projection=write_book(tmp_path / "k.xlsx", Sheet1=rows))[0]
    assert (fault.key, "2023" in str(fault.allowed)) == ("pop2025, pop2050", True)


PATHS_OF_2018 = {  # 2015 to 2045 by five years; of Fukushima the prefecture alone
    (1000, "北海道", None): (215_000, 210_000, 200_000, 190_000, 175_000, 160_000, 145_000),
    (1101, "北海道", "夢野市"): (205_000, 201_000, 191_000, 180_000, 165_000, 150_000, 135_000),
    (1102, "北海道", "虹川町"): (9_900, 9_100, 8_000, 7_000, 6_000, 5_000, 4_000),
    (7000, "福島県", None): (1_900_000, 1_830_000, 1_730_000, 1_630_000, 1_530_000, 1_420_000, 1_310_000),
}


def table_of_2018(change: float = 1.0, last: str = "2045年") -> Rows:
    """Return table 1 as it was published: no 2050, and shares of 2015 behind the people."""
    years = [*(f"{year}年" for year in range(2015, 2045, 5)), last]
    heads = ["コード", "市などの別", "都道府県", "市区町村", "総人口", *[None] * 6, "指数（2015年＝100）"]
    rows = [
        [code, "1", prefecture, name, *(round(people * change) for people in path)]
        + [round(people / path[0] * 100, 1) for people in path]
        for (code, prefecture, name), path in PATHS_OF_2018.items()
    ]
    return [
        ["結果表1 総人口"],
        heads,
        [None] * 4 + years + years,
        *rows,
        ["資料：国立社会保障・人口問題研究所"],
    ]


@pytest.mark.parametrize("last", ["2045年", "２０４５年\n（令和27）", "平成57年"])
def test_the_projection_of_2018_is_carried_from_2045_to_2050_and_says_so(
    last: str, ssdse: Path, tmp_path: Path
) -> None:
    path = write_xls(tmp_path / "k.xls", a=table_of_2018(last=last))
    world = import_world(ssdse, projection=path)
    assert world.columns["ratio_2050"][:2] == pytest.approx([135_000 * 0.9 / 201_000, 4_000 * 0.8 / 9_100])
    assert world.columns["ratio_2025"][:2] == pytest.approx([191_000 / 201_000, 8_000 / 9_100])
    said = [note for note in world.about["filled"] if "of 2050 of 2 municipalities (assumed)" in note]
    assert (len(said), world.columns["population_2020"][0]) == (1, 200_000)


def test_a_projection_that_names_2050_otherwise_does_not_end_in_2045(ssdse: Path, tmp_path: Path) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2040", "pop2045", "people in 2050"]]
    rows += [["1101", "200000", "190000", "150000", "140000", "100000"]]
    fault = faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))[0]
    assert (fault.key, fault.nearest) == ("pop2050", "peoplein2050")


def test_people_of_2020_that_were_projected_may_be_off_in_a_few_places_alone(
    ssdse: Path, tmp_path: Path
) -> None:
    """球磨村 was flooded in July 2020; a table of the aged is off everywhere."""
    head = ["code", "pop2020", "pop2025", "pop2040", "pop2045"]
    rows = [["1101", "200000", "190000", "150000", "140000"], ["1102", "12900", "12000", "9000", "8000"]]
    world = import_world(ssdse, projection=write_csv(tmp_path / "p.csv", [head, *rows], "utf-8"))
    assert world.columns["ratio_2050"][1] == pytest.approx(8000 * 8 / 9 / 12900)
    path = write_book(tmp_path / "k.xlsx", a=table_of_2018(0.6))
    assert faults_of(ssdse, projection=path)[0].key == "2020年"


@pytest.mark.parametrize("year", ["2020", "2015"])
def test_a_table_of_the_aged_is_no_table_of_all(year: str, tmp_path: Path) -> None:
    """The tables of an age look the same: people of 2020 tell them apart, also from those of an older census."""
    path = write_book(tmp_path / "kekkahyo2_3.xlsx", Sheet1=result_table(lambda now: now * 0.3))
    fault = faults_of(write_csv(tmp_path / "a.csv", table_of(ITEMS, year)), projection=path)[0]
    assert (fault.line, fault.key, fault.allowed) == (6, "2020年", "about 200,000")


def test_an_aged_population_that_is_not_given_is_said_to_be_filled(ssdse: Path, tmp_path: Path) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050", "elderly2050"]]
    rows += [["1101", "200000", "190000", "100000", "40000"], ["1102", "9000", "8000", "5000", "-"]]
    world = import_world(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))
    assert any("65 and over in 2050 of 1" in note for note in world.about["filled"])


@pytest.mark.parametrize("aged", ["38.5", "0.385", "3850"])
def test_shares_and_numbers_cut_short_are_no_people_of_65_and_over(
    aged: str, ssdse: Path, tmp_path: Path
) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050", "elderly2050"], ["1101", "200000", "190000", "100000"]]
    rows[1].append(aged)
    fault = faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))[0]
    assert (fault.line, fault.key, fault.allowed) == (2, "elderly2050", "pop2050 100,000")


def test_the_list_of_depopulated_areas_is_read_by_names(ssdse: Path, tmp_path: Path) -> None:
    rows: Rows = [
        ["過疎地域市町村等一覧（令和４年４月１日現在）"],
        ["番号", "都道府県名", "市町村名", "過疎区分", "区域"],
        [1, "北海道", "虹川町", "全部過疎", None],
        [2, "島根", "凪沢市", "一部過疎（旧村）", None],
        [3, "島根県", "暁村", "みなし過疎 ", None],
        ["計", None, 3],
    ]
    world = import_world(ssdse, depopulated=write_book(tmp_path / "d.xlsx", 一覧=rows)).columns
    kinds = [Depopulation.ALL, 0, 0, Depopulation.PART, Depopulation.DEEMED]
    assert world["depopulation"].tolist()[1:] == kinds


@pytest.mark.parametrize("head", [("団体コード", "緯度", "経度"), ("lgcode", "latitude", "longitude")])
def test_offices_may_name_their_columns_otherwise(head: tuple[str, ...], ssdse: Path, tmp_path: Path) -> None:
    rows = [[*head, "名称"], ["011011", "43.1", "141.3", "夢野市役所"]]
    world = import_world(ssdse, offices=write_csv(tmp_path / "o.csv", rows, "utf-8")).columns
    assert (world["latitude"][0], world["longitude"][0]) == (43.1, 141.3)


@pytest.mark.parametrize(("lat", "lng"), [("35.42{:02d}", "140.59{:02d}"), ("35", "140")])
def test_points_in_minutes_and_seconds_behind_a_point_are_refused(lat: str, lng: str, tmp_path: Path) -> None:
    """35.4230 may be 35°42′30″: half a degree away, and in its prefecture all the same."""
    table = table_of(ITEMS)
    codes = [f"122{number:02d}" for number in range(1, 26)]
    rows = [[f"R{code}", "千葉県", f"夢{code}市", *table[3][3:]] for code in codes]
    offices = [["cid", "lat", "lng"], *([c, lat.format(i), lng.format(i)] for i, c in enumerate(codes))]
    path = write_csv(tmp_path / "o.csv", offices, "utf-8")
    fault = faults_of(write_csv(tmp_path / "a.csv", [*table[:3], *rows]), offices=path)[0]
    assert ("decimal degrees" in fault.what, fault.key) == (True, "lat")


def test_towns_that_became_cities_keep_what_files_say_of_them(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    table[3][:3] = ["R04216", "宮城県", "富谷市"]
    path = write_book(tmp_path / "s.xlsx", a=[HEAD, ("044237", "宮城県", "富谷町", 0.77)])
    world = import_world(write_csv(tmp_path / "a.csv", table), fiscal_strength=path)
    assert world.columns["fiscal_strength"][list(world.columns["code"]).index("04216")] == 0.77
