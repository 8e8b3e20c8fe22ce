"""What every report says whatever it is of: what differs, the doubts, how to repeat it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.app.archive import commands
from okoshi.app.diff import span_text, value_in_words
from okoshi.app.report_folder import CALIBRATION, COMPARISON, JUDGED, PILOT, RUN, VALIDATION, ReportedFolder
from okoshi.app.report_page import Column, Page, Section, TableView, capital
from okoshi.app.writing import FITTED_WITH, MODEL, UNFINISHED, finished_in_words, said_of_country
from okoshi.figures.factors import factor_in_words, value_of_factor
from okoshi.figures.words import listed, short_prefecture
from okoshi.language.declared import unit_in_words
from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import in_language, knows, language, say
from okoshi.parameters.posterior import FITTED, PRIOR
from okoshi.scenario.prefectures import PREFECTURES, find_prefecture

if TYPE_CHECKING:
    from okoshi.scenario.differences import Difference
    from okoshi.scenario.scenario import Scenario

DOUBTS = ("not_identified", "structures", "left_out_schemes")
LABELS = ("input", "fitted", "emergent", "predicted")
MOST_SEEDS = 10
MOST_ASSUMED = 10  # assumptions of behaviour that differ: so many are told one by one
PARAMETERS = "behaviour.parameters"
SWITCH = "true or false"  # no unit to be said


def page_of(found: ReportedFolder, prefecture: str | None = None) -> Page:
    """Return the page of a results folder, or of one prefecture of it.

    Raises InputError for a prefecture that is not there, or where the results do not go by prefecture.
    """
    from okoshi.app import report_compare, report_run

    place = None if prefecture is None else _known_prefecture(prefecture)
    left_out: list[str] = []
    if found.kind == RUN:
        own = report_run.sections(found, place, left_out)
    elif found.kind == COMPARISON:
        own = report_compare.sections(found, place, left_out)
    else:
        if place is not None:
            raise InputError(Fault(say("report.no_prefectures"), file=str(found.path), key="--prefecture"))
        own = _of_nation(found)
    titles = _titles(found)
    return Page(
        title=_headline(found, titles, place),
        subtitle=" / ".join(
            say("report.name_and_title", name=name, title=title) for name, title in titles.items()
        ),
        notices=_notices(found),
        sections=[*own, what_differs(found), doubts(found, left_out), how_to_repeat(found)],
        foot=found.about.foot(),
    )


def _of_nation(found: ReportedFolder) -> list[Section]:
    """Return the sections of what does not go by prefecture."""
    from okoshi.app import report_calibration, report_judging, report_other

    if found.kind == CALIBRATION:
        return report_calibration.calibration_sections(found)
    if found.kind == PILOT:
        return report_judging.pilot_sections(found)
    if found.kind == VALIDATION:
        return report_judging.validation_sections(found)
    return report_other.sections(found)


def _title_key(found: ReportedFolder) -> str:
    if found.kind == CALIBRATION:
        return "fits.title"
    return f"judging.title_{found.kind}" if found.kind in JUDGED else f"report.title_{found.kind}"


def _known_prefecture(name: str) -> str:
    place = find_prefecture(name)
    if place is None:
        near = nearest_name(name, [*PREFECTURES, *PREFECTURES.values()])
        raise InputError(
            Fault(
                say("world.no_prefecture"),
                key="--prefecture",
                value=name,
                nearest=near,
                allowed="島根県, Shimane",
            )
        )
    return place


def _what(found: ReportedFolder) -> str:
    experiment = found.record.get("experiment")
    pilot = found.record.get("pilot")
    if isinstance(pilot, dict):
        return say(f"attribution.{pilot['measure']}")
    title = None
    if isinstance(experiment, dict):
        title = in_language(experiment.get("title", ""), experiment.get("title_ja", ""))
    return str(title or found.record.get("title") or found.record.get("okoshi", ""))


def _titles(found: ReportedFolder) -> dict[str, str]:
    """Return what each scenario is called, by its name; the name itself where this version cannot read it."""
    try:
        return {name: scenario.shown_title or name for name, scenario in found.scenarios.items()}
    except InputError:
        return {name: name for name in found.about.scenario.split(", ")}


def _headline(found: ReportedFolder, titles: Mapping[str, str], place: str | None) -> str:
    """Return the page's headline, which calls scenarios by their titles: of a comparison the base."""
    base, *others = titles.values()
    text = say(_title_key(found), name=base, count=len(others), what=_what(found))
    if place is None:
        return say("report.title", text=text)
    return say("pictures.in_place", place=short_prefecture(place), text=text)


