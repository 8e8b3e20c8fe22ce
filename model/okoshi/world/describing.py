"""A country beside the facts it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from okoshi.world import measuring
from okoshi.world.country import World
from okoshi.world.facts import prefecture_facts, read_facts
from okoshi.world.measuring import Figure, View, view_of


@dataclass(frozen=True)
class Row:
    """One figure: what the facts say, what this world has. `ratio` is None where the fact is 0 or missing."""

    group: str
    fact: str
    expected: float | None
    found: float
    unit: str

    @property
    def ratio(self) -> float | None:
        """The world's value over the fact."""
        return None if not self.expected else self.found / self.expected


def describe(world: World, prefectures: bool = False) -> list[Row]:
    """Return the figures of a world beside the facts; with those of each prefecture where asked for.

    A world of several copies is described by its first. Only a whole country stands beside the nation's facts; a
    part of it always stands beside its prefectures'.
    """
    view = view_of(world)
    groups: list[tuple[str, Callable[[View], Iterator[Figure]]]] = [
        ("national", measuring.national_figures),
        ("rule", measuring.rule_figures),
        ("quantiles", measuring.quantile_figures),
        ("correlation", measuring.correlation_figures),
        ("fits", measuring.fit_figures),
        ("size_class", measuring.size_class_figures),
        ("depopulated_by_share65", measuring.depopulation_figures),
        ("adjacency", measuring.adjacency_figures),
        ("spatial", measuring.spatial_figures),
    ]
    whole = len(np.unique(world.prefecture)) == len(prefecture_facts())
    if prefectures or not whole:
        groups.append(("prefecture", measuring.prefecture_figures))
    expected = expectations()
    if not whole:
        expected = {name: value for name, value in expected.items() if name.startswith("prefecture.")}
    return [
        Row(group, name, expected.get(f"{group}.{name}"), float(value), unit)
        for group, figures in groups
        for name, value, unit in figures(view)
    ]


def expectations() -> dict[str, float]:
    """Return the facts by the names that `describe` uses: `group.fact`."""
    facts = read_facts("municipalities")
    known: dict[str, float] = {}
    for group in ("national", "correlation", "adjacency"):
        known |= {f"{group}.{name}": value for name, value in facts[group].items() if _is_number(value)}
    for group in ("fits", "spatial"):
        known |= {
            f"{group}.{name}.{term}": value
            for name, terms in facts[group].items()
            for term, value in terms.items()
        }
    for table, rows in (("size_class", facts["size_class"]), ("prefecture", prefecture_facts())):
        known |= {
            f"{table}.{row['name']}.{name}": value
            for row in rows
            for name, value in row.items()
            if _is_number(value)
        }
    quantiles = facts["quantiles"]
    known |= {
        f"quantiles.{name}@{q:g}": value
        for name, values in quantiles.items()
        for q, value in zip(quantiles["q"], values, strict=True)
    }
    bands = facts["depopulated_by_share65"]
    known |= {
        f"depopulated_by_share65.from_{low:g}.{name}": value
        for name in ("n", "share_all", "share_any")
        for low, value in zip(bands["band_low"], bands[name], strict=True)
    }
    return known | _rules()


def _rules() -> dict[str, float]:
    facts = read_facts("municipalities")
    stores, eligibility = facts["large_stores"], facts["eligibility"]
    return {
        "rule.eligible_cooperators": eligibility["cooperators"],
        "rule.eligible_dispatch": eligibility["dispatch"],
        "rule.municipalities_without_large_store": stores["municipalities_without"],
        "rule.large_stores": stores["total"],
    }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
