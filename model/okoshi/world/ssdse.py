"""The municipality table SSDSE-A of any edition: codes, names, kinds and items, found by their codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from okoshi.language.messages import say
from okoshi.world.arrays import Booleans, Floats, Integers
from okoshi.world.checking import MOST_OF_AREA, MOST_PEOPLE
from okoshi.world.country import MunicipalityKind
from okoshi.world.facts import prefecture_names
from okoshi.world.faults import Faults
from okoshi.world.official import (
    Allowed,
    codes_of,
    municipalities_of,
    numbers_of,
    refuse_repeated,
    require,
)
from okoshi.world.places import refuse_successors
from okoshi.world.sheets import Sheet, read_sheet

CENSUS = 2020
MOST_HEADER_ROWS = 4  # beside the item codes: years, labels, units
CENSUS_BEFORE_YEARS = 2015  # of editions up to 2021 that do not say the years of their items
FIRST_EDITION, FIRST_OF_NEXT_CENSUS = 2018, 2027  # editions between have the census of 2015 or of 2020
FIRST_CENSUS, LAST_CENSUS = 2009, 2050  # what can be carried to 2020
TOTAL, UNDER_15, FROM_15, FROM_65, FROM_75 = "A1101", "A1301", "A1302", "A1303", "A1419"
AREA, HABITABLE = "B1101", "B1103"
SMALLEST, LARGEST = 100, 1_000_000  # hectares: in square kilometres most municipalities would be smaller
MOST_DENSE = 400  # people on a hectare of a municipality: the densest ward has 230
LEAST_HABITABLE = 0.012  # of all land: the least of one place is 0.017, the most in square kilometres 0.01
MOST_SHOPS, MOST_LARGE_STORES = 0.25, 0.01  # a head: five times the most there are
MOVED_IN, MOVED_OUT, STAFF, SHOPS, LARGE_STORES = "A5101", "A5102", "D1202", "H6130", "H6132"
PEOPLE = (TOTAL, UNDER_15, FROM_15, FROM_65)
REQUIRED = (*PEOPLE, AREA, HABITABLE)
OPTIONAL = (FROM_75, MOVED_IN, MOVED_OUT, STAFF, SHOPS, LARGE_STORES)
AGES_BY_SEX = tuple(f"{item}{sex}" for sex in ("01", "02") for item in (UNDER_15, FROM_15, FROM_65, FROM_75))
NORTHERN = tuple(f"{code:05d}" for code in range(1695, 1701))  # six villages without a government (北方領土)
_A_PREFECTURE = re.compile("[^都].{1,2}[都道府県]")  # 島根県, and not the label 都道府県
_WITH_WARDS = "131"  # Tokyo's special wards are municipalities, those of designated cities are not
_KINDS = {
    "市": MunicipalityKind.CITY,
    "町": MunicipalityKind.TOWN,
    "村": MunicipalityKind.VILLAGE,
    "区": MunicipalityKind.WARD,
}
_PLACE_COLUMNS = {  # in the order of all editions
    "SSDSE-A": r"SSDSE.*|地域コード|(全国地方公共団体|市区町村|団体)?コード|(area |municipality )?code",
    "Prefecture": "Prefecture|都道府県名?",
    "Municipality": "Municipality|市区町村名?",
}
_ERAS = (("令和|R", 2018), ("平成|H", 1988))


@dataclass(frozen=True)
class Table:
    """The municipality table: codes in order, items as numbers, nan where nothing is said."""

    edition: str
    census: int
    codes: list[str]
    names: list[str]
    prefecture: Integers
    kind: Integers
    items: dict[str, Floats]
    northern: int  # villages that were left out


def read_table(path: Path, faults: Faults) -> Table | None:
    """Return the municipality table SSDSE-A, any edition; None where faults were noted."""
    before = faults.count
    whole = read_sheet(path, REQUIRED, faults, (*OPTIONAL, *AGES_BY_SEX))
    if whole is None or not require(whole, REQUIRED, faults, say("world.allowed_items")):
        return None
    whole = _places_first(whole, faults)
    if whole is None:
        return None
    sheet, years = _below_header(whole, faults)
    sheet, northern = _without_northern(municipalities_of(sheet, sheet.header[0]))
    sheet = _without_prefectures(sheet, faults)
    codes = codes_of(sheet, sheet.header[0], faults)
    items = _items(sheet, faults)
    names = [row[2].strip() if len(row) > 2 else "" for row in sheet.rows]
    refuse_repeated(sheet, (*OPTIONAL, *AGES_BY_SEX), faults)
    kinds = _kinds(sheet, names, codes, faults)
    _check_places(sheet, names, codes, faults)
    refuse_successors(sheet, sheet.header[0], codes, faults)
    _check_numbers(sheet, items, faults)
    census = _census_year(sheet, years, faults)
    if faults.count == before and items[TOTAL].sum() == 0:
        faults.add(path, say("world.nobody"), column=TOTAL)
    if faults.count > before:
        return None
    known = [code for code in codes if code is not None]
    order = np.argsort(np.array(known), kind="stable")
    edition = re.search(r"SSDSE[-0-9A-Z]*", sheet.header[0])
    return Table(
        edition=edition.group() if edition else "SSDSE-A",
        census=census,
        codes=[known[i] for i in order],
        names=[names[i] for i in order],
        prefecture=np.array([int(known[i][:2]) - 1 for i in order], dtype=np.int64),
        kind=np.array(kinds, dtype=np.int64)[order],
        items={item: values[order] for item, values in items.items()},
        northern=northern,
    )


def _places_first(sheet: Sheet, faults: Faults) -> Sheet | None:
    """Return the table with code, prefecture and name in its first three columns; None where one is missing: noted.

    Each is found by its heading, in either language. One with another heading is where all editions have it, unless
    that column is called something else that is known.
    """
    plain = [unicodedata.normalize("NFKC", name).strip() for name in sheet.header]
    named = {
        name: next((i for i, cell in enumerate(plain) if re.fullmatch(spelt, cell, re.IGNORECASE)), None)
        for name, spelt in _PLACE_COLUMNS.items()
    }
    taken = {i for i in named.values() if i is not None}
    taken |= {i for i, cell in enumerate(plain) if re.fullmatch("[A-Z][0-9]{4,6}", cell)}
    first = [
        usual if found is None and usual not in taken and usual < len(plain) else found
        for usual, found in enumerate(named.values())
    ]
    missing = [name for name, found in zip(named, first, strict=True) if found is None]
    if missing:
        faults.add(
            sheet.file,
            say("world.missing_column"),
            column=", ".join(missing),
            allowed=say("world.allowed_places"),
        )
        return None
    order = [i for i in first if i is not None]
    order += [i for i in range(len(sheet.header)) if i not in order]
    if order == sorted(order):
        return sheet

    def moved(row: list[str]) -> list[str]:
        return [row[i] for i in order]

    return replace(
        sheet, header=moved(sheet.header), rows=[*map(moved, sheet.rows)], above=[*map(moved, sheet.above)]
    )


type Headers = list[
    tuple[int | None, list[str]]
]  # rows of headers with their numbers; above the codes without


def _below_header(sheet: Sheet, faults: Faults) -> tuple[Sheet, Headers]:
    """Return the table without the rows between the item codes and the first municipality, and all rows of headers.

    Such a row has no code of a municipality and names no prefecture: a municipality whose code is broken is none.
    """
    count = 0
    for row in sheet.rows[:MOST_HEADER_ROWS]:
        if re.search(r"\d", row[0]) or (len(row) > 1 and _A_PREFECTURE.fullmatch(row[1].strip())):
            break
        count += 1
    if count == len(sheet.rows) and not faults.count:
        faults.add(sheet.file, say("world.no_rows"))
    headers: Headers = [(None, row) for row in sheet.above]
    headers += zip(sheet.numbers[:count], sheet.rows[:count], strict=True)
    return sheet.only(range(count, len(sheet.rows))), headers


def _without_northern(sheet: Sheet) -> tuple[Sheet, int]:
    """Return the table without the villages of the northern territories, where there are no municipalities now."""
    kept = [i for i, row in enumerate(sheet.rows) if _five_digits(row[0]) not in NORTHERN]
    return sheet.only(kept), len(sheet.rows) - len(kept)


def _without_prefectures(sheet: Sheet, faults: Faults) -> Sheet:
    """Return the table without rows of whole prefectures or the country, each noted: nothing else in them is wrong."""
    codes = [_five_digits(row[0]) if row[0].strip() else "" for row in sheet.rows]
    whole = [i for i, code in enumerate(codes) if re.fullmatch("[0-9]{2}000", code)]
    for i in whole:
        sheet.note(faults, i, say("world.whole_prefecture"), sheet.header[0], sheet.rows[i][0].strip())
    return sheet.only([i for i in range(len(codes)) if i not in whole])


def _five_digits(cell: str) -> str:
    digits = unicodedata.normalize("NFKC", cell).strip().upper().removeprefix("R").zfill(5)
    return digits[:5]


def _items(sheet: Sheet, faults: Faults) -> dict[str, Floats]:
    """Return all items that are used. All counts are whole; by the census's own signs a dash is nobody."""
    people, count = (
        Allowed(high=MOST_PEOPLE, whole=True, nil=True),
        Allowed(high=MOST_PEOPLE, whole=True, nothing=True),
    )
    items = {item: numbers_of(sheet, item, faults, people) for item in PEOPLE}
    items |= {
        item: numbers_of(sheet, item, faults, Allowed(low=low, high=LARGEST))
        for item, low in ((AREA, SMALLEST), (HABITABLE, 0))
    }
    for item in (*OPTIONAL, *AGES_BY_SEX):
        if sheet.has(item):
            items[item] = numbers_of(sheet, item, faults, count)
            if item == FROM_75 or item in AGES_BY_SEX:
                items[item][np.isnan(items[item]) & (items[TOTAL] == 0)] = 0
    return items


