"""How the measures beside the cooperators meet: what each claims of the one purse, and what it leaves at a place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.purse import Purse, spread_over_years
from okoshi.agents.surroundings import Surroundings
from okoshi.engine.draws import Luck
from okoshi.measures.digital import Digital
from okoshi.measures.dispatch import Dispatch
from okoshi.measures.local_10000 import Local10000
from okoshi.measures.shopping import Shopping
from okoshi.measures.university import University
from okoshi.scenario.settings import Settings
from okoshi.world.country import World


@dataclass
class OtherMeasures:
    """The five measures beside the cooperators.

    `one_off_burden` is what grants paid in earlier years still take of own funds (yen a year, by municipality).
    """

    local_10000: Local10000
    dispatch: Dispatch
    university: University
    shopping: Shopping
    digital: Digital
    one_off_burden: Floats = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def found(cls, world: World, settings: Settings, luck: Luck, nation: World) -> OtherMeasures:
        """Return the measures before the first year; `nation` is the whole country that the world is a part of."""
        return cls(
            Local10000(world, settings, luck, nation),
            Dispatch(world, settings, luck, nation),
            University(world, settings, luck),
            Shopping(world, settings, luck, nation),
            Digital(world, settings, luck, nation),
            np.zeros(len(world)),
        )

    @property
    def hours_freed(self) -> Floats:
        """Officials' hours that digital work gives to these measures, a year, by municipality."""
        return np.asarray(self.digital.hours_for_measures + self.dispatch.staff_hours_freed)

    def claims(self, link: float) -> dict[str, Purse]:
        """Return what running commitments take of the purse, by measure; `link` of 0 makes every claim nought."""
        dispatch, university, shopping = self.dispatch, self.university, self.shopping
        return {
            "dispatch": Purse(
                cash=link * dispatch.cash_advanced,
                own_funds=link * dispatch.own_funds_used,
                staff_hours=link * dispatch.staff_hours,
            ),
            "university": Purse(
                cash=link * university.cash_advanced,
                own_funds=link * university.own_yen,
                staff_hours=link * university.staff_hours,
            ),
            "shopping": Purse(cash=link * shopping.support_paid, own_funds=link * shopping.support_paid),
            "local_10000": Purse(own_funds=link * self.one_off_burden),
        }

    def spread_one_off_payments(self, years: float) -> None:
        """March: what municipalities paid to grants this year burdens own funds from the next on."""
        paid = self.local_10000.own_funds_spent
        self.one_off_burden = spread_over_years(self.one_off_burden, paid, years)

    @property
    def surroundings(self) -> Surroundings:
        """What they left at each place by last March."""
        return Surroundings(
            self.local_10000.jobs_opened, self.local_10000.closing, self.shopping.leaving_logit
        )
