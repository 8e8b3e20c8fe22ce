"""Special allocation tax (特別交付税): where a reimbursement comes from.

With an open total it comes on top. With a fixed total each yen paid to one body lowers, in proportion, what
the others receive, and winners and losers are net of it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from okoshi.policy.amounts import Values, YenArray, split_exactly


def total_is_fixed(values: Values, fiscal_year: int) -> bool:
    """Return whether reimbursements come out of a fixed total."""
    return values.value("policy.special_allocation_tax.total", fiscal_year) == "fixed"


def net_of_fixed_total(paid: YenArray, weights: npt.ArrayLike) -> YenArray:
    """Return what each body gains or loses in whole yen; the sum is exactly 0.

    `paid` (bodies): yen reimbursed to each. `weights` (bodies): what each gets of the tax otherwise; a yen
    paid to body i costs body j the share `w_j / (sum of w - w_i)`. With equal weights where all are 0. Where
    no other body is there to pay, the body pays itself.
    """
    paid = np.asarray(paid, dtype=np.int64)
    if len(paid) == 0:
        return paid.copy()
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != paid.shape or (weight < 0).any():
        raise ValueError("one weight a body, none negative")
    if not weight.any():
        weight = np.ones_like(weight)
    others = weight.sum() - weight
    alone = others <= weight.sum() * 1e-12
    per_weight = np.where(alone, 0.0, paid / np.where(alone, 1.0, others))
    loss = weight * (per_weight.sum() - per_weight) + np.where(alone, paid, 0.0)
    return paid - split_exactly(int(paid.sum()), loss)
