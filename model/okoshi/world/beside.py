"""The official files beside the municipality table: fiscal strength, projection, depopulated areas, offices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.messages import say
from okoshi.world.arrays import Floats, Integers
from okoshi.world.country import Depopulation
from okoshi.world.facts import prefecture_facts, prefecture_names
from okoshi.world.geography import distance_km
from okoshi.world.official import (
    Allowed,
    Faults,
    Sheet,
    codes_of,
    numbers_of,
    read_csv,
    read_workbook,
    refuse_repeated,
    require,
)

_DESIGNATIONS = {
    "全部過疎": Depopulation.ALL,
    "一部過疎": Depopulation.PART,
    "みなし過疎": Depopulation.DEEMED,
}
_STRENGTH_CODE, _STRENGTH = "団体コード", "財政力指数"
# Times as many people by 2050, or its square as few: beyond, a column has other units.
MOST_GROWTH = 5.0
MOST_OFF = 0.2  # of its people of 2020 a projection may be off: beyond, the row is another place's
# Kilometres from the people's centre of its prefecture to the farthest office, and those of islands far out.
_FARTHEST, _FARTHEST_OF = 400.0, {12: 1100.0, 45: 700.0, 46: 600.0}
_SINCE_RENAMED = {"40305": "40231"}  # 那珂川町 became 那珂川市 in October 2018
_JAPAN = {"lat": (20.0, 46.0), "lng": (122.0, 154.0)}


@dataclass(frozen=True)
class Places:
    """The municipalities of the table, which the files beside it are held against."""

    codes: Sequence[str]
    people: Floats  # of the census of 2020; nan where the table has another
    strangers: dict[str, list[str]] = field(default_factory=dict)  # by file: codes that the table has not
    far: list[str] = field(default_factory=list)  # codes whose office is too far from their prefecture


@dataclass(frozen=True)
class Beside:
    """One value a municipality of the table, nan where a file does not name it; None where there is no file."""

    fiscal_strength: Floats | None = None
    population_2020: Floats | None = None
    ratio_2025: Floats | None = None
    ratio_2050: Floats | None = None
    share_65plus_2050: Floats | None = None
    depopulation: Integers | None = None
    longitude: Floats | None = None
    latitude: Floats | None = None


def read_beside(paths: dict[str, Path], places: Places, faults: Faults) -> Beside:
    """Return what the files say about these municipalities; faults and unknown codes are noted."""
    found: dict[str, Any] = {}
    for name, reader in (
        ("fiscal_strength", _fiscal_strength),
        ("projection", _projection),
        ("depopulated", _depopulated),
        ("offices", _offices),
    ):
        if name in paths:
            found |= reader(paths[name], places, faults)
    return Beside(**found)


def _placed(sheet: Sheet, own: list[str | None], places: Places, faults: Faults) -> tuple[Integers, Integers]:
    """Return rows of the file and rows of the table that go together. None in common is a fault."""
    where = {code: i for i, code in enumerate(places.codes)}
    for old, new in _SINCE_RENAMED.items():  # the files may be of another year than the table
        for mine, other in ((old, new), (new, old)):
            if mine in where and other not in where:
                where[other] = where[mine]
    pairs = [(i, where[code]) for i, code in enumerate(own) if code in where]
    if where and not pairs and any(own):
        faults.add(sheet.file, say("world.no_codes_in_common"))
    prefectures = {code[:2] for code in where}  # a table of some prefectures is no fault of the file
    strangers = [code for code in own if code and code not in where and code[:2] in prefectures]
    if strangers:
        places.strangers[sheet.file.name] = strangers
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _spread(values: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    column = np.full(count, np.nan)
    column[rows[1]] = values[rows[0]]
    return column


def _fiscal_strength(path: Path, places: Places, faults: Faults) -> dict[str, Floats]:
    """Read the index of fiscal strength (財政力指数); the last rows, means and remarks, have words for a code."""
    sheet = read_workbook(path, (_STRENGTH_CODE, _STRENGTH), faults)
    if sheet is None or not require(sheet, (_STRENGTH_CODE, _STRENGTH), faults):
        return {}
    index = sheet.header.index(_STRENGTH_CODE)
    last = len(sheet.rows)
    while last and not any(letter.isdigit() for letter in sheet.rows[last - 1][index]):
        last -= 1  # means and remarks, below all municipalities
    sheet = sheet.only(range(last))
    own = codes_of(sheet, _STRENGTH_CODE, faults)
    _check_prefectures(sheet, own, faults)
    values = numbers_of(sheet, _STRENGTH, faults, Allowed(high=10, nothing=True))
    return {"fiscal_strength": _spread(values, _placed(sheet, own, places, faults), len(places.codes))}


def _projection(path: Path, places: Places, faults: Faults) -> dict[str, Floats]:
    """Read the projection (将来推計人口). Places projected as one region are missing and stay nan."""
    wanted = ("code", "pop2020", "pop2025", "pop2050")
    sheet = read_csv(path, wanted, faults, ("elderly2050",))
    if sheet is None or not require(sheet, wanted, faults, say("world.allowed_projection")):
        return {}
    own = codes_of(sheet, "code", faults)
    _check_prefectures(sheet, own, faults)
    may = Allowed(nothing=True)
    now, near, far = (numbers_of(sheet, name, faults, may) for name in wanted[1:])
    rows = _placed(sheet, own, places, faults)
    for i, place in zip(*rows, strict=True):
        people = places.people[place]
        if abs(now[i] - people) > MOST_OFF * people + 100:
            allowed = say("world.people_of_table", people=f"{people:,.0f}")
            shown = f"{now[i]:,.0f}"
            faults.add(path, say("world.other_people"), sheet.numbers[i], "pop2020", shown, allowed)
    found = {
        "population_2020": _spread(now, rows, len(places.codes)),
        "ratio_2025": _ratio(near, now, rows, len(places.codes)),
        "ratio_2050": _ratio(far, now, rows, len(places.codes)),
    }
    for name, values in (("pop2025", near), ("pop2050", far)):
        for i in np.flatnonzero((now > 0) & ((values > MOST_GROWTH * now) | (values * MOST_GROWTH**2 < now))):
            faults.add(
                path,
                say("world.no_projection"),
                sheet.numbers[i],
                name,
                f"{values[i]:,.0f}",
                f"pop2020 {now[i]:,.0f}",
            )
    refuse_repeated(sheet, ("elderly2050",), faults)
    if sheet.has("elderly2050"):
        old = numbers_of(sheet, "elderly2050", faults, may)
        for i in np.flatnonzero(old > far):
            faults.add(
                path, say("world.more_old_than_all"), sheet.numbers[i], "elderly2050", f"{old[i]:,.0f}"
            )
        found["share_65plus_2050"] = _ratio(old, far, rows, len(places.codes))
    return found


def _ratio(above: Floats, below: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    ratio = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return _spread(np.where(ratio > 0, ratio, np.nan), rows, count)


def _depopulated(path: Path, places: Places, faults: Faults) -> dict[str, Integers]:
    """Read the list of depopulated areas (過疎地域); who is not named is none."""
    wanted = ("code", "kaso_kind")
    sheet = read_csv(path, wanted, faults)
    if sheet is None or not require(sheet, wanted, faults):
        return {}
    own = codes_of(sheet, "code", faults)
    _check_prefectures(sheet, own, faults)
    kinds = np.zeros(len(own), dtype=np.int64)
    for i, cell in enumerate(sheet.column("kaso_kind")):
        if cell not in _DESIGNATIONS:
            faults.add(
                path,
                say("world.bad_designation"),
                sheet.numbers[i],
                "kaso_kind",
                cell,
                say("world.allowed_designation"),
            )
        kinds[i] = _DESIGNATIONS.get(cell, Depopulation.NONE)
    rows = _placed(sheet, own, places, faults)
    designation = np.zeros(len(places.codes), dtype=np.int64)
    designation[rows[1]] = kinds[rows[0]]
    return {"depopulation": designation}


def _offices(path: Path, places: Places, faults: Faults) -> dict[str, Floats]:
    """Read where the offices stand. Wards of designated cities are in the list too and are passed over."""
    wanted = ("cid", "lat", "lng")
    sheet = read_csv(path, wanted, faults)
    if sheet is None or not require(sheet, wanted, faults):
        return {}
    own = codes_of(sheet, "cid", faults)
    _check_prefectures(sheet, own, faults)
    rows = _placed(sheet, own, places, faults)
    places.strangers.pop(path.name, None)  # wards
    columns = [numbers_of(sheet, name, faults, Allowed(*_JAPAN[name], nothing=True)) for name in wanted[1:]]
    names = ("latitude", "longitude")
    found = {
        name: _spread(values, rows, len(places.codes)) for name, values in zip(names, columns, strict=True)
    }
    places.far.extend(_far_points(own, columns))
    nowhere = np.isnan(found["latitude"]) | np.isnan(found["longitude"])  # half a point is none
    return {name: np.where(nowhere, np.nan, values) for name, values in found.items()}


def _far_points(own: list[str | None], columns: list[Floats]) -> Iterator[str]:
    """Give the codes of offices that are too far from their prefecture's centre to be in it."""
    prefectures = np.array([int(code[:2]) - 1 if code else -1 for code in own])
    for index, facts in enumerate(prefecture_facts()):
        at = np.flatnonzero(prefectures == index)
        away = distance_km(columns[1][at], columns[0][at], facts["lng_w"], facts["lat_w"])
        yield from (str(own[i]) for i in at[away > _FARTHEST_OF.get(index, _FARTHEST)])


def _check_prefectures(sheet: Sheet, own: list[str | None], faults: Faults) -> None:
    """Note rows that name another prefecture than that of their code."""
    names = prefecture_names()
    for column in ("pref", "都道府県名"):
        if not sheet.has(column):
            continue
        for code, said, number in zip(own, sheet.column(column), sheet.numbers, strict=True):
            right = names[int(code[:2]) - 1] if code else ""
            if code and said not in ("", right, right[:-1]):
                text = say("world.other_prefecture", code=code)
                faults.add(sheet.file, text, number, column, said, right)
