"""The report of a calibration: what the fits found, on what headlines rest, how near official figures it comes.

Such a folder has no `run.json`: a pool may serve many fits. What a report says of it is read from its experiment and
its draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.app.calibrate import MUCH, SOME, TARGETS
from okoshi.app.record import why_unread
from okoshi.app.report_folder import CALIBRATION, ReportedFolder
from okoshi.app.report_page import Column, Section, TableView, shots
from okoshi.app.writing import EXPERIMENT_FILE, SCHEMA
from okoshi.figures.factors import factor_in_words, span_of_factor, unit_behind, value_of_factor
from okoshi.figures.fits import places_in_ranges
from okoshi.figures.words import figure_text, outcome_in_words, title_of, unit_of, without_sign_of_nought
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.intervals import LOW_MIDDLE_HIGH

if TYPE_CHECKING:
    from okoshi.parameters.posterior import Posterior

DRAWS = "posterior_fy{}.parquet"


def draw_files(path: Path) -> dict[int, Path]:
    """Return the files of draws in a calibration's folder by their horizon, the earliest first; none elsewhere."""
    if not (path / EXPERIMENT_FILE).is_file():
        return {}
    before, _, behind = DRAWS.partition("{}")
    found = {
        file.name.removeprefix(before).removesuffix(behind): file for file in path.glob(DRAWS.format("*"))
    }
    return {int(year): found[year] for year in sorted(found) if year.isdecimal()}


def record_of(path: Path) -> Mapping[str, Any]:
    """Return what `run.json` would say of a calibration. Raises InputError where its files cannot be read."""
    from okoshi.study.experiment import load_experiment
    from okoshi.study.sweep_folder import own_document
    from okoshi.study.whole_country import country_of

    experiment = load_experiment(path / EXPERIMENT_FILE)
    about = fits_of(path)[-1].about
    scenario = experiment.scenario
    return {
        "okoshi": CALIBRATION,
        "schema": SCHEMA,
        "version": str(about.get("model", "")).partition("+")[0],
        "invented": country_of(scenario).invented,
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "structure": scenario.in_full()["structure"],
        "seeds": [experiment.seed],
        "replicates": experiment.replicates,
        "experiment": own_document(experiment),
        "scenario_in_full": scenario.in_full(),
        "horizons": list(draw_files(path)),
    }


def fits_of(path: Path) -> list[Posterior]:
    """Return the fits of a folder, the latest horizon last. Raises InputError where one cannot be read."""
    from okoshi.parameters.posterior import read_posterior

    found = []
    for file in draw_files(path).values():
        try:
            found.append(read_posterior(file))
        except (OSError, ValueError) as error:
            raise InputError(Fault(why_unread(error, "faults.bad_table"), file=str(file))) from error
    return found


def calibration_sections(found: ReportedFolder) -> list[Section]:
    """Return the fits, on what headlines rest, the parameters and the official figures that were read."""
    fits = fits_of(found.path)
    latest = fits[-1]
    pictures = Section("pictures", say("report.pictures"))
    told = [name for name, left in _informed(latest) if left <= SOME]
    if told:
        about = replace(found.about, scenario=next(iter(found.scenarios.values())).shown_title)
        pictures.pictures = shots([places_in_ranges(latest, told, about)])
    return [_fits(fits), _rests(fits), pictures, _parameters(latest), _targets(found, latest)]


def _fits(fits: Sequence[Posterior]) -> Section:
    section = Section("fits", say("fits.fits"), [say("fits.fits_words", year=fits[-1].about["horizon"])])
    rows = []
    for fit in fits:
        about = fit.about
        share, cut = float(about["share_of_prior_left"]), float(about["cut"])
        rows.append(
            [
                say("fits.year", year=about["horizon"]),
                f"{len(about['targets'])}",
                f"{about['runs']:,}",
                f"{share:.3%}" if share else say("calibrate.share_none"),
                f"{cut:.1f}",
                f"{len(fit)}",
            ]
        )
        if cut > 3.0:
            section.items.append(say("fits.cut_wide", year=about["horizon"]))
    heads = ("horizon", "targets_read", "runs", "prior_left", "cut", "draws")
    columns = [Column(say(f"fits.{head}"), head != "horizon") for head in heads]
    section.tables.append(TableView(say("fits.fits_caption"), columns, rows))
    return section


