"""Show what each link between the measures does: all links on, each one off, all off, paired by seed.

    python experiments/links.py [seeds] [workers] > links.md

One row a link: the mean over seeds of (link off less all on) and its standard error, for the whole country under
the baseline. Stocks and shares are those of the last year, flows (startups, projects) of all years. A link is every
parameter of behaviour whose name begins with `link_`, and two more: what members' work adds to capacity by field, and
how much better programmes of students are where a town hall has learned to look after people.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel

BY_OTHER_NAMES = ("behaviour.municipalities.capacity_by_work", "behaviour.university.quality_by_support")
STOCKS = (
    "members",
    "settled",
    "settled_share_last_5_years",
    "succession_share",
    "enterprises_alive",
    "dispatched_dispatched",
    "dispatched_side_job",
    "covered_share_65plus",
    "using_share_65plus",
    "related_people",
)
FLOWS = ("applicants", "startups_by_members", "local_10000_projects")
SHARES = {
    "settled_share_last_5_years",
    "succession_share",
    "covered_share_65plus",
    "using_share_65plus",
}  # shown in points


def links() -> list[str]:
    """Return the names of all links."""
    named = (name for name in catalogue() if name.rsplit(".", 1)[-1].startswith("link_"))
    return [*sorted(named), *BY_OTHER_NAMES]


def outcomes(off: tuple[str, ...], seed: int) -> dict[str, float]:
    """Return the outcomes of a run of the baseline with some links off."""
    scenario = load_scenario("baseline").changed(dict.fromkeys(off, 0))
    model = RegionalModel(scenario, rng=seed)
    model.run()
    national = model.tables(("national",))["national"]
    last = {name: float(national[name][-1]) * (100 if name in SHARES else 1) for name in STOCKS}
    return last | {name: float(national[name].sum()) for name in FLOWS}


def table(seeds: int, workers: int) -> str:
    """Return the table as Markdown."""
    rows = {"all on": ()} | {name: (name,) for name in links()} | {"all off": tuple(links())}
    jobs = [(off, seed) for seed in range(1, seeds + 1) for off in rows.values()]
    with ProcessPoolExecutor(workers) as pool:
        found = dict(zip(jobs, pool.map(outcomes, *zip(*jobs, strict=True)), strict=True))
    names = (*STOCKS, *FLOWS)
    lines = ["| link off | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for label, off in rows.items():
        cells = []
        for name in names:
            on = np.array([found[((), seed)][name] for seed in range(1, seeds + 1)])
            values = np.array([found[(off, seed)][name] for seed in range(1, seeds + 1)])
            cells.append(f"{on.mean():,.2f}" if not off else difference(values - on))
        lines.append(f"| {label.removeprefix('behaviour.')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def difference(values: np.ndarray) -> str:
    """Return a mean paired difference with its standard error; 0 where the run is the same in every seed."""
    if not values.any():
        return "0"
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return f"{values.mean():+,.3g} ±{error:.2g}"


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.stdout.write(table(*(given + [4, 1][len(given) :])))
