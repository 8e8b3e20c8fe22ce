"""`okoshi validate`: the calibrated model against every pattern, and its forecasts against naive ones."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from okoshi.app.options import Command, option, out_option, overwrite_option, seed_option, workers_option
from okoshi.app.showing import Heading, as_table
from okoshi.app.side_by_side import series_title, shown
from okoshi.app.validate_verdict import level_caveat, level_text, scores_of, verdict
from okoshi.language.messages import knows, say
from okoshi.study.rows import arrays_of

if TYPE_CHECKING:
    from okoshi.study.drawn import Ensemble
    from okoshi.study.naive import Forecast
    from okoshi.study.validating import Seen, ValidationPlan

LAST_YEAR = 2026
DRAWS = 30
HEADLINES = ("members", "settled_share_last_5_years", "settled", "dispatched_dispatched")
FIGURES_SHOWN = 3


@click.command("validate", cls=Command)
@option("--posterior", type=click.Path(readable=False), metavar="FILE", help="posterior")
@option("--draws", type=click.IntRange(2), default=DRAWS, show_default=True, metavar="N", help="draws")
@seed_option
@workers_option
@out_option
@overwrite_option
def command(posterior: str | None, draws: int, seed: int | None, **options: Any) -> None:
    """Validate."""
    from okoshi.parameters.posterior import CALIBRATED
    from okoshi.scenario.scenario import load_scenario
    from okoshi.study.drawn import open_ensemble
    from okoshi.study.validating import ValidationPlan

    scenario = load_scenario("baseline", seed=seed, years=(2009, LAST_YEAR))
    main = open_ensemble(posterior or CALIBRATED)
    apart = {} if posterior else fits_apart()
    plan = ValidationPlan(scenario, main, earlier_fits(posterior), apart, draws)
    validate_and_write(plan, **options)


def earlier_fits(posterior: str | None) -> dict[int, Ensemble]:
    """Return the fits with earlier horizons: beside the file that was named, else those that ship."""
    from okoshi.parameters.posterior import posterior_folder
    from okoshi.study.drawn import open_ensemble
    from okoshi.study.validating import HORIZONS

    folder = Path(posterior).parent if posterior else posterior_folder()
    name = "posterior_fy{}.parquet" if posterior else "fy{}.parquet"
    found = {}
    for horizon in HORIZONS:
        path = folder / name.format(horizon)
        if path.is_file():
            found[horizon] = open_ensemble(path)
    return found


def fits_apart() -> dict[str, Ensemble]:
    """Return the fits to FY2018 that ship for rival forms of adoption, by the name of the form."""
    from okoshi.parameters.posterior import FITTED_APART, shipped
    from okoshi.study.drawn import open_ensemble
    from okoshi.study.validating import JUDGED

    files = {form: shipped(JUDGED, form) for form in FITTED_APART}
    return {f"adoption={form}": open_ensemble(path) for form, path in files.items() if path.is_file()}


def validate_and_write(plan: ValidationPlan, workers: int, out: str | None, overwrite: bool) -> None:
    """Run, score, write the table, print. The folder is checked before anything runs."""
    from okoshi.app.run import RESULTS
    from okoshi.app.writing import describe_run, prepare_folder, same_run
    from okoshi.study.validating import run_all, score
    from okoshi.study.whole_country import country_of

    path = Path(out) if out else RESULTS / "validation"
    about = plan.main.posterior.about
    same = same_run("validate", draws=plan.draws, pool=about.get("pool"), horizon=about.get("horizon"))
    folder = prepare_folder(path, same, overwrite=overwrite)
    started = datetime.datetime.now().astimezone()
    with folder.logged(say("validate.running")) as progress:
        seen = run_all(plan, workers, progress)
    rows, forecasts = score(plan, seen)
    world = country_of(plan.scenario)
    record = describe_run(
        plan.scenario,
        invented=world.invented,
        **same,
        started=started.isoformat(timespec="seconds"),
        workers=workers,
        calibration=dict(about),
        tables=["validation"],
    )
    folder.write({"validation": arrays_of(rows)}, record, plan.scenario)
    show(plan, seen, rows, forecasts)
    click.echo(say("validate.wrote", file=path / "validation.parquet"), err=True)


def show(
    plan: ValidationPlan,
    seen: dict[tuple[str, str], list[Seen]],
    rows: list[dict[str, Any]],
    forecasts: dict[int, list[Forecast]],
) -> None:
    """Print everything; where a naive forecast wins, the first line says so."""
    from okoshi.study.validating import error_of_draws

    of_draws = {horizon: error_of_draws(seen["forecast", str(horizon)], horizon) for horizon in forecasts}
    errors = {horizon: error for horizon, (error, _) in of_draws.items()}
    levels = {
        horizon: level_text(seen["forecast", str(horizon)], horizon, level)
        for horizon, (_, level) in of_draws.items()
    }
    click.echo(f"{verdict(forecasts, errors)}{level_caveat(seen, levels)}")
    click.echo()
    show_figures(plan, [row for row in rows if row["part"] == "figures"])
    click.echo()
    show_forecasts(forecasts, errors, levels)
    click.echo()
    show_structures(plan, seen)
    click.echo()
    show_information(seen["figures", "main"])


def show_figures(plan: ValidationPlan, rows: list[dict[str, Any]]) -> None:
    """Print every figure and pattern beside the ensemble."""
    about = plan.main.posterior.about
    hits = sum(row["hit"] for row in rows)
    within = sum(row["median_within"] for row in rows)
    click.echo(
        say(
            "validate.figures",
            horizon=about["horizon"],
            hits=hits,
            within=within,
            count=len(rows),
        )
    )
    shown_rows = [
        {
            "figure": title_of(row["figure"]),
            "year": str(row["fiscal_year"] or ""),
            "official": shown(row["official"]) if row["fiscal_year"] else range_text(row),
            "simulated": f"{shown(row['median'])} ({shown(row['low_90'])}–{shown(row['high_90'])})",
            "verdict": say(
                "validate.hit"
                if row["hit"] and row["median_within"]
                else "validate.hit_wide"
                if row["hit"]
                else "validate.miss"
            ),
            "label": say(f"run.label_{row['label']}") + (" *" if row["read_by_fit"] else ""),
        }
        for row in rows
    ]
    headings = [
        Heading("figure", say("validate.figure"), widest=52),
        Heading("year", say("shown.fiscal_year")),
        Heading("official", say("run.official"), True),
        Heading("simulated", say("calibrate.simulated"), True),
        Heading("verdict", say("validate.verdict")),
        Heading("label", say("validate.label")),
    ]
    click.echo(as_table(headings, shown_rows))
    click.echo(say("validate.star"))


def range_text(row: dict[str, Any]) -> str:
    """Return the official range of a pattern."""
    return say("validate.range", low=f"{row['official_low']:.3g}", high=f"{row['official_high']:.3g}")


def title_of(name: str) -> str:
    """Return a figure or pattern in words."""
    return say(f"validate.pattern_{name}") if knows(f"validate.pattern_{name}") else series_title(name)


def show_forecasts(
    forecasts: dict[int, list[Forecast]], errors: dict[int, float], levels: dict[int, str]
) -> None:
    """Print the model's forecasts beside the naive ones: `errors` are of the draws, `levels` in words."""
    from okoshi.study.validating import FORECAST_SERIES, model_error

    rows = []
    for horizon, of_horizon in forecasts.items():
        for name, found in scores_of(horizon, of_horizon):
            own = name == "model"
            rows.append(
                {
                    "horizon": f"FY{horizon}",
                    "forecast": say("validate.model" if own else f"validate.naive_{name}"),
                    "error": f"{found['error']:.1%}" + (f" ±{errors[horizon]:.1%}" if own else ""),
                    "covered": f"{found['covered']:.0f}/{len(of_horizon[0].years)}",
                    "score": f"{found['interval_score']:.2f}",
                    "level": levels[horizon] if own else "",
                }
            )
    click.echo(say("validate.forecasts", own=model_error(FORECAST_SERIES)))
    headings = [
        Heading("horizon", say("validate.horizon")),
        Heading("forecast", say("validate.forecast")),
        Heading("error", say("validate.error"), True),
        Heading("covered", say("validate.covered"), True),
        Heading("score", say("validate.score"), True),
        Heading("level", say("validate.level"), True),
    ]
    click.echo(as_table(headings, rows))


