"""Nobody is counted twice: the baseline's mean agents are taken off the background moves.

The measured moves, and the official projection, hold the people whom the measures brought. Those people are agents
here, listed apart. So a fixed table (`people_agents.toml`), the mean of baseline runs by size class and year and the
same in every scenario, is taken off the cells: persons who came to live in a size class less persons who left its
cells. A run of the baseline then has the people of the background, a run without the measures has fewer where
agents would have come, and no scenario's own numbers enter.

What is taken off the cells would have moved on at background rates, agents leave by their own story: the baseline
therefore ends a little above the background in small places (0.3% of the people below 1,000 in FY2025, 3% in
FY2050; 0.05% of those of 5,000-10,000 in FY2025). Differences between scenarios do not hang on the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.people import PeopleCells
from okoshi.agents.people_rates import Rows, by_class, class_count, normal_curve
from okoshi.world.facts import Facts, read_facts
from okoshi.world.people import MEN, WOMEN


@dataclass(frozen=True)
class AgentTable:
    """Net persons whom agents brought to the municipalities of each size class, by fiscal year, in all Japan.

    `net` maps a year to one number a size class (they add up to nought), `people` are those of the
    counted runs by size class in FY2020, `ages` the agents by sex and age (adding up to one).
    """

    net: dict[int, Floats]
    people: Floats
    ages: Floats

    @classmethod
    def read(cls, facts: Facts | None = None) -> AgentTable:
        """Return the table of the package (or of `facts`)."""
        table = facts or read_facts("people_agents")
        years = sorted(set(table["came"]) | set(table["left"]))
        nought = [0.0] * class_count()
        net = {
            int(year): np.array(table["came"].get(year, nought), dtype=np.float64)
            - np.array(table["left"].get(year, nought), dtype=np.float64)
            for year in years
        }
        ages = np.zeros((2, len(normal_curve(30.0, 10.0))))
        curve = normal_curve(table["mean_age"], table["sd_age"])
        ages[MEN], ages[WOMEN] = (1 - table["women"]) * curve, table["women"] * curve
        people = np.array(table.get("people", nought), dtype=np.float64)
        return cls(net, people, ages)


def subtract_mean_agents(people: PeopleCells, table: AgentTable, fiscal_year: int) -> None:
    """Take the baseline's mean agents of a year off the cells; nobody is lost.

    A part of the nation takes off its part of each size class's people, the rest of the nation the balance. Where
    a world has no such rest, what is put equals what is taken.
    """
    net = table.net.get(fiscal_year)
    if net is None or not net.any():
        return
    rows = people.rows
    net = net * _share_of_classes(rows, table)
    off, on = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    if len(rows) == rows.municipalities:
        both = min(off.sum(), on.sum())
        off, on = (side * (both / side.sum() if side.sum() > 0 else 0.0) for side in (off, on))
    of_row = rows.size_class.copy()
    of_row[rows.municipalities :] = class_count()
    change = np.append(off - on, [on.sum() - off.sum(), 0.0])
    people.change_shares(change[:, None, None] * table.ages, of_row)


def _share_of_classes(rows: Rows, table: AgentTable) -> Floats:
    """Return the run's people of FY2020 over those of the counted runs, by size class."""
    count = rows.municipalities
    here = by_class(rows.people[:count].sum(axis=(1, 2)), rows.size_class[:count])
    there = np.where(table.people > 0, table.people, rows.nation.sum(axis=(1, 2)))
    return np.asarray(np.divide(here, there, out=np.zeros_like(here), where=there > 0))


def table_text(came: dict[int, Floats], left: dict[int, Floats], people: Floats, runs: int) -> str:
    """Return the text of `people_agents.toml` from means over baseline runs of the whole nation.

    `came` and `left` are `People.agents_came_by_class` and `People.cells_left_by_class` by fiscal year.
    """
    old = read_facts("people_agents")
    lines = [
        "# Persons listed apart as agents (members and settlers) who came to live in the municipalities of each size",
        "# class, and who left the cells there, mean of baseline runs: fiscal year, one number a size class.",
        "# The measured moves and the projection hold these people already, so they are taken off the background",
        "# moves, the same numbers in every scenario. Written by `okoshi.agents.people_agents.table_text`.",
        "schema = 1",
        f"runs = {runs}",
        *(f"{name} = {old[name]}" for name in ("mean_age", "sd_age", "women")),
        f"people = [{', '.join(str(round(float(value))) for value in people)}]",
    ]
    for title, table in (("came", came), ("left", left)):
        lines.append(f"[{title}]")
        for year, row in sorted(table.items()):
            lines.append(f"{year} = [{', '.join(f'{float(value):.2f}' for value in row)}]")
    return "\n".join(lines) + "\n"
