"""What the README tells a newcomer to type, typed word for word."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest


def _blocks(readme: Path, language: str) -> list[str]:
    text = readme.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def newcomer(repository: Path, tmp_path: Path) -> Path:
    """Return a folder like a clone after `make run`: the environment, and the file from the README."""
    (tmp_path / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    (scenario,) = _blocks(repository / "README.md", "toml")
    (tmp_path / "startup_aid.toml").write_text(scenario, encoding="utf-8")
    return tmp_path


def _type(line: str, folder: Path) -> str:
    path = f"{folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_own_scenario_of_the_readme_is_right(name: str, repository: Path, newcomer: Path) -> None:
    (scenario,) = _blocks(repository / name, "toml")
    (newcomer / "startup_aid.toml").write_text(scenario, encoding="utf-8")
    assert "startup_per_member" in _type("okoshi check startup_aid.toml", newcomer)


@pytest.mark.full
def test_the_newcomers_path_works_as_written(repository: Path, newcomer: Path) -> None:
    commands = _blocks(repository / "README.md", "sh")[1].splitlines()
    assert commands[0].startswith("export PATH=")
    for command in commands[1:]:
        assert _type(command, newcomer), command
    runs = {
        name: pd.read_parquet(newcomer / "results" / name / "national.parquet")
        for name in ("startup_aid", "quick")
    }
    assert (runs["startup_aid"]["members"] == runs["quick"]["members"]).all()
    assert _type(f"python -c '{_blocks(repository / 'README.md', 'python')[0]}'", newcomer)
