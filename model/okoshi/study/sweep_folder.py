"""The folder of a sweep: what it studies, its runs, its results; read again without the file it came from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.experiment import Experiment, load_experiment
from okoshi.study.factors import CALIBRATIONS
from okoshi.study.files import remove_left_over, write_text_whole
from okoshi.study.store import Owner, Store
from okoshi.study.sweep import Plan, Sweep, plan_of

if TYPE_CHECKING:
    import pandas

EXPERIMENT, SCENARIO, RESULTS, RUN = "experiment.toml", "scenario.toml", "results.parquet", "run.json"
ANALYSES = tuple(f"{name}.parquet" for name in ("indices", "boxes", "regret", "shapley", "split"))


@dataclass(frozen=True)
class SweepFolder:
    """Where the files of a sweep lie."""

    path: Path

    @property
    def store(self) -> Store:
        """The runs."""
        return Store(self.path / "store")

    @property
    def results(self) -> Path:
        """The table of results, there when the last run has ended."""
        return self.path / RESULTS

    def take(self, experiment: Experiment, owner: Owner, *, overwrite: bool) -> None:
        """Make the folder this sweep's and write down what is studied; what others ran stays in the store.

        Raises InputError where the folder is another's and `overwrite` is not given, OSError when the disk is full.
        """
        before = self.store.owner()
        self.store.claim(owner, overwrite=overwrite)
        self.describe(experiment, anew=before not in (None, owner))

    def describe(self, experiment: Experiment, *, anew: bool = False) -> None:
        """Write down what is studied; results of another design, of fewer runs, or all if `anew`, go.

        Raises OSError when the disk is full.
        """
        content = own_document(experiment)
        if anew or self._document() != content:
            self.results.unlink(missing_ok=True)
            (self.path / RUN).unlink(missing_ok=True)
            self._remove_analysis()
        write_text_whole(self.path / SCENARIO, _toml(experiment.scenario.in_full()))
        write_text_whole(self.path / EXPERIMENT, _toml(content))

    def _remove_analysis(self) -> None:
        """Remove what was made of other results: an index beside another design's runs would be a wrong number."""
        for name in ANALYSES:
            (self.path / name).unlink(missing_ok=True)
        for picture in (self.path / "figures").glob("*.png"):
            picture.unlink()

    def _document(self) -> Mapping[str, Any]:
        try:
            return tomllib.loads((self.path / EXPERIMENT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def tidy(self) -> None:
        """Remove what processes that were killed have left half written."""
        for folder in (self.path, self.store.folder, self.store.runs):
            remove_left_over(folder)

    def read(self) -> tuple[Experiment, Sweep]:
        """Return what is studied here, and its runs. Raises InputError where there is no sweep."""
        owner = self.store.owner() if self.path.is_dir() else None
        if owner is None or not (self.path / EXPERIMENT).is_file():
            raise InputError(Fault(say("sweep.no_sweep"), file=str(self.path)))
        experiment = load_experiment(self.path / EXPERIMENT)
        return experiment, Sweep(self._plan_of(experiment), owner.maker, self.store)

    def _plan_of(self, experiment: Experiment) -> Plan:
        if experiment.method not in CALIBRATIONS:
            return plan_of(experiment)
        from okoshi.study.pool import Pool

        return Pool(experiment, self).plan()  # of the wave under way

    def read_results(self) -> pandas.DataFrame:
        """Return a row a point and replicate, also while runs are missing: `status` says which are there.

        Raises InputError where there is no sweep.
        """
        import pandas

        if self.results.is_file():
            return pandas.read_parquet(self.results)
        _, sweep = self.read()
        columns = sweep.results(sweep.found())
        return pandas.DataFrame({name: _nullable(column) for name, column in columns.items()})


def _nullable(column: Any) -> Any:
    """Return a column as pandas reads it from Parquet: whole numbers that are not there make it floats."""
    import numpy as np

    if isinstance(column, np.ma.MaskedArray):
        return np.ma.filled(column.astype(np.float64), np.nan) if column.mask.any() else column.data
    return column


def own_document(experiment: Experiment) -> dict[str, Any]:
    """Return an experiment's file as it stands in its results: with the scenario that lies beside it."""
    return {**tomllib.loads(experiment.text), "scenario": SCENARIO, "seed": experiment.seed}


def _toml(document: Mapping[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(document)


def read_results(folder: str | Path) -> pandas.DataFrame:
    """Return the results of the sweep in a folder, also of one that is not at its end."""
    return SweepFolder(Path(folder)).read_results()
