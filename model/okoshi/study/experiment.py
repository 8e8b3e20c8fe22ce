"""An experiment file: many runs of one scenario, with some of its keys varied, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from okoshi.engine.calendar import FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR
from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import in_language, say
from okoshi.scenario.changes import ROOTS
from okoshi.scenario.documents import Document, KeyPath, read_document, whole_number
from okoshi.scenario.draft import READERS
from okoshi.scenario.scenario import EXPERIMENT_KEYS, Scenario, load_scenario
from okoshi.scenario.shipped import from_home, is_path, shipped_names
from okoshi.study.attribution import SWITCHES, switches_of, yen_beside
from okoshi.study.factors import Factor, read_factors
from okoshi.study.limits import MOST_REPLICATES
from okoshi.study.method_checks import MOST_SAMPLES, check_method
from okoshi.study.methods import METHODS, grid_points
from okoshi.study.outcomes import OutcomeChoice, read_outcomes
from okoshi.study.split_design import (
    LATTICE,
    SplitDesign,
    Weights,
    budget_factors,
    read_weights,
    spent_beside,
    split_design,
)
from okoshi.study.targets import fitted_series

LISTS = ("factors", "outcomes", "weights")
_OF_SCENARIOS = {"extends", "world", "structure", *ROOTS}
MOST_POINTS = 5_000_000
MOST_DRAWS = 300
MOST_WAVES = 10


@dataclass(frozen=True)
class Experiment:
    """What varies, how, and what is looked at. `text` is the file as it was written.

    Every design point runs `replicates` times, under the same seeds: those of replicates 0, 1, ... of `seed`.
    """

    name: str
    title: str
    scenario: Scenario
    method: str
    samples: int = 0
    replicates: int = 1
    seed: int = 1
    factors: tuple[Factor, ...] = ()
    outcomes: tuple[OutcomeChoice, ...] = ()
    second_order: bool = False
    horizon: int | None = None
    of: str = "measures"
    weights: tuple[Weights, ...] = ()
    refine: int = 0
    waves: int | tuple[int, ...] = 1
    draws: int = MOST_DRAWS
    targets: tuple[str, ...] = ()
    title_ja: str = ""
    why: str = ""
    why_ja: str = ""
    text: str = field(default="", repr=False)
    file: str | None = None

    @property
    def shown_title(self) -> str:
        """The title in the language in use."""
        return in_language(self.title, self.title_ja)

    @property
    def shown_why(self) -> str:
        """Why the experiment exists, in the language in use."""
        return in_language(self.why, self.why_ja).strip()

    @property
    def parts(self) -> tuple[str, ...]:
        """What an index is about: the groups, and the factors outside any, in the order of the file."""
        return tuple(dict.fromkeys(factor.part for factor in self.factors))

    @property
    def grouped(self) -> bool:
        """Whether any factor has a group."""
        return any(factor.group for factor in self.factors)

    @property
    def block(self) -> int:
        """How many rows of the design only mean something together; 1 where each stands alone."""
        parts = len(self.parts)
        if self.method == "morris":
            return parts + 1
        if self.method == "sobol":
            return 2 * parts + 2 if self.second_order else parts + 2
        return 1

    @property
    def points(self) -> int:
        """How many rows the design has."""
        if self.method in ("grid", "attribution"):
            return grid_points(self.factors, self.samples)
        if self.method == "split":
            return len(self.split.points) * grid_points(self.split.worlds, 1)
        return self.samples * self.block

    @cached_property
    def split(self) -> SplitDesign:
        """The divisions of the budget that a `split` runs, and what it crosses them with."""
        return split_design(self.factors, self.scenario.settings, self.samples)

    @property
    def later_waves(self) -> tuple[int, ...]:
        """The horizon of each later wave of a calibration: what lays it out reads no figure of a later one."""
        if not self.refine or self.horizon is None:
            return ()
        return self.waves if isinstance(self.waves, tuple) else (self.horizon,) * (self.waves - 1)

    @property
    def runs(self) -> int:
        """How many runs the design takes, replicates included; of a calibration, those of its pool."""
        if not METHODS[self.method].is_design:
            return self.samples + self.refine * len(self.later_waves) * self.replicates
        return self.points * self.replicates


@cache
def experiment_folder() -> Path:
    """Return the folder with the experiments that come with Okoshi: packaged, or the repository's."""
    packaged = Path(str(resources.files("okoshi"))) / "experiments"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "experiments"