def _notices(found: ReportedFolder) -> list[str]:
    notices = [say("run.invented")] if found.about.invented else []
    if credit := found.record.get("credit"):
        notices.append(say("report.credit", names=say("report.between_names").join(map(str, credit))))
    notices += _words_of_part(found) + _words_of_filled(found)
    if (asked := found.record.get(UNFINISHED)) is not None:
        finished = finished_in_words(len(found.record["seeds"]), asked)
        notices.append(say("report.unfinished", finished=finished))
    recorded = found.record.get("tables")
    if gone := sorted(set(recorded if isinstance(recorded, list) else ()) - set(found.table_names)):
        notices.append(say("report.tables_gone", names=", ".join(gone)))
    if found.kind == CALIBRATION:
        return [*notices, say("fits.notice")]
    rests = "report.rests_on_calibration" if found.about.words else "report.rests_on_prior"
    rests = "judging.rests_on_calibration" if found.kind == "validation" else rests
    return [*notices, say(rests), *_words_of_other_model(found)]


def _words_of_other_model(found: ReportedFolder) -> list[str]:
    """Say that the parameters were fitted with another version of the model than the one that ran.

    A record of before this was kept tells neither; of this very version of Okoshi both are known here.
    """
    from okoshi.study.drawn import about_of_fit
    from okoshi.study.maker import this_maker

    record = found.record
    there, here = record.get(FITTED_WITH), record.get(MODEL)
    if here is None and record.get("version") == version("okoshi"):
        adoption = str((record.get("structure") or {}).get("adoption", FITTED))
        there = about_of_fit(str(record.get("behaviour_parameters", PRIOR)), adoption).get("model")
        here = this_maker().model
    told = there is not None and here is not None and there != here
    return [say("report.other_model", there=there, here=here)] if told else []


def _words_of_part(found: ReportedFolder) -> list[str]:
    """Say which part of the country was run; nothing of the whole, or where this version cannot read the country."""
    from okoshi.study.whole_country import words_of_part

    try:
        world = next(iter(found.scenarios.values())).world
        words = words_of_part(world.source, world.prefectures, world.scale)
    except InputError:
        return []
    return [words] if words else []


def _words_of_filled(found: ReportedFolder) -> list[str]:
    """Say what the official tables of an imported country did not: it was filled in, and numbers rest on it."""
    if found.about.invented:
        return []
    try:
        notes = said_of_country(next(iter(found.scenarios.values())), "filled", "notes")
    except InputError:
        return []
    return [say("report.filled_in", notes=say("report.between_notes").join(notes))] if notes else []


def what_differs(found: ReportedFolder) -> Section:
    """Say in words what the scenarios change: against the base of a comparison, else against the baseline."""
    from okoshi.scenario.scenario import load_scenario

    section = Section("differs", say("report.differs"))
    try:
        scenarios = list(found.scenarios.items())
        if found.kind == COMPARISON:
            (base_name, base), *others = scenarios
        else:
            base_name, base, others = "baseline", load_scenario("baseline"), scenarios
    except InputError as error:
        section.paragraphs.append(say("report.differs_unknown", reason=error))
        return section
    for name, scenario in others:
        changes = difference_sentences(base, scenario)
        if name == base_name:
            key = "differs_from_base" if changes else "is_base"
        else:
            key = "differs_from" if changes else "differs_nothing"
        called = scenario.shown_title or name
        said = say(f"report.{key}", name=called, base=base.shown_title or base_name)
        if len(others) == 1:
            section.paragraphs.append(said)
            section.items += changes
        else:
            section.items += [say("report.change_of", name=called, change=change) for change in changes] or [
                said
            ]
        if scenario.shown_why:
            section.paragraphs.append(say("report.why", name=called, why=_flowing(scenario.shown_why)))
    return section


def _flowing(text: str) -> str:
    """Return what a scenario file says in lines as one paragraph; Japanese has no space where a line ended."""
    if language() == "en":
        return " ".join(text.split())
    text = re.sub(r"FY(\d{4}) ?", r"\1年度", text)
    return re.sub(r"(?<=[^\x00-\x7f])\s*\n\s*|\s*\n\s*(?=[^\x00-\x7f])", "", text).replace("\n", " ")


def difference_sentences(base: Scenario, scenario: Scenario) -> list[str]:
    """Return each key that differs as a sentence: what it is, from which value to which, in which years."""
    from okoshi.parameters.catalogue import catalogue
    from okoshi.scenario.differences import diff

    sentences = []
    found, assumed = _without_another_calibration(diff(base, scenario))
    for item in found:
        known = catalogue().get(item.key)
        key = f"report.key_{item.key.replace('.', '_')}"
        what, unit = say(key) if knows(key) else factor_in_words(item.key), ""
        if known is not None:
            what = known.shown_description
            unit = "" if known.unit == SWITCH else unit_in_words(known.unit)
            unit = "" if unit in what else unit  # the description of an index says of what it is one
        _, _, rest = item.key.partition("policy.")
        if knows(measure := f"attribution.{rest.partition('.')[0]}") and rest:
            what = say("pictures.in_place", place=capital(say(measure)), text=what)
        sentences.append(
            say(
                "report.changed" if item.first is not None else "report.changed_throughout",
                what=what.rstrip("."),
                name=item.key,
                one=_value(item.key, item.one),
                other=_value(item.key, item.other),
                unit=f" {unit}" if unit else "",
                years=span_text(item.first, item.last),
            )
        )
    if assumed:
        sentences.append(say("report.other_calibration", count=assumed))
    return sentences


