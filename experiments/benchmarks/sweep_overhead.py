"""What a sweep costs over its runs: time at half a second a run, and memory of the parent from few runs to many.

Runs are stand-ins that keep a processor busy for a given time; designs, keys, engine, store and the final table are
the real ones. Each sweep has a fresh process and the clock starts before it, so start-up counts.

    python experiments/benchmarks/sweep_overhead.py [--runs 1000] [--many 50000]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okoshi.study.jobs import Job, Values

WORKERS = 2
SECONDS_A_RUN, SECONDS_A_STUB = 0.5, 0.001
MOST_OVERHEAD, MOST_MEGABYTES_MORE = 0.05, 25
REPLICATES = 10


@dataclass(frozen=True)
class Outcome:
    column: str
    table: str = "national"
    year: int = 2034

    @property
    def label(self) -> str:
        return f"{self.table}.{self.column}@{self.year}"


OUTCOMES = (Outcome("members"), Outcome("settled_share_all"), Outcome("startups_by_members"))


def busy(job: Job, seconds: float) -> Values:
    """Keep a processor busy for some time and return numbers that depend on the job alone."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
    return {outcome.label: job.seed % 997 for outcome in job.outcomes}


def half_a_second(job: Job) -> Values:
    return busy(job, SECONDS_A_RUN)


def a_stub(job: Job) -> Values:
    return busy(job, SECONDS_A_STUB)


def run_once(runs: int, work: str, folder: Path) -> None:
    """Sweep in this process and print the most memory that it held."""
    import numpy as np
    from national_run import peak_megabytes

    from okoshi.scenario.scenario import load_scenario
    from okoshi.study.maker import this_maker
    from okoshi.study.runner import Processes
    from okoshi.study.store import Store
    from okoshi.study.sweep import Plan, Sweep

    base, points = load_scenario("baseline"), runs // REPLICATES
    name = "policy.cooperators.startup_per_member@2025"
    amounts = np.linspace(0, 3_000_000, points).round().astype(np.int64)
    plan = Plan(
        study="benchmark",
        factors={name: amounts},
        points=points,
        replicates=REPLICATES,
        seed=1,
        outcomes=OUTCOMES,
        scenario_of=lambda point: base.changed({name: int(amounts[point])}),
    )
    sweep = Sweep(plan, this_maker(), Store(folder / "store"))
    with sweep.store.locked():
        sweep.store.claim(sweep.owner)
        numbers = sweep.to_do(sweep.found())
        sweep.run(Processes(WORKERS, limit=60), numbers, {"run": half_a_second, "stub": a_stub}[work])
        working = peak_megabytes()
        table = sweep.results(sweep.found())
    assert set(table["status"]) == {"done"}
    print(json.dumps({"runs": len(numbers), "working": working, "table": peak_megabytes()}))


def in_a_fresh_process(runs: int, work: str) -> dict[str, float]:
    """Return what a sweep took: seconds with everything, and megabytes of its parent."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--once", str(runs), work, folder]
        began = time.perf_counter()
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        return {**json.loads(said.stdout), "seconds": time.perf_counter() - began}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--once", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        run_once(int(arguments.once[0]), arguments.once[1], Path(arguments.once[2]))
        return
    figures = in_a_fresh_process(arguments.runs, "run")
    runs_alone = figures["runs"] * SECONDS_A_RUN / WORKERS
    over = figures["seconds"] / runs_alone - 1
    print(f"{figures['runs']:,} runs of {SECONDS_A_RUN} s by {WORKERS} workers: {figures['seconds']:.1f} s")
    print(f"  {over:.1%} over the runs themselves (at most {MOST_OVERHEAD:.0%})")
    held = {count: in_a_fresh_process(count, "stub") for count in (1_000, arguments.many)}
    for count, stub in held.items():
        print(
            f"{count:,} runs of {SECONDS_A_STUB * 1000:.0f} ms: {stub['seconds']:.1f} s, "
            f"parent {stub['working']:.0f} MB while they ran, {stub['table']:.0f} MB with the table"
        )
    more = held[arguments.many]["table"] - held[1_000]["table"]
    print(f"  {more:.0f} MB more for {arguments.many:,} runs (at most {MOST_MEGABYTES_MORE})")


if __name__ == "__main__":
    main()
