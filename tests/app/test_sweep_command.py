"""`okoshi sweep`, `okoshi status`, `okoshi run --from`: what a user sees, and what is in the folder then."""

import json
import logging
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from as_a_user import Okoshi
from pyarrow import parquet

from okoshi.app.command_line import run_command_line
from okoshi.study.cluster import refusals_heard
from okoshi.study.sweep_folder import read_results
from okoshi.world.country import choose_prefectures
from okoshi.world.storage import DEFAULT_FOLDER, read_world, write_world
from small_experiment import write_experiment

OKOSHI = Path(sys.executable).with_name("okoshi")
RESULTS = "results.parquet"


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_experiment(tmp_path_factory.mktemp("experiment"))


@pytest.fixture(scope="module")
def swept(experiment: Path) -> Path:
    """Return the folder of a sweep that ran here, undisturbed."""
    folder = experiment.parent / "swept"
    assert run_command_line(["sweep", str(experiment), "--out", str(folder)]) == 0
    return folder


def test_the_results_say_what_they_are(swept: Path, experiment: Path) -> None:
    names = {path.name for path in swept.iterdir()}
    assert names == {"experiment.toml", "results.parquet", "run.json", "run.log", "scenario.toml", "store"}
    table = parquet.read_table(swept / RESULTS)
    factor = "policy.cooperators.startup_per_member@2011"
    outcomes = ["national.members@2013", "national.settled_share_all@2012"]
    keys = ["point", "replicate", "seed", factor, "structure.matching"]
    assert table.column_names == [*keys, *outcomes, "status"]
    assert table.column("point").to_pylist() == [number // 2 for number in range(12)]
    assert table.column("replicate").to_pylist() == [0, 1] * 6
    assert set(table.column("status").to_pylist()) == {"done"}
    assert table.schema.field(outcomes[0]).type == "int64"
    assert table.schema.field(factor).metadata[b"unit"]
    assert "合成" in table.schema.metadata[b"okoshi.invented"].decode()
    run = json.loads((swept / "run.json").read_text(encoding="utf-8"))
    assert (run["okoshi"], run["runs"], run["done"], run["failed"]) == ("sweep", 12, 12, 0)
    assert read_results(swept).equals(table.to_pandas())
    assert [path.suffix for path in (swept / "store" / "runs").iterdir()] == [
        ".parquet"
    ]  # compacted, however few


def test_a_run_of_the_sweep_is_the_run_of_its_scenario(okoshi: Okoshi, swept: Path) -> None:
    said = okoshi("run", "--from", f"{swept}:4.1", "--tables", "national", "--out", "alone")
    assert said.status == 0, said.err
    row = parquet.read_table(swept / RESULTS).to_pylist()[9]
    national = parquet.read_table("alone/national.parquet").to_pylist()
    years = {line["fiscal_year"]: line for line in national}
    assert row["national.members@2013"] == years[2013]["members"]
    assert row["national.settled_share_all@2012"] == years[2012]["settled_share_all"]
    assert json.loads(Path("alone/run.json").read_text())["seeds"] == [row["seed"]]


def test_a_run_again_says_where_the_country_is_no_longer_the_sweeps(okoshi: Okoshi, tmp_path: Path) -> None:
    default = read_world(DEFAULT_FOLDER)
    write_world(choose_prefectures(default, (31,)), tmp_path / "land")
    experiment = write_experiment(tmp_path / "own", samples=2, replicates=1)
    scenario = experiment.with_name("small.toml")
    text = scenario.read_text(encoding="utf-8").replace("[world]", f'[world]\nsource = "{tmp_path / "land"}"')
    scenario.write_text(text, encoding="utf-8")
    assert okoshi("sweep", experiment, "--out", "out").status == 0
    again = ("run", "--from", "out:0", "--tables", "national", "--overwrite")
    assert "have changed since" not in okoshi(*again).err
    write_world(choose_prefectures(default, (31, 32)), tmp_path / "land")
    assert "have changed since the sweep ran" in okoshi(*again).err


@pytest.mark.parametrize(
    ("origin", "what"),
    [
        ("{}:6", "the last is 5.1"),
        ("{}:1.2", "the last is 5.1"),
        ("{}", "DIR:RUN"),
        ("nowhere:1", "no sweep"),
    ],
)
def test_a_run_that_is_not_there_is_said(okoshi: Okoshi, swept: Path, origin: str, what: str) -> None:
    said = okoshi("run", "--from", origin.format(swept.name if origin == "{}" else swept))
    assert (said.status, said.out) == (2, "")
    assert what in said.err
    assert origin.partition(":")[0].format(swept.name) in said.err.splitlines()[0]
    assert okoshi("run", "baseline", "--from", f"{swept}:1").status == 2


def test_any_way_gives_the_same_bytes(okoshi: Okoshi, experiment: Path, swept: Path) -> None:
    assert okoshi("sweep", experiment, "--workers", "2", "--out", "several").status == 0
    for part in (3, 1, 2):
        assert not Path("parts", RESULTS).exists()
        assert okoshi("sweep", experiment, "--shard", f"{part}/3", "--out", "parts").status == 0
    for name in ("several", "parts"):
        assert Path(name, RESULTS).read_bytes() == (swept / RESULTS).read_bytes()


def test_a_longer_design_goes_on_and_a_finished_sweep_does_nothing(
    okoshi: Okoshi, swept: Path, tmp_path: Path
) -> None:
    shutil.copytree(swept, "out")
    made_of_fewer = [
        Path("out", f"{name}.parquet") for name in ("indices", "boxes", "regret", "shapley", "split")
    ]
    for analysis in made_of_fewer:
        analysis.touch()
    longer = write_experiment(tmp_path / "longer", replicates=3)
    said = okoshi("sweep", longer, "--out", "out")
    assert said.status == 0, said.err
    assert not any(analysis.exists() for analysis in made_of_fewer)
    assert "6 of 18 runs to do" in Path("out/run.log").read_text()
    assert parquet.read_table("out/results.parquet").num_rows == 18
    before = Path("out/results.parquet").read_bytes()
    assert okoshi("sweep", longer, "--out", "out").status == 0
    assert "0 of 18 runs to do" in Path("out/run.log").read_text()
    assert Path("out/results.parquet").read_bytes() == before


def test_failed_runs_are_listed_with_input_and_error_and_can_be_done_again(
    okoshi: Okoshi, experiment: Path, swept: Path
) -> None:
    said = okoshi("sweep", experiment, "--time-limit", "0.001", "--out", "out")
    assert said.status == 1
    assert "12 runs failed; `okoshi status out` says which" in said.err
    assert set(parquet.read_table("out/results.parquet").column("status").to_pylist()) == {"failed"}
    status = okoshi("status", "out", "--format", "json")
    told = json.loads(status.out)
    assert (told["runs"], told["done"], told["failed"], told["missing"]) == (12, 0, 12, 0)
    failure = told["failures"][3]
    assert (failure["run"], failure["point"], failure["replicate"]) == ("1.1", 1, 1)
    assert failure["input"] == {
        "policy.cooperators.startup_per_member@2011": 0,
        "structure.matching": "deferred_acceptance",
    }
    assert failure["error"] == "TooLong: the run took longer than 0.001 s"
    assert "okoshi run --from out:0.0" in okoshi("status", "out").out
    assert "失敗" in okoshi("status", "out", "--language", "ja").out
    assert len(okoshi("status", "out", "--format", "csv").out.splitlines()) == 13
    assert "TooLong" in okoshi("run", "--from", "out:1.1", "--tables", "national").err
    assert okoshi("sweep", experiment, "--out", "out", "--retry").status == 0
    assert Path("out/results.parquet").read_bytes() == (swept / RESULTS).read_bytes()


def test_another_experiments_folder_is_left_alone(okoshi: Okoshi, experiment: Path, swept: Path) -> None:
    shutil.copytree(swept, "out")
    other = experiment.with_name("other.toml")
    other.write_text(experiment.read_text().replace("[0, 3_000_000]", "[0, 2_000_000]"))
    refused = okoshi("sweep", other, "--out", "out")
    assert refused.status == 2
    assert "another experiment's runs" in refused.err
    assert Path("out/results.parquet").read_bytes() == (swept / RESULTS).read_bytes()
    assert okoshi("run", "baseline", "--out", "out").status == 2
    assert okoshi("sweep", other, "--out", "out", "--overwrite").status == 0
    assert Path("out/results.parquet").read_bytes() != (swept / RESULTS).read_bytes()
    refused = okoshi("sweep", experiment, "--out", "out")
    assert refused.status == 2


def test_runs_of_another_version_are_refused(okoshi: Okoshi, experiment: Path, swept: Path) -> None:
    shutil.copytree(swept, "out")
    study = Path("out/store/study.json")
    study.write_text(study.read_text().replace('"processor": "', '"processor": "Another '))
    refused = okoshi("sweep", experiment, "--out", "out")
    assert refused.status == 2
    assert "Another" in refused.err
    assert okoshi("status", "out").status == 0
    shutil.rmtree("out/store/runs")  # whose keys would be that other's
    anew = okoshi("sweep", experiment, "--out", "out", "--overwrite", "--shard", "1/2")
    assert anew.status == 0
    assert not Path("out/results.parquet").exists(), (
        "results of another kind of CPU are not taken for this one's"
    )
    assert okoshi("sweep", experiment, "--out", "out").status == 0
    assert Path("out/results.parquet").read_bytes() == (swept / RESULTS).read_bytes()


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--shard", "0/3"), "0/3"),
        (("--shard", "4/3"), "4/3"),
        (("--shard", "one"), "one"),
        (("--cluster", "x.toml", "--workers", "2"), "--workers"),
        (("--cluster", "x.toml", "--shard", "1/2"), "--shard"),
        (("--cluster", "nowhere.toml"), "nowhere.toml"),
        (("--time-limit", "0"), "--time-limit"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_runs(
    okoshi: Okoshi, experiment: Path, options: tuple[str, ...], what: str
) -> None:
    said = okoshi("sweep", experiment, *options, "--out", "out")
    assert (said.status, said.out) == (2, "")
    assert what in said.err
    assert not list(Path().glob("out/results.parquet"))


def test_a_faulty_profile_is_said_with_all_its_faults(okoshi: Okoshi, experiment: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    profile = Path("profile.toml")
    profile.write_text('kind = "local"\ninterface = "nowhere0"\njobs = 0\ncoers = 2\nmemory = "1GB"\n')
    said = okoshi("sweep", experiment, "--cluster", profile, "--out", "out")
    assert said.status == 2
    for part in ("nowhere0", "jobs", "coers", "did you mean cores?", "profile.toml:4"):
        assert part in said.err


def test_what_a_profile_takes_is_said_in_words_before_anything_is_written(
    okoshi: Okoshi, experiment: Path
) -> None:
    """Memory and lifetime are dask's to read: a wrong one showed as its own error, or on each machine for ever."""
    pytest.importorskip("dask_jobqueue")
    profile = Path("profile.toml")
    profile.write_text(
        'kind = "locl"\ninterface = "lo"\njobs = 1\ncores = "2"\nmemory = "much"\nlifetime = "long"\nprologue = "x"\n'
    )
    said = okoshi("sweep", experiment, "--cluster", profile, "--out", "out")
    assert (said.status, Path("out").exists()) == (2, False)
    for part in (
        "mean local?",
        '2"\n    the value is of the wrong kind; allowed: a whole',
        "32GB",
        "230m",
        "a list of",
    ):
        assert part in said.err
    for kind in ("int", "str |", "tuple["):
        assert f"allowed: {kind}" not in said.err


def test_why_a_queue_took_no_job_is_kept_and_no_traceback_shown(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("tornado.application")
    printing = logging.StreamHandler(sys.stderr)  # as dask gives it one
    logger.addHandler(printing)
    try:
        with refusals_heard() as refusals:
            try:
                raise RuntimeError("stderr:\nsbatch: error: Invalid account\n")
            except RuntimeError:
                logger.exception("Exception in callback")
        assert refusals.last == "sbatch: error: Invalid account"
        assert capsys.readouterr().err == ""
        assert printing in logger.handlers
    finally:
        logger.removeHandler(printing)


def begin(experiment: Path, folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [OKOSHI, "sweep", experiment, "--out", folder, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_interrupted_it_leaves_with_130_in_time_and_keeps_what_is_done(
    okoshi: Okoshi, tmp_path: Path
) -> None:
    long = write_experiment(tmp_path / "long", samples=50)
    process = begin(long, tmp_path / "out", "--workers", "2")
    while not list(tmp_path.glob("out/store/runs/*.jsonl")):
        assert process.poll() is None
        time.sleep(0.05)
    refused = okoshi("sweep", long, "--out", tmp_path / "out")
    assert refused.status == 2
    assert str(process.pid) in refused.err
    assert "at work" in okoshi("status", tmp_path / "out").out
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - began < 5) == (130, True)
    assert "Traceback" not in said
    told = json.loads(okoshi("status", tmp_path / "out", "--format", "json").out)
    assert 0 < told["done"] < 200
    assert told["missing"] == 200 - told["done"]


def test_a_full_disk_is_said_and_the_sweep_goes_on_when_there_is_room(
    experiment: Path, swept: Path, tmp_path: Path
) -> None:
    """The system refuses larger files: too small for `scenario.toml`, then for the records, then for the results."""
    scenario = (swept / "scenario.toml").stat().st_size
    records = next((swept / "store" / "runs").iterdir()).stat().st_size
    assert scenario > records > 2_000
    folder = tmp_path / "out"

    def with_room_for(size: int) -> subprocess.CompletedProcess[str]:
        def small_disk() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        command = [OKOSHI, "sweep", experiment, "--out", folder]
        return subprocess.run(command, preexec_fn=small_disk, capture_output=True, text=True)

    assert with_room_for(scenario // 2).returncode == 1
    assert not (folder / "scenario.toml").exists()
    shutil.copy(swept / "scenario.toml", folder)  # which is then left alone
    full = with_room_for(1_500)
    assert full.returncode == 1
    assert "the disk is full" in full.stderr
    assert not (folder / RESULTS).exists()
    said = subprocess.run([OKOSHI, "sweep", experiment, "--out", folder], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert (folder / RESULTS).read_bytes() == (swept / RESULTS).read_bytes()
    assert not list(folder.rglob("*.part"))


@pytest.mark.full
def test_killed_twenty_times_over_it_gives_the_bytes_of_an_undisturbed_sweep(tmp_path: Path) -> None:
    experiment = write_experiment(tmp_path / "experiment", samples=60)
    killed = 0
    for _ in range(20):
        process = begin(experiment, tmp_path / "out", "--workers", "2")
        time.sleep(random.uniform(0.5, 8))
        killed += process.poll() is None
        process.kill()
        process.communicate()
    assert killed > 0
    for name in ("out", "undisturbed"):
        process = begin(experiment, tmp_path / name, "--workers", "2")
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    assert (tmp_path / "out" / RESULTS).read_bytes() == (tmp_path / "undisturbed" / RESULTS).read_bytes()


@pytest.mark.full
def test_machines_of_a_cluster_listen_on_the_profiles_interface_alone(swept: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    profile = tmp_path / "profile.toml"
    profile.write_text('kind = "local"\ninterface = "lo"\njobs = 1\ncores = 2\nmemory = "2GB"\n')
    long = write_experiment(tmp_path / "long", samples=50)
    process = begin(long, tmp_path / "out", "--cluster", str(profile))
    while not list(tmp_path.glob("out/store/runs/*.jsonl")):
        assert process.poll() is None
        time.sleep(0.05)
    ours = {process.pid, *descendants(process.pid)}
    assert len(ours) >= 4
    listening = addresses(ours)
    assert listening
    assert set(listening) == {"0100007F"}, "127.0.0.1, as /proc writes it"
    keys = list(tmp_path.glob("out/store/.dask-jobqueue.worker.key.*"))
    assert [oct(path.stat().st_mode & 0o777) for path in keys] == ["0o600"]
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - began < 5) == (130, True)
    assert not list(tmp_path.glob("out/store/.dask-jobqueue.worker.key.*"))
    again = begin(swept.parent / "aid.toml", tmp_path / "small", "--cluster", str(profile))
    _, said = again.communicate(timeout=300)
    assert again.returncode == 0, said
    assert (tmp_path / "small" / RESULTS).read_bytes() == (swept / RESULTS).read_bytes()


def descendants(process: int) -> list[int]:
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def addresses(processes: set[int]) -> list[str]:
    """Return the addresses on which processes listen, in hex, IPv4 and IPv6."""
    sockets = set()
    for process in processes:
        for path in Path(f"/proc/{process}/fd").iterdir():
            name = os.readlink(path)
            if name.startswith("socket:["):
                sockets.add(name.removeprefix("socket:[").rstrip("]"))
    lines = []
    for table in ("tcp", "tcp6"):
        lines += [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return [line[1].split(":")[0] for line in lines if line[3] == "0A" and line[9] in sockets]
