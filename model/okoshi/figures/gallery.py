"""Which pictures belong to a run, to a prefecture of it, to a comparison: in the order in which one reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from okoshi.figures.about import About
from okoshi.figures.words import ColumnsMissingError
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.figures.style import Picture

COOPERATORS = (
    "members",
    "municipalities_with_members",
    "settled_share_all",
    "settled_share_last_5_years",
    "settled",
    "startups_by_members",
)
OTHER_MEASURES = (
    "dispatched_dispatched",
    "local_10000_projects_so_far",
    "enterprises_alive",
    "student_participants",
    "mobile_vans",
    "municipalities_with_digital_talent",
)
OF_PREFECTURE = ("members", "settled_stock", "ended_so_far", "startups_by_members")
NAMES = (
    "series_cooperators",
    "series_other_measures",
    "applicants_to_settlers",
    "money_by_payer",
    "money_by_measure",
    "map_of_prefectures",
    "map_of_municipalities",
    "funnel_of_companies",
    "contracts_by_origin",
    "bunching_at_the_ladder",
    "coverage_of_shops",
    "series_of_prefecture",
    "paired_differences",
    "differences_by_year",
    "gains_and_losses",
    "map_of_differences",
)

Tables = Mapping[str, "pd.DataFrame"]
Drawing = Callable[[], "Picture"]


def pictures_of_run(
    tables: Tables, about: About, places: pd.DataFrame | None = None, left_out: list[str] | None = None
) -> Iterator[Picture]:
    """Draw what the tables of a run allow; why a picture is left out is added to `left_out`.

    `places` are the coordinates of municipalities (`places_of`); without them there is no map of points.
    """
    from okoshi.figures import companies, country, ladder, money, over_time, people_flow, shops

    table, alone = _Lookup(tables), "" if about.whole else "_alone"
    measures = [column for column in OTHER_MEASURES if "national" in tables and column in tables["national"]]
    drawings: list[Drawing] = [
        lambda: over_time.series(
            table["national"],
            table["observed"],
            about,
            COOPERATORS,
            title=say(f"pictures.series_of_cooperators{alone}"),
            name="series_cooperators",
        ),
        lambda: people_flow.flows(table["national"], table["members"], about),
        lambda: money.money_by_payer(table["national"], about),
        lambda: money.money_by_measure(table["ledger"], about),
        lambda: country.map_of_prefectures(table["prefectures"], about, per_people=True),
    ]
    if measures:
        drawings.insert(
            1,
            lambda: over_time.series(
                table["national"],
                table["observed"],
                about,
                measures,
                title=say(f"pictures.series_of_other_measures{alone}"),
                name="series_other_measures",
            ),
        )
    if places is not None:
        drawings.append(lambda: country.map_of_municipalities(table["municipalities"], places, about))
    drawings += [
        lambda: companies.funnel_of_companies(table["national"], about),
        lambda: companies.contracts_by_origin(table["national"], about),
        lambda: ladder.bunching_at_the_ladder(table["enterprises"], about),
        lambda: shops.coverage_of_shops(table["national"], table["observed"], about),
    ]
    return _draw(drawings, left_out)


def pictures_of_prefecture(
    tables: Tables,
    about: About,
    prefecture: str,
    places: pd.DataFrame | None = None,
    left_out: list[str] | None = None,
) -> Iterator[Picture]:
    """Draw what the tables of a run say of one prefecture."""
    from okoshi.figures import country, over_time

    table = _Lookup(tables)

    def own_series() -> Picture:
        rows = table["prefectures"]
        mine = rows[rows["prefecture"] == prefecture]
        return over_time.series_of_prefecture(mine, about, prefecture, OF_PREFECTURE)

    drawings: list[Drawing] = [own_series]
    if places is not None:
        drawings.append(
            lambda: country.map_of_municipalities(
                table["municipalities"], places, about, prefecture=prefecture
            )
        )
    drawings.append(lambda: country.map_of_prefectures(table["prefectures"], about, per_people=True))
    return _draw(drawings, left_out)


def pictures_of_comparison(
    differences: pd.DataFrame, about: About, left_out: list[str] | None = None
) -> Iterator[Picture]:
    """Draw differences of one year, over the years, by group where there are groups, and on the map."""
    from okoshi.figures import comparing, country

    drawings: list[Drawing] = [
        lambda: comparing.paired_differences(differences, about),
        lambda: comparing.differences_by_year(differences, about),
    ]
    if set(differences["group"]) - {comparing.NATION}:
        if "prefecture" in comparing.kinds_of_groups(differences):
            drawings.append(lambda: country.map_of_differences(differences, about))
        else:
            drawings.append(lambda: comparing.gains_and_losses(differences, about))
    return _draw(drawings, left_out)


class _Lookup:
    """Tables by name; one that is not there is an error of the picture that wants it."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.tables:
            raise ColumnsMissingError(say("pictures.no_table", table=name))
        return self.tables[name]


def _draw(drawings: list[Drawing], left_out: list[str] | None) -> Iterator[Picture]:
    for draw in drawings:
        try:
            yield draw()
        except ColumnsMissingError as error:
            if left_out is not None and str(error) not in left_out:
                left_out.append(str(error))
