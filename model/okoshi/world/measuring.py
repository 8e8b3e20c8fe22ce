"""What a country looks like in figures, read from its arrays just as the facts were read from the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from okoshi.world.arrays import Booleans, Floats, Integers
from okoshi.world.country import Depopulation, MunicipalityKind, World
from okoshi.world.facts import Facts, prefecture_facts, read_facts
from okoshi.world.fields import correlation, neighbour_correlation
from okoshi.world.geography import Lists, distance_matrix
from okoshi.world.settling import VERY_LARGE, distance_to_large, log_population
from okoshi.world.sizes import class_of

Figure = tuple[str, float, str]  # name as in the tables of facts, value, unit


@dataclass(frozen=True)
class View:
    """One copy of a world, with what all figures need. nan where nobody lives."""

    world: World
    lived: Booleans
    population: Floats
    log_population: Floats
    share_65plus: Floats
    log_fiscal_strength: Floats
    ratio_2050: Floats
    net_migration: Floats
    km_100k: Floats
    km_300k: Floats
    km_nearest: Floats
    neighbours: Lists


def view_of(world: World) -> View:
    """Return the first copy of a world, ready to be measured."""
    count = int((world.copy == 0).sum())
    population = world.population_2020[:count]
    lived = population > 0
    distance = distance_matrix(world.longitude[:count], world.latitude[:count])
    nearest = distance + np.where(np.eye(count, dtype=bool), np.inf, 0.0)
    some = population >= 100

    def known(values: Floats, where: Booleans) -> Floats:
        return np.where(where, values[:count], np.nan)

    strength = world.fiscal_strength[:count]
    positive = lived & (strength > 0)
    return View(
        world=world,
        lived=lived,
        population=population.astype(np.float64),
        log_population=log_population(population),
        share_65plus=known(world.share_65plus, lived),
        log_fiscal_strength=np.where(positive, np.log(np.where(positive, strength, 1.0)), np.nan),
        ratio_2050=known(world.ratio_2050, lived),
        net_migration=known(world.net_migration_per_1000, some),
        km_100k=distance_to_large(distance, population),
        km_300k=distance_to_large(distance, population, VERY_LARGE),
        km_nearest=nearest.min(axis=1) if count > 1 else np.zeros(count),
        neighbours=Lists(
            world.neighbour_start[: count + 1], world.neighbour[: int(world.neighbour_start[count])]
        ),
    )


def _sd(values: Floats) -> float:
    """Return the standard deviation (n - 1) of what is known, nan for fewer than two."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1)) if len(known) > 1 else float("nan")


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def national_figures(view: View) -> Iterator[Figure]:
    """Yield the nation's counts, totals and shares."""
    world, count = view.world, len(view.lived)
    weight = view.population / view.population.sum()
    kind, strength = world.kind[:count], world.fiscal_strength[:count]
    ratio = view.ratio_2050[view.lived]
    yield "n", count, "municipalities"
    for name in ("CITY", "TOWN", "VILLAGE", "WARD"):
        yield f"n_{name.lower()}", int((kind == MunicipalityKind[name]).sum()), "municipalities"
    yield "pop2020", view.population.sum(), "people"
    yield "area_km2", world.area_km2[:count].sum(), "km2"
    yield "habitable_km2", world.habitable_km2[:count].sum(), "km2"
    yield "share_u15", float(weight @ world.share_under_15[:count]), "share"
    yield "share_65", float(weight @ world.share_65plus[:count]), "share"
    yield "share_75", float(weight @ world.share_75plus[:count]), "share"
    yield "muni_mean_share_65", _mean(view.share_65plus), "share"
    yield "muni_sd_share_65", _sd(view.share_65plus), "share"
    yield "muni_median_pop", float(np.median(view.population)), "people"
    logs = view.log_population[view.lived]
    yield "logpop_mean", logs.mean(), "log people"
    yield "logpop_sd", _sd(logs), "log people"
    yield "logpop_skew", float(((logs - logs.mean()) ** 3).mean() / max(logs.std(), 1e-9) ** 3), "-"
    yield "staff_general_2024", world.general_staff[:count].sum(), "staff"
    yield "fiscal_strength_mean_simple", strength.mean(), "index"
    yield "fiscal_strength_sd", _sd(strength), "index"
    yield "fiscal_strength_ge_1", int((strength >= 1).sum()), "municipalities"
    yield "fiscal_strength_lt_0_2", int((strength < 0.2).sum()), "municipalities"
    designation = world.depopulation[:count]
    yield "depopulated", int((designation > 0).sum()), "municipalities"
    for name in ("ALL", "PART", "DEEMED"):
        yield f"depopulated_{name.lower()}", int((designation == Depopulation[name]).sum()), "municipalities"
    yield "ipss_ratio_2050_total", float(np.nansum(weight * np.nan_to_num(view.ratio_2050))), "ratio"
    yield "ipss_ratio_2050_median", float(np.median(ratio)), "ratio"
    yield "ipss_n_growing", int((ratio > 1).sum()), "municipalities"
    yield "ipss_n_below_half", int((ratio < 0.5).sum()), "municipalities"
    yield "n_ge_100k", int((view.population >= 100_000).sum()), "municipalities"
    yield "n_ge_300k", int((view.population >= 300_000).sum()), "municipalities"


