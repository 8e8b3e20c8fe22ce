"""The real country from official files: the municipality table SSDSE-A and what lies beside it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.messages import say
from okoshi.world import filling
from okoshi.world.arrays import Floats, Integers
from okoshi.world.beside import Beside, read_beside
from okoshi.world.country import MunicipalityKind
from okoshi.world.draft import Draft, complete
from okoshi.world.geography import distance_matrix
from okoshi.world.official import (
    Faults,
    Sheet,
    codes_of,
    file_hash,
    numbers_of,
    read_csv,
    refuse_repeated,
    require,
)
from okoshi.world.paths import national_series
from okoshi.world.settling import distance_to_large
from okoshi.world.storage import StoredWorld, refuse_other_files, write_world

CENSUS = 2020
MORE_HEADER_ROWS = 2  # below the item codes: years and labels; labels alone in the editions of 2018 to 2020
CENSUS_BEFORE_YEARS = 2015  # of editions that do not say the years of their items
FIRST_CENSUS, LAST_CENSUS = 2009, 2050  # what can be carried to 2020
HECTARES = 100.0  # in a square kilometre
TOTAL, UNDER_15, FROM_15, FROM_65, FROM_75 = "A1101", "A1301", "A1302", "A1303", "A1419"
AREA, HABITABLE = "B1101", "B1103"
MOVED_IN, MOVED_OUT, STAFF, SHOPS, LARGE_STORES = "A5101", "A5102", "D1202", "H6130", "H6132"
REQUIRED = (TOTAL, UNDER_15, FROM_15, FROM_65, AREA, HABITABLE)
OPTIONAL = (FROM_75, MOVED_IN, MOVED_OUT, STAFF, SHOPS, LARGE_STORES)
_AGES_BY_SEX = tuple(f"{item}{sex}" for sex in ("01", "02") for item in (UNDER_15, FROM_15, FROM_65, FROM_75))
_A_PREFECTURE = re.compile("[^都].{1,2}[都道府県]")  # 島根県, and not the label 都道府県
_WITH_WARDS = "131"  # Tokyo's special wards are municipalities, those of designated cities are not
_KINDS = {
    "市": MunicipalityKind.CITY,
    "町": MunicipalityKind.TOWN,
    "村": MunicipalityKind.VILLAGE,
    "区": MunicipalityKind.WARD,
}


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


@dataclass
class _Filled:
    """What was filled in, in words, for `world.toml`."""

    notes: list[str] = field(default_factory=list)

    def note(self, key: str, count: int, **values: object) -> None:
        if count:
            self.notes.append(say(f"world.{key}", count=count, **values))


def import_world(
    ssdse: Path | str,
    fiscal_strength: Path | str | None = None,
    projection: Path | str | None = None,
    depopulated: Path | str | None = None,
    offices: Path | str | None = None,
    out: Path | str | None = None,
) -> StoredWorld:
    """Return the world of the official files, and write it to the folder `out` where one is given.

    What no file says is filled from the fits of the country, and `world.toml` says so. Raises InputError with all
    faults of all files (a dozen at most), each with file, row and column; then nothing is written.
    """
    if out is not None:
        refuse_other_files(Path(out))
    faults = Faults()
    table = read_table(Path(ssdse), faults)
    files = {
        "fiscal_strength": fiscal_strength,
        "projection": projection,
        "depopulated": depopulated,
        "offices": offices,
    }
    paths = {name: Path(path) for name, path in files.items() if path is not None}
    beside = read_beside(paths, table.codes if table else [], faults)
    faults.raise_all()
    assert table is not None  # a table that cannot be read has raised
    filled = _Filled()
    draft = _draft(table, beside, filled)
    about = _about(table, {"ssdse": Path(ssdse), **paths}, filled)
    world = complete(draft, invented=False, about=about)
    if out is not None:
        write_world(world, out)
    return world


def read_table(path: Path, faults: Faults) -> Table | None:
    """Return the municipality table SSDSE-A, any edition; None where faults were noted."""
    before = faults.count
    whole = read_csv(path, 1, faults)
    if whole is None or not require(whole, REQUIRED, faults, say("world.allowed_items")):
        return None
    sheet, years = _below_header(whole, faults)
    codes = codes_of(sheet, sheet.header[0], faults)
    items = {item: numbers_of(sheet, item, faults) for item in REQUIRED}
    for item in (*OPTIONAL, *_AGES_BY_SEX):
        if sheet.has(item):
            items[item] = numbers_of(sheet, item, faults, none_allowed=True)
    names = [row[2].strip() if len(row) > 2 else "" for row in sheet.rows]
    refuse_repeated(sheet, (*OPTIONAL, *_AGES_BY_SEX), faults)
    kinds = _kinds(sheet, names, codes, faults)
    _check_ages(sheet, items, faults)
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
    )


def _below_header(sheet: Sheet, faults: Faults) -> tuple[Sheet, list[list[str]]]:
    """Return the table without the rows between the item codes and the first municipality, and these rows.

    Such a row has no code of a municipality and names no prefecture: a municipality whose code is broken is none.
    """
    count = 0
    for row in sheet.rows[:MORE_HEADER_ROWS]:
        if re.search(r"\d", row[0]) or (len(row) > 1 and _A_PREFECTURE.fullmatch(row[1].strip())):
            break
        count += 1
    if count == len(sheet.rows) and not faults.count:
        faults.add(sheet.file, say("world.no_rows"))
    return replace(sheet, rows=sheet.rows[count:], numbers=sheet.numbers[count:]), sheet.rows[:count]


def _census_year(sheet: Sheet, header: list[list[str]], faults: Faults) -> int:
    """Return the year of the population item, as a header row says; without one, by the edition's own year."""
    column = sheet.header.index(TOTAL)
    for row in header:
        if "年度" not in row[:3] and any(cell.strip() for cell in row[:2]):
            continue  # labels
        text = unicodedata.normalize("NFKC", row[column])
        found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)
        era = re.search(r"(?:令和|R)\s*(\d{1,2})(?!\d)", text)
        year = int(found.group()) if found else 2018 + int(era.group(1)) if era else 0
        if not FIRST_CENSUS <= year <= LAST_CENSUS:
            allowed = f"{FIRST_CENSUS}-{LAST_CENSUS}"
            faults.add(sheet.file, say("world.no_census"), column=TOTAL, value=row[column], allowed=allowed)
        return year
    edition = re.search(r"20\d\d", sheet.header[0])
    if edition:
        return CENSUS if int(edition.group()) > CENSUS + 1 else CENSUS_BEFORE_YEARS
    return CENSUS_BEFORE_YEARS