def _rests(fits: Sequence[Posterior]) -> Section:
    from okoshi.study.calibrating import HEADLINES

    section = Section("rests", say("fits.rests"), [say("fits.rests_words")])
    rows = []
    for name in (name for name in HEADLINES if name in fits[-1].about["rests_on"]):
        words = [fit.about["rests_on"].get(name) for fit in fits]
        cells = [
            f"{say(f'calibrate.word_{one["word"]}')} ({one['left']:.0%})" if one else "–" for one in words
        ]
        rows.append([title_of(name), *cells])
    columns = [Column(say("fits.headline"))]
    columns += [Column(say("fits.year", year=fit.about["horizon"]), True) for fit in fits]
    caption = say("fits.rests_caption", year=fits[-1].about["last_year"])
    section.tables.append(TableView(caption, columns, rows))
    return section


def _informed(fit: Posterior) -> list[tuple[str, float]]:
    """Return each parameter with the share of its variance that is left, the best informed first."""
    pairs = zip(fit.names, map(float, fit.about["informed"]), strict=True)
    return sorted(pairs, key=lambda pair: pair[1])


def _parameters(fit: Posterior) -> Section:
    import numpy as np

    informed = _informed(fit)
    counts = {
        "much": sum(left <= MUCH for _, left in informed),
        "some": sum(MUCH < left <= SOME for _, left in informed),
        "nothing": sum(left > SOME for _, left in informed),
    }
    words = say("fits.parameters_words", varied=len(informed), fixed=fit.about["fixed"], **counts)
    section = Section("parameters", say("fits.parameters"), [words])
    nothing = [factor_in_words(name) for name, left in informed if left > SOME]
    if nothing:
        section.paragraphs.append(say("fits.nothing_words", names=say("fits.comma").join(nothing)))
    rows = []
    for name, left in informed:
        if left > SOME:
            continue
        values = np.quantile(fit.draws[:, fit.names.index(name)], LOW_MIDDLE_HIGH).tolist()
        low, middle, high = (value_of_factor(name, value) for value in values)
        low, high = (end.removesuffix(unit_behind(name)) for end in (low, high))  # the median has the unit
        told = say("calibrate.told_much" if left <= MUCH else "calibrate.told_some")
        rows.append(
            [
                factor_in_words(name),
                span_of_factor({"parameter": name, "range": fit.about["ranges"][name]}),
                f"{middle} {say('report.between', low=low, high=high)}",
                f"{left:.0%}",
                told,
            ]
        )
    heads = ("fits.prior_range", "fits.after_fit", "calibrate.left", "calibrate.told")
    columns = [Column(say("calibrate.parameter")), *(Column(say(head), True) for head in heads)]
    section.tables.append(TableView(say("fits.parameters_caption"), columns, rows))
    return section


def _targets(found: ReportedFolder, fit: Posterior) -> Section:
    year = fit.about["horizon"]
    section = Section("targets", say("fits.targets"))
    name = TARGETS.format(year)
    if name not in found.table_names:
        section.paragraphs.append(say("fits.no_targets", count=len(fit.about["targets"])))
        return section
    section.paragraphs.append(say("fits.targets_words"))
    rows = []
    for row in sorted(found.records(name), key=lambda row: -abs(row["distance"])):
        unit = unit_of(row["target"].partition("@")[0])
        low, high = (figure_text(row[end], unit) for end in ("low_90", "high_90"))
        rows.append(
            [
                outcome_in_words(f"national.{row['target']}"),
                figure_text(row["official"], unit),
                f"{figure_text(row['median'], unit)} {say('report.between', low=low, high=high)}",
                without_sign_of_nought(f"{row['distance']:+.1f}"),
            ]
        )
    heads = ("run.official", "fits.after_fit", "calibrate.distance")
    columns = [Column(say("calibrate.target")), *(Column(say(head), True) for head in heads)]
    section.tables.append(TableView(say("fits.targets_caption", year=year), columns, rows))
    return section
