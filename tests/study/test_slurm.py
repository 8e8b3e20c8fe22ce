"""A real SLURM on this machine: a sweep sent to it gives the bytes of one that ran here."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from small_experiment import write_experiment

OKOSHI = Path(sys.executable).with_name("okoshi")
CONFIGURATION = """\
ClusterName=okoshi
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
PROFILE = """\
kind = "slurm"
interface = "lo"
jobs = 2
cores = 1
memory = "1GB"
walltime = "00:10:00"
lifetime = "9m"
"""

pytestmark = pytest.mark.full


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def install() -> None:
    """Install SLURM, or skip with the reason why it cannot be."""
    if shutil.which("slurmctld") and shutil.which("munged"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("SLURM is not installed, and only root on Debian or Ubuntu can install it here")
    apt = ["apt-get", "--quiet", "--yes", "--no-install-recommends"]
    for words in (["update"], ["install", "slurm-wlm", "munge"]):
        done = subprocess.run([*apt, *words], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"SLURM cannot be installed: {done.stderr.strip().splitlines()[-1:]}")


def stop(pid_file: Path) -> None:
    """End what wrote its number into a file."""
    try:
        os.kill(int(pid_file.read_text()), 15)
    except (OSError, ValueError):
        return


@pytest.fixture(scope="module")
def munge() -> Iterator[None]:
    """Let the machine's munge answer; one that was there stays."""
    install()
    if os.geteuid() != 0:
        pytest.skip("SLURM is started as root")
    pid_file = Path("/run/munge/munged.pid")
    if subprocess.run(["munge", "-n"], capture_output=True).returncode == 0:
        yield
        return
    if not Path("/etc/munge/munge.key").exists():
        subprocess.run(["mungekey", "-c", "-f"], check=True)
    for folder in ("/etc/munge", "/run/munge", "/var/log/munge", "/var/lib/munge"):
        Path(folder).mkdir(exist_ok=True)
        subprocess.run(["chown", "-R", "munge:munge", folder], check=True)
    subprocess.run(["runuser", "-u", "munge", "--", "/usr/sbin/munged"], check=True)
    yield
    stop(pid_file)


@pytest.fixture(scope="module")
def slurm(munge: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a cluster of one node and return the environment in which its commands work."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    host = subprocess.run(["hostname", "-s"], check=True, capture_output=True, text=True).stdout.strip()
    settings = folder / "slurm.conf"
    settings.write_text(
        CONFIGURATION.format(host=host, folder=folder, controller=free_port(), node=free_port())
    )
    environment = {**os.environ, "SLURM_CONF": str(settings)}
    try:
        subprocess.run(["slurmctld", "-c"], env=environment, check=True)
        subprocess.run(["slurmd"], env=environment, check=True)
        until = time.monotonic() + 60
        while said(["sinfo", "-h", "-o", "%T"], environment) != "idle":
            assert time.monotonic() < until, (folder / "slurmctld.log").read_text()[-2000:]
            time.sleep(0.3)
        yield environment
    finally:
        subprocess.run(["scancel", "--user=root"], env=environment, check=False)
        for name in ("slurmd", "slurmctld"):
            stop(folder / f"{name}.pid")


def said(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the results of the sweep as it ran in one process."""
    folder = tmp_path_factory.mktemp("here")
    path = write_experiment(folder, samples=5)
    subprocess.run([OKOSHI, "sweep", path, "--out", folder / "out"], check=True, capture_output=True)
    return folder / "out" / "results.parquet"


def test_machines_from_slurm_give_the_bytes_of_the_sweep_here(
    slurm: dict[str, str], here: Path, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text(PROFILE)
    command = [OKOSHI, "sweep", here.parents[1] / "aid.toml", "--out", tmp_path / "out", "--cluster", profile]
    done = subprocess.run(command, env=slurm, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "results.parquet").read_bytes() == here.read_bytes()
    until = time.monotonic() + 60
    while said(["squeue", "-h"], slurm):
        assert time.monotonic() < until, "the machines are given back"
        time.sleep(0.3)


def test_an_array_of_jobs_gives_the_bytes_of_the_sweep_here(
    slurm: dict[str, str], here: Path, repository: Path, tmp_path: Path
) -> None:
    script = repository / "experiments" / "clusters" / "slurm_array.sh"
    command = ["sbatch", "--array=1-4", "--mem-per-cpu=1G", script, here.parents[1] / "aid.toml", "out"]
    environment = {**slurm, "OKOSHI": str(OKOSHI)}
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True)
    until = time.monotonic() + 300
    while said(["squeue", "-h"], slurm):
        assert time.monotonic() < until
        time.sleep(0.3)
    logs = "\n".join(path.read_text() for path in tmp_path.glob("okoshi-*.log"))
    assert (tmp_path / "out" / "results.parquet").read_bytes() == here.read_bytes(), logs
    parts = [path.read_text() for path in (tmp_path / "out").glob("run-?-of-4.log")]
    assert len(parts) == 4
    assert all("5 of 20 runs to do" in part for part in parts), "each job did its own part"
