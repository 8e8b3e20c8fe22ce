"""The page itself: buttons, numbers and panels. Solara shows `Page` in each tab of the browser."""

from __future__ import annotations

from importlib import resources

import solara
import solara.lab

from okoshi.app.page import pictures, readings
from okoshi.app.page.panels import LookPanel, MapPanel, SeriesPanel, SpreadPanel
from okoshi.app.page.parts import Choice, TableOf, Text, Width
from okoshi.app.page.policy import PolicyPart
from okoshi.app.page.state import NO_SCENARIO, State, names_beside
from okoshi.language.messages import language, say

PANELS = (MapPanel, SeriesPanel, LookPanel, SpreadPanel)
TABS = ("page.tab_map", "page.tab_series", "page.tab_look", "page.tab_spread")


@solara.component
def Layout(children: list[solara.Element] = []) -> None:  # noqa: B006  # Solara asks for this default
    """Show the page alone, without Solara's own bars."""
    solara.Div(children=children)


@solara.component
def Page() -> None:
    """Show the model as it is now."""
    state = solara.use_memo(State.new, [])
    solara.Title(f"Okoshi · {state.stage.start.name}")
    solara.Style(resources.files("okoshi.app.page").joinpath("page.css").read_text(encoding="utf-8"))
    Width(language=language(), event_narrow=state.narrow.set)
    with solara.Div(classes=["okoshi"], attributes={"lang": language(), "role": "main"}):
        with solara.Div():
            Text(say("page.title", scenario=state.stage.start.shown_title or state.stage.start.name), "h1")
            if state.stage.own.world.invented:
                Text(say("run.invented"), kind="okoshi-small")
        Controls(state)
        if state.fault.value:
            solara.Error(state.fault.value)
        with solara.Div(classes=["okoshi-columns"]):
            with solara.Div(classes=["okoshi-policy"]):
                PolicyPart(state)
            with solara.Div(classes=["okoshi-panels"]):
                Numbers(state)
                with solara.lab.Tabs(value=state.tab):
                    for name in TABS:
                        solara.lab.Tab(say(name))
                PANELS[state.tab.value](state)


@solara.component
def Controls(state: State) -> None:
    """Show the date, the buttons that step, and the choice of what stands beside."""
    stage, _ = state.stage, state.version.value
    busy, over = state.busy.value, stage.is_over
    with solara.Div(classes=["okoshi-controls"]):
        shown = stage.shown_month
        text = say("page.lived_until", month=shown) if shown else say("page.not_begun")
        solara.HTML("p", text, classes=["okoshi-date"], attributes={"role": "status", "data-month": shown})
        solara.Button(say("page.step_month"), on_click=lambda: state.act(stage.step), disabled=busy or over)
        solara.Button(
            say("page.step_year"),
            on_click=lambda: state.act(stage.step_year),
            disabled=busy or over,
            color="primary",
        )
        if busy:
            solara.Button(say("page.halt"), on_click=state.halt.set)
        else:
            solara.Button(say("page.play"), on_click=state.play, disabled=over)
        solara.Button(
            say("page.reset"), on_click=lambda: state.act(stage.reset), disabled=busy or not stage.month
        )
        name = stage.second.name if stage.second is not None else NO_SCENARIO
        Choice(
            say("page.beside"),
            names_beside(stage),
            name,
            lambda chosen: state.put_beside(chosen or NO_SCENARIO),
        )


@solara.component
def Numbers(state: State) -> None:
    """Show the numbers of the month, scenario by scenario, and how far they are apart."""
    stage, _ = state.stage, state.version.value
    found = {name: readings.numbers(model) for name, model in pictures.runs_of(stage).items()}
    heads, rows = ["", *found], []
    for name in readings.NUMBERS:
        values = [numbers[name] for numbers in found.values()]
        row = [say(f"page.number_{name}"), *(f"{value:,}" for value in values)]
        if len(values) > 1:
            row.append(f"{values[0] - values[1]:+,}")
        rows.append(row)
    if len(found) > 1:
        heads.append(say("page.difference"))
    TableOf(heads, rows, say("page.numbers"), numbers=True)
