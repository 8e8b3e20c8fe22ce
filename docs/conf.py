"""How the documentation is built: `make docs` writes it into build/docs/, to be read without a network."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

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
