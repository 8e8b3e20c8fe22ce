"""The report of a run: headlines, pictures, official against simulated; or the same of one prefecture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import ReportedFolder, records_of
from okoshi.app.report_page import Column, Section, TableView, shots
from okoshi.figures.about import compared
from okoshi.figures.money import PAYERS
from okoshi.figures.words import (
    figure_text,
    listed,
    short_prefecture,
    title_of,
    unit_of,
    unit_text,
    yen_scale,
)
from okoshi.language.declared import source_in_words
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.observe.declarations import part_of
from okoshi.study.intervals import NORMAL_REACH

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.figures.about import About

HEADLINES = (
    "members",
    "municipalities_with_members",
    "settled",
    "settled_share_last_5_years",
    "startups_by_members",
)
OF_PREFECTURE = ("members", "hired", "ended_so_far", "settled_stock", "startups_by_members", "population")
OF_MUNICIPALITY = ("population", "members", "settled_stock", "startups_by_members")
YEARS_APART = 5
MEETS = {True: "meets", False: "meets_not", None: "no_test"}
PEOPLE = 100_000

Frames = Mapping[str, "pd.DataFrame"]


def sections(found: ReportedFolder, prefecture: str | None, left_out: list[str]) -> list[Section]:
    """Return the sections that a run has of its own.

    Raises InputError where a prefecture is wanted that the tables do not hold.
    """
    from okoshi.figures.gallery import pictures_of_prefecture, pictures_of_run

    frames, about, places = found.tables_of_run(), found.about, places_of_folder(found)
    if prefecture is not None:
        rows = _rows_of(found, frames, prefecture)
        pictures = Section("pictures", say("report.pictures"))
        pictures.pictures = shots(pictures_of_prefecture(frames, about, prefecture, places, left_out))
        return [
            _prefecture_headlines(frames, prefecture),
            pictures,
            *_prefecture_tables(frames, rows, prefecture),
        ]
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures = shots(pictures_of_run(frames, about, places, left_out))
    official = _official(frames, found.departure) if about.whole else []
    return [_headlines(frames, about), pictures, *official]


def places_of_folder(found: ReportedFolder) -> pd.DataFrame | None:
    """Return the coordinates of the municipalities, None where the country of the run cannot be read here."""
    from okoshi.figures import places_of
    from okoshi.study.whole_country import country_of

    try:
        return places_of(country_of(next(iter(found.scenarios.values()))))
    except InputError:
        return None


def _headlines(frames: Frames, about: About) -> Section:
    national = frames["national"]
    section = Section("headlines", say("report.headlines"))
    for column in HEADLINES:
        simulated, unit = _simulated(national, column), unit_of(column)
        if not simulated:
            continue
        year, last = max(simulated), simulated[max(simulated)]
        section.items.append(
            say(
                "report.headline",
                what=title_of(column),
                year=year,
                value=figure_text(last["mean"], unit),
                unit=_unit(unit),
                range=_range(last, unit),
                word=say(f"pictures.rests_on_{about.rests_on([column], year)}"),
            )
        )
    payers = [column for column in (f"yen_{payer}" for payer in PAYERS) if column in national]
    spent: Any = national[payers].sum(axis=1).groupby(national["fiscal_year"]).mean().to_dict()
    year = max(spent)
    section.items.append(
        say(
            "report.headline_money",
            year=year,
            value=figure_text(spent[year], "yen"),
            word=say("pictures.rests_on_prior"),
        )
    )
    return section


def _unit(unit: str) -> str:
    """Return a unit as it stands behind a number; shares and yen bring theirs along."""
    return "" if unit == "share" or unit.startswith("yen") else f" {unit_text(unit)}"


def _simulated(national: pd.DataFrame, column: str) -> dict[int, dict[str, float]]:
    """Return mean, low and high of a column by fiscal year; nothing where the table lacks it."""
    from okoshi.figures.over_time import by_year

    if column not in national:
        return {}
    found: Any = by_year(national, column).to_dict("index")
    return dict(found)


def _range(row: Mapping[str, float], unit: str) -> str:
    if row["low"] == row["high"]:
        return ""
    low, high = figure_text(row["low"], unit), figure_text(row["high"], unit)
    return say("report.range", low=low, high=high)


def _official(frames: Frames, departure: int | None) -> list[Section]:
    """Return the official figures beside the run; from the year of `departure` on they are no test of it."""
    if "observed" not in frames:
        return []
    national, observed = frames["national"], frames["observed"]
    labels: Counter[str] = Counter()
    rows: dict[str, dict[str, list[list[str]]]] = {}
    met = untested = 0
    order = {str(column): place for place, column in enumerate(national)}
    figures = sorted(records_of(observed), key=lambda one: (order.get(one["series"], 0), one["fiscal_year"]))
    simulated = {name: _simulated(national, name) for name in {figure["series"] for figure in figures}}
    for figure in figures:
        mine = simulated[figure["series"]].get(figure["fiscal_year"])
        if mine is None:
            continue
        meets = _meets(figure, mine) if departure is None or figure["fiscal_year"] < departure else None
        if meets is None:
            untested += 1
        else:
            met += meets
            labels[figure["label"]] += 1
        series = rows.setdefault(part_of(figure["series"]), {}).setdefault(title_of(figure["series"]), [])
        series.append(_official_row(figure, mine, meets=meets))
    section = Section("official", say("report.official"))
    if untested:
        section.paragraphs.append(say("report.official_untested", year=departure, count=untested))
    said = listed([f"{say(f'run.label_{label}')} {count}" for label, count in labels.items()])
    if labels:
        section.paragraphs.append(say("report.official_words", count=labels.total(), met=met, labels=said))
    heads = ("fiscal_year", "official", "simulated", "label", "meets")
    columns = [Column(say(f"report.column_{head}"), head in heads[1:3]) for head in heads]
    for part, by_title in rows.items():
        below = [row for title, of_series in by_title.items() for row in ([title], *of_series)]
        section.tables.append(TableView(say(f"run.part_{part}"), columns, below))
    return [section, _sources(observed, {str(column) for column in national})]


def _meets(figure: Mapping[str, Any], mine: Mapping[str, float]) -> bool:
    """Return whether the official figure's own 90% range and the middle 90% of replicates overlap."""
    reach = NORMAL_REACH * figure["uncertainty"]
    official = compared(figure)
    return bool(mine["low"] <= official + reach and mine["high"] >= official - reach)


