"""The notebooks: each runs from end to end at its small size, and its pair says the same and shows something."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NOTEBOOKS = REPOSITORY / "notebooks"
SOURCES = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.py"))
QUICK = ("10", "11", "13")  # the others are as small, but thirteen countries take a while
LARGEST = 400_000  # bytes
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|root|tmp|Users|work|var|opt)/")

jupytext = pytest.importorskip("jupytext")


def _cases() -> list[object]:
    return [
        pytest.param(path, id=path.stem, marks=[] if path.stem[:2] in QUICK else [pytest.mark.full])
        for path in SOURCES
    ]


def test_there_are_thirteen_questions() -> None:
    assert [path.stem[:2] for path in SOURCES] == [f"{number:02d}" for number in range(1, 14)]


@pytest.mark.parametrize("source", _cases())
def test_a_notebook_runs_from_end_to_end_and_answers(source: Path, tmp_path: Path) -> None:
    small = {
        **os.environ,
        "OKOSHI_NOTEBOOK_SIZE": "small",
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(NOTEBOOKS),
        "TMPDIR": str(tmp_path),
    }
    program = "import runpy, sys; import common; common.Markdown = str; runpy.run_path(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, str(source)],
        cwd=tmp_path,
        env=small,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = done.stdout.rpartition("**Answer**")[2]
    assert "合成" in said
    assert re.search(r"rests on: \*\*(data|rule|prior)\*\*", said)
    assert re.search(r"\d", said.partition("**答え**")[2]), "the Japanese answer has no number"
    assert "nan" not in re.findall(r"[a-z]+", said), said


def _tables(outputs: list[dict[str, dict[str, str]]]) -> list[str]:
    return [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_pair_says_the_same_and_shows_a_figure(source: Path) -> None:
    import nbformat

    made = source.with_suffix(".ipynb")
    text = made.read_text(encoding="utf-8")
    notebook, plain = nbformat.reads(text, as_version=4), jupytext.read(source)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in plain.cells
    ], f"run `make notebooks` again: {made.name} is of another {source.name}"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert pictures, "no figure"
    heads = re.findall(r"<th[^>]*>(.*?)</th>", "".join(_tables(outputs)))
    assert not [head for head in heads if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", head)], "a name, not words"
    assert len(text.encode()) <= LARGEST
    assert not MACHINE_PATH.search(text)
    title = notebook.cells[0].source.splitlines()
    assert title[0].startswith("# ")
    assert re.search(r"[ぁ-んァ-ン一-龥]", title[1]), "no Japanese title"
    assert "execution" not in notebook.cells[2].metadata