def _census_year(sheet: Sheet, header: Headers, faults: Faults) -> int:
    """Return the year of the population item, as a header row says; without one, by the edition's own year."""
    column = sheet.header.index(TOTAL)
    for number, row in header:
        said = any("年" in cell for cell in row[:3])
        if not said and any(cell.strip() for cell in row[:2]):
            continue  # labels
        year = _year(row[column])
        if not year and not said:
            continue  # units
        if not FIRST_CENSUS <= year <= LAST_CENSUS:
            allowed = f"{FIRST_CENSUS}-{LAST_CENSUS}"
            faults.add(sheet.file, say("world.no_census"), number, TOTAL, row[column], allowed)
        for item in (*PEOPLE, *AGES_BY_SEX):
            place = sheet.header.index(item) if sheet.has(item) else column
            other = _year(row[place]) if place < len(row) else year
            if other not in (0, year):
                what, cell = say("world.unlike_census"), row[place]
                faults.add(sheet.file, what, number, item, cell, f"{TOTAL}: {year}")
        return year
    edition = re.search(r"20\d\d", sheet.header[0]) or re.search(r"SSDSE\D*(20\d\d)", sheet.file.stem)
    published = int(edition.group()[-4:]) if edition else 0
    if FIRST_EDITION <= published < FIRST_OF_NEXT_CENSUS:
        return CENSUS if published > CENSUS + 1 else CENSUS_BEFORE_YEARS
    faults.add(sheet.file, say("world.no_census_named"), column=TOTAL, allowed=say("world.allowed_census"))
    return CENSUS


