"""Scenario discovery: under which conditions does an outcome turn out badly?

The patient rule induction method (Friedman and Fisher 1999; for policy Bryant and Lempert 2010) as the EMA workbench
does it. It is an extra: it brings scikit-learn and more.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.design import Design
from okoshi.study.gathered import Gathered
from okoshi.study.outcomes import OutcomeChoice

if TYPE_CHECKING:
    import pandas

EXTRA = "okoshi[robust]"
WORST = 0.25  # of the points are bad ones where the experiment names no threshold
FEWEST_POINTS = 40
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Limit:
    """Between which values of a factor the box lies; `values` where it is a list. `chance` is the quasi p-value."""

    factor: str
    low: float | None
    high: float | None
    values: tuple[str, ...]
    chance: float


@dataclass(frozen=True)
class Box:
    """Conditions under which an outcome is bad (`bad` says what that is: `< 50`).

    `share` of all points are bad; in the box `density` of them are; it holds `coverage` of all bad ones and `mass` of
    all points. No limits: nothing sets the bad points apart.
    """

    outcome: str
    bad: str
    share: float
    density: float
    coverage: float
    mass: float
    limits: tuple[Limit, ...]


def discover(design: Design, gathered: Gathered, outcome: OutcomeChoice) -> Box | None:
    """Return the box that holds bad results best; None where there are too few points, or none is worse.

    Of the boxes on the way of peeling it is the one with the best balance (harmonic mean) of coverage and density,
    with the limits that are unlikely to be chance. Raises InputError where the extra is not installed.
    """
    means = gathered.means
    if len(means) < FEWEST_POINTS:
        return None
    bad, what = bad_points(means, outcome)
    if not 0 < bad.sum() < len(means):
        return None
    points = _frame(design, gathered)
    found = _peeled(points, bad)
    if found is None:
        return None
    steps = found.peeling_trajectory
    coverage, density = steps["coverage"].to_numpy(), steps["density"].to_numpy()
    best = int(np.argmax(2 * coverage * density / np.maximum(coverage + density, 1e-12)))
    limits = _limits(found, best)
    inside = _within(points, limits)  # not the peeled box: limits that may be chance fell away
    return Box(
        outcome=outcome.label,
        bad=what,
        share=float(bad.mean()),
        density=float(bad[inside].mean()),
        coverage=float(bad[inside].sum() / bad.sum()),
        mass=float(inside.mean()),
        limits=limits,
    )


def _within(points: pandas.DataFrame, limits: Sequence[Limit]) -> Array:
    """Return which points lie within all limits."""
    inside = np.ones(len(points), dtype=np.bool_)
    for limit in limits:
        places = points[limit.factor].to_numpy()
        if limit.values:
            inside &= np.isin(places.astype(str), limit.values)
        else:
            inside &= places >= (-np.inf if limit.low is None else limit.low)
            inside &= places <= (np.inf if limit.high is None else limit.high)
    return inside


def bad_points(means: Array, outcome: OutcomeChoice) -> tuple[Array, str]:
    """Return which points miss the outcome's target, or are the worst quarter; and what bad is, as `< 50`.

    Where many points share the value at the quarter's edge, only those that are worse are bad; if none is, these are.
    """
    worse = -1 if outcome.better == "more" else 1
    sign = "<" if worse < 0 else ">"
    if outcome.target is not None:
        return worse * means > worse * outcome.target, f"{sign} {outcome.target:g}"
    edge = float(np.quantile(means, WORST if worse < 0 else 1 - WORST))
    bad, clearly = worse * means >= worse * edge, worse * means > worse * edge
    if bad.mean() > 1.5 * WORST and clearly.any():
        return clearly, f"{sign} {edge:g}"
    return bad, f"{sign}= {edge:g}"


def _frame(design: Design, gathered: Gathered) -> pandas.DataFrame:
    import pandas

    columns: dict[str, Any] = {}
    for factor in design.experiment.factors:
        values = design.columns[factor.parameter][gathered.rows]
        # The workbench's integers do not agree with pandas 3; its floats and texts do.
        columns[factor.parameter] = (
            values.astype(str).astype(object) if factor.range is None else values.astype(float)
        )
    return pandas.DataFrame(columns)


def _peeled(points: pandas.DataFrame, bad: Array) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what else could be installed beside it
            from ema_workbench.analysis.prim import Prim
    except ModuleNotFoundError as error:
        raise InputError(Fault(say("robust.no_extra", extra=EXTRA), key="--robust")) from error
    logging.getLogger("EMA").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Prim(points, bad, peel_alpha=0.05, mass_min=0.05).find_box()


def _limits(found: Any, step: int) -> tuple[Limit, ...]:
    inside, whole = found.box_lims[step], found.box_lims[0]
    limits = []
    for factor, chances in found.p_values[step].items():
        known = [float(chance) for chance in chances if chance >= 0]
        if not known or min(known) > SIGNIFICANT:
            continue
        low, high = inside[factor]
        if isinstance(low, set):
            limits.append(Limit(factor, None, None, tuple(sorted(low)), min(known)))
            continue
        ends = whole[factor]
        limits.append(
            Limit(
                factor,
                float(low) if low > ends[0] else None,
                float(high) if high < ends[1] else None,
                (),
                min(known),
            )
        )
    return tuple(sorted(limits, key=lambda limit: limit.chance))
