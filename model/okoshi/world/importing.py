"""The real country from official files: the municipality table SSDSE-A and what lies beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.messages import say
from okoshi.world import filling
from okoshi.world.arrays import Booleans, Floats, Integers
from okoshi.world.beside import Beside, read_beside
from okoshi.world.country import load_world
from okoshi.world.draft import Draft, complete
from okoshi.world.facts import prefecture_facts
from okoshi.world.faults import Faults
from okoshi.world.geography import distance_matrix
from okoshi.world.paths import national_series
from okoshi.world.places import MOST_OFF, MOST_OFF_SINCE, Places
from okoshi.world.reading import file_hash
from okoshi.world.settling import distance_to_large
from okoshi.world.ssdse import (
    AGES_BY_SEX,
    AREA,
    CENSUS,
    FROM_15,
    FROM_65,
    FROM_75,
    HABITABLE,
    LARGE_STORES,
    MOVED_IN,
    MOVED_OUT,
    SHOPS,
    STAFF,
    TOTAL,
    UNDER_15,
    Table,
    read_table,
)
from okoshi.world.storage import StoredWorld, refuse_other_files, write_world

HECTARES = 100.0  # in a square kilometre


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
    places = _places(table)
    beside = read_beside(paths, places, faults)
    faults.raise_all()
    assert table is not None  # a table that cannot be read has raised
    filled = _Filled()
    draft = _draft(table, beside, filled)
    elsewhere = _cities_elsewhere(table.prefecture)
    filled.note("filled_cities", int(elsewhere.sum()))
    about = _about(table, {"ssdse": Path(ssdse), **paths}, filled) | {"notes": _notes(table, places, beside)}
    world = complete(draft, invented=False, about=about)
    own = world.prefectures["urban_population"]
    if elsewhere.any():
        of_country = load_world().prefectures.urban_population
        world.prefectures["urban_population"] = np.where(elsewhere, of_country, own)
    if out is not None:
        write_world(world, out)
    return world


def _places(table: Table | None) -> Places:
    """Return what the files beside the table are held against: loosely where its people are of another census."""
    if table is None:
        return Places([], [], np.zeros(0))
    off = MOST_OFF if table.census == CENSUS else MOST_OFF_SINCE
    return Places(table.codes, table.names, table.items[TOTAL], off)


def _cities_elsewhere(prefecture: Integers) -> Booleans:
    """Return the prefectures whose cities the table cannot tell, shape (47,): applicants and companies come from them.

    Those without a municipality; of a table of a part of Japan also those of which some are not there.
    """
    there = np.bincount(prefecture, minlength=47)
    number = np.array([row["n"] for row in prefecture_facts()])
    return np.asarray((there == 0) | ((there < number) & (there == 0).any()))


def _notes(table: Table, places: Places, beside: Beside) -> list[str]:
    """Return, in words, where the table is not the country as it is, and what the files beside say of other places."""
    notes = []
    if table.northern:
        notes.append(say("world.without_northern", count=table.northern))
    counts = np.bincount(table.prefecture, minlength=47)
    other = [
        f"{facts['name']} {counts[row]} ({facts['n']})"
        for row, facts in enumerate(prefecture_facts())
        if counts[row] not in (0, facts["n"])
    ]
    if other:
        notes.append(say("world.other_number", prefectures=", ".join(other)))
    if beside.depopulation is not None:
        found = np.bincount(table.prefecture, weights=beside.depopulation > 0, minlength=47)
        none = [
            facts["name"]
            for row, facts in enumerate(prefecture_facts())
            if counts[row] and facts["depopulated"] and not found[row]
        ]
        if none:
            notes.append(say("world.none_depopulated", prefectures=", ".join(none)))
    for file, codes in places.strangers.items():
        notes.append(say("world.strangers", file=file, count=len(codes), codes=", ".join(codes[:5])))
    for file, sheets in places.without.items():
        notes.append(say("world.without_columns", file=file, count=len(sheets), sheets=", ".join(sheets[:5])))
    if renamed := list(dict.fromkeys(places.renamed)):
        notes.append(say("world.renamed", count=len(renamed), names=", ".join(renamed[:5])))
    if places.far:
        shown = ", ".join(places.far[:5])
        notes.append(say("world.far_from_prefecture", count=len(places.far), codes=shown))
    return notes


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
    filled.note("carried_to_2050", beside.carried_to_2050 * (len(ratio) - missing))
    for noted, given in (
        ("filled_ratio_2025", beside.ratio_2025),
        ("filled_share_2050", beside.share_65plus_2050),
    ):
        if given is not None and beside.ratio_2050 is not None:
            filled.note(noted, int((np.isnan(given) & ~np.isnan(beside.ratio_2050)).sum()))
    depopulation = beside.depopulation
    if depopulation is None:
        depopulation = filling.depopulation(table.prefecture, population, over_65)
        filled.note("filled_depopulated", len(population))
    staff = _item(table, STAFF, filling.staff(population), filled)
    stores = _item(table, LARGE_STORES, filling.large_stores(population), filled)
    shops = table.items.get(SHOPS, np.full(len(population), np.nan))
    filled.note("without_shops", int(np.isnan(shops).sum()))
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
        retail_shops=shops,
        ratio_2025=beside.ratio_2025,
        share_65plus_2050=beside.share_65plus_2050,
        bands_by_sex=_bands_by_sex(table, population, filled),
    )


def _population(table: Table, beside: Beside, filled: _Filled) -> Integers:
    """Return people of 2020: the census's, or those of an older census carried on."""
    total = table.items[TOTAL]
    if table.census == CENSUS:
        return total.astype(np.int64)
    series = national_series("population")
    first = max(table.census - 2009, 0)
    carried, missing = filling.or_else(beside.population_2020, total * series[CENSUS - 2009] / series[first])
    if missing < len(total):
        filled.notes.append(say("world.people_of_projection", count=len(total) - missing))
    filled.note("other_census", missing, year=table.census)
    filled.notes.append(say("world.other_ages", year=table.census))
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
    filled.note("filled_item", missing, item=say("world.item_A1419"))
    return share(young), over_65, over_75


