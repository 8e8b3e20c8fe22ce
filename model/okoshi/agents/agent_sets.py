"""Mesa's agent sets over columns.

What reads or writes a declared column (`get`, `agg`, `set`, `sort`, `groupby` by its name) works on the array
at once; what calls Python for each agent (`do`, `map`, `select(lambda)`) goes through views, at Mesa's speed.
For choosing many agents quickly there are `array` and `mask`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from mesa.agentset import AbstractAgentSet, AgentSet, GroupBy

from okoshi.agents.views import ColumnAgent, ColumnKind, checked_value
from okoshi.engine.columns import Rows

EVERYBODY = float("inf")


class ColumnGroups(GroupBy):  # type: ignore[misc]  # Mesa carries no types
    """Groups of column agents: `agg` reads the columns."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Any, Any]:
        """Return for each group the value of a function over one attribute."""
        return {
            name: group.agg(attr_name, func)
            if isinstance(group, ColumnAgentSet)
            else func([getattr(agent, attr_name) for agent in group])
            for name, group in self.groups.items()
        }


class CalledInTurn(AbstractAgentSet[Any]):  # type: ignore[misc]
    """What a set does by calling Python for one agent after the other (a column step is synchronous)."""

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or function on each agent, one after the other."""
        call_each(self.to_list(), method, args, kwargs)
        return self

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method or function on each agent in random order."""
        agents = self.to_list()
        self.random.shuffle(agents)
        call_each(agents, method, args, kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method or function on each agent and return the results."""
        return call_each(self.to_list(), method, args, kwargs)


class ColumnAgentSet(CalledInTurn):
    """The living agents of one kind, or some of them, in an order.

    The model's own set (`follows`) takes in every new row; a set made from it keeps its members. Whoever dies
    leaves both.
    """

    def __init__(self, kind: ColumnKind, order: Rows | None = None, follows: bool = False) -> None:
        self.kind = kind
        self.follows = follows
        self._order = order
        self._seen = kind.table.size if order is not None else 0

    @property
    def random(self) -> Random:
        """The model's generator for Mesa's own shuffling (no draw of the simulation comes from it)."""
        generator: Random = self.kind.model.random
        return generator

    @property
    def rows(self) -> Rows:
        """The rows of the living members, in the set's order."""
        alive = self.kind.living()
        if self._order is None:
            return np.flatnonzero(alive)
        if self.follows and self._seen < len(alive):
            self._order = np.concatenate([self._order, np.arange(self._seen, len(alive))])
            self._seen = len(alive)
        return self._order[alive[self._order]]

    def array(self, name: str) -> npt.NDArray[Any]:
        """Return one column of the members as an array (a copy), in the set's order."""
        self._must_be_column(name)
        values: npt.NDArray[Any] = self.kind.table.store[name][self.rows]
        return values

    def mask(self, chosen: npt.ArrayLike) -> ColumnAgentSet:
        """Return the members where `chosen` holds, quickly: `s.mask(s.array("attachment") > 0.8)`."""
        rows = self.rows
        flags = np.asarray(chosen)
        if flags.dtype != np.bool_ or flags.shape != rows.shape:
            raise ValueError(f"a mask of {len(rows)} true or false values is needed, one for each member")
        return self._some(rows[flags])

    # -- a collection

    def __len__(self) -> int:
        """Return the number of living members."""
        return len(self.rows)

    def __iter__(self) -> Iterator[ColumnAgent]:
        """Iterate over the members as they are now."""
        return iter(self.to_list())

    def __contains__(self, agent: object) -> bool:
        """Return whether an agent is a living member."""
        if not isinstance(agent, ColumnAgent) or agent.is_gone or agent._kind is not self.kind:
            return False
        return bool(self.kind.living()[agent.row]) and (self._order is None or agent.row in self.rows)

    def __getitem__(self, item: int | slice) -> Any:
        """Return one member, or a list of them for a slice."""
        rows = self.rows[item]
        return self.kind.views_of(rows) if isinstance(item, slice) else self.kind.view(int(rows))

    def to_list(self) -> list[ColumnAgent]:
        """Return the members as a list."""
        self.kind.bury()
        return self.kind.views_of(self.rows)

    def copy(self) -> ColumnAgentSet:
        """Return a set of the members of now."""
        return self._some(self.rows)

    __copy__ = copy

    @classmethod
    def _from_iterable(cls, agents: Iterable[Any]) -> AbstractAgentSet[Any]:
        # What `a | b` and `a & b` make: Mesa's own set.
        found = list(agents)
        return AgentSet(found, random=found[0].model.random if found else Random())

    def _some(self, rows: Rows) -> ColumnAgentSet:
        return ColumnAgentSet(self.kind, np.array(rows, dtype=np.int64))

    def _update(self, agents: Iterable[Any]) -> ColumnAgentSet:
        listed = agents if isinstance(agents, np.ndarray) else [agent.row for agent in agents]
        self._order = np.array(listed, dtype=np.int64)
        self._seen = self.kind.table.size
        return self

    # -- members come and go with their rows

    def add(self, agent: Any) -> None:
        """Add an agent of the kind to a set of one's own.

        Raises TypeError for the model's own set, whose agents are the table's rows, and for another kind.
        """
        if self.follows:
            raise TypeError(f"agents of {self._name} are rows: append to the table, not to the model's set")
        if not isinstance(agent, ColumnAgent) or agent._kind is not self.kind:
            raise TypeError(f"only agents of {self._name} can be in this set")
        if agent not in self:
            self._update(np.append(self.rows, agent.row))

    def discard(self, agent: Any) -> None:
        """Take an agent out if it is there (from the model's own set: end its life, if the kind allows)."""
        if agent in self:
            self.remove(agent)

    def remove(self, agent: Any) -> None:
        """Take an agent out, which must be there; see `discard`. Raises KeyError where it is not."""
        if agent not in self:
            raise KeyError(agent)
        if self.follows:
            self.kind.remove(agent)
        else:
            rows = self.rows
            self._update(rows[rows != agent.row])

    # -- reading and writing

    def get(
        self,
        attr_names: str | list[str],
        handle_missing: Literal["error", "default"] = "error",
        default_value: Any = None,
    ) -> list[Any]:
        """Return an attribute of each member, or a list of several; declared columns are read at once."""
        if handle_missing not in ("error", "default"):
            raise ValueError(
                f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'"
            )
        missing = () if handle_missing == "error" else (default_value,)
        rows = self.rows
        if isinstance(attr_names, str):
            return self._values(attr_names, rows, missing)
        columns = [self._values(name, rows, missing) for name in attr_names]
        return [list(values) for values in zip(*columns, strict=True)] if columns else [[] for _ in rows]

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return a function, or a list of several, of an attribute over all members.

        NumPy's functions get the array itself, others a list as in Mesa.
        """
        functions = [func] if callable(func) else list(func)
        rows = self.rows
        values: Any = None
        results = []
        for each in functions:
            if attribute in self.kind.agent_class.faces and _is_of_numpy(each):
                results.append(each(self.kind.table.store[attribute][rows]))
                continue
            values = self._values(attribute, rows, ()) if values is None else values
            results.append(each(values))
        return results[0] if callable(func) else results

    def set(self, attr_name: str, value: Any) -> ColumnAgentSet:
        """Set an attribute of all members to a value (for a column also to an array, one for each)."""
        if attr_name not in self.kind.agent_class.faces:
            for agent in self:
                setattr(agent, attr_name, value)
        elif attr_name == "key":
            raise AttributeError("an agent's key is its lasting name and cannot be changed")
        else:
            column = self.kind.table.columns[attr_name]
            self.kind.table.store[attr_name][self.rows] = checked_value(column, value)
        return self

    # -- choosing and ordering

    def select(
        self,
        filter_func: Callable[[Any], bool] | None = None,
        at_most: int | float = EVERYBODY,
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> ColumnAgentSet:
        """Return the members that fit, at most so many (or such a share) of them; see `mask` for many agents.

        Raises TypeError for `inplace` on the model's own set, which nobody leaves but by dying.
        """
        if inplace and self.follows:
            raise TypeError(
                f"the model's own set of {self._name} cannot be cut down: select from it, or copy it"
            )
        rows = self.rows
        most = int(len(rows) * at_most) if isinstance(at_most, float) and at_most <= 1.0 else at_most
        if agent_type is not None and not issubclass(self.kind.agent_class, agent_type):
            rows = rows[:0]
        if filter_func is not None:
            rows = self._first_fitting(rows, filter_func, most)
        elif most < len(rows):
            rows = rows[: int(most)]
        return self._update(rows) if inplace else self._some(rows)

    def shuffle(self, inplace: bool = False) -> ColumnAgentSet:
        """Return the members in random order (of Mesa's generator)."""
        order = self.rows.tolist()
        self.random.shuffle(order)
        shuffled = np.array(order, dtype=np.int64)
        return self._update(shuffled) if inplace else self._some(shuffled)

    def sort(
        self, key: Callable[[Any], Any] | str, ascending: bool = False, inplace: bool = False
    ) -> ColumnAgentSet:
        """Return the members sorted by an attribute or a function; the largest first unless `ascending`."""
        rows = self.rows
        if isinstance(key, str) and key in self.kind.agent_class.faces:
            values = self.kind.table.store[key][rows]
            if ascending:
                order = np.argsort(values, kind="stable")
            else:
                order = len(rows) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
            ordered = rows[order]
        else:
            value = operator.attrgetter(key) if isinstance(key, str) else key
            views = sorted(self.to_list(), key=value, reverse=not ascending)
            ordered = np.array([view.row for view in views], dtype=np.int64)
        return self._update(ordered) if inplace else self._some(ordered)

    def groupby(
        self, by: Callable[[Any], Any] | str, result_type: Literal["agentset", "list"] = "agentset"
    ) -> ColumnGroups:
        """Group the members by an attribute or a function, groups in the order of their first member."""
        rows = self.rows
        names = self._values(by, rows, ()) if isinstance(by, str) else [by(agent) for agent in self]
        groups: dict[Any, list[int]] = {}
        for name, row in zip(names, rows.tolist(), strict=True):
            groups.setdefault(name, []).append(row)
        if result_type == "agentset":
            return ColumnGroups({name: self._some(np.array(listed)) for name, listed in groups.items()})
        return ColumnGroups({name: self.kind.views_of(listed) for name, listed in groups.items()})

    # -- helpers

    @property
    def _name(self) -> str:
        return self.kind.agent_class.__name__

    def _must_be_column(self, name: str) -> None:
        if name not in self.kind.table.columns:
            raise AttributeError(f"{self._name} has no column {name!r}")

    def _values(self, name: str, rows: Rows, missing: tuple[Any, ...]) -> list[Any]:
        if name in self.kind.agent_class.faces:
            listed: list[Any] = self.kind.table.store[name][rows].tolist()
            return listed
        if name == "unique_id":
            numbers: list[Any] = self.kind.ids(rows).tolist()
            return numbers
        return [getattr(agent, name, *missing) for agent in self.kind.views_of(rows)]

    def _first_fitting(self, rows: Rows, fits: Callable[[Any], bool], most: float) -> Rows:
        chosen: list[int] = []
        for agent in self.kind.views_of(rows):
            if len(chosen) >= most:
                break
            if fits(agent):
                chosen.append(agent.row)
        return np.array(chosen, dtype=np.int64)


def call_each(
    agents: Iterable[Any], method: str | Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Any]:
    """Call a method or function on one after the other, passing over whom an earlier call has removed."""
    call: Callable[..., Any] = (
        operator.methodcaller(method, *args, **kwargs) if isinstance(method, str) else method
    )
    if isinstance(method, str):
        args, kwargs = (), {}
    return [call(agent, *args, **kwargs) for agent in agents if not _was_removed(agent)]


def _was_removed(agent: Any) -> bool:
    if isinstance(agent, ColumnAgent):
        return agent.is_gone
    return agent not in agent.model.agents


def _is_of_numpy(function: Any) -> bool:
    return isinstance(function, np.ufunc) or str(getattr(function, "__module__", "")).startswith("numpy")