def _official_row(figure: Mapping[str, Any], mine: Mapping[str, float], *, meets: bool | None) -> list[str]:
    unit = unit_of(figure["series"])
    doubt = f" ± {_two_digits(figure['uncertainty'], unit)}" if figure["uncertainty"] else ""
    return [
        str(figure["fiscal_year"]),
        _official_value(figure, unit) + doubt,
        figure_text(mine["mean"], unit) + _range(mine, unit),
        say(f"run.label_{figure['label']}"),
        say(f"report.{MEETS[meets]}"),
    ]


def _official_value(figure: Mapping[str, Any], unit: str) -> str:
    value, beside = figure_text(figure["value"], unit), figure.get("counted_beside", 0.0)
    return say("report.counted_beside", value=value, beside=figure_text(beside, unit)) if beside else value


def _two_digits(value: float, unit: str) -> str:
    """Return a doubt to two digits: how far off a figure may be is not known to more."""
    rounded = float(f"{value:.1e}")
    if unit == "share":
        return figure_text(rounded, unit)
    scale, word = yen_scale(rounded) if unit.startswith("yen") else (1.0, "")
    return f"{round(rounded / scale, 2) or rounded / scale:,.10g}{word}"


def _sources(observed: pd.DataFrame, columns: set[str]) -> Section:
    section = Section("sources", say("report.sources"))
    mine = observed[observed["series"].isin(columns)].drop_duplicates(["series", "source"])
    of_part: dict[str, dict[str, list[str]]] = {}
    for row in mine.itertuples():
        titles = of_part.setdefault(part_of(str(row.series)), {}).setdefault(str(row.source), [])
        titles.append(title_of(str(row.series)))
    columns_shown = [Column(say("report.column_figure")), Column(say("report.source"))]
    for part, titles_of in of_part.items():
        rows = [[listed(titles), source_in_words(source)] for source, titles in titles_of.items()]
        section.tables.append(TableView(say(f"run.part_{part}"), columns_shown, rows))
    return section