def form_in_words(name: str) -> str:
    """Return the name of a rival form, as `adoption=budget`, in words; another name as it is."""
    decision, _, form = name.partition("=")
    if not form:
        return name
    words = {"decision": say(f"validate.form_{decision}"), "form": say(f"validate.form_{form}")}
    return say("validate.form", name=name, **words)


def show_structures(plan: ValidationPlan, seen: dict[tuple[str, str], list[Seen]]) -> None:
    """Print the rival forms side by side, and which has draws of its own."""
    from okoshi.study.validating import (
        JUDGED,
        error_of_draws,
        forecast_of,
        official_after,
        score_figures,
    )

    sets = {name: runs for (kind, name), runs in seen.items() if kind == "structure"}
    fitted = seen.get(("forecast", str(JUDGED)), seen["figures", "main"])
    shown_rows = []
    for name, runs in {"as_fitted": fitted, **sets}.items():
        of_set = score_figures(runs, JUDGED)
        found = forecast_of(runs, JUDGED).score(official_after(JUDGED))
        error, level = error_of_draws(runs, JUDGED)
        shown_rows.append(
            {
                "structure": say("validate.as_fitted") if name == "as_fitted" else form_in_words(name),
                "hits": f"{sum(row['hit'] for row in of_set)}/{len(of_set)}",
                "within": f"{sum(row['median_within'] for row in of_set)}/{len(of_set)}",
                "level": level_text(runs, JUDGED, level),
                "error": f"{found['error']:.1%} ±{error:.1%}",
                "draws": say("validate.own_draws" if name in plan.apart else "validate.shared_draws"),
            }
        )
    click.echo(say("validate.structures"))
    headings = [
        Heading("structure", say("validate.structure")),
        Heading("hits", say("validate.hits"), True),
        Heading("within", say("validate.within"), True),
        Heading("level", say("validate.level_2018"), True),
        Heading("error", say("validate.error"), True),
        Heading("draws", say("validate.draws")),
    ]
    click.echo(as_table(headings, shown_rows))


def show_information(runs: Sequence[Seen]) -> None:
    """Print for each headline which unpublished figure would narrow it most."""
    from okoshi.study.information import information

    click.echo(say("validate.information", year=LAST_YEAR))
    nationals = [run.national for run in runs]
    for headline in HEADLINES:
        values = np.array([run.value(headline, LAST_YEAR) for run in runs])
        try:
            found = information(values, nationals, LAST_YEAR - 7, LAST_YEAR - 3)[:FIGURES_SHOWN]
        except ValueError:
            click.echo(say("validate.information_none", headline=series_title(headline)))
            continue
        if not found:
            click.echo(say("validate.information_chance", headline=series_title(headline)))
            continue
        figures = ", ".join(f"{say(f'validate.unpublished_{name}')} −{share:.0%}" for name, share in found)
        click.echo(say("validate.information_of", headline=series_title(headline), figures=figures))
    click.echo(say("validate.information_missing"))
