"""The report of a comparison: differences with intervals, additional settlers, yen for each, who gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from okoshi.app import report_doubt
from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_numbers import interval_text
from okoshi.app.report_page import Section, TableView, shots
from okoshi.app.writing import DIFFERENCES
from okoshi.figures.comparing import NATION, group_in_words, is_by_age, outcomes_by_group, weakest
from okoshi.figures.money import PAYERS
from okoshi.figures.words import outcome_with_unit, short_prefecture, title_of, unit_of
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.comparing import HEADLINES
from okoshi.study.comparison_tables import COSTS, SETTLERS
from okoshi.study.intervals import FEWEST
from okoshi.study.tax_total import MIXED, total_of_tax
from okoshi.study.units import NET, SETTLER

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.figures.about import About

OUTCOMES = (*HEADLINES, *(f"yen_{payer}" for payer in PAYERS))  # what `okoshi compare` prints, too
NATION_TABLE = "national"
ADDITIONAL = ("here_only", "from_elsewhere", "lost", "net", "anyway")


def sections(found: ReportedFolder, prefecture: str | None, left_out: list[str]) -> list[Section]:
    """Return the sections that a comparison has of its own, for the nation or for one prefecture.

    Raises InputError where a prefecture is wanted and the differences are not by prefecture.
    """
    from okoshi.figures.gallery import pictures_of_comparison

    table = found.table(DIFFERENCES)
    pictures = Section("pictures", say("report.pictures"))
    pictures.pictures = shots(pictures_of_comparison(table, found.about, left_out))
    year = int(table["fiscal_year"].max())
    rows = table[table["fiscal_year"] == year]
    names = list(dict.fromkeys(rows["scenario"]))
    if prefecture is not None:
        mine = rows[rows["group"] == prefecture]
        if mine.empty:
            raise InputError(
                Fault(
                    say("report.not_by_prefecture"),
                    file=str(found.path),
                    key="--prefecture",
                    value=prefecture,
                )
            )
        heading = say("report.differences_of", place=short_prefecture(prefecture))
        own = Section("differences", heading)
        own.tables.append(_differences(mine, names, list(dict.fromkeys(mine["outcome"])), year, found.about))
        return [own, pictures]
    nation = rows[rows["group"] == NATION]
    own = Section("differences", say("report.differences"), paragraphs=[_reading(nation, found)])
    own.tables.append(_differences(nation, names, OUTCOMES, year, found.about))
    more = report_doubt.sections(found, names)
    glance = _glance(nation, names, year, found.about)
    return [
        glance,
        own,
        pictures,
        *_settlers(found, names, year),
        *_groups(rows, names, year, found.about),
        *more,
    ]


def _glance(rows: pd.DataFrame, names: Sequence[str], year: int, about: About) -> Section:
    """Say of each scenario what is more and less beyond chance, payers included, and what chance alone may give.

    What all runs give alike is neither: it is told apart, with its value.
    """
    section = Section("glance", say("report.headlines"))
    base, of = about.called(about.base), "draws" if about.on_draws else "replicates"
    doubt, every = say(f"report.doubt_over_{of}"), say(f"report.every_one_of_{of}")
    if about.counted < FEWEST:
        option = f"--{of} {20 if about.on_draws else 10}"
        section.items.append(say("report.glance_untold", runs=about.runs, doubt=doubt, option=option))
        return section
    for name in names:
        mine = rows[rows["scenario"] == name].set_index("outcome")
        told: dict[str, list[str]] = {"more": [], "less": [], "same": [], "open": []}
        for outcome in (outcome for outcome in OUTCOMES if outcome in mine.index):
            values = _values(mine, outcome)
            if values[0] == values[0] and values[0]:
                kind = _kind(outcome, *values)
                told[kind].append(title_of(outcome) if kind == "open" else _told(outcome, values))
        called = about.called(name)
        if not (told["more"] or told["less"] or told["same"]):
            section.items.append(say("report.glance_nothing", name=called, base=base, year=year, doubt=doubt))
        for kind, texts in told.items():
            what = say("fits.comma").join(texts)
            said = {"name": called, "base": base, "year": year, "doubt": doubt, "every": every, "what": what}
            if texts:
                section.items.append(say(f"report.glance_{kind}", **said))
    return section


def _kind(outcome: str, difference: float, low: float, high: float) -> str:
    """Return what an interval says of a difference: more, less, the same in all runs, or an open sign.

    Of enough runs there is no interval only where all agree, or, of a share, where too few have anybody to count.
    """
    if isnan(low):
        return "open" if unit_of(outcome) == "share" else "same"
    return "more" if 0 < low < high else "less" if low < high < 0 else "open"


def _told(outcome: str, values: Sequence[float]) -> str:
    """Return an outcome with its difference; of one that is the same in all runs no lack of an interval is said."""
    text = interval_text(values, unit_of(outcome)).removesuffix(say("report.no_interval"))
    return f"{_with_unit(outcome)} {text}"


def _with_unit(outcome: str) -> str:
    return outcome_with_unit(f"{NATION_TABLE}.{outcome}")


def _reading(rows: pd.DataFrame, found: ReportedFolder) -> str:
    word = say(f"pictures.rests_on_{weakest(rows, OUTCOMES)}")
    about = found.about
    key = "report.differences_words_draws" if about.on_draws else "report.differences_words"
    text = say(key, runs=about.runs, word=word)
    return text if about.counted >= FEWEST else f"{text} {say('report.too_few', runs=about.runs)}"


def _differences(
    rows: pd.DataFrame, names: Sequence[str], outcomes: Sequence[str], year: int, about: About
) -> TableView:
    table = []
    for outcome in outcomes:
        mine = rows[rows["outcome"] == outcome].set_index("scenario")
        if not mine["difference"].fillna(0).any():
            continue
        unit = unit_of(outcome)
        cells = [interval_text(_values(mine, name), unit) for name in names]
        table.append([_with_unit(outcome), *cells])
    caption = say("report.differences_caption", base=about.called(about.base), year=year)
    return TableView(caption, report_doubt.headed(names, about, numbers=True), table)


def _values(rows: pd.DataFrame, name: str) -> list[float]:
    return [float(rows[column][name]) for column in ("difference", "low_90", "high_90")]


def _settlers(found: ReportedFolder, names: Sequence[str], year: int) -> list[Section]:
    """Return additional settlers and yen for each by payer; nothing where the folder has no tables of them."""
    if not {SETTLERS, COSTS} <= set(found.table_names):
        return []
    section = Section("settlers", say("report.settlers"), paragraphs=[say("report.settlers_words")])
    columns = report_doubt.headed(names, found.about, numbers=True)
    counts = {
        (row["kind"], row["scenario"]): [row["additional"], row["low_90"], row["high_90"]]
        for row in found.records(SETTLERS)
    }
    rows = [
        [
            say(f"report.additional_{kind}"),
            *(interval_text(counts[kind, name], "persons") for name in names),
        ]
        for kind in ADDITIONAL
    ]
    section.tables.append(TableView(say("report.settlers_caption", year=year), columns, rows))
    costs = _yen_each(found.records(COSTS), names)
    if costs:
        section.tables.append(TableView(say("report.cost_caption"), columns, costs))
        section.paragraphs += _totals_in_words(found, names)
    else:
        section.paragraphs.append(say("report.cost_unknown"))
    return [section]


def _totals_in_words(found: ReportedFolder, names: Sequence[str]) -> list[str]:
    """Return of which scenarios yen do not compare payer by payer; nothing where the record cannot be read."""
    try:
        scenarios = found.scenarios
    except InputError:
        return []  # what differs says so
    base = next(iter(scenarios.values()))
    return [
        say("report.cost_mixed_total", name=found.about.called(name))
        for name in names
        if name in scenarios and total_of_tax(base, scenarios[name]) == MIXED
    ]


def _yen_each(costs: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[list[str]]:
    """Return yen for each additional settler, net of other places, since FY2009: a row a payer who pays anything."""
    each = {
        (row["payer"], row["scenario"]): [row["yen_each"], row["yen_each_low_90"], row["yen_each_high_90"]]
        for row in costs
        if (row["unit"], row["years_after"], row["reading"]) == (SETTLER, 0, NET)
    }
    rows = []
    for payer in (*PAYERS, "total"):
        cells = [each[f"yen_{payer}", name] for name in names]
        if any(cell[0] for cell in cells if not isnan(cell[0])):
            label = say(f"pictures.payer_{payer}") if payer != "total" else say("report.total")
            rows.append([label, *(interval_text(cell, "yen") for cell in cells)])
    return rows


def _groups(rows: pd.DataFrame, names: Sequence[str], year: int, about: About) -> list[Section]:
    grouped = rows[rows["group"] != NATION]
    if grouped.empty:
        return []
    ages = [say("comparison.ages")] if is_by_age(grouped) else []
    section = Section("groups", say("report.groups"), paragraphs=ages)
    columns = report_doubt.headed(names, about, "shown.group", numbers=True)
    for outcome in outcomes_by_group(grouped):
        mine = grouped[grouped["outcome"] == outcome]
        table = []
        for group in dict.fromkeys(mine["group"]):
            of_group = mine[mine["group"] == group].set_index("scenario")
            values = [_values(of_group, name) for name in names]
            unit = unit_of(outcome, "municipalities")
            table.append([group_in_words(group), *(interval_text(value, unit) for value in values)])
        caption = say("report.groups_caption", what=title_of(outcome, "municipalities"), year=year)
        section.tables.append(TableView(caption, columns, table))
    return [section]
