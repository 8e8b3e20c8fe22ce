"""Small countries, tables and years that tests are made of."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np

from okoshi.agents.behaviour import Behaviour
from okoshi.agents.conditions import Conditions, LastYear, read_conditions
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities
from okoshi.agents.streams import STREAMS
from okoshi.engine.draws import Luck, combine_keys
from okoshi.markets.recruitment import RecruitmentBehaviour
from okoshi.scenario.scenario import Scenario, load_scenario
from okoshi.simulation import RegionalModel
from okoshi.world.country import World, load_world
from start_values import START_VALUES

SMALL = ("島根県",)
LISTS = {"neighbour_start", "neighbour", "nearby_start", "nearby"}
BY_YEAR = {"population", "population_65plus"}


@cache
def _loaded(base: str) -> Scenario:
    return load_scenario(base, set=START_VALUES)


def scenario_of(
    years: tuple[int, int] = (2009, 2016),
    prefectures: tuple[str, ...] = SMALL,
    base: str = "cooperators_only",
    seed: int | None = None,
    **keys: object,
) -> Scenario:
    """Return a shipped scenario of a few prefectures and years; dots in keys are written as `__`."""
    settings: dict[str, object] = {"world.prefectures": list(prefectures)} if prefectures else {}
    settings |= {name.replace("__", "."): value for name, value in keys.items()}
    return _loaded(base).changed(settings, seed, years)


def lived(scenario: Scenario, seed: int | None = None) -> RegionalModel:
    """Return a model that has lived all its years."""
    model = RegionalModel(scenario, rng=seed)
    model.run()
    return model


def behaviour_of(scenario: Scenario | None = None) -> Behaviour:
    """Return all behaviour of a scenario."""
    return Behaviour.of((scenario or scenario_of()).settings)


def market_of(scenario: Scenario | None = None) -> RecruitmentBehaviour:
    """Return how posts and people meet."""
    return (scenario or scenario_of()).settings.fill(RecruitmentBehaviour, "behaviour.recruitment")


def conditions_of(
    fiscal_year: int,
    scenario: Scenario | None = None,
    last_year: LastYear | None = None,
    before: Conditions | None = None,
    **changed: Any,
) -> Conditions:
    """Return what everybody meets in a fiscal year, for the whole nation."""
    settings = (scenario or scenario_of()).settings
    programmes = Behaviour.of(settings).programmes
    found = read_conditions(settings, fiscal_year, programmes, before, last_year or LastYear(), 1.0)
    return replace(found, **changed)


def luck_of(seed: int = 1) -> Luck:
    """Return declared luck."""
    return Luck(seed, STREAMS)


def keys_of(count: int, salt: int = 0) -> np.ndarray:
    """Return so many lasting keys."""
    return combine_keys(np.arange(count), 99, salt)


def members_of(count: int, **columns: Any) -> Members:
    """Return a table of so many members; columns not named start as the table fills them."""
    table = Members(max(count, 1))
    columns.setdefault("key", keys_of(count, 1))
    columns.setdefault("age_at_start", np.full(count, 30))
    table.append(count, **columns)
    return table


def municipalities_of(count: int, **columns: Any) -> Municipalities:
    """Return a table of so many municipalities, all eligible and willing."""
    table = Municipalities(max(count, 1))
    columns.setdefault("key", keys_of(count, 2))
    columns.setdefault("eligible", np.ones(count, dtype=bool))
    columns.setdefault("willing", np.ones(count, dtype=bool))
    table.append(count, **columns)
    return table


def rows_of(world: World, rows: np.ndarray) -> World:
    """Return a world of some municipalities in the order of `rows`, neighbours renumbered and in their order."""
    new = np.full(len(world), -1)
    new[rows] = np.arange(len(rows))
    arrays: dict[str, Any] = {}
    for item in fields(World):
        array = getattr(world, item.name)
        if item.name in LISTS or not isinstance(array, np.ndarray):
            continue
        if item.name in BY_YEAR:
            arrays[item.name] = array[:, rows]
        elif len(array) == len(world):
            arrays[item.name] = array[rows]
    for name in ("neighbour", "nearby"):
        start, items = getattr(world, f"{name}_start"), getattr(world, name)
        lists = [[int(new[i]) for i in items[start[row] : start[row + 1]] if new[i] >= 0] for row in rows]
        arrays[f"{name}_start"] = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(int)
        arrays[name] = np.array([item for one in lists for item in one], dtype=np.int64)
    return replace(world, **arrays)


def world_of(count: int, neighbours: list[list[int]] | None = None, **arrays: Any) -> World:
    """Return the first municipalities of the smallest prefecture, with neighbour lists and arrays as given."""
    world = rows_of(load_world("default", ("鳥取県",)), np.arange(count))
    lists = neighbours if neighbours is not None else [[] for _ in range(count)]
    start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(int)
    flat = np.array([item for one in lists for item in one], dtype=np.int64)
    return replace(world, neighbour_start=start, neighbour=flat, nearby_start=start, nearby=flat, **arrays)


def tables_as_bytes(tables: dict[str, dict[str, np.ndarray]]) -> dict[str, dict[str, bytes]]:
    """Return each column's type and bytes."""
    return {
        table: {name: str(values.dtype).encode() + values.tobytes() for name, values in columns.items()}
        for table, columns in tables.items()
    }
