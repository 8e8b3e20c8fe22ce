"""Scenarios on draws of calibrated parameters: doubt about parameters and chance together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.parameters.posterior import (
    CALIBRATED,
    FITTED,
    POSTERIOR,
    PRIOR,
    Posterior,
    file_of,
    read_posterior,
    split_label,
)
from okoshi.scenario.documents import written
from okoshi.scenario.scenario import Scenario


@dataclass(frozen=True)
class Ensemble:
    """Draws under the name by which a scenario asks for them."""

    name: str
    posterior: Posterior

    def on_draw(self, scenario: Scenario, number: int, kind: str = POSTERIOR) -> Scenario:
        """Return the scenario on a draw of the posterior or of the prior; what it says itself of behaviour wins."""
        label = f"{self.name}:{number}" if kind == POSTERIOR else PRIOR
        drawn = scenario.settings.with_draw(self.posterior.values(number, kind))
        return replace(scenario, behaviour_parameters=label, settings=drawn)

    def on_draws(self, scenario: Scenario, count: int, kind: str = POSTERIOR) -> list[Scenario]:
        """Return the scenario on the first `count` draws (they stand in the file in random order).

        Raises InputError where there are fewer, or where the scenario says itself on which values it stands.
        """
        refuse_own_values(scenario)
        there = len(self.posterior.draws if kind == POSTERIOR else self.posterior.prior)
        if count > there:
            raise InputError(
                Fault(say("faults.too_few_draws"), key="--draws", value=str(count), allowed=str(there))
            )
        return [self.on_draw(scenario, number, kind) for number in range(count)]


def refuse_own_values(scenario: Scenario) -> None:
    """Raise InputError for a scenario on start values or on one draw: draws in their place would go by its name."""
    name, number = split_label(scenario.behaviour_parameters)
    if name == PRIOR or number is not None:
        raise InputError(
            Fault(
                say("faults.own_values"),
                file=scenario.file,
                key="behaviour.parameters",
                value=written(scenario.behaviour_parameters),
                allowed=say("allowed.own_values"),
            )
        )


def about_of_fit(label: str, adoption: str = FITTED) -> Mapping[str, Any]:
    """Return what is known of the calibration that `behaviour.parameters` names; nothing without one.

    A folder of results may have come without the file of its draws: then nothing is known here.
    """
    if label == PRIOR:
        return {}
    try:
        return read_posterior(file_of(split_label(label)[0], adoption)).about
    except (OSError, ValueError):
        return {}


def ensemble_of(scenario: Scenario) -> Ensemble:
    """Return the draws for a scenario: those of its own file where it names one, else those that ship.

    Raises InputError where there are none.
    """
    name, _ = split_label(scenario.behaviour_parameters)
    return open_ensemble(CALIBRATED if name == PRIOR else name, scenario.structure.adoption)


def open_ensemble(name: str | Path, adoption: str = FITTED) -> Ensemble:
    """Return the draws of a file, or those that ship (`calibrated`) for a form of adoption.

    Raises InputError where there are none.
    """
    path = file_of(str(name), adoption)
    try:
        return Ensemble(str(name), read_posterior(path))
    except FileNotFoundError as error:
        ships = str(name) == CALIBRATED
        what = say("faults.no_calibration" if ships else "faults.no_file")
        raise InputError(Fault(what, file=None if ships else str(path))) from error
    except (OSError, ValueError) as error:
        raise InputError(Fault(say("faults.no_draws", reason=error), file=str(path))) from error