def rule_figures(view: View) -> Iterator[Figure]:
    """Yield the counts that rest on a rule of the model or an own fit."""
    world, count = view.world, len(view.lived)
    stores = world.large_stores[:count]
    yield "eligible_cooperators", int(world.eligible_cooperators[:count].sum()), "municipalities"
    yield "eligible_dispatch", int(world.eligible_dispatch[:count].sum()), "municipalities"
    yield "municipalities_without_large_store", int((stores == 0).sum()), "municipalities"
    yield "large_stores", int(stores.sum()), "stores"


def quantile_figures(view: View) -> Iterator[Figure]:
    """Yield the quantiles over municipalities of the tables of facts."""
    world, count = view.world, len(view.lived)
    columns: dict[str, tuple[Floats, str]] = {
        "pop2020": (view.population[view.lived], "people"),
        "share_65": (view.share_65plus[view.lived], "share"),
        "fiscal_strength": (world.fiscal_strength[:count], "index"),
        "ipss_ratio_2050": (view.ratio_2050[view.lived], "ratio"),
        "km_to_city_100k": (view.km_100k, "km"),
        "km_to_city_300k": (view.km_300k, "km"),
        "km_to_nearest_office": (view.km_nearest, "km"),
        "area_km2": (world.area_km2[:count], "km2"),
        "net_migration_per_1000": (view.net_migration[np.isfinite(view.net_migration)], "per 1000"),
    }
    at = read_facts("municipalities")["quantiles"]["q"]
    for name, (values, unit) in columns.items():
        for q, value in zip(at, np.quantile(values, at), strict=True):
            yield f"{name}@{q:g}", float(value), unit


def correlation_figures(view: View) -> Iterator[Figure]:
    """Yield the correlations over municipalities."""
    logs, share, fiscal = view.log_population, view.share_65plus, view.log_fiscal_strength
    km, ratio = np.log1p(view.km_100k), view.ratio_2050
    pairs = {
        "logpop_share65": (logs, share),
        "logpop_logfiscal": (logs, fiscal),
        "share65_logfiscal": (share, fiscal),
        "share65_ratio2050": (share, ratio),
        "logpop_ratio2050": (logs, ratio),
        "logpop_log1pkm100k": (logs, km),
        "share65_log1pkm100k": (share, km),
        "share65_netmig": (share, view.net_migration),
    }
    for name, (first, second) in pairs.items():
        yield name, correlation(first, second), "r"


def _least_squares(outcome: Floats, causes: dict[str, Floats]) -> tuple[dict[str, float], Floats]:
    """Return coefficients with residual sd and r2, and the residuals (nan where a value is missing)."""
    matrix = np.column_stack([np.ones(len(outcome)), *causes.values()])
    known = np.isfinite(outcome) & np.isfinite(matrix).all(axis=1)
    if known.sum() <= matrix.shape[1] or outcome[known].std() == 0:
        return dict.fromkeys(["const", *causes, "resid_sd", "r2"], float("nan")), np.full(
            len(outcome), np.nan
        )
    solution, *_ = np.linalg.lstsq(matrix[known], outcome[known], rcond=None)
    residual = np.full(len(outcome), np.nan)
    residual[known] = outcome[known] - matrix[known] @ solution
    left = residual[known]
    result = dict(zip(["const", *causes], solution.tolist(), strict=True))
    result["resid_sd"] = float(np.sqrt((left**2).sum() / (known.sum() - matrix.shape[1])))
    result["r2"] = float(1 - left.var() / outcome[known].var())
    return result, residual


