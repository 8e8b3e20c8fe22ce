"""University and community projects (大学等と地域が連携して取り組む地域課題解決プロジェクト).

Only the extra of a supplementary budget pays: contracts with municipalities (モデル事業委託, 定額), an
analysis of leading cases, and a platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from okoshi.policy.amounts import Values, Yen, lesser, nothing, read_rules, split_exactly
from okoshi.policy.supplement import extra_of_budget

PREFIX = "policy.university"


class Placing(StrEnum):
    """Where the sites under contract are put among those that apply (モデル事業の配置)."""

    SPREAD = "spread"
    CONCENTRATED = "concentrated"


@dataclass(frozen=True, slots=True)
class UniversityRules:
    """A fiscal year's extra; a field is the parameter of that name, `extra` the budget in yen."""

    enabled: bool | None
    model_projects: int | None
    contract_per_site: int | None
    model_projects_budget: int | None
    analysis_budget: int | None
    platform_budget: int | None
    extra: int

    @classmethod
    def of(cls, values: Values, budget_year: int) -> Self:
        """Read the rules of a fiscal year's extra (a run spends it in `supplement.spent_in`)."""
        extra = extra_of_budget(values, "university", budget_year)
        return read_rules(cls, values, PREFIX, budget_year, extra=extra)

    @property
    def lines(self) -> dict[str, int]:
        """Return what the extra gives to model_projects, analysis and platform, in proportion to their lines.

        An extra of another size is divided alike, to the yen.
        """
        lines = {
            "model_projects": self.model_projects_budget or 0,
            "analysis": self.analysis_budget or 0,
            "platform": self.platform_budget or 0,
        }
        if not any(lines.values()):
            return lines
        parts = split_exactly(self.extra, list(lines.values()))
        return {name: int(part) for name, part in zip(lines, parts, strict=True)}

    @property
    def sites_paid(self) -> int:
        """Return how many sites get a contract: the model projects that the line can pay."""
        if not self.extra or not self.contract_per_site or self.model_projects is None:
            return 0
        return min(self.model_projects, self.lines["model_projects"] // self.contract_per_site)


def contract_payment(rules: UniversityRules, cost: Yen) -> Yen:
    """Return what the nation pays directly for a site under contract: the flat sum, at most the cost."""
    if not rules.extra or rules.contract_per_site is None:
        return nothing(cost)
    return lesser(cost, rules.contract_per_site)


def placing_in(values: Values, fiscal_year: int) -> Placing:
    """Return how sites are placed in the fiscal year of spending; spread where nothing is said."""
    placing = values.value(f"{PREFIX}.sites_placing", fiscal_year)
    return Placing(placing) if isinstance(placing, str) else Placing.SPREAD


def chosen_sites(
    prefecture: npt.NDArray[np.integer[Any]],
    score: npt.NDArray[np.float64],
    key: npt.NDArray[np.uint64],
    sites: int,
    placing: Placing,
) -> npt.NDArray[np.int64]:
    """Return which applicants get a contract, best first: at most `sites` rows of the arrays.

    Spread: the best applicant of each prefecture, then the second best of each, and so on. Concentrated: all
    applicants of the prefecture that has the best one, then of the next. Equal scores go by key.
    """
    best_first = np.lexsort((key, -score))
    _, first, group = np.unique(prefecture[best_first], return_index=True, return_inverse=True)
    standing = first[group]  # where the prefecture's best applicant stands among all
    within = np.zeros(len(best_first), dtype=np.int64)
    by_prefecture = np.argsort(group, kind="stable")
    starts = np.cumsum(np.bincount(group, minlength=len(first))) - np.bincount(group, minlength=len(first))
    within[by_prefecture] = np.arange(len(group)) - starts[group[by_prefecture]]
    order = np.lexsort((standing, within) if placing is Placing.SPREAD else (within, standing))
    return np.asarray(best_first[order][: max(sites, 0)])
