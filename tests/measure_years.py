"""Fiscal years as the university and digital measures meet them, without the rest of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from okoshi.agents.books import LABELS
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities, MunicipalityBehaviour, found_municipalities
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, month_index
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.year import MeasureYear
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.settings import Settings
from okoshi.world.country import World, load_world
from start_values import START_VALUES


@cache
def _baseline() -> Any:
    return load_scenario("baseline", set=START_VALUES)


def settings_of(**keys: object) -> Settings:
    """Return the baseline's settings; dots in keys are written as `__`, a year as `__AT__2025`."""
    values = {name.replace("__AT__", "@").replace("__", "."): value for name, value in keys.items()}
    return (_baseline().changed(values) if values else _baseline()).settings


def nation() -> World:
    """Return the whole invented country."""
    return load_world("default")


def places_of(world: World, settings: Settings, luck: Luck) -> Municipalities:
    """Return municipalities at the start."""
    return found_municipalities(world, settings.fill(MunicipalityBehaviour, "behaviour.municipalities"), luck)


def year_of(
    fiscal_year: int,
    world: World,
    settings: Settings,
    luck: Luck,
    places: Municipalities | None = None,
    **changed: Any,
) -> MeasureYear:
    """Return a fiscal year of a country, flat wages and prices."""
    row = min(fiscal_year - FIRST_FISCAL_YEAR, len(world.population) - 1)
    year = MeasureYear(
        fiscal_year=fiscal_year,
        first_month=month_index(fiscal_year),
        settings=settings,
        nation_share=int(world.eligible_cooperators.sum()) / int(nation().eligible_cooperators.sum()),
        openings_per_applicant=1.2,
        wage_index=1.0,
        price_index=1.0,
        world=world,
        municipalities=places_of(world, settings, luck) if places is None else places,
        members=Members(1),
        population=np.asarray(world.population[row]),
        population_65plus=np.asarray(world.population_65plus[row]),
        luck=luck,
    )
    return replace(year, **changed)


def live[Kind](
    kind: Callable[[World, Settings, Luck], Kind],
    settings: Settings,
    years: range,
    world: World | None = None,
    seed: int = 1,
    after: Callable[[Kind, MeasureYear], None] | None = None,
    **changed: Any,
) -> tuple[Kind, Ledger]:
    """Let a measure live some fiscal years alone; `after` is called after each March."""
    luck, world = Luck(seed), world or nation()
    measure: Any = kind(world, settings, luck)
    ledger, places = Ledger(LABELS), places_of(world, settings, luck)
    for fiscal_year in years:
        year = year_of(fiscal_year, world, settings, luck, places, **changed)
        measure.open_year(year)
        measure.close_year(year, ledger)
        if after:
            after(measure, year)
    return measure, ledger
