"""What is seen of a whole run: a year on 31 March, and all output tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from okoshi.agents.conditions import Conditions
from okoshi.engine.columns import Array
from okoshi.engine.ledger import Ledger
from okoshi.measures.cooperators import Cooperators
from okoshi.measures.people import People
from okoshi.measures.together import OtherMeasures
from okoshi.observe import (
    digital,
    dispatch,
    local_10000,
    people,
    related,
    shopping,
    support,
    tables,
    university,
)
from okoshi.observe.national import Recruitment, Row, national_row
from okoshi.observe.places import municipal_columns
from okoshi.observe.records import Records
from okoshi.observe.shop_services import services_table
from okoshi.observe.tables import DIGITS, Columns
from okoshi.world.country import World

_OF_PLACES = (
    "staff_hours",
    "staff_yen",
    "staff_yen_of_other_measures",
    "related_people",
    "related_former_members",
    "related_guests",
)


def exact(value: float | int | str) -> float | int | str:
    """Return a share without the last digits that hang on the order in which people were added up."""
    return round(value, DIGITS) if isinstance(value, float) else value


@dataclass(frozen=True)
class Seen:
    """The parts of a run as they are before month `until`."""

    world: World
    cooperators: Cooperators
    people: People
    measures: OtherMeasures
    until: int

    def year(self, now: Conditions) -> tuple[Row, dict[str, Array]]:
        """Return the national row and the municipal columns of the fiscal year that has just ended."""
        fiscal_year = now.fiscal_year
        places = self._municipal(now)
        scheme, measures = self.cooperators, self.measures
        market = Recruitment.of(scheme.pool, scheme.municipalities.posts, scheme.matches)
        row = national_row(scheme.members, self.until, len(self.world), market)
        for part in (
            support.national_row(scheme.members, scheme.municipalities, now, self.until),
            people.national_row(self.people, fiscal_year),
            local_10000.national_row(measures.local_10000, fiscal_year),
            dispatch.national_row(measures.dispatch, fiscal_year),
            university.national_row(measures.university, fiscal_year),
            shopping.national_row(measures.shopping, fiscal_year),
            digital.national_row(measures.digital, fiscal_year),
        ):
            row.update(part)
        row["price_index"] = now.price_index
        row |= {name: int(places[name].sum()) for name in _OF_PLACES}
        return {name: exact(value) for name, value in row.items()}, places

    def _municipal(self, now: Conditions) -> dict[str, Array]:
        """Return one array (municipalities) a column."""
        measures, scheme, places, fiscal_year = (
            self.measures,
            self.cooperators,
            len(self.world),
            now.fiscal_year,
        )
        columns = {
            **municipal_columns(scheme.municipalities, scheme.members, self.until),
            **people.municipal_columns(self.people, fiscal_year),
            **local_10000.municipal_columns(measures.local_10000),
            **dispatch.municipal_columns(measures.dispatch),
            **university.municipal_columns(measures.university),
            **shopping.municipal_columns(measures.shopping),
            **digital.municipal_columns(measures.digital),
        }
        of_students = measures.university.of_students
        former = related.related_former_members(scheme.members, self.until, of_students, places)
        guests = related.guests_by_place(scheme.guests, places)
        everybody = columns["related_students"] + columns["dispatch_related_people"] + former + guests
        hours = (
            measures.dispatch.staff_hours + measures.university.staff_hours + measures.digital.hours_beside
        )
        an_hour = scheme.behaviour.municipalities.staff_yen_per_hour * now.wage_index
        return columns | {
            "staff_yen_of_other_measures": np.rint(hours * an_hour).astype(np.int64),
            "related_people": everybody,
            "related_former_members": former,
            "related_guests": guests,
        }

    def tables(
        self, wanted: Iterable[str], records: Records, ledger: Ledger, years: tuple[int, int]
    ) -> dict[str, Columns]:
        """Return the tables wanted, columns by name, of the years from the first to the last given."""
        world, measures = self.world, self.measures

        def municipalities() -> Columns:
            return tables.municipality_table(records, ledger, world, years)

        makers: dict[str, Callable[[], Columns]] = {
            "national": lambda: tables.national_table(records, ledger, years),
            "prefectures": lambda: tables.prefecture_table(municipalities(), ledger, world),
            "municipalities": municipalities,
            "members": lambda: tables.member_table(self.cooperators.members, world, self.until),
            "enterprises": lambda: local_10000.enterprise_table(measures.local_10000, world, years),
            "dispatches": lambda: dispatch.dispatches_table(measures.dispatch, world, years),
            "projects": lambda: university.projects_table(measures.university, world, years),
            "services": lambda: services_table(measures.shopping, world, years),
            "people": lambda: people.people_table(self.people, years),
            "ledger": lambda: tables.ledger_table(ledger, world, years),
            "observed": lambda: tables.observed_table(years),
        }
        return {name: makers[name]() for name in wanted}
