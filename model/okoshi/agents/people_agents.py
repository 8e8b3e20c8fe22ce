"""Nobody is counted twice: the baseline's mean agents are taken off the people of the background.

The measured moves, and the official projection, hold the people whom the measures brought. Those people are agents
here, listed apart. So a fixed table (`people_agents.toml`), the mean of baseline runs by size class and year and the
same in every scenario, is subtracted: who came to live in a size class goes onto a list of expected agents, which
is taken off everybody counted, grows old and dies as the listed agents do; who left a size class's cells for it is
given back to them. A run of the baseline then has the people of the background in every year, a run without the
measures has fewer where agents would have come, and no scenario's own numbers enter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.people import PeopleCells
from okoshi.agents.people_rates import Rows, by_class, class_count, normal_curve
from okoshi.agents.people_year import row_sums
from okoshi.world.facts import Facts, read_facts
from okoshi.world.people import MEN, WOMEN


@dataclass(frozen=True)
class AgentTable:
    """Persons whom agents brought to the municipalities of each size class, by fiscal year, in all Japan.

    `came` maps a year to who came to live there as an agent less who stopped to, `left` to who left the cells there
    less who came back to them, one number a size class; both have the same sum. `people` are those of the counted
    runs by size class in FY2020, `ages` the agents by sex and age when they come (adding up to one).
    """

    came: dict[int, Floats]
    left: dict[int, Floats]
    people: Floats
    ages: Floats

    @classmethod
    def read(cls, facts: Facts | None = None) -> AgentTable:
        """Return the table of the package (or of `facts`)."""
        table = facts or read_facts("people_agents")
        came, left = (
            {int(year): np.array(row, dtype=np.float64) for year, row in table[name].items()}
            for name in ("came", "left")
        )
        curve = normal_curve(table["mean_age"], table["sd_age"])
        curve[: table["ages"][0]] = curve[table["ages"][1] + 1 :] = 0.0
        curve /= curve.sum()
        ages = np.zeros((2, len(curve)))
        ages[MEN], ages[WOMEN] = (1 - table["women"]) * curve, table["women"] * curve
        people = np.array(table.get("people", np.zeros(class_count())), dtype=np.float64)
        return cls(came, left, people, ages)

    def part_of(self, rows: Rows, listed: float = 1.0) -> AgentTable:
        """Return the part of the table that falls on a run's municipalities, by its people of each size class.

        `listed` is the share of agents that the run lists: the others stay in the background, and nobody is taken off
        for them.
        """
        count = rows.municipalities
        here = by_class(row_sums(rows.people[:count]), rows.size_class[:count])
        there = np.where(self.people > 0, self.people, row_sums(rows.nation))
        share = listed * np.divide(here, there, out=np.zeros_like(here), where=there > 0)
        came, left = ({year: row * share for year, row in table.items()} for table in (self.came, self.left))
        return AgentTable(came, left, here, self.ages)


def expect_mean_agents(people: PeopleCells, table: AgentTable, fiscal_year: int) -> None:
    """Expect the mean agents of a year, from the run's part of the table: everybody together stays the same.

    In a part of the nation the difference between who comes and who leaves is the rest of the nation's; in a world
    with no such rest it is everybody's.
    """
    if fiscal_year not in table.came or fiscal_year not in table.left:
        return
    rows, classes = people.rows, class_count()
    came, left = table.came[fiscal_year], table.left[fiscal_year]
    of_row = rows.size_class.copy()
    of_row[rows.municipalities :] = classes
    there = people.held()
    expected = people.expect(came[:, None, None] * table.ages, there)
    there = np.concatenate([there, people.cells[rows.municipalities :].sum(axis=0, keepdims=True)])
    given = np.zeros((classes + 2, *table.ages.shape))
    given[:classes] = left[:, None, None] * table.ages
    whole = len(rows) == rows.municipalities
    if whole and min(came.sum(), left.sum()) > 0:
        given[:classes] *= came.sum() / left.sum()
    given[classes + 1 if whole else classes] = expected - given[:classes].sum(axis=0)
    people.change_shares(-given, of_row, there)


def table_text(
    came: dict[int, Floats], left: dict[int, Floats], people: Floats, runs: int, first: int = 0
) -> str:
    """Return the text of `people_agents.toml` from means over baseline runs of the whole nation.

    `came` and `left` are `People.agents_came_by_class` and `People.cells_left_by_class` by fiscal year; years before
    `first` were counted on the draws of an earlier fit.
    """
    old = read_facts("people_agents")
    lines = [
        "# Persons listed apart as agents (members and settlers) who came to live in the municipalities of each size",
        "# class, and who left the cells there, mean of baseline runs: fiscal year, one number a size class.",
        "# The measured moves and the projection hold these people already, so they are taken off the people of the",
        "# background, the same numbers in every scenario. Written by `experiments/people_agents_table.py`.",
        *(
            [f"# Years before {first} were counted on the draws of an earlier fit."]
            if first > min(came)
            else ()
        ),
        "schema = 1",
        f"runs = {runs}",
        f"ages = {old['ages']}",
        *(f"{name} = {old[name]}" for name in ("mean_age", "sd_age", "women")),
        f"people = [{', '.join(str(round(float(value))) for value in people)}]",
    ]
    for title, table in (("came", came), ("left", left)):
        lines.append(f"[{title}]")
        for year, row in sorted(table.items()):
            lines.append(f"{year} = [{', '.join(f'{float(value):.2f}' for value in row)}]")
    return "\n".join(lines) + "\n"
