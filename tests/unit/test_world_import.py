"""Official files as they are published, and broken: the numbers they say, or one clear refusal each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from official_table import ITEMS, MORE, faults_of, table_of, write_csv
from okoshi.language.errors import Fault, InputError
from okoshi.world.country import Depopulation, MunicipalityKind, load_world
from okoshi.world.describing import describe
from okoshi.world.importing import import_world
from okoshi.world.official import check_digit
from okoshi.world.storage import write_world
from workbook_forms import write_ods, write_xls


def write_strength(path: Path, rows: list[tuple[object, ...]]) -> Path:
    book = openpyxl.Workbook()
    for row in [("主要財政指標",), ("団体コード", "都道府県名", "団体名", "財政力指数"), *rows]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    return path


def test_a_table_becomes_a_world_with_its_names(ssdse: Path, tmp_path: Path) -> None:
    import_world(ssdse, out=tmp_path / "real")
    world = load_world(str(tmp_path / "real"))
    assert not world.invented
    assert world.code.tolist() == ["01101", "01102", "01103", "13101", "32101", "32102"]
    assert world.name[4] == "凪沢市"
    assert world.kind.tolist()[2:] == [
        1,
        MunicipalityKind.WARD,
        MunicipalityKind.CITY,
        MunicipalityKind.VILLAGE,
    ]
    assert world.area_km2[0] == pytest.approx(123.0)
    assert world.share_65plus[0] == pytest.approx(0.38 / 0.98)
    assert world.net_migration_per_1000[0] == pytest.approx((200_000 // 30 - 8_000) / 200)
    assert world.retail_shops[0] == 1428
    assert world.large_stores[4] == 15
    assert np.isfinite(world.population).all()
    assert np.abs(world.people.sum(axis=(1, 2)) - world.population_2020).max() < 1e-6
    text = (tmp_path / "real" / "world.toml").read_text(encoding="utf-8")
    assert "「SSDSE-A-2031」（独立行政法人統計センター）" in text
    assert "sha256" in text
    assert "fiscal strength of 6 municipalities" in text


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("order", [1, -1])
def test_neither_encoding_nor_order_of_columns_matters(tmp_path: Path, encoding: str, order: int) -> None:
    rows = [row[:3] + row[3:][::order] for row in table_of([*ITEMS, *MORE])]
    world = import_world(write_csv(tmp_path / "a.csv", rows, encoding))
    assert world.columns["population_2020"].tolist() == [200_000, 9_000, 0, 300_000, 110_000, 800]


def test_an_edition_with_fewer_items_is_filled_and_says_so(tmp_path: Path) -> None:
    old = [item for item in ITEMS if not item.startswith("A1419")]
    world = import_world(write_csv(tmp_path / "a.csv", table_of(old)))
    assert 0.1 < world.columns["share_75plus"][0] < world.columns["share_65plus"][0]
    assert any("A1419" in note for note in world.about["filled"])
    assert np.isnan(world.columns["retail_shops"]).all()


def test_an_older_census_is_carried_to_2020(tmp_path: Path) -> None:
    world = import_world(write_csv(tmp_path / "a.csv", table_of(ITEMS, "2015")))
    assert world.about["census"] == 2015
    assert 195_000 < world.columns["population_2020"][0] < 200_000


@pytest.mark.parametrize(
    ("first", "rows", "census"),
    [
        ("SSDSE-2018A", (0, 2), 2015),  # codes of items and labels
        ("SSDSE-2020A", (0, 2), 2015),
        ("SSDSE-A-2023", (0,), 2020),
        ("SSDSE-A-2024", (0, 1, 2), 2020),
    ],
)
def test_no_edition_loses_its_first_municipality(
    tmp_path: Path, first: str, rows: tuple[int, ...], census: int
) -> None:
    table = table_of(ITEMS)
    table[0][0] = first
    world = import_world(write_csv(tmp_path / "a.csv", [*(table[row] for row in rows), *table[3:]]))
    assert world.columns["code"].tolist() == ["01101", "01102", "01103", "13101", "32101", "32102"]
    assert world.about["census"] == census


@pytest.mark.parametrize("year", ["2020.0", "2020年10月1日", "令和2年", "２０２０"])
def test_a_year_is_read_however_it_is_written(tmp_path: Path, year: str) -> None:
    table = table_of(ITEMS, year)
    table[0][0] = "code"
    assert import_world(write_csv(tmp_path / "a.csv", table)).about["census"] == 2020


@pytest.mark.parametrize("year", ["2055", "1995", "unknown"])
def test_a_year_that_cannot_be_is_refused(tmp_path: Path, year: str) -> None:
    assert faults_of(write_csv(tmp_path / "a.csv", table_of(ITEMS, year)))[0].value == year


def test_items_of_two_censuses_are_refused(tmp_path: Path) -> None:
    """The people of one and the ages of another would pass for one country."""
    table = table_of(ITEMS)
    column = table[0].index("A1303")
    table[1][column] = "2015"
    assert [fault.key for fault in faults_of(write_csv(tmp_path / "a.csv", table))] == ["A1303"]


@pytest.mark.parametrize("first", ["code", "SSDSE-A-2027"])
def test_people_of_a_year_that_nothing_names_are_refused(first: str, tmp_path: Path) -> None:
    """They were said to be those of the census of 2015, or of 2020 where that of 2025 may be meant."""
    table = table_of(ITEMS)
    table[0][0] = first
    rows = [table[0], *table[3:]]
    fault = faults_of(write_csv(tmp_path / "a.csv", rows))[0]
    assert (fault.key, "of which year" in fault.what) == ("A1101", True)
    table[0][0] = "code"
    assert import_world(write_csv(tmp_path / "SSDSE-2021A.csv", rows)).about["census"] == 2015


@pytest.mark.parametrize(
    ("item", "cell", "faults"),
    [
        ("A1303", "-", [("A1101", "9000"), ("A1303", "-")]),
        ("A1303", "34", [("A1101", "9000")]),
        ("A1301", "－", [("A1301", "－")]),
    ],
)
def test_an_age_that_is_lost_is_not_nobody(
    item: str, cell: str, faults: list[tuple[str, str]], tmp_path: Path
) -> None:
    """Where neither those of 75 and over nor men and women are given, nothing else tells it."""
    table = table_of([*ITEMS[:4], "B1101", "B1103"])
    table[4][table[0].index(item)] = cell
    found = faults_of(write_csv(tmp_path / "a.csv", table, "utf-8"))
    assert [(fault.key, fault.value) for fault in found] == faults
    assert {fault.line for fault in found} == {5}


def test_a_dash_is_nobody_where_the_other_ages_are_everybody(tmp_path: Path) -> None:
    table = table_of([*ITEMS[:4], "B1101", "B1103"])
    table[4][table[0].index("A1303")], table[4][table[0].index("A1302")] = "-", "8100"
    assert import_world(write_csv(tmp_path / "a.csv", table)).columns["share_65plus"][1] == 0


def test_habitable_land_alone_in_square_kilometres_is_refused(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    for row in table[3:]:
        row[table[0].index("B1103")] = "45"
    fault = faults_of(write_csv(tmp_path / "a.csv", table))[0]
    assert (fault.key, "hectares" in fault.what) == ("B1103", True)


def test_a_town_beside_the_city_that_it_became_is_refused(ssdse: Path, tmp_path: Path) -> None:
    table = table_of(ITEMS)
    table[3][:3], table[4][:3] = ["R04216", "宮城県", "富谷市"], ["R04423", "宮城県", "富谷町"]
    fault = faults_of(write_csv(tmp_path / "a.csv", table))[0]
    assert (fault.line, fault.value, "04216" in fault.what) == (5, "04423", True)
    strength = write_strength(tmp_path / "s.xlsx", [("044237", "", "", 0.5), ("042161", "", "", 0.6)])
    assert "04216" in faults_of(ssdse, fiscal_strength=strength)[0].what


@pytest.mark.parametrize("code", ["R01000", "R00000", "01000"])
def test_a_row_of_a_whole_prefecture_is_told_alone(code: str, tmp_path: Path) -> None:
    table = table_of([*ITEMS, *MORE])
    table.insert(3, [code, "北海道", "", *["5224614"] * len(table[0][3:])])
    faults = faults_of(write_csv(tmp_path / "a.csv", table))
    assert [(fault.line, fault.value, "whole prefecture" in fault.what) for fault in faults] == [
        (4, code, True)
    ]


def test_a_ward_of_a_designated_city_is_refused(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    table.insert(4, ["R01102", "北海道", "夢野市北区", *table[3][3:]])
    table[5][0] = "R01104"
    fault = faults_of(write_csv(tmp_path / "a.csv", table))[0]
    assert (fault.line, fault.value) == (5, "夢野市北区")


def test_commas_are_allowed_between_thousands_alone(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    table[3][3] = "200,000"
    assert import_world(write_csv(tmp_path / "a.csv", table)).columns["population_2020"][0] == 200_000
    table[3][3] = "20,00"
    assert faults_of(write_csv(tmp_path / "b.csv", table))[0].value == "20,00"


def test_a_column_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    table = [[*row, row[3 + ITEMS.index("A1419")]] for row in table_of(ITEMS)]
    assert faults_of(write_csv(tmp_path / "a.csv", table))[0].key == "A1419"


@pytest.mark.parametrize(("pop2050", "elderly"), [("100", "45"), ("100000", "100001"), ("9000000", "1")])
def test_a_projection_that_cannot_be_is_refused(
    ssdse: Path, tmp_path: Path, pop2050: str, elderly: str
) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050", "elderly2050"]]
    rows += [["1101", "200000", "190000", pop2050, elderly]]
    assert faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))[0].line == 2


def test_half_a_point_is_none(ssdse: Path, tmp_path: Path) -> None:
    rows = [["cid", "lat", "lng"], ["1101", "43.0", ""], ["1102", "43.1", "141.2"]]
    world = import_world(ssdse, offices=write_csv(tmp_path / "o.csv", rows, "utf-8"))
    assert world.columns["latitude"][0] != 43.0
    assert (world.columns["latitude"][1], world.columns["longitude"][1]) == (43.1, 141.2)


def test_the_sheet_with_the_index_is_found(ssdse: Path, tmp_path: Path) -> None:
    path = write_strength(tmp_path / "s.xlsx", [("011011", "北海道", "夢野市", 0.61)])
    book = openpyxl.load_workbook(path)
    book.create_sheet("目次", 0).append(("団体コード", "一覧"))
    book.save(path)
    assert import_world(ssdse, fiscal_strength=path).columns["fiscal_strength"][0] == 0.61


@pytest.mark.parametrize(
    ("column", "value"), [("population_2020", -5), ("share_65plus", 7.0), ("fiscal_strength", np.nan)]
)
def test_a_stored_world_with_impossible_values_is_refused(
    ssdse: Path, tmp_path: Path, column: str, value: float
) -> None:
    world = import_world(ssdse)
    world.columns[column][1] = value
    write_world(world, tmp_path / "real")
    with pytest.raises(InputError) as caught:
        load_world(str(tmp_path / "real"))
    assert (caught.value.faults[0].key, str(value) in str(caught.value.faults[0].value)) == (column, True)


def test_a_prefecture_that_the_world_has_not_is_refused(ssdse: Path, tmp_path: Path) -> None:
    import_world(ssdse, out=tmp_path / "real")
    with pytest.raises(InputError) as caught:
        load_world(str(tmp_path / "real"), ("大阪府",))
    assert caught.value.faults[0].value == "大阪府"
    assert caught.value.faults[0].allowed == "北海道, 東京都, 島根県"


def test_names_of_columns_may_be_broken_into_lines(ssdse: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("団体コード", "団体名", "財政力\n指 数"), ("011011", "夢野市", 0.61)]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "s.xlsx")
    world = import_world(ssdse, fiscal_strength=tmp_path / "s.xlsx")
    assert world.columns["fiscal_strength"][0] == 0.61


def test_a_first_municipality_with_a_broken_code_is_no_header(tmp_path: Path) -> None:
    table = table_of(ITEMS)
    table[3][0] = ""
    fault = faults_of(write_csv(tmp_path / "a.csv", [table[0], table[2], *table[3:]]))[0]
    assert fault.line == 3


def test_a_table_of_headers_alone_has_no_rows(tmp_path: Path) -> None:
    fault = faults_of(write_csv(tmp_path / "a.csv", table_of(ITEMS)[:3]))[0]
    assert fault.what == "the file has no rows of data"


def test_the_files_beside_are_joined_by_code(ssdse: Path, tmp_path: Path) -> None:
    strength = write_strength(
        tmp_path / "s.xlsx",
        [
            ("011011", "北海道", "夢野市", 0.61),
            ("321028", "島根県", "暁村", "-"),
            ("全国平均", None, None, 0.5),
        ],
    )
    projection = write_csv(
        tmp_path / "p.csv",
        [
            ["code", "name", "pop2020", "pop2025", "pop2050", "elderly2050"],
            ["1101", "", "200000", "190000", "100000", "45000"],
        ],
        "utf-8",
    )
    depopulated = write_csv(
        tmp_path / "d.csv", [["code", "kaso_kind"], ["32101", "一部過疎"], ["99", ""]][:2], "utf-8"
    )
    offices = write_csv(
        tmp_path / "o.csv",
        [["pid", "cid", "lat", "lng"], ["1", "1101", "43.1", "141.3"], ["1", "1199", "43.2", "141.4"]],
        "utf-8-sig",
    )
    world = import_world(
        ssdse, fiscal_strength=strength, projection=projection, depopulated=depopulated, offices=offices
    ).columns
    assert world["fiscal_strength"][0] == 0.61
    assert 0.05 <= world["fiscal_strength"][5] < 0.5  # "-" is none: filled
    assert world["ratio_2050"][0] == 0.5
    assert world["share_65plus_2050"][0] == pytest.approx(0.45)
    assert world["depopulation"].tolist() == [0, 0, 0, 0, Depopulation.PART, 0]
    assert (world["longitude"][0], world["latitude"][0]) == (141.3, 43.1)


def spoil(change: Callable[[list[list[str]]], None]) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        rows = table_of(ITEMS)
        change(rows)
        return write_csv(path, rows)

    return write


def keep_the_empty_town(rows: list[list[str]]) -> None:
    rows[3:] = [row for row in rows[3:] if row[2] == "空箱町"]


def put(row: int, column: int, text: str) -> Callable[[Path], Path]:
    return spoil(lambda rows: rows[row].__setitem__(column, text))


POPULATION = 3
BROKEN: dict[str, tuple[Callable[[Path], Path], str, int | None, str | None]] = {
    "text where a number belongs": (put(4, POPULATION, "約一万"), "no number", 5, "A1101"),
    "a missing number": (put(4, POPULATION, ""), "no number", 5, "A1101"),
    "infinity": (put(4, POPULATION, "inf"), "no number", 5, "A1101"),
    "a negative number": (put(4, POPULATION, "-3"), "out of range", 5, "A1101"),
    "a missing column": (put(0, POPULATION, "A1109"), "column is missing", None, "A1101"),
    "a column twice": (put(0, 4, "A1101"), "missing", None, "A1301"),
    "a code twice": (put(5, 0, "R01102"), "there twice, first in row 5", 6, "SSDSE-A-2031"),
    "no code": (put(5, 0, "R99102"), "no municipality code", 6, "SSDSE-A-2031"),
    "a prefecture's row": (put(5, 2, "北海道"), "does not end in", 6, "Municipality"),
    "a row too short": (spoil(lambda rows: rows[4].pop()), "fields", 5, None),
    "ages over the total": (put(4, POPULATION, "100"), "more than the population", 5, "A1101"),
    "no prefectures": (
        spoil(lambda rows: [row.pop(1) for row in rows] and None),
        "column is missing",
        None,
        "Prefecture",
    ),
    "only headers": (spoil(lambda rows: rows.__delitem__(slice(3, None))), "no rows", None, None),
    "nobody at all": (
        spoil(lambda rows: rows.__delitem__(slice(6, None)) or rows.__delitem__(slice(3, 5))),
        "nobody lives",
        None,
        "A1101",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_refused_with_row_and_column(name: str, tmp_path: Path) -> None:
    write, words, row, column = BROKEN[name]
    fault = faults_of(write(tmp_path / "a.csv"), out=tmp_path / "world")[0]
    assert words in fault.what
    assert fault.file == str(tmp_path / "a.csv")
    assert fault.line == row
    assert column is None or column in str(fault.key)
    assert not (tmp_path / "world").exists()


def reshape(change: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[Path], Path]:
    return lambda path: write_csv(path, change(table_of([*ITEMS, *MORE])), "utf-8")


def six_digits(rows: list[list[str]]) -> list[list[str]]:
    return [*rows[:3], *([f"{row[0]}{check_digit(row[0][1:])}", *row[1:]] for row in rows[3:])]


def wide_digits(rows: list[list[str]]) -> list[list[str]]:
    wide = str.maketrans("0123456789ACR", "０１２３４５６７８９ＡＣＲ")
    return [[cell.translate(wide) for cell in row] for row in rows]


def no_people_as_dashes(rows: list[list[str]]) -> list[list[str]]:
    people = [item.startswith("A1") for item in rows[0]]
    return [
        ["-" if cell == "0" and counts else cell for cell, counts in zip(row, people, strict=True)]
        for row in rows
    ]


NORTHERN_VILLAGE = ["R01695", "北海道", "島外村"]
EDITIONS: dict[str, Callable[[Path], Path]] = {
    "a title above": reshape(lambda rows: [["市区町村データ"], *rows]),
    "years, codes, labels": reshape(lambda rows: [rows[1], rows[0], *rows[2:]]),
    "a row of units": reshape(
        lambda rows: [*rows[:3], ["", "", "単位", *["人"] * len(rows[0][3:])], *rows[3:]]
    ),
    "empty ends": reshape(lambda rows: [*rows[:3], *([*row, "", ""] for row in rows[3:])]),
    "sources below": reshape(
        lambda rows: [*rows, [""], ["資料：国勢調査"], ["注", *[""] * len(rows[0][1:])]]
    ),
    "six digits": reshape(six_digits),
    "wide digits": reshape(wide_digits),
    "a dash is nobody": reshape(no_people_as_dashes),
    "name before code": reshape(lambda rows: [[row[2], row[1], row[0], *row[3:]] for row in rows]),
    "places behind": reshape(lambda rows: [[*row[3:], *row[:3]] for row in rows]),
    "a number before": reshape(
        lambda rows: [["No.", *rows[0]], *([str(i), *row] for i, row in enumerate(rows[1:]))]
    ),
    "headed in Japanese": reshape(
        lambda rows: [["SSDSE-A-2031", "都道府県", "市区町村", *rows[0][3:]], *rows[1:]]
    ),
    "headed otherwise": reshape(lambda rows: [["SSDSE-A-2031", "県", "", *rows[0][3:]], *rows[1:]]),
    "northern villages": reshape(lambda rows: [*rows, [*NORTHERN_VILLAGE, *["-"] * len(rows[0][3:])]]),
}


@pytest.mark.parametrize("name", EDITIONS)
def test_however_an_edition_is_written_it_is_the_same_country(name: str, ssdse: Path, tmp_path: Path) -> None:
    plain, other = import_world(ssdse), import_world(EDITIONS[name](tmp_path / "a.csv"))
    assert other.about["census"] == 2020
    notes = 2 if name == "northern villages" else 1  # the three prefectures are not whole
    assert len(other.about["notes"]) == notes
    for column, values in plain.columns.items():
        np.testing.assert_array_equal(other.columns[column], values, err_msg=column)


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [
        ("Prefecture", "沖縄県", "not of this prefecture"),
        ("Municipality", "夢野市", "has this municipality already, in row 4"),
        ("SSDSE-A-2031", "R01000", "whole prefecture"),
        ("A1101", "9000.5", "no whole number"),
        ("A1101", "9e3", "no number"),
        ("A1101", "99999999", "out of range"),
        ("A1101", "11500", "less than 80%"),
        ("A130101", "899", "men and women"),
        ("A1419", "8000", "75 and over"),
        ("B1103", "13000", "more habitable land"),
        ("A5102", "9999", "more moves"),
        ("D1202", "9999", "more staff"),
        ("H6130", "2500", "more shops"),
        ("H6130", "64.5", "no whole number"),
        ("H6132", "91", "more large stores"),
        ("H6132", "10000001", "out of range"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(column: str, text: str, words: str, tmp_path: Path) -> None:
    table = table_of([*ITEMS, *MORE])
    table[4][table[0].index(column)] = text
    fault = faults_of(write_csv(tmp_path / "a.csv", table))[0]
    assert words in fault.what
    assert (fault.line, fault.value) == (5, table[4][table[0].index(str(fault.key))])


def test_a_wrong_check_digit_is_refused_with_the_right_one(ssdse: Path, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("011029", "", "", 0.5),
        ("321011", "", "", 0.5),
        ("全国平均", "", "", 0.5),
    ]
    fault = faults_of(ssdse, fiscal_strength=write_strength(tmp_path / "s.xlsx", rows))[0]
    assert (fault.line, fault.value, fault.nearest) == (4, "321011", "321010")


def test_a_projection_of_other_people_is_refused(ssdse: Path, tmp_path: Path) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050"], ["1101", "9000", "8000", "5000"]]
    fault = faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))[0]
    assert (fault.line, fault.key, fault.allowed) == (2, "pop2020", "about 200,000")


def test_what_a_file_names_in_vain_is_said(ssdse: Path, tmp_path: Path) -> None:
    rows = [["code", "kaso_kind"], ["32101", "一部過疎"], ["32999", "全部過疎"]]
    notes = import_world(ssdse, depopulated=write_csv(tmp_path / "d.csv", rows, "utf-8")).about["notes"]
    assert any("d.csv" in note and "32999" in note for note in notes)
    assert any("北海道" in note and "is it whole" in note for note in notes)


def test_a_huge_file_and_a_pipe_are_refused_at_once(ssdse: Path, tmp_path: Path) -> None:
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2_000_000_000)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "too large" in faults_of(tmp_path / "huge.csv")[0].what
    assert "pipe" in faults_of(ssdse, offices=tmp_path / "pipe.csv")[0].what


def test_where_the_encoding_breaks_is_told(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", table_of(ITEMS), "utf-8-sig")
    lines = path.read_bytes().split(b"\r\n")
    lines[4] = lines[4].decode().encode("cp932")
    path.write_bytes(b"\r\n".join(lines))
    fault = faults_of(path)[0]
    assert ("neither UTF-8 nor" in fault.what, fault.line) == (True, 5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"\x00\x01\x02", "binary"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xff\xfe\xfd\xfc\x80", "neither UTF-8 nor"),
        (b'a,"b\n1,2\n', "as CSV"),
        (b"just some words\n", "no rows"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert words in faults_of(path)[0].what


def test_missing_files_and_folders_are_refused(ssdse: Path, tmp_path: Path) -> None:
    assert "no such file" in faults_of(tmp_path / "nothing.csv")[0].what
    assert "a file is wanted" in faults_of(tmp_path)[0].what
    fault = faults_of(ssdse, fiscal_strength=ssdse)[0]
    assert (fault.what, fault.key) == ("a column is missing", "財政力指数")


def test_all_faults_come_at_once_up_to_a_dozen(ssdse: Path, tmp_path: Path) -> None:
    rows = table_of(ITEMS)
    for row in rows[3:]:
        row[POPULATION] = row[POPULATION + 1] = row[-1] = "?"
    bad = write_csv(tmp_path / "bad.csv", rows)
    depopulated = write_csv(tmp_path / "d.csv", [["code", "kind"], ["32101", "x"]], "utf-8")
    faults = faults_of(bad, depopulated=depopulated)
    assert len(faults) == 13
    assert "19 in all" in faults[-1].what
    two = faults_of(put(4, POPULATION, "?")(tmp_path / "b.csv"), depopulated=depopulated)
    assert [Path(str(fault.file)).name for fault in two] == ["b.csv", "d.csv"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("011011", "", "", "たくさん"), "no number"),
        (("01101", "", "", 0.5), "no municipality code"),
        (("991011", "", "", 0.5), "no municipality code"),
        (("011011", "", "", -1), "out of range"),
        (("011011", "", "", 7.2), "out of range"),
    ],
)
def test_broken_fiscal_strength_is_refused(
    row: tuple[object, ...], words: str, ssdse: Path, tmp_path: Path
) -> None:
    path = write_strength(tmp_path / "s.xlsx", [row, ("321010", "", "", 0.5), ("全国平均", "", "", 0.5)])
    fault = faults_of(ssdse, fiscal_strength=path)[0]
    assert words in fault.what
    assert fault.line == 3


def test_files_of_another_country_are_refused(ssdse: Path, tmp_path: Path) -> None:
    offices = write_csv(tmp_path / "o.csv", [["cid", "lat", "lng"], ["4701", "26.1", "127.1"]], "utf-8")
    assert "no code" in faults_of(ssdse, offices=offices)[0].what


OFFICIAL = Path(os.environ.get("OKOSHI_OFFICIAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
official = pytest.mark.skipif(
    not (OFFICIAL / "SSDSE-A-2026.csv").is_file(),
    reason="the official files are not here (OKOSHI_OFFICIAL_DATA names their folder)",
)


@official
def test_the_official_files_give_the_real_country(tmp_path: Path) -> None:
    import_world(
        OFFICIAL / "SSDSE-A-2026.csv",
        fiscal_strength=OFFICIAL / "fiscal_strength_2021.xlsx",
        projection=OFFICIAL / "ipss2023_population.csv",
        depopulated=OFFICIAL / "depopulated_areas_2022.csv",
        offices=OFFICIAL / "municipal_offices.csv",
        out=tmp_path / "japan",
    )
    world = load_world(str(tmp_path / "japan"))
    assert len(world) == 1741
    assert (world.depopulated.sum(), world.eligible_cooperators.sum(), world.eligible_dispatch.sum()) == (
        885,
        1461,
        1432,
    )
    assert world.population_2020.sum() == 126_146_099
    assert world.large_stores.sum() == 18_407
    assert world.retail_shops.sum() == 872_596
    assert world.population_2020[world.code == "07546"] == 0
    for name in ("population", "people", "fiscal_strength", "ratio_2050", "net_migration_per_1000"):
        assert np.isfinite(getattr(world, name)).all(), name
    one = load_world(str(tmp_path / "japan"), ("静岡県",))
    assert one.latitude[one.name == "浜松市"] == pytest.approx(34.71, abs=0.01)


@official
def test_no_invented_name_or_code_is_a_real_one() -> None:
    invented = load_world()
    real = import_world(OFFICIAL / "SSDSE-A-2024.csv").columns
    assert not set(invented.code.tolist()) & set(real["code"].tolist())
    assert not set(invented.name.tolist()) & set(real["name"].tolist())
    assert not {name[0] for name in invented.name.tolist()} & {name[0] for name in real["name"].tolist()}


@pytest.mark.filterwarnings("error")
def test_a_village_unlike_the_nation_is_a_world_too(tmp_path: Path) -> None:
    """People of working age alone, nearly all men: of FY2009 it would need ten thousand times as many children."""
    row = [
        "R07545",
        "福島県",
        "暁町",
        "847",
        "0",
        "770",
        "77",
        "12",
        "0",
        "0",
        "700",
        "70",
        "50",
        "27",
        "6",
        "6",
    ]
    table = [*table_of(ITEMS)[:3], [*row, "12300", "4500"]]
    import_world(write_csv(tmp_path / "a.csv", table), out=tmp_path / "world")
    world = load_world(str(tmp_path / "world"))
    assert world.people_2009.sum() == pytest.approx(world.population[0].sum())


@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.filterwarnings("error")
def test_a_handful_of_municipalities_is_a_world_too(count: int, tmp_path: Path) -> None:
    """All offices on one spot, one town alone: everything is still a number, and it can be described."""
    rows = table_of(ITEMS)[: 3 + count]
    offices = [["cid", "lat", "lng"], *([row[0][1:], "35.0", "135.0"] for row in rows[3:])]
    import_world(
        write_csv(tmp_path / "a.csv", rows),
        offices=write_csv(tmp_path / "o.csv", offices, "utf-8"),
        out=tmp_path / "world",
    )
    world = load_world(str(tmp_path / "world"), scale=2)
    assert len(world) == 2 * count
    assert np.isfinite(world.population).all()
    assert np.isfinite(world.people_2009).all()
    described = describe(world)
    assert any(row.group == "prefecture" and row.expected for row in described)
    assert not any(row.group == "national" and row.expected for row in described)


def test_a_part_of_japan_has_the_applicants_and_companies_of_the_whole(tmp_path: Path) -> None:
    """Cities that the table does not have are the country's, not none: Tokyo sends people to Shimane."""
    head, shimane = table_of(ITEMS)[:3], [row for row in table_of(ITEMS)[3:] if row[0].startswith("R32")]
    assert shimane
    world = import_world(write_csv(tmp_path / "a.csv", [*head, *shimane]))
    assert (
        world.prefectures["urban_population"].tolist() == load_world().prefectures.urban_population.tolist()
    )
    assert any("cities of 47 prefectures" in line for line in world.about["filled"])


