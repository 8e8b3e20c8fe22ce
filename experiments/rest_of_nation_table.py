"""Count what the nation does in baseline runs: what a run of some prefectures knows of the rest of the nation.

    python experiments/rest_of_nation_table.py [runs] > rest.toml
    mv rest.toml model/okoshi/parameters/country/tables/rest_of_nation.toml

Run it again when numbers of the baseline change. Runs of the whole country do not depend on the table, so once is
enough.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, fields

import numpy as np

from okoshi.agents.adoption import share_hosting
from okoshi.agents.digital_talent import share_with_talent
from okoshi.agents.dispatch_hosts import share_joined
from okoshi.agents.rest_of_nation import RestOfNation, table_text
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel

YEARS = (2009, 2050)


def counted(seed: int) -> dict[str, list[float]]:
    """Return one run's numbers by name, one a fiscal year."""
    scenario = load_scenario("baseline", years=YEARS)
    model = RegionalModel(scenario, rng=scenario.seed + seed)
    found: dict[str, list[float]] = {field.name: [] for field in fields(RestOfNation)}
    for year in range(YEARS[0], YEARS[1] + 1):
        model.run_year()
        known = model.cooperators.last_year(model.nation_share, year, model.records.national[-1])
        for name, number in asdict(known).items():
            found[name].append(number)
        measures = model.measures
        found["share_hosting"].append(share_hosting(model.municipalities))
        found["share_dispatch"].append(share_joined(measures.dispatch.hosts))
        found["share_digital"].append(share_with_talent(measures.digital.bodies))
        found["digital_appointed"].append(measures.digital.appointed)
        found["share_of_vans"].append(measures.shopping.share_of_vans)
    return found


def main(runs: int) -> str:
    """Return the text of the table: means over `runs` seeds of the baseline for the whole nation."""
    years = range(YEARS[0], YEARS[1] + 1)
    of_runs = [counted(seed) for seed in range(runs)]
    means = {
        name: dict(zip(years, np.mean([run[name] for run in of_runs], axis=0).tolist(), strict=True))
        for name in of_runs[0]
    }
    return table_text(means, runs)


if __name__ == "__main__":
    sys.stdout.write(main(*(int(word) for word in sys.argv[1:2] or ("10",))))
