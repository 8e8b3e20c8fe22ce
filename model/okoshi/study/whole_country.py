"""The country of a run, and whether it is the whole one: official figures, budgets and targets are, once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES, year_spent
from okoshi.scenario.prefectures import PREFECTURES
from okoshi.scenario.scenario import Scenario
from okoshi.world.country import World, load_nation, load_world


def country_of(scenario: Scenario) -> World:
    """Return the country that a scenario asks for. Raises InputError, of the scenario's file, where there is none."""
    try:
        return load_world(scenario.world.source, scenario.world.prefectures, scenario.world.scale)
    except InputError as error:
        raise InputError([replace(one, file=one.file or scenario.file) for one in error.faults]) from error


def is_whole(source: str, prefectures: Sequence[str], scale: int) -> bool:
    """Return whether all 47 prefectures are there, once. A country that cannot be read here is taken as whole."""
    if scale != 1 or 0 < len(set(prefectures)) < len(PREFECTURES):
        return False
    if source == "default":
        return True
    try:
        return held_in(load_world(source)) == len(PREFECTURES)
    except InputError:
        return True


def held_in(world: World) -> int:
    """Return in how many prefectures a country has municipalities."""
    return len(np.unique(world.prefecture))


def parts_of_extras(scenario: Scenario) -> dict[str, float]:
    """Return the part of the nation's extra that falls to the country of a scenario, by measure."""
    from okoshi.agents.founders import PREFIX, FounderBehaviour, part_of_founders
    from okoshi.agents.rest_of_nation import part_of_municipalities, part_of_prefectures
    from okoshi.measures.dispatch import part_of_companies
    from okoshi.simulation import share_of_nation

    world, nation, settings = country_of(scenario), load_nation(scenario.world.source), scenario.settings
    behaviour, year = settings.fill(FounderBehaviour, PREFIX), year_spent(settings, "local_10000")
    parts = dict.fromkeys(MEASURES, share_of_nation(world, nation))
    return parts | {
        "local_10000": part_of_founders(behaviour, world, nation, year),
        "dispatch": part_of_companies(world, nation) * world.copies,
        "shopping": part_of_municipalities(world, nation),
        "digital": part_of_prefectures(world),
    }


def words_of_part(source: str, prefectures: Sequence[str], scale: int) -> str:
    """Return what a run of a part of the country (or of several copies) must say of itself; nothing of the whole."""
    from okoshi.simulation import share_of_nation

    if is_whole(source, prefectures, scale):
        return ""
    world = load_world(source, tuple(prefectures), scale)
    key = "run.part_of_country" if scale == 1 else "run.copies_of_country"
    part = share_of_nation(world, load_nation(source))
    return say(key, held=held_in(world), all=len(PREFECTURES), scale=scale, part=part)
