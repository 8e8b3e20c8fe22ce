"""The value of information: which figure that nobody publishes would narrow a headline most.

Over draws of the posterior, a headline is regressed on what the unpublished figure would be in the same runs. The
share of its variance that the regression explains is what knowing the figure exactly would take away on average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array

FEWEST_RUNS = 20
LEVEL = 0.05


@dataclass(frozen=True)
class Unpublished:
    """A figure that could be published: the columns whose ratio (or first column) it is, summed over years."""

    name: str
    column: str
    over: str = ""

    def value(self, national: Mapping[str, Array], first: int, last: int) -> float:
        """Return the figure over the years of a run."""
        rows = (national["fiscal_year"] >= first) & (national["fiscal_year"] <= last)
        top = float(np.nansum(national[self.column][rows]))
        if not self.over:
            return top
        bottom = float(np.nansum(national[self.over][rows]))
        return top / bottom if bottom else float("nan")


UNPUBLISHED = (
    Unpublished("applicants", "applicants"),
    Unpublished("applied", "applied"),
    Unpublished("posts", "vacancies"),
    Unpublished("applicants_per_post", "applied", "vacancies"),
    Unpublished("posts_unfilled", "vacancies_unfilled"),
    Unpublished("hired", "hired"),
    Unpublished("exits_by_month", "cohort_exited_within_12_months_share"),
    Unpublished("stayed_at_end", "stayed_at_end_share"),
    Unpublished("present_after_5_years", "present_after_5_years_share"),
    Unpublished("firms_that_needed_the_grant", "startups_that_needed_the_grant"),
    Unpublished("dispatch_posts_unfilled", "dispatch_posts_unfilled"),
    Unpublished("staff_hours", "staff_hours"),
)


def information(
    headline: Array, nationals: Sequence[Mapping[str, Array]], first: int, last: int
) -> list[tuple[str, float]]:
    """Return for each unpublished figure the share of a headline's variance it would remove, the largest first.

    `headline` holds a value a run. The share is the adjusted R squared of a line. A figure is named only where its
    line is beyond chance, all figures looked at being counted: of a dozen that tell nothing the best removes 10% of
    the variance over 30 runs. Raises ValueError where there are too few runs.
    """
    if np.isfinite(headline).sum() < FEWEST_RUNS:
        raise ValueError(f"{int(np.isfinite(headline).sum())} runs are too few")
    found = []
    for figure in UNPUBLISHED:
        known = np.array([figure.value(national, first, last) for national in nationals])
        both = np.isfinite(known) & np.isfinite(headline)
        if both.sum() >= FEWEST_RUNS and known[both].std() > 0 and headline[both].std() > 0:
            share, chance = _removed(known[both], headline[both])
            if chance < LEVEL / len(UNPUBLISHED):
                found.append((figure.name, share))
    return sorted(found, key=lambda item: -item[1])


def _removed(known: Array, headline: Array) -> tuple[float, float]:
    """Return the adjusted R squared of a line, and the chance of one so close where there is none."""
    from scipy.stats import pearsonr

    found = pearsonr(known, headline)
    square = float(found.statistic) ** 2
    return 1.0 - (1.0 - square) * (len(known) - 1) / (len(known) - 2), float(found.pvalue)
