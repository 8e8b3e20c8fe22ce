"""What a sweep gave, laid beside its design: one number a point and replicate, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.design import Design
from okoshi.study.jobs import DONE, FAILED

KEYS = ("point", "replicate", "status")


@dataclass(frozen=True)
class Completeness:
    """How much of a sweep is there: runs wanted, done, failed, and not there at all."""

    wanted: int
    done: int
    failed: int

    @property
    def missing(self) -> int:
        """Runs of which the results hold nothing."""
        return self.wanted - self.done - self.failed


@dataclass(frozen=True)
class Gathered:
    """The values of one outcome, (points, replicates), of the points that may be analysed.

    `rows` are their points in the design, whole blocks one after the other. `unit` is where they lie in the unit
    cube. `dropped` blocks of `blocks` were left out: of these, `not_finite` held a result that is no number.
    """

    outcome: str
    values: Array
    unit: Array
    rows: Array
    block: int
    blocks: int
    dropped: int
    not_finite: int

    @property
    def means(self) -> Array:
        """The mean over replicates of each point."""
        return self.values.mean(axis=1)

    @property
    def whole_blocks(self) -> int:
        """How many blocks there are to analyse."""
        return len(self.rows) // self.block


def completeness(design: Design, results: Mapping[str, Array]) -> Completeness:
    """Return how many runs of a design the results hold."""
    status = np.asarray(results["status"]).astype(str)
    done, failed = (int((status == name).sum()) for name in (DONE, FAILED))
    return Completeness(design.experiment.runs, done, failed)


def gather(design: Design, results: Mapping[str, Array], outcome: str) -> Gathered:
    """Return one outcome of a sweep's results, whole blocks only.

    A point counts when all its replicates are done and finite; a block (a Sobol or Morris block, or one point)
    counts when all its points do. Raises InputError where the results are not this design's.
    """
    _check(design, results, outcome)
    count, replicates = len(design), design.experiment.replicates
    values = np.full((count, replicates), np.nan)
    ran = np.zeros((count, replicates), dtype=bool)
    done = np.asarray(results["status"]).astype(str) == DONE
    point = np.asarray(results["point"], dtype=np.int64)[done]
    replicate = np.asarray(results["replicate"], dtype=np.int64)[done]
    values[point, replicate] = np.asarray(results[outcome], dtype=np.float64)[done]
    ran[point, replicate] = True
    block = design.block
    finite = np.isfinite(values).reshape(-1, block * replicates).all(axis=1)
    spoilt = (ran & ~np.isfinite(values)).reshape(-1, block * replicates).any(axis=1)
    rows = np.flatnonzero(np.repeat(finite, block))
    return Gathered(
        outcome=outcome,
        values=values[rows],
        unit=design.unit[rows],
        rows=rows,
        block=block,
        blocks=len(finite),
        dropped=int((~finite).sum()),
        not_finite=int(spoilt.sum()),
    )


def _check(design: Design, results: Mapping[str, Array], outcome: str) -> None:
    """Refuse results of another design: a sensitivity index laid over wrong points is a wrong number."""
    for name in (*KEYS, outcome):
        if name not in results:
            raise InputError(Fault(say("faults.no_result_column"), key=name))
    point = np.asarray(results["point"], dtype=np.int64)
    replicate = np.asarray(results["replicate"], dtype=np.int64)
    most = design.experiment.replicates
    inside = (point >= 0) & (point < len(design)) & (replicate >= 0) & (replicate < most)
    if not inside.all():
        raise InputError(Fault(say("faults.other_design"), key="point"))
    if len(np.unique(point * most + replicate)) != len(point):
        raise InputError(Fault(say("faults.run_twice"), key="point"))
    for name, column in design.columns.items():
        if name in results and not _same(np.asarray(results[name]), column[point]):
            raise InputError(Fault(say("faults.other_design"), key=name))


def _same(found: Array, wanted: Array) -> bool:
    if wanted.dtype.kind in "iufb":
        return bool(np.array_equal(found.astype(np.float64), wanted.astype(np.float64)))
    return bool(np.array_equal(found.astype(str), wanted.astype(str)))
