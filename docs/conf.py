"""How the documentation is built: `make docs` writes it into build/docs/, to be read without a network."""

import re
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tools"))

from reference_pages import pages  # noqa: E402  # the path must be there first

for _path, _text in pages():  # written anew by every build, and kept out of the repository
    (HERE / _path).parent.mkdir(exist_ok=True)
    (HERE / _path).write_text(_text, encoding="utf-8")

project = "Okoshi (おこし)"
author = "The Okoshi founders"
release = version_of("okoshi")
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Okoshi (おこし)"
html_show_sphinx = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["pages.css"]

JAPANESE = ".ja"  # how the names of Japanese pages end
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


def _join_japanese_lines(app: Any, doctree: Any) -> None:
    """Take out line ends between Japanese letters, where a browser would show a space."""
    from docutils import nodes

    if not app.env.docname.endswith(JAPANESE):
        return
    for text in [text for text in doctree.findall(nodes.Text) if text == "\n"]:
        siblings = text.parent.children
        place = next(number for number, one in enumerate(siblings) if one is text)
        around = (
            "".join(one.astext() for one in siblings[:place])[-1:],
            "".join(one.astext() for one in siblings[place + 1 :])[:1],
        )
        if all(_WIDE.match(letter) for letter in around):
            del siblings[place]


def _name_language(_app: Any, pagename: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Say to browsers and screen readers in which language a page is."""
    context["language"] = "ja" if pagename.endswith(JAPANESE) else "en"


def setup(app: Any) -> None:
    """Have Sphinx do so for every page."""
    app.connect("doctree-read", _join_japanese_lines)
    app.connect("html-page-context", _name_language)
