"""The reports of a pilot and of a validation: what can be shown, and how far off the model is."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import PILOT, VALIDATION, ReportedFolder, records_of
from okoshi.app.report_page import Column, Section, TableView, capital, shots
from okoshi.figures.judging import misses_by_label, power_of_methods
from okoshi.figures.words import figure_text, unit_of
from okoshi.language.messages import knows, say

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.study.piloting import PilotFound


def pilot_sections(found: ReportedFolder) -> list[Section]:
    """Return what a pilot can show, the picture of it, and its table."""
    from okoshi.app.pilot import answers_of, head_of, headings, rows_in_words

    table = found.table(PILOT)
    pilot = pilot_of(table, found)
    answers, last = answers_of(pilot)
    answers = [capital(answer.removeprefix("! ")) for answer in answers]
    answer = Section(
        "answer", say("judging.answer"), paragraphs=[last, capital(head_of(pilot))], items=answers
    )
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures = shots([power_of_methods(table, found.about)])
    heads, rows = headings(), rows_in_words(pilot)
    columns = [Column(head.text, head.right) for head in heads]
    view = TableView(
        say("judging.evaluations_caption"), columns, [[row[head.key] for head in heads] for row in rows]
    )
    return [answer, pictures, Section("evaluations", say("judging.evaluations"), tables=[view])]


def pilot_of(table: pd.DataFrame, found: ReportedFolder) -> PilotFound:
    """Return what `okoshi pilot` found, read back from its table and record."""
    from okoshi.study.intervals import Interval
    from okoshi.study.pilot_sites import Design
    from okoshi.study.piloting import Asked, MethodFound, PilotFound

    def three(row: Any, name: str) -> Interval:
        return Interval(row[name], row[f"{name}_low_90"], row[f"{name}_high_90"])

    records = records_of(table)
    first = records[0]
    rows = [
        MethodFound(
            row["outcome"],
            row["method"],
            truth=three(row, "truth"),
            elsewhere=three(row, "elsewhere"),
            estimate=three(row, "estimate"),
            bias=three(row, "bias"),
            false_alarms=row["false_alarms"],
            power=row["power"],
            sites_needed=nan if row["sites_needed"] == inf else row["sites_needed"],
        )
        for row in records
    ]
    asked = Asked(first["measure"], Design(first["design"]), int(first["sites"]), int(first["years"]))
    return PilotFound(asked, tuple(found.record.get("seeds", ())), int(first["eligible"]), tuple(rows))


def validation_sections(found: ReportedFolder) -> list[Section]:
    """Return the scores in words and by part, the picture of the misses, and every figure."""
    table = found.table(VALIDATION)
    figures = table[table["part"] == "figures"]
    scores = Section("scores", say("judging.parts"))
    counts = {"hits": int(figures["hit"].sum()), "within": int(figures["median_within"].sum())}
    scores.paragraphs.append(say("judging.parts_words", count=len(figures), **counts))
    scores.tables.append(_by_part(table))
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures = shots([misses_by_label(table, found.about)])
    each = Section("figures", say("judging.figures"), tables=[_figures(figures)])
    return [scores, pictures, each]


def _by_part(table: pd.DataFrame) -> TableView:
    rows = []
    for (part, name), mine in table.groupby(["part", "name"], sort=False):
        dated = mine[(mine["fiscal_year"] > 0) & (mine["official"] != 0)]
        middle = float((dated["median"] / dated["official"] - 1.0).abs().median())
        rows.append(
            [_part(str(part)), _by(str(name)), f"{int(mine['hit'].sum())}/{len(mine)}", f"{middle:.1%}"]
        )
    columns = [
        Column(say(f"judging.{head}"), head in ("hits", "middle"))
        for head in ("part", "by", "hits", "middle")
    ]
    return TableView(say("judging.parts_caption"), columns, rows)


def _part(part: str) -> str:
    if part.startswith("forecast"):
        return say("judging.part_forecast", year=part.rpartition("FY")[2])
    return say(f"judging.part_{part}")


def _by(name: str) -> str:
    from okoshi.app.validate import form_in_words

    if name == "main":
        return say("judging.by_main")
    if name == "model":
        return say("validate.model")
    if knows(f"validate.naive_{name}"):
        return say(f"validate.naive_{name}")
    return form_in_words(name).removesuffix(say("judging.form_name", name=name))


def _figures(rows: pd.DataFrame) -> TableView:
    """Return every figure below the name of its series, year by year; patterns have no year."""
    from okoshi.app.validate import range_text, title_of

    lines: dict[str, list[list[str]]] = {}
    for row in records_of(rows):
        verdict = "miss" if not row["hit"] else "hit" if row["median_within"] else "hit_wide"
        lines.setdefault(capital(title_of(row["figure"])), []).append(
            [
                str(row["fiscal_year"] or "–"),
                _figure(row, "official") if row["fiscal_year"] else range_text(row),
                _figure(row, "median")
                + say("report.range", low=_figure(row, "low_90"), high=_figure(row, "high_90")),
                say(f"validate.{verdict}"),
                say(f"run.label_{row['label']}") + (" *" if row["read_by_fit"] else ""),
            ]
        )
    heads = ("shown.fiscal_year", "run.official", "calibrate.simulated", "validate.verdict", "validate.label")
    columns = [Column(say(head), head in heads[1:3]) for head in heads]
    below = [row for title, of_series in lines.items() for row in ([title], *of_series)]
    return TableView(say("judging.figures_caption"), columns, below)


def _figure(row: Mapping[str, Any], name: str) -> str:
    """Return a number of a row in its unit; patterns over years have none."""
    from okoshi.app.side_by_side import shown

    return figure_text(row[name], unit_of(row["figure"])) if row["fiscal_year"] else shown(row[name])
