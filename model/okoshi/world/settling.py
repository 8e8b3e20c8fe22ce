"""Which size goes to which point: towns near towns, and cities where the facts say they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import builder_settings, prefecture_column, prefecture_facts, read_facts
from okoshi.world.fields import neighbour_mean
from okoshi.world.geography import Lists, distance_matrix, neighbour_lists
from okoshi.world.points import KM_PER_DEGREE, draw_points
from okoshi.world.sizes import class_of

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
    return np.asarray(distance[cities].min(axis=0))  # rows: distances are symmetric


def settle(luck: Luck, sizes: list[Integers]) -> Places:
    """Return places: points of each prefecture with its sizes put on them."""
    points = draw_points(luck)
    prefecture = np.repeat(np.arange(len(sizes)), [len(own) for own in sizes])
    longitude = np.concatenate([own[0] for own in points])
    latitude = np.concatenate([own[1] for own in points])
    degree = read_facts("municipalities")["adjacency"]["mean_degree"]
    neighbours = neighbour_lists(longitude, latitude, degree)
    first = _first_settlement(luck, sizes, longitude, latitude, neighbours)
    exchange = _Exchange(prefecture, longitude, latitude, neighbours, first)
    exchange.run(luck)
    shift_east, shift_north = exchange.centre_miss()
    return Places(
        prefecture,
        longitude + shift_east[prefecture],
        latitude + shift_north[prefecture],
        exchange.population,
        neighbours,
    )


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
        east = (longitude[rows] - facts["lng_w"]) * np.cos(np.radians(facts["lat_w"]))
        out = np.hypot(east, latitude[rows] - facts["lat_w"]) * KM_PER_DEGREE
        score = 0.9 * out / np.sqrt(facts["area_km2"] / np.pi) - 0.5 * common[rows] - 0.7 * own[rows]
        population[rows[np.argsort(score, kind="stable")]] = largest_first
    return population


class _Exchange:
    """Exchanges of two places' people within a prefecture, kept when the country comes nearer to the facts.

    Counted are each prefecture's spread and distance to a large city, the quantiles of the distances, how alike
    neighbours are, and how size goes with distance.
    """

    def __init__(
        self,
        prefecture: Integers,
        longitude: Floats,
        latitude: Floats,
        neighbours: Lists,
        population: Integers,
    ) -> None:
        facts = read_facts("municipalities")
        self.prefecture, self.population, self.neighbours = prefecture, population.copy(), neighbours
        self.longitude, self.latitude = longitude, latitude
        self.distance = distance_matrix(longitude, latitude)
        self.owner = np.repeat(np.arange(len(population)), np.diff(neighbours.start))
        self.at = np.array(facts["quantiles"]["q"][2:])
        self.quantiles = {
            limit: np.log(np.array(facts["quantiles"][name][2:]) + 3)
            for limit, name in ((LARGE, "km_to_city_100k"), (VERY_LARGE, "km_to_city_300k"))
        }
        self.like = facts["spatial"]["logpop"]["neighbour_r"]
        self.with_distance = facts["correlation"]["logpop_log1pkm100k"]
        self.counts = np.bincount(prefecture, minlength=47)
        self.spread = prefecture_column("spread_km")
        self.mean_distance = prefecture_column("km100k_mean")
        self.east = longitude * np.cos(np.radians(prefecture_column("lat_w")))[prefecture] * KM_PER_DEGREE
        self.north = latitude * KM_PER_DEGREE
        self.classes = class_of(population)
        self.class_distance = np.array([row["km100k_mean"] for row in facts["size_class"]][:5])
        self.logs = np.log(np.maximum(population, 300))
        self.rows_of = [np.flatnonzero(prefecture == index) for index in range(47)]
        self.spread_misses = [self._spread_miss(index) for index in range(47)]
        self._distances()

    def _distances(self) -> None:
        self.km = distance_to_large(self.distance, self.population)
        self.log_km = np.log1p(self.km)
        means = np.bincount(self.prefecture, weights=self.km, minlength=47) / self.counts
        total = float((np.log((means + 2) / (self.mean_distance + 2)) ** 2).sum()) * 4
        far = distance_to_large(self.distance, self.population, VERY_LARGE)
        for limit, km in ((LARGE, self.km), (VERY_LARGE, far)):
            gaps = np.log(np.quantile(km, self.at) + 3) - self.quantiles[limit]
            total += 40 * float((gaps**2).sum())
        self.distance_miss = total

    def _spread_miss(self, index: int) -> float:
        rows = self.rows_of[index]
        people = self.population[rows].astype(np.float64)
        weight = people / people.sum()
        east, north = self.east[rows], self.north[rows]
        variance = weight @ (east - weight @ east) ** 2 + weight @ (north - weight @ north) ** 2
        return 2 * float(np.log(np.sqrt(variance) / self.spread[index])) ** 2

    def _size_miss(self) -> float:
        logs = self.logs - self.logs.mean()
        variance = float(logs @ logs)
        alike = float(logs[self.owner] @ logs[self.neighbours.items]) / len(self.owner) * len(logs) / variance
        km = self.log_km - self.log_km.mean()
        with_distance = float(logs @ km) / np.sqrt(variance * float(km @ km))
        sums = np.bincount(self.classes, weights=self.km, minlength=8)[:5]
        means = sums / np.bincount(self.classes, minlength=8)[:5]
        total = 30 * float((np.log(means / self.class_distance) ** 2).sum())
        total += 3000 * (alike - self.like) ** 2 + 6000 * (with_distance - self.with_distance) ** 2
        return float(total)

    def miss(self) -> float:
        """Return how far the country is from the facts (a sum of squares)."""
        return self._size_miss() + float(sum(self.spread_misses)) + self.distance_miss

    def run(self, luck: Luck) -> None:
        """Try exchanges, half of them with a large city."""
        draws = luck("world.exchange").uniform_matrix(
            combine_keys(np.arange(int(builder_settings("exchange")["proposals"]))), 4
        )
        best = self.miss()
        for which, one, two, mode in draws:
            rows = self.rows_of[self.prefecture[int(which * len(self.population))]]
            if mode < 0.6:
                large = rows[self.population[rows] >= LARGE]
                first = int(large[int(one * len(large))])
            else:
                first = int(rows[int(one * len(rows))])
            second = int(rows[int(two * len(rows))])
            if first == second:
                continue
            best = self._try(first, second, best)

    def _try(self, first: int, second: int, best: float) -> float:
        people, index = self.population, int(self.prefecture[first])
        before = (self.km, self.log_km, self.distance_miss, self.spread_misses[index])
        crosses = any((people[first] >= limit) != (people[second] >= limit) for limit in (LARGE, VERY_LARGE))
        self._swap(first, second)
        if crosses:
            self._distances()
        self.spread_misses[index] = self._spread_miss(index)
        now = self.miss()
        if now < best:
            return now
        self._swap(first, second)
        self.km, self.log_km, self.distance_miss, self.spread_misses[index] = before
        return best

    def _swap(self, first: int, second: int) -> None:
        for values in (self.population, self.logs, self.classes):
            values[first], values[second] = values[second], values[first]

    def centre_miss(self) -> tuple[Floats, Floats]:
        """Return how many degrees to move each prefecture so that its weighted centre is where it should be."""
        people = self.population.astype(np.float64)
        total = np.bincount(self.prefecture, weights=people, minlength=47)
        east = np.bincount(self.prefecture, weights=people * self.longitude, minlength=47) / total
        north = np.bincount(self.prefecture, weights=people * self.latitude, minlength=47) / total
        return prefecture_column("lng_w") - east, prefecture_column("lat_w") - north