def find_experiment(name: str | Path) -> Path:
    """Return the file of an experiment: a path (with / or .toml), or the name of one that comes with Okoshi.

    Raises InputError for an unknown name.
    """
    if isinstance(name, Path) or is_path(name):
        return from_home(name)
    path = experiment_folder() / f"{name}.toml"
    if not path.is_file():
        known = sorted(found.stem for found in experiment_folder().glob("*.toml"))
        own = Path(f"{name}.toml")
        near = f"./{own}" if own.is_file() else nearest_name(name, known)
        what = say("faults.is_scenario" if name in shipped_names() else "faults.unknown_experiment")
        raise InputError(Fault(what, value=name, allowed=say("allowed.experiment"), nearest=near))
    return path


def is_experiment(path: Path) -> bool:
    """Return whether a file that can be read is an experiment (it has a method, factors or a scenario).

    Raises InputError where the file cannot be read.
    """
    return bool(EXPERIMENT_KEYS & read_document(path).data.keys())


def load_experiment(path_or_name: str | Path) -> Experiment:
    """Read an experiment. Raises InputError with all faults of the file and of its scenario at once."""
    path = find_experiment(path_or_name)
    document = read_document(path, "experiment")
    if _OF_SCENARIOS & document.data.keys() and not EXPERIMENT_KEYS & document.data.keys():
        raise InputError(Fault(say("faults.is_scenario"), file=str(path)))
    top = _read_top(document)
    scenario, faults = _scenario_of(document, top, path)
    years = scenario.years if scenario else (FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR)
    factors = read_factors(document)
    outcomes = read_outcomes(document, years)
    weights = read_weights(document, outcomes)
    method = top.get("method")
    if method is not None:
        check_method(document, METHODS[method], top, factors)
    _check_years(document, factors, outcomes)
    if document.faults or faults or scenario is None or method is None:
        raise InputError([*document.faults, *faults])
    laid_out = _laid_out(method, top, factors, outcomes)
    experiment = Experiment(
        name=path.stem,
        title=top.pop("title", path.stem),
        scenario=scenario,
        seed=top.pop("seed", scenario.seed),
        factors=laid_out[0],
        outcomes=laid_out[1],
        weights=tuple(weights),
        text=document.text,
        file=str(path),
        **{key: value for key, value in top.items() if key not in ("schema", "scenario")},
    )
    if not 0 < experiment.points <= MOST_POINTS and METHODS[method].is_design:
        document.blame(("samples",), say("faults.too_many_points"), value=experiment.points)
        raise InputError(document.faults)
    return experiment


def _laid_out(
    method: str, top: dict[str, Any], factors: Sequence[Factor], outcomes: Sequence[OutcomeChoice]
) -> tuple[tuple[Factor, ...], tuple[OutcomeChoice, ...]]:
    """Return factors and outcomes with those that the method itself adds to the file's."""
    if method == "attribution":
        return switches_of(top.get("of", "measures")), yen_beside(outcomes)
    if method == "split":
        top.setdefault("samples", LATTICE)
        return (*budget_factors(), *factors), spent_beside(outcomes)
    return tuple(factors), tuple(outcomes)


def _read_top(document: Document) -> dict[str, Any]:
    top: dict[str, Any] = {}
    for key, value in document.data.items():
        if key in LISTS:
            continue
        reader = TOP.get(key)
        if reader is None:
            near = nearest_name(key, [*TOP, *LISTS])
            document.blame((key,), say("faults.unknown_key"), nearest=near)
            continue
        found = reader(document, (key,), value)
        if found is not None:
            top[key] = found
    if "method" not in document.data:
        document.blame(("method",), say("faults.missing_key"), allowed=", ".join(METHODS))
    return top


