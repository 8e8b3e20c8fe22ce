"""The official files beside the municipality table: fiscal strength, projection, depopulated areas, offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.messages import say
from okoshi.world.arrays import Floats, Integers
from okoshi.world.country import Depopulation
from okoshi.world.official import (
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
_JAPAN = {"lat": (20.0, 46.0), "lng": (122.0, 154.0)}


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


def read_beside(paths: dict[str, Path], codes: Sequence[str], faults: Faults) -> Beside:
    """Return what the files say about the municipalities of these codes; faults are noted."""
    found: dict[str, Any] = {}
    for name, reader in (
        ("fiscal_strength", _fiscal_strength),
        ("projection", _projection),
        ("depopulated", _depopulated),
        ("offices", _offices),
    ):
        if name in paths:
            found |= reader(paths[name], codes, faults)
    return Beside(**found)


def _placed(
    sheet: Sheet, own: list[str | None], codes: Sequence[str], faults: Faults
) -> tuple[Integers, Integers]:
    """Return rows of the file and rows of the table that go together. None in common is a fault."""
    where = {code: i for i, code in enumerate(codes)}
    pairs = [(i, where[code]) for i, code in enumerate(own) if code in where]
    if codes and not pairs and any(own):
        faults.add(sheet.file, say("world.no_codes_in_common"))
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _spread(values: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    column = np.full(count, np.nan)
    column[rows[1]] = values[rows[0]]
    return column


def _fiscal_strength(path: Path, codes: Sequence[str], faults: Faults) -> dict[str, Floats]:
    """Read the index of fiscal strength (財政力指数); the last row, the mean, has words for a code."""
    sheet = read_workbook(path, (_STRENGTH_CODE, _STRENGTH), faults)
    if sheet is None or not require(sheet, (_STRENGTH_CODE, _STRENGTH), faults):
        return {}
    index = sheet.header.index(_STRENGTH_CODE)
    kept = [i for i, row in enumerate(sheet.rows) if any(letter.isdigit() for letter in row[index])]
    last = len(sheet.rows) - 1
    kept += [i for i in range(last) if i not in set(kept)]  # only the last row may be a mean
    kept.sort()
    sheet = Sheet(path, sheet.header, [sheet.rows[i] for i in kept], [sheet.numbers[i] for i in kept])
    own = codes_of(sheet, _STRENGTH_CODE, faults, digits=6)
    values = numbers_of(sheet, _STRENGTH, faults, high=10, none_allowed=True)
    return {"fiscal_strength": _spread(values, _placed(sheet, own, codes, faults), len(codes))}


def _projection(path: Path, codes: Sequence[str], faults: Faults) -> dict[str, Floats]:
    """Read the projection (将来推計人口). Places projected as one region are missing and stay nan."""
    sheet = read_csv(path, 1, faults)
    wanted = ("code", "pop2020", "pop2025", "pop2050")
    if sheet is None or not require(sheet, wanted, faults):
        return {}
    own = codes_of(sheet, "code", faults)
    now, near, far = (numbers_of(sheet, name, faults) for name in wanted[1:])
    rows = _placed(sheet, own, codes, faults)
    found = {
        "population_2020": _spread(now, rows, len(codes)),
        "ratio_2025": _ratio(near, now, rows, len(codes)),
        "ratio_2050": _ratio(far, now, rows, len(codes)),
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
        old = numbers_of(sheet, "elderly2050", faults)
        for i in np.flatnonzero(old > far):
            faults.add(
                path, say("world.more_old_than_all"), sheet.numbers[i], "elderly2050", f"{old[i]:,.0f}"
            )
        found["share_65plus_2050"] = _ratio(old, far, rows, len(codes))
    return found


def _ratio(above: Floats, below: Floats, rows: tuple[Integers, Integers], count: int) -> Floats:
    ratio = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return _spread(np.where(ratio > 0, ratio, np.nan), rows, count)


def _depopulated(path: Path, codes: Sequence[str], faults: Faults) -> dict[str, Integers]:
    """Read the list of depopulated areas (過疎地域); who is not named is none."""
    sheet = read_csv(path, 1, faults)
    if sheet is None or not require(sheet, ("code", "kaso_kind"), faults):
        return {}
    own = codes_of(sheet, "code", faults)
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
    rows = _placed(sheet, own, codes, faults)
    designation = np.zeros(len(codes), dtype=np.int64)
    designation[rows[1]] = kinds[rows[0]]
    return {"depopulation": designation}


def _offices(path: Path, codes: Sequence[str], faults: Faults) -> dict[str, Floats]:
    """Read where the offices stand. Wards of designated cities are in the list too and are passed over."""
    sheet = read_csv(path, 1, faults)
    if sheet is None or not require(sheet, ("cid", "lat", "lng"), faults):
        return {}
    own = codes_of(sheet, "cid", faults)
    rows = _placed(sheet, own, codes, faults)
    found = {}
    for name, column in (("latitude", "lat"), ("longitude", "lng")):
        low, high = _JAPAN[column]
        values = numbers_of(sheet, column, faults, low, high, none_allowed=True)
        found[name] = _spread(values, rows, len(codes))
    nowhere = np.isnan(found["latitude"]) | np.isnan(found["longitude"])  # half a point is none
    return {name: np.where(nowhere, np.nan, values) for name, values in found.items()}