def _kinds(sheet: Sheet, names: list[str], codes: list[str | None], faults: Faults) -> list[int]:
    kinds = []
    for name, code, number in zip(names, codes, sheet.numbers, strict=True):
        kind = _KINDS.get(name[-1:])
        if kind is MunicipalityKind.WARD and code is not None and not code.startswith(_WITH_WARDS):
            faults.add(sheet.file, say("world.ward_of_a_city"), number, sheet.header[2], name)
        if kind is None:
            text = "world.no_name" if not name else "world.no_kind"
            faults.add(
                sheet.file, say(text), number, sheet.header[2] if len(sheet.header) > 2 else None, name
            )
        kinds.append(int(kind or 0))
    return kinds


def _check_ages(sheet: Sheet, items: dict[str, Floats], faults: Faults) -> None:
    ages = items[UNDER_15] + items[FROM_15] + items[FROM_65]
    wrong = ages > items[TOTAL] * 1.001 + 1
    if FROM_75 in items:
        wrong |= items[FROM_75] > items[FROM_65]
    for i in np.flatnonzero(wrong):
        faults.add(sheet.file, say("world.ages_over_total"), sheet.numbers[i], TOTAL, items[TOTAL][i])


def _draft(table: Table, beside: Beside, filled: _Filled) -> Draft:
    population = _population(table, beside, filled)
    young, over_65, over_75 = _shares(table, filled)
    longitude, latitude = beside.longitude, beside.latitude
    placed = filling.points(table.prefecture, population)
    longitude, missing = filling.or_else(longitude, placed[0])
    latitude, _ = filling.or_else(latitude, placed[1])
    filled.note("filled_offices", missing)
    logs = np.log(np.maximum(population, 100))
    log_distance = np.log1p(distance_to_large(distance_matrix(longitude, latitude), population))
    strength, missing = filling.or_else(
        beside.fiscal_strength,
        filling.fiscal_strength(table.prefecture, logs, over_65, log_distance),
    )
    filled.note("filled_fiscal_strength", missing)
    ratio, missing = filling.or_else(
        beside.ratio_2050,
        filling.ratio_2050(table.prefecture, population, logs, over_65, log_distance),
    )
    filled.note("filled_projection", missing)
    depopulation = beside.depopulation
    if depopulation is None:
        depopulation = filling.depopulation(table.prefecture, population, over_65)
        filled.note("filled_depopulated", len(population))
    staff = _item(table, STAFF, filling.staff(population), filled)
    stores = _item(table, LARGE_STORES, filling.large_stores(population), filled)
    return Draft(
        code=np.array(table.codes),
        name=np.array(table.names),
        prefecture=table.prefecture,
        kind=table.kind,
        longitude=longitude,
        latitude=latitude,
        area_km2=table.items[AREA] / HECTARES,
        habitable_km2=table.items[HABITABLE] / HECTARES,
        population_2020=population,
        share_under_15=young,
        share_65plus=over_65,
        share_75plus=over_75,
        fiscal_strength=strength,
        general_staff=staff,
        depopulation=depopulation,
        ratio_2050=ratio,
        net_migration_per_1000=_net_migration(table, population, filled),
        large_stores=np.round(stores).astype(np.int64),
        retail_shops=table.items.get(SHOPS, np.full(len(population), np.nan)),
        ratio_2025=beside.ratio_2025,
        share_65plus_2050=beside.share_65plus_2050,
        bands_by_sex=_bands_by_sex(table, population),
    )


