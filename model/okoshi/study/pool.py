"""The pool of a calibration: runs over the prior, then over the region that is not ruled out, kept for every fit.

Points of the first wave are a Sobol sequence over the prior, one seed each: it finds the region, and a longer one
begins with the shorter. Points of later waves lie in that region under several seeds each, so that chance is seen
where it matters; they are written down before they run, so that a pool goes on where it stopped. No two points share
a seed: a stand-in would learn the luck of the seed as if it were the model's mean. A later wave has a horizon of its
own: no fit reads runs whose place was told by figures after its own horizon. All numbers of the national table of all
years are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.engine.columns import Array
from okoshi.observe.observed import observed_figures
from okoshi.scenario.scenario import Scenario
from okoshi.study.design import natural
from okoshi.study.experiment import Experiment
from okoshi.study.files import write_parquet, write_whole
from okoshi.study.jobs import DONE, content_key
from okoshi.study.maker import Maker
from okoshi.study.outcomes import TABLE, OutcomeChoice, outcome_columns
from okoshi.study.runs import seed_of
from okoshi.study.sweep import Plan
from okoshi.study.sweep_folder import SweepFolder

LATER = "wave_{}.npy"
STORED = "pool.parquet"
METADATA = b"okoshi.pool"
LUCK = "a point's own"


@dataclass(frozen=True)
class Runs:
    """The runs of a pool that are done: where each lies in the unit cube, its point, and its outcomes by label."""

    unit: Array
    point: Array
    outcomes: Mapping[str, Array]

    def __len__(self) -> int:
        """Return how many runs there are."""
        return len(self.unit)

    def only(self, wanted: Array) -> Runs:
        """Return the runs that are wanted, a flag each."""
        if wanted.all():
            return self
        outcomes = {label: column[wanted] for label, column in self.outcomes.items()}
        return Runs(self.unit[wanted], self.point[wanted], outcomes)


@dataclass(frozen=True)
class Pool:
    """The runs that a calibration rests on, in a folder."""

    experiment: Experiment
    folder: SweepFolder

    @property
    def last_year(self) -> int:
        """The last fiscal year that runs live: that of the last figure any fit of these series reads."""
        return max(
            figure.fiscal_year
            for figure in observed_figures()
            if figure.series in self.experiment.targets and figure.use == "fit"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that are fitted, in the order of the columns of points."""
        return tuple(factor.parameter for factor in self.experiment.factors)

    @cached_property
    def first_wave(self) -> Array:
        """Points of the first wave in the unit cube, (points, factors): the first of a scrambled Sobol sequence."""
        from scipy.stats import qmc

        sampler = qmc.Sobol(len(self.experiment.factors), rng=self.experiment.seed)
        power = max(self.experiment.samples - 1, 1).bit_length()
        return np.asarray(sampler.random_base2(power))[: self.experiment.samples]

    def lay_out(self, unit: Array) -> None:
        """Write down the points of the next wave. Raises OSError."""

        def write(path: Path) -> None:
            with path.open("wb") as file:
                np.save(file, unit, allow_pickle=False)

        write_whole(self.folder.path / LATER.format(len(self.waves) + 1), write)

    @property
    def waves(self) -> list[Array]:
        """The points of each wave that is laid out, (points, factors)."""
        found = [self.first_wave]
        for number in range(2, len(self.experiment.later_waves) + 2):
            path = self.folder.path / LATER.format(number)
            if not path.is_file():
                break
            found.append(np.asarray(np.load(path, allow_pickle=False)))
        return found

    @property
    def outcomes(self) -> tuple[OutcomeChoice, ...]:
        """Every number of the national table in every year."""
        years = range(FIRST_FISCAL_YEAR, self.last_year + 1)
        return tuple(
            OutcomeChoice(TABLE, name.partition(".")[2], year) for name in outcome_columns() for year in years
        )

    @property
    def scenario(self) -> Scenario:
        """The scenario that all runs share: the experiment's seed, and no year after the last that a fit reads."""
        return self.experiment.scenario.changed(
            seed=self.experiment.seed, years=(FIRST_FISCAL_YEAR, self.last_year)
        )

    def plan(self, wave: int = -1) -> Plan:
        """Return the runs of a wave, the last that is laid out without a number; all waves are of one study."""
        experiment, unit, scenario = self.experiment, self.waves[wave], self.scenario
        study = {
            "scenario": scenario.hash,
            "seed": experiment.seed,
            "luck": LUCK,
            "factors": [repr(factor) for factor in experiment.factors],
        }
        columns = {
            factor.parameter: np.array([natural(factor, float(place)) for place in unit[:, number]])
            for number, factor in enumerate(experiment.factors)
        }
        return Plan(
            study=content_key(study),
            factors=columns,
            points=len(unit),
            replicates=experiment.replicates if wave % len(self.waves) else 1,
            seed=seed_of(experiment.seed, wave % len(self.waves)),
            outcomes=self.outcomes,
            scenario_of=lambda point: scenario.changed(self.values(unit[point])),
            own_luck=True,
        )

    def values(self, place: Array) -> dict[str, object]:
        """Return what a point of the unit cube sets: key to value."""
        return {
            factor.parameter: natural(factor, float(one))
            for factor, one in zip(self.experiment.factors, place, strict=True)
        }

    def natural(self, unit: Array) -> Array:
        """Return points of the unit cube, (points, factors), in natural units."""
        columns = [
            [float(natural(factor, float(place))) for place in unit[:, number]]  # type: ignore[arg-type]
            for number, factor in enumerate(self.experiment.factors)
        ]
        return np.array(columns, dtype=np.float64).T.reshape(unit.shape)

    def runs(self, tables: Sequence[Mapping[str, Array]]) -> Runs:
        """Return the runs that are done, from a table of results for each wave."""
        unit, point, outcomes = [], [], []
        before = 0
        for wave, table in zip(self.waves, tables, strict=True):
            done = np.asarray(table["status"]) == DONE
            number = np.asarray(table["point"])[done]
            unit.append(wave[number])
            point.append(number + before)
            outcomes.append({outcome.label: _floats(table[outcome.label])[done] for outcome in self.outcomes})
            before += len(wave)
        return Runs(
            np.concatenate(unit),
            np.concatenate(point),
            {label: np.concatenate([part[label] for part in outcomes]) for label in outcomes[0]},
        )

    def known_by(self, runs: Runs, horizon: int) -> Runs:
        """Return the runs that a fit with a horizon may read: of waves that were laid out by nothing later."""
        later = np.array(self.experiment.later_waves, dtype=np.int64)
        wave = np.maximum(runs.point - self.experiment.samples, -1) // max(self.experiment.refine, 1)
        known = np.concatenate([later <= horizon, [True]])  # the last is the first wave's, whose number is -1
        return runs.only(np.asarray(known[wave], dtype=np.bool_))

    @property
    def identity(self) -> dict[str, Any]:
        """What must be the same for a stored pool to be this one's, whatever version of the model ran it."""
        experiment = self.experiment
        return {
            "factors": [[factor.parameter, *(factor.range or ())] for factor in experiment.factors],
            "samples": experiment.samples,
            "refine": experiment.refine,
            "waves": list(experiment.later_waves),
            "replicates": experiment.replicates,
            "seed": experiment.seed,
            "luck": LUCK,
        }

    def keep(self, runs: Runs, maker: Maker) -> None:
        """Write all runs into one table, with who made them. Raises OSError."""
        import pyarrow

        columns = {f"unit.{number}": column for number, column in enumerate(runs.unit.T)}
        about = {**self.identity, "model": maker.model, "maker": maker.shown(), "study": self.plan().study}
        table = pyarrow.table({"point": runs.point, **columns, **runs.outcomes})
        table = table.replace_schema_metadata({METADATA: json.dumps(about, ensure_ascii=False).encode()})
        write_parquet(self.folder.path / STORED, table)

    def kept(self) -> tuple[Runs, dict[str, Any]] | None:
        """Return the runs of the stored table and who made them; None where there is none of this design."""
        from pyarrow import parquet

        path = self.folder.path / STORED
        if not path.is_file():
            return None
        table = parquet.read_table(path)
        about: dict[str, Any] = json.loads((table.schema.metadata or {}).get(METADATA, b"{}"))
        if {name: about.get(name) for name in self.identity} != self.identity:
            return None
        units = [table[f"unit.{number}"].to_numpy() for number in range(len(self.experiment.factors))]
        labels = [name for name in table.column_names if name.startswith(f"{TABLE}.")]
        outcomes = {label: table[label].to_numpy() for label in labels}
        return Runs(np.column_stack(units), table["point"].to_numpy(), outcomes), about

    def fixed(self) -> list[str]:
        """Return the assumed behavioural numbers that have a range and are not varied."""
        from okoshi.parameters.catalogue import catalogue

        varied = {factor.parameter for factor in self.experiment.factors}
        return [
            name
            for name, parameter in catalogue().items()
            if name.startswith("behaviour.") and parameter.range is not None and name not in varied
        ]


def _floats(column: Array) -> Array:
    return np.asarray(np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan))
