"""The official files beside the municipality table: fiscal strength, projection, depopulated areas, offices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, SupportsIndex

import numpy as np

from okoshi.language.messages import say
from okoshi.world.arrays import Booleans, Floats, Integers
from okoshi.world.country import Depopulation
from okoshi.world.facts import prefecture_facts
from okoshi.world.faults import Faults
from okoshi.world.geography import distance_km
from okoshi.world.official import KINDS, MOST_SUBHEADINGS, Allowed, numbers_of, refuse_repeated, require
from okoshi.world.places import CODE, MOST_OFF_SINCE, NAME, PREFECTURE, SPELLINGS, Places, placed, rows_of
from okoshi.world.reading import heading
from okoshi.world.sheets import Sheet, Spellings, alike, read_sheets

_DESIGNATIONS = {
    "全部過疎": Depopulation.ALL,
    "過疎": Depopulation.ALL,
    "全部": Depopulation.ALL,
    "一部過疎": Depopulation.PART,
    "一部": Depopulation.PART,
    "みなし過疎": Depopulation.DEEMED,
    "みなし": Depopulation.DEEMED,
}
_STRENGTH, _KIND = "財政力指数", "kaso_kind"
_MEAN = re.compile(r"\(?(3か年)?平均(値|指数)?\)?")  # and not that of similar bodies or of the nation
_PEOPLE = ("pop2020", "pop2025", "pop2050")
_LAST_DECADE = ("pop2040", "pop2045")  # of the projection of 2018, which ends there
_CARRIED = {"pop2050": _LAST_DECADE}
_FEW = 0.02  # of the municipalities, at most, may have lost or won more than projections of 2015 foresaw


def _spellings_of_year(year: int) -> Iterator[str]:
    """Give how tables of the projection call a year: by both calendars, and by either era."""
    yield from (f"{year}年", f"{year}")
    for era, before in (("令和", 2018), ("平成", 1988)):
        own = f"{era}{year - before}"
        for first, second in ((own, f"{year}"), (f"{year}", own)):
            yield from (f"{first}年", f"{first}({second})", f"{first}({second})年")
            yield from (f"{first}年({second})", f"{first}年({second}年)", f"{first}({second}年)")


_MORE_SPELLINGS = {
    **{name: (*_spellings_of_year(int(name[3:])),) for name in (*_PEOPLE, *_LAST_DECADE)},
    _STRENGTH: ("財政力指数(3か年平均)", "財政力指数3か年平均", "3か年平均財政力指数"),
    _KIND: ("過疎区分", "過疎地域の区分", "区分"),
    "lat": ("緯度", "latitude"),
    "lng": ("経度", "longitude", "lon"),
}
# Times as many people by 2050, or as few: beyond, a column has other units, or a number is cut short.
MOST_GROWTH, MOST_DECLINE = 5.0, 10.0
MOST_STRENGTH = 3.0  # a percentage or a number whose point is lost lies beyond: the highest is about 2
MOST_PACE = 2.0  # the same of its last five years
OLD_SHARES = (0.1, 0.9)  # of 65 and over in 2050: the projection of 2023 has 16% to 79%
# Kilometres from the people's centre of its prefecture to the farthest office, and those of islands far out.
_FARTHEST, _FARTHEST_OF = 400.0, {12: 1100.0, 45: 700.0, 46: 600.0}
_SCORE = 20  # points, of which one in eight would look so by chance
_JAPAN = {"lat": (20.0, 46.0), "lng": (122.0, 154.0)}


@dataclass(frozen=True)
class Beside:
    """One value a municipality of the table, nan where a file does not name it; None where there is no file."""

    fiscal_strength: Floats | None = None
    population_2020: Floats | None = None
    ratio_2025: Floats | None = None
    ratio_2050: Floats | None = None
    carried_to_2050: bool = False  # of a projection that ends in 2045
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


def _read(
    path: Path,
    columns: Sequence[str],
    places: Places,
    faults: Faults,
    allowed: str | None = None,
    more: Sequence[str] = (),
    instead: Spellings | None = None,
) -> tuple[Sheet, list[str | None]] | None:
    """Return the rows of municipalities of a file that has these columns, and whose they are; None if it has not.

    What stands all together `instead` of a column does as well.
    """
    spellings, others = {**SPELLINGS, **_MORE_SPELLINGS}, instead or {}
    also = (PREFECTURE, NAME, *more, *(name for group in others.values() for name in group))
    by = {CODE: (PREFECTURE, NAME), **others}
    sheets = [
        _of_three_years(sheet) for sheet in read_sheets(path, (CODE, *columns), faults, also, spellings, by)
    ]
    if not sheets or not alike(sheets, path, faults):
        return None
    sheet = sheets[0]
    for name, group in others.items():
        if not sheet.has(name) and all(sheet.has(other) for other in group):
            columns = [*(column for column in columns if column != name), *group]
    by_name = not sheet.has(CODE) and sheet.has(PREFECTURE) and sheet.has(NAME)
    keys = (PREFECTURE, NAME) if by_name else (CODE,)
    missing = [name for name in (*keys, *columns) if not sheet.has(name)]
    spelt = [spelling for name in missing if name in spellings for spelling in (name, *spellings[name])]
    if not require(sheet, (*keys, *columns), faults, allowed or ", ".join(spelt) or None):
        return None
    return rows_of(sheets, path, faults, places)


def _of_three_years(sheet: Sheet) -> Sheet:
    """Return a sheet whose index of fiscal strength is the mean of three years, as in law, where it has both.

    The years stand below the heading then. One of a single year alone is called so, and so is no index that is wanted.
    """
    if not sheet.has(_STRENGTH) or not (sheet.has(CODE) or sheet.has(NAME)):
        return sheet
    width = max(map(len, [sheet.header, *sheet.rows]))
    header = [*sheet.header, *[""] * (width - len(sheet.header))]
    at = header.index(_STRENGTH)
    last = next((i for i in range(at + 1, width) if header[i]), width)
    for row in sheet.rows[:MOST_SUBHEADINGS]:
        if row[header.index(CODE)].strip() if CODE in header else row[header.index(NAME)].endswith(KINDS):
            continue  # a municipality
        below = {i: heading(row[i]) for i in range(at, last) if row[i].strip()}
        first, means = below.get(at, ""), [i for i, words in below.items() if _MEAN.fullmatch(words)]
        single = "単年" in first or (len(below) > 1 and re.search(r"\d|年", first))
        if at not in means and (means or single):
            header[at] = f"{_STRENGTH}({first})"
            if means:
                header[means[0]] = _STRENGTH
            return replace(sheet, header=header, called=sheet.called | {header[at]: header[at]})
    return sheet


def _spread(values: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    column = np.full(count, np.nan)
    column[rows[1]] = values[rows[0]]
    return column


def _refuse_no_values(sheet: Sheet, column: str, values: Floats, faults: Faults) -> None:
    """Note a column that says nothing at all: formulas that were never worked out, perhaps."""
    if len(values) and np.isnan(values).all() and not faults.count:
        faults.add(sheet.file, say("world.no_values"), column=sheet.heading(column))


def _fiscal_strength(path: Path, places: Places, faults: Faults) -> dict[str, Floats]:
    """Read the index of fiscal strength (財政力指数)."""
    found = _read(path, (_STRENGTH,), places, faults)
    if found is None:
        return {}
    sheet, own = found
    values = numbers_of(sheet, _STRENGTH, faults, Allowed(low=0.01, high=MOST_STRENGTH, nothing=True))
    _refuse_no_values(sheet, _STRENGTH, values, faults)
    return {"fiscal_strength": _spread(values, placed(sheet, own, places, faults), len(places.codes))}


def _projection(path: Path, places: Places, faults: Faults) -> dict[str, Any]:
    """Read the projection (将来推計人口). Places projected as one region are missing and stay nan.

    That of 2018 (平成30年推計) starts from the census of 2015 and ends in 2045: its people of 2020 are projected,
    too, and ratios to them go on from the census of 2020; the five years to 2050 have the pace of the five before.
    """
    allowed = say("world.allowed_projection")
    read = _read(path, _PEOPLE, places, faults, allowed, ("elderly2050",), _CARRIED)
    if read is None:
        return {}
    sheet, own = read
    may = Allowed(nothing=True)
    last = "pop2050" if sheet.has("pop2050") else "pop2045"
    beyond = [name for name in sheet.header if re.search("2050|令和32|平成62", name)]
    if last != "pop2050" and beyond:  # it does not end there, but names 2050 as nobody foresaw
        text = say("world.missing_column")
        faults.add(sheet.file, text, column="pop2050", allowed=allowed, nearest=beyond[0])
        return {}
    now, near, far = (numbers_of(sheet, name, faults, may) for name in (*_PEOPLE[:2], last))
    for name, values in (("pop2020", now), ("pop2025", near), (last, far)):
        _refuse_no_values(sheet, name, values, faults)
    rows = placed(sheet, own, places, faults)
    people = np.full(len(now), np.nan)
    people[rows[0]] = places.people[rows[1]]
    _note_other_people(sheet, now, people, places.off, last != "pop2050", faults)
    for name, values in (("pop2025", near), (last, far)):
        wrong = (now > 0) & ((values > MOST_GROWTH * now) | (values * MOST_DECLINE < now))
        _note(sheet, wrong, "world.no_projection", name, values, "pop2020", now, faults)
    if last != "pop2050":
        far = _carried_on(sheet, far, faults)
    found = {
        "population_2020": _spread(now, rows, len(places.codes)),
        "ratio_2025": _ratio(near, now, rows, len(places.codes)),
        "ratio_2050": _ratio(far, now, rows, len(places.codes)),
        "carried_to_2050": last != "pop2050",
    }
    refuse_repeated(sheet, ("elderly2050",), faults)
    if sheet.has("elderly2050"):
        old = numbers_of(sheet, "elderly2050", faults, may)
        _note(sheet, old > far, "world.more_old_than_all", "elderly2050", old, "pop2050", far, faults)
        few = (far >= 100) & ((old < OLD_SHARES[0] * far) | (old > OLD_SHARES[1] * far)) & (old <= far)
        _note(sheet, few, "world.no_projection", "elderly2050", old, "pop2050", far, faults)
        found["share_65plus_2050"] = _ratio(old, far, rows, len(places.codes))
    return found


def _note_other_people(
    sheet: Sheet, now: Floats, people: Floats, off: tuple[float, float], projected: bool, faults: Faults
) -> None:
    """Note rows that have other people of 2020 than the table has of the same place.

    Where those are projected themselves, a few may be off: people left Kuma (球磨村) after the flood of July 2020.
    """
    other = np.abs(now - people) > off[0] * people + off[1]
    if projected and other.sum() <= max(_FEW * len(other), 1):
        other = np.abs(now - people) > MOST_OFF_SINCE[0] * people + MOST_OFF_SINCE[1]
    for i in np.flatnonzero(other):
        allowed = say("world.people_of_table", people=f"{people[i]:,.0f}")
        shown = _as_written(sheet, i, "pop2020", now)
        sheet.note(faults, i, say("world.other_people"), "pop2020", shown, allowed)


def _carried_on(sheet: Sheet, last: Floats, faults: Faults) -> Floats:
    """Return people of 2050: those of 2045 at the pace from 2040 on."""
    before = numbers_of(sheet, "pop2040", faults, Allowed(nothing=True))
    _refuse_no_values(sheet, "pop2040", before, faults)
    wrong = (before > 0) & ((last > MOST_PACE * before) | (last * MOST_PACE < before))
    _note(sheet, wrong, "world.no_projection", "pop2045", last, "pop2040", before, faults)
    return _divided(last * last, before)


def _note(
    sheet: Sheet,
    wrong: Booleans,
    text: str,
    column: str,
    values: Floats,
    other: str,
    beside: Floats,
    faults: Faults,
) -> None:
    """Note the rows where a number does not go with another."""
    for i in np.flatnonzero(wrong):
        allowed = f"{sheet.heading(other)} {beside[i]:,.0f}"
        sheet.note(faults, i, say(text), column, _as_written(sheet, i, column, values), allowed)


def _as_written(sheet: Sheet, i: SupportsIndex, column: str, values: Floats) -> str:
    """Return a cell as the file has it; the number where it is reckoned from several columns."""
    return sheet.column(column)[i] if sheet.has(column) else f"{values[i]:,.0f}"


def _divided(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _ratio(above: Floats, below: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    ratio = _divided(above, below)
    return _spread(np.where(ratio > 0, ratio, np.nan), rows, count)


def _depopulated(path: Path, places: Places, faults: Faults) -> dict[str, Integers]:
    """Read the list of depopulated areas (過疎地域); who is not named is none."""
    found = _read(path, (_KIND,), places, faults)
    if found is None:
        return {}
    sheet, own = found
    kinds = np.zeros(len(own), dtype=np.int64)
    for i, cell in enumerate(sheet.column(_KIND)):
        plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", cell))
        plain = re.sub(r"(?<=.過疎)\(.*\)$", "", plain)  # which old municipalities: 一部過疎（旧村）
        kind = _DESIGNATIONS.get(re.sub("市町村$|地域$", "", plain))
        if kind is None:
            allowed = say("world.allowed_designation")
            sheet.note(faults, i, say("world.bad_designation"), _KIND, cell, allowed)
        kinds[i] = kind or Depopulation.NONE
    rows = placed(sheet, own, places, faults)
    designation = np.zeros(len(places.codes), dtype=np.int64)
    designation[rows[1]] = kinds[rows[0]]
    return {"depopulation": designation}


def _offices(path: Path, places: Places, faults: Faults) -> dict[str, Floats]:
    """Read where the offices stand. Wards of designated cities are in the list too and are passed over."""
    read = _read(path, tuple(_JAPAN), places, faults)
    if read is None:
        return {}
    sheet, own = read
    rows = placed(sheet, own, places, faults)
    columns = [numbers_of(sheet, name, faults, Allowed(*_JAPAN[name], nothing=True)) for name in _JAPAN]
    for name, values in zip(_JAPAN, columns, strict=True):
        _refuse_no_values(sheet, name, values, faults)
    names = ("latitude", "longitude")
    found = {
        name: _spread(values, rows, len(places.codes)) for name, values in zip(names, columns, strict=True)
    }
    if all(_looks_sexagesimal(values) for values in columns):
        faults.add(sheet.file, say("world.sexagesimal"), column=sheet.heading("lat"), allowed="35.7083")
    places.far.extend(_far_points(own, columns))
    nowhere = np.isnan(found["latitude"]) | np.isnan(found["longitude"])  # half a point is none
    return {name: np.where(nowhere, np.nan, values) for name, values in found.items()}


def _looks_sexagesimal(values: Floats) -> bool:
    """Return whether all of a score or more may be minutes and seconds behind a point: 35.4230 for 35°42′30″."""
    known = values[~np.isnan(values)]
    digits = np.round((known - np.floor(known)) * 10_000)
    return len(known) >= _SCORE and bool((digits // 100 < 60).all() and (digits % 100 < 60).all())


def _far_points(own: list[str | None], columns: list[Floats]) -> Iterator[str]:
    """Give the codes of offices that are too far from their prefecture's centre to be in it."""
    prefectures = np.array([int(code[:2]) - 1 if code else -1 for code in own])
    for index, facts in enumerate(prefecture_facts()):
        at = np.flatnonzero(prefectures == index)
        away = distance_km(columns[1][at], columns[0][at], facts["lng_w"], facts["lat_w"])
        yield from (str(own[i]) for i in at[away > _FARTHEST_OF.get(index, _FARTHEST)])
