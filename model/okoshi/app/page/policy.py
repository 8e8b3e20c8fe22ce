"""The part of the page where policy is changed: a choice of parameters, and for each its slider, switch or field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from okoshi.app.page import choices
from okoshi.app.page.parts import Choice, Text
from okoshi.app.page.stage import Stage
from okoshi.app.page.state import State
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.parameters.catalogue import Parameter, catalogue
from okoshi.parameters.kinds import OPEN

EXPECTED_FROM = 2025  # the fiscal year from which a change is offered before the run has come so far


@solara.component
def PolicyPart(state: State) -> None:
    """Show what can be changed, and the changes as a scenario file."""
    stage, _ = state.stage, state.version.value
    Text(say("page.policy"), "h2")
    items = [
        {"title": f"{item.shown_description} ({name})", "value": name}
        for name, item in choices.settable().items()
        if name not in state.chosen.value
    ]

    def add(name: str | None) -> None:
        if name:
            state.chosen.value = [name, *state.chosen.value]

    Choice(say("page.add_parameter"), items, None, add)
    for name in state.chosen.value:
        ParameterCard(state, name).key(name)
    if stage.is_stale:
        with solara.Div(classes=["okoshi-stale"]):
            Text(say("page.stale"))
            solara.Button(
                say("page.apply"),
                on_click=lambda: state.act(stage.catch_up),
                disabled=state.busy.value,
                color="primary",
            )
    if stage.changes:
        text = choices.as_toml_lines(stage.start, stage.settings | stage.changes)
        Text(text, "pre", "okoshi-toml")
        solara.FileDownload(text, filename="own_scenario.toml", label=say("page.save_scenario"))


def first_year_of(stage: Stage, name: str) -> int:
    """Return the fiscal year from which a change holds: the one already made, else the next to come."""
    for key in stage.changes:
        changed, _, year = key.partition("@")
        if changed == name and year:
            return int(year)
    coming = stage.own.fiscal_year if stage.month else EXPECTED_FROM
    return min(coming, choices.last_date(stage.start))


def value_of(stage: Stage, parameter: Parameter, year: int) -> Any:
    """Return the value in force in a year under the scenario with the changes made so far."""
    return choices.in_force(stage.scenario, parameter.name, year)


@solara.component
def ParameterCard(state: State, name: str) -> None:
    """Show one parameter: what it is, its value, its slider and the year from which it holds."""
    stage, parameter = state.stage, catalogue()[name]
    shown, refresh = solara.use_state(0)
    year, set_year = solara.use_state(first_year_of(stage, name))
    fault, set_fault = solara.use_state("")
    value = value_of(stage, parameter, year)

    def clear() -> None:
        for key in [key for key in stage.changes if key.partition("@")[0] == name]:
            stage.change(key, None)

    def set_to(wanted: object, from_year: int = year) -> None:
        before = dict(stage.changes)
        try:
            clear()
            stage.change(choices.key_of(parameter, from_year), wanted)
            set_fault("")
        except InputError as error:
            stage.changes = before
            set_fault(str(error))
        refresh(shown + 1)
        state.version.value += 1

    def move_year(wanted: int) -> None:
        changed = any(key.partition("@")[0] == name for key in stage.changes)
        set_year(wanted)
        if changed:
            set_to(_as_typed(value), wanted)

    def take_away() -> None:
        clear()
        state.chosen.value = [other for other in state.chosen.value if other != name]
        state.version.value += 1

    with solara.Div(classes=["okoshi-card"], attributes={"data-parameter": name}):
        with solara.Div(classes=["okoshi-card-head"]):
            Text(parameter.shown_description, "h3")
            solara.Button(
                icon_name="mdi-close",
                icon=True,
                small=True,
                on_click=take_away,
                attributes=_named("page.remove"),
            )
        entry = parameter.entry_in_year(year)
        assumed = say("page.assumed") if entry is not None and entry.assumed else ""
        Text(f"{name} · {choices.unit_of(parameter)} {assumed}", kind="okoshi-small")
        Setter(parameter, value, set_to, state.busy.value)
        if parameter.dated:
            YearOf(stage, year, move_year, state.busy.value)
        if fault:
            solara.Error(fault)


@solara.component
def YearOf(stage: Stage, year: int, move: Callable[[int], None], busy: bool) -> None:
    """Show from which fiscal year a change holds, with its slider, which says the same to a screen reader."""
    first, last = stage.start.years[0], choices.last_date(stage.start)
    words = say("page.from_year", year=year)
    Text(words, kind="okoshi-small")
    solara.SliderInt(words, value=year, min=first, max=last, on_value=move, disabled=busy)


def _named(key: str) -> dict[str, str]:
    return {"aria-label": say(key), "title": say(key)}


def _as_typed(value: Any) -> object:
    """Return a stored value as a scenario takes it."""
    from okoshi.scenario.scenario import to_toml

    return to_toml(value)


@solara.component
def Setter(parameter: Parameter, value: Any, set_to: Any, busy: bool) -> None:
    """Show the slider, switch, choice or field of a parameter, whichever fits its kind."""
    slider = choices.slider_of(parameter, value)
    if slider is not None:
        words = choices.written(value)
        Text(say("page.value", value=words, unit=choices.unit_of(parameter)), kind="okoshi-value")
        at = choices.number_of(value, slider)

        def move(wanted: float) -> None:
            if abs(wanted - at) > slider.step / 1000:
                set_to(choices.as_scenario(wanted, slider))

        show = solara.SliderInt if slider.whole else solara.SliderFloat
        make = round if slider.whole else float
        show(
            parameter.shown_description,
            value=make(at),
            min=make(slider.low),
            max=make(slider.high),
            step=make(slider.step),
            on_value=move,
            thumb_label=False,
            disabled=busy,
        )
        low, high = (f"{end:,.10g}" for end in (slider.low, slider.high))
        Text(say("page.range", low=low, high=high), kind="okoshi-small")
        if parameter.may_be_open:
            solara.Switch(
                label=say("page.open"),
                value=value == OPEN,
                on_value=lambda on: set_to(OPEN if on else choices.as_scenario(slider.high, slider)),
            )
    elif parameter.type == "switch":
        solara.Switch(label=say("page.in_force"), value=bool(value), on_value=set_to, disabled=busy)
    elif parameter.choices:
        solara.Select(
            parameter.shown_description,
            values=list(parameter.choices),
            value=str(value),
            on_value=set_to,
            disabled=busy,
        )
    else:
        typed = choices.written(value)
        solara.InputText(
            say("page.typed"), value=typed, on_value=lambda text: set_to(choices.typed(text)), disabled=busy
        )
