"""The official figures that a run is compared with, read from `observed.toml`."""

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
    text = resources.files("okoshi.observe").joinpath("observed.toml").read_text(encoding="utf-8")
    figures = []
    for entry in tomllib.loads(text)["series"]:
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
