"""The examples of README and tutorial, typed as a reader would type them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# ([\w.-]+\.(?:toml|py))\n")


def blocks(document: Path, language: str = "") -> list[tuple[str, str]]:
    """Return language and text of each fenced block of a document, or of those in one language."""
    found = FENCE.findall(document.read_text(encoding="utf-8"))
    return [(kind, text) for kind, text in found if not language or kind == language]


def type_in(line: str, folder: Path, **environment: str) -> str:
    """Type a line, or several, into a shell in a folder whose path has the programs of this environment."""
    path = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", line],
        cwd=folder,
        env=os.environ | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout + done.stderr


def work_through(document: Path, folder: Path, smaller: dict[str, str]) -> list[str]:
    """Write the files and type the commands of a document in their order; return what each command said.

    `smaller` says what is typed in place of what, so that it takes less time.
    """
    said = []
    for kind, text in blocks(document):
        name = FILE.match(text)
        if name:
            (folder / name.group(1)).write_text(text, encoding="utf-8")
        elif kind == "sh":
            for line in text.splitlines():
                for large, small in smaller.items():
                    line = line.replace(large, small)
                said.append(type_in(line, folder))
        elif kind == "python":
            said.append(type_in(f"python - <<'END_OF_EXAMPLE'\n{text}\nEND_OF_EXAMPLE", folder))
    return said
