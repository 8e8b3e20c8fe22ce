"""Columns of the municipalities on 31 March."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags
from okoshi.agents.cooperators import Members
from okoshi.agents.municipalities import CAPACITY_COLUMNS, Municipalities
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Array
from okoshi.observe import operators as read


def municipal_columns(table: Municipalities, members: Members, until: int) -> dict[str, Array]:
    """Return one array (municipalities) a column, for the year that ends before month `until`."""
    places = len(table)

    def count(who: Flags) -> Array:
        return np.bincount(members.municipality[who], minlength=places)

    settled = read.settled_now(members)
    started = (members.startup_month >= until - MONTHS) & (members.startup_month < until)
    ended = read.ended_in_last_years(members, until, 1)
    return {
        "members": read.members_by_place(members, until, places),
        "members_on_31_march": count(read.serving_on_31_march(members, until)),
        "posts": table.posts.copy(),
        "hired": table.hired.copy(),
        "ended": count(ended),
        "ended_so_far": count(read.ended_by(members, until)),
        "settled_from_here": count(settled),
        "settled_stock": np.bincount(members.settled_municipality[settled], minlength=places),
        "startups_by_members": count(started),
        "staff_hours": table.staff_hours.copy(),
        "staff_yen": table.staff_yen.copy(),
        "support_capacity": table.support_capacity.copy(),
        "offered_pay": table.offered_pay.copy(),
        "reason_not_joined": table.reason.copy(),
        **{name: getattr(table, name).copy() for name in CAPACITY_COLUMNS},
    }
