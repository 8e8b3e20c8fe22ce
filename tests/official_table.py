"""An official table of municipalities (SSDSE-A) as small as it can be: six places, none of them real."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from okoshi.language.errors import Fault, InputError
from okoshi.world.importing import import_world

SEXES = [f"{item}{sex}" for item in ("A1301", "A1302", "A1303", "A1419") for sex in ("01", "02")]
ITEMS = ["A1101", "A1301", "A1302", "A1303", "A1419", *SEXES, "B1101", "B1103"]
MORE = ["A5101", "A5102", "D1202", "H6130", "H6132"]
ROWS = (  # code, prefecture, name, population; one without a resident
    ("R01101", "北海道", "夢野市", 200_000),
    ("R01102", "北海道", "虹川町", 9_000),
    ("R01103", "北海道", "空箱町", 0),
    ("R32101", "島根県", "凪沢市", 110_000),
    ("R32102", "島根県", "暁村", 800),
    ("R13101", "東京都", "宙森区", 300_000),
)


def row_of(code: str, prefecture: str, name: str, people: int, items: list[str]) -> list[str]:
    part = {"A1101": 1.0, "A1301": 0.1, "A1302": 0.5, "A1303": 0.38, "A1419": 0.2}
    cells = {item: round(people * share) for item, share in part.items()}
    cells |= {item: round(cells[item[:5]] * 0.5) for item in SEXES}
    cells |= {"B1101": 12_300, "B1103": 4_500, "A5101": people // 30, "A5102": people // 25}
    cells |= {"D1202": max(people // 150, 20), "H6130": people // 140, "H6132": people // 7_000}
    return [code, prefecture, name, *(str(cells[item]) for item in items)]


def table_of(items: list[str], year: str = "2020") -> list[list[str]]:
    header = ["SSDSE-A-2031", "Prefecture", "Municipality", *items]
    years = ["", "", "年度", *[year] * len(items)]
    labels = ["地域コード", "都道府県", "市区町村", *items]
    return [header, years, labels, *(row_of(*row, items) for row in ROWS)]


def write_csv(path: Path, rows: list[list[str]], encoding: str = "cp932") -> Path:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def faults_of(ssdse: Path, **others: Path) -> tuple[Fault, ...]:
    """Return what is wrong with files that cannot be imported."""
    with pytest.raises(InputError) as caught:
        import_world(ssdse, **others)
    return caught.value.faults
