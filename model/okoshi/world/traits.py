"""Ages, money, prospects and people's moves of the invented municipalities, from the fits of `municipalities.toml`.

Each trait is the fit's expectation plus luck that neighbours share in part, bent so that each prefecture's own
figures come out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.engine.draws import Keys, Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import prefecture_column, prefecture_facts, read_facts
from okoshi.world.fields import neighbour_correlation, shared_luck, tune
from okoshi.world.geography import Lists, distance_matrix
from okoshi.world.settling import Places, distance_to_large, log_population
from okoshi.world.sizes import class_of


@dataclass(frozen=True)
class Ground:
    """What traits depend on, one value a place that somebody lives in."""

    prefecture: Integers
    population: Floats
    log_population: Floats
    log_distance: Floats  # ln(1 + km to the nearest city of 100,000)
    neighbours: Lists
    who: Keys


@dataclass(frozen=True)
class Traits:
    """One value a place; the prefecture's own where nobody lives."""

    share_under_15: Floats
    share_65plus: Floats
    share_75plus: Floats
    fiscal_strength: Floats
    ratio_2050: Floats
    net_migration_per_1000: Floats


def ground_of(places: Places) -> Ground:
    """Return what traits depend on. A place without people counts as one of a hundred."""
    population = np.maximum(places.population, 100)
    distance = distance_to_large(distance_matrix(places.longitude, places.latitude), places.population)
    return Ground(
        places.prefecture,
        population.astype(np.float64) * (places.population > 0),
        np.asarray(log_population(population)),
        np.log1p(distance),
        places.neighbours,
        combine_keys(places.prefecture, np.arange(len(population))),
    )


def draw_traits(luck: Luck, ground: Ground) -> Traits:
    """Return all traits, each from those before it: ages, fiscal strength, prospects, moves."""
    share = _share_65plus(luck, ground)
    return Traits(
        share_under_15=_share_under_15(luck, ground, share),
        share_65plus=share,
        share_75plus=_share_75plus(luck, ground, share),
        fiscal_strength=_fiscal_strength(luck, ground, share),
        ratio_2050=_ratio_2050(luck, ground, share),
        net_migration_per_1000=_net_migration(luck, ground, share),
    )


def _fit(name: str) -> dict[str, float]:
    return dict(read_facts("municipalities")["fits"][name])


def _lived(ground: Ground, values: Floats) -> Floats:
    return np.where(ground.population > 0, values, np.nan)


def _weighted_means(ground: Ground, values: Floats) -> Floats:
    sums = np.bincount(ground.prefecture, weights=values * ground.population, minlength=47)
    return np.asarray(sums / np.bincount(ground.prefecture, weights=ground.population, minlength=47))


def _share_65plus(luck: Luck, ground: Ground) -> Floats:
    fit = _fit("share65")
    expected = (
        fit["const"] + fit["logpop"] * ground.log_population + fit["log1p_km100k"] * ground.log_distance
    )

    def with_weight(weight: float) -> Floats:
        luck_here = shared_luck(luck, "world.ageing", ground.who, ground.neighbours, weight)
        drawn = expected + fit["resid_sd"] * luck_here
        return np.clip(_bend_to_prefectures(ground, drawn), 0.12, 0.66)

    wanted = read_facts("municipalities")["spatial"]["share65"]["neighbour_r"]
    weight = tune(lambda w: neighbour_correlation(_lived(ground, with_weight(w)), ground.neighbours), wanted)
    return with_weight(weight)


def _bend_to_prefectures(ground: Ground, drawn: Floats) -> Floats:
    """Return shares with each prefecture's mean, spread and mean weighted by people (in closed form).

    A share is mean + b (drawn - its mean) + c (log population - its mean); c meets the weighted mean for any b,
    and b then solves a quadratic for the spread.
    """
    shares = drawn.copy()
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero((ground.prefecture == index) & (ground.population > 0))
        weight = ground.population[rows] / ground.population[rows].sum()
        own = drawn[rows] - drawn[rows].mean()
        size = ground.log_population[rows] - ground.log_population[rows].mean()
        pull = (weight @ own) / (weight @ size)
        turned = own - pull * size
        offset = (facts["share_65"] - facts["share_65_muni_mean"]) / (weight @ size) * size
        square, cross = turned @ turned, turned @ offset
        constant = offset @ offset - facts["share_65_muni_sd"] ** 2 * (len(rows) - 1)
        root = cross**2 - square * constant
        factor = (-cross + np.sqrt(root)) / square if root > 0 else 0.3
        shares[rows] = facts["share_65_muni_mean"] + max(factor, 0.3) * turned + offset
        empty = np.flatnonzero((ground.prefecture == index) & (ground.population == 0))
        shares[empty] = facts["share_65"]
    return shares


