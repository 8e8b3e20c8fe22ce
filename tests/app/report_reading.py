"""An HTML page as a screen reader meets it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY_TAGS = {"meta", "source", "img", "br", "hr", "link", "input"}


@dataclass
class ReadPage(HTMLParser):
    """What stands in a page: headings in order, pictures, links, headers of tables, ids, text."""

    language: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    headers_without_scope: int = 0
    ids: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, page: str) -> "ReadPage":
        found = cls()
        found.feed(page)
        found.close()
        assert found.open_tags == []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        if tag not in EMPTY_TAGS:
            self.open_tags.append(tag)
        if tag == "html":
            self.language = given["lang"]
        if tag == "img":
            self.alternatives.append(given["alt"])
        if tag == "a":
            self.links.append(given["href"])
        if tag == "th" and given.get("scope") not in ("col", "row", "rowgroup"):
            self.headers_without_scope += 1
        if "id" in given:
            self.ids.append(given["id"])
        addresses = [given.get(name, "") for name in ("src", "href", "data", "action", "srcset")]
        self.outside += [
            one for one in addresses if one and not one.startswith(("#", "data:image/png;base64,"))
        ]

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open_tags[-1] if self.open_tags else ""
        if inside in ("h1", "h2", "h3", "h4"):
            self.headings.append((int(inside[1]), data.strip()))
        if inside != "style":
            self.text.append(data.strip())

    @property
    def words(self) -> str:
        """All text that is read."""
        return " ".join(part for part in self.text if part).replace("\N{NO-BREAK SPACE}", " ")
