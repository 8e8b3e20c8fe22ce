"""A results folder as a report reads it: what kind it is, its record, its scenarios, its tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.app.record import read_record, why_unread
from okoshi.app.writing import DIFFERENCES, EXPERIMENT_FILE, FIGURES, RUN_FILE, SCENARIO_FILE
from okoshi.figures.about import About
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.observe.declarations import TABLES
from okoshi.study.history import departure_of

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.scenario.scenario import Scenario

# Of large tables only what the report shows is read.
COLUMNS = {
    "members": ("replicate", "start_month", "end_month", "stayed_at_end", "settled"),
    "ledger": ("replicate", "fiscal_year", "measure", "item", "payee", "yen"),
    "municipalities": (
        "replicate",
        "fiscal_year",
        "municipality",
        "name",
        "prefecture",
        "members",
        "settled_stock",
        "population",
        "startups_by_members",
    ),
    "enterprises": ("replicate", "loan", "grant"),
}
# Of tables that are not declared column by column, what the report reads.
NEEDED = {
    "differences": ("scenario", "fiscal_year", "outcome", "group", "difference", "low_90", "high_90"),
    "settlers": ("scenario", "fiscal_year", "kind", "additional", "low_90", "high_90"),
    "rankings": ("definition", "rank", "scenario", "mean"),
    "costs": ("scenario", "unit", "years_after", "reading", "additional", "payer", "yen_each"),
}
NEVER_EMPTY = ("national", "differences")
WHOLE = ("national", "observed", "prefectures")
RUN, COMPARISON, OTHER = "run", "compare", "other"
PILOT, VALIDATION, CALIBRATION = "pilot", "validation", "calibrate"
MOST_NAMED = 5
NUMBERS = ("int64", "float64")
JUDGED = (PILOT, VALIDATION)


def records_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    rows: Any = table.to_dict("records")
    return list(rows)


def parquet_schema(path: Path) -> list[str]:
    """Return the names of a table's columns, as its foot holds them."""
    from pyarrow import parquet

    names: list[str] = parquet.read_schema(path).names
    return names


def _is_numeric(kind: Any, types: Any) -> bool:
    return bool(types.is_integer(kind) or types.is_floating(kind))


@dataclass(frozen=True)
class ReportedFolder:
    """A results folder that is complete: `run.json` is there."""

    path: Path
    record: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """`run`, `compare`, `calibrate`, `pilot`, `validation`, or `other`: a sweep, whatever else leaves tables."""
        if self.record.get("okoshi") == CALIBRATION:
            return CALIBRATION
        if (self.path / f"{DIFFERENCES}.parquet").is_file():
            return COMPARISON
        if (self.path / "national.parquet").is_file():
            return RUN
        return next((kind for kind in JUDGED if (self.path / f"{kind}.parquet").is_file()), OTHER)

    @cached_property
    def about(self) -> About:
        """What the foot of each picture says."""
        return About.of_record(self.record)

    @property
    def departure(self) -> int | None:
        """The first year in which the run's policy was not that in force; None where there is none, or none told."""
        full = self.record.get("scenario_in_full")
        return departure_of(full) if isinstance(full, Mapping) else None

    @property
    def table_names(self) -> list[str]:
        """The tables that lie in the folder."""
        return sorted(path.stem for path in self.path.glob("*.parquet"))

    @property
    def picture_files(self) -> list[Path]:
        """The pictures that lie in `figures/`."""
        return sorted((self.path / FIGURES).glob("*.png"))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table. Raises InputError where it is not there or broken."""
        import pandas as pd

        with self._unbroken(name) as path:
            self._refuse_changed(name, path)
            there = parquet_schema(path)
            wanted = [column for column in COLUMNS.get(name, there) if column in there]
            return pd.read_parquet(path, columns=wanted)

    def _refuse_changed(self, name: str, path: Path) -> None:
        """Raise InputError where a table that this version wrote is not as it writes it: it was changed since."""
        if self.record.get("version") != version("okoshi"):
            return
        from pyarrow import parquet, types

        about = parquet.read_metadata(path)
        schema = about.schema.to_arrow_schema()
        kinds = {column.name: column.dtype in NUMBERS for column in TABLES.get(name, ())}
        wrong = [
            column
            for column in COLUMNS.get(name) or NEEDED.get(name) or kinds
            if column not in schema.names
            or (kinds.get(column) and not _is_numeric(schema.field(column).type, types))
        ]
        if wrong:
            what = say("report.no_column")
            raise InputError(Fault(what, file=str(path), key=", ".join(wrong[:MOST_NAMED])))
        if name in NEVER_EMPTY and not about.num_rows:
            raise InputError(Fault(say("report.no_row"), file=str(path)))

    def refuse_broken(self) -> None:
        """Raise InputError where a table that lies in the folder is broken: one cut off has lost its foot."""
        for name in self.table_names:
            with self._unbroken(name) as path:
                parquet_schema(path)

    @contextmanager
    def _unbroken(self, name: str) -> Iterator[Path]:
        """Give the file of a table; what reading it raises becomes an InputError that names it."""
        import pyarrow

        path = self.path / f"{name}.parquet"
        try:
            if not path.is_file():
                raise FileNotFoundError(path)
            yield path
        except (OSError, pyarrow.ArrowException) as error:
            raise InputError(Fault(why_unread(error, "faults.bad_table"), file=str(path))) from error

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table. Raises InputError where it is not there or broken."""
        return records_of(self.table(name))

    def tables_of_run(self) -> dict[str, pd.DataFrame]:
        """Return the tables of a run that the report shows."""
        return {name: self.table(name) for name in (*WHOLE, *COLUMNS) if name in self.table_names}

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that were run, the base of a comparison first, as they were in force.

        Raises InputError where this version cannot read them.
        """
        written = self.record.get("scenarios_in_full")
        if isinstance(written, dict) and written:
            return {name: _read_in_full(name, content) for name, content in written.items()}
        content = self.record.get("scenario_in_full")
        name = str(self.record.get("scenario", "scenario"))
        if isinstance(content, dict):
            return {name: _read_in_full(name, content)}
        from okoshi.scenario.scenario import load_scenario

        return {name: load_scenario(self.path / SCENARIO_FILE)}


def _read_in_full(name: str, content: Mapping[str, Any]) -> Scenario:
    """Read a scenario as `run.json` holds it, under its own name."""
    import tomli_w

    from okoshi.scenario.scenario import load_scenario

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{Path(name).name}.toml"
        try:
            file.write_text(tomli_w.dumps(content), encoding="utf-8")
        except (TypeError, ValueError) as error:  # null is no TOML
            raise InputError(
                Fault(say("report.bad_record"), file=RUN_FILE, key="scenario_in_full")
            ) from error
        return load_scenario(file)


def read_folder(path: Path) -> ReportedFolder:
    """Return a results folder. Raises InputError where it is none, or its run has not ended."""
    from okoshi.app.report_calibration import draw_files, record_of

    if not (path / RUN_FILE).exists():
        if draw_files(path):
            return ReportedFolder(path, record_of(path))
        if (path / EXPERIMENT_FILE).is_file():
            allowed = (
                "okoshi status DIR, okoshi sweep EXPERIMENT --out DIR, okoshi calibrate EXPERIMENT --out DIR"
            )
            raise InputError(Fault(say("report.under_way"), file=str(path), allowed=allowed))
    found = ReportedFolder(path, read_record(path))
    if not found.table_names:
        raise InputError(Fault(say("report.no_results"), file=str(path), allowed="okoshi run --out DIR"))
    return found
