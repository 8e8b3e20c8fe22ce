"""Texts in lines: Japanese letters take two places, and may be parted where English words may not."""

from __future__ import annotations

import unicodedata

NO_LINE_END = "（「『［(["
NO_LINE_START = "、。，．）」』】：；％・ー〜～,.)%:;"


def wrapped(text: str, places: int) -> str:
    """Return a text broken into lines: at spaces, and between Japanese letters, which take two places each."""
    lines, line = [], ""
    for word in _words(text):
        if line and text_places(line + word.rstrip()) > places:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return "\n".join([*lines, line.rstrip()])


def _words(text: str) -> list[str]:
    words: list[str] = []
    for letter in text:
        before = words[-1] if words else ""
        joins = before and not before.endswith(" ") and not (_is_wide(before[-1]) or _is_wide(letter))
        opened = before and before[-1] in NO_LINE_END
        if (before and letter in NO_LINE_START) or opened or joins or (letter == " " and before):
            words[-1] += letter
        else:
            words.append(letter)
    return words


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def text_places(text: str) -> int:
    """Return how many places a text takes: two for a Japanese letter."""
    return sum(2 if _is_wide(letter) else 1 for letter in text)