def fits_of(view: View) -> dict[str, tuple[dict[str, float], Floats]]:
    """Return the ordinary least squares of the tables of facts, made again on this world."""
    logs, share, km = view.log_population, view.share_65plus, np.log1p(view.km_100k)
    return {
        "share65": _least_squares(share, {"logpop": logs, "log1p_km100k": km}),
        "log_fiscal_strength": _least_squares(
            view.log_fiscal_strength, {"logpop": logs, "share65": share, "log1p_km100k": km}
        ),
        "ratio2050": _least_squares(view.ratio_2050, {"share65": share, "logpop": logs, "log1p_km100k": km}),
        "net_migration": _least_squares(view.net_migration, {"share65": share, "logpop": logs}),
    }


def fit_figures(view: View) -> Iterator[Figure]:
    """Yield the coefficients of the fits."""
    for name, (result, _) in fits_of(view).items():
        for term, value in result.items():
            yield f"{name}.{term}", value, "-"


def spatial_figures(view: View) -> Iterator[Figure]:
    """Yield what neighbours and prefectures share."""
    fits = fits_of(view)
    columns = {
        "logpop": view.log_population,
        "share65": view.share_65plus,
        "log_fiscal_strength": view.log_fiscal_strength,
        "share65_resid": fits["share65"][1],
        "log_fiscal_strength_resid": fits["log_fiscal_strength"][1],
        "net_migration": view.net_migration,
        "ratio2050_resid": fits["ratio2050"][1],
    }
    for name, values in columns.items():
        yield f"{name}.neighbour_r", neighbour_correlation(values, view.neighbours), "r"
        between = between_share(values, view.world.prefecture[: len(values)])
        yield f"{name}.between_pref_share", between, "share"


def between_share(values: Floats, group: Integers) -> float:
    """Return the share of variance between groups (one-way analysis of variance, estimate)."""
    known = np.isfinite(values)
    values, group = values[known], group[known]
    number = np.bincount(group).astype(np.float64)
    number = number[number > 0]
    labels = np.unique(group)
    if len(labels) < 2 or len(values) <= len(labels):
        return float("nan")
    means = np.array([values[group == label].mean() for label in labels])
    between = (number * (means - values.mean()) ** 2).sum() / (len(labels) - 1)
    within = ((values - means[np.searchsorted(labels, group)]) ** 2).sum() / (len(values) - len(labels))
    size = (number.sum() - (number**2).sum() / number.sum()) / (len(labels) - 1)
    variance = max((between - within) / size, 0.0)
    return float(variance / (variance + within)) if variance + within > 0 else float("nan")


def adjacency_figures(view: View) -> Iterator[Figure]:
    """Yield how many neighbours there are."""
    number = np.diff(view.neighbours.start)
    owner = np.repeat(np.arange(len(number)), number)
    prefecture = view.world.prefecture
    yield "pairs", len(owner) / 2, "pairs"
    yield "mean_degree", number.mean(), "neighbours"
    yield "no_neighbour", int((number == 0).sum()), "municipalities"
    crossing = prefecture[owner] != prefecture[view.neighbours.items]
    yield "cross_prefecture_pairs", crossing.sum() / 2, "pairs"


def size_class_figures(view: View) -> Iterator[Figure]:
    """Yield the figures of the eight size classes."""
    where = class_of(view.population)
    for index, facts in enumerate(read_facts("municipalities")["size_class"]):
        rows = np.flatnonzero((where == index) & view.lived)
        if len(rows):
            yield from (
                (f"{facts['name']}.{name}", value, unit) for name, value, unit in _one_class(view, rows)
            )


