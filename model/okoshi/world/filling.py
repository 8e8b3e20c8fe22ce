"""What an official table does not say, filled in from the fits and facts of the country; nothing is drawn."""

from __future__ import annotations

import numpy as np

from okoshi.world.arrays import Floats, Integers
from okoshi.world.country import Depopulation
from okoshi.world.facts import prefecture_column, prefecture_facts, read_facts
from okoshi.world.points import moved
from okoshi.world.sizes import class_of

_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))


def or_else(values: Floats | None, otherwise: Floats) -> tuple[Floats, int]:
    """Return values with what is missing taken from `otherwise`, and how many were missing."""
    if values is None:
        return otherwise, len(otherwise)
    missing = ~np.isfinite(values)
    return np.where(missing, otherwise, values), int(missing.sum())


def points(prefecture: Integers, population: Integers) -> tuple[Floats, Floats]:
    """Return points spread round each prefecture's centre, the larger the nearer."""
    longitude, latitude = np.zeros(len(prefecture)), np.zeros(len(prefecture))
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero(prefecture == index)
        rows = rows[np.argsort(-population[rows], kind="stable")]
        rank = np.arange(len(rows))
        out = np.sqrt(facts["area_km2"] / np.pi) * np.sqrt((rank + 0.2) / max(len(rows), 1))
        turn = _GOLDEN_ANGLE * rank
        longitude[rows], latitude[rows] = moved(
            facts["lng_w"], facts["lat_w"], out * np.cos(turn), out * np.sin(turn)
        )
    return longitude, latitude


def share_75plus(share_65plus: Floats) -> Floats:
    """Return shares of 75 and over as the size classes have them at that share of 65 and over."""
    classes = sorted(read_facts("municipalities")["size_class"], key=lambda row: row["share65_mean"])
    known = [row["share65_mean"] for row in classes]
    part = np.interp(share_65plus, known, [row["share75_mean"] / row["share65_mean"] for row in classes])
    return np.asarray(share_65plus * part)


def _levels(values: Floats, prefecture: Integers, weight: Floats, fact: str) -> tuple[Floats, Floats]:
    """Return each prefecture's weighted mean and the fact that it should be; the mean itself where there is none."""
    sums = np.bincount(prefecture, weights=weight * values, minlength=47)
    weights = np.bincount(prefecture, weights=weight, minlength=47)
    wanted = prefecture_column(fact)
    return np.divide(sums, weights, out=wanted.copy(), where=weights > 0), wanted


def fiscal_strength(prefecture: Integers, logs: Floats, share_65plus: Floats, log_distance: Floats) -> Floats:
    """Return fiscal strength by the fit, each prefecture at its own simple mean."""
    fit = read_facts("municipalities")["fits"]["log_fiscal_strength"]
    expected = np.exp(
        fit["const"]
        + fit["logpop"] * logs
        + fit["share65"] * share_65plus
        + fit["log1p_km100k"] * log_distance
    )
    found, wanted = _levels(expected, prefecture, np.ones(len(logs)), "fiscal_strength_mean")
    return np.asarray(np.clip(expected * (wanted / found)[prefecture], 0.05, 2.0))


def ratio_2050(
    prefecture: Integers, population: Integers, logs: Floats, share_65plus: Floats, log_distance: Floats
) -> Floats:
    """Return projected 2050/2020 by the fit, each prefecture at its own."""
    fit = read_facts("municipalities")["fits"]["ratio2050"]
    expected = (
        fit["const"]
        + fit["share65"] * share_65plus
        + fit["logpop"] * logs
        + fit["log1p_km100k"] * log_distance
    )
    found, wanted = _levels(expected, prefecture, population.astype(np.float64), "ipss_ratio_2050")
    return np.asarray(np.clip(expected + (wanted - found)[prefecture], 0.2, 1.3))


def depopulation(prefecture: Integers, population: Integers, share_65plus: Floats) -> Integers:
    """Return designations: in each prefecture its number of whole areas, the oldest and smallest first.

    Where only some of a prefecture's municipalities are given, as many as their share.
    """
    kinds = np.zeros(len(prefecture), dtype=np.int64)
    logs = np.log(np.maximum(population, 100))
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero(prefecture == index)
        number = round(facts["depopulated"] * min(len(rows) / facts["n"], 1.0))
        order = rows[np.argsort(-(45 * share_65plus[rows] - 0.6 * logs[rows]), kind="stable")]
        kinds[order[:number]] = Depopulation.ALL
    return kinds


def staff(population: Integers) -> Floats:
    """Return general-administration staff by the rate of the size class."""
    rate = np.array([row["staff_per_1000"] for row in read_facts("municipalities")["size_class"]])
    return np.asarray(np.maximum(np.round(rate[class_of(population)] * population / 1000), 12.0))


def net_migration(population: Integers) -> Floats:
    """Return net moves per 1,000 by the mean of the size class."""
    means = np.array([row["netmig_mean"] for row in read_facts("municipalities")["size_class"]])
    return np.asarray(means[class_of(population)])


def large_stores(population: Integers) -> Floats:
    """Return numbers of large stores by the thresholds at which half of the municipalities have them."""
    facts = read_facts("municipalities")["large_stores"]
    thresholds = np.array(facts["half_have_at"], dtype=np.float64)
    few = np.searchsorted(thresholds, population, side="right")
    more = len(thresholds) * (population / thresholds[-1]) ** facts["power_beyond"]
    return np.where(population > thresholds[-1], np.floor(more), few).astype(np.float64)