def _scenario_of(
    document: Document, top: Mapping[str, Any], path: Path
) -> tuple[Scenario | None, Sequence[Fault]]:
    """Return the scenario on which the runs rest, or None and what is wrong with it."""
    name = top.get("scenario")
    if name is None:
        if "scenario" not in document.data:
            document.blame(("scenario",), say("faults.missing_key"), allowed=say("allowed.extends"))
        return None, ()
    place = path.parent / from_home(name) if is_path(name) else name
    if isinstance(place, Path) and not place.is_file():
        what = say("faults.is_folder" if place.is_dir() else "faults.no_file")
        document.blame(("scenario",), what, value=name, allowed=say("allowed.extends"))
        return None, ()
    try:
        return load_scenario(place), ()
    except InputError as error:
        if all(one.file in (None, str(place)) and not one.line and not one.key for one in error.faults):
            for one in error.faults:
                document.blame(("scenario",), one.what, value=name, allowed=one.allowed, nearest=one.nearest)
            return None, ()
        return None, error.faults


def _check_years(document: Document, factors: Sequence[Factor], outcomes: Sequence[OutcomeChoice]) -> None:
    """Blame factors that act only after the last year that is looked at: they would be found without effect."""
    last = max((outcome.year for outcome in outcomes), default=LAST_FISCAL_YEAR)
    for number, factor in enumerate(factors, start=1):
        year = factor.parameter.partition("@")[2]
        if year.isdecimal() and int(year) > last:
            place, allowed = ("factors", f"#{number}", "parameter"), say("allowed.up_to_year", year=last)
            document.blame(place, say("faults.after_all_outcomes"), value=factor.parameter, allowed=allowed)


def _method(document: Document, path: KeyPath, value: object) -> str | None:
    if isinstance(value, str) and value in METHODS:
        return value
    near = nearest_name(value, METHODS) if isinstance(value, str) else None
    document.blame(path, say("faults.unknown_choice"), value=value, allowed=", ".join(METHODS), nearest=near)
    return None


def _of(document: Document, path: KeyPath, value: object) -> str | None:
    if isinstance(value, str) and value in SWITCHES:
        return value
    document.blame(path, say("faults.unknown_choice"), value=value, allowed=", ".join(SWITCHES))
    return None


def _samples(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 1, MOST_SAMPLES)


def _replicates(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 1, MOST_REPLICATES)


def _horizon(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, FIRST_FISCAL_YEAR, LAST_FISCAL_YEAR)


def _draws(document: Document, path: KeyPath, value: object) -> int | None:
    return whole_number(document, path, value, 2, MOST_REPLICATES)


def _waves(document: Document, path: KeyPath, value: object) -> int | tuple[int, ...] | None:
    """Read the number of waves, the first included, or the horizon of each later one in any order."""
    if not isinstance(value, list):
        return whole_number(document, path, value, 1, MOST_WAVES)
    years = [_horizon(document, path, year) for year in value[:MOST_WAVES]]
    known = [year for year in years if year is not None]
    if len(known) < len(years):
        return None
    if not known or len(value) >= MOST_WAVES:
        document.blame(
            path, say("faults.no_waves"), value=value, allowed=say("allowed.waves", most=MOST_WAVES - 1)
        )
        return None
    return tuple(known)


def _targets(document: Document, path: KeyPath, value: object) -> tuple[str, ...] | None:
    known = fitted_series()
    names = value if isinstance(value, list) and value else [value]
    for name in names:
        if name not in known:
            near = nearest_name(name, known) if isinstance(name, str) else None
            what, allowed = say("faults.unknown_target"), ", ".join(known)
            document.blame(path, what, value=name, allowed=allowed, nearest=near)
            return None
    return tuple(names)


TOP: dict[str, Callable[[Document, KeyPath, object], Any]] = {
    "schema": READERS["schema"],
    "title": READERS["title"],
    "title_ja": READERS["title_ja"],
    "why": READERS["why"],
    "why_ja": READERS["why_ja"],
    "scenario": READERS["extends"],
    "method": _method,
    "samples": _samples,
    "replicates": _replicates,
    "seed": READERS["seed"],
    "second_order": READERS["in_full"],
    "horizon": _horizon,
    "of": _of,
    "refine": _samples,
    "waves": _waves,
    "draws": _draws,
    "targets": _targets,
}
