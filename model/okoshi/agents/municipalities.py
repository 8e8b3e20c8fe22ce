"""Municipalities (市町村): what each one is, wants, can pay for and has learned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck
from okoshi.world.country import World


class Field(IntEnum):
    """What a member works on (活動分野)."""

    DIGITAL = 0
    TOURISM = 1
    PRODUCTS = 2
    MOVING_IN = 3
    FARM_FOREST = 4
    RESIDENTS_SUPPORT = 5


class Reason(IntEnum):
    """Why a municipality has no members in a year."""

    NONE = 0
    NOT_ELIGIBLE = 1
    UNWILLING = 2
    NOT_YET = 3
    STAFF = 4
    FUNDS = 5
    NO_APPLICANTS = 6
    SCHEME_CLOSED = 7
    CASH = 8
    WANTS_NONE = 9
    STOPPED = 10


@dataclass(frozen=True)
class MunicipalityBehaviour:
    """How municipalities decide: `behaviour.municipalities` (see its parameter file for units and sources)."""

    adoption_innovation: float
    adoption_imitation: float
    adoption_spread: float
    neighbour_weight: float
    attention_in_adoption: float
    willingness_level: float
    willingness_by_need: float
    cover_in_willingness: float
    belief_in_adoption: float
    stopping: float
    stopping_without_members: float
    joining_again: float
    net_cost_elasticity: float
    budget_benefit: float
    budget_spread: float
    budget_review: float
    budget_evidence: float
    budget_first_trust: float
    first_posts: float
    posts_adjustment: float
    wanted_median: float
    wanted_spread: float
    belief_in_posts: float
    support_in_posts: float
    attention_in_posts: float
    staff_hours_per_member: float
    staff_share: float
    staff_yen_per_hour: float
    revenue_scale: float
    revenue_exponent: float
    own_funds_share: float
    cash_share: float
    overhead_per_member: float
    pay_scale_median: float
    pay_scale_spread: float
    flypaper: float
    top_up: float
    other_cost_median: float
    other_cost_spread: float
    recruitment_cost_fixed: float
    recruitment_cost_per_post: float
    recruitment_own_share: float
    daily_support_cost: float
    daily_support_own_share: float
    trial_programme_share: float
    trial_cost: float
    internship_programme_share: float
    internship_cost: float
    programme_first_year: float
    belief_strength: float
    belief_memory: float
    belief_of_neighbours: float
    support_start: float
    support_spread: float
    support_learning: float
    experience_scale: float
    support_forgetting: float
    support_by_daily_support: float
    capacity_by_work: float
    capacity_fading: float
    networks_in_support: float
    difficulty_from: float
    link_one_purse: float
    link_hours_to_support: float
    one_off_years: float
    tax_until_strength: float
    tax_of_prefectures: float


class Municipalities(Table):
    """One row a municipality, in the order of the world."""

    willingness = Column(
        np.float64, unit="standard deviations", meaning="lasting will to host, with need in it"
    )
    wanted_trait = Column(np.float64, unit="standard deviations", meaning="lasting demand for members")
    pay_scale = Column(np.float64, unit="yen a year at FY2024 wages", meaning="own pay scale for such a post")
    other_cost_scale = Column(
        np.float64, unit="yen a year", meaning="activity cost beside pay it wants to spend"
    )
    amenity = Column(
        np.float64, unit="standard deviations", meaning="what makes the place pleasant to applicants"
    )
    vacant_houses = Column(np.float64, unit="share", meaning="ease of finding a house", low=0, high=1)
    eligible = Column(np.bool_, unit="flag", meaning="may host members under special allocation tax")
    willing = Column(np.bool_, unit="flag", meaning="would host if it could")
    hosting_since = Column(np.int16, unit="fiscal year", meaning="year it joined, 0 if it does not host")
    stopped_in = Column(np.int16, unit="fiscal year", meaning="year it last stopped hosting, 0 if never")
    wanted = Column(np.float64, unit="members", meaning="stock of members it works towards", low=0)
    posts = Column(np.int64, unit="posts", meaning="posts advertised this year", low=0)
    hired = Column(np.int64, unit="members", meaning="posts filled this year", low=0)
    offered_pay = Column(np.int64, unit="yen a year", meaning="remuneration of a member", low=0)
    pay_limit = Column(
        np.float64,
        unit="yen a year",
        meaning="highest pay it allows itself under no lower cap, 0 before the first",
    )
    highest_cap = Column(
        np.float64, unit="yen a year", meaning="highest remuneration cap it met as a host", low=0
    )
    offered_other = Column(np.int64, unit="yen a year", meaning="other activity cost of a member", low=0)
    recruitment_spent = Column(np.int64, unit="yen", meaning="spent on recruiting this year", low=0)
    trial_spent = Column(np.int64, unit="yen", meaning="spent on trial stays this year", low=0)
    internship_spent = Column(np.int64, unit="yen", meaning="spent on internship programmes this year", low=0)
    body_cost_last_year = Column(
        np.int64, unit="yen", meaning="costs not tied to one member, last year", low=0
    )
    body_net_cost_last_year = Column(np.int64, unit="yen", meaning="of these, what did not come back", low=0)
    daily_support_spent = Column(np.int64, unit="yen", meaning="spent on daily support this year", low=0)
    staff_hours = Column(np.int64, unit="hours a year", meaning="officials' hours spent on members", low=0)
    staff_yen = Column(np.int64, unit="yen", meaning="these hours at average pay", low=0)
    support_capacity = Column(
        np.float64, unit="share", meaning="ability to look after members", low=0, high=1
    )
    belief_settled = Column(
        np.float64, unit="members", meaning="settlers it has in mind (own and near, fading)"
    )
    belief_left = Column(np.float64, unit="members", meaning="leavers it has in mind (own and near, fading)")
    serving = Column(np.int64, unit="members", meaning="members serving now", low=0)
    settled_stock = Column(np.int64, unit="persons", meaning="former members living there", low=0)
    in_difficulty = Column(
        np.bool_, unit="flag", meaning="lost members early or left posts unfilled last year"
    )
    reason = Column(
        np.int8, unit="code", meaning="why it has no members", labels=tuple(r.name.lower() for r in Reason)
    )
    capacity_digital = Column(
        np.float64,
        unit="share",
        meaning="what members, employees and digital talent have built: digital",
        low=0,
        high=1,
    )
    capacity_tourism = Column(
        np.float64,
        unit="share",
        meaning="what members and employees have built: tourism and publicity",
        low=0,
        high=1,
    )
    capacity_products = Column(
        np.float64,
        unit="share",
        meaning="what members and employees have built: local products",
        low=0,
        high=1,
    )
    capacity_moving_in = Column(
        np.float64,
        unit="share",
        meaning="what members and employees have built: moving in and vacant houses",
        low=0,
        high=1,
    )
    capacity_farm_forest = Column(
        np.float64,
        unit="share",
        meaning="what members and employees have built: farm and forest work",
        low=0,
        high=1,
    )
    capacity_residents_support = Column(
        np.float64,
        unit="share",
        meaning="what members and employees have built: residents' support, shopping included",
        low=0,
        high=1,
    )


# Over all municipalities in 2020 (country facts): fixed, so that a place is the same in every subset of the country.
MEAN_SHARE_65PLUS, SPREAD_OF_SHARE_65PLUS = 0.3504, 0.0779
CAPACITY_COLUMNS = tuple(f"capacity_{field.name.lower()}" for field in Field)


def found_municipalities(world: World, behaviour: MunicipalityBehaviour, luck: Luck) -> Municipalities:
    """Return the municipalities at the start of the first year, none of them hosting."""
    table = Municipalities(len(world.key))
    need = (world.share_65plus - MEAN_SHARE_65PLUS) / SPREAD_OF_SHARE_65PLUS
    by_need = behaviour.willingness_by_need
    own_will = luck("municipalities.willingness").normal(world.key)
    pay = luck("municipalities.pay_scale").normal(world.key)
    other = luck("municipalities.other_cost").normal(world.key)
    support = luck("municipalities.support").normal(world.key)
    table.append(
        len(world.key),
        key=world.key,
        willingness=by_need * need + np.sqrt(1 - by_need**2) * own_will,
        wanted_trait=luck("municipalities.wanted").normal(world.key),
        pay_scale=behaviour.pay_scale_median * np.exp(behaviour.pay_scale_spread * pay),
        other_cost_scale=behaviour.other_cost_median * np.exp(behaviour.other_cost_spread * other),
        amenity=luck("municipalities.amenity").normal(world.key),
        vacant_houses=luck("municipalities.vacant_houses").uniform(world.key),
        eligible=world.eligible_cooperators,
        support_capacity=np.clip(behaviour.support_start + behaviour.support_spread * support, 0.02, 0.98),
    )
    return table


def mean_over_neighbours(values: Floats, world: World) -> Floats:
    """Return each municipality's mean of `values` over its neighbours (0 where it has none)."""
    counts = np.diff(world.neighbour_start)
    totals = np.bincount(world.has_neighbour, weights=values.take(world.neighbour), minlength=len(counts))
    return np.asarray(totals / np.maximum(counts, 1))
