"""Write the golden run anew, on purpose: `python tests/golden/renew.py`."""

from __future__ import annotations

import json
import math
from pathlib import Path

from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import run

GOLDEN = Path(__file__).with_name("national.json")
PREFECTURES = ["島根県", "長野県"]
YEARS = (2009, 2020)


def golden_run() -> dict[str, list[object]]:
    """Return the national table of the small run as plain lists; not a number is null."""
    scenario = load_scenario("cooperators_only", set={"world.prefectures": PREFECTURES}, seed=1, years=YEARS)
    national = run(scenario, tables=["national"]).arrays["national"]
    return {
        name: [None if isinstance(value, float) and math.isnan(value) else value for value in column.tolist()]
        for name, column in national.items()
    }


def main() -> None:
    """Write the table, one column a line."""
    lines = [f'  "{name}": {json.dumps(values)}' for name, values in golden_run().items()]
    GOLDEN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"wrote {GOLDEN}")


if __name__ == "__main__":
    main()
