"""One run of a comparison: a scenario in a world (rival structures, a draw of parameters) under a common seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from okoshi.agents.books import Payer
from okoshi.agents.cooperators import Members
from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.draft import STRUCTURE
from okoshi.scenario.scenario import Scenario
from okoshi.study.grouping import grouped_outcomes
from okoshi.study.runs import Columns, Task
from okoshi.study.units import Left, Units, units_of

PAYERS = tuple(f"yen_{payer.name.lower()}" for payer in Payer)


@dataclass(frozen=True)
class Settlers:
    """Who lives where at the end of the run: lasting keys (sorted), places, and who would have come anyway."""

    key: Array
    place: Array
    anyway: Array


@dataclass(frozen=True)
class Outcome:
    """What one paired run leaves for the comparison; groups, units and yen only in the worlds that ask for them.

    `spent` is what each payer paid in every year from FY2009 on, also those that the scenario does not write: who has
    settled since then is paid since then.
    """

    national: Columns
    grouped: dict[tuple[str, str], Array]
    settlers: Settlers
    units: Left = field(default_factory=dict)
    spent: Columns = field(default_factory=dict)


@dataclass(frozen=True)
class PairedTask(Task):
    """A task whose seed comes from the comparison, not from its own scenario; `whole`: all of it is wanted."""

    common_seed: int
    by: str
    whole: bool = True

    @property
    def seed(self) -> int:
        """The seed that all scenarios of this replicate share."""
        return self.common_seed


def run_paired(task: PairedTask) -> Outcome:
    """Run one scenario under a common seed and keep what a comparison needs."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    national = model.tables(["national"])["national"]
    numbers = {name: column for name, column in national.items() if column.dtype.kind in "if"}
    if not task.whole:
        nobody = np.zeros(0, dtype=np.int64)
        return Outcome(numbers, {}, Settlers(nobody, nobody, nobody))
    years = FIRST_FISCAL_YEAR, task.scenario.years[1]
    lived = model.seen.tables(["national"], model.records, model.ledger, years)["national"]
    return Outcome(
        numbers,
        grouped_outcomes(model, task.by),
        settlers_of(model.members),
        units_of(model),
        {name: lived[name] for name in ("fiscal_year", *PAYERS)},
    )


def settlers_of(members: Members) -> Settlers:
    """Return who lives in a place as a former member now, in the order of keys."""
    from okoshi.study.units import settlers_after

    found: Units = settlers_after(members, 0, 0)
    return Settlers(found.key, found.place, found.anyway)


type Draw = Mapping[str, object]  # keys of behaviour and their values, as a scenario sets them


@dataclass(frozen=True)
class World:
    """What a comparison is repeated under: rival structures (none: each scenario's own), and a draw of parameters."""

    structure: tuple[str, ...]
    draw: int

    def applied(
        self, scenario: Scenario, draws: Sequence[Draw], rivals: Mapping[str, Sequence[Draw]]
    ) -> Scenario:
        """Return a scenario in this world; what it says itself of behaviour wins over the draw.

        `rivals` holds draws for forms of adoption that have their own; the others share `draws`.
        """
        keys: dict[str, object] = {
            f"structure.{name}": value for name, value in zip(STRUCTURE, self.structure, strict=False)
        }
        scenario = scenario.changed(keys) if keys else scenario
        if not draws:
            return scenario
        chosen = rivals.get(scenario.structure.adoption, draws)[self.draw]
        drawn = {name: catalogue()[name].check(value) for name, value in chosen.items()}
        return replace(scenario, settings=scenario.settings.with_draw(drawn))


def structure_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the structures that a scenario chooses, in the order of `STRUCTURE`."""
    return tuple(str(getattr(scenario.structure, name)) for name in STRUCTURE)


def all_structures() -> list[tuple[str, ...]]:
    """Return the eight combinations of rival structures."""
    return list(product(*(tuple(str(value) for value in kind) for kind in STRUCTURE.values())))


def families_of(structures: Sequence[tuple[str, ...]], rivals: Mapping[str, Sequence[Draw]]) -> Array:
    """Return a number for each combination of structures, the same for those that share their draws."""
    place = list(STRUCTURE).index("adoption")
    own = [one[place] if one and one[place] in rivals else "" for one in structures]
    return np.unique(own, return_inverse=True)[1]
