"""National runs of `baseline` and `cooperators_only`, and ten countries: seconds, megabytes, what an agent costs.

Each run has a fresh process. The clock starts with the libraries imported and the scenario loaded and includes
making the model; memory is the highest the process ever held, Python and libraries included.

    python experiments/benchmarks/national_run.py [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SCENARIO = """\
title = "{scale} countries side by side"
extends = "{base}"

[world]
scale = {scale}
"""


def peak_megabytes() -> float:
    """Return the most memory this process has held."""
    status = Path("/proc/self/status")
    if status.exists():  # since the program began; what getrusage says may be the parent's
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    units = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * units / 2**20


def run_once(scenario_file: str) -> None:
    """Run in this process and print what it took."""
    from okoshi import RegionalModel, load_scenario

    scenario = load_scenario(scenario_file)
    began, busy = time.perf_counter(), time.process_time()
    model = RegionalModel(scenario, rng=1)
    made = time.perf_counter()
    model.run()
    done = time.perf_counter()
    figures = {"made": made - began, "seconds": done - began, "busy": time.process_time() - busy}
    figures["megabytes"] = peak_megabytes()
    figures["agent_steps"] = 12.0 * scenario_years(scenario) * sum(map(len, model.agents_by_type.values()))
    print(json.dumps({**figures, "members": len(model.members)}))


def scenario_years(scenario: object) -> int:
    """Return how many fiscal years a scenario lives, from FY2009 on."""
    return int(scenario.years[1]) - 2008  # type: ignore[attr-defined]


def in_fresh_processes(base: str, scale: int, rounds: int) -> list[dict[str, float]]:
    """Return what each of several runs took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{base}_{scale}.toml"
        path.write_text(SCENARIO.format(base=base, scale=scale), encoding="utf-8")
        command = [sys.executable, __file__, "--once", str(path)]
        environment = {**os.environ, **ONE_THREAD}
        return [
            json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
            for _ in range(rounds)
        ]


def seconds_of_help(rounds: int) -> list[float]:
    """Return how long `okoshi --help` took, process and all."""
    script = Path(sys.executable).with_name("okoshi")
    run_main = "from okoshi.app.command_line import main; main()"
    command = [str(script)] if script.exists() else [sys.executable, "-c", run_main]
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run([*command, "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--once", metavar="SCENARIO", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once:
        run_once(arguments.once)
        return
    medians = {}
    for base, scale, seconds_wanted, megabytes_wanted in (
        ("baseline", 1, "2.0", 500),
        ("cooperators_only", 1, "1.2", 400),
        ("cooperators_only", 10, "12 times the one before", 2_000),
    ):
        runs = in_fresh_processes(base, scale, arguments.rounds if scale == 1 else min(arguments.rounds, 3))
        seconds, making = ([run[name] for run in runs] for name in ("seconds", "made"))
        medians[scale] = statistics.median(seconds)
        print(f"{base}, {scale} x Japan, {runs[0]['members']:,} members ever:")
        print(
            f"  {medians[scale]:.2f} s in the middle, {min(seconds):.2f} at best (at most {seconds_wanted})"
        )
        print(f"  of which making the model {statistics.median(making):.2f} s")
        each = medians[scale] / runs[0]["agent_steps"]
        print(f"  {1e9 * each:.1f} ns an agent-month (all agents alive at the end)")
        print(f"  processor time {statistics.median(run['busy'] for run in runs):.2f} s")
        print(f"  {max(run['megabytes'] for run in runs):.0f} MB (at most {megabytes_wanted})")
    print(f"ten countries take {medians[10] / medians[1]:.1f} times the time of one (at most 12)")
    times = seconds_of_help(arguments.rounds)
    middle, best = statistics.median(times), min(times)
    print(f"okoshi --help: {middle:.2f} s in the middle, {best:.2f} at best (at most 0.4)")


if __name__ == "__main__":
    main()
