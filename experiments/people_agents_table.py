"""Count the agents of baseline runs by size class and year: the table that keeps them from being counted twice.

    python experiments/people_agents_table.py [runs] > model/okoshi/parameters/country/tables/people_agents.toml

Run it again when a measure brings more or fewer people to live somewhere in the baseline. The counts do not depend
on the table itself, so once is enough.
"""

from __future__ import annotations

import sys

import numpy as np

from okoshi.agents.people_agents import table_text
from okoshi.agents.people_rates import by_class
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel

YEARS = (2009, 2050)


def count(runs: int) -> str:
    """Return the text of the table: means over `runs` seeds of the baseline for the whole nation."""
    scenario = load_scenario("baseline", years=YEARS)
    years = range(YEARS[0], YEARS[1] + 1)
    came, left, people = [], [], np.zeros(0)
    for seed in range(runs):
        model = RegionalModel(scenario, rng=scenario.seed + seed)
        model.run()
        came.append([model.people.agents_came_by_class[year] for year in years])
        left.append([model.people.cells_left_by_class[year] for year in years])
        people = by_class(model.world.population_2020.astype(np.float64), model.people.rows.size_class)
    return table_text(
        dict(zip(years, np.mean(came, axis=0), strict=True)),
        dict(zip(years, np.mean(left, axis=0), strict=True)),
        people,
        runs,
    )


if __name__ == "__main__":
    sys.stdout.write(count(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
