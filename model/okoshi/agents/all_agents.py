"""The set of all agents of a model: in columns and ordinary ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from random import Random
from typing import Any

from mesa.agentset import AbstractAgentSet, AgentSet, GroupBy, _HardKeyAgentSet

from okoshi.agents.agent_sets import EVERYBODY, CalledInTurn, ColumnAgentSet
from okoshi.agents.views import ColumnAgent


class AllAgents(CalledInTurn):
    """All agents of a model: those in columns, kind by kind, then Mesa's ordinary ones.

    A set made from it is Mesa's own `AgentSet` of views.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.kinds: dict[type, ColumnAgentSet] = {}
        self.ordinary = _HardKeyAgentSet([], random=random)

    @property
    def parts(self) -> list[Any]:
        """The sets it is made of."""
        return [*self.kinds.values(), self.ordinary]

    def __len__(self) -> int:
        """Return the number of living agents."""
        return sum(len(part) for part in self.parts)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over all agents as they are now."""
        return chain.from_iterable([part.to_list() for part in self.parts])

    def __contains__(self, agent: object) -> bool:
        """Return whether an agent is alive in this model."""
        return any(agent in part for part in self.parts)

    def __getitem__(self, item: int | slice) -> Any:
        """Return one agent, or a list of them for a slice."""
        return self.to_list()[item]

    def to_list(self) -> list[Any]:
        """Return all agents as a list."""
        return list(self)

    def copy(self) -> AbstractAgentSet[Any]:
        """Return Mesa's own set of the agents of now."""
        return AgentSet(self.to_list(), self.random)

    __copy__ = copy

    @classmethod
    def _from_iterable(cls, agents: Iterable[Any]) -> AbstractAgentSet[Any]:
        return ColumnAgentSet._from_iterable(agents)

    def _update(self, agents: Iterable[Any]) -> AllAgents:
        raise TypeError("the model's own set of all agents cannot be changed in place: work on a copy")

    def add(self, agent: Any) -> None:
        """Register an ordinary agent (Mesa does this when one is made)."""
        if isinstance(agent, ColumnAgent):
            raise TypeError(f"a {type(agent).__name__} is a row: append to its table")
        self.ordinary.add(agent)

    def discard(self, agent: Any) -> None:
        """Deregister an ordinary agent if it is there."""
        self.ordinary.discard(agent)

    def remove(self, agent: Any) -> None:
        """Deregister an ordinary agent; an agent in columns has left with its row."""
        if not isinstance(agent, ColumnAgent):
            self.ordinary.remove(agent)

    def get(self, attr_names: Any, handle_missing: Any = "error", default_value: Any = None) -> list[Any]:
        """Return an attribute of each agent, or a list of several; declared columns are read at once."""
        parts = [part.get(attr_names, handle_missing, default_value) for part in self.parts]
        return list(chain.from_iterable(parts))

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = EVERYBODY,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> AbstractAgentSet[Any]:
        """Return the agents that fit: a column set for one kind of columns, Mesa's own set otherwise."""
        if inplace:
            return self._update(())
        if agent_type in self.kinds:
            return self.kinds[agent_type].select(filter_func, at_most)
        return self.copy().select(filter_func, at_most, agent_type=agent_type)

    def shuffle(self, inplace: bool = False) -> AbstractAgentSet[Any]:
        """Return all agents in random order."""
        return self._update(()) if inplace else self.copy().shuffle(inplace=True)

    def sort(
        self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> AbstractAgentSet[Any]:
        """Return all agents sorted by an attribute or a function."""
        return self._update(()) if inplace else self.copy().sort(key, ascending, inplace=True)

    def groupby(self, by: Any, result_type: Any = "agentset") -> GroupBy:
        """Group all agents by an attribute or a function."""
        return self.copy().groupby(by, result_type)
