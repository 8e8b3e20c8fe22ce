"""A country half made: what builder and importer both know, and how the rest follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from okoshi.world.arrays import Array, Booleans, Floats, Integers, Texts
from okoshi.world.checking import NATIONAL
from okoshi.world.country import Depopulation
from okoshi.world.facts import is_metropolitan, prefecture_facts, prefecture_names, read_facts
from okoshi.world.filling import or_else
from okoshi.world.geography import Lists, nearby_lists, neighbour_lists
from okoshi.world.paths import (
    Anchors,
    population_in_2009,
    ratio_2025_from,
    reconcile,
    share_65plus_2050_from,
)
from okoshi.world.people import (
    age_factors_of_2009,
    band_totals,
    fit_ages,
    national_table,
    people_from,
    people_of_2009,
    share_from,
)
from okoshi.world.storage import TYPES, StoredWorld

URBAN_FROM = 100_000  # people from which a city outside the eleven sends applicants


@dataclass(frozen=True)
class Draft:
    """One value a municipality; what is None follows from the rest."""

    code: Texts
    name: Texts
    prefecture: Integers
    kind: Integers
    longitude: Floats
    latitude: Floats
    area_km2: Floats
    habitable_km2: Floats
    population_2020: Integers
    share_under_15: Floats
    share_65plus: Floats
    share_75plus: Floats
    fiscal_strength: Floats
    general_staff: Floats
    depopulation: Integers
    ratio_2050: Floats
    net_migration_per_1000: Floats
    large_stores: Integers
    retail_shops: Floats
    ratio_2025: Floats | None = None
    share_65plus_2050: Floats | None = None
    bands_by_sex: Floats | None = None  # (M, 2, 4): people aged 0-14, 15-64, 65-74, 75+
    neighbours: Lists | None = None


def eligible(draft: Draft, inside: int) -> Booleans:
    """Return who may take part: all outside the eleven metropolitan prefectures and so many inside.

    Inside, depopulated ones come first, then those whose projection of 2050 over 2020 is lowest (assumed).
    """
    metropolitan = is_metropolitan()[draft.prefecture]
    rows = np.flatnonzero(metropolitan)
    designated = draft.depopulation[rows] != Depopulation.NONE
    order = np.lexsort((draft.code[rows], draft.ratio_2050[rows], ~designated))
    flags = ~metropolitan
    flags[rows[order[:inside]]] = True
    return flags


def complete(draft: Draft, invented: bool, about: dict[str, Any]) -> StoredWorld:
    """Return the whole world: eligibility, people by age, population by year, neighbours, urban people."""
    population = draft.population_2020.astype(np.float64)
    ratio_2025, _ = or_else(draft.ratio_2025, ratio_2025_from(draft.ratio_2050, draft.share_65plus))
    coefficients = _age_coefficients(draft)
    then = population_in_2009(population, ratio_2025)
    # Few people cannot have the nation's ages: a village alone would need ten thousand times as many of some.
    factors = np.clip(age_factors_of_2009(coefficients, then), *NATIONAL["age_factors_2009"][1:])
    later, _ = or_else(
        draft.share_65plus_2050, share_65plus_2050_from(draft.ratio_2050, draft.share_65plus, population)
    )
    anchors = Anchors(
        population=population,
        population_2009=then,
        ratio_2025=ratio_2025,
        ratio_2050=draft.ratio_2050,
        share_65plus=draft.share_65plus,
        share_65plus_2009=share_from(people_of_2009(coefficients, then, factors), 65),
        share_65plus_2050=later,
    )
    national, rule = reconcile(anchors), read_facts("municipalities")["eligibility"]
    cooperators = eligible(draft, rule["cooperators_inside"])
    columns: dict[str, Array] = {
        **{name: value for name, value in vars(draft).items() if name in TYPES},
        "ratio_2025": ratio_2025,
        "share_65plus_2050": later,
        "population_2009": then,
        "share_65plus_2009": anchors.share_65plus_2009,
        "age_coefficients": coefficients,
        "eligible_cooperators": cooperators,
        "eligible_dispatch": eligible(draft, rule["dispatch_inside"]),
    }
    degree = read_facts("municipalities")["adjacency"]["mean_degree"]
    return StoredWorld(
        invented=invented,
        about=about,
        columns=columns,
        prefectures=_prefectures(draft, coefficients, cooperators),
        national={
            "population_factor": national.population_factor,
            "ageing_shift": national.ageing_shift,
            "age_factors_2009": factors.ravel(),
        },
        neighbours=draft.neighbours or neighbour_lists(draft.longitude, draft.latitude, degree),
        nearby=nearby_lists(draft.longitude, draft.latitude),
    )


def _age_coefficients(draft: Draft) -> Floats:
    """Return coefficients by sex, shape (M, 2, 4): the same for both where ages are not known by sex."""
    table = national_table(2020)
    if draft.bands_by_sex is None:
        bands = band_totals(
            draft.share_under_15, draft.share_65plus, draft.share_75plus, draft.population_2020.astype(float)
        )
        return np.repeat(fit_ages(bands, table.sum(axis=0))[:, None, :], 2, axis=1)
    return np.stack([fit_ages(draft.bands_by_sex[:, sex], table[sex]) for sex in (0, 1)], axis=1)


def _prefectures(draft: Draft, coefficients: Floats, cooperators: Booleans) -> dict[str, Array]:
    """Return the 47 prefectures: their centres and the people aged 20-59 of their urban areas.

    Urban are cities of 100,000 and more, and inside the eleven all that cannot host cooperators themselves.
    """
    people = people_from(coefficients, national_table(2020))[:, :, 20:60].sum(axis=(1, 2))
    urban = (draft.population_2020 >= URBAN_FROM) | ~cooperators
    facts = prefecture_facts()
    return {
        "code": np.array([row["code"] for row in facts]),
        "name": np.array(prefecture_names()),
        "longitude": np.array([row["lng_w"] for row in facts]),
        "latitude": np.array([row["lat_w"] for row in facts]),
        "metropolitan": is_metropolitan(),
        "urban_population": np.bincount(draft.prefecture, weights=people * urban, minlength=47),
    }
