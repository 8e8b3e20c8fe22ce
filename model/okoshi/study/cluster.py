"""Jobs on a cluster: dask hands them out, dask-jobqueue asks SLURM or PBS for the machines.

What listens is bound to the profile's interface and speaks TLS with certificates made for this sweep alone; there
is no dashboard. A profile is a TOML file, as in `experiments/clusters/`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import wait
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.language.errors import InputError, RunError, nearest_name
from okoshi.language.messages import say
from okoshi.scenario.documents import Document, read_document
from okoshi.study.jobs import Job, Record, Work, attempt
from okoshi.study.maker import Maker, this_maker
from okoshi.study.runner import (
    IN_FLIGHT_PER_WORKER,
    ONE_THREAD,
    Records,
    failed,
    record_of,
    start_pool,
)

if TYPE_CHECKING:
    from pebble import ProcessPool

EXTRA = "okoshi[cluster]"
KINDS = {"slurm": ("SLURMCluster", "sbatch"), "pbs": ("PBSCluster", "qsub"), "local": ("LocalCluster", "sh")}
# A machine that goes takes its runs with it, and they are begun again elsewhere; a run that kills its own process
# never gets as far as dask (see `attempt_apart`).
LOST_MACHINES = 10
SECONDS_BETWEEN_LOOKS = 10
SECONDS_TO_SUBMIT = 60
LISTENERS = "127.0.0.1:0"  # dask's own pages, empty here, cannot be turned off altogether


@dataclass(frozen=True)
class Profile:
    """How to ask a cluster for machines. `jobs` jobs of `cores` cores and `memory` each stand in its queue.

    `lifetime` lies below `walltime`, so that a job ends by itself between runs; `directives` are further lines
    for the queue, `prologue` commands before the work; `python` is the interpreter there.
    """

    kind: str
    interface: str
    jobs: int
    cores: int
    memory: str
    walltime: str | None = None
    lifetime: str | None = None
    queue: str | None = None
    account: str | None = None
    directives: tuple[str, ...] = ()
    prologue: tuple[str, ...] = ()
    python: str | None = None
    log_directory: str | None = None


def read_profile(path: Path) -> Profile:
    """Read a profile. Raises InputError with all its faults at once."""
    document = read_document(path)
    known = {item.name: str(item.type) for item in fields(Profile)}
    values: dict[str, Any] = {}
    for key, value in document.data.items():
        if key not in known:
            document.blame((key,), say("faults.unknown_key"), nearest=nearest_name(key, known))
        elif _fits(value, known[key]):
            values[key] = tuple(value) if isinstance(value, list) else value
        else:
            document.blame((key,), say("faults.wrong_type"), value=value, allowed=known[key])
    for item in ("kind", "interface", "jobs", "cores", "memory"):
        if item not in document.data:
            document.blame((item,), say("faults.missing_key"), allowed=known[item])
    _check_choices(document, values)
    if document.faults:
        raise InputError(document.faults)
    return Profile(**values)


def _fits(value: object, kind: str) -> bool:
    if kind == "int":
        return type(value) is int and value > 0
    if kind.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(line, str) for line in value)
    return isinstance(value, str) and bool(value.strip())


def _check_choices(document: Document, values: Mapping[str, Any]) -> None:
    import psutil

    kind = values.get("kind")
    if kind is not None and kind not in KINDS:
        document.blame(("kind",), say("faults.unknown_choice"), value=kind, allowed=", ".join(KINDS))
    elif kind is not None and shutil.which(KINDS[kind][1]) is None:
        document.blame(("kind",), say("sweep.no_queue", command=KINDS[kind][1]), value=kind)
    there = psutil.net_if_addrs()
    if "interface" in values and values["interface"] not in there:
        what, known = say("sweep.no_interface"), ", ".join(there)
        document.blame(("interface",), what, value=values["interface"], allowed=known)


@dataclass(frozen=True)
class Machines:
    """Do the jobs on a cluster's machines, each in a process apart."""

    client: Any
    profile: Profile
    limit: float | None = None

    def __call__(self, jobs: Iterable[Job], work: Work) -> Records:
        """Yield a record for each job, in the order in which they end."""
        from distributed import as_completed

        rest, at_work = iter(jobs), {}
        window = IN_FLIGHT_PER_WORKER * self.profile.jobs * self.profile.cores
        ended = as_completed()

        def hand_out(count: int) -> None:
            for job in islice(rest, count):
                future = self.client.submit(attempt_apart, job, work, self.limit, pure=False)
                at_work[future.key] = job
                ended.add(future)

        hand_out(window)
        while at_work:
            future = next(ended)
            job = at_work.pop(future.key)
            yield self._record(future, job)
            hand_out(window - len(at_work))

    def _record(self, future: Any, job: Job) -> Record:
        from distributed.scheduler import KilledWorker

        try:
            record: Record = future.result()
        except KilledWorker:
            return failed(job, f"KilledWorker: {say('sweep.machine_lost')}", LOST_MACHINES)
        return record

    def maker(self) -> Maker:
        """Return who reckons on the cluster, once a machine is there. Raises RunError where they differ."""
        makers: set[Maker] = set(self.client.run(this_maker).values())
        if len(makers) != 1:
            shown = "; ".join(sorted(maker.shown() for maker in makers))
            raise RunError(say("sweep.different_machines", makers=shown))
        return makers.pop()


