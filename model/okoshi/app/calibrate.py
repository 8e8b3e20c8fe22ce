"""`okoshi calibrate`: runs a pool over the prior, fits official figures up to a horizon, writes draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from okoshi.app.options import Command, option
from okoshi.app.sweep import Log, Request, do_runs, engine_of, engine_options, log_name, prepare, read_request
from okoshi.engine.calendar import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR
from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.parameters.posterior import Posterior
    from okoshi.study.calibrating import Calibration
    from okoshi.study.experiment import Experiment
    from okoshi.study.pool import Pool, Runs
    from okoshi.study.runs import Columns, Task
    from okoshi.study.runs_at_draws import Do
    from okoshi.study.validating import Seen

YEARS = click.IntRange(FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR)
MUCH, SOME = 0.5, 0.9  # shares of the prior's variance that are left
MOST_TARGETS_SHOWN = 200
TARGETS = "targets_fy{}"


@click.command("calibrate", cls=Command)
@click.argument("experiment", metavar="EXPERIMENT")
@option("--horizon", "horizons", type=YEARS, multiple=True, metavar="YEAR", help="horizon")
@option("--recovery", type=click.IntRange(0), default=0, metavar="N", help="recovery")
@engine_options
def command(experiment: str, horizons: tuple[int, ...], recovery: int, **options: Any) -> None:
    """Calibrate."""
    from okoshi.study.experiment import load_experiment
    from okoshi.world.country import load_world

    request = read_request(**options)
    loaded = load_experiment(experiment)
    wanted = check(loaded, horizons)
    world = loaded.scenario.world
    load_world(world.source, world.prefectures, world.scale)
    calibrate_and_write(loaded, wanted, recovery, request)


def check(experiment: Experiment, horizons: tuple[int, ...]) -> tuple[int, ...]:
    """Return the horizons to fit. Raises InputError where the experiment is no calibration or lacks something."""
    from okoshi.study.factors import CALIBRATIONS
    from okoshi.study.targets import targets_of

    if experiment.method not in CALIBRATIONS:
        what, allowed = say("calibrate.not_a_calibration"), ", ".join(CALIBRATIONS)
        raise InputError(
            Fault(what, file=experiment.file, key="method", value=experiment.method, allowed=allowed)
        )
    refuse_part(experiment)
    found = horizons or ((experiment.horizon,) if experiment.horizon is not None else ())
    if not found or (experiment.refine and experiment.horizon is None):  # later waves need the file's own
        raise InputError(Fault(say("calibrate.no_horizon"), file=experiment.file, key="horizon"))
    empty = [year for year in horizons if not targets_of(year, experiment.targets)]
    if empty:
        raise InputError(Fault(say("faults.nothing_to_fit"), key="--horizon", value=str(empty[0])))
    return found


def refuse_part(experiment: Experiment) -> None:
    """Raise InputError where a calibration is of a part of the country: official figures are of the whole."""
    from okoshi.study.whole_country import is_whole

    world = experiment.scenario.world
    if not is_whole(world.source, world.prefectures, world.scale):
        what = say("calibrate.part_of_country")
        raise InputError(
            Fault(
                what, file=experiment.file, key="scenario", value=experiment.scenario.name, allowed="baseline"
            )
        )


def calibrate_and_write(
    experiment: Experiment, horizons: tuple[int, ...], recovery: int, request: Request
) -> None:
    """Complete the pool; when it is whole, fit each horizon, write its draws and print what was found."""
    from threadpoolctl import threadpool_limits

    from okoshi.app.run import RESULTS
    from okoshi.study.maker import this_maker
    from okoshi.study.pool import Pool
    from okoshi.study.runs import run_tasks
    from okoshi.study.validating import see

    path = Path(request.out) if request.out else RESULTS / experiment.name
    folder = prepare(path, overwrite=request.overwrite)
    pool = Pool(experiment, folder)
    kept = pool.kept()
    if kept is None:
        if not complete(pool, request):
            return
        folder.store.gather()
        kept = pool.kept()
    if kept is None:
        raise RunError(say("calibrate.too_few", reason=path))
    runs, made_by = kept
    if made_by["model"] != this_maker().model:
        made_by = taken_over(pool, runs, made_by, request.workers)

    def do(tasks: Sequence[Task]) -> Iterator[Seen]:
        return run_tasks(tasks, request.workers, see)

    for horizon in horizons:
        with threadpool_limits(1):  # many small products: more threads only wait for one another
            found = fitted(pool, runs, horizon, made_by, do)
        found = with_representative(pool, found, do)
        file = path / f"posterior_fy{horizon}.parquet"
        write(file, found.posterior)
        write_targets(path / f"{TARGETS.format(horizon)}.parquet", found)
        show(pool, found, horizon)
        click.echo(say("calibrate.wrote", file=file, draws=len(found.posterior)), err=True)
        if recovery:
            with threadpool_limits(1):
                show_recovery(found, recovery, experiment.seed)


def taken_over(pool: Pool, runs: Runs, made_by: dict[str, Any], workers: int) -> dict[str, Any]:
    """Return who made a pool of another version: this one, where it gives the same numbers when it is asked again."""
    from okoshi.study.maker import this_maker
    from okoshi.study.repeating import REPEATED, same_numbers
    from okoshi.study.runs import run_tasks

    here = this_maker()
    click.echo(say("doubt.other_model", there=made_by["model"], here=here.model), err=True)
    if not same_numbers(pool, runs, lambda tasks, work: run_tasks(tasks, workers, work)):
        click.echo(say("calibrate.pool_differs"), err=True)
        return made_by
    click.echo(say("calibrate.pool_repeats", runs=REPEATED), err=True)
    return {**made_by, "model": here.model, "maker": here.shown()}


def complete(pool: Pool, request: Request) -> bool:
    """Do what is missing of the pool, wave by wave, and store it; say whether it is whole."""
    from okoshi.study.sweep import Sweep

    folder, experiment = pool.folder, pool.experiment
    with folder.store.locked(shared=request.shard[1] > 1):
        log = Log(folder.path / log_name(request.shard))
        if request.shard[1] == 1:
            folder.tidy()
        with log.kept(), engine_of(request, folder, log) as (engine, maker):
            tables: list[Columns] = []
            while True:
                sweep = Sweep(pool.plan(len(tables)), maker, folder.store)
                folder.store.claim(sweep.owner, overwrite=request.overwrite)
                folder.describe(experiment)
                wave = say("calibrate.later_wave" if tables else "calibrate.first_wave")
                do_runs(wave, sweep, engine, request, log)
                tables.append(sweep.results(sweep.found()))
                missing = int((tables[-1]["status"] == "missing").sum())
                if missing:
                    click.echo(say("calibrate.waiting", missing=missing))
                    return False
                if len(tables) > len(experiment.later_waves):
                    pool.keep(pool.runs(tables), maker)
                    return True
                if len(pool.waves) == len(tables):
                    horizon = experiment.later_waves[len(tables) - 1]
                    lay_out(pool, pool.runs(tables), horizon)


def lay_out(pool: Pool, runs: Runs, horizon: int) -> None:
    """Lay out the next wave, by the ones before and nothing later than the horizon. Raises RunError for too few."""
    from threadpoolctl import threadpool_limits

    from okoshi.study.calibrating import later_wave

    try:
        with threadpool_limits(1):
            pool.lay_out(later_wave(pool, runs, horizon))
    except ValueError as error:
        raise RunError(say("calibrate.too_few", reason=error)) from error


def fitted(pool: Pool, runs: Runs, horizon: int, made_by: Mapping[str, Any], do: Do) -> Calibration:
    """Return the fit. Raises RunError where there is too little to fit."""
    from okoshi.study.calibrating import calibrate

    try:
        return calibrate(pool, runs, horizon, made_by, do)
    except ValueError as error:
        raise RunError(say("calibrate.too_few", reason=error)) from error


def with_representative(pool: Pool, found: Calibration, do: Do) -> Calibration:
    """Return the fit with the draw that stands for it, found by running its draws."""
    from dataclasses import replace

    from okoshi.study import representing

    number = representing.search(pool.experiment.scenario, found.posterior, found.targets, do)
    return replace(found, posterior=representing.represented(found.posterior, number))


def write(file: Path, posterior: Posterior) -> None:
    """Write the draws. Raises RunError when the disk does not take them."""
    from okoshi.app.writing import disk_errors
    from okoshi.parameters.posterior import write_posterior
    from okoshi.study.files import write_whole

    with disk_errors("run.cannot_write", folder=file.parent):
        write_whole(file, lambda part: write_posterior(part, posterior))


def write_targets(file: Path, found: Calibration) -> None:
    """Write how near the fit comes to each figure that it read. Raises RunError when the disk does not take it."""
    import pyarrow

    from okoshi.app.writing import disk_errors
    from okoshi.study.files import write_parquet

    with disk_errors("run.cannot_write", folder=file.parent):
        write_parquet(file, pyarrow.Table.from_pylist(found.target_rows()))


def show(pool: Pool, found: Calibration, horizon: int) -> None:
    """Print the fit: what is left of the prior, each parameter before and after, each target, the words."""
    about = found.posterior.about
    click.echo(
        say(
            "calibrate.title",
            title=pool.experiment.shown_title,
            horizon=horizon,
            targets=len(found.targets),
            runs=about["runs"],
            points=about["points"],
        )
    )
    share = float(about["share_of_prior_left"])
    shown_share = f"{share:.3%}" if share else say("calibrate.share_none")
    click.echo(say("calibrate.share_left", share=shown_share, cut=float(about["cut"])))
    if float(about["cut"]) > 3.0:
        click.echo(say("calibrate.cut_wide"))
    click.echo(say("calibrate.fixed", varied=len(found.posterior.names), fixed=about["fixed"]))
    click.echo()
    click.echo(parameters_table(found.posterior))
    click.echo()
    click.echo(targets_table(found))
    click.echo()
    click.echo(words_line(about, pool.last_year))


def parameters_table(posterior: Posterior) -> str:
    """Return each parameter before and after the fit, the best informed first."""
    import numpy as np

    from okoshi.app.showing import Heading, as_table
    from okoshi.app.side_by_side import shown
    from okoshi.study.intervals import LOW_MIDDLE_HIGH

    low, middle, high = np.quantile(posterior.draws, LOW_MIDDLE_HIGH, axis=0)
    rows = []
    for number in np.argsort(posterior.about["informed"], kind="stable"):
        name, left = posterior.names[number], float(posterior.about["informed"][number])
        ends = posterior.about["ranges"][name]
        told = "much" if left <= MUCH else "some" if left <= SOME else "nothing"
        rows.append(
            {
                "parameter": name.removeprefix("behaviour."),
                "prior": " … ".join(f"{end:g}" for end in ends),
                "after": f"{shown(middle[number])} ({shown(low[number])}–{shown(high[number])})",
                "left": f"{left:.2f}",
                "told": say(f"calibrate.told_{told}"),
            }
        )
    return as_table(
        [
            Heading("parameter", say("calibrate.parameter")),
            Heading("prior", say("calibrate.prior"), True),
            Heading("after", say("calibrate.after"), True),
            Heading("left", say("calibrate.left"), True),
            Heading("told", say("calibrate.told")),
        ],
        rows,
    )


def targets_table(found: Calibration) -> str:
    """Return each target beside the ensemble, the farthest off first."""
    from okoshi.app.showing import Heading, as_table
    from okoshi.app.side_by_side import shown

    rows = sorted(found.target_rows(), key=lambda row: -abs(row["distance"]))
    return as_table(
        [
            Heading("target", say("calibrate.target")),
            Heading("official", say("run.official"), True),
            Heading("simulated", say("calibrate.simulated"), True),
            Heading("off", say("calibrate.distance"), True),
        ],
        [
            {
                "target": row["target"],
                "official": shown(row["official"]),
                "simulated": f"{shown(row['median'])} ({shown(row['low_90'])}–{shown(row['high_90'])})",
                "off": f"{row['distance']:+.1f}",
            }
            for row in rows[:MOST_TARGETS_SHOWN]
        ],
    )


def words_line(about: Any, year: int) -> str:
    """Return on what the headlines rest, in one line, and the threshold."""
    from okoshi.app.side_by_side import series_title
    from okoshi.study.calibrating import HEADLINES

    words = ", ".join(
        f"{series_title(name)} {say(f'calibrate.word_{about["rests_on"][name]["word"]}')}"
        for name in HEADLINES
        if name in about["rests_on"]
    )
    return f"{say('calibrate.rests_on', year=year, words=words)}\n{say('calibrate.threshold')}"


def show_recovery(found: Calibration, data_sets: int, seed: int) -> None:
    """Fit invented data sets and print how well their parameters are found."""
    from okoshi.study.recovery import recover

    recovery = recover(found.found.problem, found.posterior.names, data_sets, seed)
    half, most = recovery.coverage(0.5), recovery.coverage(0.9)
    click.echo(say("calibrate.recovery_title", count=data_sets, half=half, most=most))
    uneven = [name.removeprefix("behaviour.") for name in recovery.uneven()]
    unfound = [name.removeprefix("behaviour.") for name in recovery.unfound()]
    click.echo(
        say("calibrate.recovery_uneven", names=", ".join(uneven))
        if uneven
        else say("calibrate.recovery_even")
    )
    if unfound:
        click.echo(say("calibrate.recovery_unfound", names=", ".join(unfound)))
