"""What can be looked at: the map, the series, one place or person, distributions."""

from __future__ import annotations

from functools import partial
from typing import Any

import solara

from okoshi.app.page import pictures, readings
from okoshi.app.page.parts import Choice, PictureOf, TableOf, Text
from okoshi.app.page.state import State
from okoshi.figures.words import figure_text, title_of, unit_of
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.scenario.prefectures import PREFECTURES

LAST_YEARS = 6
OF_PLACE = ("members", "settled_stock", "startups_by_members", "population", "related_people")


@solara.component
def MapPanel(state: State) -> None:
    """Show the municipalities as points, month by month; two maps where a second scenario stands beside."""
    stage, version = state.stage, state.version.value
    columns = readings.map_columns(stage.own)
    column = state.map_column.value if state.map_column.value in columns else columns[0]
    prefectures = sorted(
        set(stage.own.world.prefectures.name[stage.own.world.prefecture].tolist()), key=_order
    )
    with solara.Div(classes=["okoshi-choices"]):
        items = [{"title": title_of(name, "municipalities"), "value": name} for name in columns]
        Choice(say("page.map_column"), items, column, state.map_column.set)
        whole = "page.whole_country" if len(prefectures) == len(PREFECTURES) else "page.all_of_run"
        places = [{"title": say(whole), "value": ""}]
        places += [
            {"title": f"{name} {PREFECTURES.get(name, '')}".strip(), "value": name} for name in prefectures
        ]
        Choice(
            say("page.prefecture"),
            places,
            state.prefecture.value,
            lambda name: state.prefecture.set(name or ""),
        )
    monthly = column in readings.LIVE_COLUMNS
    Text(
        say("page.map_monthly" if monthly else "page.map_yearly", month=stage.shown_month or "–"),
        kind="okoshi-small",
    )
    if stage.beside is not None:
        Text(say("page.own_scale"), kind="okoshi-small")
    prefecture, narrow = state.prefecture.value or None, state.narrow.value or stage.beside is not None
    with solara.Div(classes=["okoshi-beside"]):
        for name, model in pictures.runs_of(stage).items():
            with solara.Div():
                if stage.beside is not None:
                    Text(name, "h3")
                draw = partial(pictures.draw_map, stage, model, column, prefecture, narrow=narrow)
                PictureOf(draw, [version, column, prefecture, name, narrow])


def _order(name: str) -> int:
    return list(PREFECTURES).index(name) if name in PREFECTURES else len(PREFECTURES)


@solara.component
def SeriesPanel(state: State) -> None:
    """Show columns of the national table over the years, with the official points."""
    items = [{"title": f"{title_of(name)} ({name})", "value": name} for name in readings.national_columns()]

    def choose(names: list[str]) -> None:
        state.series.value = list(names)[-4:]

    with solara.Div(classes=["okoshi-choices"]):
        Choice(say("page.series_columns"), items, state.series.value, choose, several=True)
    if state.series.value:
        columns, narrow = tuple(state.series.value), state.narrow.value
        draw = partial(pictures.draw_series, state.stage, columns, narrow=narrow)
        PictureOf(draw, [state.version.value, columns, narrow])
    Text(say("page.series_note"), kind="okoshi-small")


@solara.component
def SpreadPanel(state: State) -> None:
    """Show how any column of any kind of agent is spread."""
    kinds = readings.kinds(state.stage.own)
    kind = state.kind.value
    column = state.column.value if state.column.value in kinds[kind] else kinds[kind][0]
    found = readings.values_of(state.stage.own, kind, column)
    with solara.Div(classes=["okoshi-choices"]):
        names = [{"title": readings.kind_name(name), "value": name} for name in kinds]
        Choice(say("page.kind"), names, kind, lambda name: name and state.kind.set(name))
        columns = [
            {"title": f"{readings.meaning_of(kind, declared)} ({name})", "value": name}
            for name, declared in readings.columns_of(state.stage.own, kind).items()
        ]
        Choice(say("page.column"), columns, column, lambda name: name and state.column.set(name))
    draw = partial(pictures.draw_distribution, state.stage, kind, column, narrow=state.narrow.value)
    PictureOf(draw, [state.version.value, kind, column, state.narrow.value])
    if found.without:
        Text(say("page.without", count=f"{found.without:,}"), kind="okoshi-small")


@solara.component
def LookPanel(state: State) -> None:
    """Show one municipality or one member, found by code, name or key."""
    with solara.Div(classes=["okoshi-beside"]):
        with solara.Div():
            PlacePart(state)
        with solara.Div():
            MemberPart(state)


@solara.component
def PlacePart(state: State) -> None:
    """Find a municipality and show what it is, what was seen of it, and who serves there."""
    stage, _ = state.stage, state.version.value
    Text(say("page.place"), "h2")
    names = readings.names_of_places(stage.own)
    items = [{"title": f"{name} ({code})", "value": code} for code, name in names.items()]
    Choice(say("page.find_place"), items, state.place.value or None, lambda code: state.place.set(code or ""))
    code = state.place.value
    if code not in names:
        return
    name = names[code]
    Text(f"{name} ({code})", "h3")
    years = readings.place_years(stage.own, code)[-LAST_YEARS:]
    if years:
        heads = ["", *(str(row["fiscal_year"]) for row in years)]
        rows = [
            [title_of(column, "municipalities"), *(_figure(row[column], column) for row in years)]
            for column in OF_PLACE
            if column in years[0]
        ]
        TableOf(heads, rows, say("page.place_years"), numbers=True)
    keys = readings.members_there(stage.own, code)
    Text(say("page.serving_there", count=len(keys)))
    for key in keys[: readings.MOST_FOUND]:
        solara.Button(key, text=True, on_click=partial(state.member.set, key))
    agent_table(
        readings.agent_rows(stage.own, readings.place_agent(stage.own, code)), say("page.columns_now")
    )


def _figure(value: Any, column: str) -> str:
    return figure_text(float(value), unit_of(column, "municipalities"))


def agent_table(rows: list[tuple[str, str, str]], name: str) -> None:
    """Show the columns of an agent."""
    TableOf([say("page.column"), say("page.value_head"), say("page.unit")], rows, name)


@solara.component
def MemberPart(state: State) -> None:
    """Find a member by key and tell its life so far."""
    stage, _ = state.stage, state.version.value
    Text(say("page.member"), "h2")
    solara.InputText(
        say("page.find_member"), value=state.member.value, on_value=state.member.set, continuous_update=True
    )
    key = state.member.value.strip().lower()
    if len(key) < readings.KEY_DIGITS:
        found = readings.find_members(stage.own, key)
        Text(say("page.some_members" if not key else "page.members_found", count=len(found)))
        for some in found:
            solara.Button(some, text=True, on_click=partial(state.member.set, some))
        return
    try:
        sentences = pictures.words_of_member(stage.own, key)
    except InputError as error:
        solara.Error(str(error))
        return
    for sentence in sentences:
        Text(sentence)
    agent = readings.member_agent(stage.own, key)
    if agent is None:
        Text(say("page.left"), kind="okoshi-small")
    else:
        agent_table(readings.agent_rows(stage.own, agent), say("page.columns_now"))
