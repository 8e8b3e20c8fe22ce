"""A world as a folder: `world.toml`, `municipalities.parquet`, `prefectures.parquet`."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import say
from okoshi.scenario.draft import WORLD_DESCRIPTION
from okoshi.world.arrays import Array, Floats
from okoshi.world.checking import (
    MOST_FAULTS,
    NATIONAL,
    refuse_impossible,
    refuse_impossible_prefectures,
    refuse_impossible_series,
)
from okoshi.world.geography import Lists

SCHEMA = 1
DEFAULT_FOLDER = Path(__file__).parent / "default"
MUNICIPALITIES, PREFECTURES = "municipalities.parquet", "prefectures.parquet"
WORLD_FILES = (WORLD_DESCRIPTION, MUNICIPALITIES, PREFECTURES)
_COEFFICIENTS = [f"age_{sex}_{power}" for sex in ("men", "women") for power in range(4)]

TYPES: dict[str, type[np.generic]] = {
    "code": np.str_,
    "name": np.str_,
    "prefecture": np.int16,
    "kind": np.int8,
    "longitude": np.float64,
    "latitude": np.float64,
    "area_km2": np.float64,
    "habitable_km2": np.float64,
    "population_2020": np.int64,
    "share_under_15": np.float64,
    "share_65plus": np.float64,
    "share_75plus": np.float64,
    "fiscal_strength": np.float64,
    "general_staff": np.float64,
    "depopulation": np.int8,
    "eligible_cooperators": np.bool_,
    "eligible_dispatch": np.bool_,
    "ratio_2025": np.float64,
    "ratio_2050": np.float64,
    "net_migration_per_1000": np.float64,
    "large_stores": np.int64,
    "retail_shops": np.float64,
    "population_2009": np.float64,
    "share_65plus_2009": np.float64,
    "share_65plus_2050": np.float64,
}
_PREFECTURE_TYPES: dict[str, type[np.generic]] = {
    "code": np.str_,
    "name": np.str_,
    "longitude": np.float64,
    "latitude": np.float64,
    "metropolitan": np.bool_,
    "urban_population": np.float64,
}


@dataclass(frozen=True)
class StoredWorld:
    """A world as it lies in its folder. `columns` also holds `age_coefficients`, shape (M, 2, 4)."""

    invented: bool
    about: dict[str, Any]  # where it comes from: seed, or files with hashes, and what was filled in
    columns: dict[str, Array]
    prefectures: dict[str, Array]
    national: dict[str, Floats]  # by year; age_factors_2009 by sex and age, 202 of them
    neighbours: Lists
    nearby: Lists


def write_world(world: StoredWorld, folder: Path | str) -> None:
    """Write a world's folder, whole or not at all. Raises InputError where other files lie there already.

    A link to a folder stays one: what it leads to is written.
    """
    import pyarrow.parquet as parquet

    folder = Path(folder)
    refuse_other_files(folder)
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(Fault(say("world.cannot_write"), file=str(folder), value=error.strerror)) from error
    try:
        os.chmod(aside, 0o755)
        parquet.write_table(
            _municipality_table(world), aside / MUNICIPALITIES, compression="zstd", compression_level=9
        )
        parquet.write_table(_table(world.prefectures), aside / PREFECTURES)
        (aside / WORLD_DESCRIPTION).write_bytes(_description(world))
        _put_in_place(aside, folder)
    except OSError as error:
        raise RunError(f"{folder}: {say('world.cannot_write')} ({error.strerror or error})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _put_in_place(aside: Path, folder: Path) -> None:
    """Give the finished folder its name; the world that had it goes only then."""
    if not folder.exists():
        aside.rename(folder)
        return
    if folder == Path.cwd():  # who stands in it would be left in a folder that is no more
        for name in WORLD_FILES:
            (aside / name).replace(folder / name)
        return
    old = aside.with_name(aside.name + "-old")
    folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old)


def refuse_other_files(folder: Path) -> None:
    """Raise InputError where a folder holds anything but a world, or cannot be one."""
    try:
        if folder.is_file():
            raise InputError(Fault(say("world.folder_wanted"), file=str(folder)))
        if not folder.exists():
            lost = [step for step in (folder, *folder.parents) if step.is_symlink() and not step.exists()]
            if lost:
                raise InputError(Fault(say("world.link_to_nothing"), file=str(lost[-1])))
            return
    except OSError as error:  # a name that is too long
        raise InputError(Fault(say("world.unreadable"), file=str(folder), value=error.strerror)) from error
    others = sorted(path.name for path in folder.iterdir() if path.name not in WORLD_FILES)
    if others:
        raise InputError(
            Fault(
                say("world.other_files"),
                file=str(folder),
                value=", ".join(others[:3]),
                allowed=say("world.allowed_folder"),
            )
        )


def _table(columns: dict[str, Array]) -> Any:
    import pyarrow

    return pyarrow.table({name: pyarrow.array(column) for name, column in columns.items()})


def _municipality_table(world: StoredWorld) -> Any:
    import pyarrow

    columns = {name: world.columns[name] for name in TYPES}
    flat = world.columns["age_coefficients"].reshape(-1, 8)
    columns |= {name: np.ascontiguousarray(flat[:, i]) for i, name in enumerate(_COEFFICIENTS)}
    table = _table(columns)
    for name, lists in (("neighbour", world.neighbours), ("nearby", world.nearby)):
        array = pyarrow.ListArray.from_arrays(
            pyarrow.array(lists.start.astype(np.int32)), pyarrow.array(lists.items.astype(np.int16))
        )
        table = table.append_column(name, array)
    return table


def _description(world: StoredWorld) -> bytes:
    import tomli_w

    document: dict[str, Any] = {"schema": SCHEMA, "invented": world.invented, **world.about}
    document["national"] = {name: series.tolist() for name, series in world.national.items()}
    return tomli_w.dumps(document).encode()


def read_world(folder: Path) -> StoredWorld:
    """Return the world of a folder. Raises InputError where it is none, is broken or of a newer schema."""
    document = _read_description(folder)
    national = document.pop("national")
    columns = _read_table(folder / MUNICIPALITIES, [*TYPES, *_COEFFICIENTS, "neighbour", "nearby"])
    prefectures = _read_table(folder / PREFECTURES, list(_PREFECTURE_TYPES))
    arrays = _arrays(folder / MUNICIPALITIES, columns, TYPES)
    flat = _arrays(folder / MUNICIPALITIES, columns, dict.fromkeys(_COEFFICIENTS, np.float64))
    arrays["age_coefficients"] = np.stack([flat[name] for name in _COEFFICIENTS], axis=1).reshape(-1, 2, 4)
    arrays_of_prefectures = _arrays(folder / PREFECTURES, prefectures, _PREFECTURE_TYPES)
    try:
        lists = [_lists(columns.column(name)) for name in ("neighbour", "nearby")]
        if not columns.num_rows or any(not _fits(one, columns.num_rows) for one in lists):
            raise ValueError("neighbours that are not there")
        series = {name: np.array(national[name], dtype=np.float64) for name in NATIONAL}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(Fault(say("world.broken_world"), file=str(folder), value=str(error)[:80])) from error
    refuse_impossible(folder / MUNICIPALITIES, arrays)
    refuse_impossible_prefectures(folder / PREFECTURES, arrays_of_prefectures)
    refuse_impossible_series(folder / WORLD_DESCRIPTION, series)
    return StoredWorld(
        invented=bool(document.pop("invented")),
        about=document,
        columns=arrays,
        prefectures=arrays_of_prefectures,
        national=series,
        neighbours=lists[0],
        nearby=lists[1],
    )


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / WORLD_DESCRIPTION
    if folder.is_file():
        raise InputError(Fault(say("world.no_folder"), file=str(folder), allowed=say("allowed.world_source")))
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(
            Fault(
                say("world.no_world"),
                file=str(folder),
                key="world.source",
                allowed=say("allowed.world_source"),
            )
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(Fault(say("world.unreadable"), file=str(path), value=str(error)[:80])) from error
    schema = document.pop("schema", None)
    if schema != SCHEMA:
        what = say("world.other_schema")
        raise InputError(Fault(what, file=str(path), key="schema", value=str(schema), allowed=str(SCHEMA)))
    for key, kind, allowed in (("invented", bool, "true / false"), ("national", dict, "[national]")):
        if not isinstance(document.get(key), kind):
            shown = str(document[key])[:80] if key in document else None
            what = say("world.broken_world")
            raise InputError(Fault(what, file=str(path), key=key, value=shown, allowed=allowed))
    return document


def _read_table(path: Path, wanted: list[str]) -> Any:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:  # without what `read_table` loads for folders of files
            table = file.read(use_threads=False)
    except (OSError, pyarrow.ArrowException) as error:
        missing_file = isinstance(error, FileNotFoundError)
        text = say("world.world_file_missing" if missing_file else "world.unreadable")
        raise InputError(Fault(text, file=str(path))) from error
    missing = [name for name in wanted if name not in table.column_names]
    if missing:
        raise InputError(Fault(say("world.columns_missing"), file=str(path), value=", ".join(missing)))
    return table


def _arrays(path: Path, table: Any, types: Mapping[str, type[np.generic]]) -> dict[str, Array]:
    """Return columns as arrays. Raises InputError with the name of each that has an empty cell or no such values."""
    arrays: dict[str, Array] = {}
    faults: list[Fault] = []
    for name, dtype in types.items():
        column = table.column(name)
        if column.null_count:  # an empty cell would become any number at all
            what, row = say("world.empty_cell"), column.to_pylist().index(None) + 1
            faults.append(Fault(what, file=str(path), key=name, value=say("world.row", row=row)))
            continue
        try:
            values = column.to_pylist() if dtype is np.str_ else column.to_numpy()
            arrays[name] = np.array(values, dtype=dtype)
        except (ValueError, TypeError, OverflowError) as error:
            faults.append(Fault(say("world.broken_world"), file=str(path), key=name, value=str(error)[:80]))
    if faults:
        raise InputError(faults[:MOST_FAULTS])
    return arrays


def _fits(lists: Lists, rows: int) -> bool:
    """Return whether every neighbour is a row of the table."""
    return bool(not len(lists.items) or (lists.items.min() >= 0 and lists.items.max() < rows))


def _lists(column: Any) -> Lists:
    whole = column.combine_chunks()
    array = whole.chunk(0) if hasattr(whole, "num_chunks") else whole
    return Lists(
        np.array(array.offsets.to_numpy(), dtype=np.int64), np.array(array.values.to_numpy(), dtype=np.int64)
    )
