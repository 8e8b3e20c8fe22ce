"""Find anew the draw that stands for each fit that ships: the one whose runs are nearest the median of the ensemble's.

For who changed how that draw is found, or whose model gives the fits' runs a little differently: the draws stay as they
are (`tools/repeat_fits.py` says whether they still hold), and no pool is needed. Some five minutes a fit on two cores.

    python tools/represent_fits.py [--workers 2] [--only fy2023.parquet]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from repeat_fits import read_by, scenario_of

from okoshi.parameters.posterior import posterior_folder, read_posterior, write_posterior
from okoshi.study.representing import represented, search
from okoshi.study.runs import Task, run_tasks
from okoshi.study.targets import targets_of
from okoshi.study.validating import Seen, see


def main() -> None:
    """Find the draw of every fit, or of one, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", default="*.parquet")
    arguments = parser.parse_args()

    def do(tasks: Sequence[Task]) -> Iterator[Seen]:
        return run_tasks(tasks, arguments.workers, see)

    for file in sorted(posterior_folder().glob(arguments.only)):
        posterior = read_posterior(file)
        about = posterior.about
        targets = targets_of(about["horizon"], [column for column, _ in read_by(about)], about["last_year"])
        if [target.label for target in targets] != about["targets"]:
            raise SystemExit(f"{file.name} was fitted to other figures than this version would read")
        number = search(scenario_of(about), posterior, targets, do)
        print(f"{file.name}: draw {number} (before, {about['representative']})", flush=True)
        write_posterior(file, represented(posterior, number))


if __name__ == "__main__":
    main()
