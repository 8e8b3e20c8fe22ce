"""The kinds of agent as a Mesa user meets them: `model.agents_by_type[Cooperator]`."""

from __future__ import annotations

from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import Municipalities
from okoshi.agents.views import ColumnAgent


class Municipality(ColumnAgent, table=Municipalities):
    """A municipality (市町村)."""


class Cooperator(ColumnAgent, table=Members):
    """A cooperator (地域おこし協力隊員): from hiring on, through the term, as a settler, until leaving."""
