"""Each municipality's population by year, FY2009 to FY2050: carried back from the census, on along the projection.

Single places are carried back by a bounded rule (their projected pace, slowed by one national figure), never by
reversing each place by itself; each year's places then add up to the nation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.world.arrays import Floats
from okoshi.world.facts import read_facts

FIRST_YEAR, CENSUS_YEAR, LAST_YEAR = 2009, 2020, 2050
_USUAL_PACE = (0.82, 1.08)  # 2025/2020: beyond lie evacuated towns that people return to
YEARS = np.arange(FIRST_YEAR, LAST_YEAR + 1)


@dataclass(frozen=True)
class National:
    """What makes the places of a year add up to the nation, by year FY2009-FY2050."""

    population_factor: Floats  # multiplies each place's own path
    ageing_shift: Floats  # adds to the log odds of being 65 or over


def national_series(name: str) -> Floats:
    """Return a national series of `projection.toml` for each year FY2009-FY2050 (straight between given years)."""
    facts = read_facts("projection")["national"]
    return np.asarray(np.interp(YEARS, facts["year"], facts[name]))


def population_in_2009(population: Floats, ratio_2025: Floats) -> Floats:
    """Return population of FY2009: each place at its projected yearly pace of 2020-2025, slowed by one figure.

    The figure is chosen so that the places of Japan as a whole add up to the nation of FY2009.
    """
    years = CENSUS_YEAR - FIRST_YEAR
    backward = population * np.exp(-np.log(np.clip(ratio_2025, *_USUAL_PACE)) / 5 * years)
    nation = national_series("population")
    wanted = population.sum() * nation[0] / nation[CENSUS_YEAR - FIRST_YEAR]
    return np.asarray(backward * (wanted / backward.sum()))


def ratio_2025_from(ratio_2050: Floats, share_65plus: Floats) -> Floats:
    """Return the projected 2025/2020 of a place from its 2050/2020 and its share of 65 and over (own fit)."""
    fit = read_facts("projection")["fits"]["log_ratio_2025"]
    logarithm = fit["const"] + fit["log_ratio_2050"] * np.log(ratio_2050) + fit["share65"] * share_65plus
    return np.asarray(np.exp(logarithm))


def share_65plus_2050_from(ratio_2050: Floats, share_65plus: Floats, population: Floats) -> Floats:
    """Return the projected share of 65 and over in 2050 (own fit)."""
    fit = read_facts("projection")["fits"]["share65_2050"]
    share = (
        fit["const"]
        + fit["share65"] * share_65plus
        + fit["log_ratio_2050"] * np.log(ratio_2050)
        + fit["logpop"] * np.log(np.maximum(population, 300))
    )
    return np.asarray(np.clip(share, 0.05, 0.9))


@dataclass(frozen=True)
class Anchors:
    """What a place's path passes through, one value a place."""

    population: Floats  # census of 2020
    population_2009: Floats
    ratio_2025: Floats
    ratio_2050: Floats
    share_65plus: Floats
    share_65plus_2009: Floats
    share_65plus_2050: Floats


def own_paths(anchors: Anchors) -> Floats:
    """Return population by year and place before the places are made to add up, shape (42, M).

    Straight in logarithms before the census; after it a parabola through 2020, 2025 and 2050.
    """
    time = (YEARS - CENSUS_YEAR).astype(np.float64)[:, None]
    lived = anchors.population > 0
    past = np.zeros(len(lived))
    past[lived] = np.log(anchors.population[lived] / anchors.population_2009[lived])
    near, far = np.log(anchors.ratio_2025) / 5, np.log(anchors.ratio_2050) / 30
    curve = (far - near) / 25
    logarithm = np.where(
        time <= 0, past / (CENSUS_YEAR - FIRST_YEAR) * time, (near + curve * (time - 5)) * time
    )
    return np.asarray(anchors.population * np.exp(logarithm))


def _log_odds(share: Floats) -> Floats:
    bounded = np.clip(share, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(bounded / (1 - bounded)))


def _own_log_odds(anchors: Anchors) -> Floats:
    """Return the log odds of being 65 or over by year and place, straight between FY2009, FY2020 and FY2050."""
    then, now, later = (
        _log_odds(share)
        for share in (anchors.share_65plus_2009, anchors.share_65plus, anchors.share_65plus_2050)
    )
    time = (YEARS - CENSUS_YEAR).astype(np.float64)[:, None]
    back = now + (now - then) * time / (CENSUS_YEAR - FIRST_YEAR)
    forward = now + (later - now) * time / (LAST_YEAR - CENSUS_YEAR)
    return np.asarray(np.where(time <= 0, back, forward))


def reconcile(anchors: Anchors) -> National:
    """Return the factors that make all places add up to the nation in each year (none in FY2009 and FY2020)."""
    paths = own_paths(anchors)
    census = CENSUS_YEAR - FIRST_YEAR
    nation = national_series("population")
    factor = nation / nation[census] * anchors.population.sum() / paths.sum(axis=1)
    population = paths * factor[:, None]
    odds = _own_log_odds(anchors)
    share = national_series("share_65plus")
    own_share = float(anchors.population @ anchors.share_65plus / anchors.population.sum())
    wanted = share * own_share / share[census] * population.sum(axis=1)
    shift = np.zeros(len(YEARS))
    for _ in range(12):
        shares = 1 / (1 + np.exp(-odds - shift[:, None]))
        slope = (population * shares * (1 - shares)).sum(axis=1)
        shift += (wanted - (population * shares).sum(axis=1)) / slope
    factor[[0, census]], shift[[0, census]] = 1.0, 0.0
    return National(factor, shift)


def population_by_year(anchors: Anchors, national: National) -> tuple[Floats, Floats]:
    """Return population and population of 65 and over by year and place, each of shape (42, M)."""
    population = own_paths(anchors) * national.population_factor[:, None]
    shares = 1 / (1 + np.exp(-_own_log_odds(anchors) - national.ageing_shift[:, None]))
    over = population * shares
    census = CENSUS_YEAR - FIRST_YEAR
    population[census] = anchors.population
    over[census] = anchors.population * anchors.share_65plus
    return population, over
