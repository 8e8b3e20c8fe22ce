"""What one tab of the browser holds: the stage, and what is chosen on the page."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import solara

from okoshi.app.page.serving import LAUNCH
from okoshi.app.page.stage import Stage
from okoshi.language.errors import InputError
from okoshi.language.messages import language, say
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.shipped import shipped_names

NO_SCENARIO = ""
FIRST_CHOSEN = ("policy.cooperators.startup_per_member",)
FIRST_SERIES = ("members", "settled_share_last_5_years")


class State:
    """The stage and the reactive values that the parts of the page share; `version` counts what was drawn."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.halt = stage, threading.Event()
        self.version: Any = solara.Reactive(0)
        self.busy: Any = solara.Reactive(False)
        self.fault: Any = solara.Reactive("")
        self.chosen: Any = solara.Reactive(list(FIRST_CHOSEN))
        self.narrow: Any = solara.Reactive(False)  # the window of the browser
        self.tab: Any = solara.Reactive(0)
        self.series: Any = solara.Reactive(list(FIRST_SERIES))
        self.map_column: Any = solara.Reactive("members")
        self.prefecture: Any = solara.Reactive("")
        self.kind: Any = solara.Reactive("Cooperator")
        self.column: Any = solara.Reactive("attachment")
        self.place: Any = solara.Reactive("")
        self.member: Any = solara.Reactive("")

    @classmethod
    def new(cls) -> State:
        """Return what a new tab begins with."""
        start = LAUNCH.scenario if LAUNCH.scenario is not None else load_scenario("baseline")
        state = cls(Stage(start, LAUNCH.beside, dict(LAUNCH.changes), dict(LAUNCH.settings)))
        names = [key.partition("@")[0] for key in state.stage.changes]
        state.chosen.value = list(dict.fromkeys([*names, *FIRST_CHOSEN]))
        return state

    def act(self, action: Callable[[], None]) -> None:
        """Do something with the stage and show what it is then; an error of the input is shown as it is."""
        self.busy.value = True
        try:
            action()
            self.fault.value = ""
        except InputError as error:
            self.fault.value = str(error)
        finally:
            self.busy.value = False
            self.version.value += 1

    def play(self) -> None:
        """Live year after year to the end, showing each; `halt` ends it."""
        self.halt.clear()
        self.busy.value = True

        def live() -> None:
            try:
                while not self.stage.is_over and not self.halt.is_set():
                    self.stage.step_year()
                    self.version.value += 1
            finally:
                self.busy.value = False

        threading.Thread(target=live, daemon=True).start()

    def put_beside(self, name: str) -> None:
        """Show the scenario of that name beside the own one; an empty name takes it away."""
        stage = self.stage
        if name == NO_SCENARIO:
            self.act(lambda: stage.put_beside(None))
        elif name == stage.start.name:
            self.act(lambda: stage.put_beside(stage.start))
        else:
            self.act(lambda: stage.put_beside(load_scenario(name)))


def names_beside(stage: Stage) -> list[dict[str, str]]:
    """Return what may stand beside: nothing, the scenario without the changes, the shipped ones."""
    own = stage.start.name
    titles = _titles(language())
    return [
        {"title": say("page.nothing_beside"), "value": NO_SCENARIO},
        {"title": say("page.unchanged", name=own), "value": own},
        *({"title": title, "value": name} for name, title in titles.items() if name != own),
    ]


@cache
def _titles(language: str) -> dict[str, str]:
    """Return title and name of each shipped scenario by name; `language` is the one in use."""
    loaded = {name: load_scenario(name) for name in shipped_names()}
    return {
        name: say("pictures.with_unit", name=found.shown_title, unit=name) for name, found in loaded.items()
    }