@contextlib.contextmanager
def machines(
    profile: Profile, folder: Path, limit: float | None, waiting: Callable[[str], None]
) -> Iterator[Machines]:
    """Ask a cluster for machines, wait for the first, and give them back at the end of a `with` block.

    Certificates lie in `folder`, which the machines must see, as long as the block lasts. `waiting` is told how
    long it takes. Raises InputError without the extra `cluster`, RunError where no job gets into the queue.
    """
    try:
        import dask_jobqueue
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise InputError(say("sweep.no_extra", extra=EXTRA)) from error
    import dask

    settings = {
        "distributed.scheduler.allowed-failures": LOST_MACHINES,
        "distributed.admin.tick.interval": "5s",
        "distributed.comm.timeouts.connect": "60s",
    }
    kind = getattr(dask_jobqueue, KINDS[profile.kind][0], None) or _local_cluster()
    with dask.config.set(settings):
        cluster = kind(**cluster_options(profile, folder), security=Security.temporary())
        client = None
        try:
            cluster.adapt(minimum_jobs=profile.jobs, maximum_jobs=profile.jobs)
            client = Client(cluster, set_as_default=False)
            wait_for_machine(cluster, client, waiting)
            yield Machines(client, profile, limit)
        finally:
            if client is not None:
                client.close(timeout=1)
            cluster.close(timeout=3)


def _local_cluster() -> Any:
    from dask_jobqueue.local import LocalCluster

    return LocalCluster


def cluster_options(profile: Profile, folder: Path) -> dict[str, Any]:
    """Return what dask-jobqueue is asked for."""
    extra = ["--no-dashboard", "--dashboard-address", LISTENERS]
    if profile.lifetime:
        extra += ["--lifetime", profile.lifetime, "--lifetime-stagger", "1 minute"]
    options = {
        "cores": profile.cores,
        "processes": 1,
        "nanny": False,  # a process under a nanny could not have processes of its own
        "memory": profile.memory,
        "interface": profile.interface,
        "protocol": "tls://",
        "python": profile.python,
        "queue": profile.queue,
        "account": profile.account,
        "walltime": profile.walltime,
        "job_extra_directives": list(profile.directives),
        "job_script_prologue": [*(f"export {name}=1" for name in ONE_THREAD), *profile.prologue],
        "worker_extra_args": extra,
        "log_directory": profile.log_directory or str(folder),
        "local_directory": "/tmp",
        "death_timeout": 60,
        "shared_temp_directory": str(folder.resolve()),
        "scheduler_options": {"dashboard": False, "dashboard_address": LISTENERS},
    }
    if profile.kind == "local":
        for name in ("account", "job_script_prologue"):
            options.pop(name)
    return options


def wait_for_machine(cluster: Any, client: Any, waiting: Callable[[str], None]) -> None:
    """Wait until the first machine is there, however long the queue. Raises RunError where no job got into it."""
    began = time.monotonic()
    while True:
        with contextlib.suppress(TimeoutError):
            client.wait_for_workers(1, timeout=SECONDS_BETWEEN_LOOKS)
            return
        submitted = [job for job in cluster.workers.values() if getattr(job, "job_id", None)]
        seconds = time.monotonic() - began
        if not submitted and seconds > SECONDS_TO_SUBMIT:
            raise RunError(say("sweep.not_submitted", script=cluster.job_script()))
        waiting(say("sweep.waiting", jobs=len(submitted), seconds=f"{seconds:.0f}"))


_POOLS: list[ProcessPool] = []
_MAKING = threading.Lock()


def attempt_apart(job: Job, work: Work, limit: float | None) -> Record:
    """Do a job on a machine of the cluster, in a process of its own that may die or be stopped."""
    for tries in range(1, 3):
        future = _pool().schedule(attempt, args=(job, work), timeout=limit)
        wait([future])
        record = record_of(future, job, tries, limit)
        if record is not None:
            return record
    raise AssertionError("the last try leaves a record")


def _pool() -> ProcessPool:
    """Return the processes of this machine: one for each thread that dask hands jobs to."""
    from distributed import get_worker

    with _MAKING:
        if not _POOLS:
            os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
            _POOLS.append(start_pool(get_worker().state.nthreads))
        return _POOLS[0]
