"""Jobs on a cluster: dask hands them out, dask-jobqueue asks SLURM or PBS for the machines.

What listens is bound to the profile's interface and speaks TLS with certificates made for this sweep alone; there
is no dashboard. A profile is a TOML file, as in `experiments/clusters/`.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from okoshi.language.errors import InputError, RunError, nearest_name
from okoshi.language.messages import say
from okoshi.scenario.documents import Document, read_document
from okoshi.study.child import Child, wait_for
from okoshi.study.jobs import FAILED, Job, Record, Work
from okoshi.study.limits import ONE_THREAD
from okoshi.study.maker import Maker, this_maker
from okoshi.study.runner import Records

EXTRA = "okoshi[cluster]"
KINDS = {"slurm": ("SLURMCluster", "sbatch"), "pbs": ("PBSCluster", "qsub"), "local": ("LocalCluster", "sh")}
# A machine that goes takes its runs with it, and they are begun again elsewhere; a run that kills its own process
# never gets as far as dask (see `attempt_apart`).
LOST_MACHINES = 10
IN_FLIGHT_PER_CORE = 2
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
            document.blame((key,), say("faults.wrong_type"), value=value, allowed=_allowed(known[key]))
    for item in ("kind", "interface", "jobs", "cores", "memory"):
        if item not in document.data:
            document.blame((item,), say("faults.missing_key"), allowed=_allowed(known[item]))
    _check_choices(document, values)
    _check_amounts(document, values)
    if document.faults:
        raise InputError(document.faults)
    return Profile(**values)


def _fits(value: object, kind: str) -> bool:
    if kind == "int":
        return type(value) is int and value > 0
    if kind.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(line, str) for line in value)
    return isinstance(value, str) and bool(value.strip())


def _allowed(kind: str) -> str:
    """Return in words what `_fits` takes."""
    if kind == "int":
        return say("usage.allowed_from", low=1)
    return say("allowed.texts" if kind.startswith("tuple") else "allowed.text")


def _check_amounts(document: Document, values: Mapping[str, Any]) -> None:
    """Blame what dask, which reads these two on its own, would stumble over: here, or on each machine for ever."""
    try:
        from dask.utils import parse_bytes, parse_timedelta
    except ImportError:  # `cluster_class` says what to install
        return
    for key, parse in (("memory", parse_bytes), ("lifetime", parse_timedelta)):
        if key not in values:
            continue
        try:
            is_amount = parse(values[key]) > 0
        except (ValueError, KeyError):
            is_amount = False
        if not is_amount:
            allowed = say(f"allowed.cluster_{key}")
            document.blame((key,), say("faults.wrong_type"), value=values[key], allowed=allowed)


def _check_choices(document: Document, values: Mapping[str, Any]) -> None:
    kind = values.get("kind")
    if kind is not None and kind not in KINDS:
        what, near = say("faults.unknown_choice"), nearest_name(kind, KINDS)
        document.blame(("kind",), what, value=kind, allowed=", ".join(KINDS), nearest=near)
    elif kind is not None and shutil.which(KINDS[kind][1]) is None:
        document.blame(("kind",), say("sweep.no_queue", command=KINDS[kind][1]), value=kind)
    there = [name for _, name in socket.if_nameindex()]
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
        window = IN_FLIGHT_PER_CORE * self.profile.jobs * self.profile.cores
        ended = as_completed(loop=self.client.loop)

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
            error = f"KilledWorker: {say('sweep.machine_lost')}"
            return Record(job.key, FAILED, error=error, tries=LOST_MACHINES, maker=this_maker().id)
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
    kind = cluster_class(profile.kind)
    import dask
    from distributed import Client
    from distributed.security import Security

    settings = {
        "distributed.scheduler.allowed-failures": LOST_MACHINES,
        "distributed.admin.tick.interval": "5s",
        "distributed.comm.timeouts.connect": "60s",
    }
    logging.getLogger("distributed").setLevel(logging.ERROR)
    with dask.config.set(settings), refusals_heard() as refusals:
        cluster = kind(**cluster_options(profile, folder), security=Security.temporary())
        client = None
        try:
            cluster.adapt(minimum_jobs=profile.jobs, maximum_jobs=profile.jobs)
            client = Client(cluster, set_as_default=False)
            wait_for_machine(cluster, client, logs_of(profile, folder), waiting, refusals)
            yield Machines(client, profile, limit)
        finally:
            # Interrupted while jobs start, dask stumbles over them in closing, after it has asked for their end.
            with contextlib.suppress(AssertionError, TimeoutError):
                if client is not None:
                    client.close(timeout=1)
                cluster.close(timeout=3)
            cluster.shutdown_on_close = (
                False  # or it is closed once more at exit, and waits ten seconds for nothing
            )


def cluster_class(kind: str) -> Any:
    """Return dask-jobqueue's class for a kind of queue.

    The package takes Ctrl-C for itself when it is imported, and would end us with status 0: it is taken back.
    Raises InputError without the extra `cluster`.
    """
    before = signal.getsignal(signal.SIGINT)
    try:
        module = importlib.import_module("dask_jobqueue.local" if kind == "local" else "dask_jobqueue")
    except ImportError as error:
        raise InputError(say("sweep.no_extra", extra=EXTRA)) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, before)
    return getattr(module, KINDS[kind][0])


def remove_certificates(folder: Path) -> None:
    """Remove the keys that a sweep which was killed has left; they open nothing any more."""
    for path in folder.glob(".dask-jobqueue.worker.*"):
        path.unlink(missing_ok=True)


def cluster_options(profile: Profile, folder: Path) -> dict[str, Any]:
    """Return what dask-jobqueue is asked for."""
    extra = ["--no-dashboard", "--dashboard-address", LISTENERS]
    if profile.lifetime:
        extra += ["--lifetime", profile.lifetime, "--lifetime-stagger", "1m"]
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
        "log_directory": str(logs_of(profile, folder)),
        "local_directory": tempfile.gettempdir(),
        "death_timeout": 60,
        "shared_temp_directory": str(folder.resolve()),
        "scheduler_options": {"dashboard": False, "dashboard_address": LISTENERS},
    }
    if profile.kind == "local":
        for name in ("account", "job_script_prologue"):
            options.pop(name)
    return options


def logs_of(profile: Profile, folder: Path) -> Path:
    """Return where the jobs say what went wrong with them."""
    return Path(profile.log_directory) if profile.log_directory else folder.resolve() / "jobs"


class Refusals(logging.Handler):
    """Keeps what the queue said to jobs that it did not take: dask only logs it, with a traceback."""

    def __init__(self) -> None:
        super().__init__()
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the last line of what was said."""
        error = record.exc_info[1] if record.exc_info else None
        said = str(error or record.getMessage()).strip()
        self.last = said.splitlines()[-1] if said else self.last


