"""A Mesa model whose agents are rows of tables, beside ordinary Mesa agents.

It rests on private names of Mesa 3.5 (`_all_agents`, `_agents_by_type`, `_do_step`, the collector's
recorders); `tests/unit/test_mesa_idioms.py` holds them fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import mesa
from mesa.experimental.data_collection.dataset import DataRegistry, NumpyAgentDataSet
from mesa.experimental.scenarios import Scenario as MesaScenario

from okoshi.agents.agent_sets import ColumnAgentSet
from okoshi.agents.all_agents import AllAgents
from okoshi.agents.mesa_scenario import of_mesa
from okoshi.agents.views import ColumnAgent, ColumnKind, Mask
from okoshi.engine.columns import Rows, Table
from okoshi.scenario.scenario import Scenario

_IMMUTABLE = (str, int, float, tuple)


class ColumnModel(mesa.Model):  # type: ignore[misc]  # Mesa carries no types
    """A Mesa model with kinds of agents in columns: call `add_kind` for each table.

    `rng` is Mesa's (a seed or a NumPy generator); no draw of the simulation comes from it. `scenario` may be
    any object; one of Okoshi's becomes one of Mesa's kind too.
    """

    def __init__(self, rng: Any = None, scenario: Any = None) -> None:
        super().__init__(rng=rng)
        if scenario is not None:
            self.scenario = scenario
        self._all_agents = AllAgents(self.random)
        self._agents_by_type: dict[type, Any] = {}
        self.data_registry = ColumnDataRegistry()

    @property
    def scenario(self) -> Any:
        """The scenario that the model simulates."""
        return self._scenario

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = of_mesa(scenario) if isinstance(scenario, Scenario) else scenario
        if isinstance(self._scenario, MesaScenario):
            self._scenario.model = self

    def add_kind(
        self,
        agent_class: type[ColumnAgent],
        table: Table,
        alive: Callable[[Any], Mask] | None = None,
        remove: Callable[[Any, Rows], None] | None = None,
    ) -> ColumnAgentSet:
        """Show a table as agents of a class and return their set.

        `alive(table)` says for each row whether its agent lives (without it, all do); it takes the table as
        its argument, so that it holds for a copy of the model too. `remove(table, rows)` ends lives by hand,
        where anybody may. Raises TypeError for a table of another class, ValueError for a class that is
        there already.
        """
        if not isinstance(table, agent_class.table_class):
            raise TypeError(f"a {agent_class.__name__} is a row of {agent_class.table_class.__name__}")
        if agent_class in self._agents_by_type:
            raise ValueError(f"{agent_class.__name__} is there already")
        number = len(self._all_agents.kinds) + 1
        kind = ColumnKind(self, agent_class, table, number, alive, remove)
        agents = ColumnAgentSet(kind, follows=True)
        self._all_agents.kinds[agent_class] = agents
        self._agents_by_type[agent_class] = agents
        return agents

    def remove_all_agents(self) -> None:
        """Take all agents away, empty the tables and close what was tracked."""
        for agents in self._all_agents.kinds.values():
            agents.kind.clear()
        for agent in self._all_agents.ordinary.to_list():
            agent.remove()
        self.data_registry.close()

    def _do_step(self) -> None:
        super()._do_step()
        for agents in self._all_agents.kinds.values():
            agents.kind.bury()


class ColumnDataRegistry(DataRegistry):  # type: ignore[misc]
    """Mesa's registry of tracked data, without the NumPy tracker.

    That one puts properties on the agents' class, so that a second model in the same process reads the first
    one's numbers.
    """

    def create_dataset(self, dataset_type: type, name: str, *args: Any, **kwargs: Any) -> Any:
        """Create and register a data set. Raises TypeError for Mesa's NumPy tracker."""
        if issubclass(dataset_type, NumpyAgentDataSet):
            self._refuse()
        return super().create_dataset(dataset_type, name, *args, **kwargs)

    def track_agents_numpy(self, agent_type: type, name: str, *args: Any, **kwargs: Any) -> Any:
        """Raise TypeError: see the class."""
        self._refuse()

    @staticmethod
    def _refuse() -> None:
        raise TypeError(
            "track_agents_numpy would break every other model in this process; the columns are NumPy arrays "
            "already: model.agents_by_type[KIND].array(NAME), or use track_agents"
        )


class ColumnDataCollector(mesa.DataCollector):  # type: ignore[misc]
    """Mesa's data collector, reading attribute names of column agents as arrays.

    Mesa's own collector works too, at the speed of views.
    """

    def _new_agent_reporter(self, name: str, reporter: Any) -> None:
        super()._new_agent_reporter(name, reporter)
        if isinstance(reporter, str):
            self.agent_reporters[name] = _Attribute(reporter)

    def _new_agenttype_reporter(self, agent_type: type, name: str, reporter: Any) -> None:
        super()._new_agenttype_reporter(agent_type, name, reporter)
        if isinstance(reporter, str):
            self.agenttype_reporters[agent_type][name] = _Attribute(reporter)

    def _record_agents(self, model: Any) -> list[tuple[Any, ...]]:
        reporters = self.agent_reporters.values()
        return [record for part in model.agents.parts for record in _records(model, part, reporters)]

    def _record_agenttype(self, model: Any, agent_type: type) -> Iterable[tuple[Any, ...]]:
        agents = model.agents_by_type.get(agent_type)
        if agents is None:
            records: Iterable[tuple[Any, ...]] = super()._record_agenttype(model, agent_type)
            return records
        return _records(model, agents, self.agenttype_reporters[agent_type].values())


@dataclass(frozen=True)
class _Attribute:
    """A reporter of an attribute by its name, which can be read from columns and, unlike Mesa's, pickled."""

    name: str

    def __call__(self, agent: Any) -> Any:
        """Return the attribute of one agent."""
        return getattr(agent, self.name)


def _records(model: Any, agents: Any, reporters: Iterable[Callable[[Any], Any]]) -> list[tuple[Any, ...]]:
    """Return one row (time, id, *values) for each agent: the shape that `batch_run` reads."""
    columns = [agents.get("unique_id")]
    for reporter in reporters:
        if isinstance(reporter, _Attribute):
            values = agents.get(reporter.name)
        else:
            values = [reporter(agent) for agent in agents.to_list()]
        columns.append([value if isinstance(value, _IMMUTABLE) else deepcopy(value) for value in values])
    return list(zip(repeat(model.time, len(agents)), *columns, strict=True))