def _without_another_calibration(found: Sequence[Difference]) -> tuple[Sequence[Difference], int]:
    """Return the differences without those of behaviour where these are as many as another calibration makes."""
    others = [item for item in found if not item.key.startswith("behaviour.") or item.key == PARAMETERS]
    assumed = len(found) - len(others)
    return (others, assumed) if assumed > MOST_ASSUMED else (found, 0)


def _value(key: str, value: Any) -> str:
    """Return a value as a reader of the page knows it: whether a rule applies is no true or false."""
    if isinstance(value, bool):
        return say("report.applies" if value else "report.applies_not")
    if key == "years":
        return span_text(*value)
    if key == "world.prefectures" and value:
        return listed([short_prefecture(name) for name in value])
    if key.startswith("structure."):
        return value_of_factor(key, str(value))
    if key == PARAMETERS and knows(f"report.parameters_{value}"):
        return say(f"report.parameters_{value}")
    return value_in_words(key, value)


def _doubt_of_chance(found: ReportedFolder) -> str:
    """Say what the intervals hold: chance, or parameters and chance together where each run has its own draw."""
    if found.kind in (VALIDATION, CALIBRATION):
        return say("report.doubt_draws")
    about = found.about
    if about.on_draws:
        return say("report.doubt_parameters_and_chance", runs=about.runs)
    if about.replicates == 1:
        return say("report.doubt_one_replicate")
    return say("report.doubt_chance", count=about.replicates)


def doubts(found: ReportedFolder, left_out: Sequence[str] = ()) -> Section:
    """Say what the model cannot say: the country, chance, parameters, structures, and what is not in it."""
    from okoshi.parameters.catalogue import catalogue

    section = Section("doubts", say("report.doubts"))
    if found.about.invented:
        section.items.append(say("report.doubt_invented"))
    section.items.append(_doubt_of_chance(found))
    if found.kind == CALIBRATION:
        section.items.append(say("fits.doubt_range"))
    behaviour = [item for name, item in catalogue().items() if name.startswith("behaviour.")]
    assumed = sum(any(value.assumed for value in item.values) for item in behaviour)
    section.items.append(say("report.doubt_assumed", count=assumed, whole=len(behaviour)))
    fitted = found.kind == CALIBRATION or found.record.get("behaviour_parameters", "prior") != "prior"
    section.items.append(say("report.doubt_calibrated" if fitted else "report.doubt_not_calibrated"))
    section.items += [say(f"report.doubt_{name}") for name in DOUBTS]
    section.tables.append(_labels())
    section.items += [say("report.doubt_no_picture", reason=reason) for reason in left_out]
    return section


def _moment(written: object) -> str | None:
    """Return a moment of a record to the minute, as people write it."""
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None if written is None else str(written)
    return f"{moment:%Y-%m-%d %H:%M} {moment.tzname() or ''}".strip()


def _seconds(written: object) -> str | None:
    return say("report.seconds", count=f"{written:,.1f}") if isinstance(written, int | float) else None


def _labels() -> TableView:
    rows = [[say(f"run.label_{label}"), say(f"report.label_{label}")] for label in LABELS]
    return TableView(say("report.labels"), [Column(say("run.label")), Column(say("shown.meaning"))], rows)


def how_to_repeat(found: ReportedFolder) -> Section:
    """Say with which commands, version, hash and seeds the same numbers come out."""
    record = found.record
    section = Section("repeat", say("report.repeat"), paragraphs=[say("report.repeat_words")])
    argv = [str(part) for part in record.get("command", [])]
    if argv and Path(argv[0]).stem == "okoshi":
        section.commands.append(shlex.join(["okoshi", *argv[1:]]))
    name = found.path.resolve().name
    section.commands.append(shlex.join(["okoshi", "report", name, "--archive", f"{name}.zip"]))
    section.commands += commands(found)
    platform = record.get("platform", {})
    libraries = platform.get("libraries", {})
    seeds = [str(seed) for seed in record.get("seeds", [])]
    shown_seeds = ", ".join(seeds[:MOST_SEEDS]) + (" …" if len(seeds) > MOST_SEEDS else "")
    facts = {
        "version": record.get("version"),
        "scenario_hash": record.get("scenario_hash"),
        "parameters_hash": record.get("parameters_hash"),
        "seeds": shown_seeds,
        "started": _moment(record.get("started")),
        "seconds": _seconds(record.get("seconds")),
        "workers": record.get("workers"),
        "python": platform.get("python"),
        "libraries": ", ".join(f"{name} {number}" for name, number in libraries.items()),
        "machine": " ".join(str(platform.get(key, "")) for key in ("system", "machine", "processor")).strip(),
    }
    rows = [
        [say(f"report.fact_{name}"), str(value)] for name, value in facts.items() if value not in (None, "")
    ]
    rows[1:1] = [
        [say("report.fact_hash_of", name=name), str(content)]
        for name, content in (record.get("scenarios") or {}).items()
    ]
    columns = [Column(say("report.fact")), Column(say("report.value"))]
    section.tables.append(TableView(say("report.facts"), columns, rows))
    return section
