"""Life after the term: firms open, go on or close, settlers stay, go or die, a year at a time (March)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Rows
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Path, Settled, WhyEnded
from okoshi.agents.survival import weibull_hazard
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck


@dataclass(frozen=True)
class SettlerBehaviour:
    """Staying or going later, and the life of a firm: `behaviour.settlers`."""

    go_level: float
    go_by_attachment: float
    go_by_trait: float
    go_when_closed: float
    go_by_years: float
    go_by_networks: float
    close_rate: float
    close_shape: float


def who_closes(members: Members, behaviour: SettlerBehaviour, month: int, luck: Luck) -> Rows:
    """Return whose firm closes this year: Weibull survival in its age, over the year that ends.

    A firm with a grant of Local 10,000 is an enterprise, and closes when that does.
    """
    open_still = (members.startup_month < month) & (members.closed_month == NEVER)
    rows = np.flatnonzero(open_still & (members.enterprise < 0))
    age = (month - members.startup_month[rows]) / MONTHS
    hazard = weibull_hazard(behaviour.close_rate, behaviour.close_shape, np.maximum(age - 1.0, 0.0), age)
    draw = luck("settlers.close").uniform(members.key[rows], month)
    return rows[draw < -np.expm1(-hazard)]


def close(members: Members, closing: Rows, month: int) -> None:
    """Write the closing of firms: who lived on one there is employed from now on."""
    members.closed_month[closing] = month
    turned = closing[members.path[closing] == Path.STARTUP]
    members.path[turned] = Path.EMPLOYED


def who_goes(
    members: Members,
    behaviour: SettlerBehaviour,
    conditions: Conditions,
    leaving_logit: Floats,
    month: int,
    luck: Luck,
) -> Rows:
    """Return which settlers leave by the end of March, each for the months since its term ended, at most a year.

    The chance of a whole year falls with the years since; of a part `t` of the first year it is `1 - (1 - p)^t`.
    """
    settled = (members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)
    rows = np.flatnonzero(settled & (members.end_month <= month))
    years = (month + 1 - members.end_month[rows]) / MONTHS
    closed = members.closed_month[rows] > month - MONTHS
    closed &= members.closed_month[rows] <= month
    closed &= (
        members.closed_month[rows] > members.end_month[rows]
    )  # not given up for another living at the end
    logit = (
        behaviour.go_level
        - behaviour.go_by_attachment * (members.attachment[rows] - 0.5)
        - behaviour.go_by_trait * members.trait[rows]
        - behaviour.go_by_years * np.log(np.maximum(years, 1.0))
        + behaviour.go_when_closed * closed
        - behaviour.go_by_networks * conditions.reach.networks
        + leaving_logit[members.settled_municipality[rows]]
    )
    draw = luck("settlers.go").uniform(members.key[rows], month)
    stays = -np.logaddexp(0.0, logit) * np.minimum(years, 1.0)  # log of the chance to stay
    return rows[draw < -np.expm1(stays)]


def live_on(
    members: Members,
    behaviour: SettlerBehaviour,
    conditions: Conditions,
    leaving_logit: Floats,
    month: int,
    luck: Luck,
) -> None:
    """Live a year after the term: first firms close, then people go.

    A closed firm makes going likelier, and so do shops that went: `leaving_logit`, one value a municipality.
    """
    close(members, who_closes(members, behaviour, month, luck), month)
    going = who_goes(members, behaviour, conditions, leaving_logit, month, luck)
    members.settled[going] = Settled.ELSEWHERE
    members.gone_again_month[going] = month
    _give_up_firms(members, going, month)


def die(members: Members, dying: Rows, month: int) -> None:
    """Write who died by March: nobody serves or has settled after death, and the firm closes."""
    members.died_month[dying] = month
    members.settled[dying] = Settled.DEAD
    serving = dying[members.end_month[dying] == NEVER]
    members.end_month[serving] = month + 1
    members.why_ended[serving] = WhyEnded.DIED
    members.stayed_at_end[serving] = Settled.DEAD
    _give_up_firms(members, dying, month)


def _give_up_firms(members: Members, rows: Rows, month: int) -> None:
    still_open = rows[(members.startup_month[rows] <= month) & (members.closed_month[rows] == NEVER)]
    members.closed_month[still_open] = month
