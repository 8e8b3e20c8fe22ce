"""Ages, money, prospects and people's moves of the invented municipalities, from the fits of `municipalities.toml`.

Each trait is the fit's expectation plus luck that neighbours share in part, bent so that each prefecture's own
figures come out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.engine.draws import Keys, Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import builder_settings, prefecture_column, prefecture_facts, read_facts
from okoshi.world.fields import neighbour_correlation, neighbour_mean, shared_luck, to_quantiles, tune
from okoshi.world.geography import Lists, distance_matrix
from okoshi.world.settling import Places, distance_to_large, log_population
from okoshi.world.sizes import class_of

_WINDOW = 60  # places on either side that count as of like size


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


def by_size(ground: Ground, name: str) -> Floats:
    """Return a figure of the size classes at each place, straight between the classes' typical logs of people."""
    classes = read_facts("municipalities")["size_class"]
    centre = np.log([row["pop2020"] / row["n"] for row in classes])
    return np.asarray(np.interp(ground.log_population, centre, [row[name] for row in classes]))


def _apart(ground: Ground, values: Floats) -> Floats:
    """Return values less what places of like size have on average (running mean over sizes)."""
    order = np.argsort(ground.log_population, kind="stable")
    padded = np.pad(values[order], _WINDOW, mode="reflect")
    mean = np.convolve(padded, np.ones(2 * _WINDOW + 1) / (2 * _WINDOW + 1), mode="valid")
    apart = np.empty_like(values)
    apart[order] = values[order] - mean
    return apart


def _lived(ground: Ground, values: Floats) -> Floats:
    return np.where(ground.population > 0, values, np.nan)


def _weighted_means(ground: Ground, values: Floats) -> Floats:
    sums = np.bincount(ground.prefecture, weights=values * ground.population, minlength=47)
    return np.asarray(sums / np.bincount(ground.prefecture, weights=ground.population, minlength=47))


def _share_65plus(luck: Luck, ground: Ground) -> Floats:
    """Return shares of 65 and over: the size class's mean, more where a large city is far, and shared luck."""
    fit = _fit("share65")
    own = builder_settings("ageing")
    expected = own["slope_of_size"] * by_size(ground, "share65_mean")
    expected += own["slope_of_distance"] * fit["log1p_km100k"] * _apart(ground, ground.log_distance)
    around = neighbour_mean(expected, ground.neighbours)
    expected += own["from_neighbours"] * (around - around.mean())
    spread = by_size(ground, "share65_sd")
    spread *= (
        np.clip((14.5 - ground.log_population) / 2.5, 0.6, 1.0)
        * fit["resid_sd"]
        / np.sqrt((spread**2).mean())
    )

    def with_weight(weight: float) -> Floats:
        luck_here = shared_luck(luck, "world.ageing", ground.who, ground.neighbours, weight)
        return np.clip(_bend_to_prefectures(ground, expected + spread * luck_here), 0.12, 0.66)

    wanted = read_facts("municipalities")["spatial"]["share65"]["neighbour_r"]
    return with_weight(
        tune(lambda w: neighbour_correlation(_lived(ground, with_weight(w)), ground.neighbours), wanted)
    )


def _bend_to_prefectures(ground: Ground, drawn: Floats) -> Floats:
    """Return shares with each prefecture's mean, spread and mean weighted by people (in closed form).

    A share is mean + b (drawn - its mean) + c (what goes with size - its mean); c meets the weighted mean for
    any b, and b then solves a quadratic for the spread.
    """
    shares = drawn.copy()
    going = np.maximum(ground.log_population, np.log(builder_settings("ageing")["size_tells_from"]))
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero((ground.prefecture == index) & (ground.population > 0))
        weight = ground.population[rows] / ground.population[rows].sum()
        own = drawn[rows] - drawn[rows].mean()
        size = going[rows] - going[rows].mean()
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
    fit, shared = _fit("share_u15"), builder_settings("children")["shared"]
    drawn = fit["const"] + fit["share65"] * share + fit["logpop"] * ground.log_population
    drawn += fit["resid_sd"] * shared_luck(luck, "world.children", ground.who, ground.neighbours, shared)
    miss = prefecture_column("share_u15") - _weighted_means(ground, drawn)
    return np.clip(drawn + miss[ground.prefecture], 0.015, 0.26)


def _share_75plus(luck: Luck, ground: Ground, share: Floats) -> Floats:
    fit, luck_here = _fit("log_share75"), luck("world.oldest").normal(ground.who)
    expected = fit["const"] + fit["log_share65"] * np.log(share) + fit["logpop"] * ground.log_population
    drawn = np.exp(expected + fit["resid_sd"] * luck_here)
    nation = read_facts("municipalities")["national"]["share_75"]
    drawn *= nation / (ground.population @ drawn / ground.population.sum())
    return np.asarray(np.clip(drawn, 0.25 * share, 0.8 * share))


