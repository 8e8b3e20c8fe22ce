"""Execute the notebooks of notebooks/ and write the .ipynb beside each .py; says what each took.

Names that are given choose some (`05` or `05_what_each_adds`). What changes from run to run (times, ids of the
kernel) is left out, so that a notebook made again from the same code is the same file.
"""

import base64
import io
import sys
import time
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SECONDS_A_CELL, COLOURS = 3_600, 96
KEPT = ("kernelspec", "language_info", "jupytext")


def chosen(names: list[str]) -> list[Path]:
    """Return the sources of the notebooks asked for; all without a name."""
    sources = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
    if not names:
        return sources
    found = [path for path in sources if any(path.stem.startswith(name) for name in names)]
    if not found:
        raise SystemExit(
            f"no notebook {', '.join(names)}; there are {', '.join(path.stem for path in sources)}"
        )
    return found


def make(source: Path) -> None:
    """Execute one notebook and write it. Raises CellExecutionError where a cell fails: then nothing is written."""
    notebook = jupytext.read(source)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    NotebookClient(  # its kernel listens on the loopback alone
        notebook,
        timeout=SECONDS_A_CELL,
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    steady(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, source.with_suffix(".ipynb"))


def steady(notebook: nbformat.NotebookNode) -> None:
    """Leave out what differs from one execution to the next, and number the cells by their place."""
    notebook.metadata = {name: value for name, value in notebook.metadata.items() if name in KEPT}
    notebook.metadata.get("language_info", {}).pop("version", None)
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    for place, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{place:02d}"
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    output.data["image/png"] = smaller(output.data["image/png"])


def smaller(picture: str) -> str:
    """Return a PNG (base64) in few colours: drawn lines and areas look the same in a third of the bytes."""
    drawn = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB").quantize(COLOURS)
    file = io.BytesIO()
    drawn.save(file, "png", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def main() -> None:
    """Make the notebooks that were asked for."""
    began = time.perf_counter()
    for source in chosen(sys.argv[1:]):
        start = time.perf_counter()
        make(source)
        size = source.with_suffix(".ipynb").stat().st_size
        print(f"{source.stem}: {time.perf_counter() - start:.0f} s, {size / 1000:,.0f} kB", flush=True)
    print(f"all: {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
