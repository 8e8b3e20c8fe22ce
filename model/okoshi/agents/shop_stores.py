"""Stores: how many customers a district gives them, when they open, when they close.

A store needs `threshold` customers (Bresnahan and Reiss 1991). Between closing, below (1 - band) of that, and
opening, above (1 + band), lies a band in which nothing happens (hysteresis); the run starts inside it, else all
marginal stores would close at once. Supermarkets are as many as the table of retail says where people are as
many as in 2020; that fixes each municipality's own threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers
from okoshi.agents.districts import Blocks, Districts, Residents
from okoshi.agents.shop_behaviour import ShoppingBehaviour
from okoshi.engine.draws import Luck
from okoshi.world.country import World

HALVINGS = 24
WIDEST = 5.0  # of a municipality's own threshold, in logarithms
KINDS = ("full", "daily")


@dataclass(frozen=True)
class StoreChange:
    """How many stores of a kind open and close in each district, and the counters of years after that."""

    opened: Integers
    closed: Integers
    deficit: Integers
    surplus: Integers


def customers(
    districts: Districts, blocks: Blocks, people: Floats, difficult: Floats, leak: float, lost: float
) -> Floats:
    """Return the customers whom stores of each district may reckon with.

    Of those who can get about, the share `leak` shops in the centre; of those with difficult access, the
    share `lost` buys nothing there: so demand falls with distance and rises with cars.
    """
    difficult = np.minimum(difficult, people)
    leaving = leak * (people - difficult)
    to_centre = blocks.sums(leaving)[blocks.owner] * districts.share_of_centre
    return np.maximum(people - lost * difficult - leaving + to_centre, 0.0)


def bounds(people: Floats, threshold: Floats, band: float) -> tuple[Integers, Integers]:
    """Return the least and the most stores that so many customers leave as they are."""
    ratio = people / threshold
    least = np.floor(ratio / (1.0 + band))
    most = np.floor(ratio / max(1.0 - band, 1e-9))
    return least.astype(np.int64), most.astype(np.int64)


def inside_band(least: Integers, most: Integers, draw: Floats) -> Integers:
    """Return a number of stores inside the band, each as likely as the others; monotone in both ends."""
    return np.asarray(least + np.floor(draw * (most - least + 1)).astype(np.int64))


def change_stores(
    stores: Integers,
    deficit: Integers,
    surplus: Integers,
    limits: tuple[Integers, Integers],
    years: int,
    kept: Flags | None = None,
) -> StoreChange:
    """Return which stores close after lasting deficit and open after lasting room (a proposal).

    `kept` marks districts whose deficit somebody else pays: they do not count this year.
    """
    least, most = limits
    too_many, too_few = stores > most, stores < least
    if kept is not None:
        too_many = too_many & ~kept
    deficit, surplus = np.where(too_many, deficit + 1, 0), np.where(too_few, surplus + 1, 0)
    closing, opening = deficit >= years, surplus >= years
    return StoreChange(
        opened=np.where(opening, least - stores, 0),
        closed=np.where(closing, stores - most, 0),
        deficit=np.where(closing, 0, deficit),
        surplus=np.where(opening, 0, surplus),
    )


def found_stores(
    districts: Districts,
    blocks: Blocks,
    world: World,
    customers_2020: Floats,
    customers_2009: tuple[Floats, Floats],
    behaviour: ShoppingBehaviour,
    luck: Luck,
) -> None:
    """Give districts their thresholds and the stores of FY2009; customers of 2020 are of supermarkets."""
    key = districts.key
    spread = behaviour.threshold_spread
    draws = [luck(f"shopping.{kind}_start").uniform(key) for kind in KINDS]
    own = np.exp(
        own_threshold(
            customers_2020 / behaviour.full_threshold,
            draws[0],
            blocks,
            world.large_stores,
            behaviour,
            luck("shopping.full_threshold").uniform(world.key),
        )
    )
    districts.full_threshold = behaviour.full_threshold * own[blocks.owner]
    districts.daily_threshold = behaviour.daily_threshold * np.exp(
        spread * luck("shopping.daily_threshold").normal(key)
    )
    for position, kind in enumerate(KINDS):
        threshold = getattr(districts, f"{kind}_threshold")
        limits = bounds(customers_2009[position], threshold, behaviour.band)
        stores = inside_band(*limits, draws[position])
        setattr(districts, kind, stores)
        setattr(districts, f"{kind}_customers", customers_2009[position])
    districts.had_shop = (districts.full + districts.daily) > 0


def own_threshold(
    ratio: Floats,
    draw: Floats,
    blocks: Blocks,
    stores: Integers,
    behaviour: ShoppingBehaviour,
    luck: Floats,
) -> Floats:
    """Return the logarithm of each municipality's own threshold over the nation's.

    Drawn from a normal distribution cut to where its districts together have just as many `stores`.
    """
    from scipy.special import ndtr, ndtri

    spread = max(behaviour.threshold_spread, 1e-6)
    high = _largest_with(ratio, draw, blocks, stores, behaviour.band)
    low = _largest_with(ratio, draw, blocks, stores + 1, behaviour.band)
    below, above = ndtr(low / spread), ndtr(np.where(stores > 0, high, np.inf) / spread)
    inside = above - below > 1e-9
    drawn = spread * ndtri(np.clip(below + luck * (above - below), 1e-12, 1 - 1e-12))
    return np.asarray(np.where(inside, np.clip(drawn, -WIDEST, WIDEST), (low + high) / 2))


def _largest_with(ratio: Floats, draw: Floats, blocks: Blocks, stores: Integers, band: float) -> Floats:
    low, high = np.full(len(blocks.start), -WIDEST), np.full(len(blocks.start), WIDEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        limits = bounds(ratio * np.exp(-middle)[blocks.owner], np.ones_like(ratio), band)
        enough = blocks.sums(inside_band(*limits, draw)) >= stores
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    return np.asarray((low + high) / 2)


def expected_shops(
    districts: Districts, residents: Residents, small: Floats, behaviour: ShoppingBehaviour
) -> Floats:
    """Return listed shops before any store is known: as many as people there can keep."""
    people = residents.everybody
    return np.asarray(people / behaviour.full_threshold + people / behaviour.daily_threshold + small)


def small_shops_of_2020(world: World, districts: Districts, behaviour: ShoppingBehaviour) -> Floats:
    """Return small shops with fresh food by district before their decline: a share of all retail shops.

    Retail shops are those of the official table where the world has it, else by people, density and age.
    """
    people = np.maximum(world.population_2020, 1).astype(np.float64)
    density = people / np.maximum(world.habitable_km2, 0.01)
    fitted = np.exp(
        behaviour.retail_level
        + behaviour.retail_by_people * np.log(people)
        + behaviour.retail_by_density * np.log(density)
        + behaviour.retail_by_age * world.share_65plus
    )
    fitted = np.where(world.population_2020 > 0, fitted, 0.0)
    retail = np.where(np.isnan(world.retail_shops), fitted, world.retail_shops)
    return np.asarray(
        behaviour.small_shops_share * retail[districts.municipality] * districts.share_of_people
    )
