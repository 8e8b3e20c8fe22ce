"""Patterns beyond single figures, read from the national table and the members of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array

type Table = Mapping[str, Array]
type Reader = Callable[[Table, Table], float]

LAST_PLATEAU_YEAR, FIRST_PLATEAU_YEAR = 2020, 2018


@dataclass(frozen=True)
class Pattern:
    """One pattern: its name, label (as of official figures), what it is officially, and how it is read.

    `low` and `high` are the official range: a figure with its uncertainty, or a side that is left open. Members are
    those that the model contains, as `ObservedFigure.compared` has them.
    """

    name: str
    label: str
    low: float
    high: float
    read: Reader


SURVEY = "2020-03"  # 定住状況調査 that tells sexes and ages apart


def value_in(national: Table, column: str, year: int) -> float:
    """Return a column in a fiscal year, not a number where the table has none."""
    rows = np.flatnonzero(np.asarray(national["fiscal_year"]) == year)
    return float(national[column][rows[0]]) if len(rows) else float("nan")


def growth(column: str, first: int, last: int) -> Reader:
    """Return a reader of how much a column grew between two years, as a share."""
    return lambda national, _: value_in(national, column, last) / value_in(national, column, first) - 1.0


def rise(column: str, first: int, last: int) -> Reader:
    """Return a reader of the difference of a column between two years."""
    return lambda national, _: value_in(national, column, last) - value_in(national, column, first)


def ratio(top: str, bottom: str, year: int) -> Reader:
    """Return a reader of one column over another in a year."""
    return lambda national, _: value_in(national, top, year) / value_in(national, bottom, year)


def settled_of(sex: str, lowest: int, highest: int) -> Reader:
    """Return a reader of the settled share of those who ended by FY2019, of one sex and age at the start.

    The survey asked where they lived on 31 March 2020: who went or died later still counts as settled.
    """

    def read(_: Table, members: Table) -> float:
        ended = np.asarray(members["end_month"]).astype(str)
        rows = (ended != "") & (ended <= SURVEY) & (np.asarray(members["sex"]) == sex)
        age = np.asarray(members["age"])
        rows &= (age >= lowest) & (age < highest)
        still = np.isin(np.asarray(members["settled"])[rows], ("same", "nearby"))
        later = [
            np.asarray(members[when]).astype(str)[rows] > SURVEY
            for when in ("gone_again_month", "died_month")
        ]
        settled = still | later[0] | later[1]
        return float(settled.mean()) if len(settled) else float("nan")

    return read


PATTERNS = (
    Pattern("plateau", "fitted", -0.010, 0.050, growth("members", FIRST_PLATEAU_YEAR, LAST_PLATEAU_YEAR)),
    Pattern("second_rise", "fitted", 0.27, 0.36, growth("members", LAST_PLATEAU_YEAR, 2023)),
    Pattern("arrivals_stop_growing", "fitted", -0.15, 0.10, growth("hired", 2016, 2018)),
    Pattern("rise_of_settled_share", "fitted", 0.045, 0.085, rise("settled_share_all", 2014, 2021)),
    Pattern("same_to_nearby", "fitted", 3.6, 4.9, ratio("settled_same", "settled_nearby", 2018)),
    Pattern("women_in_their_40s", "emergent", 0.70, 1.0, settled_of("woman", 40, 50)),
    Pattern("men_over_60", "fitted", 0.0, 0.50, settled_of("man", 60, 100)),
)