def _share_under_15(luck: Luck, ground: Ground, share: Floats) -> Floats:
    drawn = 0.2369 - 0.282 * share - 0.0025 * ground.log_population
    drawn = drawn + 0.0152 * shared_luck(luck, "world.children", ground.who, ground.neighbours, 0.4)
    miss = prefecture_column("share_u15") - _weighted_means(ground, drawn)
    return np.clip(drawn + miss[ground.prefecture], 0.015, 0.26)


def _share_75plus(luck: Luck, ground: Ground, share: Floats) -> Floats:
    luck_here = luck("world.oldest").normal(ground.who)
    drawn = np.exp(-0.4394 + 1.2159 * np.log(share) + 0.0024 * ground.log_population + 0.0624 * luck_here)
    nation = read_facts("municipalities")["national"]["share_75"]
    drawn *= nation / (ground.population @ drawn / ground.population.sum())
    return np.asarray(np.clip(drawn, 0.25 * share, 0.8 * share))


def _fiscal_strength(luck: Luck, ground: Ground, share: Floats) -> Floats:
    fit = _fit("log_fiscal_strength")
    expected = (
        fit["logpop"] * ground.log_population
        + fit["share65"] * share
        + fit["log1p_km100k"] * ground.log_distance
    )

    def with_weight(weight: float) -> Floats:
        luck_here = shared_luck(luck, "world.fiscal_strength", ground.who, ground.neighbours, weight)
        return _fiscal_levels(ground, expected + fit["resid_sd"] * luck_here)

    wanted = read_facts("municipalities")["spatial"]["log_fiscal_strength"]["neighbour_r"]
    weight = tune(
        lambda w: neighbour_correlation(_lived(ground, np.log(with_weight(w))), ground.neighbours), wanted
    )
    return np.asarray(np.round(with_weight(weight), 2))


def _fiscal_levels(ground: Ground, logarithm: Floats) -> Floats:
    """Return exp(a + b logarithm) with each prefecture's mean and spread (bisection over b)."""
    level = np.empty_like(logarithm)
    for index, facts in enumerate(prefecture_facts()):
        rows = ground.prefecture == index
        own = logarithm[rows] - logarithm[rows].mean()
        low, high = 0.2, 4.0
        for _ in range(30):
            middle = (low + high) / 2
            grown = np.exp(middle * own)
            if grown.std(ddof=1) / grown.mean() < facts["fiscal_strength_sd"] / facts["fiscal_strength_mean"]:
                low = middle
            else:
                high = middle
        grown = np.exp(low * own)
        level[rows] = np.clip(grown / grown.mean() * facts["fiscal_strength_mean"], 0.05, 2.5)
    return level


def _ratio_2050(luck: Luck, ground: Ground, share: Floats) -> Floats:
    fit = _fit("ratio2050")
    expected = (
        fit["const"]
        + fit["share65"] * share
        + fit["logpop"] * ground.log_population
        + fit["log1p_km100k"] * ground.log_distance
    )
    luck_here = shared_luck(luck, "world.prospects", ground.who, ground.neighbours, 0.35)
    drawn = expected + fit["resid_sd"] * luck_here
    miss = prefecture_column("ipss_ratio_2050") - _weighted_means(ground, drawn)
    return np.clip(drawn + miss[ground.prefecture], 0.2, 1.25)


def _net_migration(luck: Luck, ground: Ground, share: Floats) -> Floats:
    fit = _fit("net_migration")
    spread = np.array([row["netmig_sd"] for row in read_facts("municipalities")["size_class"]])
    expected = fit["const"] + fit["share65"] * share + fit["logpop"] * ground.log_population
    luck_here = shared_luck(luck, "world.net_migration", ground.who, ground.neighbours, 0.4)
    drawn = expected + 0.95 * spread[class_of(ground.population)] * luck_here
    miss = prefecture_column("net_migration_2024_per_1000") - _weighted_means(ground, drawn)
    return np.asarray(np.round(drawn + miss[ground.prefecture], 2))