def _year(cell: str) -> int:
    """Return a year however it is written; 0 where there is none."""
    text = unicodedata.normalize("NFKC", cell)
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
    if found:
        return int(found.group())
    for names, before in _ERAS:
        era = re.search(rf"(?:{names})\s*(\d{{1,2}})(?!\d)", text)
        if era:
            return before + int(era.group(1))
    return 0


def _kinds(sheet: Sheet, names: list[str], codes: list[str | None], faults: Faults) -> list[int]:
    kinds = []
    for name, code, number in zip(names, codes, sheet.numbers, strict=True):
        kind = _KINDS.get(name[-1:])
        column = sheet.header[2] if len(sheet.header) > 2 else None
        if kind is MunicipalityKind.WARD and code is not None and not code.startswith(_WITH_WARDS):
            faults.add(sheet.file, say("world.ward_of_a_city"), number, column, name)
        elif kind is None and code is not None:
            faults.add(sheet.file, say("world.no_kind" if name else "world.no_name"), number, column, name)
        kinds.append(int(kind or 0))
    return kinds


def _check_places(sheet: Sheet, names: list[str], codes: list[str | None], faults: Faults) -> None:
    """Note rows whose prefecture is not that of the code, and a name that a prefecture has twice."""
    prefectures = prefecture_names()
    seen: dict[tuple[str, str], int] = {}
    for name, code, number, row in zip(names, codes, sheet.numbers, sheet.rows, strict=True):
        if code is None or not name or len(row) < 3:
            continue
        right, said = prefectures[int(code[:2]) - 1], unicodedata.normalize("NFKC", row[1]).strip()
        if said not in ("", right, right[:-1]):
            faults.add(
                sheet.file, say("world.other_prefecture", code=code), number, sheet.header[1], said, right
            )
        elif (right, name) in seen:
            text = say("world.repeated_name", first=seen[right, name])
            faults.add(sheet.file, text, number, sheet.header[2], name)
        seen.setdefault((right, name), number)