def _rows_of(found: ReportedFolder, frames: Frames, prefecture: str) -> pd.DataFrame:
    if "prefectures" not in frames:
        raise InputError(Fault(say("report.no_prefectures"), file=str(found.path), key="--prefecture"))
    rows = frames["prefectures"]
    rows = rows[rows["prefecture"] == prefecture]
    if rows.empty:
        raise InputError(
            Fault(say("report.not_in_run"), file=str(found.path), key="--prefecture", value=prefecture)
        )
    return rows


def _prefecture_headlines(frames: Frames, prefecture: str) -> Section:
    rows = frames["prefectures"]
    year = int(rows["fiscal_year"].max())
    means = (
        rows[rows["fiscal_year"] == year]
        .groupby("prefecture")[["members", "settled_stock", "population"]]
        .mean()
    )
    section = Section("headlines", say("report.headlines"))
    for column in ("members", "settled_stock"):
        rates = means[column] / means["population"] * PEOPLE
        ranks: Any = rates.rank(ascending=False, method="min").to_dict()
        section.items.append(
            say(
                "report.prefecture_headline",
                place=short_prefecture(prefecture),
                what=title_of(column, "prefectures"),
                year=year,
                value=figure_text(means[column].to_dict()[prefecture], "persons"),
                unit=_unit("persons"),
                rate=figure_text(rates.to_dict()[prefecture]),
                rank=int(ranks[prefecture]),
                whole=len(means),
                word=say("pictures.rests_on_prior"),
            )
        )
    return section


def _prefecture_tables(frames: Frames, rows: pd.DataFrame, prefecture: str) -> list[Section]:
    place = short_prefecture(prefecture)
    payers = [column for column in (f"yen_{payer}" for payer in PAYERS) if column in rows]
    means = rows.groupby("fiscal_year")[[*OF_PREFECTURE, *payers]].mean()
    means["spent"] = means[payers].sum(axis=1)
    columns = [Column(say("shown.fiscal_year"))]
    columns += [Column(title_of(column, "prefectures"), True) for column in OF_PREFECTURE]
    columns.append(Column(say("report.spent"), True))
    last = int(means.index.max())
    table = []
    for row in records_of(means.reset_index()):
        if (last - row["fiscal_year"]) % YEARS_APART == 0:
            cells = [figure_text(row[column], unit_of(column, "prefectures")) for column in OF_PREFECTURE]
            table.append([str(row["fiscal_year"]), *cells, figure_text(row["spent"], "yen")])
    section = Section("prefecture", say("report.prefecture_years", place=place))
    section.tables.append(TableView(say("report.prefecture_caption", place=place), columns, table))
    if "municipalities" not in frames:
        return [section]
    return [section, _municipalities(frames["municipalities"], prefecture)]


def _municipalities(table: pd.DataFrame, prefecture: str) -> Section:
    year, place = int(table["fiscal_year"].max()), short_prefecture(prefecture)
    mine = table[(table["fiscal_year"] == year) & (table["prefecture"] == prefecture)]
    means = mine.groupby(["municipality", "name"])[list(OF_MUNICIPALITY)].mean().reset_index()
    means = means.sort_values("members", ascending=False, kind="stable")
    section = Section("municipalities", say("report.municipalities", place=place))
    columns = [Column(say("report.municipality"))]
    columns += [Column(title_of(column, "municipalities"), True) for column in OF_MUNICIPALITY]
    rows = [
        [
            row["name"],
            *(figure_text(row[column], unit_of(column, "municipalities")) for column in OF_MUNICIPALITY),
        ]
        for row in records_of(means)
    ]
    caption = say("report.municipalities_caption", place=place, year=year)
    section.tables.append(TableView(caption, columns, rows))
    return section
