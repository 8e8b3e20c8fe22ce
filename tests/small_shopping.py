"""Years of shops and services on a small world, without the rest of the model."""

from __future__ import annotations

from typing import Any

import numpy as np

from okoshi.agents.books import LABELS
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import found_municipalities
from okoshi.agents.shops import STREAMS_SHOPPING
from okoshi.agents.streams import STREAMS
from okoshi.engine.calendar import month_index
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.shopping import Shopping
from okoshi.measures.year import MeasureYear
from okoshi.observe.shopping import municipal_columns, national_row
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.settings import Settings
from okoshi.world.country import World
from small_country import behaviour_of
from start_values import START_VALUES


class Years:
    """A measure lived year by year, with its national rows, municipal columns and ledger."""

    def __init__(
        self, world: World, settings: Settings | None = None, seed: int = 1, nation: World | None = None
    ) -> None:
        self.world, self.luck = world, Luck(seed, STREAMS_SHOPPING | STREAMS)
        self.settings = settings or settings_of()
        self.municipalities = found_municipalities(world, behaviour_of().municipalities, self.luck)
        self.measure = Shopping(world, self.settings, self.luck, nation)
        self.ledger = Ledger(LABELS)
        self.national: dict[int, dict[str, Any]] = {}
        self.municipal: dict[int, dict[str, np.ndarray]] = {}
        self.fiscal_year = 2009

    def live(self, last: int, **given: Any) -> Years:
        """Live up to a fiscal year; `given` are what others hand over in April."""
        while self.fiscal_year <= last:
            year = self.year(self.fiscal_year)
            self.measure.open_year(year, **given)
            self.measure.close_year(year, self.ledger)
            self.national[self.fiscal_year] = national_row(self.measure, self.fiscal_year)
            self.municipal[self.fiscal_year] = municipal_columns(self.measure)
            self.fiscal_year += 1
        return self

    def year(self, fiscal_year: int) -> MeasureYear:
        """Return what the measure meets in a fiscal year."""
        prices = self.settings.value("context.price_index", fiscal_year)
        return MeasureYear(
            fiscal_year=fiscal_year,
            first_month=month_index(fiscal_year),
            settings=self.settings,
            nation_share=1.0,
            openings_per_applicant=1.0,
            wage_index=1.0,
            price_index=float(prices),
            world=self.world,
            municipalities=self.municipalities,
            members=Members(1),
            population=self.world.population[fiscal_year - 2009],
            population_65plus=self.world.population_65plus[fiscal_year - 2009],
            luck=self.luck,
        )

    def yen(self, item: str) -> dict[int, int]:
        """Return the yen of an item by fiscal year."""
        books = self.ledger.total(("fiscal_year", "item"))
        mine = books["item"] == LABELS.item.index(item)
        return dict(zip(books["fiscal_year"][mine].tolist(), books["yen"][mine].tolist(), strict=True))


def settings_of(**keys: object) -> Settings:
    """Return the baseline's settings with parameters changed; `__` stands for a dot, `_at_YEAR` dates one."""
    values = {}
    for name, value in keys.items():
        plain, _, year = name.partition("_at_")
        values[plain.replace("__", ".") + (f"@{year}" if year else "")] = value
    return load_scenario("baseline", set=START_VALUES).changed(values).settings