def _fiscal_strength(luck: Luck, ground: Ground, share: Floats) -> Floats:
    """Return indices of fiscal strength (財政力指数): the size class's, less where people are old, and shared luck."""
    fit, own = _fit("log_fiscal_strength"), builder_settings("fiscal_strength")
    mean, spread = by_size(ground, "fiscal_strength_mean"), by_size(ground, "fiscal_strength_sd")
    wide = np.minimum(np.log1p((spread / mean) ** 2), own["widest"])
    expected = (
        np.log(by_size(ground, "fiscal_strength_median"))
        + own["slope_of_share65"] * fit["share65"] * _apart(ground, share)
        + fit["log1p_km100k"] * _apart(ground, ground.log_distance)
    )
    around = neighbour_mean(expected, ground.neighbours)
    expected += own["from_neighbours"] * (around - around.mean())
    spread = own["luck"] * np.sqrt(
        np.maximum(wide - (fit["share65"] * 0.9 * by_size(ground, "share65_sd")) ** 2, 0.02)
    )

    def with_weight(weight: float) -> Floats:
        luck_here = shared_luck(luck, "world.fiscal_strength", ground.who, ground.neighbours, weight)
        plants = _with_plants(luck, ground, expected + spread * luck_here)
        return _fiscal_levels(ground, plants)

    wanted = read_facts("municipalities")["spatial"]["log_fiscal_strength"]["neighbour_r"]
    weight = tune(
        lambda w: neighbour_correlation(_lived(ground, np.log(with_weight(w))), ground.neighbours), wanted
    )
    return np.asarray(np.round(with_weight(weight), 2))


def _with_plants(luck: Luck, ground: Ground, logarithm: Floats) -> Floats:
    """Return the logarithms with a few rich small towns (a power plant, a works) where a prefecture has such.

    A prefecture whose indices spread wider than size, age and luck account for gets one after another.
    """
    own, raised = builder_settings("fiscal_strength"), logarithm.copy()
    order = np.argsort(luck("world.plant").uniform(ground.who), kind="stable")
    small = order[ground.population[order] < own["small"]]
    for index, facts in enumerate(prefecture_facts()):
        rows = ground.prefecture == index
        wanted = facts["fiscal_strength_sd"] / facts["fiscal_strength_mean"]
        for row in small[ground.prefecture[small] == index][: int(own["plants_at_most"])]:
            level = np.exp(raised[rows])
            if level.std(ddof=1) / level.mean() >= 0.97 * wanted:
                break
            raised[row] += own["plant"]
    return raised


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
    """Return projected 2050/2020: the fit and shared luck, with the quantiles of the facts."""
    fit, own = _fit("ratio2050"), builder_settings("prospects")
    expected = (
        fit["const"]
        + fit["share65"] * share
        + fit["logpop"] * ground.log_population
        + own["slope_of_distance"] * fit["log1p_km100k"] * ground.log_distance
    )
    luck_here = shared_luck(luck, "world.prospects", ground.who, ground.neighbours, own["shared"])
    luck_here += own["prefecture"] * _prefecture_luck(luck, "world.prospects", ground)
    drawn = expected + fit["resid_sd"] * luck_here
    drawn = _to_classes(ground, drawn, "ipss_ratio2050_mean", "ipss_ratio2050_sd")
    for _ in range(12):
        drawn = _to_quantiles(ground, drawn, "ipss_ratio_2050")
        miss = prefecture_column("ipss_ratio_2050") - _weighted_means(ground, drawn)
        drawn = drawn + miss[ground.prefecture]
    return np.clip(drawn, 0.2, 1.3)


def _net_migration(luck: Luck, ground: Ground, share: Floats) -> Floats:
    """Return net moves per 1,000: the size class's mean, less where people are old; now and then a jolt."""
    fit, own = _fit("net_migration"), builder_settings("net_migration")
    expected = by_size(ground, "netmig_mean") + own["slope_of_share65"] * fit["share65"] * _apart(
        ground, share
    )
    spread = by_size(ground, "netmig_sd")
    luck_here = own["luck"] * shared_luck(
        luck, "world.net_migration", ground.who, ground.neighbours, own["shared"]
    )
    luck_here += own["prefecture"] * _prefecture_luck(luck, "world.net_migration", ground)
    chance = luck("world.jolt").uniform(ground.who)
    small = ground.population < builder_settings("fiscal_strength")["small"]
    often = np.where(small, own["small_more_often"], 1.0)
    up, down = chance < own["jolts_up"] * often, chance > 1 - own["jolts_down"] * often
    luck_here += own["jolt"] * (up.astype(np.float64) - down)
    drawn = expected + spread * luck_here
    for _ in range(12):
        drawn = _to_quantiles(ground, drawn, "net_migration_per_1000")
        drawn = _to_classes(ground, drawn, "netmig_mean", "netmig_sd")
        miss = prefecture_column("net_migration_2024_per_1000") - _weighted_means(ground, drawn)
        drawn = drawn + miss[ground.prefecture] * _reach_of_large(ground)
    return np.asarray(np.round(drawn, 2))


def _to_quantiles(ground: Ground, values: Floats, name: str) -> Floats:
    """Return values with the quantiles of the facts over the places that somebody lives in."""
    facts = read_facts("municipalities")["quantiles"]
    lived = ground.population > 0
    moved = values.copy()
    moved[lived] = to_quantiles(values[lived], np.array(facts["q"]), np.array(facts[name]))
    return moved


def _prefecture_luck(luck: Luck, name: str, ground: Ground) -> Floats:
    return luck(name).normal(combine_keys(np.arange(47)), sub=2)[ground.prefecture]


def _to_classes(ground: Ground, values: Floats, mean: str, spread: str) -> Floats:
    """Return values moved and stretched so that each size class has its mean and standard deviation."""
    moved = values.copy()
    classes = class_of(ground.population)
    for index, facts in enumerate(read_facts("municipalities")["size_class"]):
        rows = np.flatnonzero((classes == index) & (ground.population > 0))
        apart = values[rows] - values[rows].mean()
        moved[rows] = facts[mean] + apart * facts[spread] / apart.std(ddof=1)
    return moved


def _reach_of_large(ground: Ground) -> Floats:
    """Return how much of a prefecture's miss a place takes: the large make the weighted mean, so they take more."""
    return np.asarray(np.clip((ground.log_population - 5.0) / 5.5, 0.4, 1.2))
