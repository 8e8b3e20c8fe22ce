"""Outcomes by group of places or people, for `compare --by`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.books import Measure
from okoshi.agents.cooperators import Settled
from okoshi.engine.columns import Array
from okoshi.observe.tables import labels_of

if TYPE_CHECKING:
    from okoshi.simulation import RegionalModel

GROUPS = ("prefecture", "size_class", "fiscal_strength", "sex_age", "pillar")
SIZE_EDGES = (5_000, 10_000, 30_000, 50_000, 100_000, 300_000)
STRENGTH_EDGES = (0.25, 0.5, 0.8, 1.0)
AGE_EDGES = (30, 40, 50, 60)
PILLARS = {
    Measure.LOCAL_10000: "value_added",
    Measure.COOPERATORS: "people_to_the_regions",
    Measure.DISPATCH: "people_to_the_regions",
    Measure.UNIVERSITY: "people_to_the_regions",
    Measure.SHOPPING: "life_in_the_regions",
    Measure.DIGITAL: "digital_government",
}
PLACE_OUTCOMES = ("members", "hired", "ended", "settled_stock", "startups_by_members", "yen_municipality")

Grouped = dict[tuple[str, str], Array]


def grouped_outcomes(model: RegionalModel, by: str) -> Grouped:
    """Return (outcome, group) -> one number a year written; nothing where no grouping is asked for."""
    if by in ("prefecture", "size_class", "fiscal_strength"):
        return _by_place(model, by)
    if by == "sex_age":
        return _by_sex_and_age(model)
    if by == "pillar":
        return _by_pillar(model)
    return {}


def class_names(edges: tuple[float, ...], unit: str) -> list[str]:
    """Return words for the classes between edges, the last one open."""
    froms = (0, *edges)
    names = [f"{low:g}-{high:g}{unit}" for low, high in zip(froms, edges, strict=False)]
    return [*names, f"{edges[-1]:g}{unit} and over"]


def _group_of_places(model: RegionalModel, by: str) -> tuple[Array, list[str]]:
    world = model.world
    if by == "prefecture":
        return world.prefecture.astype(np.int64), [str(name) for name in world.prefectures.name]
    if by == "size_class":
        return np.digitize(world.population_2020, SIZE_EDGES), class_names(SIZE_EDGES, " people")
    return np.digitize(world.fiscal_strength, STRENGTH_EDGES), class_names(STRENGTH_EDGES, "")


def _by_place(model: RegionalModel, by: str) -> Grouped:
    table = model.tables(["municipalities"])["municipalities"]
    group, names = _group_of_places(model, by)
    years = np.unique(table["fiscal_year"])
    grouped: Grouped = {}
    for outcome in PLACE_OUTCOMES:
        values = table[outcome].reshape(len(years), -1)
        for number in np.unique(group):
            grouped[outcome, names[number]] = values[:, group == number].sum(axis=1)
    return grouped


def _by_sex_and_age(model: RegionalModel) -> Grouped:
    members = model.members
    ages = np.digitize(members.age_at_start, AGE_EDGES)
    age_names = class_names(AGE_EDGES, " years")
    age_names[0] = "under 30 years"
    sexes = labels_of(type(members), "sex")
    years = np.arange(model.scenario.years[0], model.scenario.years[1] + 1)
    until = (years - 2009 + 1) * 12
    stayed = (members.stayed_at_end == Settled.SAME) | (members.stayed_at_end == Settled.NEARBY)
    grouped: Grouped = {}
    for sex in range(len(sexes)):
        for age in range(len(age_names)):
            name = f"{sexes[sex]}, {age_names[age]}"
            who = (members.sex == sex) & (ages == age)
            start, end = members.start_month[who], members.end_month[who]
            kept, gone = stayed[who], members.gone_again_month[who]
            grouped["members", name] = _count(years, lambda m, s=start, e=end: (s < m) & (e > m - 12), until)
            grouped["settled", name] = _count(
                years, lambda m, k=kept, e=end, g=gone: k & (e <= m) & (g >= m), until
            )
    return grouped


def _count(years: Array, who: object, until: Array) -> Array:
    return np.array([int(who(month).sum()) for month in until])  # type: ignore[operator]


def _by_pillar(model: RegionalModel) -> Grouped:
    spent = model.ledger.net(("fiscal_year", "measure"))
    years = np.arange(model.scenario.years[0], model.scenario.years[1] + 1)
    grouped: Grouped = {}
    for pillar in dict.fromkeys(PILLARS.values()):
        measures = [measure for measure, name in PILLARS.items() if name == pillar]
        mine = np.isin(spent["measure"], measures)
        grouped["yen", pillar] = np.array(
            [int(spent["yen"][mine & (spent["fiscal_year"] == year)].sum()) for year in years]
        )
    return grouped
