"""Years of company dispatch alone, for tests: a country, settings, and a measure that has lived them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from okoshi.agents.books import LABELS
from okoshi.agents.cooperators import Members
from okoshi.agents.dispatch_behaviour import STREAMS_DISPATCH, DispatchBehaviour
from okoshi.agents.municipalities import Municipalities
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, month_index
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.dispatch import Dispatch
from okoshi.measures.year import MeasureYear
from okoshi.scenario.scenario import Scenario, load_scenario
from okoshi.scenario.settings import Settings
from okoshi.simulation import share_of_nation
from okoshi.world.country import World, load_world
from start_values import START_VALUES


@cache
def _baseline() -> Scenario:
    return load_scenario("baseline", set=START_VALUES)


def settings_of(values: dict[str, object] | None = None) -> Settings:
    """Return the shipped settings with parameters set, `NAME@YEAR` from a year on."""
    return _baseline().changed(values or {}).settings


def behaviour_of(values: dict[str, object] | None = None) -> DispatchBehaviour:
    """Return the behaviour, keys without their prefix."""
    named = {f"behaviour.dispatch.{name}": value for name, value in (values or {}).items()}
    return settings_of(named).fill(DispatchBehaviour, "behaviour.dispatch")


def luck_of(seed: int = 1) -> Luck:
    """Return declared luck."""
    return Luck(seed, STREAMS_DISPATCH)


def year_of(settings: Settings, world: World, fiscal_year: int, luck: Luck) -> MeasureYear:
    """Return a fiscal year as the measure meets it."""

    def context(name: str) -> float:
        value = settings.value(f"context.{name}", fiscal_year)
        assert isinstance(value, int | float)
        return float(value)

    row = fiscal_year - FIRST_FISCAL_YEAR
    return MeasureYear(
        fiscal_year=fiscal_year,
        first_month=month_index(fiscal_year),
        settings=settings,
        nation_share=share_of_nation(world, load_world()),
        openings_per_applicant=context("openings_per_applicant"),
        wage_index=context("wage_index"),
        price_index=context("price_index"),
        world=world,
        municipalities=Municipalities(1),
        members=Members(1),
        population=world.population[row],
        population_65plus=world.population_65plus[row],
        luck=luck,
    )


def lived(
    values: dict[str, object] | None = None,
    years: tuple[int, int] = (2014, 2027),
    world: World | None = None,
    seed: int = 1,
    each: Callable[[Dispatch, int], Any] | None = None,
    **openings: Any,
) -> tuple[Dispatch, Ledger]:
    """Return the measure and the ledger after the years; `each` is called in every March."""
    settings, luck = settings_of(values), luck_of(seed)
    world = world if world is not None else load_world()
    measure, ledger = Dispatch(world, settings, luck, load_world()), Ledger(LABELS)
    for fiscal_year in range(years[0], years[1] + 1):
        year = year_of(settings, world, fiscal_year, luck)
        measure.open_year(year, **openings)
        measure.close_year(year, ledger)
        if each is not None:
            each(measure, fiscal_year)
    return measure, ledger