@contextlib.contextmanager
def refusals_heard() -> Iterator[Refusals]:
    """Keep what the queue refuses during a `with` block, in place of tracebacks on standard error."""
    logger, heard = logging.getLogger("tornado.application"), Refusals()
    before = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [heard], False  # dask has given it a handler that prints
    try:
        yield heard
    finally:
        logger.handlers, logger.propagate = before


def wait_for_machine(
    cluster: Any, client: Any, logs: Path, waiting: Callable[[str], None], refusals: Refusals
) -> None:
    """Wait until the first machine is there, however long the queue. Raises RunError where no job got into it."""
    began = time.monotonic()
    while True:
        with contextlib.suppress(TimeoutError):
            client.wait_for_workers(1, timeout=SECONDS_BETWEEN_LOOKS)
            return
        submitted = [job for job in cluster.workers.values() if getattr(job, "job_id", None)]
        seconds = time.monotonic() - began
        if not submitted and seconds > SECONDS_TO_SUBMIT:
            reason = refusals.last or "–"
            raise RunError(say("sweep.not_submitted", reason=reason, script=cluster.job_script()))
        waiting(say("sweep.waiting", jobs=len(submitted), seconds=f"{seconds:.0f}", logs=logs))


_CHILDREN = threading.local()


def attempt_apart(job: Job, work: Work, limit: float | None) -> Record:
    """Do a job on a machine of the cluster: each thread that dask hands jobs to has a process apart."""
    child: Child | None = getattr(_CHILDREN, "child", None)
    if child is None:
        child = _CHILDREN.child = Child(limit)
    child.limit = limit
    child.begin(job, work)
    record = None
    while record is None:
        wait_for([child])
        record = child.record()
    return record
