"""A scenario: everything that decides a run, read from files, checked, and with a hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import in_language, say
from okoshi.parameters.catalogue import ABOLISHED, FIRST_DATE, catalogue
from okoshi.parameters.kinds import Value
from okoshi.parameters.posterior import values_of
from okoshi.scenario.documents import Document, as_written, nearest_file, read_document
from okoshi.scenario.draft import (
    SCHEMA,
    Adoption,
    Draft,
    Matching,
    Settlement,
    read_draft,
    read_entry,
)
from okoshi.scenario.settings import Settings
from okoshi.scenario.shipped import find_scenario

DEFAULT_YEARS = (2009, 2034)
DEFAULT_SEED = 1
MOST_EXTENDED = 50
EXPERIMENT_KEYS = {"scenario", "factors", "method"}


@dataclass(frozen=True)
class WorldChoice:
    """Which country: `default` or a folder, which prefectures (none: all), how many side by side."""

    source: str = "default"
    prefectures: tuple[str, ...] = ()
    scale: int = 1


@dataclass(frozen=True)
class Structure:
    """Which of the rival forms of the model is used."""

    matching: Matching = Matching.SEARCH
    adoption: Adoption = Adoption.DIFFUSION
    settlement: Settlement = Settlement.CHOICE


@dataclass(frozen=True)
class Scenario:
    """Everything that decides a run. Name, titles, reasons, `base` and files change no number."""

    name: str
    title: str = ""
    why: str = ""
    title_ja: str = ""
    why_ja: str = ""
    years: tuple[int, int] = DEFAULT_YEARS
    seed: int = DEFAULT_SEED
    world: WorldChoice = field(default_factory=WorldChoice)
    structure: Structure = field(default_factory=Structure)
    behaviour_parameters: str = "prior"
    settings: Settings = field(default_factory=Settings)
    base: str | None = None
    file: str | None = None
    base_file: str | None = None

    @cached_property
    def hash(self) -> str:
        """The sha256, in hex, of everything that can change a number."""
        content = {
            "schema": SCHEMA,
            "years": self.years,
            "seed": self.seed,
            "world": {
                "source": folder_content(self.world.source),
                "prefectures": self.world.prefectures,
                "scale": self.world.scale,
            },
            "structure": [self.structure.matching, self.structure.adoption, self.structure.settlement],
            # A draw of parameters counts by its values, wherever it was read.
            "settings": {name: _for_hash(self.settings, name) for name in catalogue()},
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def shown_title(self) -> str:
        """The title in the language in use."""
        return in_language(self.title, self.title_ja)

    @property
    def shown_why(self) -> str:
        """Why the scenario exists, in the language in use."""
        return in_language(self.why, self.why_ja).strip()

    def in_full(self) -> dict[str, Any]:
        """Return all that is in force as tables ready for TOML; read again they give the same hash."""
        full: dict[str, Any] = {"schema": SCHEMA, "in_full": True}
        texts = {name: getattr(self, name) for name in ("title", "title_ja", "why", "why_ja")}
        full |= {name: text for name, text in texts.items() if text}
        full |= {"years": list(self.years), "seed": self.seed}
        full["world"] = {"source": self.world.source, "scale": self.world.scale}
        if self.world.prefectures:
            full["world"]["prefectures"] = list(self.world.prefectures)
        for name in catalogue():
            *above, last = name.split(".")
            table = full
            for part in above:
                table = table.setdefault(part, {})
            table[last] = _for_file(self.settings, name)
        full.setdefault("behaviour", {})["parameters"] = self.behaviour_parameters
        full["structure"] = {
            "matching": str(self.structure.matching),
            "adoption": str(self.structure.adoption),
            "settlement": str(self.structure.settlement),
        }
        return full

    def changed(
        self,
        set: Mapping[str, object] | None = None,
        seed: int | None = None,
        years: Sequence[int] | None = None,
    ) -> Scenario:
        """Return this scenario with some keys set, as `load_scenario` sets them.

        Raises InputError with all faults of what was set.
        """
        document = Document(None)
        draft = Draft()
        for key, value in (set or {}).items():
            read_entry(document, draft, tuple(key.split(".")), as_written(value))
        if seed is not None:
            read_entry(document, draft, ("seed",), as_written(seed))
        if years is not None:
            written = [as_written(year) for year in years] if isinstance(years, Iterable) else years
            read_entry(document, draft, ("years",), written)
        if document.faults:
            raise InputError(document.faults)
        return _with_draft(self, draft)


def load_scenario(
    name_or_path: str | Path,
    set: Mapping[str, object] | None = None,
    seed: int | None = None,
    years: Sequence[int] | None = None,
) -> Scenario:
    """Read a scenario: a shipped name, or a path (with / or .toml).

    `set` changes single keys: `{"policy.cooperators.startup_per_member@2025": 2_000_000}`.
    Raises InputError with all faults of the file, of those that it extends and of `set` at once.
    """
    path = find_scenario(name_or_path)
    documents = _chain(path)
    drafts = [read_draft(document) for document in documents]
    faults = [fault for document in documents for fault in document.faults]
    own = drafts[0].top
    scenario = Scenario(
        name=path.stem,
        base=own.get("extends"),
        file=str(path),
        base_file=str(documents[1].path) if len(documents) > 1 else None,
        title=own.get("title", path.stem),
        why=own.get("why", ""),
        title_ja=own.get("title_ja", ""),
        why_ja=own.get("why_ja", ""),
    )
    if not faults:
        scenario = _on_chosen_draw(scenario, drafts)
        for draft in reversed(drafts):
            scenario = _with_draft(scenario, draft)
    try:
        changed = scenario.changed(set, seed, years)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    return changed


def _on_chosen_draw(scenario: Scenario, drafts: Sequence[Draft]) -> Scenario:
    """Return the scenario on the draw that holds in the end, so that what a layer says is measured against it."""
    chosen = next((draft for draft in drafts if "behaviour.parameters" in draft.top), None)
    if chosen is None:
        return scenario
    in_full = any(draft.top.get("in_full") is True for draft in drafts)
    forms = (draft.top["structure.adoption"] for draft in drafts if "structure.adoption" in draft.top)
    adoption = next(forms, scenario.structure.adoption)
    drawn = _values_of(chosen.top["behaviour.parameters"], adoption, in_full)
    return replace(scenario, settings=scenario.settings.with_draw(drawn))


def _values_of(label: str, adoption: str, in_full: bool) -> Mapping[str, Value]:
    """Return the draw that a label means; nothing for one that is gone where a file says all in full anyway."""
    try:
        return values_of(label, adoption)
    except (OSError, ValueError, IndexError):
        if in_full:
            return {}
        raise


def _chain(path: Path) -> list[Document]:
    """Return the file at `path`, what it extends, what that extends, and so on to a baseline."""
    documents: list[Document] = []
    seen: list[Path] = []
    while True:
        document = read_document(path)
        if EXPERIMENT_KEYS & document.data.keys():
            what = say("faults.is_experiment")
            if not documents:
                raise InputError(Fault(what, file=str(path)))
            documents[-1].blame(("extends",), what, value=documents[-1].data["extends"])
            return documents
        documents.append(document)
        seen.append(path.resolve())
        above = document.data.get("extends")
        if above is None:
            if document.data.get("in_full") is not True and path.stem != "baseline":
                document.blame(("extends",), say("faults.no_extends"), allowed=say("allowed.extends"))
            return documents
        if not isinstance(above, str) or not above.strip():
            return documents
        base = _base(document, above.strip(), path)
        if base is None:
            return documents
        if base.resolve() in seen:
            circle = " → ".join(step.stem for step in [*seen, base])
            document.blame(("extends",), say("faults.circular_extends"), value=circle)
            return documents
        if len(seen) >= MOST_EXTENDED:
            document.blame(("extends",), say("faults.too_many_extends"), allowed=f"<= {MOST_EXTENDED}")
            return documents
        path = base


def _base(document: Document, above: str, path: Path) -> Path | None:
    try:
        base = find_scenario(above, path.parent)
    except InputError as error:
        fault = error.faults[0]
        document.blame(("extends",), fault.what, value=above, allowed=fault.allowed, nearest=fault.nearest)
        return None
    try:
        wrong = "no_base" if not base.exists() else "is_folder" if base.is_dir() else ""
        wrong = wrong or ("" if base.is_file() else "no_plain_file")
    except OSError:  # a name that is too long; a folder that nobody may look into
        wrong = "no_base"
    if wrong:
        near = nearest_file(base, but=path) if wrong == "no_base" else None
        nearest = near and str(Path(above).with_name(near))
        allowed = say("allowed.extends")
        document.blame(("extends",), say(f"faults.{wrong}"), value=above, allowed=allowed, nearest=nearest)
        return None
    return base


def _with_draft(scenario: Scenario, draft: Draft) -> Scenario:
    top = draft.top
    return replace(
        scenario,
        years=top.get("years", scenario.years),
        seed=top.get("seed", scenario.seed),
        world=WorldChoice(
            top.get("world.source", scenario.world.source),
            top.get("world.prefectures", scenario.world.prefectures),
            top.get("world.scale", scenario.world.scale),
        ),
        structure=Structure(
            Matching(top.get("structure.matching", scenario.structure.matching)),
            Adoption(top.get("structure.adoption", scenario.structure.adoption)),
            Settlement(top.get("structure.settlement", scenario.structure.settlement)),
        ),
        behaviour_parameters=top.get("behaviour.parameters", scenario.behaviour_parameters),
        settings=_with_draw(scenario, draft).changed(draft.changes),
    )


def _with_draw(scenario: Scenario, draft: Draft) -> Settings:
    """Return the settings on the draw that this layer names, or that its form of adoption has of its own."""
    label = draft.top.get("behaviour.parameters")
    form = draft.top.get("structure.adoption", scenario.structure.adoption)
    if label is None and form == scenario.structure.adoption:
        return scenario.settings
    label = label or scenario.behaviour_parameters
    return scenario.settings.with_draw(_values_of(label, form, draft.top.get("in_full") is True))


def parameters_hash() -> str:
    """Return the sha256, in hex, of the catalogue itself: every parameter's values without any scenario."""
    content = {name: _for_hash(Settings(), name) for name in catalogue()}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def folder_content(source: str) -> str:
    """Return what stands for a world in a hash: the content of its folder, wherever that lies."""
    folder = Path(source)
    if source == "default" or not folder.is_dir():
        return source
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _for_hash(settings: Settings, name: str) -> object:
    if not catalogue()[name].dated:
        return _plain(settings.value(name))
    return [[year, _plain(value)] for year, value in settings.series(name)]


def _plain(value: Value | None) -> object:
    """Return a value as JSON that tells apart what is told apart: a fraction is its own kind."""
    if isinstance(value, Fraction):
        return {"rate": str(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _for_file(settings: Settings, name: str) -> object:
    if not catalogue()[name].dated:
        return to_toml(settings.value(name))
    series = settings.series(name) or ((FIRST_DATE, None),)
    return {str(year): to_toml(value) for year, value in series}


def to_toml(value: Value | None) -> object:
    """Return a stored value as a scenario file writes it."""
    if value is None:
        return ABOLISHED
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    if isinstance(value, tuple):
        return [to_toml(item) for item in value]
    return value
