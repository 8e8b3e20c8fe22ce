"""Where the invented municipalities lie: points of each prefecture's land, and which size goes to which point."""

from __future__ import annotations

import numpy as np

from okoshi.engine.draws import Keys, Luck, combine_keys
from okoshi.world.arrays import Booleans, Floats, Integers
from okoshi.world.facts import prefecture_column, prefecture_facts, read_facts
from okoshi.world.geography import EARTH_RADIUS_KM

KM_PER_DEGREE = float(np.radians(1.0) * EARTH_RADIUS_KM)
_POOL = 30  # places to choose from for each place wanted
_CROWDING = (*((c, 3) for c in (2.6, 2.1, 1.7, 1.4, 1.1, 0.8, 0.5, 0.2)), (0.0, 3), (0.0, 5), (0.0, 8))
_REACH = 1.4  # of the radius of a round prefecture: how far its land goes


def moved(longitude: float, latitude: float, east_km: Floats, north_km: Floats) -> tuple[Floats, Floats]:
    """Return the points so many km east and north of a point."""
    north = latitude + north_km / KM_PER_DEGREE
    return longitude + east_km / (KM_PER_DEGREE * np.cos(np.radians(latitude))), north


def draw_points(luck: Luck) -> list[tuple[Floats, Floats]]:
    """Return longitude and latitude of the places of each prefecture, those of the archipelagos last.

    Land is what lies nearest to a prefecture's centre in units of the radius of its area; on it places crowd into
    valleys and plains, so much that the mean distance to the nearest other is about the prefecture's.
    """
    return [_prefecture_points(luck, index) for index in range(len(prefecture_facts()))]


def _prefecture_points(luck: Luck, index: int) -> tuple[Floats, Floats]:
    facts = prefecture_facts()[index]
    longitude, latitude = prefecture_column("lng_w"), prefecture_column("lat_w")
    radius = np.sqrt(prefecture_column("area_km2") / np.pi)
    islands = read_facts("prefectures")["archipelago"].get(facts["code"])
    far = _islands(luck, index, islands or {"places": 0, "from_km": 0, "to_km": 0, "bearing": 0})
    on_land = facts["n"] - far.shape[0]
    who = combine_keys(np.full(_POOL * facts["n"], index), np.arange(_POOL * facts["n"]))
    east, north = _disc(luck, who, radius[index] * _REACH)
    pool_longitude, pool_latitude = moved(longitude[index], latitude[index], east, north)
    own = _own_land(pool_longitude, pool_latitude, index, longitude, latitude, radius)
    plane, who = np.column_stack([east, north])[own], who[own]
    chosen = _crowd_to(luck, who, plane, on_land, far, facts["km_nearest_office_mean"])
    points = np.vstack([plane[chosen], far])
    return moved(longitude[index], latitude[index], points[:, 0], points[:, 1])


def _crowd_to(luck: Luck, who: Keys, plane: Floats, count: int, far: Floats, wanted: float) -> Integers:
    """Return rows of the pool, crowded or kept apart so that the mean distance to the nearest is as wanted."""
    draw = luck("world.valley")
    angle = 2 * np.pi * draw.uniform(who[:4])
    reach = np.ptp(plane[:, 0]) / np.array([1.3, 2.1, 3.1, 4.3])
    waves = np.column_stack([np.cos(angle), np.sin(angle)]) / reach[:, None]
    field = np.sin(2 * np.pi * (plane @ waves.T + draw.uniform(who[:4], sub=1))).sum(axis=1)
    field /= field.std()
    best, least = np.arange(count), np.inf
    for crowding, tries in _CROWDING:
        order = np.argsort(-np.log(draw.uniform(who, sub=2)) / np.exp(crowding * field), kind="stable")
        chosen = order[_keep_apart(plane[order], count, tries)]
        gap = abs(np.log(_mean_nearest(np.vstack([plane[chosen], far])) / wanted))
        if gap < least:
            best, least = chosen, gap
    return best


def _mean_nearest(points: Floats) -> float:
    gaps = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    return float(gaps.min(axis=1).mean())


def _disc(luck: Luck, who: Keys, radius: float) -> tuple[Floats, Floats]:
    stream = luck("world.point")
    out, turn = radius * np.sqrt(stream.uniform(who)), 2 * np.pi * stream.uniform(who, sub=1)
    return out * np.cos(turn), out * np.sin(turn)


def _own_land(
    east: Floats, north: Floats, index: int, longitude: Floats, latitude: Floats, radius: Floats
) -> Booleans:
    """Return which points lie nearer to their own prefecture than to any other, by its radius."""
    scale = KM_PER_DEGREE * np.cos(np.radians(latitude[index]))
    aside = (east[:, None] - longitude[None, :]) * scale
    along = (north[:, None] - latitude[None, :]) * KM_PER_DEGREE
    return np.asarray(np.argmin(np.hypot(aside, along) / radius[None, :], axis=1) == index)


def _keep_apart(plane: Floats, count: int, tries: int) -> Integers:
    """Return rows of the pool: each the one of `tries` that lies farthest from those already chosen."""
    if tries == 1:
        return np.arange(count)
    nearest = np.full(len(plane), np.inf)
    chosen: list[int] = []
    for step in range(count):
        offered = np.arange(step * tries, (step + 1) * tries) % len(plane)
        best = int(offered[np.argmax(nearest[offered])])
        chosen.append(best)
        nearest = np.minimum(nearest, np.hypot(*(plane - plane[best]).T))
    return np.array(chosen, dtype=np.int64)


def _islands(luck: Luck, index: int, facts: dict[str, float]) -> Floats:
    """Return points in km from the prefecture's centre, strung out in one direction, ever farther apart."""
    count = int(facts["places"])
    who = combine_keys(np.full(count, index), np.arange(count))
    stream = luck("world.island")
    along = (np.arange(count) + 0.5 + 0.5 * stream.uniform(who)) / max(count, 1)
    out = facts["from_km"] + along ** facts.get("power", 1.0) * (facts["to_km"] - facts["from_km"])
    turn = np.radians(facts["bearing"] + 16 * (stream.uniform(who, sub=1) - 0.5))
    return np.column_stack([out * np.sin(turn), out * np.cos(turn)])
