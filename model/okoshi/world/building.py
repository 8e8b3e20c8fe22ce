"""The builder of the default country: invented (合成), with the shape of the real one."""

from __future__ import annotations

import numpy as np

from okoshi.engine.draws import Luck
from okoshi.world.arrays import Floats, Integers
from okoshi.world.country import Depopulation, MunicipalityKind, choose_prefectures, find_prefecture
from okoshi.world.draft import Draft, complete
from okoshi.world.facts import builder_settings, prefecture_column, prefecture_facts, read_facts
from okoshi.world.fields import to_quantiles
from okoshi.world.names import invent_codes, invent_names
from okoshi.world.settling import settle
from okoshi.world.sizes import draw_sizes
from okoshi.world.storage import StoredWorld, write_world
from okoshi.world.traits import Ground, Traits, by_size, draw_traits, ground_of

__all__ = ["DEFAULT_SEED", "build_world", "write_world"]

DEFAULT_SEED = 20  # of seven tried the one whose country lies nearest to the facts


def build_world(seed: int = DEFAULT_SEED, prefectures: tuple[str, ...] = ()) -> StoredWorld:
    """Return an invented country of 1,741 municipalities, or only those of some prefectures of it.

    The same seed gives the same country, and a part is the same as in the whole. Raises InputError for an unknown
    prefecture.
    """
    chosen = tuple(sorted({find_prefecture(name) for name in prefectures}))
    luck = Luck(seed)
    places = settle(luck, draw_sizes(luck))
    ground = ground_of(places)
    traits = draw_traits(luck, ground)
    kind = _kinds(luck, ground)
    area, habitable = _areas(luck, ground, traits)
    draft = Draft(
        code=invent_codes(places.prefecture),
        name=invent_names(luck, kind),
        prefecture=places.prefecture,
        kind=kind,
        longitude=np.round(places.longitude, 5),
        latitude=np.round(places.latitude, 5),
        area_km2=area,
        habitable_km2=habitable,
        population_2020=places.population,
        share_under_15=traits.share_under_15,
        share_65plus=traits.share_65plus,
        share_75plus=traits.share_75plus,
        fiscal_strength=traits.fiscal_strength,
        general_staff=draw_staff(luck, ground),
        depopulation=draw_depopulation(luck, ground, traits),
        ratio_2050=traits.ratio_2050,
        net_migration_per_1000=traits.net_migration_per_1000,
        large_stores=draw_large_stores(luck, ground),
        retail_shops=np.full(len(kind), np.nan),
        neighbours=places.neighbours,
    )
    about = {"source": "okoshi world build", "seed": seed, "note": "invented (合成): no row is a real town"}
    return choose_prefectures(complete(draft, invented=True, about=about), chosen)


def _kinds(luck: Luck, ground: Ground) -> Integers:
    """Return what each place is: wards of Tokyo and cities the larger, villages the smaller, with some luck."""
    score = ground.log_population + builder_settings("kind")["luck"] * luck("world.kind").normal(ground.who)
    kind = np.full(len(score), MunicipalityKind.TOWN, dtype=np.int8)
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero(ground.prefecture == index)
        rows = rows[np.argsort(-score[rows], kind="stable")]
        cities = facts["ward"] + facts["city"]
        kind[rows[: facts["ward"]]] = MunicipalityKind.WARD
        kind[rows[facts["ward"] : cities]] = MunicipalityKind.CITY
        if facts["village"]:
            kind[rows[-facts["village"] :]] = MunicipalityKind.VILLAGE
    return kind.astype(np.int64)


def _areas(luck: Luck, ground: Ground, traits: Traits) -> tuple[Floats, Floats]:
    """Return area and habitable area in km2: old places are wide, each prefecture's totals exact."""
    own, fit = builder_settings("area"), read_facts("municipalities")["fits"]["log_habitable_share"]
    share = traits.share_65plus
    older = share - by_size(ground, "share65_mean")
    logarithm = np.log(by_size(ground, "area_km2_median")) + own["slope_of_share65"] * older
    # Large cities lie where prefectures are small, small places where they are wide: made good here.
    logarithm += np.clip(own["large_city"] * (ground.log_population - 11.0), 0.0, own["large_city_at_most"])
    logarithm += own["small_place"] * np.minimum(ground.log_population - 10.0, 0.0)
    area = np.exp(logarithm + own["luck"] * luck("world.area").normal(ground.who))
    quantiles = read_facts("municipalities")["quantiles"]
    at, wanted = np.array(quantiles["q"]), np.log(quantiles["area_km2"])
    for _ in range(4):
        area = _to_totals(
            ground, np.exp(to_quantiles(np.log(area), at, wanted)), prefecture_column("area_km2")
        )
    habitable = fit["const"] + fit["logpop"] * ground.log_population + fit["share65"] * share
    habitable += fit["log_area"] * np.log(area)
    habitable += fit["resid_sd"] * luck("world.habitable").normal(ground.who)
    part = np.minimum(np.exp(habitable), 0.97)
    for _ in range(20):
        sums = np.bincount(ground.prefecture, weights=area * part, minlength=47)
        part = np.minimum(part * (prefecture_column("habitable_km2") / sums)[ground.prefecture], 0.99)
    return np.round(area, 2), np.round(area * part, 2)


