"""A world in a folder: what was written is read again, and what was tampered with is refused."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from okoshi.language.errors import InputError, RunError
from okoshi.world.country import choose_prefectures, load_world
from okoshi.world.storage import DEFAULT_FOLDER, StoredWorld, read_world, write_world


@pytest.fixture
def small() -> StoredWorld:
    return choose_prefectures(read_world(DEFAULT_FOLDER), (31,))


def test_a_world_written_is_the_world_read(small: StoredWorld, tmp_path: Path) -> None:
    write_world(small, tmp_path / "a" / "world")
    again = read_world(tmp_path / "a" / "world")
    for name, column in small.columns.items():
        assert np.array_equal(again.columns[name], column, equal_nan=column.dtype.kind == "f"), name
    assert np.array_equal(again.neighbours.items, small.neighbours.items)
    assert again.about == small.about
    world = load_world(str(tmp_path / "a" / "world"))
    assert np.array_equal(world.people, load_world(prefectures=("島根県",)).people)


def test_a_world_may_be_written_anew_but_over_nothing_else(small: StoredWorld, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    write_world(small, folder)
    write_world(small, folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["world"]
    (folder / "diary.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="other files"):
        write_world(small, folder)
    assert (folder / "diary.txt").read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_the_folder_is_refused(small: StoredWorld, tmp_path: Path) -> None:
    path = tmp_path / "world"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="a folder is wanted"):
        write_world(small, path)
    with pytest.raises(InputError, match="cannot be written"):
        write_world(small, path / "below")


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("world.toml", b"schema = 99\n", "make it again"),
        ("world.toml", b"schema =", "cannot be read"),
        ("world.toml", b"\xff\xfe", "cannot be read"),
        ("municipalities.parquet", b"not parquet", "cannot be read"),
        ("municipalities.parquet", None, "missing"),
        ("prefectures.parquet", b"", "cannot be read"),
    ],
)
def test_a_broken_world_is_refused(
    file: str, content: bytes | None, words: str, small: StoredWorld, tmp_path: Path
) -> None:
    write_world(small, tmp_path / "world")
    path = tmp_path / "world" / file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_world(tmp_path / "world")
    assert str(tmp_path) in str(caught.value.faults[0].file)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("invented = 1\n[national]\n", "invented"),
        ("[national]\n", "invented"),
        ("invented = true\n", "national"),
    ],
)
def test_what_a_description_lacks_is_named(text: str, key: str, small: StoredWorld, tmp_path: Path) -> None:
    write_world(small, tmp_path / "world")
    (tmp_path / "world" / "world.toml").write_text(f"schema = 1\n{text}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_world(tmp_path / "world")
    assert caught.value.faults[0].key == key


def test_a_description_saved_with_a_byte_order_mark_is_read(small: StoredWorld, tmp_path: Path) -> None:
    write_world(small, tmp_path / "world")
    path = tmp_path / "world" / "world.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_world(tmp_path / "world").about == small.about


@pytest.mark.parametrize("before", [False, True])
def test_a_link_to_a_folder_stays_one(before: bool, small: StoredWorld, tmp_path: Path) -> None:
    """The world was written, the link gone, a hidden folder left, and all of it called a failure."""
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    if before:
        write_world(small, tmp_path / "there")
    write_world(small, tmp_path / "link")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "there"]
    assert (tmp_path / "link").is_symlink()
    assert len(read_world(tmp_path / "there").columns["code"]) == 19


def test_a_world_may_be_written_where_one_stands(
    small: StoredWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_world(small, ".")
    write_world(small, ".")
    assert sorted(os.listdir(".")) == ["municipalities.parquet", "prefectures.parquet", "world.toml"]


@pytest.mark.parametrize("target", ["nowhere", "link"])
@pytest.mark.parametrize("out", ["link", "link/below"])
def test_a_link_to_nothing_is_refused(target: str, out: str, small: StoredWorld, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(InputError, match="leads to a folder that is not there"):
        write_world(small, tmp_path / out)
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


@pytest.mark.parametrize("column", ["population_2020", "neighbour"])
def test_a_world_with_a_hole_is_refused(column: str, small: StoredWorld, tmp_path: Path) -> None:
    """An empty cell would become any number at all, and a neighbour that is not there anybody."""
    write_world(small, tmp_path / "world")
    path = tmp_path / "world" / "municipalities.parquet"
    table = parquet.read_table(path)
    values = table[column].to_pylist()
    values[3] = [len(values)] if column == "neighbour" else None
    field = table.schema.get_field_index(column)
    changed = pyarrow.array(values, table[column].type)
    parquet.write_table(table.set_column(field, column, changed), path)
    with pytest.raises(InputError, match=r"broken|empty") as caught:
        read_world(tmp_path / "world")
    assert "world" in str(caught.value.faults[0].file)
    if column != "neighbour":
        assert (caught.value.faults[0].key, caught.value.faults[0].value) == (column, "row 4")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("prefecture", 99),
        ("prefecture", 0),
        ("kind", 9),
        ("share_under_15", 0.9),
        ("share_75plus", 0.95),
        ("ratio_2050", 1e30),
        ("ratio_2050", 0.0),
        ("ratio_2025", 0.0),
        ("population_2009", 0.0),
        ("habitable_km2", 9e6),
        ("longitude", -77.0),
        ("latitude", 51.5),
        ("population_2020", 2**60),
        ("population_2009", 1e18),
        ("net_migration_per_1000", 1e9),
        ("longitude", 900.0),
        ("age_coefficients", 1e6),
    ],
)
def test_a_cell_that_no_municipality_can_have_is_refused_by_name(
    column: str, value: float, small: StoredWorld, tmp_path: Path
) -> None:
    """It broke a run half-way, or went into its numbers unseen."""
    columns = {name: values.copy() for name, values in small.columns.items()}
    columns[column][2] = value
    write_world(dataclasses.replace(small, columns=columns), tmp_path / "world")
    with pytest.raises(InputError) as caught:
        read_world(tmp_path / "world")
    fault = caught.value.faults[0]
    assert (fault.key, str(columns["code"][2]) in str(fault.value), bool(fault.allowed)) == (
        column,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("rows", "key"), [(slice(0, 0), "code"), (slice(0, 46), "code"), (slice(1, 47), "code")]
)
def test_a_world_without_its_47_prefectures_is_refused(
    rows: slice, key: str, small: StoredWorld, tmp_path: Path
) -> None:
    """Municipalities name their prefecture by row: of a shorter table they would lie elsewhere."""
    fewer = {name: values[rows] for name, values in small.prefectures.items()}
    write_world(dataclasses.replace(small, prefectures=fewer), tmp_path / "world")
    with pytest.raises(InputError, match="cannot be") as caught:
        read_world(tmp_path / "world")
    assert caught.value.faults[0].key == key


@pytest.mark.parametrize("value", [np.nan, -5.0])
def test_a_prefecture_of_less_than_nobody_is_refused(
    value: float, small: StoredWorld, tmp_path: Path
) -> None:
    urban = small.prefectures["urban_population"].copy()
    urban[3] = value
    changed = dataclasses.replace(small, prefectures={**small.prefectures, "urban_population": urban})
    write_world(changed, tmp_path / "world")
    with pytest.raises(InputError) as caught:
        read_world(tmp_path / "world")
    assert (caught.value.faults[0].key, "(04)" in str(caught.value.faults[0].value)) == (
        "urban_population",
        True,
    )


@pytest.mark.parametrize("name", ["population_factor", "ageing_shift", "age_factors_2009"])
@pytest.mark.parametrize("wrong", [[1.0, 1.0], [np.nan] * 42, [1.0] * 41 + [1e300], [0.5] + [1e300] * 201])
def test_a_national_series_that_is_cut_short_or_no_number_is_refused(
    name: str, wrong: list[float], small: StoredWorld, tmp_path: Path
) -> None:
    changed = dataclasses.replace(small, national={**small.national, name: np.array(wrong)})
    write_world(changed, tmp_path / "world")
    with pytest.raises(InputError, match="cannot be") as caught:
        read_world(tmp_path / "world")
    assert caught.value.faults[0].key == f"national.{name}"


def test_a_world_whose_rows_were_put_into_another_order_is_refused(
    small: StoredWorld, tmp_path: Path
) -> None:
    """Neighbours are named by row: of a table sorted by size they would be anybody."""
    write_world(small, tmp_path / "world")
    path = tmp_path / "world" / "municipalities.parquet"
    table = parquet.read_table(path)
    parquet.write_table(table.sort_by("population_2020"), path)
    with pytest.raises(InputError, match="order of their codes"):
        read_world(tmp_path / "world")


def test_a_world_that_changed_on_disk_is_read_anew(small: StoredWorld, tmp_path: Path) -> None:
    write_world(small, tmp_path / "world")
    before = load_world(str(tmp_path / "world"))
    write_world(choose_prefectures(read_world(DEFAULT_FOLDER), (38,)), tmp_path / "world")
    assert load_world(str(tmp_path / "world")).prefecture[0] == 38
    assert before.prefecture[0] == 31


def test_one_file_of_a_world_changed_in_place_is_read_anew(small: StoredWorld, tmp_path: Path) -> None:
    """The hash of a run has the new content: its numbers must, too."""
    write_world(small, tmp_path / "world")
    before = load_world(str(tmp_path / "world"))
    path = tmp_path / "world" / "municipalities.parquet"
    table = parquet.read_table(path)
    place = table.schema.get_field_index("population_2009")
    twice = pyarrow.array([2 * people for people in table["population_2009"].to_pylist()])
    parquet.write_table(table.set_column(place, "population_2009", twice), path)
    after = load_world(str(tmp_path / "world"))
    assert after.population[0].sum() == pytest.approx(2 * before.population[0].sum())


def test_the_default_world_is_small() -> None:
    assert sum(path.stat().st_size for path in DEFAULT_FOLDER.iterdir()) < 3_000_000


def test_a_full_disk_leaves_the_old_world_and_nothing_else(
    small: StoredWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet

    write_world(small, tmp_path / "world")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pyarrow.parquet, "write_table", full)
    with pytest.raises(RunError, match="No space left"):
        write_world(small, tmp_path / "world")
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["world"]
    assert len(read_world(tmp_path / "world").columns["code"]) == 19
