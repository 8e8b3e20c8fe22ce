"""What a municipality can give to all six measures in a year: one purse of staff hours, cash until March and own funds.

Members come first, within what the running commitments of the other measures leave. Each of these may use what
members take this year, and the others took last year (field programmes: this year), have left. A payment that is
made once (its part of a grant) is spread over some years, as a loan would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Yen
from okoshi.agents.municipalities import MunicipalityBehaviour
from okoshi.engine.columns import Array
from okoshi.world.country import World

_NO_LIMIT = 10**15
WORKING_HOURS_A_YEAR = 1_900  # paid hours of a full-time official


@dataclass(frozen=True)
class Purse:
    """Yen to advance until March, own yen, staff hours, one value a municipality; None is no limit (or no claim)."""

    cash: Array | None = None
    own_funds: Array | None = None
    staff_hours: Array | None = None

    def times(self, factor: float) -> Purse:
        """Return this purse, or claim, times a factor."""
        return Purse(
            *(
                None if part is None else factor * part
                for part in (self.cash, self.own_funds, self.staff_hours)
            )
        )

    def own_yen(self, places: int) -> Yen:
        """Return own funds in whole yen by municipality (`places` of them); far more than any cost without a limit."""
        if self.own_funds is None:
            return np.full(places, _NO_LIMIT, dtype=np.int64)
        return np.floor(self.own_funds).astype(np.int64)

    def less(self, *claims: Purse) -> Purse:
        """Return what claims leave of this purse, never under nought."""
        return Purse(
            *(
                _less(getattr(self, name), [getattr(claim, name) for claim in claims])
                for name in ("cash", "own_funds", "staff_hours")
            )
        )


def _less(whole: Array | None, claims: list[Array | None]) -> Array | None:
    if whole is None:
        return None
    left = np.asarray(whole, dtype=np.float64)
    for claim in claims:
        if claim is not None:
            left = left - claim
    return np.maximum(left, 0.0)


def general_revenue(world: World, behaviour: MunicipalityBehaviour) -> Floats:
    """Return general revenue, yen a year of FY2024, by a power of population (small places spend more a head)."""
    people = np.maximum(world.population_2020, 1).astype(np.float64)
    return np.asarray(behaviour.revenue_scale * people**behaviour.revenue_exponent)


def purse_of_year(
    world: World, behaviour: MunicipalityBehaviour, price_index: float, hours_freed: Array | float = 0.0
) -> Purse:
    """Return the whole purse of a year; `hours_freed` are hours of officials that digital work gives to these measures.

    They may be negative where officials spend more time beside lent people than those free.
    """
    revenue = general_revenue(world, behaviour) * price_index
    hours = behaviour.staff_share * WORKING_HOURS_A_YEAR * world.general_staff + hours_freed
    return Purse(
        cash=behaviour.cash_share * revenue,
        own_funds=behaviour.own_funds_share * revenue,
        staff_hours=np.maximum(hours, 0.0),
    )


def spread_over_years(burden: Floats, paid: Yen, years: float) -> Floats:
    """Return next year's burden of payments made once: a part `1 / years` of what is owed falls due each year.

    `burden` is this year's and `paid` what was paid once this year; all that is paid is borne in the end.
    """
    return np.asarray(burden * (1.0 - 1.0 / years) + paid / years)
