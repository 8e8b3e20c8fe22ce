"""On which line of a TOML text a key stands (the parser does not say)."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(#.*)?$")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_\-@]+)""")
_KEY = re.compile(rf"^\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")
_STRING = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*""")


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) on which each key and each table header of a TOML text begins.

    The second `[[factors]]` of a list of tables is the path ("factors", "#2").
    """
    found: dict[tuple[str, ...], int] = {}
    listed: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    depth, fence = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            if fence in line:
                fence = ""
            continue
        if depth == 0:
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
        fence = _opened_fence(line)
        bare = _STRING.sub("", line)
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


def _opened_fence(line: str) -> str:
    for fence in ('"""', "'''"):
        if line.count(fence) % 2 == 1:
            return fence
    return ""
