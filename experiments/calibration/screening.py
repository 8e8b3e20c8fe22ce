"""Which assumed parameters move what a calibration looks at: each alone goes to the farther end of its range.

Draws are keyed, so both runs hold the same people and a difference is the parameter's own. The table that comes
out says by how many tolerances (observation error and model discrepancy together) each parameter moves the targets
and the headlines. A calibration varies those that move a target; the rest stays where it is and is named.

    python experiments/calibration/screening.py OUT.csv [workers [room ...]]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from okoshi.parameters.catalogue import Parameter, catalogue
from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import Task, run_tasks

ROOMS = (
    "municipalities",
    "applicants",
    "recruitment",
    "cooperators",
    "settlement",
    "settlers",
    "startups",
    "programmes",
    "dispatch",
)
LAST = 2023
COUNTS = (
    "members",
    "municipalities_with_members",
    "municipalities_ever_with_members",
    "municipalities_formerly_with_members",
    "ended_so_far",
    "settled",
    "hired",
)
SHARES = (
    "settled_share_all",
    "settled_share_last_5_years",
    "settled_same_share",
    "settled_nearby_share",
    "startup_share",
    "employed_share",
    "farming_forestry_share",
    "exited_within_6_months_share",
    "exited_within_12_months_share",
    "gone_after_3_to_4_years_share",
    "hires_by_applicants",
)
DISPATCH = ("dispatched_dispatched", "municipalities_with_dispatched", "companies_with_dispatched")
TAILS = ("largest_in_a_municipality", "tenth_largest_in_a_municipality")
YEARS = (2014, 2018, 2023)


def candidates(rooms: Sequence[str]) -> list[Parameter]:
    """Return the assumed behavioural numbers of these rooms of parameters that have a range."""
    return [
        parameter
        for name, parameter in catalogue().items()
        if parameter.range
        and not parameter.dated
        and parameter.type in ("number", "share", "count", "yen")
        and name.split(".")[0] == "behaviour"
        and name.split(".")[1] in rooms
    ]


def farther_end(parameter: Parameter) -> float:
    """Return the end of the range that is farther from the start value."""
    start, (low, high) = float(parameter.in_year()), parameter.range  # type: ignore[arg-type]
    return high if high - start >= start - low else low


def outcomes(task: Task) -> dict[str, float]:
    """Run one task and return its outcomes, counts as logs."""
    from okoshi.simulation import RegionalModel

    model = RegionalModel(task.scenario, rng=task.seed)
    model.run()
    table = model.tables(["national"])["national"]
    found = {}
    for year in YEARS:
        row = int(np.flatnonzero(table["fiscal_year"] == year)[0])
        for name in (*COUNTS, *DISPATCH, *TAILS):
            found[f"{name}@{year}"] = float(np.log(table[name][row] + 1))
        for name in SHARES:
            found[f"{name}@{year}"] = float(table[name][row])
    return found


def main(out: Path, workers: int, rooms: Sequence[str]) -> None:
    """Run each parameter at its farther end, on the same seed, and write the differences."""
    start = load_scenario("baseline", set={"behaviour.parameters": "prior"}, years=(2009, LAST))
    chosen = candidates(rooms)
    tasks = [Task(start, 0, ()), Task(start, 1, ())]
    for parameter in chosen:
        value = farther_end(parameter)
        tasks.append(
            Task(
                start.changed(
                    {parameter.name: round(value) if parameter.type in ("count", "yen") else value}
                ),
                0,
                (),
            )
        )
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        base: dict[str, float] = {}
        for number, found in enumerate(run_tasks(tasks, workers, outcomes)):
            if number == 0:
                base = found
                writer.writerow(["parameter", "start", "value", *base])
                continue
            name = "another seed" if number == 1 else chosen[number - 2].name
            from_to = [""] * 2
            if number > 1:
                parameter = chosen[number - 2]
                from_to = [f"{parameter.in_year()}", f"{farther_end(parameter)}"]
            writer.writerow([name, *from_to, *(f"{found[key] - base[key]:.5f}" for key in base)])
            file.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, sys.argv[3:] or ROOMS)
