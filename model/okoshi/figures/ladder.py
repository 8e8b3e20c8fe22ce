"""Do founders bend their projects to the ladder? Loans and grants of Local 10,000 (ローカル10,000) at its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from okoshi.engine.columns import Array
from okoshi.figures.about import About
from okoshi.figures.style import INK, Picture, canvas, fill_style, look, name_axes, picture
from okoshi.figures.words import ColumnsMissingError, axis_scale, figure_text, listed, need
from okoshi.language.messages import say
from okoshi.observe.local_10000_columns import LOAN_KINKS, RATIO_STEPS

if TYPE_CHECKING:
    import pandas as pd

PLAIN = "#E4E4E4"
NEAR = 0.001  # as the columns of the national table count what lies exactly at a step
RATIO_BIN, HIGHEST_RATIO = 0.1, 4.0
LOAN_BIN, HIGHEST_LOAN = 2.5, 150.0  # million yen


@look()
def bunching_at_the_ladder(
    enterprises: pd.DataFrame, about: About, *, name: str = "bunching_at_the_ladder"
) -> Picture:
    """Draw how loan over grant, and the loan, are spread among funded enterprises, with the steps of the ladder.

    All replicates together. The steps are those of FY2024. What lies beyond the axis is counted into the last bar.
    """
    need("enterprises", enterprises, ("replicate", "loan", "grant"))
    funded = enterprises[enterprises["grant"] > 0]
    if funded.empty:
        raise ColumnsMissingError(say("pictures.no_rows", table="enterprises"))
    ratio = (funded["loan"] / funded["grant"]).to_numpy(dtype=float)
    loan = funded["loan"].to_numpy(dtype=float)
    scale, unit = axis_scale("yen", 1e7)  # million yen, or 万円
    replicates = enterprises["replicate"].nunique()
    of_replicates = {
        "count": figure_text(len(funded)),
        "replicates": figure_text(replicates),
        "mean": figure_text(len(funded) / replicates),
    }
    many = "" if replicates == 1 else "_many"
    title = say(f"pictures.ladder_title{many}", **of_replicates)
    figure, (left, right) = canvas(title, about, height=3.0, columns=2)
    _histogram(left, ratio, RATIO_BIN, HIGHEST_RATIO, RATIO_STEPS)
    _histogram(
        right,
        loan * scale,
        LOAN_BIN * 1e6 * scale,
        HIGHEST_LOAN * 1e6 * scale,
        [k * 1e6 * scale for k in LOAN_KINKS],
    )
    left.set_title(say("pictures.ladder_ratio"))
    right.set_title(say("pictures.ladder_loan"))
    name_axes(left, say("pictures.ladder_ratio_unit"), say("pictures.ladder_share"))
    name_axes(right, unit, say("pictures.ladder_share"))
    right.xaxis.set_major_formatter("{x:,.10g}")
    right.xaxis.set_major_locator(MaxNLocator(nbins=4))
    parts = [
        say("pictures.ladder_step", step=f"{step:g}", share=figure_text(_at(ratio, step), "share"))
        for step in RATIO_STEPS
    ] + [
        say(
            "pictures.ladder_kink",
            loan=figure_text(kink * 1e6, "yen"),
            share=figure_text(_at(loan, kink * 1e6), "share"),
        )
        for kink in LOAN_KINKS
    ]
    words = say(f"pictures.ladder_words{many}", **of_replicates, parts=listed(parts))
    return picture(name, title, words, figure)


def _histogram(
    axes: Axes, values: Array, width: float, highest: float, steps: list[float] | tuple[float, ...]
) -> None:
    edges = np.arange(-width / 2, highest + width, width)  # a step lies in the middle of its bar
    counts, _ = np.histogram(np.minimum(values, edges[-1] - width / 2), bins=edges)
    shares = 100 * counts / len(values)
    middle = edges[:-1] + width / 2
    at_step = np.isclose(middle[:, None], np.asarray(steps)[None, :], atol=width / 4).any(axis=1)
    axes.bar(middle, shares, width=width * 0.92, facecolor=PLAIN, edgecolor=INK, linewidth=0.5)
    axes.bar(middle[at_step], shares[at_step], width=width * 0.92, **fill_style(0))
    for step in steps:
        axes.axvline(step, color=INK, linestyle=":", linewidth=1)
    axes.set_xlim(-width, highest + width)


def _at(values: Array, step: float) -> float:
    return float((np.abs(values / step - 1) <= NEAR).mean())
