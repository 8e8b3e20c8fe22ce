"""`okoshi check EXPERIMENT`: what varies, what is looked at, and what the runs cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from okoshi.app.showing import Heading, as_table, value_text
from okoshi.language.messages import say
from okoshi.policy.supplement import BUDGET_YEAR

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario
    from okoshi.study.experiment import Experiment
    from okoshi.study.factors import Factor

# A run leaves a record in the store and a row in the results, measured with few outcomes.
BYTES_OF_RUN, BYTES_OF_VALUE = 250, 20


def experiment_named(name: str) -> Path | None:
    """Return the file of an experiment, or None where the name is no experiment's (then it is a scenario's).

    Raises InputError where a file cannot be read.
    """
    from okoshi.scenario.shipped import find_scenario, is_path, shipped_names
    from okoshi.study.experiment import experiment_folder, is_experiment

    if not is_path(name):
        path = experiment_folder() / f"{name}.toml"
        return path if name not in shipped_names() and path.is_file() else None
    path = find_scenario(name)
    return path if is_experiment(path) else None


def check_experiment(path: Path, workers: int) -> None:
    """Read an experiment, or raise InputError with all its faults; print what it means and costs."""
    from okoshi.app.calibrate import refuse_part
    from okoshi.app.check import show_cost
    from okoshi.app.run import RESULTS
    from okoshi.app.side_by_side import series_title
    from okoshi.study.design import scenario_in_runs
    from okoshi.study.experiment import load_experiment
    from okoshi.study.factors import CALIBRATIONS
    from okoshi.study.methods import METHODS
    from okoshi.study.pool import Pool
    from okoshi.study.sweep_folder import SweepFolder
    from okoshi.study.whole_country import country_of

    experiment = load_experiment(path)
    country_of(experiment.scenario)
    if experiment.method in CALIBRATIONS:
        refuse_part(experiment)
    click.echo(say("check.experiment_in_order", name=experiment.name, title=experiment.shown_title))
    if experiment.shown_why:
        click.echo(experiment.shown_why)
    is_design = METHODS[experiment.method].is_design
    _show_design(experiment, is_design)
    click.echo()
    if experiment.factors:
        click.echo(_factors(experiment))
        click.echo()
    if experiment.method == "attribution" and any(outcome.is_share for outcome in experiment.outcomes):
        click.echo(say("check.share_attributed"))
    click.echo(say("check.looks_at"))
    for outcome in experiment.outcomes:
        click.echo(f"  {outcome.label}: {outcome.meaning}")
    for series in experiment.targets:
        click.echo(f"  {series}: {series_title(series)}")
    click.echo()
    if is_design:
        scenario, kept = scenario_in_runs(experiment), len(experiment.outcomes)
    else:
        pool = Pool(experiment, SweepFolder(RESULTS / experiment.name))
        scenario, kept = pool.scenario, len(pool.outcomes)
    values = len(experiment.factors) + kept
    disk = max(1.0, experiment.runs * (BYTES_OF_RUN + BYTES_OF_VALUE * values) / 1e6)
    show_cost(scenario, experiment.runs, workers, disk)


def _show_design(experiment: Experiment, is_design: bool) -> None:
    if not is_design:
        waves = ", ".join(f"FY{year}" for year in experiment.later_waves)
        click.echo(say("check.pool", method=experiment.method, first=experiment.samples, waves=waves or "–"))
        return
    click.echo(
        say(
            "check.design",
            method=experiment.method,
            points=experiment.points,
            replicates=experiment.replicates,
            scenario=experiment.scenario.name,
            seed=experiment.seed,
        )
    )
    if experiment.block > 1:
        blocks = experiment.points // experiment.block
        click.echo(say("check.blocks", points=experiment.points, blocks=blocks, rows=experiment.block))
    if experiment.replicates == 1:
        click.echo(say("check.one_replicate"))


def _factors(experiment: Experiment) -> str:
    headings = [
        Heading("factor", say("shown.key")),
        Heading("varies", say("check.varies"), widest=44),
        Heading("in_force", say("check.in_force"), right=True, widest=24),
    ]
    if experiment.grouped:
        headings.append(Heading("group", say("shown.group")))
    rows = [
        {
            "factor": factor.parameter,
            "varies": _varies(factor),
            "in_force": _in_force(experiment.scenario, factor),
            "group": factor.group,
        }
        for factor in experiment.factors
    ]
    return as_table(headings, rows)


def _varies(factor: Factor) -> str:
    if factor.range is None:
        return " / ".join(
            value_text(tuple(value) if isinstance(value, list) else value) for value in factor.values
        )
    return " … ".join(value_text(int(end) if end == int(end) else end) for end in factor.range)


def _in_force(scenario: Scenario, factor: Factor) -> str:
    """Return the value that the scenario has for a factor: in its year, or in the last that is written."""
    name, dated, year = factor.parameter.partition("@")
    head, _, key = name.partition(".")
    if head in ("structure", "world"):
        return value_text(getattr(getattr(scenario, head), key))
    if name == "behaviour.parameters":
        return scenario.behaviour_parameters
    from okoshi.parameters.catalogue import catalogue

    if not catalogue()[name].dated:
        return value_text(scenario.settings.value(name))
    if name.endswith(".supplement.budget") and not dated:  # an extra exists in the year of its budget alone
        return value_text(scenario.settings.value(name, BUDGET_YEAR))
    return value_text(scenario.settings.value(name, int(year) if dated else scenario.years[1]))
