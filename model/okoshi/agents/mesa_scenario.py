"""A scenario as Mesa asks for it: SolaraViz refuses what is not of Mesa's own kind.

The scenario itself knows nothing of Mesa, whose import most commands need not pay for.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from mesa.experimental.scenarios import Scenario as MesaScenario

from okoshi.scenario.scenario import Scenario


class ScenarioOfMesa(Scenario, MesaScenario):  # type: ignore[misc]  # Mesa carries no types
    """A scenario that is one of Mesa's too, and equal to the one it came from.

    Mesa makes the scenario of a reset model by calling its class without arguments. The class of each is
    therefore its own, `origin` being what that call returns.
    """

    origin: Scenario

    def __init_subclass__(cls) -> None:
        """Leave nothing to Mesa's own settings: every key of a slider goes to the model, which checks it."""
        cls._scenario_defaults = {}

    def __init__(self, **given: Any) -> None:
        own = {field.name: getattr(self.origin, field.name) for field in fields(Scenario)}
        own |= given
        MesaScenario.__init__(self, rng=own["seed"], _scenario_id=0)
        Scenario.__init__(self, **own)

    def __eq__(self, other: object) -> bool:
        """Return whether the two are the same scenario, whichever kind the other is."""
        return isinstance(other, Scenario) and plain(self) == plain(other)

    def __hash__(self) -> int:
        """Return the hash of the scenario that this one is equal to."""
        return hash(plain(self))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle as the plain scenario, since a class of its own cannot be found by name."""
        return of_mesa, (plain(self),)


def of_mesa(scenario: Scenario) -> ScenarioOfMesa:
    """Return the scenario as one of Mesa's kind."""
    one_of_a_kind = type("Scenario", (ScenarioOfMesa,), {"origin": plain(scenario)})
    made: ScenarioOfMesa = one_of_a_kind()
    return made


def plain(scenario: Scenario) -> Scenario:
    """Return the scenario as one that knows nothing of Mesa."""
    if not isinstance(scenario, ScenarioOfMesa):
        return scenario
    return Scenario(**{field.name: getattr(scenario, field.name) for field in fields(Scenario)})
