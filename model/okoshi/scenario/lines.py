"""On which line of a TOML text a key stands (the parser does not say)."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(#.*)?$")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_\-@]+)""")
_KEY = re.compile(rf"^\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")
_STRING = re.compile(r"""("{3}|'{3})|"(?:\\.|[^"\\])*"|'[^']*'|#.*""")
# Where a string of several lines ends: one or two quotes more are its last signs.
_END = {'"""': re.compile(r'(?:\\.|[^\\])*?"{3,5}'), "'''": re.compile(r".*?'{3,5}")}


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) on which each key and each table header of a TOML text begins.

    The second `[[factors]]` of a list of tables is the path ("factors", "#2").
    """
    found: dict[tuple[str, ...], int] = {}
    listed: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    depth, fence = 0, ""
    for number, line in enumerate(text.split("\n"), start=1):  # TOML knows no other end of a line
        if depth == 0 and not fence:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _parts(header.group(2))
                if header.group(1) == "[[":
                    listed[table] = listed.get(table, 0) + 1
                    found.setdefault(table, number)
                    table = (*table, f"#{listed[table]}")
                    found[table] = number
                found.setdefault(table, number)
            elif key:
                found.setdefault((*table, *_parts(key.group(1))), number)
        bare, fence = _outside_strings(line, fence)
        depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))
    return found


def line_of(text: str, path: tuple[str, ...]) -> int | None:
    """Return the line of a key; of what holds it, where it stands inside an inline table; None if nowhere."""
    lines = key_lines(text)
    while path:
        if path in lines:
            return lines[path]
        inside = [line for key, line in lines.items() if key[: len(path)] == path]
        if inside:  # `[policy.digital]` begins `policy` too
            return inside[0]
        path = path[:-1]
    return None


def _parts(key: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(key))


def _outside_strings(line: str, fence: str) -> tuple[str, str]:
    """Return a line without strings and comment, and the quotes of a string that goes on in the next line.

    `fence` are those of one that began before.
    """
    bare, at = "", 0
    while True:
        if fence:
            end = _END[fence].match(line, at)
            if end is None:
                return bare, fence
            at, fence = end.end(), ""
        found = _STRING.search(line, at)
        if found is None:
            return bare + line[at:], ""
        bare, at, fence = bare + line[at : found.start()], found.end(), found.group(1) or ""
