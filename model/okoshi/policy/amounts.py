"""Arithmetic in whole yen, alike on an int and on an int64 array of many cases.

A reimbursement is `rate x min(cost, cap)`, rounded down to the yen; who spent the money bears the rest.
"""

# ruff: noqa: UP047  (one shared type variable says Yen everywhere)

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import numpy as np
import numpy.typing as npt

from okoshi.parameters.kinds import Value

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

type YenArray = npt.NDArray[np.int64]
Yen = TypeVar("Yen", int, npt.NDArray[np.int64])
"""Yen of one case (int) or of many (int64 array); costs are never negative."""

_SAFE = 2**62


class Values(Protocol):
    """Anything that knows a parameter's value in a fiscal year: the catalogue, a scenario's settings."""

    def value(self, name: str, fiscal_year: int | None = None) -> Value | None:
        """Return the value in force, None where the rule does not exist; KeyError for an unknown name."""
        ...


def read_rules[Rules: "DataclassInstance"](
    cls: type[Rules], values: Values, prefix: str, fiscal_year: int, **given: Any
) -> Rules:
    """Fill a dataclass of rules: each field is the parameter of that name below `prefix`, or is given."""
    names = [field.name for field in fields(cls) if field.name not in given]
    return cls(**{name: values.value(f"{prefix}.{name}", fiscal_year) for name in names}, **given)


def lesser(amount: Yen, limit: Yen | int) -> Yen:
    """Return the lesser of each amount and its limit."""
    if isinstance(amount, np.ndarray) or isinstance(limit, np.ndarray):
        return cast(Yen, np.minimum(amount, limit))
    return min(amount, limit)


def at_least_zero(amount: Yen) -> Yen:
    """Return the amount, zero where it is negative."""
    if isinstance(amount, np.ndarray):
        return np.maximum(amount, 0)
    return max(amount, 0)


def nothing(amount: Yen) -> Yen:
    """Return zero yen in the shape of `amount`."""
    if isinstance(amount, np.ndarray):
        return np.zeros_like(amount)
    return 0


def share_of(amount: Yen, rate: Fraction) -> Yen:
    """Return `rate x amount` rounded down to the yen, exactly: no float comes near."""
    numerator, denominator = rate.numerator, rate.denominator
    if isinstance(amount, np.ndarray):
        largest = numerator * int(np.max(amount, initial=0))
        if max(largest, denominator) >= _SAFE:  # a rate of many digits: slow but exact
            return cast(Yen, (amount.astype(object) * numerator // denominator).astype(np.int64))
        return amount * numerator // denominator
    return amount * numerator // denominator


def reimbursed(cost: Yen, cap: Yen | int | None, rate: Fraction | None) -> Yen:
    """Return `rate x min(cost, cap)`; nothing where the rule (its cap or its rate) does not exist."""
    if cap is None or rate is None:
        return nothing(cost)
    return share_of(lesser(cost, cap), rate)


def part_of_year(cap: int, months: Yen | int) -> Yen | int:
    """Return a yearly cap for `months` of service, rounded down (proration by month is assumed)."""
    if isinstance(months, np.ndarray):
        return cap * months.astype(np.int64) // 12
    return cap * months // 12


def split_exactly(total: int, weights: npt.ArrayLike) -> YenArray:
    """Divide a total by weights into whole yen that add up to it exactly (largest remainder; ties by place).

    Weights are not negative; where all are zero the parts are equal. Raises ValueError without anybody.
    """
    share = np.asarray(weights, dtype=np.float64)
    if len(share) == 0:
        raise ValueError("nobody to divide among")
    whole = share.sum()
    exact = total * (share / whole if whole > 0 else np.full(len(share), 1 / len(share)))
    return _round_to(exact, total)


def _round_to(exact: npt.NDArray[np.float64], total: int) -> YenArray:
    parts = np.floor(exact).astype(np.int64)
    left = total - int(parts.sum())
    each, rest = divmod(left, len(parts))  # `each` is 0 but for totals beyond what a float holds
    parts += each
    order = np.argsort(-(exact - np.floor(exact)), kind="stable")
    parts[order[:rest]] += 1
    return parts
