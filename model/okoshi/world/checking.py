"""What a stored world may hold: a table that was edited by hand is refused by cell, before anything runs on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.world.arrays import Array, Booleans, Floats

PREFECTURES_OF_JAPAN = 47
MOST_FAULTS = 12
MOST_OF_AREA = 1.001  # habitable land, with what rounding adds
MOST_PEOPLE = 10_000_000  # in one municipality: the largest has 3.8 million
# Wide enough for any country in Japan's place, narrow enough that no run breaks on what lies inside.
BOUNDS: dict[str, tuple[float, float]] = {
    "prefecture": (0, PREFECTURES_OF_JAPAN - 1),
    "kind": (0, 3),
    "longitude": (122, 154),
    "latitude": (20, 46),
    "area_km2": (0, 1e7),
    "habitable_km2": (0, 1e7),
    "population_2020": (0, MOST_PEOPLE),
    "population_2009": (0, MOST_PEOPLE),
    "share_under_15": (0, 1),
    "share_65plus": (0, 1),
    "share_75plus": (0, 1),
    "share_65plus_2009": (0, 1),
    "share_65plus_2050": (0, 1),
    "fiscal_strength": (0, 10),
    "general_staff": (0, MOST_PEOPLE),
    "depopulation": (0, 3),
    "ratio_2025": (0.001, 100),  # a path by year goes through their logarithms
    "ratio_2050": (0.001, 100),
    "net_migration_per_1000": (-10_000, 10_000),
    "large_stores": (0, MOST_PEOPLE),
    "retail_shops": (0, MOST_PEOPLE),
    "age_coefficients": (-1e6, 100),  # logs of people: far below nought where nobody lives
    "urban_population": (0, MOST_PEOPLE * 10),
}
MAY_BE_UNKNOWN = frozenset({"retail_shops"})
_AGES = 101
_ROUNDING = 1e-6
_YEARS = LAST_FISCAL_YEAR - FIRST_FISCAL_YEAR + 1
# How many numbers each national series has, from which to which.
NATIONAL: dict[str, tuple[int, float, float]] = {
    "population_factor": (_YEARS, 0.001, 1000),
    "ageing_shift": (_YEARS, -100, 100),
    "age_factors_2009": (2 * _AGES, 0.001, 1000),
}


def refuse_impossible(path: Path, columns: Mapping[str, Array]) -> None:
    """Raise InputError with the cells that no municipality can have, each column once."""
    codes = columns["code"]
    faults = [*_beyond_bounds(path, columns, codes), *_at_odds(path, columns)]
    if len(np.unique(codes)) < len(codes):
        twice = next(code for code in codes.tolist() if (codes == code).sum() > 1)
        faults.append(Fault(say("world.impossible_values"), file=str(path), key="code", value=str(twice)))
    elif len(later := np.flatnonzero(codes[1:] < codes[:-1])):  # neighbours are named by row
        row = int(later[0]) + 1
        shown = f"{codes[row - 1]}, {codes[row]}"
        faults.append(Fault(say("world.rows_out_of_order"), file=str(path), key="code", value=shown))
    if faults:
        raise InputError(faults[:MOST_FAULTS])


def refuse_impossible_prefectures(path: Path, columns: Mapping[str, Array]) -> None:
    """Raise InputError where the table has not the 47 prefectures in their order, or a number that none has."""
    codes = columns["code"].tolist()
    if codes != [f"{code:02d}" for code in range(1, PREFECTURES_OF_JAPAN + 1)]:
        shown = ", ".join(codes[:3]) + (" …" if len(codes) > 3 else "")
        allowed = say("world.allowed_prefectures", count=PREFECTURES_OF_JAPAN)
        what = say("world.impossible_values")
        raise InputError(
            Fault(what, file=str(path), key="code", value=f"{shown} ({len(codes)})", allowed=allowed)
        )
    faults = list(_beyond_bounds(path, columns, columns["code"]))
    if faults:
        raise InputError(faults[:MOST_FAULTS])


def refuse_impossible_series(path: Path, national: Mapping[str, Floats]) -> None:
    """Raise InputError where a national series is cut short or holds what is no number."""
    faults = []
    for name, (count, low, high) in NATIONAL.items():
        values = national[name]
        inside = (values >= low) & (values <= high)  # what is no number is neither
        if values.shape == (count,) and inside.all():
            continue
        first = int(np.argmin(inside)) if values.shape == (count,) else 0
        few = ", ".join(f"{value:g}" for value in values.ravel()[first : first + 3])
        shown = f"[{'… ' if first else ''}{few} …] ({values.size})"
        allowed = say("world.allowed_series", count=count, low=_in_words(low), high=_in_words(high))
        what = say("world.impossible_values")
        faults.append(Fault(what, file=str(path), key=f"national.{name}", value=shown, allowed=allowed))
    if faults:
        raise InputError(faults)


def _beyond_bounds(path: Path, columns: Mapping[str, Array], codes: Array) -> Iterator[Fault]:
    for name, values in columns.items():
        if name not in BOUNDS:
            continue
        low, high = BOUNDS[name]
        rows = values.reshape(len(codes), -1)
        fine = (rows >= low) & (rows <= high)  # what is no number is neither
        if name in MAY_BE_UNKNOWN:
            fine |= np.isnan(rows)
        if not fine.all():
            row, part = (int(i) for i in np.argwhere(~fine)[0])
            allowed = say("world.allowed_number", low=_in_words(low), high=_in_words(high))
            yield _fault(path, name, f"{rows[row, part]} ({codes[row]})", allowed)


def _at_odds(path: Path, columns: Mapping[str, Array]) -> Iterator[Fault]:
    """Yield the columns that say what another one rules out."""
    codes = columns["code"]
    home = np.array([int(code[:2]) - 1 if code[:2].isdecimal() else -1 for code in codes.tolist()])
    everybody, old = 1 + _ROUNDING, columns["share_65plus"]
    odd: dict[str, tuple[Booleans, str]] = {
        "prefecture": (columns["prefecture"] != home, "world.allowed_prefecture_of_code"),
        "share_under_15": (columns["share_under_15"] + old > everybody, "world.allowed_shares_of_ages"),
        "share_75plus": (columns["share_75plus"] > old + _ROUNDING, "world.allowed_shares_of_ages"),
        "population_2009": (
            (columns["population_2009"] == 0) & (columns["population_2020"] > 0),
            "world.allowed_people_of_2009",
        ),
        "habitable_km2": (
            columns["habitable_km2"] > columns["area_km2"] * MOST_OF_AREA + _ROUNDING,
            "world.allowed_habitable",
        ),
    }
    for name, (found, allowed) in odd.items():
        low, high = BOUNDS[name]
        wrong = found & (columns[name] >= low) & (columns[name] <= high)  # else it was told already
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            yield _fault(path, name, f"{columns[name][row]} ({codes[row]})", say(allowed))


def _in_words(bound: float) -> str:
    return f"{bound:,.0f}" if bound == int(bound) else f"{bound:g}"


def _fault(path: Path, name: str, value: str, allowed: str) -> Fault:
    return Fault(say("world.impossible_values"), file=str(path), key=name, value=value, allowed=allowed)
