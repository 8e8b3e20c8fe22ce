"""From a founder's plan to a public grant: the town hall, the theme it is filed under, the order of application."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.arrays import Aligned, Codes, Flags, Floats, Yen
from okoshi.agents.books import Layer
from okoshi.agents.founders import Candidates
from okoshi.engine.draws import Luck
from okoshi.markets.lending import Plan
from okoshi.policy.local_10000 import (
    Local10000Rules,
    Place,
    Theme,
    national_parts,
    national_share,
    place_of,
    served_within_budget,
)
from okoshi.world.country import World


class Refusal(IntEnum):
    """Which door was closed."""

    NONE = 0
    BANK = 1
    NOVELTY = 2
    TOWN_HALL = 3
    BUDGET = 4


@dataclass(frozen=True)
class TownHallBehaviour:
    """Which projects a municipality puts forward: `behaviour.local_10000`."""

    town_hall_benefit: float
    town_hall_spread: float
    town_hall_cost: float
    town_hall_weakness: float
    town_hall_strong_from: float


@dataclass(frozen=True)
class Filing(Aligned):
    """What projects are filed under, and what they would be without relabelling, one value an application."""

    place: Codes
    theme: Codes
    theme_alternative: Codes
    share: Floats
    share_alternative: Floats


@dataclass(frozen=True)
class Budgets:
    """The nation's money of a year, in yen; None where there is no limit.

    In a run of a part of the nation it is the part's share, and `nation` what the whole has.
    """

    scheme: int | None
    supplement: int
    nation: Budgets | None = None

    @property
    def any(self) -> bool:
        """Return whether there is any money at all."""
        return self.scheme is None or self.scheme + self.supplement > 0


@dataclass(frozen=True)
class Served:
    """Which applications are served, out of which layer, what the nation pays, and when the money was gone."""

    served: Flags
    layer: Codes
    national: Yen
    ran_out_month: int | None


def places_of(rules: Local10000Rules, world: World) -> Codes:
    """Return each municipality's place in the nation's eyes; depopulated (過疎) stands for disadvantaged."""
    return place_of(rules, world.depopulated, world.fiscal_strength)


def file_projects(rules: Local10000Rules, candidates: Candidates, place: Codes) -> Filing:
    """File each project under the dearest theme that it fits; its own theme stays where no other pays more.

    `place` is that of each project's municipality. A theme that the rules do not know is none.
    """
    shares = np.array([[float(national_share(rules, p, t)) for t in Theme] for p in Place])
    known = np.array([True, *(rate is not None for rate in _theme_rates(rules))])
    alternative = np.where(known[candidates.own_theme], candidates.own_theme, Theme.NONE).astype(np.int8)
    rows = np.arange(len(candidates))
    offered = np.where(candidates.fits & known, shares[place], -1.0)
    share_alternative = shares[place, alternative]
    dearest = np.argmax(offered, axis=1).astype(np.int8)
    gains = offered[rows, dearest] > share_alternative
    theme = np.where(gains, dearest, alternative).astype(np.int8)
    return Filing(place, theme, alternative, shares[place, theme], share_alternative)


def _theme_rates(rules: Local10000Rules) -> tuple[object, ...]:
    return rules.national_share_digital, rules.national_share_decarbonising, rules.national_share_women_youth


def put_forward(
    behaviour: TownHallBehaviour,
    candidates: Candidates,
    plan: Plan,
    filing: Filing,
    fiscal_strength: Floats,
    price_index: float,
    luck: Luck,
) -> Flags:
    """Return which projects the town hall puts forward (市町村の議決・申請).

    `beta I eps > (1 - s) g (1 + phi max(0, f0 - f)) + F`: what it believes the project is worth to the place
    against its own part of the grant, the heavier the weaker its budget, and its staff's work.
    """
    chance = luck("town_halls.local_10000").normal(candidates.key)
    worth = behaviour.town_hall_benefit * plan.investment * np.exp(behaviour.town_hall_spread * chance)
    weak = 1.0 + behaviour.town_hall_weakness * np.maximum(
        behaviour.town_hall_strong_from - fiscal_strength, 0.0
    )
    return np.asarray(
        worth > (1.0 - filing.share) * plan.grant * weak + behaviour.town_hall_cost * price_index
    )


def within_funds(own: Yen, some: Candidates, forward: Flags, funds: Yen) -> Flags:
    """Return whose part the municipality's funds still carry, as the year's projects come (month, then key)."""
    left = funds.astype(np.int64)
    carried = np.zeros(len(some), dtype=np.bool_)
    for row in np.lexsort((some.key, some.month)).tolist():
        place = some.municipality[row]
        if forward[row] and own[row] <= left[place]:
            left[place] -= own[row]
            carried[row] = True
    return carried


def serve(
    rules: Local10000Rules,
    candidates: Candidates,
    plan: Plan,
    filing: Filing,
    budgets: Budgets,
    fiscal_year: int,
    luck: Luck,
) -> Served:
    """Serve applications in order of the month they come (then key) within the year's money.

    The first that no longer fits ends the year's own budget; what is left is served out of the supplement,
    alike (for a part of the nation see `_with_the_edge`). Each project is paid out of one layer.
    """
    order = np.lexsort((candidates.key, candidates.month))
    national = national_parts(rules, plan.grant, filing.place, filing.theme)
    in_order = national[order]
    whole = budgets.nation or budgets
    chance = [
        luck("founders.edge").uniform(candidates.key, fiscal_year, sub=layer)[order] for layer in range(2)
    ]
    by_scheme = _with_the_edge(in_order, budgets.scheme, whole.scheme, chance[0])
    rest = np.flatnonzero(~by_scheme)
    by_supplement = rest[
        _with_the_edge(in_order[rest], budgets.supplement, whole.supplement, chance[1][rest])
    ]
    served = np.zeros(len(order), dtype=np.bool_)
    served[order[by_scheme]] = True
    served[order[by_supplement]] = True
    layer = np.full(len(order), Layer.SCHEME, dtype=np.int8)
    layer[order[by_supplement]] = Layer.SUPPLEMENT
    left_out = candidates.month[~served]
    return Served(served, layer, national, int(left_out.min()) if len(left_out) else None)


def _with_the_edge(national: Yen, budget: int | None, nation: int | None, chance: Floats) -> Flags:
    """Return which applications are served (in order), where a part of the nation has its share of a budget.

    A share can be cut to any size, a project cannot: the one that no longer fits is served with the chance that the
    money left is of its cost, so that a part spends its share in the mean, and never more than the whole nation has.
    """
    served = served_within_budget(national, budget)
    if budget is None or nation is None or budget >= nation or served.all():
        return served
    edge = int(np.argmin(served))
    spent = int(national[:edge].sum())
    fits = spent + int(national[edge]) <= nation
    served[edge] = fits and bool(chance[edge] * national[edge] < budget - spent)
    return served
