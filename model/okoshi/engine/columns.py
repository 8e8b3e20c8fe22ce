"""A kind of agent as a table of columns.

A row is fixed for an agent's life; room doubles; nothing is compacted or moved. Each column is declared once,
with type, unit, meaning and allowed range, and every column is read as an array over all rows. Read a column
again after adding agents: when room has doubled, an array read before is the old one.
"""

from __future__ import annotations

from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.int64]


class Column[Scalar: np.generic]:
    """A declared column: `attachment = Column(np.float64, unit="share", meaning="...", low=0, high=1)`.

    Read on a table it is the array of all living rows (a view: writing into it writes the table).
    """

    def __init__(
        self,
        dtype: type[Scalar],
        *,
        unit: str,
        meaning: str,
        low: float | None = None,
        high: float | None = None,
        fill: Any = 0,
        labels: tuple[str, ...] = (),
    ) -> None:
        self.dtype, self.unit, self.meaning = dtype, unit, meaning
        self.low, self.high, self.fill, self.labels = low, high, fill, labels
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        """Remember the name that the class body gives."""
        self.name = name

    @overload
    def __get__(self, table: None, owner: type) -> Column[Scalar]: ...
    @overload
    def __get__(self, table: Table, owner: type) -> npt.NDArray[Scalar]: ...
    def __get__(self, table: Table | None, owner: type) -> Column[Scalar] | npt.NDArray[Scalar]:
        """Return the declaration on the class, the array of rows on a table."""
        if table is None:
            return self
        rows: npt.NDArray[Scalar] = table.store[self.name][: table.size]
        return rows

    def __set__(self, table: Table, values: npt.ArrayLike) -> None:
        """Write the whole column in place."""
        table.store[self.name][: table.size] = values


class Table:
    """A kind of agent: subclass it and declare columns. Every kind has a `key`, its lasting name."""

    columns: ClassVar[dict[str, Column[Any]]] = {}
    key = Column(np.uint64, unit="key", meaning="lasting name of the agent, made from where it comes from")

    def __init_subclass__(cls) -> None:
        """Collect the columns that the class and its bases declare."""
        cls.columns = {
            name: value
            for base in reversed(cls.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Column)
        }

    def __init__(self, room: int = 16) -> None:
        self.size = 0
        self.store: dict[str, Array] = {
            name: _filled(max(room, 1), column.fill, column.dtype) for name, column in self.columns.items()
        }

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.size

    def append(self, count: int, **values: npt.ArrayLike) -> Rows:
        """Add `count` agents; columns not named start at their fill value. Return the new rows.

        Raises KeyError for a column that is not declared.
        """
        unknown = set(values) - set(self.columns)
        if unknown:
            raise KeyError(f"{type(self).__name__} has no column {sorted(unknown)}")
        self._make_room(self.size + count)
        rows = np.arange(self.size, self.size + count, dtype=np.int64)
        for name, value in values.items():
            self.store[name][self.size : self.size + count] = value
        self.size += count
        return rows

    def clear(self) -> None:
        """Take all agents away and set every column back to its fill value."""
        self.size = 0
        for name, column in self.columns.items():
            self.store[name][:] = column.fill

    def faults(self) -> list[str]:
        """Return in words which columns leave their allowed range and whether a key is used twice."""
        found = []
        for name, column in self.columns.items():
            values = self.store[name][: self.size]
            if column.low is not None and (values < column.low).any():
                found.append(f"{type(self).__name__}.{name} lies under {column.low}: {values.min()}")
            if column.high is not None and (values > column.high).any():
                found.append(f"{type(self).__name__}.{name} lies over {column.high}: {values.max()}")
        twice = self.size - len(np.unique(self.key))
        if twice:
            found.append(f"{type(self).__name__}.key: {twice} rows share the key of another")
        return found

    def _make_room(self, needed: int) -> None:
        room = len(self.store["key"])
        if needed <= room:
            return
        while room < needed:
            room *= 2
        for name, old in self.store.items():
            new = _filled(room, self.columns[name].fill, old.dtype)
            new[: self.size] = old[: self.size]
            self.store[name] = new


def _filled(room: int, fill: Any, dtype: npt.DTypeLike) -> Array:
    """Return an array that holds `fill`; memory of noughts is taken only where somebody writes."""
    return np.zeros(room, dtype) if fill == 0 else np.full(room, fill, dtype=dtype)