PIECES = [b"", b"0", b"-", b'"', b",", b"\n", b"nan", b"1e400", b"\x00", b"\xff", b"9" * 30, "市".encode()]
spoilt = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 20), st.sampled_from(PIECES)), min_size=1, max_size=4
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=60)
@given(st.sampled_from(["a.csv", "s.xlsx", "o.csv", "d.xls", "p.ods"]), spoilt)
def test_whatever_is_broken_there_is_a_world_or_a_clear_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[float, int, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("spoilt")
    write_csv(folder / "a.csv", table_of(ITEMS))
    write_strength(folder / "s.xlsx", [("011011", "", "", 0.5), ("平均", "", "", 0.5)])
    write_csv(folder / "o.csv", [["cid", "lat", "lng"], ["1101", "43.1", "141.3"]], "utf-8")
    write_xls(folder / "d.xls", a=[("code", "kaso_kind"), ("32101", "一部過疎")])
    write_ods(
        folder / "p.ods", a=[("code", "pop2020", "pop2025", "pop2050"), (1101, 200_000, 190_000, 99_000)]
    )
    content = bytearray((folder / name).read_bytes())
    for where, length, piece in changes:
        start = int(where * len(content))
        content[start : start + length] = piece
    (folder / name).write_bytes(content)
    faults: tuple[Fault, ...] = ()
    try:
        world = import_world(
            folder / "a.csv",
            fiscal_strength=folder / "s.xlsx",
            projection=folder / "p.ods",
            depopulated=folder / "d.xls",
            offices=folder / "o.csv",
        )
    except InputError as error:
        faults = error.faults
    if faults:
        assert len(faults) <= 13
        assert all(fault.what for fault in faults)
    else:
        assert np.isfinite(world.columns["fiscal_strength"]).all()
        assert np.isfinite(world.columns["population_2009"]).all()
