"""Years of Local 10,000 on its own, with or without members, on a real or a small world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from okoshi.agents.books import LABELS
from okoshi.agents.cooperators import Members
from okoshi.agents.founders import PREFIX, STREAMS_LOCAL_10000, Candidates, FounderBehaviour
from okoshi.agents.municipalities import Municipalities
from okoshi.engine.calendar import month_index
from okoshi.engine.draws import Luck, combine_keys
from okoshi.engine.ledger import Ledger
from okoshi.measures.local_10000 import Local10000
from okoshi.measures.year import MeasureYear
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.settings import Settings
from okoshi.world.country import World, load_world
from start_values import START_VALUES

MEASURE = "policy.local_10000."
SMALL = ("島根県", "鳥取県")
Observer = Callable[[Local10000, int], Any]


def settings_of(values: dict[str, object] | None = None) -> Settings:
    """Return the settings of the shipped baseline with values set, `NAME@YEAR` from a year on."""
    scenario = load_scenario("cooperators_only", set=START_VALUES)
    base = {f"{MEASURE}enabled": True, f"{MEASURE}supplement.enabled": True}
    return scenario.changed({**base, **(values or {})}).settings


def year_of(
    fiscal_year: int,
    settings: Settings,
    world: World,
    luck: Luck,
    members: Members,
    share: float = 1.0,
    capacity: float = 0.0,
) -> MeasureYear:
    """Return a fiscal year as the measure meets it."""
    context = [
        float(settings.value(f"context.{name}", fiscal_year))  # type: ignore[arg-type]
        for name in ("openings_per_applicant", "wage_index", "price_index")
    ]
    row = fiscal_year - 2009
    municipalities = Municipalities(len(world))
    municipalities.append(len(world), key=world.key, capacity_products=capacity)
    people = world.population[row], world.population_65plus[row]
    return MeasureYear(
        fiscal_year, month_index(fiscal_year), settings, share, *context,
        world, municipalities, members, *people, luck,
    )  # fmt: skip


def nation_of(world: World, settings: Settings, share: float) -> World:
    """Return a nation that has the world's founders so many times that the world has this share of them."""
    elasticity = settings.fill(FounderBehaviour, PREFIX).place_elasticity
    return world if share == 1.0 else replace(world, population=world.population * share ** (-1 / elasticity))


def lived(
    values: dict[str, object] | None = None,
    years: tuple[int, int] = (2009, 2026),
    world: World | None = None,
    seed: int = 1,
    share: float = 1.0,
    members: Members | None = None,
    observe: Observer | None = None,
    capacity: float = 0.0,
) -> tuple[Local10000, Ledger, list[Any]]:
    """Live some years; return the measure, the ledger and what was observed each March."""
    settings = settings_of(values)
    world = world or load_world("default", SMALL)
    nation = nation_of(world, settings, share)
    luck = Luck(seed, STREAMS_LOCAL_10000)
    measure, ledger, seen = Local10000(world, settings, luck, nation), Ledger(LABELS), []
    for fiscal_year in range(years[0], years[1] + 1):
        year = year_of(fiscal_year, settings, world, luck, members or Members(1), share, capacity)
        measure.open_year(year)
        measure.live_year(year)
        measure.close_year(year, ledger)
        if observe:
            seen.append(observe(measure, fiscal_year))
    return measure, ledger, seen


def candidates_of(count: int, **columns: Any) -> Candidates:
    """Return candidates at place 0 without application cost or hurdle; columns not named are plain."""
    plain: dict[str, Any] = {
        "key": combine_keys(np.arange(count), 4),
        "municipality": 0,
        "kind": np.int8(0),
        "sex": np.int8(0),
        "age": 45,
        "sector": np.int8(0),
        "aware": True,
        "first_best": 60e6,
        "wealth": 1e9,
        "hurdle": 0.0,
        "application_cost": 0.0,
        "indivisible": False,
        "novel": True,
        "own_theme": np.int8(0),
        "fits": np.tile([True, False, False, False], (count, 1)),
        "month": 0.0,
        "applied_before": False,
    } | columns
    filled = {
        name: np.array(value) if np.ndim(value) else np.full(count, value) for name, value in plain.items()
    }
    return Candidates(**filled)
