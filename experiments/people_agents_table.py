"""Count the agents of baseline runs by size class and year: the table that keeps them from being counted twice.

    python experiments/people_agents_table.py [runs [first year]] > agents.toml
    mv agents.toml model/okoshi/parameters/country/tables/people_agents.toml

Run it again when a measure brings more or fewer people to live somewhere in the baseline. The counts do not depend
on the table itself, so once is enough. With a first year, the years before it keep their rows: those that the runs
of a calibration live through (to FY2023) tell the same as before, and no new pool is asked for.
"""

from __future__ import annotations

import sys

import numpy as np

from okoshi.agents.people_agents import AgentTable, table_text
from okoshi.agents.people_rates import by_class
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel

YEARS = (2009, 2050)


def count(runs: int, first: int = YEARS[0]) -> str:
    """Return the text of the table: means over `runs` seeds of the baseline for the whole nation from year `first`."""
    scenario = load_scenario("baseline", years=YEARS)
    years = range(YEARS[0], YEARS[1] + 1)
    came, left, people = [], [], np.zeros(0)
    for seed in range(runs):
        model = RegionalModel(scenario, rng=scenario.seed + seed)
        model.run()
        came.append([model.people.agents_came_by_class[year] for year in years])
        left.append([model.people.cells_left_by_class[year] for year in years])
        people = by_class(model.world.population_2020.astype(np.float64), model.people.rows.size_class)
    kept = AgentTable.read()

    def table(known: dict[int, np.ndarray], counted: list[list[np.ndarray]]) -> dict[int, np.ndarray]:
        means = dict(zip(years, np.mean(counted, axis=0), strict=True))
        return {year: means[year] if year >= first else known[year] for year in years}

    return table_text(table(kept.came, came), table(kept.left, left), people, runs, first)


if __name__ == "__main__":
    sys.stdout.write(count(*(int(word) for word in sys.argv[1:3] or ("10",))))
