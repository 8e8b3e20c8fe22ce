"""A job is one run that a study wants: a scenario, a seed, some outcomes; a record is what became of it.

A job's key is a hash of everything that decides its numbers, so a run is known again in whatever study it stands.
"""

from __future__ import annotations

import gc
import hashlib
import json
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from okoshi.scenario.scenario import Scenario, folder_content
from okoshi.study.maker import Maker, this_maker

DONE, FAILED, MISSING = "done", "failed", "missing"
LINES_OF_TRACE = 40


class Wanted(Protocol):
    """A number of one fiscal year: `label` is `table.column@year`."""

    @property
    def label(self) -> str:
        """The name of the number in the results."""

    @property
    def table(self) -> str:
        """The table it stands in."""

    @property
    def column(self) -> str:
        """The column of that table."""

    @property
    def year(self) -> int:
        """The fiscal year."""


class Keyed(Protocol):
    """What an engine needs to know of a job: what it is by content, or its place among all."""

    @property
    def key(self) -> str:
        """Its name in the record of it."""


class TooLong(BaseException):
    """A run takes longer than it may. No `except Exception` or `OSError` on its way takes it for something else."""


@dataclass(frozen=True)
class Job:
    """One run. `name` is what people call it, `key` what it is by content."""

    name: str
    key: str
    scenario: Scenario
    seed: int
    outcomes: tuple[Wanted, ...] = ()


type Values = dict[str, Any]  # of a sweep what can stand in JSON: numbers by the label of their outcome
type Work = Callable[[Job], Values]


@dataclass(frozen=True)
class Record:
    """What became of a job: its values, or why there are none. `maker` is the id of who made it."""

    key: str
    status: str
    values: Values = field(default_factory=dict)
    error: str = ""
    trace: str = ""
    seconds: float = 0.0
    tries: int = 1
    maker: str = ""


def key_of(maker: Maker, scenario: Scenario, seed: int, outcomes: Sequence[Wanted]) -> str:
    """Return the key of a run, 32 hex digits: equal when everything that decides its numbers is equal.

    The scenario counts in full: its overrides, and through the maker the catalogue that they change. Its own
    seed does not, nor its name and texts.
    """
    content = {
        "maker": maker.id,
        "seed": seed,
        "outcomes": sorted(outcome.label for outcome in outcomes),
        "years": scenario.years,
        "world": [_world_content(scenario.world.source), scenario.world.prefectures, scenario.world.scale],
        "structure": [
            scenario.structure.matching,
            scenario.structure.adoption,
            scenario.structure.settlement,
        ],
        "drawn": {name: repr(value) for name, value in scenario.settings.drawn.items()},
        "overrides": {name: repr(series) for name, series in scenario.settings.overrides.items()},
    }
    return content_key(content)


def content_key(content: object) -> str:
    """Return 32 hex digits that stand for what JSON can say."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=8)
def _world_content(source: str) -> str:
    return folder_content(source)


def run_job(job: Job) -> Values:
    """Run the model and return the wanted outcomes. Raises LookupError for one that the tables do not hold."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(job.scenario, rng=job.seed)
    model.run()
    tables = model.tables(tuple(dict.fromkeys(outcome.table for outcome in job.outcomes)))
    values: Values = {}
    for outcome in job.outcomes:
        table = tables[outcome.table]
        rows = np.flatnonzero(table["fiscal_year"] == outcome.year)
        if len(rows) != 1:
            raise LookupError(f"{outcome.label}: {len(rows)} rows of that year")
        values[outcome.label] = table[outcome.column][rows[0]].item()
    return values


def attempt[One: Keyed](
    job: One, work: Callable[[One], Values], limit: AbstractContextManager[object] | None = None
) -> Record:
    """Do a job and return its record, whatever happens in it; `limit` is entered around it.

    A model refers to itself in circles: its memory is given back at once, not when many have piled up.
    """
    began = time.perf_counter()
    record = Record(job.key, DONE, maker=this_maker().id)
    try:
        with limit or nullcontext():
            record = replace(record, values=work(job))
    except (Exception, TooLong) as error:  # noqa: BLE001  # one failed run does not stop the others
        trace = "".join(traceback.format_exc().splitlines(keepends=True)[-LINES_OF_TRACE:])
        record = replace(record, status=FAILED, error=f"{type(error).__name__}: {error}", trace=trace)
    gc.collect()
    return replace(record, seconds=round(time.perf_counter() - began, 4))
