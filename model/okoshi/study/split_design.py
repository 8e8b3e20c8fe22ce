"""The design of `split`: divisions of the supplement's whole budget among the six lines.

Point 0 is the division in force; points 1 to 6 give one line 100 million yen more. Then come a lattice over all
divisions and the same lattice drawn in halfway towards the division in force, where one looks more closely. No
line gets more than the upper end of its budget's range: what is over goes to the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError, nearest_name
from okoshi.language.messages import in_language, say
from okoshi.parameters.catalogue import catalogue
from okoshi.policy.amounts import split_exactly
from okoshi.policy.supplement import BUDGET_YEAR, MEASURES
from okoshi.scenario.documents import Document
from okoshi.scenario.settings import Settings
from okoshi.study.factors import Factor, is_number, tables_of
from okoshi.study.outcomes import OutcomeChoice

BUDGET, SPENT = "policy.{}.supplement.budget", "supplement_{}_so_far_yen"
ONE_MORE = 100_000_000
LATTICE = 2
IN_FORCE = 0
KEYS = ("name", "name_ja", "values")


@dataclass(frozen=True)
class Weights:
    """What a reader counts a division by: so much for a unit of each outcome (by its label)."""

    name: str
    values: Mapping[str, float]
    name_ja: str = ""

    @property
    def shown(self) -> str:
        """The name in the language in use."""
        return in_language(self.name, self.name_ja)


@dataclass(frozen=True)
class SplitDesign:
    """Divisions, whole yen, (points, lines): the first seven are no lattice; `worlds` is what they are crossed with."""

    lines: tuple[Factor, ...]
    worlds: tuple[Factor, ...]
    points: Array

    @property
    def total(self) -> int:
        """The whole budget in yen."""
        return int(self.points[IN_FORCE].sum())

    @property
    def one_more(self) -> range:
        """The points that give one line more."""
        return range(1, 1 + len(self.lines))

    @property
    def divisions(self) -> Array:
        """The points that divide the whole budget: the one in force, then the lattice."""
        return np.array([IN_FORCE, *range(1 + len(self.lines), len(self.points))])


def budget_factors() -> tuple[Factor, ...]:
    """Return the six budgets as factors, each from nothing to the upper end of its range."""
    names = [BUDGET.format(measure) for measure in MEASURES]
    return tuple(Factor(name, "yen", range=(0.0, _upper_end(name))) for name in names)


def _upper_end(name: str) -> float:
    parameter = catalogue()[name]
    return float((parameter.range or parameter.bounds)[1])


def spent_beside(outcomes: Sequence[OutcomeChoice]) -> tuple[OutcomeChoice, ...]:
    """Return the outcomes, and what each line has spent by the last of their years."""
    last = max((outcome.year for outcome in outcomes), default=BUDGET_YEAR)
    spent = (OutcomeChoice("national", SPENT.format(measure), last) for measure in MEASURES)
    return tuple(dict.fromkeys((*outcomes, *spent)))


def split_design(factors: Sequence[Factor], settings: Settings, steps: int) -> SplitDesign:
    """Return the points; `steps` is into how many equal parts the lattice divides the budget.

    Raises InputError where the scenario has no budget to divide, or a line over its range.
    """
    lines, worlds = tuple(factors[: len(MEASURES)]), tuple(factors[len(MEASURES) :])
    most = np.array([int(line.range[1]) for line in lines if line.range], dtype=np.int64)
    values = [settings.value(line.parameter, BUDGET_YEAR) for line in lines]
    now = np.array([value if isinstance(value, int) else 0 for value in values], dtype=np.int64)
    total = int(now.sum())
    if not total or (now + ONE_MORE > most).any():
        raise InputError(say("faults.nothing_to_split"))
    points = [now, *(now + ONE_MORE * np.eye(len(lines), dtype=np.int64))]
    seen = {tuple(now.tolist())}
    for drawn_in in (0.0, 0.5):
        for corner in _lattice(len(lines), steps):
            at = within(total, (1.0 - drawn_in) * corner * total / steps + drawn_in * now, most)
            if tuple(at.tolist()) not in seen:
                seen.add(tuple(at.tolist()))
                points.append(at)
    return SplitDesign(lines, worlds, np.array(points))


def divisions_of(steps: int) -> int:
    """Return how many divisions a lattice of so many steps has."""
    return comb(steps + len(MEASURES) - 1, steps)


def _lattice(lines: int, steps: int) -> Iterator[Array]:
    """Yield every way to give `steps` equal parts to the lines (the simplex lattice of Scheffe 1958)."""
    for parts in combinations_with_replacement(range(lines), steps):
        yield np.bincount(parts, minlength=lines).astype(np.float64)


def within(total: int, wanted: Array, most: Array) -> Array:
    """Return whole yen near `wanted`, none over `most`, that add up to `total`: what is over goes to who has room."""
    given = np.minimum(wanted, most)
    for _ in range(len(most)):
        over = total - given.sum()
        room = most - given
        if over <= 0.5 or not room.any():
            break
        given = np.minimum(given + over * room / room.sum(), most)
    found = split_exactly(total, given)
    spill = int(np.maximum(found - most, 0).sum())  # a yen of rounding
    found = np.minimum(found, most)
    found[int(np.argmax(most - found))] += spill
    return found


def read_weights(document: Document, outcomes: Sequence[OutcomeChoice]) -> list[Weights]:
    """Return the `[[weights]]` of an experiment; blame what is wrong with them."""
    known = [outcome.label for outcome in outcomes]
    found: list[Weights] = []
    for path, entry in tables_of(document, "weights"):
        for key in entry:
            if key not in KEYS:
                document.blame((*path, key), say("faults.unknown_key"), nearest=nearest_name(key, KEYS))
        name, values = entry.get("name"), entry.get("values")
        if not isinstance(name, str) or not name.strip():
            document.blame((*path, "name"), say("faults.wrong_type"), value=name, allowed=say("allowed.text"))
            continue
        if not isinstance(values, Mapping) or not values:
            what = say("faults.wrong_type")
            document.blame((*path, "values"), what, value=values, allowed=say("allowed.weights"))
            continue
        good = True
        for label, weight in values.items():
            if label not in known or not is_number(weight):
                good = False
                what = say("faults.unknown_outcome" if label not in known else "faults.no_number")
                place, near = (*path, "values", str(label)), nearest_name(str(label), known)
                document.blame(place, what, value=weight, allowed=", ".join(known), nearest=near)
        if good:
            weights = {str(label): float(weight) for label, weight in values.items()}
            found.append(Weights(name, weights, str(entry.get("name_ja", ""))))
    return found
