"""The kinds of value a parameter may have, and what each allows.

A kind turns what stands in a file, a scenario or on a command line into the one form the model computes
with: yen are whole ints, rates exact fractions, ladders tuples of (Fraction, int).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

type Value = bool | int | float | str | Fraction | tuple[Any, ...]
type Bounds = tuple[float, float]

OPEN = "open"
_WRITTEN_RATE = re.compile(r"[0-9]{1,18}([./][0-9]{1,18})?")  # no exponents: "1e-999999999" is a trap

DEFAULT_BOUNDS: dict[str, Bounds] = {
    "yen": (0, 10**15),
    "count": (0, 10**9),
    "rate": (0, 1),
    "rates": (0, 1),
    "share": (0, 1),
    "number": (-math.inf, math.inf),
    "pair": (0, 10**6),
    "steps": (0, 10**15),
    "switch": (0, 1),
    "text": (0, 0),
}


def as_whole(value: object, bounds: Bounds) -> int:
    """Return a whole number within bounds (a float that is whole counts, as a sweep writes it)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    if isinstance(value, float) and not value.is_integer():  # also refuses inf and nan
        raise ValueError
    whole = int(value)
    if not bounds[0] <= whole <= bounds[1]:
        raise ValueError
    return whole


def as_rate(value: object, bounds: Bounds) -> Fraction:
    """Return an exact fraction: 0.5 is 1/2 and the text "2/3" is two thirds."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        raise ValueError
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if isinstance(value, str) and not _WRITTEN_RATE.fullmatch(value):
        raise ValueError
    try:
        rate = Fraction(str(value))
    except ZeroDivisionError:
        raise ValueError from None
    if not bounds[0] <= rate <= bounds[1]:
        raise ValueError
    return rate


def as_float(value: object, bounds: Bounds) -> float:
    """Return a finite float within bounds."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(number) or not bounds[0] <= number <= bounds[1]:
        raise ValueError
    return number


def as_switch(value: object, _bounds: Bounds) -> bool:
    """Return true or false; 0 and 1 are numbers and refused."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def as_text(value: object, _bounds: Bounds) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _items(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return value


def as_pair(value: object, bounds: Bounds) -> tuple[int, int]:
    """Return (minimum, maximum), the minimum not over the maximum."""
    low, high = (as_whole(item, bounds) for item in _items(value))  # another length is a ValueError too
    if low > high:
        raise ValueError
    return low, high


def as_rates(value: object, bounds: Bounds) -> tuple[Fraction, ...]:
    """Return exact fractions, the lowest first."""
    rates = tuple(as_rate(item, bounds) for item in _items(value))
    if not rates or list(rates) != sorted(rates):
        raise ValueError
    return rates


def as_steps(value: object, bounds: Bounds) -> tuple[tuple[Fraction, int], ...]:
    """Return a ladder of (ratio from which on, cap in yen), ratios over 0 and rising."""
    steps = []
    for item in _items(value):
        ratio, cap = _items(item)
        steps.append((as_rate(ratio, (0, 1000)), as_whole(cap, bounds)))
    ratios = [ratio for ratio, _ in steps]
    if not steps or ratios[0] <= 0 or any(low >= high for low, high in pairwise(ratios)):
        raise ValueError
    return tuple(steps)


KINDS: dict[str, Callable[[object, Bounds], Value]] = {
    "yen": as_whole,
    "count": as_whole,
    "rate": as_rate,
    "rates": as_rates,
    "share": as_float,
    "number": as_float,
    "switch": as_switch,
    "text": as_text,
    "pair": as_pair,
    "steps": as_steps,
}


def _plain(number: float) -> str:
    if math.isinf(number):
        return "any"
    return f"{int(number):,}" if float(number).is_integer() else f"{number:g}"


def allowed(kind: str, bounds: Bounds, choices: tuple[str, ...], may_be_open: bool) -> str:
    """Say in plain words what a value of this kind may be."""
    low, high = (_plain(bound) for bound in bounds)
    span = "" if math.isinf(bounds[0]) and math.isinf(bounds[1]) else f" from {low} to {high}"
    words = {
        "yen": f"a whole number of yen{span}",
        "count": f"a whole number{span}",
        "rate": f'an exact fraction{span}, as 0.5 or "2/3"',
        "rates": f'a list of fractions{span}, the lowest first, as ["2/3", "3/4"]',
        "share": f"a share{span}",
        "number": f"a number{span}",
        "switch": "true or false",
        "text": "one of " + ", ".join(choices) if choices else "a text",
        "pair": f"[minimum, maximum], two whole numbers{span}, the minimum not over the maximum",
        "steps": "a list of [ratio, cap in yen from there], ratios over 0 and rising, as [[1.0, 25000000]]",
    }[kind]
    return f'{words}, or "{OPEN}"' if may_be_open else words


def write(value: Value | None) -> str:
    """Return a value as one would type it into a scenario; nothing where the rule does not exist."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return _write_fraction(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{text}"' if "/" in text else text for text in map(write, value)) + "]"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _write_fraction(value: Fraction) -> str:
    decimal = f"{float(value):.15g}"
    if Fraction(decimal) == value:
        return decimal
    return f"{value.numerator}/{value.denominator}"
