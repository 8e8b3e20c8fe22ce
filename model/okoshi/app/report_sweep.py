"""What a sweep found, drawn and said in the language of the report: indices, what each measure adds, a division."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from okoshi.app.report_folder import ReportedFolder
from okoshi.app.report_page import Column, Section, Shot, TableView, capital, shots
from okoshi.language.errors import InputError
from okoshi.language.messages import language, say
from okoshi.study.intervals import FEWEST

if TYPE_CHECKING:
    from okoshi.app.showing import Heading
    from okoshi.figures.style import Picture
    from okoshi.study.attribution import Attribution
    from okoshi.study.experiment import Experiment
    from okoshi.study.splitting import Split

SHAPLEY, SPLIT, INDICES = "shapley", "split", "indices"


def found_by_sweep(found: ReportedFolder) -> tuple[list[Shot], dict[str, Section]]:
    """Return the pictures, and by the table that they stand for the sections in words.

    What cannot be read or drawn again stands as its files are.
    """
    from okoshi.app.analyse import read_sweep

    files = [Shot.of_file(path) for path in found.picture_files]
    if not {SHAPLEY, SPLIT, INDICES} & set(found.table_names):
        return files, {}
    try:
        experiment, results = read_sweep(found.path)
    except InputError:
        return files, {}
    if experiment.method == "attribution":
        return _attribution(found, experiment, results)
    if experiment.method == "split":
        return _split(found, experiment, results)
    drawn = shots(_indices(found, experiment)) if INDICES in found.table_names else []
    return drawn or files, {}


def _indices(found: ReportedFolder, experiment: Experiment) -> Iterator[Picture]:
    """Draw the indices that stand in their table, outcome by outcome."""
    from okoshi.app.analyse import pictures_of_indices
    from okoshi.study.sensitivity import Index

    rows = [row for row in found.records(INDICES) if not str(row["index"]).startswith("noise_share")]
    about = replace(found.about, scenario=experiment.scenario.shown_title)
    for outcome in experiment.outcomes:
        indices = [_index(Index, row) for row in rows if row["outcome"] == outcome.label]
        yield from pictures_of_indices(experiment, outcome, indices, about)


def _index(make: Any, row: Mapping[str, Any]) -> Any:
    names = (
        "method",
        "outcome",
        "factor",
        "other_factor",
        "index",
        "value",
        "low_90",
        "high_90",
        "no_effect",
    )
    return make(*(row[name] for name in names))


def _attribution(
    found: ReportedFolder, experiment: Experiment, results: Mapping[str, Any]
) -> tuple[list[Shot], dict[str, Section]]:
    from okoshi.app.analyse import about_own
    from okoshi.app.analyse_attribution import attributions_of
    from okoshi.figures.attribution import shapley_bars

    whole = [one for one in attributions_of(experiment, results) if one.together is not None]
    about = about_own(found.path, experiment)
    section = Section(f"table-{SHAPLEY}", say("report.shapley"))
    for one in whole:
        _one_attribution(section, one)
    return shots(shapley_bars(one, about) for one in whole), {SHAPLEY: section}


def _one_attribution(section: Section, one: Attribution) -> None:
    from okoshi.app.analyse_attribution import pairs_in_words, rows_in_words, unit_of_outcome
    from okoshi.figures.words import title_of

    if not section.paragraphs:
        key = "seeds" if one.seeds >= FEWEST else "one_seed"
        section.paragraphs.append(say(f"attribution.{key}", count=one.seeds).replace("! ", ""))
    outcome = one.outcome
    caption = say(
        "analyse.picture_outcome", outcome=title_of(outcome.column, outcome.table), year=outcome.year
    )
    parts = [*one.parts, *([one.together] if one.together is not None else [])]
    section.tables.append(_view(caption, *rows_in_words(parts, unit_of_outcome(one))))
    if one.seeds > 1:
        section.items.append(f"{caption}: {' '.join(text.strip() for text in pairs_in_words(one))}")


def _split(
    found: ReportedFolder, experiment: Experiment, results: Mapping[str, Any]
) -> tuple[list[Shot], dict[str, Section]]:
    from okoshi.app.analyse import about_own
    from okoshi.figures.split import best_divisions
    from okoshi.study.splitting import analyse_split

    split = analyse_split(experiment, results)
    pictures = [best_divisions(split, about_own(found.path, experiment))] if split.best else []
    return shots(pictures), {SPLIT: _split_in_words(split)}


def _split_in_words(split: Split) -> Section:
    from okoshi.app.analyse_split import (
        MILLION,
        divisions_in_words,
        losses_in_words,
        one_more_in_words,
        unspent_in_words,
    )
    from okoshi.figures.split import world_in_words

    section = Section(f"table-{SPLIT}", say("report.split"))
    for world in dict.fromkeys(one.world for one in split.one_more):
        rows = [one for one in split.one_more if one.world == world]
        caption = say("split.one_more", world=world_in_words(world) or say("split.one_world"))
        section.tables.append(_view(caption, *one_more_in_words(rows)))
        section.items += [capital(text.strip()) for text in unspent_in_words(rows)]
    if split.best:
        total = f"{split.design.total / MILLION:,.0f}"
        section.tables.append(_view(say("split.best", total=total), *divisions_in_words(split)))
        section.items += _joined(losses_in_words(split))
    return section


def _joined(sentences: Sequence[str]) -> list[str]:
    """Return sentences with those that belong to the one before, which a terminal shows indented, behind it."""
    items: list[str] = []
    space = "" if language() == "ja" else " "
    for sentence in sentences:
        text = capital(sentence.strip().removeprefix("! "))
        if sentence.startswith(" ") and items:
            items[-1] += space + text
        else:
            items.append(text)
    return items


def _view(caption: str, heads: Sequence[Heading], rows: Sequence[Mapping[str, object]]) -> TableView:
    columns = [Column(head.text, head.right) for head in heads]
    return TableView(caption, columns, [[str(row.get(head.key, "")) for head in heads] for row in rows])