def _to_totals(ground: Ground, values: Floats, totals: Floats) -> Floats:
    sums = np.bincount(ground.prefecture, weights=values, minlength=47)
    return np.asarray(values * (totals / sums)[ground.prefecture])


def draw_depopulation(luck: Luck, ground: Ground, traits: Traits) -> Integers:
    """Return how each place is designated as depopulated: each prefecture's numbers of each kind exactly.

    The old and small are designated whole; of the rest middling cities, which took in such a place, in part.
    """
    draw, own = luck("world.depopulation"), builder_settings("depopulation")
    old = traits.share_65plus
    chance = draw.uniform(ground.who)
    whole = own["slope_of_share65"] * old - own["slope_of_size"] * ground.log_population
    whole -= own["slope_of_size_above"] * np.maximum(ground.log_population - 10.5, 0)
    whole += np.log(chance / (1 - chance))
    middle = ground.log_population - np.log(own["part_size"])
    merged = own["part_slope_of_share65"] * old - own["part_curve"] * middle**2
    merged += own["part_luck"] * draw.normal(ground.who, sub=1)
    kinds = np.zeros(len(old), dtype=np.int8)
    for index, facts in enumerate(prefecture_facts()):
        rows = np.flatnonzero(ground.prefecture == index)
        order = rows[np.argsort(-whole[rows], kind="stable")]
        kinds[order[: facts["depopulated_all"]]] = Depopulation.ALL
        rest = order[facts["depopulated_all"] :]
        rest = rest[np.argsort(-merged[rest], kind="stable")]
        part = facts["depopulated_part"]
        kinds[rest[:part]] = Depopulation.PART
        kinds[rest[part : part + facts["depopulated_deemed"]]] = Depopulation.DEEMED
    return kinds.astype(np.int64)


def draw_staff(luck: Luck, ground: Ground) -> Floats:
    """Return general-administration staff of the town hall: rates by size class, the nation's total."""
    facts, own = read_facts("municipalities"), builder_settings("staff")
    centre = np.log([row["pop2020"] / row["n"] for row in facts["size_class"]])
    rate = np.log([row["staff_per_1000"] for row in facts["size_class"]])
    expected = np.interp(ground.log_population, centre, rate)
    expected += (
        np.minimum(ground.log_population - centre[0], 0) * (rate[1] - rate[0]) / (centre[1] - centre[0])
    )
    staff = np.exp(expected + own["luck"] * luck("world.staff").normal(ground.who)) * ground.population / 1000
    staff *= facts["national"]["staff_general_2024"] / staff.sum()
    return np.asarray(np.maximum(np.round(staff), own["at_least"]))


def draw_large_stores(luck: Luck, ground: Ground) -> Integers:
    """Return numbers of large stores: a threshold for each, and 491 municipalities without any."""
    facts = read_facts("municipalities")["large_stores"]
    thresholds = np.array(facts["half_have_at"], dtype=np.float64)
    draw = luck("world.large_store").normal(ground.who)
    spread = np.interp(ground.log_population, np.log(thresholds[[0, -1]]), facts["spread"])
    effective = np.where(ground.population > 0, ground.log_population + spread * draw, -np.inf)
    without = np.sort(effective)[facts["municipalities_without"]]
    logs = np.log(thresholds)
    logs[0] = without
    stores = np.searchsorted(logs, effective, side="right").astype(np.int64)
    many = effective > logs[-1]
    more = (np.exp(effective[many]) / thresholds[-1]) ** facts["power_beyond"] * len(thresholds)
    more *= (facts["total"] - stores[~many].sum()) / more.sum()
    stores[many] = np.maximum(np.round(more), len(thresholds)).astype(np.int64)
    return stores
