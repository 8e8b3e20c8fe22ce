"""How company dispatch (地域活性化起業人) is taken up on both sides, and its streams of luck."""

from __future__ import annotations

from dataclasses import dataclass

from okoshi.agents.arrays import Floats

STREAMS_DISPATCH = frozenset(
    {
        # companies
        "companies.prefecture",
        "companies.size",
        "companies.field",
        "companies.motive_kind",
        "companies.motive",
        "companies.employee_cost",
        "companies.hear",
        "companies.looks_here",
        "companies.reply",
        "companies.interest",
        "companies.register",
        # municipalities
        "dispatch.willingness",
        "dispatch.join",
        "dispatch.give_up",
        "dispatch.posts",
        "dispatch.round_posts",
        "dispatch.side_job_posts",
        "dispatch.post_field",
        "dispatch.side_job_instead",
        "dispatch.presence_wish",
        # their market
        "dispatch.look_list",
        "dispatch.look",
        "dispatch.platform_look",
        "dispatch.again",
        "dispatch.taste",
        "dispatch.side_job_taste",
        # contracts
        "dispatch.start",
        "dispatch.stay",
        "dispatch.renewal",
        "dispatch.hours",
        "dispatch.days",
        "dispatch.proposed",
        "dispatch.proposed_cost",
        "dispatch.keeps_tie",
    }
)


@dataclass(frozen=True)
class DispatchBehaviour:
    """All of `behaviour.dispatch` (see its parameter file for units, ranges and sources)."""

    companies: int
    size_spread: float
    capital_median: int
    field_digital: float
    field_tourism: float
    field_products: float
    motive_contribution: float
    motive_training: float
    motive_senior: float
    senior_relief: float
    training_stay: float
    hear_innovation: float
    hear_imitation: float
    hear_size: float
    reply_level: float
    reply_motive: float
    motive: float
    fit: float
    experience: float
    pay: float
    employee_cost: int
    employee_cost_spread: float
    dear_cost: float
    without_employee: float
    search: float
    distance: float
    presence_wish: float
    presence_wish_spread: float
    top_up: float
    pandemic: float
    pandemic_first: int
    pandemic_last: int
    staff_limit: float
    companies_seen: int
    by_name: float
    again: float
    join_innovation: float
    push: float
    push_since: int
    join_imitation: float
    neighbour_weight: float
    gives_up: float
    willing_level: float
    cap_in_willingness: float
    posts_median: float
    posts_spread: float
    posts_learning: float
    learning_years: float
    own_funds_share: float
    starts_in_april: float
    stay_months: float
    stay_spread: float
    renewal: float
    side_job_posts: float
    side_job_cap_in_posts: float
    side_job_instead: float
    side_job_level: float
    side_job_pay: float
    side_job_hours: float
    side_job_hours_spread: float
    side_job_hourly_yen: int
    side_job_burden: float
    side_job_burden_of_days: float
    side_job_days_present: float
    trip_fixed_yen: int
    trip_yen_per_km: int
    dear_trip_km: float
    before_cost_fixed: int
    before_cost_per_post: int
    proposed_share: float
    proposed_median: int
    proposed_spread: float
    own_share: float
    staff_hours_per_person: float
    survey_reach: float
    survey_fiscal_year: int
    survey_cost: int
    search_saving: float
    platform_keeps: float
    platform_seen: int
    registration: float
    registration_by_federations: float
    keeps_tie: float
    ties_fading: float
    link_capacity: float
    link_side_job_capacity: float
    capacity_left: float
    link_hours_freed: float
    link_digital_in_search: float

    def trip_cost[Kilometres: (float, Floats)](self, kilometres: Kilometres) -> Kilometres:
        """Return what a day there costs in travel, there and back, yen of FY2024."""
        return self.trip_fixed_yen + self.trip_yen_per_km * 2.0 * kilometres
