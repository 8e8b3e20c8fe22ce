"""The official figures that a run is compared with, read from `observed*.toml`, one file a measure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

FIT = "fit"


@dataclass(frozen=True)
class ObservedFigure:
    """One official figure of one fiscal year, with what it may be used for (fit or validate).

    `series` is the column of the national table that reads it as the statistic does; `dated` the month from which it
    could be known, as `2019-03`; `discrepancy` how far the model may be off for reasons of its own (a standard
    deviation); `counted_beside` how much of the figure is nothing that the model contains.
    """

    fiscal_year: int
    series: str
    value: float
    uncertainty: float
    discrepancy: float
    dated: str
    label: str
    use: str
    source: str
    measure: str
    admitted: bool = False
    never_fitted: bool = False
    counted_beside: float = 0.0

    @property
    def compared(self) -> float:
        """What a run is compared with: the figure less what it counts beside."""
        return self.value - self.counted_beside

    @property
    def tolerance(self) -> float:
        """The standard deviation of the figure from what the model should give: of observing and of the model."""
        return float((self.uncertainty**2 + self.discrepancy**2) ** 0.5)

    def may_be_fitted(self, horizon: int) -> bool:
        """Return whether a fit with this horizon may read the figure."""
        if self.use != FIT or self.never_fitted:
            return False
        return self.admitted or self.dated <= f"{horizon + 1}-03"


@cache
def observed_figures() -> tuple[ObservedFigure, ...]:
    """Return all official figures, in the order of fiscal year and series."""
    folder = resources.files("okoshi.observe")
    figures = [
        figure
        for name in sorted(file.name for file in folder.iterdir() if file.name.startswith("observed"))
        if name.endswith(".toml")
        for entry in tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8")).get("series", [])
        for figure in _figures(entry, name.removesuffix(".toml").removeprefix("observed").strip("_"))
    ]
    return tuple(sorted(figures, key=lambda figure: (figure.fiscal_year, figure.series, figure.value)))


def _figures(entry: Mapping[str, Any], measure: str) -> Iterator[ObservedFigure]:
    for year, value in entry["values"].items():
        beside = float(entry.get("counted_beside", {}).get(year, 0.0))
        yield ObservedFigure(
            fiscal_year=int(year),
            series=entry["name"],
            value=float(value),
            uncertainty=_spread(entry, "uncertainty", value - beside),
            discrepancy=_spread(entry, "discrepancy", value - beside),
            dated=_dated(entry, year),
            label=entry["label"],
            use=entry["use"],
            source=entry["source"],
            measure=measure or "cooperators",
            admitted=entry.get("admitted", False) is True,
            never_fitted=entry.get("never_fitted", False) is True,
            counted_beside=beside,
        )


def _dated(entry: Mapping[str, Any], year: str) -> str:
    """Return the month from which a figure could be known: one for the series, or by year."""
    dated = entry.get("dated", {})
    return str(dated.get(year, f"{int(year) + 1}-03") if isinstance(dated, dict) else dated)


def _spread(entry: Mapping[str, Any], name: str, value: float) -> float:
    """Return a standard deviation, stated as it is or as a share of what is compared."""
    return float(entry.get(name, entry.get(f"relative_{name}", 0.0) * value))
