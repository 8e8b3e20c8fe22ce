"""`okoshi analyse`: sensitivity indices, tables and figures of the runs that a sweep has so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from okoshi.app.options import Command, format_option, option
from okoshi.app.progress import Progress
from okoshi.app.showing import show_columns, value_text
from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.engine.columns import Array
    from okoshi.figures.about import About
    from okoshi.figures.style import Picture
    from okoshi.study.design import Design
    from okoshi.study.discovery import Box
    from okoshi.study.experiment import Experiment
    from okoshi.study.outcomes import OutcomeChoice
    from okoshi.study.regret import Regret
    from okoshi.study.sensitivity import Analysis, Index

    type Robust = tuple[OutcomeChoice, Box | None, list[Regret]]

INDICES, FIGURES = "indices", "figures"
# Which indices share a picture, by method.
BARS = {
    "sobol": ("first", "total"),
    "pawn": ("pawn_median",),
    "delta": ("delta",),
    "rbd_fast": ("first",),
    "latin_hypercube": ("rank_correlation",),
    "grid": ("first",),
}


@click.command("analyse", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(readable=False))
@option("--robust", is_flag=True, help="robust")
@format_option()
def command(folder: str, robust: bool, form: str) -> None:
    """Analyse a sweep."""
    from okoshi.app.analysis_words import show_analysis, show_completeness
    from okoshi.study.design import design_of
    from okoshi.study.gathered import completeness
    from okoshi.study.sensitivity import analyse_outcome

    path = Path(folder)
    experiment, results = read_sweep(path)
    if experiment.method in OWN_WAYS:
        if robust:
            raise InputError(Fault(say("analyse.no_robust"), key="--robust", value=experiment.method))
        analyse_own_way(path, experiment, results, form)
        return
    design = design_of(experiment)
    analyses = []
    with Progress(say("analyse.analysing", name=path.resolve().name)) as progress:
        for outcome in experiment.outcomes:
            analyses.append(analyse_outcome(design, results, outcome.label))
            progress(len(analyses), len(experiment.outcomes))
    rows = index_rows(experiment, analyses)
    robust_found = find_robust(design, analyses) if robust else None
    drawn = write(path, experiment, analyses, rows)
    if form != "table":
        show_columns(rows, form)
    else:
        _show_title(experiment, path.resolve().name)
        show_completeness(completeness(design, results))
        for outcome, analysis in zip(experiment.outcomes, analyses, strict=True):
            show_analysis(outcome, analysis)
    if robust_found is not None:
        write_robust(path, design, robust_found, show=form == "table")
    click.echo(say("analyse.wrote", folder=path, figures=drawn), err=True)
    if all(analysis.too_few for analysis in analyses):
        raise RunError(say("analyse.nothing"))


def read_sweep(path: Path) -> tuple[Experiment, dict[str, Array]]:
    """Return the experiment of a sweep's folder and its results, column by column.

    A sweep under way is read as far as it is. Raises InputError where there is none, or where the table is broken.
    """
    import pyarrow

    from okoshi.app.record import why_unread
    from okoshi.study.experiment import load_experiment
    from okoshi.study.sweep_folder import EXPERIMENT, RESULTS, SweepFolder

    if not (path / EXPERIMENT).is_file():
        raise InputError(Fault(say("sweep.no_sweep"), file=str(path)))
    experiment = load_experiment(path / EXPERIMENT)
    try:
        table = SweepFolder(path).read_results()
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise InputError(Fault(why_unread(error, "faults.bad_table"), file=str(path / RESULTS))) from error
    return experiment, {str(name): table[name].to_numpy() for name in table.columns}


def index_rows(experiment: Experiment, analyses: Sequence[Analysis]) -> dict[str, list[Any]]:
    """Return the columns of `indices`: a row an index, and two rows of noise an outcome."""
    from okoshi.study.rows import columns_of
    from okoshi.study.sensitivity import Index

    rows: list[dict[str, Any]] = []
    for analysis in analyses:
        gathered = analysis.gathered
        shares = {"of_means": analysis.noise.of_means, "of_a_run": analysis.noise.of_a_run}
        noise = [
            Index(experiment.method, gathered.outcome, "", "", f"noise_share_{name}", s.value, s.low, s.high)
            for name, s in shares.items()
        ]
        rows += [
            {
                "method": index.method,
                "outcome": index.outcome,
                "factor": index.part,
                "other_factor": index.other,
                "index": index.index,
                "value": index.value,
                "low_90": index.low,
                "high_90": index.high,
                "no_effect": index.floor,
                "interval_wider_than_index": index.is_unsure,
                "blocks": gathered.whole_blocks,
                "blocks_left_out": gathered.dropped,
                "values_left_out": ", ".join(value_text(one) for one in analysis.absent.get(index.part, ())),
            }
            for index in (*analysis.indices, *noise)
        ]
    return columns_of(rows)


@dataclass(frozen=True)
class OwnAnalysis:
    """What a method that has its own way found: its table, how it is printed, and its pictures."""

    table: str
    rows: Mapping[str, list[Any]]
    show: Callable[[], None]
    pictures: Callable[[About], Iterable[Picture]]


def attribute_outcomes(experiment: Experiment, results: Mapping[str, Array]) -> OwnAnalysis:
    """Return what each measure adds."""
    from okoshi.app.analyse_attribution import TABLE, attributions_of, show_attribution
    from okoshi.figures.attribution import shapley_bars
    from okoshi.study.attribution import rows_of

    found = attributions_of(experiment, results)

    def show() -> None:
        for one in found:
            show_attribution(one)

    def pictures(about: About) -> Iterable[Picture]:
        return (shapley_bars(one, about) for one in found if one.together is not None)

    return OwnAnalysis(TABLE, rows_of(found), show, pictures)


def divide_budget(experiment: Experiment, results: Mapping[str, Array]) -> OwnAnalysis:
    """Return what a split says."""
    from okoshi.app.analyse_split import TABLE, show_split
    from okoshi.figures.split import best_divisions
    from okoshi.study.splitting import analyse_split, rows_of

    found = analyse_split(experiment, results)
    return OwnAnalysis(
        TABLE, rows_of(found), lambda: show_split(found), lambda about: (best_divisions(found, about),)
    )


OWN_WAYS: dict[str, Callable[[Experiment, Mapping[str, Array]], OwnAnalysis]] = {
    "attribution": attribute_outcomes,
    "split": divide_budget,
}


def analyse_own_way(path: Path, experiment: Experiment, results: Mapping[str, Array], form: str) -> None:
    """Print and write what a method with its own way found. Raises RunError where no seed is whole yet."""
    from okoshi.app.analysis_words import show_completeness
    from okoshi.app.writing import ResultsFolder, disk_errors
    from okoshi.study.design import design_of
    from okoshi.study.gathered import completeness

    found = OWN_WAYS[experiment.method](experiment, results)
    if form == "table":
        _show_title(experiment, path.resolve().name)
        show_completeness(completeness(design_of(experiment), results))
        found.show()
    if not found.rows:
        raise RunError(say("analyse.nothing"))
    if form != "table":
        show_columns(found.rows, form)
    with disk_errors("run.cannot_write", folder=path):
        write_table(path, experiment, found.table, found.rows)
    drawn = ResultsFolder(path).draw(found.pictures(about_own(path, experiment)))
    click.echo(say("attribution.wrote", folder=path, table=found.table, figures=drawn), err=True)


def about_own(path: Path, experiment: Experiment) -> About:
    """Return what stands in the foot of the pictures of a method that has its own way."""
    from okoshi.figures import About
    from okoshi.study.design import scenario_in_runs

    about = About.of_scenario(scenario_in_runs(experiment), experiment.replicates)
    return replace(about, scenario=path.resolve().name)


def write(
    path: Path, experiment: Experiment, analyses: Sequence[Analysis], rows: Mapping[str, list[Any]]
) -> int:
    """Write `indices.parquet` and the figures; return how many figures.

    Raises RunError when the disk does not take them.
    """
    from okoshi.app.writing import disk_errors
    from okoshi.figures.about import About
    from okoshi.study.files import write_whole

    scenario = experiment.scenario  # its file is a copy in this folder: the title tells more than the name
    about = replace(About.of_scenario(scenario, experiment.replicates), scenario=scenario.shown_title)
    with disk_errors("run.cannot_write", folder=path):
        write_table(path, experiment, INDICES, rows)
        (path / FIGURES).mkdir(exist_ok=True)
        drawn = 0
        for outcome, analysis in zip(experiment.outcomes, analyses, strict=True):
            for picture in pictures_of_indices(experiment, outcome, analysis.indices, about):
                write_whole(path / FIGURES / f"{picture.name}.png", picture.save)
                drawn += 1
    return drawn


def find_robust(design: Design, analyses: Sequence[Analysis]) -> list[Robust]:
    """Return for each outcome where it is bad, and which policy regrets least.

    Raises InputError where the extra for it is not installed.
    """
    from okoshi.study.discovery import discover
    from okoshi.study.regret import regrets

    outcomes = design.experiment.outcomes
    pairs = [(outcome, one.gathered) for outcome, one in zip(outcomes, analyses, strict=True)]
    return [
        (outcome, discover(design, gathered, outcome), regrets(design, gathered, outcome))
        for outcome, gathered in pairs
    ]


def write_robust(path: Path, design: Design, found: Sequence[Robust], *, show: bool) -> None:
    """Write `boxes.parquet` and `regret.parquet`, and print them. Raises RunError when the disk is full."""
    from okoshi.app.robust_words import box_rows, regret_rows, show_box, show_regrets
    from okoshi.app.writing import disk_errors

    tables = {
        "boxes": box_rows([box for _, box, _ in found if box]),
        "regret": regret_rows([one for _, _, regret in found for one in regret]),
    }
    with disk_errors("run.cannot_write", folder=path):
        for name, rows in tables.items():
            (path / f"{name}.parquet").unlink(missing_ok=True)
            if rows:
                write_table(path, design.experiment, name, rows)
    if not show:
        return
    for outcome, box, regret in found:
        show_box(outcome, box)
        if regret:
            show_regrets(outcome, design, regret)
    click.echo()
    click.echo(say("robust.chance_in_regret" if tables["regret"] else "robust.no_regret"))


def write_table(path: Path, experiment: Experiment, table: str, rows: Mapping[str, list[Any]]) -> None:
    """Write a table of an analysis whole or not at all. Raises OSError."""
    from importlib.metadata import version

    from okoshi.app.table_files import as_arrow
    from okoshi.study.files import write_parquet
    from okoshi.study.whole_country import country_of

    scenario = experiment.scenario
    about = {
        "version": version("okoshi"),
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "invented": country_of(scenario).invented,
    }
    arrays = {name: np.array(values, dtype=_dtype(values)) for name, values in rows.items()}
    write_parquet(path / f"{table}.parquet", as_arrow(table, arrays, about))


def _dtype(values: list[Any]) -> Any:
    return object if values and isinstance(values[0], str) else None


def pictures_of_indices(
    experiment: Experiment, outcome: OutcomeChoice, indices: Sequence[Index], about: About
) -> list[Picture]:
    """Return the pictures that the method has of an outcome."""
    from okoshi.figures.sensitivity import changes_by_factor, size_and_spread, sizes_of_indices

    if not any(isfinite(index.value) for index in indices):
        return []
    stem = outcome.label.replace(".", "_").replace("@", "_")
    pictures = []
    if any(index.index in ("change", "mu") and isfinite(index.value) for index in indices):
        pictures.append(changes_by_factor(outcome, indices, about, name=f"{stem}_change"))
    if any(index.index == "sigma" for index in indices):
        pictures.append(size_and_spread(outcome, indices, about, name=f"{stem}_morris"))
    else:
        shown = BARS.get(experiment.method, ("mu_star",))
        pictures.append(sizes_of_indices(outcome, indices, shown, about, name=f"{stem}_indices"))
    return pictures


def _show_title(experiment: Experiment, name: str) -> None:
    click.echo(
        say(
            "analyse.title",
            title=experiment.shown_title,
            name=name,
            method=experiment.method,
            points=experiment.points,
            replicates=experiment.replicates,
        )
    )
    if experiment.scenario.world.source == "default":
        click.echo(say("run.invented"))
