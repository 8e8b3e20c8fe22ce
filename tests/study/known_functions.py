"""Functions with known indices, and results such as a sweep writes them, with noise between replicates added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from okoshi.engine.columns import Array
from okoshi.scenario.scenario import load_scenario
from okoshi.study.design import Design, design_of
from okoshi.study.experiment import Experiment
from okoshi.study.factors import Factor
from okoshi.study.outcomes import OutcomeChoice

NAMES = (
    "behaviour.applicants.women",
    "behaviour.cooperators.contact_by_support",
    "behaviour.cooperators.contact_by_peers",
    "behaviour.cooperators.contact_by_alumni",
    "behaviour.cooperators.contact_by_family",
    "behaviour.cooperators.attachment_start",
)
OUTCOME = OutcomeChoice("national", "members", 2020)
LABEL = OUTCOME.label

# Ishigami and Homma 1990 with a = 7, b = 0.1; indices as in Saltelli et al. 2008.
ISHIGAMI_FIRST = (0.3139, 0.4424, 0.0)
ISHIGAMI_TOTAL = (0.5576, 0.4424, 0.2437)
ISHIGAMI_VARIANCE = 13.8446
# Sobol's g with a = (0, 1, 4.5, 9, 99, 99): first = V_i / V with V_i = 1 / (3 (1 + a_i)^2).
G_SIZES = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def ishigami(unit: Array) -> Array:
    x = (2 * unit - 1) * np.pi
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(unit: Array) -> Array:
    return np.prod((np.abs(4 * unit - 2) + G_SIZES) / (1 + G_SIZES), axis=1)


def g_indices() -> tuple[Array, Array]:
    """Return first-order and total indices of Sobol's g."""
    alone = 1 / (3 * (1 + G_SIZES) ** 2)
    whole = np.prod(1 + alone) - 1
    return alone / whole, alone * np.prod(1 + alone) / (1 + alone) / whole


def additive(unit: Array) -> Array:
    """A sum with weights 4, 2, 1: parts of the variance 16/21, 4/21, 1/21, no interaction."""
    return unit @ np.array([4.0, 2.0, 1.0])


@cache
def _scenario() -> object:
    return load_scenario("baseline")


def experiment_of(
    method: str,
    samples: int,
    count: int,
    replicates: int = 1,
    groups: tuple[str | None, ...] = (),
    **more: object,
) -> Experiment:
    """Return an experiment over so many shares between 0 and 1."""
    factors = tuple(
        Factor(name, "share", range=(0.0, 1.0), group=groups[number] if groups else None)
        for number, name in enumerate(NAMES[:count])
    )
    base = Experiment("known", "A known function", _scenario(), method)  # type: ignore[arg-type]
    return replace(base, samples=samples, replicates=replicates, factors=factors, outcomes=(OUTCOME,), **more)  # type: ignore[arg-type]


def swept(
    experiment: Experiment, function: Callable[[Array], Array], noise: float = 0.0, common: float = 0.0
) -> tuple[Design, dict[str, Array]]:
    """Return a design and the results of its sweep: noise a run, and a common shift of each seed."""
    design = design_of(experiment)
    count, replicates = len(design), experiment.replicates
    rng = np.random.default_rng(12345)
    values = function(design.unit)[:, None] + common * rng.standard_normal(replicates)
    values = values + noise * rng.standard_normal((count, replicates))
    point, replicate = (axis.ravel() for axis in np.mgrid[:count, :replicates])
    results: dict[str, Array] = {
        "point": point,
        "replicate": replicate,
        "seed": replicate + 1,
        **{name: column[point] for name, column in design.columns.items()},
        LABEL: values.ravel(),
        "status": np.full(count * replicates, "done", dtype=object),
    }
    return design, results
