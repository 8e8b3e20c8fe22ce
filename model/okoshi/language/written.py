"""Numbers as people write them."""

from __future__ import annotations

import re

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def without_thousands(text: str) -> str:
    """Return a number without the commas between its thousands; commas anywhere else stay, and make it no number."""
    text = text.strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def is_number(text: str) -> bool:
    """Return whether text is a number, whole or not."""
    try:
        float(without_thousands(text))
    except ValueError:
        return False
    return True
