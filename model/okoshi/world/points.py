"""Where the invented municipalities lie: points of each prefecture's land, and which size goes to which point."""

from __future__ import annotations

import numpy as np

from okoshi.engine.draws import Keys, Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import prefecture_column, prefecture_facts, read_facts
from okoshi.world.geography import EARTH_RADIUS_KM

KM_PER_DEGREE = float(np.radians(1.0) * EARTH_RADIUS_KM)
_POOL = 30  # places to choose from for each place wanted
_REACH = 1.15  # of the radius of a round prefecture: how far its land goes


def moved(longitude: float, latitude: float, east_km: Floats, north_km: Floats) -> tuple[Floats, Floats]:
    """Return the points so many km east and north of a point."""
    north = latitude + north_km / KM_PER_DEGREE
    return longitude + east_km / (KM_PER_DEGREE * np.cos(np.radians(latitude))), north


def draw_points(luck: Luck) -> list[tuple[Floats, Floats]]:
    """Return longitude and latitude of the places of each prefecture, those of the archipelagos last.

    Land is what lies nearest to a prefecture's centre in units of the radius of its area; on it places keep a
    little distance from one another.
    """
    radius = np.sqrt(prefecture_column("area_km2") / np.pi)
    longitude, latitude = prefecture_column("lng_w"), prefecture_column("lat_w")
    points = []
    for index, facts in enumerate(prefecture_facts()):
        islands = read_facts("prefectures")["archipelago"].get(facts["code"])
        on_land = facts["n"] - (islands["places"] if islands else 0)
        who = combine_keys(np.full(_POOL * facts["n"], index), np.arange(_POOL * facts["n"]))
        east, north = _disc(luck, who, radius[index] * _REACH)
        pool = np.column_stack(moved(longitude[index], latitude[index], east, north))
        pool = pool[_own_land(pool, index, longitude, latitude, radius)]
        chosen = _keep_apart(pool, on_land)
        land_longitude, land_latitude = pool[chosen, 0], pool[chosen, 1]
        if islands:
            far = _islands(luck, index, islands, longitude[index], latitude[index])
            land_longitude = np.concatenate([land_longitude, far[0]])
            land_latitude = np.concatenate([land_latitude, far[1]])
        points.append((land_longitude, land_latitude))
    return points


def _disc(luck: Luck, who: Keys, radius: float) -> tuple[Floats, Floats]:
    stream = luck("world.point")
    out, turn = radius * np.sqrt(stream.uniform(who)), 2 * np.pi * stream.uniform(who, sub=1)
    return out * np.cos(turn), out * np.sin(turn)


def _own_land(pool: Floats, index: int, longitude: Floats, latitude: Floats, radius: Floats) -> Floats:
    """Return which points lie nearer to their own prefecture than to any other, by its radius."""
    scale = KM_PER_DEGREE * np.cos(np.radians(latitude[index]))
    east = (pool[:, 0, None] - longitude[None, :]) * scale
    north = (pool[:, 1, None] - latitude[None, :]) * KM_PER_DEGREE
    return np.asarray(np.argmin(np.hypot(east, north) / radius[None, :], axis=1) == index)


def _keep_apart(pool: Floats, count: int, tries: int = 2) -> Integers:
    """Return rows of the pool: each the one of `tries` that lies farthest from those already chosen."""
    scale = np.array([np.cos(np.radians(pool[:, 1].mean())), 1.0]) * KM_PER_DEGREE
    plane = pool * scale
    nearest = np.full(len(pool), np.inf)
    chosen: list[int] = []
    for step in range(count):
        offered = np.arange(step * tries, (step + 1) * tries) % len(pool)
        offered = offered[~np.isin(offered, chosen)]
        best = int(offered[np.argmax(nearest[offered])]) if len(offered) else int(np.argmax(nearest))
        chosen.append(best)
        nearest = np.minimum(nearest, np.hypot(*(plane - plane[best]).T))
    return np.array(chosen, dtype=np.int64)


def _islands(
    luck: Luck, index: int, facts: dict[str, float], longitude: float, latitude: float
) -> tuple[Floats, Floats]:
    """Return points strung out in one direction from the prefecture's centre."""
    count = int(facts["places"])
    who = combine_keys(np.full(count, index), np.arange(count))
    stream = luck("world.island")
    along = (np.arange(count) + stream.uniform(who)) / count
    out = facts["from_km"] + along * (facts["to_km"] - facts["from_km"])
    turn = np.radians(facts["bearing"] + 16 * (stream.uniform(who, sub=1) - 0.5))
    return moved(longitude, latitude, out * np.sin(turn), out * np.cos(turn))
