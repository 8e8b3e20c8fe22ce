"""Engines: one record for each job, whatever happens to the others."""

from pathlib import Path

import pytest
import stand_in
from stand_in import by_name, jobs

from okoshi.study.jobs import DONE, FAILED
from okoshi.study.runner import Engine, Here, Processes

ENGINES = [pytest.param(Here(0.5), id="here"), pytest.param(Processes(2, 0.5), id="processes")]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_fails_says_why_and_stops_nobody(engine: Engine) -> None:
    records = by_name(engine(jobs(7), stand_in.failing))
    assert sorted(records) == list(range(7))
    for number, record in records.items():
        if number % 3 == 1:
            assert (record.status, record.values) == (FAILED, {})
            assert record.error == f"ValueError: no luck with {number}.0"
            assert "stand_in.py" in record.trace
        else:
            assert (record.status, record.error) == (DONE, "")
            assert record.values == stand_in.instant(jobs(7)[number])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_does_not_end_is_stopped(engine: Engine) -> None:
    records = by_name(engine(jobs(4), stand_in.endless))
    assert {number for number, record in records.items() if record.status == DONE} == {0, 2, 3}
    assert records[1].error == "TooLong: the run took longer than 0.5 s"


def test_a_process_that_dies_loses_only_its_run_which_is_tried_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TRACE", str(tmp_path / "killed_once"))
    records = by_name(Processes(2)(jobs(12), stand_in.deadly))
    assert {number for number, record in records.items() if record.status == FAILED} == {1}
    assert records[1].error == "ProcessDied: the process was ended by SIGKILL"
    assert {number: record.tries for number, record in records.items() if record.tries > 1} == {1: 2, 2: 2}


def test_only_a_few_jobs_are_under_way_at_a_time() -> None:
    taken = 0

    def counted() -> object:
        nonlocal taken
        for job in jobs(40):
            taken += 1
            yield job

    for ended, _ in enumerate(Processes(2)(counted(), stand_in.instant)):
        assert taken - ended <= 2
    assert taken == 40
