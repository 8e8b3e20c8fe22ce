"""Distances on the globe and who is next to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from okoshi.world.arrays import Floats, Integers

EARTH_RADIUS_KM = 6371.0088
NEARBY_KM = 30.0


class Lists(NamedTuple):
    """One list of whole numbers for each municipality, stored end to end: `items[start[i]:start[i + 1]]`."""

    start: Integers
    items: Integers


def distance_km(
    longitude: npt.ArrayLike,
    latitude: npt.ArrayLike,
    other_longitude: npt.ArrayLike,
    other_latitude: npt.ArrayLike,
) -> Floats:
    """Return great-circle distances in km between points in degrees (haversine), broadcast."""
    east, north, other_east, other_north = (
        np.radians(np.asarray(angle, dtype=np.float64))
        for angle in (longitude, latitude, other_longitude, other_latitude)
    )
    half = (
        np.sin((other_north - north) / 2) ** 2
        + np.cos(north) * np.cos(other_north) * np.sin((other_east - east) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def distance_matrix(longitude: Floats, latitude: Floats) -> Floats:
    """Return km between all pairs, shape (n, n)."""
    return distance_km(longitude[:, None], latitude[:, None], longitude[None, :], latitude[None, :])


def on_plane(longitude: Floats, latitude: Floats) -> Floats:
    """Return points in km on a plane that is true near 36 degrees north, shape (n, 2)."""
    scale = np.radians(1.0) * EARTH_RADIUS_KM
    return np.column_stack([longitude * np.cos(np.radians(36.0)) * scale, latitude * scale])


def pairs_to_lists(first: Integers, second: Integers, distance: Floats, count: int) -> Lists:
    """Return lists from ordered pairs: each place's others, the nearest first."""
    order = np.lexsort((second, distance, first))
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(first, minlength=count), out=start[1:])
    return Lists(start, second[order].astype(np.int64))


def neighbour_lists(longitude: Floats, latitude: Floats, mean_degree: float) -> Lists:
    """Return each place's neighbours: natural neighbours of the points (Delaunay), without the longest links.

    Links go in the order of their length over the usual spacing at both ends, until `mean_degree` is left:
    so islands stand alone and places across a bay are no neighbours.
    """
    from scipy.spatial import Delaunay

    count = len(longitude)
    if count < 4:
        return _all_pairs(longitude, latitude)
    # Ten metres or so aside, in a spiral: offices on one spot or one line make no mesh.
    step = np.arange(count)
    aside = 0.01 * np.sqrt(step / count)[:, None] * np.column_stack([np.cos(2.4 * step), np.sin(2.4 * step)])
    plane = on_plane(longitude, latitude)
    mesh = Delaunay(plane - plane.mean(axis=0) + aside)
    corners = mesh.simplices.astype(np.int64)
    edges = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    first, second = edges[:, 0], edges[:, 1]
    length = distance_km(longitude[first], latitude[first], longitude[second], latitude[second])
    spacing = _usual_spacing(first, second, length, count)
    keep = min(len(edges), round(mean_degree * count / 2))
    relative = length / (spacing[first] * spacing[second]) ** 0.05
    kept = np.sort(np.argsort(relative, kind="stable")[:keep])
    first, second, length = first[kept], second[kept], length[kept]
    both = np.concatenate([length, length])
    return pairs_to_lists(np.concatenate([first, second]), np.concatenate([second, first]), both, count)


def _usual_spacing(first: Integers, second: Integers, length: Floats, count: int) -> Floats:
    """Return the median distance from each place to its natural neighbours, in km."""
    ends = np.concatenate([first, second])
    both = np.concatenate([length, length])
    order = np.lexsort((both, ends))
    number = np.bincount(ends, minlength=count)
    start = np.concatenate([[0], np.cumsum(number)[:-1]])
    middle = np.minimum(start + number // 2, len(both) - 1)
    return np.asarray(np.maximum(both[order][middle], 0.5))


def _all_pairs(longitude: Floats, latitude: Floats) -> Lists:
    count = len(longitude)
    first, second = np.nonzero(~np.eye(count, dtype=bool))
    length = distance_km(longitude[first], latitude[first], longitude[second], latitude[second])
    return pairs_to_lists(first.astype(np.int64), second.astype(np.int64), length, count)


def nearby_lists(longitude: Floats, latitude: Floats, within_km: float = NEARBY_KM) -> Lists:
    """Return for each place all others whose office lies within so many km, the nearest first."""
    distance = distance_matrix(longitude, latitude)
    np.fill_diagonal(distance, np.inf)
    first, second = np.nonzero(distance <= within_km)
    return pairs_to_lists(
        first.astype(np.int64), second.astype(np.int64), distance[first, second], len(longitude)
    )


def choose_from_lists(lists: Lists, chosen: Integers, count: int) -> Lists:
    """Return the lists of some places only, naming only those, renumbered in the order of `chosen`."""
    renumbered = np.full(count, -1, dtype=np.int64)
    renumbered[chosen] = np.arange(len(chosen))
    owner = np.repeat(np.arange(count), np.diff(lists.start))
    kept = (renumbered[owner] >= 0) & (renumbered[lists.items] >= 0)
    owners, items = renumbered[owner[kept]], renumbered[lists.items[kept]]
    order = np.argsort(owners, kind="stable")
    start = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(np.bincount(owners, minlength=len(chosen)), out=start[1:])
    return Lists(start, items[order])


def repeat_lists(lists: Lists, copies: int) -> Lists:
    """Return the lists of several copies side by side; nobody has a neighbour in another copy."""
    count = len(lists.start) - 1
    offsets = np.arange(copies, dtype=np.int64)[:, None]
    start = (lists.start[None, 1:] + offsets * lists.start[-1]).ravel()
    items = (lists.items[None, :] + offsets * count).ravel()
    return Lists(np.concatenate([np.zeros(1, dtype=np.int64), start]), items)
