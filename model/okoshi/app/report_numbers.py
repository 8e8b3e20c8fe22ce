"""Differences with their intervals as the report writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from okoshi.figures.words import scaled_text, yen_scale
from okoshi.language.messages import say

NOTHING = re.compile(r"^[+-](0(?:\.0+)?)$")  # what rounds to nought has no sign
SMALL_POINTS = 0.1  # percentage points: differences below are shown with more decimals


def interval_text(values: Sequence[float | None], unit: str) -> str:
    """Return a difference with its interval; shares in percentage points; a word where the sign is open."""
    middle, low, high = (float("nan") if value is None else float(value) for value in values)
    if middle != middle:
        return "–"
    scale, word = 0.01 if unit == "share" else 1.0, ""
    if unit.startswith("yen"):
        scale, word = yen_scale(max(abs(number) for number in (middle, low, high) if number == number))
    numbers = [number / scale for number in ((middle, low, high) if low == low else (middle,))]
    digits = 2 if any(abs(number) >= SMALL_POINTS for number in numbers) else 4
    written = (f"{number:+.{digits}f}" if unit == "share" else scaled_text(number, "+") for number in numbers)
    texts = [NOTHING.sub(r"\1", text) for text in written]
    shown = say("pictures.points", value=texts[0]) if unit == "share" else texts[0] + word
    if low != low:
        return shown + say("report.no_interval")
    mark = f" {say('report.open')}" if low <= 0 <= high and low < high else ""
    return f"{shown} {say('report.between', low=texts[1], high=texts[2])}{mark}"
