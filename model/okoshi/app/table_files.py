"""The files of a table: Parquet with units, meanings and the run's hash in its metadata, and CSV for a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.observe.declarations import ColumnDeclaration
from okoshi.study.limits import refuse_unknown_tables
from okoshi.study.words import declared_columns

if TYPE_CHECKING:
    import pyarrow

INVENTED = "合成"
BYTE_ORDER_MARK = "\ufeff"

Arrays = Mapping[str, Any]
Write = Callable[[Path], object]


def files_of_table(name: str, arrays: Arrays, run: Mapping[str, Any], with_csv: bool) -> dict[str, Write]:
    """Return by file name what writes each file of a table; CSV with the byte order mark that spreadsheets want."""

    def written_by(open_writer: Callable[[Path, pyarrow.Schema], AbstractContextManager[Any]]) -> Write:
        def write(path: Path) -> None:
            table = as_arrow(name, arrays, run)
            with open_writer(path, table.schema) as writer:
                writer.write_table(table)

        return write

    files = {f"{name}.parquet": written_by(parquet_writer)}
    if with_csv:
        files[f"{name}.csv"] = written_by(csv_writer)
    return files


def parquet_writer(path: Path, schema: pyarrow.Schema) -> AbstractContextManager[Any]:
    """Return what writes tables of one form into a Parquet file, one below the other."""
    from pyarrow import parquet

    writer: AbstractContextManager[Any] = parquet.ParquetWriter(path, schema, compression="zstd")
    return writer


@contextmanager
def csv_writer(path: Path, schema: pyarrow.Schema) -> Iterator[Any]:
    """Give what writes tables of one form into a CSV file, one below the other."""
    from pyarrow import csv

    with path.open("wb") as file:
        file.write(BYTE_ORDER_MARK.encode())
        with csv.CSVWriter(file, schema) as writer:
            yield writer


def as_arrow(
    name: str,
    arrays: Arrays,
    run: Mapping[str, Any],
    declared: Mapping[str, ColumnDeclaration] | None = None,
) -> pyarrow.Table:
    """Return a table with units, meanings, the scenario's hash and 合成 in its metadata.

    Nothing in it depends on the clock, the folder, the host or the number of workers. `declared` is what is said
    of each column; without it, what the table's own declaration says.
    """
    import pyarrow

    if declared is None:
        declared = declared_columns(name)
    columns, fields = [], []
    for key, values in arrays.items():
        array = pyarrow.array(values, from_pandas=True)
        columns.append(array)
        fields.append(pyarrow.field(key, array.type, metadata=_column_metadata(declared.get(key))))
    metadata = {
        "okoshi.table": name,
        "okoshi.version": str(run["version"]),
        "okoshi.scenario": str(run["scenario"]),
        "okoshi.scenario_hash": str(run["scenario_hash"]),
    }
    if run["invented"]:
        metadata["okoshi.invented"] = INVENTED
        metadata["okoshi.warning"] = f"{INVENTED}: an invented country; no row is a real place or person"
    return pyarrow.table(columns, schema=pyarrow.schema(fields, metadata=metadata))


def _column_metadata(column: ColumnDeclaration | None) -> dict[str, str]:
    if column is None:
        return {}
    return {"unit": column.unit, "meaning": column.meaning, "meaning_ja": column.meaning_ja}


def chosen_tables(text: str | None, known: Sequence[str]) -> tuple[str, ...] | None:
    """Return the tables named in `--tables national,members`; None where all are meant.

    Raises InputError for a table that is not there.
    """
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise InputError(Fault(say("faults.unknown_table"), key="--tables", allowed=", ".join(known)))
    refuse_unknown_tables("--tables", names, known)
    return names
