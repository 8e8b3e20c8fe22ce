"""Names for arrays that say what they hold."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]
Yen = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]
Whole = npt.NDArray[np.float32]  # whole numbers, exact up to 2^24


class Aligned:
    """A frozen dataclass of arrays of one length: what stands at one place of each belongs together."""

    def take(self, rows: Rows | Flags | slice) -> Self:
        """Return what stands at `rows` (numbers, flags or a slice)."""
        return type(self)(**{name: column[rows] for name, column in self._columns()})

    def followed_by(self, others: Self) -> Self:
        """Return what stands here and then the others."""
        return type(self)(
            **{name: np.concatenate([column, getattr(others, name)]) for name, column in self._columns()}
        )

    def _columns(self) -> list[tuple[str, npt.NDArray[Any]]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]  # type: ignore[arg-type]
