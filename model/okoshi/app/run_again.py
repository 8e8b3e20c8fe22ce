"""`okoshi run --from DIR:RUN`: one run of a sweep again, alone, with all its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from okoshi.app.run import Request, run_and_write
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say


def run_again(origin: str, scenario: str | None, request: Request) -> None:
    """Run what a sweep ran, under the same seed, and say why it failed there if it did.

    Says so where the world, the catalogue or the version is no longer the sweep's. Raises InputError where there is
    no such run, or an option would change it.
    """
    from okoshi.study.maker import this_maker
    from okoshi.study.store import Owner
    from okoshi.study.sweep_folder import SweepFolder

    folder, colon, name = origin.rpartition(":")
    if not colon or not folder or not name:
        raise InputError(Fault(say("sweep.bad_from"), key="--from", value=origin))
    changes = (request.assignments, request.years, request.draws, request.replicates != 1)
    if scenario is not None or request.seed is not None or any(changes):
        raise InputError(Fault(say("sweep.from_or_scenario"), key="--from", value=origin))
    _, sweep = SweepFolder(Path(folder)).read()
    plan = sweep.plan
    if sweep.store.owner() != Owner(plan.study, this_maker()):
        click.echo(say("sweep.changed_since", folder=folder), err=True)
    try:
        number = plan.number(name)
    except KeyError as error:
        what = say("sweep.no_run", name=name, last=plan.name(len(plan) - 1))
        raise InputError(Fault(what, file=folder, key="--from", value=origin)) from error
    failure = sweep.found().failures.get(sweep.key(number))
    if failure is not None:
        click.echo(say("sweep.had_failed", error=failure.error), err=True)
    point, replicate = divmod(number, plan.replicates)
    found = replace(plan.scenario_of(point), seed=plan.seeds_at(point)[replicate])
    out = request.out or str(Path(folder) / f"run_{plan.name(number)}")
    run_and_write(found, replace(request, out=out))
