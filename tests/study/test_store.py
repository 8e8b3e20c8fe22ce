"""The store: what was written is there, what was not is not, and runs of two makers never mix."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.language.errors import InputError
from okoshi.study import segments
from okoshi.study.files import process_name, remove_left_over
from okoshi.study.jobs import DONE, FAILED, Record
from okoshi.study.maker import this_maker
from okoshi.study.segments import Segment, read_segments
from okoshi.study.store import Owner, Store, sorted_keys

OWNER = Owner("a study", this_maker())
HOLD = """
import sys, time
from pathlib import Path
from okoshi.study.store import Store
with Store(Path(sys.argv[1])).locked(shared=len(sys.argv) > 2):
    print("held", flush=True)
    time.sleep(60)
"""


def record(number: int, status: str = DONE) -> Record:
    values = {"national.members@2013": number, "national.settled_share_all@2013": number / 7}
    return Record(f"{number:032d}", status, values if status == DONE else {}, "why" * (status == FAILED))


def written(folder: Path, *records: Record) -> None:
    with Segment(folder) as segment:
        for one in records:
            segment.append(one)


@given(cut=st.integers(min_value=0, max_value=10_000))
def test_what_a_killed_process_wrote_to_the_end_is_read_wherever_it_was_cut(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("runs")
    records = [record(number) for number in range(5)]
    written(folder, *records)
    (path,) = folder.glob("*.jsonl")
    content = path.read_bytes()
    cut %= len(content) + 1
    path.write_bytes(content[:cut])
    ends = [place + 1 for place, sign in enumerate(content) if sign == ord("\n")]
    whole = [one for one, end in zip(records, ends, strict=True) if end - 1 <= cut]
    assert list(read_segments(folder)) == whole


def test_a_long_file_becomes_parquet_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "ROWS", 10)
    monkeypatch.setattr(segments, "FEWEST_ROWS", 5)
    records = [record(number, FAILED if number % 4 == 0 else DONE) for number in range(27)]
    written(tmp_path, *records)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".parquet", ".parquet", ".parquet"]
    assert sorted(read_segments(tmp_path), key=lambda one: one.key) == records


def test_a_run_that_stands_there_twice_counts_once_and_done_beats_failed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    written(store.runs, record(1, FAILED), record(2), record(3))
    written(store.runs, record(1), record(2, FAILED), record(2), record(4, FAILED), record(9))
    label = "national.members@2013"
    found = store.found(sorted_keys(record(number).key for number in range(6)), [label])
    assert found.status.tolist() == ["missing", "done", "done", "done", "failed", "missing"]
    assert found.values[label][1:4].tolist() == [1, 2, 3]
    assert list(found.failures) == [record(4).key]


def test_a_store_belongs_to_one_study_and_one_maker(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.claim(OWNER)
    store.claim(OWNER)
    with pytest.raises(InputError, match="another experiment"):
        store.claim(replace(OWNER, study="another"))
    for part in ("model", "processor"):
        other = replace(OWNER, maker=replace(OWNER.maker, **{part: "something else"}))
        with pytest.raises(InputError, match="something else"):
            store.claim(other)
        assert store.owner() == OWNER
    store.claim(other, overwrite=True)
    assert store.owner() == other
    assert sorted(path.name for path in store.folder.iterdir()) == ["study.json"]


@pytest.mark.parametrize("shared", [False, True])
def test_a_second_sweep_is_refused_until_the_first_has_gone_however_it_went(
    tmp_path: Path, shared: bool
) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path), *(["shared"] if shared else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        store = Store(tmp_path)
        assert store.at_work()
        with pytest.raises(InputError, match="at work"), store.locked():
            pass
        if shared:
            with store.locked(shared=True):
                assert holder.poll() is None
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert not store.at_work()
    with store.locked(), pytest.raises(InputError, match=str(os.getpid())), store.locked():
        pass


def test_only_what_a_killed_process_of_this_machine_left_is_taken_away(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host, process, moment = process_name().rsplit("-", 2)
    names = {
        f".results.parquet.{host}-{gone.pid}-{moment}.part": False,
        f".results.parquet.{host}-{process}-{moment}.part": True,
        f".results.parquet.another-{gone.pid}-{moment}.part": True,
        "notes.part": True,
    }
    for name in names:
        (tmp_path / name).touch()
    remove_left_over(tmp_path)
    assert {name: (tmp_path / name).exists() for name in names} == names


def test_what_is_left_of_many_processes_is_gathered_into_one_file_but_not_while_somebody_works(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "store")
    for number in range(5):
        written(store.runs, record(number), record(10 + number, FAILED))
    before = sorted(store.records(), key=lambda one: one.key)
    with store.locked(shared=True):
        store.gather()
    assert len(list(store.runs.glob("*.jsonl"))) == 5
    store.gather()
    assert [path.suffix for path in store.runs.iterdir()] == [".parquet"]
    assert sorted(store.records(), key=lambda one: one.key) == before
    written(store.runs, record(99))
    store.gather()
    assert len(list(store.records())) == 11


@pytest.mark.parametrize("what", ["study.json", "runs", "runs/a.jsonl", "runs/b.parquet"])
def test_what_may_not_be_read_is_neither_broken_nor_missing(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A forbidden folder of runs looked like one without any: all of them counted as missing."""
    store = Store(tmp_path)
    store.claim(Owner("study", this_maker()))
    written(store.runs, record(1))
    (store.runs / "a.jsonl").write_text("", encoding="utf-8")
    shutil.copy(next(store.runs.glob("*.jsonl")), store.runs / "b.parquet")
    forbidden = tmp_path / what

    def refuse(path: object, *_: object, **__: object) -> None:
        if Path(str(path)) == forbidden:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    listed, opened = os.listdir, Path.open
    monkeypatch.setattr(os, "listdir", lambda path: refuse(path) or listed(path))
    monkeypatch.setattr(
        Path, "open", lambda path, *more, **settings: refuse(path) or opened(path, *more, **settings)
    )
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", refuse)
    with pytest.raises(InputError) as refused:
        store.owner() if what == "study.json" else list(store.records())
    assert str(refused.value) == f"{forbidden}\n    the file cannot be read (Permission denied)"
