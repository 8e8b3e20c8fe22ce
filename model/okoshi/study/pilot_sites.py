"""Who takes part in a pilot: places drawn at random, drawn and starting one after the other, or volunteers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from okoshi.agents.pilot import Pilot
from okoshi.engine.columns import Array
from okoshi.engine.draws import Luck

if TYPE_CHECKING:
    from okoshi.simulation import RegionalModel

STREAM = "pilot.sites"  # luck of the study's own: no stream of the model's is drawn upon
START = 2025
# Municipal columns that a pilot is judged by, the nearest to its treatment first.
OUTCOMES = {
    "university": ("student_participants", "related_students", "student_movers", "population"),
    "cooperators": ("support_capacity", "members", "settled_stock", "startups_by_members"),
    "dispatch": ("dispatched", "dispatch_related_people", "dispatch_hours_freed", "population"),
    "shopping": (
        "mobile_vans",
        "using_share_65plus",
        "covered_share_65plus",
        "access_difficult_share_65plus",
    ),
    "digital": ("digital_capacity", "digital_hours_freed", "members", "support_capacity"),
}


class Design(StrEnum):
    """How places come into a pilot."""

    RANDOM = "random"
    STAGGERED = "staggered"
    VOLUNTEERS = "volunteers"


def candidates(model: RegionalModel, measure: str) -> Array:
    """Return the rows of municipalities that may take part: eligible, and for advisers those that host members."""
    world = model.world
    if measure == "dispatch":
        return np.flatnonzero(world.eligible_dispatch)
    if measure == "cooperators":
        before = model.records.municipal[model.records.fiscal_years.index(START - 1)]
        return np.flatnonzero(world.eligible_cooperators & (before["members_on_31_march"] > 0))
    if measure == "university":
        return np.flatnonzero(world.eligible_cooperators)
    return np.arange(len(world))


def inclination(model: RegionalModel, measure: str) -> Array:
    """Return how inclined each municipality is to volunteer, beside luck: what makes it do such things anyway.

    Its lasting trait in the model (nobody in the country sees it) and how well it does already before the pilot.
    """
    measures, before = model.measures, model.records.municipal[model.records.fiscal_years.index(START - 1)]
    already = _standard(np.asarray(before[OUTCOMES[measure][0]], dtype=np.float64))
    if measure == "university":
        hosts = measures.university.hosts
        trait = np.log(np.maximum(hosts.chance_new, 1e-12)) if hosts is not None else np.zeros(len(already))
        trait[trait < -20] = trait[trait >= -20].min(initial=0.0)  # not eligible
    elif measure == "dispatch":
        trait = np.asarray(measures.dispatch.hosts.willingness, dtype=np.float64)
    elif measure == "cooperators":
        trait = np.asarray(model.municipalities.wanted_trait, dtype=np.float64)
    else:
        trait = np.asarray(before["support_capacity"], dtype=np.float64)
    return _standard(trait) + already


def chosen_sites(
    design: Design, rows: Array, keys: Array, inclined: Array, sites: int, seed: int, draw: int = 0
) -> Array:
    """Return the rows that take part, in order of their luck: `draw` numbers further pilots under the same seed.

    Drawn: the lowest of a uniform draw a place. Volunteers: those with the highest sum of inclination and a
    standard normal draw. Ties go by key.
    """
    luck = Luck(seed, frozenset({STREAM}))(STREAM)
    if design is Design.VOLUNTEERS:
        score = -(inclined[rows] + luck.normal(keys[rows], draw))
    else:
        score = luck.uniform(keys[rows], draw)
    return rows[np.lexsort((keys[rows], score))][:sites]


def starts_of(design: Design, sites: int, years: int) -> Array:
    """Return the fiscal year in which each site starts: all at once, or as many a year when staggered."""
    if design is Design.STAGGERED:
        return START + np.arange(sites) * years // max(sites, 1)
    return np.full(sites, START)


def pilot_of(measure: str, design: Design, rows: Array, years: int) -> Pilot:
    """Return the pilot in these places: treated from their start to the end of the last year."""
    return Pilot(measure, rows.astype(np.int64), starts_of(design, len(rows), years), START + years - 1)


def _standard(values: Array) -> Array:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))
