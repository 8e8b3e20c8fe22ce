"""A sweep: the same table whichever way it ran, and nothing lost to what ends it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import stand_in
from stand_in import COUNT, SHARE, sweep_in

from okoshi.language.errors import InputError, RunError
from okoshi.study import segments
from okoshi.study.jobs import Job, Record, Work, key_of
from okoshi.study.maker import Maker, this_maker
from okoshi.study.runner import Here, Processes
from okoshi.study.sweep import Sweep

DRIVER = Path(__file__).with_name("killed.py")


def done(sweep: Sweep, work: Work = stand_in.instant, workers: int = 1) -> int:
    """Do what is missing and return how many runs that was."""
    numbers = sweep.to_do(sweep.found())
    sweep.run(Processes(workers) if workers > 1 else Here(), numbers, work)
    return len(numbers)


def table_of(sweep: Sweep) -> dict[str, list[object]]:
    return {name: np.ma.filled(column, -1).tolist() for name, column in sweep.results(sweep.found()).items()}


def test_a_row_for_each_point_and_replicate_in_order(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 3)
    assert set(table_of(sweep)["status"]) == {"missing"}
    assert done(sweep) == 6
    table = table_of(sweep)
    assert list(table) == ["point", "replicate", "seed", stand_in.FACTOR, COUNT.label, SHARE.label, "status"]
    assert table["point"] == [0, 0, 1, 1, 2, 2]
    assert table["replicate"] == [0, 1, 0, 1, 0, 1]
    assert table["seed"] == list(sweep.plan.seeds) * 3
    assert table[stand_in.FACTOR] == [0, 0, 0.5, 0.5, 1, 1]
    for number, job in enumerate(sweep.jobs(np.arange(6))):
        assert job.name == sweep.plan.name(number)
        expected = stand_in.instant(job)
        assert (table[COUNT.label][number], table[SHARE.label][number]) == tuple(expected.values())


def test_any_way_gives_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "ROWS", 7)
    monkeypatch.setattr(segments, "FEWEST_ROWS", 5)
    here, several, parts = (sweep_in(tmp_path / name, 20) for name in ("here", "several", "parts"))
    done(here)
    done(several, workers=2)
    order = random.Random(1).sample(range(1, 5), 4)
    for part in order:
        parts.run(Here(), parts.to_do(parts.found(), (part, 4)), stand_in.instant)
    assert table_of(here) == table_of(several) == table_of(parts)
    assert set(table_of(here)["status"]) == {"done"}


def test_a_longer_design_reuses_the_runs_of_the_shorter(tmp_path: Path) -> None:
    assert done(sweep_in(tmp_path, 10, 2)) == 20
    assert done(sweep_in(tmp_path, 15, 2)) == 10
    assert done(sweep_in(tmp_path, 15, 3)) == 15
    fresh = sweep_in(tmp_path / "fresh", 15, 3)
    done(fresh)
    assert table_of(fresh) == table_of(sweep_in(tmp_path, 15, 3))


def test_points_that_are_alike_are_run_once(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 60)
    object.__setattr__(sweep.plan, "scenario_of", lambda point: stand_in.scenario_at(point % 40))
    assert done(sweep) == 80
    table = table_of(sweep)
    assert set(table["status"]) == {"done"}
    assert table[SHARE.label][:40] == table[SHARE.label][80:]


def test_failed_runs_have_no_values_and_are_run_again_only_when_asked(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 4, 3)
    done(sweep, stand_in.failing)
    table = table_of(sweep)
    failed = {number for number, status in enumerate(table["status"]) if status == "failed"}
    assert failed == {number for number in range(12) if sweep.plan.seeds[number % 3] % 3 == 1}
    assert {table[COUNT.label][number] for number in failed} == {-1}
    assert len(sweep.to_do(sweep.found())) == 0
    again = sweep.to_do(sweep.found(), retry=True)
    assert set(again.tolist()) == failed
    sweep.run(Here(), again, stand_in.instant)
    assert set(table_of(sweep)["status"]) == {"done"}


def test_a_point_that_nobody_can_run_fails_alone(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 3)
    good = sweep.plan.scenario_of

    def scenario_of(point: int) -> object:
        if point == 1:
            raise InputError("the minimum is over the maximum")
        return good(point)

    object.__setattr__(sweep.plan, "scenario_of", scenario_of)
    done(sweep)
    assert table_of(sweep)["status"] == ["done", "done", "failed", "failed", "done", "done"]
    assert {record.error for record in sweep.found().failures.values()} == {"the minimum is over the maximum"}


def test_a_run_of_another_maker_is_not_kept(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 2)
    other = Sweep(sweep.plan, Maker("another", "CPU", ()), sweep.store)
    with pytest.raises(RunError):
        done(other)
    assert list(sweep.store.records()) == []
    assert not set(other.keys) & set(sweep.keys)


def test_a_key_is_what_decides_the_numbers_and_nothing_else() -> None:
    from dataclasses import replace

    scenario = stand_in.scenario_at(3)
    maker, labels = this_maker(), (COUNT, SHARE)
    key = key_of(maker, scenario, 1, labels)
    assert key == key_of(maker, replace(scenario, name="other", title="T", file="f", seed=9), 1, labels[::-1])
    changed = scenario.changed({"policy.cooperators.startup_per_member@2025": 7})
    others = [
        key_of(replace(maker, model="another"), scenario, 1, labels),
        key_of(replace(maker, processor="another"), scenario, 1, labels),
        key_of(maker, scenario, 2, labels),
        key_of(maker, scenario, 1, labels[:1]),
        key_of(maker, scenario.changed(years=(2009, 2020)), 1, labels),
        key_of(maker, changed, 1, labels),
        key_of(maker, scenario.changed({"structure.matching": "deferred_acceptance"}), 1, labels),
        key_of(maker, scenario.changed({"world.prefectures": ["島根県"]}), 1, labels),
        key_of(maker, scenario.changed({"world.scale": 2}), 1, labels),
    ]
    assert len({key, *others}) == 10


def start(folder: Path, points: int, workers: int) -> subprocess.Popen[bytes]:
    command: Sequence[str] = [sys.executable, str(DRIVER), str(folder), str(points), str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"working\n", process.communicate()
    return process


def kill_and_go_on(folder: Path, points: int, workers: int, times: int, longest: float) -> int:
    """Kill a sweep at random moments, then let it come to its end; return how often it was killed at work."""
    killed = 0
    for _ in range(times):
        process = start(folder, points, workers)
        time.sleep(random.random() * longest)
        killed += process.poll() is None
        process.kill()
        process.communicate()
    last = start(folder, points, workers)
    _, errors = last.communicate(timeout=120)
    assert last.returncode == 0, errors
    return killed


@pytest.mark.parametrize(
    ("times", "workers"),
    [
        pytest.param(3, 2, id="thrice"),
        pytest.param(20, 1, id="twenty times, one worker", marks=pytest.mark.full),
        pytest.param(20, 2, id="twenty times, two workers", marks=pytest.mark.full),
    ],
)
def test_killed_at_any_moment_and_started_again_it_is_as_if_nothing_had_been(
    times: int, workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = tmp_path / "trace"
    monkeypatch.setenv("STAND_IN_TRACE", str(trace))
    points = 160 if times == 3 else 320
    killed = kill_and_go_on(tmp_path, points, workers, times, longest=0.8 if workers == 1 else 2.0)
    assert killed > 0
    undisturbed = sweep_in(tmp_path / "undisturbed", points)
    done(undisturbed)
    assert table_of(sweep_in(tmp_path, points)) == table_of(undisturbed)
    runs = Counter(trace.read_text().split())
    twice = sum(runs.values()) - len(runs)
    in_flight = 1 if workers == 1 else 2 * workers
    assert twice <= killed * in_flight, "only what was in flight was run twice"


@pytest.mark.parametrize("workers", [1, 2])
def test_interrupted_it_stops_at_once_and_keeps_what_is_done(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN_TRACE", str(tmp_path / "trace"))
    process = start(tmp_path, 2000, workers)
    while not any((tmp_path / "store" / "runs").glob("*.jsonl")):
        time.sleep(0.05)
    time.sleep(0.3)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert time.monotonic() - began < 5
    kept = len(list(sweep_in(tmp_path, 2000).store.records()))
    assert 0 < kept < 80
    assert kept >= len((tmp_path / "trace").read_text().split()) - 2 * workers


def test_the_sweep_goes_on_when_a_worker_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN_TRACE", str(tmp_path / "trace"))
    sweep = sweep_in(tmp_path, 40)
    killed: list[int] = []

    def kill_a_worker(number: int, _: int) -> None:
        if number in (5, 20):
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            workers = [int(child) for child in children if is_worker(int(child))]
            os.kill(workers[0], signal.SIGKILL)
            killed.append(workers[0])

    sweep.run(Processes(2), sweep.to_do(sweep.found()), stand_in.short, progress=kill_a_worker)
    assert len(killed) == 2
    assert set(table_of(sweep)["status"]) == {"done"}


def is_worker(process: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()


def test_a_record_that_the_disk_does_not_take_leaves_the_others_whole(tmp_path: Path) -> None:
    """A file may grow to 1,000 bytes: the store says so, and goes on from what it has when there is room."""
    script = (
        "import resource, sys; from pathlib import Path; import stand_in; from okoshi.study.runner import Here\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
        "sweep = stand_in.sweep_in(Path(sys.argv[1]), 20)\n"
        "try: sweep.run(Here(), sweep.to_do(sweep.found()), stand_in.instant)\n"
        "except OSError as error: print(type(error).__name__, error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=DRIVER.parent, capture_output=True, text=True
    )
    assert "OSError" in said.stdout, said.stderr
    (path,) = (tmp_path / "store" / "runs").iterdir()
    assert path.read_bytes().endswith(b"}\n")
    sweep = sweep_in(tmp_path, 20)
    kept = len(list(sweep.store.records()))
    assert 0 < kept < 10
    assert done(sweep) == 40 - kept
    assert set(table_of(sweep)["status"]) == {"done"}


def test_progress_and_failures_are_told(tmp_path: Path) -> None:
    sweep = sweep_in(tmp_path, 2, 3)
    steps: list[tuple[int, int]] = []
    failures: list[Record] = []

    def told(done: int, total: int) -> None:
        steps.append((done, total))

    sweep.run(Here(), sweep.to_do(sweep.found()), stand_in.failing, told, failures.append)
    assert steps == [(number, 6) for number in range(1, 7)]
    assert failures
    assert all(record.error.startswith("ValueError") for record in failures)


def test_a_job_is_small_enough_to_send_and_goes_there_and_back() -> None:
    import pickle

    (job,) = stand_in.jobs(1)
    sent = pickle.dumps(job)
    assert len(sent) < 5_000
    there: Job = pickle.loads(sent)  # noqa: S301  # what we wrote ourselves
    assert there == job
