"""An experiment of a few short runs, as a user writes it."""

from pathlib import Path

SCENARIO = """\
title = "A small part of the country, five years"
extends = "baseline"
years = [2009, 2013]

[world]
prefectures = ["島根県"]
"""
EXPERIMENT = """\
title = "Aid and matching"
scenario = "./small.toml"
method = "grid"
samples = {samples}
replicates = {replicates}
seed = 3

[[factors]]
parameter = "policy.cooperators.startup_per_member@2011"
range = [0, 3_000_000]

[[factors]]
parameter = "structure.matching"
values = ["search", "deferred_acceptance"]

[[outcomes]]
column = "national.members"
year = 2013

[[outcomes]]
column = "national.settled_share_all"
year = 2012
"""


def write_experiment(folder: Path, samples: int = 3, replicates: int = 2) -> Path:
    """Write it into a folder and return its file; it has samples x 2 x replicates runs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.toml").write_text(SCENARIO, encoding="utf-8")
    path = folder / "aid.toml"
    path.write_text(EXPERIMENT.format(samples=samples, replicates=replicates), encoding="utf-8")
    return path
