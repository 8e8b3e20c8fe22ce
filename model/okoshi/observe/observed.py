"""The official figures that a run is compared with, read from `observed*.toml`, one file a measure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class ObservedFigure:
    """One official figure of one fiscal year, with what it may be used for (fit or validate)."""

    fiscal_year: int
    series: str
    value: float
    uncertainty: float
    label: str
    source: str
    use: str


@cache
def observed_figures() -> tuple[ObservedFigure, ...]:
    """Return all official figures, in the order of fiscal year and series."""
    folder = resources.files("okoshi.observe")
    entries = [
        entry
        for name in sorted(file.name for file in folder.iterdir() if file.name.startswith("observed"))
        if name.endswith(".toml")
        for entry in tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")).get("series", [])
    ]
    figures = []
    for entry in entries:
        for year, value in entry["values"].items():
            error = entry.get("uncertainty", entry.get("relative_uncertainty", 0.0) * value)
            figures.append(
                ObservedFigure(
                    int(year),
                    entry["name"],
                    float(value),
                    float(error),
                    entry["label"],
                    entry["source"],
                    entry["use"],
                )
            )
    return tuple(sorted(figures, key=lambda figure: (figure.fiscal_year, figure.series, figure.value)))
