"""Pictures: one function a question, from tables (pandas data frames) as `okoshi.run` and the Parquet files give them.

The names below are the interface; each is imported when it is first asked for. `About` says what stands in the foot.
A picture of one's own in the same look: within `look()`, axes from `canvas`, a `legend`, and `picture` at the end.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from okoshi.figures.about import About
    from okoshi.figures.companies import contracts_by_origin, funnel_of_companies
    from okoshi.figures.comparing import (
        differences_by_year,
        gains_and_losses,
        group_in_words,
        paired_differences,
        weakest,
    )
    from okoshi.figures.country import (
        map_of_differences,
        map_of_municipalities,
        map_of_prefectures,
        places_of,
    )
    from okoshi.figures.distributions import distribution
    from okoshi.figures.factors import factor_in_words
    from okoshi.figures.ladder import bunching_at_the_ladder
    from okoshi.figures.money import money_by_measure, money_by_payer
    from okoshi.figures.over_time import series
    from okoshi.figures.people_flow import flows
    from okoshi.figures.shops import coverage_of_shops
    from okoshi.figures.style import Picture, canvas, fill_style, legend, line_style, look, name_axes, picture
    from okoshi.figures.words import ColumnsMissingError, column_in_words

_HOMES = {
    "About": "about",
    "ColumnsMissingError": "words",
    "Picture": "style",
    "bunching_at_the_ladder": "ladder",
    "canvas": "style",
    "column_in_words": "words",
    "contracts_by_origin": "companies",
    "coverage_of_shops": "shops",
    "differences_by_year": "comparing",
    "distribution": "distributions",
    "factor_in_words": "factors",
    "fill_style": "style",
    "flows": "people_flow",
    "funnel_of_companies": "companies",
    "gains_and_losses": "comparing",
    "group_in_words": "comparing",
    "legend": "style",
    "line_style": "style",
    "look": "style",
    "map_of_differences": "country",
    "map_of_municipalities": "country",
    "map_of_prefectures": "country",
    "money_by_measure": "money",
    "money_by_payer": "money",
    "name_axes": "style",
    "paired_differences": "comparing",
    "picture": "style",
    "places_of": "country",
    "series": "over_time",
    "weakest": "comparing",
}
__all__ = [
    "About",
    "ColumnsMissingError",
    "Picture",
    "bunching_at_the_ladder",
    "canvas",
    "column_in_words",
    "contracts_by_origin",
    "coverage_of_shops",
    "differences_by_year",
    "distribution",
    "factor_in_words",
    "fill_style",
    "flows",
    "funnel_of_companies",
    "gains_and_losses",
    "group_in_words",
    "legend",
    "line_style",
    "look",
    "map_of_differences",
    "map_of_municipalities",
    "map_of_prefectures",
    "money_by_measure",
    "money_by_payer",
    "name_axes",
    "paired_differences",
    "picture",
    "places_of",
    "series",
    "weakest",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: matplotlib takes a third of a second."""
    if name not in _HOMES:
        raise AttributeError(f"module 'okoshi.figures' has no attribute {name!r}")
    return getattr(import_module(f"okoshi.figures.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
