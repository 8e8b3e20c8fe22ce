"""Every script among the experiments runs as it is written, at a small size: what nobody runs breaks unseen."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
# The least that each may be asked for, and words of what it prints then.
SCRIPTS = {
    "links.py": ("1 2", "| all off | "),
    "people_agents_table.py": ("1 2049", "2050"),
    "people_moves.py": ("1", "local_mortality: "),
    "rest_of_nation_table.py": ("1", "[share_of_vans]"),
    "starting_values.py": ("1 1 2", "start 0: "),
    "calibration/screening.py": ("/dev/stdout 2 settlers", "settlers.go_level"),
    "benchmarks/member_month.py": ("--members 300 --rounds 1", "times as fast"),
    "benchmarks/national_run.py": ("--rounds 1", "ten countries take"),
    "benchmarks/sweep_overhead.py": ("--runs 20 --many 2000", "over the runs themselves"),
}
NEEDS = {"benchmarks/member_month.py": "numba"}


def test_every_script_among_the_experiments_is_run_here() -> None:
    assert {path.relative_to(EXPERIMENTS).as_posix() for path in EXPERIMENTS.rglob("*.py")} == set(SCRIPTS)


@pytest.mark.full
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_among_the_experiments_runs(name: str) -> None:
    if name in NEEDS and find_spec(NEEDS[name]) is None:
        pytest.skip(f"{name} needs {NEEDS[name]} (extra `benchmarks`)")
    arguments, words = SCRIPTS[name]
    command = [sys.executable, str(EXPERIMENTS / name), *arguments.split()]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-2_000:]
    assert words in said.stdout
