"""What the page shows: a scenario with the changes made on the page, a second one beside it, both at the same month.

Nothing here knows of a browser. A change of policy is a change of the scenario: the model is lived again from
FY2009 to the month on show, so that every number is the one that `okoshi run` gives for the same scenario.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from okoshi.engine.calendar import FIRST_FISCAL_YEAR, MONTHS, month_text
from okoshi.scenario.scenario import Scenario
from okoshi.simulation import RegionalModel

Progress = Callable[[int, int], None]


@dataclass
class Stage:
    """One or two models at the same month: `own`, changed on the page, and `beside`, as it is in its file.

    `settings` were made to the scenario before the page began and hold for both; a scenario that is saved has them.
    """

    start: Scenario
    second: Scenario | None = None
    changes: dict[str, object] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    own: RegionalModel = field(init=False)
    beside: RegionalModel | None = field(init=False, default=None)
    lock: threading.RLock = field(init=False, default_factory=threading.RLock, repr=False)
    _lived: dict[str, object] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Make the models. Raises InputError for a setting that is not allowed."""
        self.start = self.start.changed(self.settings) if self.settings else self.start
        self.own = RegionalModel(self.scenario)
        self._lived = dict(self.changes)
        self.put_beside(self.second)

    @property
    def scenario(self) -> Scenario:
        """The scenario with the changes made so far. Raises InputError for a change that is not allowed."""
        return self.start.changed(self.changes) if self.changes else self.start

    @property
    def month(self) -> int:
        """The month that comes next, 0 being April of FY2009."""
        return self.own.month

    @property
    def last_month(self) -> int:
        """The month after the last of the scenario."""
        return (self.start.years[1] - FIRST_FISCAL_YEAR + 1) * MONTHS

    @property
    def shown_month(self) -> str:
        """The month lived last, as `2015-04`; empty before the first."""
        return month_text(self.month - 1) if self.month else ""

    @property
    def is_over(self) -> bool:
        """Whether the last month has been lived."""
        return self.month >= self.last_month

    @property
    def is_stale(self) -> bool:
        """Whether a change was made that the model on show has not lived."""
        return self.changes != self._lived

    def models(self) -> Iterator[RegionalModel]:
        """Go through the models there are: the own one first."""
        yield self.own
        if self.beside is not None:
            yield self.beside

    def reset(self) -> None:
        """Go back to the beginning, with the changes made so far."""
        with self.lock:
            self.own = RegionalModel(self.scenario)
            self._lived = dict(self.changes)
            if self.second is not None:
                self.beside = RegionalModel(self.second)

    def change(self, key: str, value: object | None) -> None:
        """Set one key (`KEY` or `KEY@YEAR`), or take the change back (None).

        Raises InputError for what the scenario does not allow, and leaves everything as it was.
        """
        changes = {name: kept for name, kept in self.changes.items() if name != key}
        if value is not None:
            changes[key] = value
        self.start.changed(changes)
        self.changes = changes

    def put_beside(self, scenario: Scenario | None) -> None:
        """Show another scenario beside the own one, at the same month; none takes it away.

        It lives in the same country, years and luck, so that the two differ by their policy alone.
        """
        with self.lock:
            self.second, self.beside = None, None
            if scenario is not None:
                start = self.start
                self.second = replace(scenario, world=start.world, years=start.years, seed=start.seed)
                model = RegionalModel(self.second)
                _live_until(model, self.month)
                self.beside = model

    def catch_up(self, progress: Progress | None = None) -> None:
        """Live again to the month on show where changes were made that the model has not lived."""
        with self.lock:
            if not self.is_stale:
                return
            month, changes = self.month, dict(self.changes)
            model = RegionalModel(self.start.changed(changes) if changes else self.start)
            _live_until(model, month, progress)
            self.own, self._lived = model, changes

    def step(self, months: int = 1) -> None:
        """Live so many months, not beyond the scenario's last year; first catch up with changes."""
        with self.lock:
            self.catch_up()
            until = min(self.month + months, self.last_month)
            for model in self.models():
                _live_until(model, until)

    def step_year(self) -> None:
        """Live to the end of the fiscal year: twelve months, in the middle of a year what is left of it."""
        self.step(MONTHS - self.month % MONTHS)


def _live_until(model: RegionalModel, month: int, progress: Progress | None = None) -> None:
    while model.month < month:
        model.step()
        if progress is not None and model.month % MONTHS == 0:
            progress(model.month, month)
