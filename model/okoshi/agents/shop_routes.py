"""Routes that a sales van (移動販売車) could drive: districts of a municipality, on a weekly timetable.

A route holds as many districts as a van serves, by rank. What is left over at the end is a shorter route: where
a neighbour has one too, both share a van across the border and each bears its days; alone it bears a whole van.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys
from okoshi.agents.districts import Blocks
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.engine.draws import combine_keys, text_key
from okoshi.world.country import World


@dataclass(frozen=True)
class Routes:
    """Possible routes by municipality: districts (routes, stops; -1 none), visits a week, share of a van."""

    key: Keys
    municipality: Integers
    stops: Integers
    visits: Integers
    share_of_van: Floats

    def __len__(self) -> int:
        """Return the number of routes."""
        return len(self.key)

    @cached_property
    def driven(self) -> Flags:
        """Which routes a van would drive at least once a week."""
        return np.asarray(self.visits.max(axis=1, initial=0) > 0)

    @cached_property
    def _stop_by_stop(self) -> Integers:
        return np.ascontiguousarray(self.stops.T)

    @property
    def stopping(self) -> Flags:
        """Where a stop is a district (routes, stops)."""
        return np.asarray(self.stops >= 0)

    @classmethod
    def of(cls, world: World, blocks: Blocks, behaviour: ShoppingBehaviour) -> Self:
        """Lay routes through every municipality."""
        size, places = max(behaviour.districts_per_van, 1), len(blocks.start)
        counts = np.bincount(blocks.owner, minlength=places)
        routes = -(-counts // size)
        municipality = np.repeat(np.arange(places), routes)
        number = np.arange(len(municipality)) - np.repeat(np.cumsum(routes) - routes, routes)
        stop = number[:, None] * size + np.arange(size)
        inside = stop < counts[municipality][:, None]
        stops = np.where(inside, blocks.start[municipality][:, None] + stop, -1)
        length = inside.sum(axis=1)
        share = np.where(shares_a_van(world, counts % size > 0)[municipality], length / size, 1.0)
        days = np.rint(share * size).astype(np.int64) * behaviour.visits_per_week
        key = combine_keys(text_key("route"), world.key[municipality], number) if places else number
        return cls(
            key=np.asarray(key, dtype=np.uint64),
            municipality=municipality,
            stops=stops,
            visits=np.where(inside, (days // np.maximum(length, 1))[:, None], 0),
            share_of_van=np.where(length < size, share, 1.0),
        )

    def sums(self, values: Floats) -> Floats:
        """Return the values of districts added up along each route."""
        with_none = np.append(values, 0.0)  # where there is no stop (-1) the last value, nought, is taken
        return np.asarray(sum(with_none.take(stop) for stop in self._stop_by_stop), dtype=np.float64)


def shares_a_van(world: World, has_rest: Flags) -> Flags:
    """Return which municipalities have districts left over and a neighbour that has, too."""
    return has_rest & any_neighbour(world, has_rest)


def any_neighbour(world: World, flags: Flags) -> Flags:
    """Return where any neighbour is marked."""
    near = flags.take(world.neighbour)
    return np.bincount(world.has_neighbour, weights=near, minlength=len(world)) > 0


def visits_by_district(routes: Routes, running: Integers, districts: int) -> Integers:
    """Return how often a week a van calls in each district, given the routes that are driven."""
    stops, visits = routes.stops[running], routes.visits[running]
    there = stops >= 0
    calls = np.bincount(stops[there], weights=visits[there], minlength=districts)
    return calls.astype(np.int64)
