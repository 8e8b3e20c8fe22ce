"""Districts (学区) of municipalities: people by age, cars, shops, and how far people are from them.

There are as many as primary schools: `ln n = level + a ln people + b ln habitable km2`, at least two a
municipality, at most so many people each. Inside, people fall and area rises with rank; rank 1 is the centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import combine_keys, text_key
from okoshi.world.country import World

REACH_KM2 = 0.785  # a circle of 500 m around a home
DENSITY_OF_REFERENCE = 2_000.0  # people a habitable km2
FEWEST = 2


class Districts(Table):
    """One row a district; rows of one municipality stand together, by rank."""

    municipality = Column(np.int64, unit="row", meaning="municipality it lies in", low=0)
    rank = Column(np.int16, unit="rank", meaning="by people, 1 is the largest", low=1)
    share_of_people = Column(np.float64, unit="share", meaning="of the municipality's people", low=0, high=1)
    area_km2 = Column(np.float64, unit="km2", meaning="habitable area", low=0)
    density = Column(np.float64, unit="people a km2", meaning="people of 2020 by habitable area", low=0)
    share_of_centre = Column(
        np.float64, unit="share", meaning="of customers who go to the centre, 0 elsewhere", low=0, high=1
    )
    full_threshold = Column(np.float64, unit="customers", meaning="a supermarket needs here", low=0)
    daily_threshold = Column(np.float64, unit="customers", meaning="a convenience store needs here", low=0)
    full = Column(np.int64, unit="stores", meaning="supermarkets", low=0)
    daily = Column(np.int64, unit="stores", meaning="convenience stores", low=0)
    full_customers = Column(np.float64, unit="persons", meaning="customers of supermarkets here", low=0)
    daily_customers = Column(np.float64, unit="persons", meaning="customers of convenience stores", low=0)
    full_deficit = Column(np.int8, unit="years", meaning="years with a supermarket too many", low=0)
    daily_deficit = Column(np.int8, unit="years", meaning="years with a convenience store too many", low=0)
    full_surplus = Column(np.int8, unit="years", meaning="years with room for a supermarket", low=0)
    daily_surplus = Column(np.int8, unit="years", meaning="years with room for a convenience store", low=0)
    small = Column(np.float64, unit="shops", meaning="small shops with fresh food", low=0)
    community = Column(np.int64, unit="stores", meaning="stores that the community opened", low=0)
    had_shop = Column(np.bool_, unit="flag", meaning="has or had a store at some time of the run")
    difficult_65plus = Column(
        np.float64, unit="persons", meaning="people of 65 and over far from shops without a car", low=0
    )
    difficult = Column(np.float64, unit="persons", meaning="people far from shops without a car", low=0)


@dataclass(frozen=True)
class Blocks:
    """Which rows belong together: the first row of each municipality, and each row's municipality."""

    start: Integers
    owner: Integers

    @classmethod
    def of(cls, districts: Districts, places: int) -> Self:
        """Return the blocks of a table of districts."""
        owner = districts.municipality.copy()
        return cls(np.searchsorted(owner, np.arange(places)), owner)

    def sums(self, values: Floats | Integers) -> Floats:
        """Return values added up by municipality."""
        if len(self.start) == 0:
            return np.zeros(0)
        return np.asarray(np.add.reduceat(values, self.start), dtype=np.float64)


def count_districts(world: World, behaviour: ShoppingBehaviour) -> Integers:
    """Return how many districts each municipality has."""
    people = np.maximum(world.population_2020, 1).astype(np.float64)
    schools = np.exp(
        behaviour.districts_level
        + behaviour.districts_by_people * np.log(people)
        + behaviour.districts_by_area * np.log(np.maximum(world.habitable_km2, 0.01))
    )
    by_people = np.ceil(people / behaviour.people_of_a_district)
    return np.maximum(np.maximum(np.rint(schools), by_people), FEWEST).astype(np.int64)


def found_districts(world: World, behaviour: ShoppingBehaviour) -> Districts:
    """Return the districts, without shops."""
    counts = count_districts(world, behaviour)
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    rank = np.arange(len(owner)) - np.repeat(first, counts) + 1
    people = _shares(rank**behaviour.people_by_rank, owner, len(counts))
    area = np.maximum(world.habitable_km2[owner], 0.01) * _shares(
        rank**behaviour.area_by_rank, owner, len(counts)
    )
    centre = rank <= np.ceil(counts / max(behaviour.districts_per_centre, 1))[owner]
    residents = np.maximum(world.population_2020[owner] * people, 0.01)
    table = Districts(len(owner))
    key = combine_keys(text_key("district"), world.key[owner], rank) if len(owner) else owner
    table.append(
        len(owner),
        key=key,
        municipality=owner,
        rank=rank,
        share_of_people=people,
        area_km2=area,
        density=residents / area,
        share_of_centre=_shares(people * centre, owner, len(counts)),
    )
    return table


def _shares(weights: npt.NDArray[np.floating], owner: Integers, places: int) -> Floats:
    totals = np.bincount(owner, weights=weights, minlength=places)
    return np.asarray(weights / totals[owner])


