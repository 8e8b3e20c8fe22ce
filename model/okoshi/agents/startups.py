"""Firms of members (起業): what one costs, what the grant covers of it, and who opens one when.

What counts is the founder's own outlay, cost less grant: a dearer firm is a harder step, and a cap above the
cost of a firm changes nothing for it. The grant is there only inside the rule's window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Rows, Yen
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Path, Settled
from okoshi.agents.municipalities import Municipalities
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import startup_reimbursement, startup_window_open

COST_OF_REFERENCE = 2_500_000  # yen of FY2024: a firm at whose outlay `entry` is measured


@dataclass(frozen=True)
class StartupBehaviour:
    """What makes somebody start a firm: `behaviour.startups`."""

    cost_median: float
    cost_spread: float
    by_plan: float
    by_outlay: float
    by_alumni: float
    by_products: float
    entry: float
    entry_years_after_end: float


def startup_draw(keys: Keys, luck: Luck) -> Floats:
    """Return how dear a firm each one has in mind, standard deviations: a lasting trait."""
    return luck("cooperators.startup_cost").normal(keys)


def startup_cost(draw: Floats, behaviour: StartupBehaviour, price_index: float) -> Yen:
    """Return what each one's firm would cost, yen of the year: lognormal, from everybody's `startup_draw`."""
    cost = behaviour.cost_median * price_index * np.exp(behaviour.cost_spread * draw)
    return np.floor(cost).astype(np.int64)


def grant_if_opened(
    members: Members, rows: Rows, cost: Yen, month: Integers | int, ends_now: bool, conditions: Conditions
) -> Yen:
    """Return the grant that each one would get for a firm opened in `month`, yen (0 outside the window).

    `month` is one for all or one a row; `ends_now`: the term ends after this month, whatever the longest term was.
    """
    end = np.minimum(members.end_month[rows], members.term_end_month[rows])
    if ends_now:
        end = np.full(len(rows), month + 1)
    served = (end if ends_now else np.minimum(month, end)) - members.start_month[rows]
    window = startup_window_open(conditions.running_rules, served, end - month)
    return np.where(window, startup_reimbursement(conditions.running_rules, cost), 0)


def startup_utility(
    members: Members,
    rows: Rows,
    table: Municipalities,
    behaviour: StartupBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    outlay: Yen,
) -> Floats:
    """Return what speaks for a firm of one's own, against a firm of 2.5 million yen paid by oneself (utility).

    What a firm costs is held against the same sum whatever the median is: dearer firms are fewer.
    """
    place = members.municipality[rows]
    beyond = outlay / conditions.price_index - COST_OF_REFERENCE
    return np.asarray(
        behaviour.by_plan * members.startup_plan[rows]
        - behaviour.by_outlay * beyond / 1e6
        + behaviour.by_alumni * np.log1p(table.settled_stock[place])
        + behaviour.by_products * table.capacity_products[place]
        + programmes.startup_training_effect * conditions.reach.startup_training
    )


def who_opens(
    members: Members,
    table: Municipalities,
    behaviour: StartupBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> tuple[Rows, Flags, Yen]:
    """Return who opens a firm this March outside the end of a term, who would have without the grant, and the cost.

    Those who serve, after a year (sooner those whom a rule that pays sooner moves, as in the last year of a term of
    one), and those who stayed at the place, for some years after the end.
    """
    month = conditions.first_month + MONTHS - 1
    served = month - members.start_month
    pays = startup_window_open(conditions.running_rules, served, members.term_end_month - month)
    serves = (members.end_month == NEVER) & ((served >= MONTHS) | ((served >= 0) & pays))
    lately = members.end_month > month - MONTHS * behaviour.entry_years_after_end
    stayed = (members.settled == Settled.SAME) & lately & (members.end_month <= month)
    rows = np.flatnonzero((serves | stayed) & (members.startup_month == NEVER))
    cost = startup_cost(startup_draw(members.key[rows], luck), behaviour, conditions.price_index)
    grant = grant_if_opened(members, rows, cost, month, False, conditions)
    draw = luck("cooperators.startup_entry").uniform(members.key[rows], conditions.fiscal_year)
    needed = np.log(draw / (1.0 - draw)) - behaviour.entry
    opens = needed < startup_utility(members, rows, table, behaviour, programmes, conditions, cost - grant)
    anyway = needed < startup_utility(members, rows, table, behaviour, programmes, conditions, cost)
    # In the first year of a term only the grant brings a firm about: who would open without it waits as ever.
    opens &= ~(anyway & serves[rows] & (served[rows] < MONTHS))
    return rows[opens], anyway[opens], cost[opens]


def open_with_grant(members: Members, rows: Rows, month: int) -> None:
    """Write the firms that settlers at `rows` open with a grant of Local 10,000; no startup aid is asked for them."""
    _begin(members, rows, month)


def firms_among(members: Members, enterprises: Rows) -> Rows:
    """Return which members' firms, still open, are among these enterprises (rows)."""
    there = (members.enterprise >= 0) & (members.closed_month == NEVER)
    rows = np.flatnonzero(there)
    return rows[np.isin(members.enterprise[rows], enterprises)]


def give_up(members: Members) -> Rows:
    """Return the enterprises (rows) of members' firms that closed since they were last asked, and let go of them."""
    rows = np.flatnonzero((members.enterprise >= 0) & (members.closed_month != NEVER))
    enterprises = members.enterprise[rows].astype(np.int64)
    members.enterprise[rows] = -1
    return enterprises


def open_firms(
    members: Members,
    table: Municipalities,
    behaviour: StartupBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> None:
    """Write the firms that open this March, with the aid that is asked for them."""
    rows, anyway, cost = who_opens(members, table, behaviour, programmes, conditions, luck)
    _begin(members, rows, conditions.first_month + MONTHS - 1)
    members.startup_cost[rows] = cost
    members.would_have_started_anyway[rows] = anyway


def _begin(members: Members, rows: Rows, month: int) -> None:
    """Write the month a firm opens; a settler with a firm lives on it."""
    members.startup_month[rows] = month
    settled = rows[members.settled[rows] == Settled.SAME]
    members.path[settled] = Path.STARTUP
