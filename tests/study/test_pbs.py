"""PBS, of which there is none to install: what is sent to it, and a stand-in for its queue that runs what is sent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from okoshi.study.cluster import cluster_class, cluster_options, read_profile
from small_experiment import write_experiment

OKOSHI = Path(sys.executable).with_name("okoshi")
CLUSTERS = Path(__file__).resolve().parents[2] / "experiments" / "clusters"
QSUB = """#!/bin/sh
cp "$1" "{folder}/sent-$$.sh"
setsid sh "{folder}/sent-$$.sh" > "{folder}/job-$$.log" 2>&1 &
echo $! >> "{folder}/jobs"
echo "$!.stand-in"
"""
QDEL = '#!/bin/sh\nkill -- "-${1%%.*}"\n'


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with `qsub` and `qdel` that start and end what is sent as processes here."""
    folder = tmp_path / "queue"
    folder.mkdir()
    for name, text in (("qsub", QSUB.replace("{folder}", str(folder))), ("qdel", QDEL)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def profile_here(folder: Path, **values: str) -> Path:
    """Return the shipped profile with what is another on this machine."""
    text = (CLUSTERS / "pbs.toml").read_text(encoding="utf-8")
    for old, new in {'"ib0"': '"lo"', **values}.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "pbs.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_profile_asks_for_what_it_says(queue: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    from distributed.security import Security

    profile = read_profile(profile_here(tmp_path, **{'# account = "my_project"': 'account = "my_project"'}))
    options = cluster_options(profile, tmp_path)
    with cluster_class("pbs")(**options, security=Security.temporary()) as cluster:
        script = cluster.job_script()
    asked = [line.removeprefix("#PBS ") for line in script.splitlines() if line.startswith("#PBS ")]
    assert "-q workq" in asked
    assert "-A my_project" in asked
    assert "-l select=1:ncpus=16:mem=30GB" in asked
    assert "-l walltime=04:00:00" in asked
    assert "export OMP_NUM_THREADS=1" in script
    command = script.strip().splitlines()[-1]
    assert command.startswith(f"{sys.executable} -m distributed.cli.dask_worker ")
    for part in ("--lifetime 230m", "--no-dashboard", "--no-nanny", "--nthreads 16", "--protocol tls://"):
        assert part in command


@pytest.mark.full
def test_a_sweep_sent_to_the_queue_gives_the_bytes_of_one_that_ran_here(queue: Path, tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    experiment = write_experiment(tmp_path)
    smaller = {"jobs = 10": "jobs = 2", "cores = 16": "cores = 1", '"32GB"': '"1GB"'}
    profile = profile_here(tmp_path, **smaller)
    ways = {"here": [], "sent": ["--cluster", str(profile)]}
    for name, more in ways.items():
        command = [OKOSHI, "sweep", experiment, *more, "--out", tmp_path / name]
        said = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert said.returncode == 0, said.stderr
    assert len(list(queue.glob("sent-*.sh"))) >= 1
    here, sent = ((tmp_path / name / "results.parquet").read_bytes() for name in ways)
    assert sent == here
    for job in (queue / "jobs").read_text().split():  # all were ended
        assert not Path(f"/proc/{job}").exists() or "Z" in Path(f"/proc/{job}/stat").read_text()


@pytest.mark.full
def test_interrupted_while_it_waits_in_the_queue_it_ends_in_time_and_takes_its_jobs_back(
    queue: Path, tmp_path: Path
) -> None:
    pytest.importorskip("dask_jobqueue")
    (queue / "qsub").write_text(f'#!/bin/sh\necho $$ >> "{queue}/jobs"\necho "$$.stand-in"\n')
    (queue / "qdel").write_text(f'#!/bin/sh\necho "${{1%%.*}}" >> "{queue}/ended"\n')
    profile = profile_here(tmp_path, **{"jobs = 10": "jobs = 2"})
    command = [OKOSHI, "sweep", write_experiment(tmp_path), "--cluster", profile, "--out", tmp_path / "out"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    jobs = queue / "jobs"
    while not (jobs.exists() and len(jobs.read_text().split()) == 2) and time.monotonic() < deadline:
        time.sleep(0.2)
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (130, False), errors
    assert time.monotonic() - began < 5
    assert sorted((queue / "ended").read_text().split()) == sorted(jobs.read_text().split())


def test_the_array_job_does_its_own_part(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PBS_O_WORKDIR": str(tmp_path),
        "PBS_ARRAY_INDEX": "7",
        "PARTS": "100",
        "EXPERIMENT": "my experiment.toml",
        "DIR": "results/mine",
        "OKOSHI": "echo",
    }
    script = CLUSTERS / "pbs_array.sh"
    said = subprocess.run(["sh", script], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "sweep my experiment.toml --out results/mine --shard 7/100\n"
    del environment["EXPERIMENT"]
    assert subprocess.run(["sh", script], env=environment, capture_output=True, check=False).returncode != 0