def _population(table: Table, beside: Beside, filled: _Filled) -> Integers:
    """Return people of 2020: the census's, or those of an older census carried on."""
    total = table.items[TOTAL]
    if table.census == CENSUS:
        return total.astype(np.int64)
    filled.notes.append(say("world.other_census", year=table.census))
    series = national_series("population")
    first = max(table.census - 2009, 0)
    carried, _ = filling.or_else(beside.population_2020, total * series[CENSUS - 2009] / series[first])
    return np.where(total > 0, np.round(carried), 0).astype(np.int64)


def _shares(table: Table, filled: _Filled) -> tuple[Floats, Floats, Floats]:
    """Return shares under 15, of 65 and over and of 75 and over of those of known age."""
    young, middle, old = (table.items[item] for item in (UNDER_15, FROM_15, FROM_65))
    known = young + middle + old

    def share(part: Floats) -> Floats:
        nation = part.sum() / max(known.sum(), 1.0)
        return np.divide(part, known, out=np.full(len(known), nation), where=known > 0)

    over_65 = share(old)
    over_75, missing = filling.or_else(
        share(table.items[FROM_75]) if FROM_75 in table.items else None, filling.share_75plus(over_65)
    )
    filled.note("filled_item", missing, item=FROM_75)
    return share(young), over_65, over_75


def _bands_by_sex(table: Table, population: Integers) -> Floats | None:
    """Return people by sex and broad age, shape (M, 2, 4), adding up to the population; None where not known."""
    if any(item not in table.items or np.isnan(table.items[item]).any() for item in _AGES_BY_SEX):
        return None
    counts = np.stack([table.items[item] for item in _AGES_BY_SEX], axis=1).reshape(-1, 2, 4)
    counts[:, :, 2] = np.maximum(counts[:, :, 2] - counts[:, :, 3], 0)
    known = counts.sum(axis=(1, 2))
    factor = np.divide(population, known, out=np.zeros(len(known)), where=known > 0)
    return np.asarray(counts * factor[:, None, None])


def _item(table: Table, item: str, otherwise: Floats, filled: _Filled) -> Floats:
    values, missing = filling.or_else(table.items.get(item), otherwise)
    filled.note("filled_item", missing, item=item)
    return values


def _net_migration(table: Table, population: Integers, filled: _Filled) -> Floats:
    """Return net moves per 1,000 people; the size class's mean where too few live for a rate."""
    moves = None
    if MOVED_IN in table.items and MOVED_OUT in table.items:
        enough = population >= 100
        net = table.items[MOVED_IN] - table.items[MOVED_OUT]
        moves = np.divide(net * 1000, population, out=np.full(len(net), np.nan), where=enough)
    values, missing = filling.or_else(moves, filling.net_migration(population))
    filled.note("filled_item", missing, item=f"{MOVED_IN}-{MOVED_OUT}")
    return values


def _about(table: Table, files: dict[str, Path], filled: _Filled) -> dict[str, Any]:
    credit = [f"「{table.edition}」（独立行政法人統計センター）"]
    if "projection" in files:
        credit.append("「日本の地域別将来推計人口」（国立社会保障・人口問題研究所）をもとに作成")
    return {
        "source": "okoshi world import",
        "edition": table.edition,
        "census": table.census,
        "municipalities": len(table.codes),
        "credit": credit,
        "filled": filled.notes,
        "files": {
            name: {"name": path.name, "sha256": file_hash(path)} for name, path in sorted(files.items())
        },
    }
