"""Fit how movers lean to large places, and how far deaths differ by size of place, to the official projection.

    python experiments/people_moves.py [evaluations]

The most probable values, given the projection's size classes (people of 2025 and 2050 over those of 2020, share of 65
and over in 2050) and what the first look and the parameters' own ranges say beforehand: least squares, the prior among
the residuals. The projection holds the measures that were in force, so people are carried on with the members of a
baseline's cooperators; what these do to a class (a hundredth at most) hangs on none of the values and is run once.
Values that the projection hardly moves stay at their prior; each is printed with its error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
from scipy.optimize import least_squares

from okoshi.agents.arrays import Floats
from okoshi.engine.draws import Luck
from okoshi.measures.people import STREAMS_PEOPLE, People
from okoshi.observe.people import CLASSES, national_row
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel
from okoshi.world.country import load_world
from okoshi.world.facts import read_facts

FIRST, LAST = 2009, 2050
# Name in `behaviour.people`: middle and standard deviation before the projection is read. The first look has .70 (.74)
# for ages 18-23, .25 (.20) for families, 0 (.34) later; of deaths, half to all of the difference is a size's own.
PRIOR = {
    "lean_leaving": (0.70, 0.74),
    "lean_study": (0.70, 0.74),
    "lean_back": (0.70, 0.74),
    "lean_family": (0.25, 0.20),
    "lean_later": (0.0, 0.34),
    "local_mortality": (0.75, 0.144),
}
MIDDLE, SPREAD = np.array(list(PRIOR.values())).T
# How far the projection's classes are to be trusted as a target: half of the 3% and 5% that are asked; two points.
ERROR_2025, ERROR_2050, ERROR_OLD = 0.015, 0.025, 0.02
OFFICIAL = np.array(read_facts("projection")["size_class"]["rows"], dtype=np.float64)[:, 3:].T


def told(people: People) -> Floats:
    """Return people of 2025 and of 2050 over 2020 and the share of 65 and over in 2050, (3, size classes)."""
    early, late = national_row(people, 2025), national_row(people, LAST)
    rows = [[row[f"population_ratio_{name}"] for name in CLASSES] for row in (early, late)]
    return np.array([*rows, [late[f"share_65plus_{name}"] for name in CLASSES]], dtype=np.float64)


def carried(values: Mapping[str, float], model: RegionalModel | None = None) -> Floats:
    """Return what is told of people under these values, beside the members of `model` where it is given."""
    keys = {f"behaviour.people.{name}": value for name, value in values.items()}
    settings = load_scenario("cooperators_only", keys).settings
    people = People(load_world(), settings, Luck(1, STREAMS_PEOPLE))
    for year in range(FIRST, LAST + 1):
        if model is not None:
            model.run_year()
            people.follow_members(model.members, model.month)
        people.close_year(year)
    return told(people)


def fit(evaluations: int) -> None:
    """Print the most probable values with their errors, and how far the classes are off."""
    start = dict(zip(PRIOR, MIDDLE.tolist(), strict=True))
    model = RegionalModel(load_scenario("cooperators_only", years=(FIRST, LAST)))
    of_members = carried(start, model)[:2] / carried(start)[:2]

    def off(values: Floats) -> tuple[Floats, Floats]:
        found = carried(dict(zip(PRIOR, values.tolist(), strict=True)))
        return np.log(found[:2] * of_members / OFFICIAL[:2]), found[2] - OFFICIAL[2]

    def residuals(values: Floats) -> Floats:
        ratios, old = off(values)
        # The few people of the first class are older by far than the projection's, whatever moves.
        of_data = (ratios[0] / ERROR_2025, ratios[1] / ERROR_2050, old[1:] / ERROR_OLD)
        return np.concatenate([*of_data, (values - MIDDLE) / SPREAD])

    found = least_squares(residuals, MIDDLE, diff_step=0.03, x_scale=SPREAD, max_nfev=evaluations)
    error = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    for name, value, width, (middle, spread) in zip(PRIOR, found.x, error, PRIOR.values(), strict=True):
        print(f"{name}: {value:.3f} ({width:.3f}; before the projection {middle:.2f} ({spread:.2f}))")
    ratios, old = off(found.x)
    print("class, people of 2025 and 2050 off, share of 65 and over off:")
    for name, early, late, share in zip(CLASSES, *np.expm1(ratios), old, strict=True):
        print(f"{name}: {early:+.1%} {late:+.1%} {share:+.3f}")


if __name__ == "__main__":
    fit(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
