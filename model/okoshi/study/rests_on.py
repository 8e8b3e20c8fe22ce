"""On what a number rests: data, rule or prior, by how much of its spread the data removed.

`rule`: money that over the prior itself hardly differs: arithmetic of the law. `data`: of the variance over the
prior, the fit left half or less. `prior`: it left more, nobody has looked, or there is nought in every draw to look at.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from okoshi.engine.columns import Array

DATA, RULE, PRIOR = "data", "rule", "prior"
WORDS = (DATA, RULE, PRIOR)  # from the surest to the weakest
LEFT_FOR_DATA = 0.5  # share of the prior's variance
FEWEST_DRAWS = 20  # below, a ratio of variances says nothing
SPREAD_FOR_RULE = 0.05  # standard deviation over the prior, as a share of the number


def weakest(words: Iterable[str]) -> str:
    """Return on what several numbers rest together: the weakest of their words, `prior` where there is none."""
    return max(words, key=WORDS.index, default=PRIOR)


def word_of(before: float, after: float) -> str:
    """Return the word for a number of which the variance over the prior and over the posterior is known."""
    return DATA if before > 0 and after <= LEFT_FOR_DATA * before else PRIOR


def word_of_draws(outcome: str, prior: Array, posterior: Array) -> str:
    """Return the word for an outcome whose values over draws of the prior and of the posterior are known.

    They are (draws,) or (draws, replicates): replicates of one draw say nothing more of parameters.
    """
    if _draws_known(prior) < FEWEST_DRAWS or _draws_known(posterior) < FEWEST_DRAWS:
        return PRIOR
    before, after = prior[np.isfinite(prior)], posterior[np.isfinite(posterior)]
    spread = float(before.std(ddof=1))
    # Where nothing is paid in any draw no law has been reckoned with: nought is within 5% of nought.
    if "yen" in outcome.split("_") and before.any() and spread <= SPREAD_FOR_RULE * abs(float(before.mean())):
        return RULE
    return word_of(spread**2, float(after.var(ddof=1)))


def _draws_known(values: Array) -> int:
    return int(np.isfinite(values.reshape(len(values), -1)).any(axis=1).sum())