def _check_numbers(sheet: Sheet, items: dict[str, Floats], faults: Faults) -> None:
    """Note what cannot be, with the cells as the file has them, and land in another unit than all land."""
    for item, text, wrong in _impossible(items):
        cells = sheet.column(item)
        for i in np.flatnonzero(wrong):
            sheet.note(faults, i, say(text), item, cells[i])
    for item in PEOPLE[1:]:
        cells = sheet.column(item)
        for i in np.flatnonzero(_short_of_ages(items)):
            if not re.search(r"[0-9]", unicodedata.normalize("NFKC", cells[i])):
                sheet.note(faults, i, say("world.dash_for_ages"), item, cells[i], "0")
    known = np.isfinite(items[HABITABLE]) & np.isfinite(items[AREA])
    if items[HABITABLE][known].sum() < LEAST_HABITABLE * items[AREA][known].sum():
        faults.add(sheet.file, say("world.habitable_unit"), column=HABITABLE)


def _short_of_ages(items: dict[str, Floats]) -> Booleans:
    """Return where some people are of no age that is given: a dash may be one of these then, and not nobody."""
    ages = items[UNDER_15] + items[FROM_15] + items[FROM_65]
    return np.asarray(ages < items[TOTAL] * 0.99 - 1)


def _impossible(items: dict[str, Floats]) -> Iterator[tuple[str, str, Booleans]]:
    """Give what cannot be: the item, what is said of it, in which rows. What is not known is not wrong."""
    total, ages = items[TOTAL], items[UNDER_15] + items[FROM_15] + items[FROM_65]
    some = total >= 100
    yield TOTAL, "world.ages_over_total", ages > total * 1.001 + 1
    yield (
        TOTAL,
        "world.ages_under_total",
        some & (ages < total * 0.8),
    )  # 14% are of unknown age where most are
    yield HABITABLE, "world.habitable_over_area", items[HABITABLE] > items[AREA] * MOST_OF_AREA
    yield AREA, "world.too_dense", total > items[AREA] * MOST_DENSE
    if FROM_75 in items:
        yield FROM_75, "world.more_over_75", items[FROM_75] > items[FROM_65]
    for item in (UNDER_15, FROM_15, FROM_65, FROM_75):
        sexes = [items.get(f"{item}{sex}") for sex in ("01", "02")]
        if item in items and sexes[0] is not None and sexes[1] is not None:
            off = np.abs(sexes[0] + sexes[1] - items[item])
            yield item, "world.sexes_and_all", off > items[item] * 0.01 + 1
    for item in (MOVED_IN, MOVED_OUT):
        if item in items:
            yield item, "world.more_moves_than_people", some & (items[item] > total)
    if STAFF in items:
        yield STAFF, "world.more_staff_than_people", items[STAFF] > total * 0.5 + 1000
    for item, most, text in (
        (SHOPS, MOST_SHOPS, "world.more_shops_than_people"),
        (LARGE_STORES, MOST_LARGE_STORES, "world.more_stores_than_people"),
    ):
        if item in items:  # some stand where nobody may live
            yield item, text, items[item] > most * np.maximum(total, 1000)
