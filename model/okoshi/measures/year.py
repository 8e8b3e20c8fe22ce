"""What a measure finds in a fiscal year."""

from __future__ import annotations

from dataclasses import dataclass

from okoshi.agents.arrays import Floats
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities
from okoshi.engine.draws import Luck
from okoshi.scenario.settings import Settings
from okoshi.world.country import World


@dataclass(frozen=True)
class MeasureYear:
    """One fiscal year as a measure meets it. Tables of others are there to be read, never written.

    `population` and `population_65plus` are people by municipality now; `nation_share` is the part of the
    nation's eligible municipalities that the run holds (national numbers and budgets shrink with it).
    """

    fiscal_year: int
    first_month: int
    settings: Settings
    nation_share: float
    openings_per_applicant: float
    wage_index: float
    price_index: float
    telework_index: float
    world: World
    municipalities: Municipalities
    members: Members
    population: Floats
    population_65plus: Floats
    luck: Luck
