"""What is assumed about shopping: who has a car, what a shop needs, how services open and close."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShoppingBehaviour:
    """Fields are the parameters `behaviour.shopping` (see its parameter file for units and sources)."""

    districts_level: float
    districts_by_people: float
    districts_by_area: float
    people_of_a_district: float
    people_by_rank: float
    area_by_rank: float
    districts_per_centre: int
    near_level: float
    near_by_density: float
    no_car_level_2015: float
    no_car_75plus_2015: float
    no_car_level_2020: float
    no_car_75plus_2020: float
    no_car_under_65: float
    no_car_by_density: float
    cohort_lag: int
    retail_level: float
    retail_by_people: float
    retail_by_density: float
    retail_by_age: float
    small_shops_share: float
    drug_stores_per_person: float
    daily_threshold: float
    full_threshold: float
    threshold_spread: float
    daily_leak: float
    full_leak: float
    demand_lost: float
    band: float
    years_of_deficit: int
    daily_cost: float
    full_cost: float
    need_level: float
    need_spread: float
    acting_share: float
    operator_share: float
    support_share: float
    support_limit: float
    community_share: float
    neighbour_weight: float
    take_up_spread: float
    uncovered_share: float
    mobile_since: int
    mobile_innovation: float
    mobile_imitation: float
    mobile_take_up: float
    mobile_break_even: float
    mobile_cost: float
    districts_per_van: int
    visits_per_week: int
    enough_visits: int
    delivery_opening: float
    delivery_take_up: float
    delivery_break_even: float
    delivery_cost: float
    deliveries_per_week: int
    community_store_opening: float
    community_store_take_up: float
    community_store_break_even: float
    community_store_cost: float
    survey_in_opening: float
    survey_in_quality: float
    survey_years: float
    link_last_shop_to_leaving: float
    link_residents_support_to_opening: float
    link_digital_to_opening: float
