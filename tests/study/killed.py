"""A sweep of stand-in runs that a test kills: `python killed.py FOLDER POINTS WORKERS`."""

import sys
from pathlib import Path

import stand_in

from okoshi.study.runner import Here, Processes

if __name__ == "__main__":
    folder, points, workers = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    sweep = stand_in.sweep_in(folder, points)
    with sweep.store.locked():
        sweep.store.claim(sweep.owner)
        print("working", flush=True)
        engine = Processes(workers) if workers > 1 else Here()
        sweep.run(engine, sweep.to_do(sweep.found()), stand_in.short)
