"""The rules of the house that ruff, mypy and import-linter do not check."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "model" / "okoshi"
SOURCES = sorted(PACKAGE.rglob("*.py"))
READMES = (REPOSITORY / "README.md", REPOSITORY / "README.ja.md")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
SLOW_MODULES = {"mesa", "pandas", "scipy", "pyarrow", "matplotlib", "networkx", "SALib"}


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _tracked_texts() -> Iterator[tuple[Path, str]]:
    """Yield each text file that belongs to the project (what Git knows, and what it does not ignore)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=REPOSITORY,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        path = REPOSITORY / name
        if name and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode("utf-8", errors="replace")


def test_files_can_be_read_in_one_sitting() -> None:
    too_long = {
        str(path.relative_to(PACKAGE)): n for path in SOURCES if (n := len(_lines(path))) > LONGEST_FILE
    }
    assert not too_long


def test_functions_fit_on_a_screen() -> None:
    too_long = {
        f"{path.relative_to(PACKAGE)}:{function.name}": length
        for path in SOURCES
        for function in _functions(ast.parse(path.read_text(encoding="utf-8")))
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert not too_long


def test_nothing_is_evaluated_or_unpickled() -> None:
    """Input files are data: a scenario from a stranger must not be able to run code."""
    banned = {"eval", "exec", "pickle.load", "pickle.loads", "os.system"}
    calls = {
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in banned
    }
    assert not calls


def test_every_room_has_a_floor_and_a_docstring() -> None:
    """A new room must be put into the order of the house, and say what it is for."""
    layers = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contract = layers["tool"]["importlinter"]["contracts"][0]["layers"]
    listed = {room.strip() for layer in contract for room in re.split("[:|]", layer)}
    folders = {f"okoshi.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
    modules = {f"okoshi.{path.stem}" for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}
    assert folders | modules == listed
    for path in PACKAGE.rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_no_address_of_one_machine_or_registry() -> None:
    pattern = re.compile(r"(?<![\w.~*$}/-])/(?:home|root|tmp|work|Users)/|index-url|--hash=", re.IGNORECASE)
    found = {
        f"{path.relative_to(REPOSITORY)}: {match.group()}"
        for path, text in _tracked_texts()
        if path != Path(__file__).resolve() and (match := pattern.search(text))
    }
    assert not found


def test_help_does_not_load_what_only_a_run_needs() -> None:
    """`okoshi --help` must come at once; `import mesa` alone costs a second."""
    assert importlib.util.find_spec("okoshi.app.command_line") is not None
    code = (
        "import sys\n"
        "from okoshi.app.command_line import main\n"
        "sys.argv = ['okoshi', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
        "print('loaded:', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "okoshi run" in done.stdout or "run" in done.stdout.split()
    loaded = set(done.stdout.rpartition("loaded:")[2].split())
    assert "okoshi" in loaded
    assert not loaded & SLOW_MODULES


def _headings(text: str) -> list[str]:
    outside_fences = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#+(?= )", outside_fences, flags=re.MULTILINE)


def _commands(text: str) -> list[str]:
    """Return what a reader may type, without the comments, which are in the reader's language."""
    fenced = [
        re.sub(r"\s*#.*", "", line)
        for block in re.findall(r"^```(?:sh|python)\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    return [line for line in fenced if line] + re.findall(r"`((?:okoshi|make) [^`]+)`", text)


def test_both_readmes_say_the_same() -> None:
    english, japanese = (path.read_text(encoding="utf-8") for path in READMES)
    assert _headings(english) == _headings(japanese)
    assert _commands(english) == _commands(japanese)
    assert len(_commands(english)) > 10


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_readme_names_only_what_exists(readme: Path) -> None:
    """Each `make` target, each linked file and each path of the layout is there."""
    text = readme.read_text(encoding="utf-8")
    targets = set(
        re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    linked = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r"^\s*([\w/.-]+/)\s{2,}\S", text, re.MULTILINE)
    assert linked
    assert [name for name in linked if not (REPOSITORY / name).exists()] == []


@pytest.mark.skipif(os.name != "posix", reason="the finder is a shell script")
def test_python_finder_says_what_to_install(tmp_path: Path) -> None:
    """Shims that fail and an old Python on the path are no Python; the message names a way out."""
    old = tmp_path / "python3.13"
    old.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n", encoding="utf-8")
    old.chmod(0o755)
    finder = ["/bin/sh", str(REPOSITORY / "tools" / "find_python.sh")]
    bare = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    none = subprocess.run(finder, env=bare, capture_output=True, text=True, check=False)
    assert (none.returncode, none.stdout) == (1, "")
    assert "3.12 or newer" in none.stderr
    assert "python3-venv" in none.stderr

    (tmp_path / "python3").symlink_to(sys.executable)
    found = subprocess.run(finder, env=bare, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()).is_file()
