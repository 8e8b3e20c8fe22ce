"""What is known of the nation in a run of a part of it: its own, and for the rest what the rest does in the baseline.

Targets, support lines, word of mouth and operators of vans go by the whole nation. A part scaled up to it would
follow its own luck: twenty members by chance fewer in one prefecture would be a thousand missing in the nation. So the
rest of the nation does there what it does in the mean of baseline runs of the whole country, in every scenario
(assumed; `rest_of_nation.toml`). A run of the whole nation, or of copies of it, knows of nobody else. Of several copies
of a part each has a rest of its own: what is known is the mean of their nations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Self

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.world.country import World
from okoshi.world.facts import Facts, read_facts


@dataclass(frozen=True)
class RestOfNation:
    """Means over baseline runs of the whole nation by fiscal year, from the fields' names to year and number.

    On 31 March: `members`, `hosts` (bodies with members), `hosts_in_difficulty` of them, `ended_so_far` (terms),
    `settled` and `digital_appointed` (people in prefectures' pools); `share_hosting` and `share_dispatch` of the bodies
    that may host members and employees have taken them up, `share_digital` of all have outside talent. In April, before
    any opens: `share_of_vans`, mobile shops that are open among those that could be.
    """

    members: Mapping[int, float]
    hosts: Mapping[int, float]
    hosts_in_difficulty: Mapping[int, float]
    ended_so_far: Mapping[int, float]
    settled: Mapping[int, float]
    digital_appointed: Mapping[int, float]
    share_hosting: Mapping[int, float]
    share_dispatch: Mapping[int, float]
    share_digital: Mapping[int, float]
    share_of_vans: Mapping[int, float]

    @classmethod
    def read(cls, facts: Facts | None = None) -> Self:
        """Return the table of the package (or of `facts`)."""
        table = facts or read_facts("rest_of_nation")
        return cls(
            **{
                name.name: {int(year): float(value) for year, value in table[name.name].items()}
                for name in fields(cls)
            }
        )

    def number(self, name: str, fiscal_year: int, own: float, nation_share: float, copies: int = 1) -> int:
        """Return a number of the nation, the mean over copies: a part's own and what the rest has."""
        return round(own / copies + self.rest(name, fiscal_year, nation_share, copies))

    def share[Shares: (float, Floats)](
        self, name: str, fiscal_year: int, own: Shares, nation_share: float, copies: int = 1
    ) -> Shares:
        """Return a share in the nation: a part's own and that of the rest, each with its weight."""
        part = part_of_one_nation(nation_share, copies)
        return part * own + (1.0 - part) * self._of(name, fiscal_year)

    def rest(self, name: str, fiscal_year: int, nation_share: float, copies: int = 1) -> float:
        """Return what the rest of one nation has of a number; nought where there is no rest."""
        return (1.0 - part_of_one_nation(nation_share, copies)) * self._of(name, fiscal_year)

    def _of(self, name: str, fiscal_year: int) -> float:
        """Return a number of a year; of one after the last counted that of the last, of one before the first nought."""
        years: Mapping[int, float] = getattr(self, name)
        return years.get(min(fiscal_year, max(years)), 0.0)


def part_of_one_nation(nation_share: float, copies: int) -> float:
    """Return the part of its nation that each copy is; `nation_share` is that of all copies together."""
    return min(nation_share / copies, 1.0)


def part_of_municipalities(world: World, nation: World) -> float:
    """Return the municipalities of a run over all of its nation's: 1 in the whole, 2 in two copies of it."""
    return len(world) / max(len(nation), 1)


def part_of_prefectures(world: World) -> float:
    """Return the prefectures of a run over all of its nation's: 1 in the whole, 2 in two copies of it."""
    return len(np.unique(world.prefecture)) * world.copies / max(len(world.prefectures.code), 1)


@cache
def rest_of_nation() -> RestOfNation:
    """Return the table of the package, read once."""
    return RestOfNation.read()


def table_text(means: Mapping[str, Mapping[int, float]], runs: int) -> str:
    """Return the text of `rest_of_nation.toml` from means over baseline runs of the whole nation."""
    lines = [
        "# What the nation does in the baseline, mean of runs of the whole country by fiscal year: what a run of some",
        "# prefectures knows of the rest of the nation (assumed to do the same in every scenario). On 31 March:",
        "# members, hosts, hosts in difficulty, terms ended so far, settled, people in digital pools, and shares of",
        "# bodies that have taken up members, employees, digital talent. In April: open by possible mobile shops.",
        "# Written by `experiments/rest_of_nation_table.py`.",
        "schema = 1",
        f"runs = {runs}",
    ]
    for name in (field.name for field in fields(RestOfNation)):
        decimals = 4 if name.startswith("share_") else 1
        lines += [
            f"[{name}]",
            *(f"{year} = {value:.{decimals}f}" for year, value in sorted(means[name].items())),
        ]
    return "\n".join(lines) + "\n"
