"""Official files of other editions and forms: the same numbers, or a refusal that names the place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from official_table import ITEMS, MORE, faults_of, table_of, write_csv
from okoshi.world.country import Depopulation
from okoshi.world.importing import import_world
from okoshi.world.official import check_digit
from workbook_forms import (
    HEAD,
    WHOLE,
    Rows,
    as_text,
    write_book,
)


def test_one_comma_too_many_is_refused_though_the_header_is_padded(tmp_path: Path) -> None:
    rows = [[*row, "", ""] for row in table_of([*ITEMS, *MORE])]
    rows[4] = [*rows[4][:-4], "1", "2", "", ""]  # 1,2 for 12: what follows moves by one
    path = as_text(tmp_path / "a.csv", rows, ",", "utf-8")
    assert import_world(path)
    rows[4] = [*rows[4][:-2], "9", ""]
    fault = faults_of(as_text(path, rows, ",", "utf-8"))[0]
    assert (fault.line, "fields" in fault.what) == (5, True)


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
    "a row of units that are signs": [HEAD, (None, None, None, "％"), *WHOLE],
    "the whole country above": [HEAD, ("000000", "全国", "", 0.4), *WHOLE],
    "the whole country below, without its noughts": [HEAD, *WHOLE, (0, "全国", "計", 0.4)],
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
        ([HEAD, WHOLE[0], ("011029", "北海道", "空箱町", 0.25)], "another name for the code", 3),
        ([HEAD, WHOLE[0], ("011029", "北海道", "霧郡空箱町", 0.25)], "another name for the code", 3),
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


@pytest.mark.parametrize(
    "rows",
    [
        [HEAD[:1] + HEAD[3:], *((0, row[3]) for row in WHOLE)],
        [HEAD, *WHOLE[:2], (0, *WHOLE[2][1:])],
        [HEAD, *WHOLE[:2], (0, "島根県", "凪沢市　", 0.5)],
        [HEAD, *WHOLE[:2], (0, "島根県", "凪沢", 0.5)],
    ],
)
def test_nought_for_a_code_is_no_reason_to_leave_a_municipality_out(
    rows: Rows, ssdse: Path, tmp_path: Path
) -> None:
    """A look-up that failed gives nought: its values would be filled without a word."""
    (fault, *_) = faults_of(ssdse, fiscal_strength=write_book(tmp_path / "s.xlsx", a=rows))
    assert "no municipality code" in fault.what


def test_a_name_that_the_table_does_not_have_is_a_new_one(ssdse: Path, tmp_path: Path) -> None:
    book = write_book(tmp_path / "s.xlsx", a=[HEAD, WHOLE[0], ("011029", "北海道", "霞川町", 0.25)])
    world = import_world(ssdse, fiscal_strength=book)
    assert world.columns["fiscal_strength"][1] == 0.25
    assert any("01102 霞川町" in note for note in world.about["notes"])


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


def test_the_list_of_depopulated_areas_is_read_by_names(ssdse: Path, tmp_path: Path) -> None:
    rows: Rows = [
        ["過疎地域市町村等一覧（令和４年４月１日現在）"],
        ["番号", "都道府県名", "市町村名", "過疎区分", "区域"],
        [1, "北海道", "虹川町", "全部過疎", None],
        [2, "島根", "凪沢市", "一部過疎（旧村）", None],
        [3, "島根県", "暁村", "みなし過疎 ", None],
        ["合計", None, "3市町村"],
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
