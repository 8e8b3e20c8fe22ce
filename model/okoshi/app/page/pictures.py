"""The pictures of the page: those of reports and notebooks, drawn from the model as it is now."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from okoshi.app.page import readings
from okoshi.app.page.stage import Stage
from okoshi.figures.about import About
from okoshi.figures.country import map_of_municipalities, places_of
from okoshi.figures.distributions import distribution
from okoshi.figures.over_time import series
from okoshi.figures.style import narrow_form
from okoshi.figures.words import ColumnsMissingError
from okoshi.language.messages import say
from okoshi.study.history import words_until

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.figures.style import Picture
    from okoshi.simulation import RegionalModel

DPI = 110
_drawing = threading.Lock()  # matplotlib's settings are of the whole process


@dataclass(frozen=True)
class Shot:
    """A picture as the page shows it: headline, what it shows in words, the PNG; without one, why."""

    title: str
    words: str
    png: bytes = b""

    @cached_property
    def source(self) -> str:
        """The PNG as the address of an image."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def _shot(draw: Callable[[], Picture], narrow: bool) -> Shot:
    with _drawing:
        try:
            with narrow_form(narrow):
                picture = draw()
        except ColumnsMissingError as error:
            return Shot("", str(error))
        return Shot(picture.title, picture.alternative, picture.png(DPI))


def name_of(stage: Stage, model: RegionalModel) -> str:
    """Return what a scenario on the page is called; changes made on the page are said."""
    if model is not stage.own:
        name = stage.second.name if stage.second is not None else ""
        return name if name != stage.start.name else say("page.unchanged", name=name)
    return say("page.changed", name=stage.start.name) if stage.changes else stage.start.name


def runs_of(stage: Stage) -> dict[str, RegionalModel]:
    """Return the models on the page by the names of their scenarios."""
    return {name_of(stage, model): model for model in stage.models()}


def _about(stage: Stage, *models: RegionalModel) -> About:
    own = About.of_scenario(stage.own.scenario, invented=stage.own.world.invented)
    names = ", ".join(name_of(stage, model) for model in models or stage.models())
    shown = (models or (stage.own,))[0]
    until = min(words_until(model.scenario.in_full()) for model in models or stage.models())
    return replace(own, scenario=names, scenario_hash=shown.scenario.hash, words_until=until)


def draw_series(stage: Stage, columns: Sequence[str], *, narrow: bool = False) -> Shot:
    """Draw columns of the national table over the years lived, with the official points."""

    def draw() -> Picture:
        tables: dict[str, pd.DataFrame] = {}
        for name, model in runs_of(stage).items():
            table = readings.national_frame(model)
            if table is None:
                raise ColumnsMissingError(say("page.no_year"))
            tables[name] = table
        return series(tables, readings.observed_frame(stage.own), _about(stage), columns)

    return _shot(draw, narrow)


def draw_map(
    stage: Stage, model: RegionalModel, column: str, prefecture: str | None, *, narrow: bool = False
) -> Shot:
    """Draw a column of the municipalities of one model as points."""

    def draw() -> Picture:
        table = readings.municipal_frame(model, column)
        places = places_of(model.world)
        return map_of_municipalities(table, places, _about(stage, model), column, prefecture=prefecture)

    return _shot(draw, narrow)


def draw_distribution(stage: Stage, kind: str, column: str, *, narrow: bool = False) -> Shot:
    """Draw how a column of the living agents of a kind is spread."""

    def draw() -> Picture:
        found = {name: readings.values_of(model, kind, column) for name, model in runs_of(stage).items()}
        declared = next(iter(found.values())).column
        meaning = readings.meaning_of(kind, declared)
        title = say("page.distribution_title", kind=readings.kind_name(kind), meaning=meaning)
        unit = declared.unit if declared.unit not in ("code", "flag") else ""
        labels = readings.labels_of(declared)
        return distribution(
            {name: values.values for name, values in found.items()}, _about(stage), title, unit, labels
        )

    return _shot(draw, narrow)


def words_of_member(model: RegionalModel, key: str) -> list[str]:
    """Return the sentences of a member's life so far. Raises InputError for a key that nobody has."""
    from okoshi.app.explain import history

    names = readings.names_of_places(model)
    return history(readings.member_record(model, key), names)
