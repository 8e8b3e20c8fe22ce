"""`okoshi sweep`: runs a design, on this machine or a cluster; started again, goes on where it stopped."""

from __future__ import annotations

import contextlib
import datetime
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from okoshi.app.options import Command, option, out_option, overwrite_option, workers_option
from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.study.experiment import Experiment
    from okoshi.study.maker import Maker
    from okoshi.study.runner import Engine
    from okoshi.study.runs import Columns
    from okoshi.study.sweep import Plan, Sweep
    from okoshi.study.sweep_folder import SweepFolder

SECONDS_BETWEEN_LOG_LINES = 60.0
HOUR = 3600.0
MOST_DIGITS = 9  # of the parts of a sweep


@dataclass(frozen=True)
class Request:
    """What the command line asks for."""

    workers: int
    cluster: str | None
    shard: tuple[int, int]
    out: str | None
    overwrite: bool
    retry: bool
    time_limit: float


def engine_options(command: Any) -> Any:
    """Declare how many runs are done, and where: the fields of `Request`."""
    declared = (
        workers_option,
        option("--cluster", metavar="PROFILE", help="cluster"),
        option("--shard", metavar="I/N", help="shard"),
        option(
            "--time-limit",
            type=click.FloatRange(min=0, min_open=True),
            default=HOUR,
            show_default=True,
            help="time_limit",
        ),
        option("--retry", is_flag=True, help="retry"),
        out_option,
        overwrite_option,
    )
    for declare in reversed(declared):
        command = declare(command)
    return command


def read_request(shard: str | None, **options: Any) -> Request:
    """Return what is asked for. Raises InputError where it is asked for in two ways at once."""
    request = Request(shard=read_shard(shard), **options)
    if request.cluster and (request.workers > 1 or shard):
        raise InputError(Fault(say("sweep.one_way"), key="--cluster", value=request.cluster))
    if request.cluster:  # before anything is written
        from okoshi.study.cluster import cluster_class, read_profile

        cluster_class(read_profile(Path(request.cluster)).kind)
    return request


@click.command("sweep", cls=Command)
@click.argument("experiment", metavar="EXPERIMENT")
@engine_options
def command(experiment: str, **options: Any) -> None:
    """Run an experiment."""
    from okoshi.study.experiment import load_experiment
    from okoshi.study.sweep import plan_of
    from okoshi.study.whole_country import country_of

    request = read_request(**options)
    loaded = load_experiment(experiment)
    country_of(loaded.scenario)
    run_sweep(loaded, plan_of(loaded), request)


def read_shard(text: str | None) -> tuple[int, int]:
    """Return `I/N` as two numbers, 1/1 without one. Raises InputError where it is no part of a whole."""
    if text is None:
        return 1, 1
    part, _, whole = text.partition("/")
    are_numbers = all(number.isdecimal() and len(number) <= MOST_DIGITS for number in (part, whole))
    if are_numbers and 1 <= int(part) <= int(whole):
        return int(part), int(whole)
    raise InputError(Fault(say("sweep.bad_shard"), key="--shard", value=text, allowed="1/N … N/N"))


def run_sweep(experiment: Experiment, plan: Plan, request: Request) -> None:
    """Do what is missing of a sweep and, when nothing is, write its results.

    Raises InputError where the folder is another's, RunError where the disk is full or runs have failed.
    """
    from okoshi.app.run import RESULTS
    from okoshi.app.writing import disk_errors

    path = Path(request.out) if request.out else RESULTS / experiment.name
    folder = prepare(path, overwrite=request.overwrite)
    started = datetime.datetime.now().astimezone()
    with disk_errors("sweep.cannot_write", folder=path), folder.store.locked(shared=request.shard[1] > 1):
        log = Log(path / log_name(request.shard))
        if request.shard[1] == 1:
            folder.tidy()
        with log.kept(), engine_of(request, folder, log) as (engine, maker):
            from okoshi.study.sweep import Sweep

            sweep = Sweep(plan, maker, folder.store)
            folder.take(experiment, sweep.owner, overwrite=request.overwrite)
            do_runs(experiment.shown_title, sweep, engine, request, log)
        counts = finish(experiment, sweep, folder, request, started)
    with disk_errors("sweep.cannot_write", folder=path):
        if not counts["missing"]:
            folder.store.gather()
    if counts["failed"]:
        raise RunError(say("sweep.some_failed", failed=counts["failed"], folder=folder.path))


def prepare(path: Path, *, overwrite: bool) -> SweepFolder:
    """Make the folder of a sweep, or go on in one. Raises InputError where it holds another run's files."""
    from okoshi.app.writing import prepare_folder
    from okoshi.study.sweep_folder import SweepFolder

    folder = SweepFolder(path)
    is_ours = path.is_dir() and folder.store.owner() is not None
    prepare_folder(path, {"okoshi": "sweep"}, overwrite=overwrite or is_ours)
    return folder


