"""A page as data (sections of text, tables and pictures), and how it becomes one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from okoshi.language.messages import language, say

if TYPE_CHECKING:
    from okoshi.figures.style import Picture


INTERVAL = re.compile(r"([\[［][+−-]?[\d,.]+%?,) ")  # its comma, and the space behind it
OPTION = re.compile(r"--[\w-]+")
WIDE = 7  # columns: more are set smaller
SHORT = 8  # letters of a cell that need no second line
JAPANESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+")


@dataclass(frozen=True)
class Column:
    """The heading of a column; numbers keep to the right."""

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class TableView:
    """A table: the first cell of each row names the row; a row of one cell is the heading of those below it."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    @property
    def names(self) -> Markup:
        """The attribute class: how the table is set on a page and on a narrow screen."""
        kinds = ("wide", len(self.columns) > WIDE), ("pair", self.is_pair), ("slim", self.is_slim)
        names = " ".join(name for name, is_so in (*kinds, ("dense", self.is_dense)) if is_so)
        return Markup(f' class="{names}"' if names else "")

    @property
    def is_slim(self) -> bool:
        """Whether rows stand below headings of their own, so that they are short enough for a narrow screen."""
        return len(self.columns) > 2 and any(len(row) == 1 for row in self.rows)

    @property
    def groups(self) -> list[tuple[str, list[Sequence[str]]]]:
        """The rows below each heading; one group without a heading where there is none."""
        found: list[tuple[str, list[Sequence[str]]]] = []
        for row in self.rows:
            if len(row) == 1 < len(self.columns):
                found.append((row[0], []))
            else:
                if not found:
                    found.append(("", []))
                found[-1][1].append(row)
        return found

    @property
    def is_dense(self) -> bool:
        """Whether all behind the first cell are numbers, three or more: a narrow screen sets them side by side."""
        numbers = all(column.is_number for column in self.columns[1:])
        return len(self.columns) > 2 and numbers and not self.is_slim

    @property
    def is_pair(self) -> bool:
        """Whether each row is a name with a text: a narrow screen needs no heading between them."""
        return len(self.columns) == 2 and not any(column.is_number for column in self.columns)


@dataclass(frozen=True)
class Shot:
    """A picture as it stands in the page: PNG in base64, and the one for narrow screens where there is one."""

    title: str
    alternative: str
    data: str
    narrow: str = ""

    @classmethod
    def of(cls, picture: Picture) -> Shot:
        """Take a picture that was just drawn, and draw it for narrow screens too."""
        narrow = picture.narrow()
        also = _written(narrow) if narrow is not picture else ""
        return cls(picture.title, picture.alternative, _written(picture), also)

    @classmethod
    def of_file(cls, path: Path) -> Shot:
        """Take a picture from a folder, with the headline and alternative text that stand in the file."""
        from PIL import Image

        with Image.open(path) as image:
            said = {key: str(value) for key, value in image.info.items() if isinstance(value, str)}
        title = said.get("Title") or path.stem.replace("_", " ")
        data = base64.b64encode(path.read_bytes()).decode()
        return cls(title, said.get("Description") or say("report.picture_without_words", title=title), data)


def _written(picture: Picture) -> str:
    return base64.b64encode(picture.png()).decode()


@dataclass
class Section:
    """A part of the page below one heading."""

    anchor: str
    heading: str
    paragraphs: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    tables: list[TableView] = field(default_factory=list)
    pictures: list[Shot] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing below the heading."""
        return not (self.paragraphs or self.items or self.commands or self.tables or self.pictures)


@dataclass(frozen=True)
class Page:
    """The whole page."""

    title: str
    subtitle: str
    notices: Sequence[str]
    sections: Sequence[Section]
    foot: str


def shots(pictures: Iterable[Picture]) -> list[Shot]:
    """Return pictures as they stand in the page, drawn one after the other."""
    return [Shot.of(picture) for picture in pictures]


def marked_up(text: str) -> Markup:
    """Return a text escaped: an interval in one piece, and what is Japanese on an English page said to be so."""
    safe = str(escape(INTERVAL.sub("\\1\N{NO-BREAK SPACE}", text)))
    if language() == "en":
        safe = JAPANESE.sub(r'<span lang="ja">\g<0></span>', safe)
    return Markup(safe)


def options_whole(commands: str) -> Markup:
    """Return commands escaped: a line may end between words, never within the dashes of an option."""
    return Markup(OPTION.sub(r'<span class="option">\g<0></span>', str(escape(commands))))


def classes(text: str, is_number: bool) -> Markup:
    """Return the attribute class of a cell: numbers keep to the right, and what is short stays in one line."""
    names = [name for name, there in (("number", is_number), ("short", len(text) <= SHORT)) if there]
    return Markup(f' class="{" ".join(names)}"' if names else "")


def render(page: Page) -> str:
    """Return the page as HTML. All text is escaped: a scenario's title is a title, never markup."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("okoshi.app", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"marked_up": marked_up, "options_whole": options_whole, "classes": classes}
    words = {
        name: say(f"report.page_{name}") for name in ("skip", "contents", "words", "sideways", "commands")
    }
    sections = [section for section in page.sections if not section.is_empty]
    return environment.get_template("report.html").render(
        page=page, sections=sections, language=language(), words=words
    )


def capital(text: str) -> str:
    """Return a text that begins as a sentence does."""
    return text[:1].upper() + text[1:]
