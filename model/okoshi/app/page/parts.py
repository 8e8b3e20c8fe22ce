"""Small parts of the page: pictures with their words, tables, choices one can search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import solara
from solara import v

from okoshi.app.page.pictures import Shot
from okoshi.language.messages import say


@solara.component_vue("width.vue")
def Width(language: str = "", event_narrow: Callable[[bool], None] = lambda _: None) -> None:
    """Tell whether the window is narrow, at first and whenever it is resized; name the language to the browser."""


@solara.component
def PictureOf(draw: Callable[[], Shot], depends_on: Sequence[Any]) -> None:
    """Show a picture and, below it, the same in words; drawn again when what it depends on has changed."""
    shot = solara.use_memo(lambda: draw(), list(depends_on))
    if not shot.png:
        solara.HTML("p", escape(shot.words), classes=["okoshi-note"])
        return
    image = (
        f'<div class="okoshi-image"><img src="{shot.source}" alt="{escape(shot.title, quote=True)}"></div>'
    )
    words = f"<details><summary>{escape(say('page.in_words'))}</summary>{escape(shot.words)}</details>"
    solara.HTML("figure", image + words, classes=["okoshi-picture"])


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], *, row_heads: bool = False) -> str:
    """Return a table; every text is escaped."""
    named = (escape(text).replace("_", "_<wbr>") for text in heads)  # a long name of a scenario has its lines
    head = "".join(f'<th scope="col">{text}</th>' for text in named)
    lines = []
    for row in rows:
        cells = [f"<td>{escape(text)}</td>" for text in row]
        if row_heads:
            cells[0] = f'<th scope="row">{escape(row[0])}</th>'
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


@solara.component
def TableOf(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    name: str,
    row_heads: bool = True,
    numbers: bool = False,
) -> None:
    """Show a table that scrolls within its own frame where the screen is narrow; numbers keep to the right."""
    solara.HTML(
        "div",
        table_html(heads, rows, row_heads=row_heads),
        classes=["okoshi-table", *(["okoshi-numbers"] if numbers else [])],
        attributes={"tabindex": "0", "role": "region", "aria-label": name, "data-part": name},
    )


@solara.component
def Choice(
    label: str,
    items: Sequence[dict[str, str]],
    value: Any,
    on_value: Callable[[Any], None],
    several: bool = False,
) -> None:
    """Show a list of titles and values that can be searched by typing."""
    v.Autocomplete(
        label=label,
        items=[{"text": item["title"], "value": item["value"]} for item in items],
        v_model=value,
        on_v_model=on_value,
        multiple=several,
        chips=several,
        hide_details=True,
        dense=True,
        outlined=True,
        small_chips=several,
        deletable_chips=several,
        class_="okoshi-choice",
    )


@solara.component
def Text(text: str, tag: str = "p", kind: str = "") -> None:
    """Show a text as it is."""
    solara.HTML(tag, escape(text), classes=[kind] if kind else [])