@contextlib.contextmanager
def engine_of(request: Request, folder: SweepFolder, log: Log) -> Iterator[tuple[Engine, Maker]]:
    """Give the way to do jobs that was asked for, and who reckons there."""
    from okoshi.study.maker import this_maker
    from okoshi.study.runner import Here, Processes

    if request.cluster is None:
        several = request.workers > 1
        engine = Processes(request.workers, request.time_limit) if several else Here(request.time_limit)
        yield engine, this_maker()
        return
    from okoshi.study.cluster import machines, read_profile, remove_certificates

    remove_certificates(folder.store.folder)
    profile = read_profile(Path(request.cluster))

    def waiting(text: str) -> None:
        log(text)
        click.echo(text, err=True)

    with machines(profile, folder.store.folder, request.time_limit, waiting) as found:
        yield found, found.maker()


def do_runs(title: str, sweep: Sweep, engine: Engine, request: Request, log: Log) -> None:
    """Do the runs of this part that are missing."""
    from okoshi.app.progress import Progress

    numbers = sweep.to_do(sweep.found(), request.shard, retry=request.retry)
    to_do = say("sweep.to_do", missing=len(numbers), runs=len(sweep.plan))
    log(to_do)
    click.echo(to_do, err=True)
    with Progress(title, log.now_and_then) as progress:
        sweep.run(
            engine, numbers, progress=progress, failed=lambda record: log(f"{record.key} {record.error}")
        )


def finish(
    experiment: Experiment,
    sweep: Sweep,
    folder: SweepFolder,
    request: Request,
    started: datetime.datetime,
) -> dict[str, int]:
    """Write the results where nothing is missing, and say how it stands; return the number of runs by status."""
    from okoshi.study.sweep import count_by_status

    folder.store.look_anew()
    table = sweep.results(sweep.found())
    counts = count_by_status(table)
    if not counts["missing"]:
        now = datetime.datetime.now().astimezone()
        more = {
            **counts,
            "workers": request.cluster or request.workers,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round((now - started).total_seconds(), 3),
        }
        write_results(experiment, sweep, table, folder, more)
    click.echo(say("sweep.stands", title=experiment.shown_title, runs=len(sweep.plan), **counts))
    if counts["missing"]:
        click.echo(say("sweep.elsewhere", folder=folder.path), err=True)
    else:
        click.echo(say("sweep.wrote", file=folder.results), err=True)
    return counts


def write_results(
    experiment: Experiment, sweep: Sweep, table: Columns, folder: SweepFolder, more: dict[str, Any]
) -> None:
    """Write `results.parquet`, then `run.json`; whoever does it writes the same results."""
    from okoshi.app.table_files import as_arrow
    from okoshi.app.writing import describe_run
    from okoshi.study.files import write_parquet, write_text_whole
    from okoshi.study.sweep_folder import RUN, own_document
    from okoshi.study.whole_country import country_of

    scenario = experiment.scenario
    world = country_of(scenario)
    record = describe_run(
        scenario,
        invented=world.invented,
        okoshi="sweep",
        experiment=own_document(experiment),
        study=sweep.plan.study,
        maker={"id": sweep.maker.id, "shown": sweep.maker.shown()},
        runs=len(sweep.plan),
        seeds=list(sweep.plan.seeds),
        **more,
    )
    arrow = as_arrow("results", table, {**record, "version": sweep.maker.model}, declared(experiment))
    write_parquet(folder.results, arrow)
    text = json.dumps(record, ensure_ascii=False, indent=1, default=str) + "\n"
    write_text_whole(folder.path / RUN, text)


def declared(experiment: Experiment) -> dict[str, Any]:
    """Return what is said of the columns of the results: of outcomes as of their table, of factors their unit."""
    from okoshi.observe.column_declaration import ColumnDeclaration
    from okoshi.parameters.catalogue import catalogue
    from okoshi.study.words import declared_columns

    columns = {}
    for outcome in experiment.outcomes:
        columns[outcome.label] = declared_columns(outcome.table)[outcome.column]
    for factor in experiment.factors:
        parameter = catalogue().get(factor.parameter.partition("@")[0])
        if parameter is not None:
            columns[factor.parameter] = ColumnDeclaration(
                factor.parameter, "", parameter.unit, parameter.description, parameter.description_ja
            )
    return columns


def log_name(shard: tuple[int, int]) -> str:
    """Return the file that tells what happened: one of its own for each part, since parts share the folder."""
    return "run.log" if shard[1] == 1 else f"run-{shard[0]}-of-{shard[1]}.log"


@dataclass
class Log:
    """`run.log`: a line with the time of day for what happens."""

    path: Path
    last: float = 0.0

    def __call__(self, text: str) -> None:
        """Add a line. Raises OSError when the disk does not take it."""
        from okoshi.app.writing import add_to_log

        add_to_log(self.path, text)

    def now_and_then(self, text: str) -> None:
        """Add a line unless the last such line is fresh."""
        if time.monotonic() - self.last >= SECONDS_BETWEEN_LOG_LINES:
            self.last = time.monotonic()
            self(text)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Write down how a `with` block ended."""
        from importlib.metadata import version

        self(f"okoshi {version('okoshi')}")
        try:
            yield
        except BaseException as error:
            with contextlib.suppress(OSError):
                self(f"{type(error).__name__}: {error}")
            raise
        self(say("run.done"))
