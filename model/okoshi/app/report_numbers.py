"""Numbers with their intervals as the report writes them: differences, indices, what an index is measured in."""

from __future__ import annotations

from collections.abc import Sequence

from okoshi.figures.words import HUNDRED_MILLION, texts_alike, without_sign_of_nought, yen_scale
from okoshi.language.messages import say
from okoshi.study.words import digits_beyond_zero

SMALL_POINTS = 0.1  # percentage points: differences below are shown with one more decimal
LEAST_UNITS = 0.005  # below it a difference of things that are counted is next to nothing
LEAST_INDEX = 0.00005  # below it an index without a unit is next to nothing
MOST_PLACES = 4  # of such an index
LEAST_POINTS = 0.0005  # below it a difference of shares is said to be next to nothing


def interval_text(values: Sequence[float | None], unit: str) -> str:
    """Return a difference with its interval; shares in percentage points; a word where the sign is open."""
    _, low, high = (float("nan") if value is None else float(value) for value in values)
    return measured_text(values, unit, "+", say("report.open") if low <= 0 <= high and low < high else "")


def measured_text(values: Sequence[float | None], unit: str, sign: str = "", mark: str = "") -> str:
    """Return a number with its interval, in one scale and with the same decimals, and a mark behind them.

    A share is one of an effect, in percentage points.
    """
    middle, low, high = (float("nan") if value is None else float(value) for value in values)
    if middle != middle:
        return "–"
    numbers = [middle, low, high] if low == low else [middle]
    if _is_next_to_nothing(numbers, unit):
        return _next_to_nothing(unit)
    shown, *limits = _texts(numbers, unit, sign)
    if low != low:
        return shown + say("report.no_interval")
    return f"{shown} {say('report.between', low=limits[0], high=limits[1])}{f' {mark}' if mark else ''}"


def number_text(value: float, unit: str) -> str:
    """Return a number alone, in its unit as `measured_text` tells it."""
    if value != value:
        return "–"
    return _next_to_nothing(unit) if _is_next_to_nothing([value], unit) else _texts([value], unit, "")[0]


def plain_text(value: float, low: float, high: float, unit: float = 1.0) -> str:
    """Return a number without a unit, divided by `unit`, with its interval where it has one, in the same decimals."""
    if value != value:
        return "–"
    numbers = [number / unit for number in (value, low, high)] if low == low else [value / unit]
    shown, *limits = texts_alike(numbers)
    return f"{shown} {say('report.between', low=limits[0], high=limits[1])}" if limits else shown


def share_text(values: Sequence[float], mark: str = "") -> str:
    """Return a number without a unit, such as a share of a variance, and its interval if it has one.

    To two places, or as many more (up to four) as tell it from nought, and as keep an interval beyond zero from it.
    """
    if values[0] != values[0]:
        return "–"
    largest = max(abs(number) for number in values if number == number)
    if 0 < largest < LEAST_INDEX:
        return say("report.next_to_nothing_of_indices")
    digits = (
        MOST_PLACES if 0 < largest < LEAST_UNITS else min(max(2, digits_beyond_zero(values)), MOST_PLACES)
    )
    shown, *limits = (without_sign_of_nought(f"{number:.{digits}f}") for number in values)
    if any(number != number for number in values[1:]) or not limits:
        return shown
    return f"{shown} {say('report.between', low=limits[0], high=limits[1])}{f' {mark}' if mark else ''}"


def _is_next_to_nothing(numbers: Sequence[float], unit: str) -> bool:
    largest = max(abs(number) for number in numbers)
    return 0 < 100 * largest < LEAST_POINTS if unit == "share" else 0 < largest < LEAST_UNITS


def _next_to_nothing(unit: str) -> str:
    return say("report.next_to_nothing" if unit == "share" else "report.next_to_nothing_of_units")


def _texts(numbers: Sequence[float], unit: str, sign: str) -> list[str]:
    """Return the first number with its unit, the others without."""
    if unit == "share":
        points = [100 * number for number in numbers]
        largest = max(abs(number) for number in points)
        digits = max(2 if largest >= SMALL_POINTS or not largest else 3, digits_beyond_zero(points))
        texts = [without_sign_of_nought(f"{number:{sign}.{digits}f}") for number in points]
        return [say("pictures.points", value=texts[0]), *texts[1:]]
    scale, word = _scale(numbers) if unit.startswith("yen") else (1.0, "")
    first, *others = texts_alike([number / scale for number in numbers], sign)
    return [first + word, *others]


def _scale(numbers: Sequence[float]) -> tuple[float, str]:
    """Return in what yen are told: so that the first is at least one of it where it is a hundred million or more."""
    largest = max(abs(number) for number in numbers)
    scale, word = yen_scale(largest)
    if scale >= HUNDRED_MILLION and abs(numbers[0]) < scale:
        return yen_scale(scale / 10)
    return scale, word