def _bands_by_sex(table: Table, population: Integers, filled: _Filled) -> Floats | None:
    """Return people by sex and broad age, shape (M, 2, 4), adding up to the population; None where not known."""
    missing = [item for item in AGES_BY_SEX if item not in table.items or np.isnan(table.items[item]).any()]
    if missing:
        filled.notes.append(say("world.filled_sexes", items=", ".join(missing)))
        return None
    counts = np.stack([table.items[item] for item in AGES_BY_SEX], axis=1).reshape(-1, 2, 4)
    counts[:, :, 2] = np.maximum(counts[:, :, 2] - counts[:, :, 3], 0)
    known = counts.sum(axis=(1, 2))
    factor = np.divide(population, known, out=np.zeros(len(known)), where=known > 0)
    return np.asarray(counts * factor[:, None, None])


def _item(table: Table, item: str, otherwise: Floats, filled: _Filled) -> Floats:
    values, missing = filling.or_else(table.items.get(item), otherwise)
    filled.note("filled_item", missing, item=say(f"world.item_{item}"))
    return values


def _net_migration(table: Table, population: Integers, filled: _Filled) -> Floats:
    """Return net moves per 1,000 people; the size class's mean where too few live for a rate."""
    moves = None
    if MOVED_IN in table.items and MOVED_OUT in table.items:
        enough = population >= 100
        net = table.items[MOVED_IN] - table.items[MOVED_OUT]
        moves = np.divide(net * 1000, population, out=np.full(len(net), np.nan), where=enough)
    values, missing = filling.or_else(moves, filling.net_migration(population))
    filled.note("filled_item", missing, item=say("world.item_moves"))
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
