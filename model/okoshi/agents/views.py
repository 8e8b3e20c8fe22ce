"""One row of a table as a Mesa agent: `cooperator.attachment` reads and writes the columns.

A view is made when somebody looks and kept until its agent dies (Mesa's sets hold agents weakly: throw-away
views would vanish from them). At death it keeps the last values of its row. Mesa stays at this edge: rules,
behaviour and markets work on the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from mesa import Agent

from okoshi.engine.columns import Column, Rows, Table

Mask = npt.NDArray[np.bool_]

# Mesa's number of a row: the kind in the upper bits, the row in the lower. Ordinary agents count from 1.
_ROW_BITS = 40
_SET_ON_VIEWS = frozenset({"model", "unique_id", "pos", "row"})


def checked_value(column: Column[Any], value: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return a value as the column stores it.

    Raises ValueError where it lies outside the declared range or would lose its fraction.
    """
    given = np.asarray(value)
    stored = given.astype(column.dtype)
    if stored.dtype.kind in "iub" and not np.array_equal(stored, given):
        raise ValueError(f"{column.name} holds {stored.dtype}: {value!r} does not fit")
    below = column.low is not None and (stored < column.low).any()
    above = column.high is not None and (stored > column.high).any()
    if below or above:
        raise ValueError(f"{column.name} lies in {column.low} to {column.high}, not at {value!r}")
    return stored


class _ColumnFace:
    """The descriptor that stands for one column on a view."""

    def __init__(self, column: Column[Any]) -> None:
        self.column = column

    def __get__(self, agent: ColumnAgent | None, owner: type) -> Any:
        """Return the row's value as a plain Python one; on the class, the declaration of the column."""
        if agent is None:
            return self.column
        if agent._last is not None:
            return agent._last[self.column.name]
        return agent._kind.table.store[self.column.name][agent.row].item()

    def __set__(self, agent: ColumnAgent, value: Any) -> None:
        """Write the row's value (after death only the view's own memory of it)."""
        if self.column.name == "key":
            raise AttributeError("an agent's key is its lasting name and cannot be changed")
        stored = checked_value(self.column, value)
        if agent._last is not None:
            agent._last[self.column.name] = stored.item()
        else:
            agent._kind.table.store[self.column.name][agent.row] = stored


class ColumnAgent(Agent):  # type: ignore[misc]  # Mesa carries no types
    """A Mesa agent that is a row of a table: `class Cooperator(ColumnAgent, table=Members): ...`.

    `key` is its lasting name, `row` its place in the table, `unique_id` a number for Mesa alone.
    """

    table_class: ClassVar[type[Table]] = Table
    faces: ClassVar[frozenset[str]] = frozenset()

    _kind: ColumnKind
    _last: dict[str, Any] | None
    row: int

    if TYPE_CHECKING:
        # The columns of the table; a checker cannot know which.
        def __getattr__(self, name: str) -> Any: ...  # noqa: D105

    def __init_subclass__(cls, table: type[Table] | None = None, **keywords: Any) -> None:
        """Give the class one attribute for each column of its table.

        Raises TypeError for a column that bears a name of Mesa's own.
        """
        super().__init_subclass__(**keywords)
        if table is None:
            return
        taken = (set(dir(ColumnAgent)) | _SET_ON_VIEWS) & set(table.columns)
        if taken:
            raise TypeError(f"{table.__name__} has columns with names that Mesa uses: {sorted(taken)}")
        cls.table_class = table
        cls.faces = frozenset(set(table.columns) - set(vars(cls)))
        for name in cls.faces:
            setattr(cls, name, _ColumnFace(table.columns[name]))

    def __init__(self, *_: Any, **__: Any) -> None:
        raise TypeError(
            f"a {type(self).__name__} is a row of {self.table_class.__name__} and cannot be made by hand: "
            "append a row to the table"
        )

    def __repr__(self) -> str:
        """Return kind, lasting key and row."""
        return f"<{type(self).__name__} key={self.key} row={self.row}>"

    @property
    def is_gone(self) -> bool:
        """Whether the agent has died: the view then only remembers its last values."""
        return self._last is not None

    def label(self, name: str) -> str:
        """Return the word that stands behind the number in a column with labels."""
        labels: tuple[str, ...] = self.table_class.columns[name].labels
        if not labels:
            raise ValueError(f"{name} has no labels")
        number: int = getattr(self, name)
        return labels[number]

    def as_dict(self) -> dict[str, Any]:
        """Return all columns of the row, for looking at one agent."""
        return {name: getattr(self, name) for name in self.table_class.columns}


class ColumnKind:
    """A kind of agent inside one model: its table, who of it is alive, and the views made so far."""

    def __init__(
        self,
        model: Any,
        agent_class: type[ColumnAgent],
        table: Table,
        number: int,
        alive: Callable[[Any], Mask] | None = None,
        remove: Callable[[Any, Rows], None] | None = None,
    ) -> None:
        self.model, self.agent_class, self.table, self.number = model, agent_class, table, number
        self.alive, self._remove = alive, remove
        self.views: dict[int, ColumnAgent] = {}

    def living(self) -> Mask:
        """Return for each row whether its agent lives."""
        if self.alive is None:
            return np.ones(self.table.size, dtype=np.bool_)
        return np.asarray(self.alive(self.table), dtype=np.bool_)

    def ids(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return Mesa's numbers of rows: the same however and whenever somebody looks."""
        return (self.number << _ROW_BITS) + rows

    def view(self, row: int) -> ColumnAgent:
        """Return the one view of a living row."""
        view = self.views.get(row)
        if view is None:
            view = object.__new__(self.agent_class)
            view.model, view.pos, view._kind, view._last = self.model, None, self, None
            view.row, view.unique_id = row, (self.number << _ROW_BITS) + row
            self.views[row] = view
        return view

    def views_of(self, rows: Iterable[int] | Rows) -> list[ColumnAgent]:
        """Return the views of living rows, in their order."""
        listed = rows.tolist() if isinstance(rows, np.ndarray) else rows
        return [self.view(row) for row in listed]

    def bury(self) -> None:
        """Let the views of agents who have died keep their last values, and forget them."""
        if not self.views:
            return
        seen = np.fromiter(self.views, dtype=np.int64, count=len(self.views))
        for row in seen[~self.living()[seen]].tolist():
            view = self.views.pop(row)
            view._last = view.as_dict()

    def remove(self, agent: ColumnAgent) -> None:
        """End an agent's life by hand.

        Raises TypeError where the kind has no way to do that: agents then leave by their own decisions.
        """
        if self._remove is None:
            raise TypeError(
                f"a {self.agent_class.__name__} cannot be removed by hand: it leaves by its columns"
            )
        self._remove(self.table, np.array([agent.row], dtype=np.int64))
        self.bury()

    def clear(self) -> None:
        """Take all agents of the kind away; their views keep their last values."""
        for view in self.views.values():
            view._last = view.as_dict()
        self.views = {}
        self.table.clear()
