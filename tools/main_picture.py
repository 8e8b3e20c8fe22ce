"""Draw the picture at the top of both READMEs: `make picture`. The same code and scenario give the same bytes."""

from __future__ import annotations

from pathlib import Path

import okoshi
from okoshi.figures import About, Picture, series
from okoshi.language.messages import set_language

FOLDER = Path(__file__).resolve().parents[1] / "docs"
COLUMNS = ("members", "settled_share_last_5_years", "dispatched_dispatched", "mobile_vans")
REPLICATES, DPI = 3, 95
FILES = {"en": "overview.png", "ja": "overview.ja.png"}


def draw(language: str, result: okoshi.Result) -> Picture:
    """Draw official and simulated series of four of the measures in one language."""
    set_language(language)
    try:
        about = About.of_result(result)
        return series(result.national, result.observed, about, COLUMNS, name="overview")
    finally:
        set_language(None)


def simulate() -> okoshi.Result:
    """Return some replicates of the baseline."""
    return okoshi.run(okoshi.load_scenario("baseline"), REPLICATES, tables=["national", "observed"])


if __name__ == "__main__":
    run = simulate()
    for chosen, name in FILES.items():
        draw(chosen, run).save(FOLDER / name, dpi=DPI)
        print(f"{FOLDER / name}: {(FOLDER / name).stat().st_size // 1000} kB")
