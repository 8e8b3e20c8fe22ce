"""The projection of population, as it is published and of either edition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from official_table import ITEMS, faults_of, table_of, write_csv
from okoshi.world.importing import import_world
from workbook_forms import (
    Rows,
    write_book,
    write_xls,
)

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


def test_people_of_2025_that_are_not_given_are_said_to_be_filled(ssdse: Path, tmp_path: Path) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050"], ["1101", "200000", "190000", "100000"]]
    rows += [["1102", "9000", "-", "5000"]]
    world = import_world(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))
    assert any("of 2025 of 1 municipalities" in note for note in world.about["filled"])


@pytest.mark.parametrize("column", ["pop2020", "pop2025", "pop2050"])
def test_a_year_without_any_number_is_refused(column: str, ssdse: Path, tmp_path: Path) -> None:
    head = ["code", "pop2020", "pop2025", "pop2050"]
    row = ["1101", "200000", "190000", "100000"]
    row[head.index(column)] = ""
    fault = faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", [head, row], "utf-8"))[0]
    assert (fault.key, "no number in any row" in fault.what) == (column, True)


@pytest.mark.parametrize("aged", ["38.5", "0.385", "3850"])
def test_shares_and_numbers_cut_short_are_no_people_of_65_and_over(
    aged: str, ssdse: Path, tmp_path: Path
) -> None:
    rows = [["code", "pop2020", "pop2025", "pop2050", "elderly2050"], ["1101", "200000", "190000", "100000"]]
    rows[1].append(aged)
    fault = faults_of(ssdse, projection=write_csv(tmp_path / "p.csv", rows, "utf-8"))[0]
    assert (fault.line, fault.key, fault.allowed) == (2, "elderly2050", "pop2050 100,000")
