"""Which size goes to which point: towns near towns, and cities where the facts say they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import prefecture_facts, read_facts
from okoshi.world.fields import neighbour_mean
from okoshi.world.geography import Lists, neighbour_lists
from okoshi.world.points import draw_points

LARGE, VERY_LARGE = 100_000, 300_000


@dataclass(frozen=True)
class Places:
    """Municipalities as points with people, prefecture by prefecture."""

    prefecture: Integers
    longitude: Floats
    latitude: Floats
    population: Integers
    neighbours: Lists


def log_population(population: Integers) -> Floats:
    """Return the logarithm of population, nan where nobody lives."""
    lived = population > 0
    return np.where(lived, np.log(np.where(lived, population, 1)), np.nan)


def distance_to_large(distance: Floats, population: Integers, limit: int = LARGE) -> Floats:
    """Return km to the nearest city of so many people; 0 for such a city itself."""
    cities = np.flatnonzero(population >= limit)
    if not len(cities):
        return np.full(len(population), distance.max())
    return np.asarray(distance[:, cities].min(axis=1))


def settle(luck: Luck, sizes: list[Integers]) -> Places:
    """Return places: points of each prefecture with its sizes put on them."""
    points = draw_points(luck)
    counts = [len(own) for own in sizes]
    prefecture = np.repeat(np.arange(len(sizes)), counts)
    longitude = np.concatenate([own[0] for own in points])
    latitude = np.concatenate([own[1] for own in points])
    degree = read_facts("municipalities")["adjacency"]["mean_degree"]
    neighbours = neighbour_lists(longitude, latitude, degree)
    population = _first_settlement(luck, sizes, longitude, latitude, neighbours)
    return Places(prefecture, longitude, latitude, population, neighbours)


def _first_settlement(
    luck: Luck, sizes: list[Integers], longitude: Floats, latitude: Floats, neighbours: Lists
) -> Integers:
    """Return populations by point: the larger the nearer to the centre, with neighbours' common luck."""
    who = combine_keys(np.arange(len(longitude)))
    common = luck("world.settling").normal(who)
    for _ in range(3):
        common = 0.5 * common + 0.5 * neighbour_mean(common, neighbours)
    common = (common - common.mean()) / common.std()
    own = luck("world.settling").normal(who, sub=1)
    population = np.zeros(len(longitude), dtype=np.int64)
    first = 0
    for facts, largest_first in zip(prefecture_facts(), sizes, strict=True):
        rows = np.arange(first, first + len(largest_first))
        first += len(largest_first)
        east = (longitude[rows] - facts["lng_w"]) * np.cos(np.radians(facts["lat_w"])) * 111.2
        out = np.hypot(east, (latitude[rows] - facts["lat_w"]) * 111.2) / np.sqrt(facts["area_km2"] / np.pi)
        score = 0.9 * out**1.0 - 0.5 * common[rows] - 0.7 * own[rows]
        population[rows[np.argsort(score, kind="stable")]] = largest_first
    return population
