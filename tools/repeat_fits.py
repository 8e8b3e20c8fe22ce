"""Whether the fits that ship hold in this version too: at their draws its runs must give what a fit reads.

Who makes a step faster, or mends what a fit's runs hardly meet, has another version of the model with the same numbers;
hours of runs need not be done again for that. Both versions run on this machine, side by side, since last bits differ
between kinds of CPU: that of the fits from a checkout of it.

    git worktree add ../fitted COMMIT
    python tools/repeat_fits.py ../fitted [--draws 8]

Of each fit so many draws of its ensemble and of its prior run once. Where every target and headline is the same to
0.75% of a count, or as many points of a share (half of the least error that a fit allows), or to two persons (of whom
the largest municipality has few), the fit says that it is this version's too, whose it was, how many runs were the same
to the last bit and how far the others were off. Else the runs that differ are printed, nothing is written, and the exit
status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from okoshi.parameters.posterior import (
    POSTERIOR,
    PRIOR,
    posterior_folder,
    read_posterior,
    write_posterior,
)
from okoshi.scenario.scenario import Scenario, load_scenario
from okoshi.study.maker import this_maker
from okoshi.study.outcomes import TABLE, OutcomeChoice

SCENARIOS = Path(__file__).parent.parent / "experiments" / "calibration"
SCENARIO_OF = {
    "diffusion": "cooperators_and_dispatch.toml",
    "budget": "cooperators_and_dispatch_by_budget.toml",
}
FIRST_SEED = 2_000_003  # not among those of pools, fits or results
SAME, PERSONS = 0.0075, 2.0


def scenario_of(about: Mapping[str, Any]) -> Scenario:
    """Return the scenario whose runs a fit rests on."""
    return load_scenario(SCENARIOS / SCENARIO_OF[about["structure"]["adoption"]])


def read_by(about: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return what a fit read of the national table: column and fiscal year."""
    labels = (label.removeprefix(f"{TABLE}.").split("@") for label in about["targets"])
    return [(column, int(year)) for column, year in labels]


def print_runs(file: Path, draws: int) -> None:
    """Print this version, then a line a run: what the fit reads of it, in hexadecimal to the last bit."""
    from okoshi.study.calibrating import HEADLINES
    from okoshi.study.jobs import Job, run_job

    posterior = read_posterior(file)
    about, last = posterior.about, posterior.about["last_year"]
    read = (*read_by(about), *((name, last) for name in HEADLINES))
    outcomes = tuple(OutcomeChoice(TABLE, name, year) for name, year in read)
    scenario = scenario_of(about).changed(years=(2009, last))
    print(json.dumps(this_maker().model))
    for kind in (POSTERIOR, PRIOR):
        for draw in range(draws):
            settings = scenario.settings.with_draw(posterior.values(draw, kind))
            job = Job("", "", replace(scenario, settings=settings), FIRST_SEED + draw, outcomes)
            seen = {label: float(value).hex() for label, value in run_job(job).items()}
            print(json.dumps({"run": f"{kind} {draw}", **seen}), flush=True)


def runs_by(checkout: Path, file: Path, draws: int) -> subprocess.Popen[str]:
    """Start the runs of a fit with the version in a checkout."""
    command = [sys.executable, __file__, "--print", str(file), "--draws", str(draws)]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "model"), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def lines_of(process: subprocess.Popen[str]) -> list[Any]:
    """Return what a process printed, a JSON value a line. Raises SystemExit where it failed."""
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the runs ended with {process.returncode}")
    return [json.loads(line) for line in out.splitlines()]


def difference(one: dict[str, str], other: dict[str, str]) -> float:
    """Return the largest difference between two runs, counts as logarithms, beyond some persons.

    Infinite where only one has a number.
    """
    from okoshi.study.targets import is_count, scaled  # not in every version that fitted

    most = 0.0
    for name in one.keys() - {"run"}:
        column = name.partition(".")[2].partition("@")[0]
        values = np.array([float.fromhex(run[name]) for run in (one, other)])
        if np.isnan(values).all() or (is_count(column) and abs(values[1] - values[0]) <= PERSONS):
            continue
        before, after = scaled(column, values)
        most = max(most, abs(after - before) if np.isfinite(values).all() else np.inf)
    return float(most)


def main() -> int:
    """Repeat every fit that ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("fitted", type=Path, nargs="?", help="checkout of the version that fitted")
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--print", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.print:
        print_runs(arguments.print, arguments.draws)
        return 0
    here, status = Path(__file__).parent.parent, 0
    for file in sorted(posterior_folder().glob("*.parquet")):
        if read_posterior(file).about["model"] == this_maker().model:
            continue
        started = [runs_by(checkout, file, arguments.draws) for checkout in (arguments.fitted, here)]
        (there, *fitted), (now, *repeated) = (lines_of(process) for process in started)
        posterior = read_posterior(file)
        if posterior.about["model"] != there:
            raise SystemExit(f"{file.name} was fitted with {posterior.about['model']}, not {there}")
        apart = {one["run"]: difference(one, other) for one, other in zip(fitted, repeated, strict=True)}
        same = sum(one == other for one, other in zip(fitted, repeated, strict=True))
        most = max(apart.values())
        print(
            f"{file.name}: {same} of {len(apart)} runs are the same to the last bit in {now}, off by {most:.2g} at most"
        )
        if most > SAME:
            print("  " + ", ".join(f"{run} ({value:.2g})" for run, value in apart.items() if value > SAME))
            status = 1
            continue
        repeats = {
            "model": there,
            "runs": len(apart),
            "same_to_the_last_bit": same,
            "largest_difference": most,
        }
        write_posterior(file, replace(posterior, about={**posterior.about, "model": now, "repeats": repeats}))
    return status


if __name__ == "__main__":
    sys.exit(main())
