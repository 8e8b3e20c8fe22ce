"""What is seen of digital talent: columns of the nation and of municipalities."""

from __future__ import annotations

from okoshi.agents.digital_talent import NEVER_YEAR
from okoshi.engine.columns import Array
from okoshi.measures.digital import Digital
from okoshi.observe.digital_columns import DECLARATIONS, DECLARATIONS_MUNICIPALITIES, DECLARATIONS_NATIONAL

__all__ = [
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "municipal_columns",
    "national_row",
]


def national_row(measure: Digital, fiscal_year: int) -> dict[str, int]:
    """Return the national columns of the year that ended."""
    bodies, pools = measure.bodies, measure.pools
    return {
        "municipalities_with_digital_talent": measure.with_talent_on_1_april,
        "municipal_digital_persons": measure.persons_on_1_april,
        "prefectures_with_digital_pool": measure.pools_on_1_april,
        "digital_appointed": measure.appointed,
        "digital_hired": int(pools.hired.sum()),
        "digital_target": round(measure.target * measure.part),
        "municipalities_lent_to": int((bodies.lent_days > 0).sum()),
        "digital_days_lent": round(float(bodies.lent_days.sum())),
        "digital_hours_freed": round(float(measure.hours_freed.sum())),
        "digital_hours_beside": round(float(measure.hours_beside.sum())),
    }


def municipal_columns(measure: Digital) -> dict[str, Array]:
    """Return the municipal columns of the year that ended."""
    bodies = measure.bodies
    return {
        "digital_capacity": bodies.capacity.copy(),
        "digital_persons": (bodies.since != NEVER_YEAR) * bodies.persons.astype("int64"),
        "digital_days_lent": bodies.lent_days.round().astype("int64"),
        "digital_hours_freed": measure.hours_freed.round().astype("int64"),
        "digital_hours_beside": measure.hours_beside.round().astype("int64"),
    }
