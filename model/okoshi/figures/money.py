"""Who pays, year by year? What was spent, stacked by payer or by measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from okoshi.agents.books import LABELS, Payer
from okoshi.engine.columns import Array
from okoshi.figures.about import About
from okoshi.figures.style import (
    INK,
    Picture,
    canvas,
    fill_style,
    legend,
    look,
    name_axes,
    name_years,
    picture,
)
from okoshi.figures.words import ColumnsMissingError, axis_scale, figure_text, listed, need
from okoshi.language.messages import say

if TYPE_CHECKING:
    import pandas as pd

PAYERS = tuple(payer.name.lower() for payer in Payer)
OWN_SPENDING = ("own_talent", "pool_pay", "municipal_support")  # bodies pay these with no measure, too
PASSED_ON = ("municipality", "prefecture", "special_allocation_tax")  # payees: money that goes on to somebody
OWN = "own_spending"
WIDTH_OF_BAR = 0.82  # years


@look()
def money_by_payer(national: pd.DataFrame, about: About, *, name: str = "money_by_payer") -> Picture:
    """Draw what each payer bore by fiscal year, net of what it received; the mean over replicates.

    Raises ColumnsMissingError without the columns `yen_PAYER`.
    """
    columns = [f"yen_{payer}" for payer in PAYERS]
    need("national", national, ("fiscal_year", *columns))
    table = national.groupby("fiscal_year")[columns].mean()
    table.columns = [say(f"pictures.payer_{payer}") for payer in PAYERS]
    return _stacked(table, say("pictures.money_title"), about, name)


@look()
def money_by_measure(ledger: pd.DataFrame, about: About, *, name: str = "money_by_measure") -> Picture:
    """Draw what each measure cost by fiscal year, whoever paid; the mean over replicates.

    Payments that only pass money on (to a municipality, a prefecture or back) are left out, so that nothing counts
    twice. What bodies spend of their own, mostly with no measure at all too, is no measure's cost and stands apart.
    Raises ColumnsMissingError where one measure alone was paid for: then it is `money_by_payer` again.
    """
    wanted = ("replicate", "fiscal_year", "measure", "item", "payee", "yen")
    need("ledger", ledger, wanted)
    replicates = ledger["replicate"].nunique()
    spent = ledger[~ledger["payee"].isin(PASSED_ON)]
    of_measure = spent["measure"].astype(str).mask(spent["item"].isin(OWN_SPENDING), OWN)
    table = spent.groupby(["fiscal_year", of_measure])["yen"].sum().unstack(fill_value=0) / replicates
    if len(table.columns) < 2:
        raise ColumnsMissingError(say("pictures.one_measure"))
    known = [measure for measure in (*LABELS.measure, OWN) if measure in table.columns]
    table = table[known]
    table.columns = [say(f"pictures.measure_{measure}") for measure in known]
    return _stacked(table, say("pictures.measures_title"), about, name)


def _stacked(table: pd.DataFrame, title: str, about: About, name: str) -> Picture:
    table = table.loc[:, (table != 0).any()]
    if table.empty:
        raise ColumnsMissingError(say("pictures.nothing_spent"))
    figure, (axes,) = canvas(title, about, height=3.4)
    scale, unit = axis_scale("yen", float(table.clip(lower=0).sum(axis=1).max()))
    years = table.index.to_numpy()
    above, below = np.zeros(len(years)), np.zeros(len(years))
    for number, column in enumerate(table.columns):
        values = table[column].to_numpy(dtype=float) * scale
        bottom = np.where(values >= 0, above, below)
        axes.add_patch(PathPatch(_bars(years, values, bottom), label=column, **fill_style(number)))
        above, below = above + np.maximum(values, 0), below + np.minimum(values, 0)
    axes.autoscale_view()
    axes.axhline(0, color=INK, linewidth=0.8)
    name_years(axes)
    name_axes(axes, upwards=say("pictures.nominal", unit=unit))
    legend(figure, *axes.get_legend_handles_labels())
    return picture(name, title, _in_words(table), figure)


def _bars(years: Array, values: Array, bottom: Array) -> Path:
    """Return all bars of a payer as one path: hatching each by itself takes ten times as long."""
    left, right = years - WIDTH_OF_BAR / 2, years + WIDTH_OF_BAR / 2
    top = bottom + values
    corners = ((left, bottom), (right, bottom), (right, top), (left, top))
    return Path.make_compound_path_from_polys(np.array(corners, dtype=float).transpose(2, 0, 1))


def _in_words(table: pd.DataFrame) -> str:
    last = table.index[-1]
    row = table.loc[last].sort_values(ascending=False)
    parts = [f"{who} {figure_text(float(yen), 'yen')}" for who, yen in row.items() if yen != 0]
    totals = table.sum(axis=1)
    return say(
        "pictures.money_words",
        first=table.index[0],
        last=last,
        start=figure_text(float(totals.iloc[0]), "yen"),
        end=figure_text(float(totals.iloc[-1]), "yen"),
        whole=figure_text(float(totals.sum()), "yen"),
        parts=listed(parts),
    )