@dataclass(frozen=True)
class Residents:
    """People of each district by age."""

    under_65: Floats
    aged_65_74: Floats
    aged_75plus: Floats

    @cached_property
    def everybody(self) -> Floats:
        """People of all ages."""
        return self.under_65 + self.aged_65_74 + self.aged_75plus

    @cached_property
    def aged_65plus(self) -> Floats:
        """People of 65 and over."""
        return self.aged_65_74 + self.aged_75plus

    @classmethod
    def of(cls, districts: Districts, everybody: Floats, over_65: Floats, over_75: Floats) -> Self:
        """Share a municipality's people out over its districts."""
        owner, share = districts.municipality, districts.share_of_people
        old = np.minimum(over_65, everybody)
        oldest = np.minimum(over_75, old)
        return cls(share * (everybody - old)[owner], share * (old - oldest)[owner], share * oldest[owner])


@dataclass(frozen=True)
class Oldest:
    """People of 75 and over by those of 65 and over, by municipality in FY2009 and FY2020, for want of ages."""

    of_2009: Floats
    of_2020: Floats

    @classmethod
    def of(cls, world: World) -> Self:
        """Read both from the people of the world."""
        return cls(*world.oldest_of_old)

    def share(self, fiscal_year: int) -> Floats:
        """Return the share on a straight line between both years, and that of FY2020 from then on."""
        weight = min(max((fiscal_year - 2009) / 11, 0.0), 1.0)
        return np.asarray((1 - weight) * self.of_2009 + weight * self.of_2020)


@dataclass(frozen=True)
class Definition:
    """One way of counting who has difficult access: its cars, and whether drug stores are shops.

    `odds_*` are the odds of having no car in FY2009 by district (the density of the place raises them), and
    `chance_under_65` the chance, which does not change.
    """

    odds_65_74: Floats
    odds_75plus: Floats
    chance_under_65: Floats
    drug_stores: bool

    @classmethod
    def of_2015(cls, districts: Districts, behaviour: ShoppingBehaviour) -> Self:
        """The definition that counts to 2015: no drug stores."""
        return cls._of(districts, behaviour, behaviour.no_car_level_2015, behaviour.no_car_75plus_2015, False)

    @classmethod
    def of_2020(cls, districts: Districts, behaviour: ShoppingBehaviour) -> Self:
        """The definition of 2020: other data, and drug stores are shops."""
        return cls._of(districts, behaviour, behaviour.no_car_level_2020, behaviour.no_car_75plus_2020, True)

    @classmethod
    def _of(
        cls, districts: Districts, behaviour: ShoppingBehaviour, level: float, older: float, drug_stores: bool
    ) -> Self:
        by_density = behaviour.no_car_by_density * np.log(districts.density / DENSITY_OF_REFERENCE)
        odds = np.exp(level + by_density)
        young = chance(odds * np.exp(behaviour.no_car_under_65), 0.0)
        return cls(odds, odds * np.exp(older), young, drug_stores)


@dataclass(frozen=True)
class Cars:
    """How far the logit of having no car has moved since FY2009 among people of 65-74 and of 75 and over."""

    change_65_74: float = 0.0
    change_75plus: float = 0.0


@dataclass(frozen=True)
class Access:
    """People with difficult access (500 m or more to a shop, and no car) of each district."""

    aged_65_74: Floats
    aged_75plus: Floats
    under_65: Floats

    @cached_property
    def aged_65plus(self) -> Floats:
        """People of 65 and over."""
        return self.aged_65_74 + self.aged_75plus


def chance(odds: Floats, change: float) -> Floats:
    """Return the chance that belongs to odds after their logit has changed."""
    moved = odds * np.exp(change)
    return np.asarray(moved / (1.0 + moved))


def far_share(shops: Floats, area_km2: Floats, behaviour: ShoppingBehaviour) -> Floats:
    """Return the share of people with no shop within 500 m: `exp(-.785 k rho^g)`.

    rho is listed shops a habitable km2. At random places g would be 1; shops cluster, so it is about a half.
    """
    near = np.exp(behaviour.near_level) * (shops / area_km2) ** behaviour.near_by_density
    return np.asarray(np.exp(-REACH_KM2 * near))


def listed_shops(districts: Districts) -> Floats:
    """Return shops with fresh food: supermarkets, convenience stores, small shops, community stores."""
    return np.asarray(districts.full + districts.daily + districts.small + districts.community)


def difficult_access(
    districts: Districts,
    residents: Residents,
    shops: Floats,
    definition: Definition,
    cars: Cars,
    behaviour: ShoppingBehaviour,
) -> Access:
    """Return who has difficult access with so many listed `shops` in each district."""
    if definition.drug_stores:
        shops = shops + behaviour.drug_stores_per_person * residents.everybody
    far = far_share(shops, districts.area_km2, behaviour)
    return Access(
        aged_65_74=residents.aged_65_74 * far * chance(definition.odds_65_74, cars.change_65_74),
        aged_75plus=residents.aged_75plus * far * chance(definition.odds_75plus, cars.change_75plus),
        under_65=residents.under_65 * far * definition.chance_under_65,
    )