def _one_class(view: View, rows: Integers) -> Iterator[Figure]:
    world = view.world
    strength, designation = world.fiscal_strength[rows], world.depopulation[rows]
    yield "n", len(rows), "municipalities"
    yield "pop2020", view.population[rows].sum(), "people"
    yield "share65_mean", view.share_65plus[rows].mean(), "share"
    yield "share65_sd", _sd(view.share_65plus[rows]), "share"
    yield "share75_mean", world.share_75plus[rows].mean(), "share"
    yield "fiscal_strength_mean", strength.mean(), "index"
    yield "fiscal_strength_sd", _sd(strength), "index"
    yield "fiscal_strength_median", float(np.median(strength)), "index"
    for name in ("ALL", "PART", "DEEMED"):
        yield f"depopulated_{name.lower()}", int((designation == Depopulation[name]).sum()), "municipalities"
    yield "ipss_ratio2050_mean", view.ratio_2050[rows].mean(), "ratio"
    yield "ipss_ratio2050_sd", _sd(view.ratio_2050[rows]), "ratio"
    yield "km100k_mean", view.km_100k[rows].mean(), "km"
    yield "km100k_median", float(np.median(view.km_100k[rows])), "km"
    yield "netmig_mean", _mean(view.net_migration[rows]), "per 1000"
    yield "netmig_sd", _sd(view.net_migration[rows]), "per 1000"
    staff = world.general_staff[rows].sum() / view.population[rows].sum() * 1000
    yield "staff_per_1000", staff, "per 1000"
    yield "area_km2_median", float(np.median(world.area_km2[rows])), "km2"


def depopulation_figures(view: View) -> Iterator[Figure]:
    """Yield the designated by band of the share of 65 and over."""
    facts = read_facts("municipalities")["depopulated_by_share65"]
    low = np.array(facts["band_low"], dtype=np.float64)
    band = np.searchsorted(low, view.share_65plus, side="right") - 1
    designation = view.world.depopulation[: len(band)]
    for index, start in enumerate(low):
        rows = np.flatnonzero((band == index) & view.lived)
        if len(rows):
            yield f"from_{start:g}.n", len(rows), "municipalities"
            yield f"from_{start:g}.share_all", float((designation[rows] == Depopulation.ALL).mean()), "share"
            yield f"from_{start:g}.share_any", float((designation[rows] > 0).mean()), "share"


def prefecture_figures(view: View) -> Iterator[Figure]:
    """Yield the figures of each prefecture that has municipalities here."""
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero(view.world.prefecture[: len(view.lived)] == index)
        if len(rows):
            yield from (
                (f"{facts['name']}.{name}", value, unit)
                for name, value, unit in _one_prefecture(view, rows, facts)
            )


def _one_prefecture(view: View, rows: Integers, facts: Facts) -> Iterator[Figure]:
    world = view.world
    lived = rows[view.lived[rows]]
    weight = view.population[rows] / view.population[rows].sum()
    logs, share = view.log_population[lived], view.share_65plus[lived]
    yield "n", len(rows), "municipalities"
    yield "pop2020", view.population[rows].sum(), "people"
    yield "logpop_mean", logs.mean(), "log people"
    yield "logpop_sd", _sd(logs), "log people"
    yield "largest", view.population[rows].max(), "people"
    yield "smallest", view.population[rows].min(), "people"
    yield "n_ge_100k", int((view.population[rows] >= 100_000).sum()), "municipalities"
    yield "share_u15", float(weight @ world.share_under_15[rows]), "share"
    yield "share_65", float(weight @ world.share_65plus[rows]), "share"
    yield "share_65_muni_mean", share.mean(), "share"
    yield "share_65_muni_sd", _sd(share), "share"
    yield "fiscal_strength_mean", world.fiscal_strength[rows].mean(), "index"
    yield "fiscal_strength_sd", _sd(world.fiscal_strength[rows]), "index"
    yield "depopulated", int((world.depopulation[rows] > 0).sum()), "municipalities"
    yield "ipss_ratio_2050", float(weight @ world.ratio_2050[rows]), "ratio"
    yield "km100k_mean", view.km_100k[rows].mean(), "km"
    yield "km_nearest_office_mean", view.km_nearest[rows].mean(), "km"
    east = (world.longitude[rows] - world.longitude[rows] @ weight) * np.cos(np.radians(facts["lat_w"]))
    north = world.latitude[rows] - world.latitude[rows] @ weight
    yield "spread_km", float(np.sqrt(weight @ (east**2 + north**2)) * 111.195), "km"
