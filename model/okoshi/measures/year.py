"""What a measure finds in a fiscal year."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities
from okoshi.agents.pilot import Pilot
from okoshi.engine.draws import Luck
from okoshi.measures.people import People
from okoshi.scenario.settings import Settings
from okoshi.world.country import World


@dataclass(frozen=True)
class MeasureYear:
    """One fiscal year as a measure meets it. Tables of others are there to be read, never written.

    `population`, `population_65plus` and `population_75plus` (None where nobody counts them) are people by municipality
    now; `nation_share` is the part of the nation's eligible municipalities that the run holds (national numbers and
    budgets shrink with it).
    """

    fiscal_year: int
    first_month: int
    settings: Settings
    nation_share: float
    openings_per_applicant: float
    wage_index: float
    price_index: float
    world: World
    municipalities: Municipalities
    members: Members
    population: Floats
    population_65plus: Floats
    luck: Luck
    pilot: Pilot = field(default_factory=Pilot)
    population_75plus: Floats | None = None

    @classmethod
    def of(
        cls,
        conditions: Conditions,
        settings: Settings,
        world: World,
        municipalities: Municipalities,
        members: Members,
        people: People,
        luck: Luck,
        pilot: Pilot | None = None,
    ) -> Self:
        """Put together what a measure finds in the year of `conditions`."""
        totals = people.totals
        return cls(
            fiscal_year=conditions.fiscal_year,
            first_month=conditions.first_month,
            settings=settings,
            nation_share=conditions.nation_share,
            openings_per_applicant=conditions.circumstances.openings_per_applicant,
            wage_index=conditions.wage_index,
            price_index=conditions.price_index,
            world=world,
            municipalities=municipalities,
            members=members,
            population=totals[:, 0],
            population_65plus=totals[:, 2],
            luck=luck,
            pilot=pilot or Pilot(),
            population_75plus=totals[:, 3],
        )

    def piloted(self, measure: str) -> Flags:
        """Return which municipalities a pilot of this measure treats this year."""
        return self.pilot.flags(measure, self.fiscal_year, len(self.world))
