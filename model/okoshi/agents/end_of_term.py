"""The end of a term (任期終了): where a member lives then, and on what. Two rival structures.

A nested choice of place (same, nearby, elsewhere) and path (McFadden 1978), or thresholds: somebody stays who
is attached enough and finds a living, whatever the alternatives offer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.applicants import Household
from okoshi.agents.arrays import Aligned, Codes, Floats, Integers, Keys, Rows, Yen
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Path, Settled
from okoshi.agents.municipalities import Field, Municipalities
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.agents.startups import (
    StartupBehaviour,
    grant_if_opened,
    startup_cost,
    startup_draw,
    startup_utility,
)
from okoshi.agents.surroundings import Surroundings
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Array
from okoshi.engine.draws import Luck
from okoshi.scenario.draft import Settlement
from okoshi.world.country import World

PATHS = (Path.STARTUP, Path.EMPLOYED, Path.PUBLIC_JOB, Path.FARMING_FORESTRY, Path.SUCCESSION, Path.OTHER)
_CODES = np.array(PATHS)

# Nearby, the host's firm, house and helpers are gone: a job, the town hall or land remain.
NEARBY_PATHS = slice(1, 4)


@dataclass(frozen=True)
class SettlementBehaviour:
    """What counts when a term ends: `behaviour.settlement`."""

    nearby: float
    nearby_carries: float
    attachment: float
    trait: float
    support: float
    family_along: float
    family_behind: float
    housing: float
    renovation: float
    services: float
    renovation_share: float
    renovation_cost: float
    startup: float
    employed: float
    public_job: float
    farming_forestry: float
    succession: float
    other: float
    startup_running: float
    job_by_size: float
    job_by_labour_market: float
    job_after_60: float
    farm_by_field: float
    farm_by_capacity: float
    path_dissimilarity: float
    threshold: float
    threshold_spread: float
    nearby_margin: float
    reservation: float
    link_new_jobs: float
    link_closing_enterprises: float


@dataclass(frozen=True)
class EndOfTermBehaviour:
    """What the end of a term asks of: settling, firms and support lines."""

    settlement: SettlementBehaviour
    startups: StartupBehaviour
    programmes: ProgrammeBehaviour


@dataclass(frozen=True)
class EndOfTerm:
    """What the members at `rows` do: a proposal, nothing is written."""

    rows: Rows
    settled: Integers
    path: Integers
    place: Integers
    startup_cost: Integers
    would_have_started_anyway: Array
    renovation_cost: Integers


@dataclass(frozen=True)
class Tastes(Aligned):
    """What chance gives each person at the end of a term, the same in every scenario and drawn once a person.

    `place`, `path` and `threshold` are (rows, alternatives); `nearby` says which place nearby, `startup` how dear a
    firm is (standard deviations), `renovation` whether a house is renovated.
    """

    place: Floats
    path: Floats
    threshold: Floats
    nearby: Floats
    startup: Floats
    renovation: Floats

    @classmethod
    def of(cls, keys: Keys, luck: Luck) -> Tastes:
        """Draw Gumbel tastes for places and paths, logistic positions of the two thresholds, and the others."""
        place = luck("cooperators.place").uniform_matrix(keys, 3)
        path = luck("cooperators.path").uniform_matrix(keys, len(PATHS))
        threshold = luck("cooperators.threshold").uniform_matrix(keys, 2)
        return cls(
            place=-np.log(-np.log(place)),
            path=-np.log(-np.log(path)),
            threshold=np.log(threshold / (1.0 - threshold)),
            nearby=luck("cooperators.nearby").uniform(keys),
            startup=startup_draw(keys, luck),
            renovation=luck("cooperators.renovation").uniform(keys),
        )


def choose_after_term(
    members: Members,
    rows: Rows,
    table: Municipalities,
    world: World,
    month: Integers | int,
    behaviour: EndOfTermBehaviour,
    conditions: Conditions,
    around: Surroundings,
    structure: Settlement,
    tastes: Tastes,
) -> EndOfTerm:
    """Return where the members at `rows` go and what they live on, whose term ends after `month` (one, or one a row).

    `tastes` are theirs, one entry a row.
    """
    firms = behaviour.startups
    cost = startup_cost(tastes.startup, firms, conditions.price_index)
    grant = grant_if_opened(members, rows, cost, month, True, conditions)
    running = (members.startup_month[rows] <= month) & (members.closed_month[rows] == NEVER)
    # A member's firm is one: nobody can live on it once it has closed.
    failed = members.closed_month[rows] <= month

    def startup(outlay: Yen) -> Floats:
        own = np.where(running, 0, outlay)
        alone = startup_utility(members, rows, table, firms, behaviour.programmes, conditions, own)
        return np.asarray(alone + behaviour.settlement.startup_running * running)

    living = path_utilities(members, rows, table, world, behaviour.settlement, conditions, around)
    base = place_utility(members, rows, table, behaviour.settlement, conditions)
    base = base - around.leaving_logit[members.municipality[rows]]
    living[failed, 0] = -np.inf
    choose = _choose_place if structure is Settlement.CHOICE else _pass_thresholds
    settled, path = choose(base, _with_startup(living, startup(cost - grant)), behaviour.settlement, tastes)
    without, path_without = choose(base, _with_startup(living, startup(cost)), behaviour.settlement, tastes)
    place = _place_of(members.municipality[rows], settled, world, tastes)
    settled = np.where((settled == Settled.NEARBY) & (place < 0), Settled.ELSEWHERE, settled)
    path = np.where(settled == Settled.ELSEWHERE, Path.NONE, path)
    starts = (path == Path.STARTUP) & (settled == Settled.SAME)
    anyway = (path_without == Path.STARTUP) & (without == Settled.SAME)
    renovates = tastes.renovation < renovation_chance(behaviour.settlement, conditions)
    renovates &= settled == Settled.SAME
    house = behaviour.settlement.renovation_cost * conditions.price_index
    return EndOfTerm(
        rows=rows,
        settled=settled,
        path=path,
        place=place,
        startup_cost=np.where(starts, cost, 0).astype(np.int64),
        would_have_started_anyway=starts & anyway,
        renovation_cost=np.where(renovates, house, 0).astype(np.int64),
    )


def end_service(members: Members, rows: Rows, why: Codes, month: int) -> None:
    """Write that these members serve no longer than this month, and why."""
    members.end_month[rows] = month + 1
    members.why_ended[rows] = why


def apply_end_of_term(members: Members, end: EndOfTerm) -> None:
    """Write the choice of those whose service has ended: settled, path, firm and house."""
    rows = end.rows
    month = members.end_month[rows] - 1
    members.settled[rows] = end.settled
    members.stayed_at_end[rows] = end.settled
    members.settled_municipality[rows] = end.place
    members.path[rows] = end.path
    members.renovation_cost[rows] = end.renovation_cost
    opens = (end.startup_cost > 0) & (members.startup_month[rows] == NEVER)
    members.startup_cost[rows[opens]] = end.startup_cost[opens]
    members.startup_month[rows[opens]] = month[opens]
    members.would_have_started_anyway[rows[opens]] = end.would_have_started_anyway[opens]
    gives_up = (members.startup_month[rows] <= month) & (members.closed_month[rows] == NEVER)
    gives_up &= (end.settled != Settled.SAME) | (end.path != Path.STARTUP)
    members.closed_month[rows[gives_up]] = month[gives_up] + 1


def renovation_chance(behaviour: SettlementBehaviour, conditions: Conditions) -> float:
    """Return the chance to renovate a vacant house: the greater the more of it the aid carries, none without aid.

    `1 - (1 - share)^(rate / 0.5)`: the share holds at the rate of one half.
    """
    rate = float(conditions.running_rules.vacant_house_renovation_rate or 0)
    return float(1.0 - (1.0 - behaviour.renovation_share) ** (rate / 0.5))


def place_utility(
    members: Members,
    rows: Rows,
    table: Municipalities,
    behaviour: SettlementBehaviour,
    conditions: Conditions,
) -> Floats:
    """Return the utility of living at the place itself, against leaving (0), apart from the living it offers."""
    place = members.municipality[rows]
    household = members.household[rows]
    aid = conditions.running_rules.vacant_house_renovation_rate
    houses = table.vacant_houses[place] + table.capacity_moving_in[place] - 0.5
    return np.asarray(
        behaviour.attachment * (members.attachment[rows] - 0.5)
        + behaviour.trait * members.trait[rows]
        + behaviour.support * (table.support_capacity[place] - 0.2)
        + behaviour.family_along * (household == Household.FAMILY_ALONG)
        + behaviour.family_behind * (household == Household.FAMILY_BEHIND)
        + behaviour.housing * houses
        + behaviour.renovation * float(aid or 0) * (houses + 0.5)
        + behaviour.services * table.capacity_residents_support[place]
    )


def path_utilities(
    members: Members,
    rows: Rows,
    table: Municipalities,
    world: World,
    behaviour: SettlementBehaviour,
    conditions: Conditions,
    around: Surroundings,
) -> Floats:
    """Return the utility of each path at the place: a matrix (rows, paths) in the order of `PATHS`.

    The first, a firm, stands at its level alone: what speaks for and against it is added by `startup_utility`.
    """
    place = members.municipality[rows]
    size = np.log(np.maximum(world.population_2020[place], 100)) - 9.5
    served = members.end_month[rows] - members.start_month[rows]
    old = members.age_at_start[rows] + served // MONTHS >= 60  # as in `job_after_60`
    utilities = np.zeros((len(rows), len(PATHS)))
    utilities[:, 0] = behaviour.startup
    utilities[:, 1] = (
        behaviour.employed
        + behaviour.job_by_size * size
        + behaviour.job_by_labour_market * np.log(conditions.circumstances.openings_per_applicant / 1.1)
        + behaviour.job_after_60 * old
        + behaviour.link_new_jobs * np.log1p(around.new_jobs[place])
    )
    utilities[:, 2] = behaviour.public_job + behaviour.job_after_60 * old
    utilities[:, 3] = (
        behaviour.farming_forestry
        + behaviour.farm_by_field * (members.field[rows] == Field.FARM_FOREST)
        + behaviour.farm_by_capacity * table.capacity_farm_forest[place]
    )
    utilities[:, 4] = behaviour.succession + behaviour.link_closing_enterprises * np.log1p(
        around.closing[place]
    )
    utilities[:, 5] = behaviour.other
    return utilities


def _with_startup(living: Floats, startup: Floats) -> Floats:
    utilities = living.copy()
    utilities[:, 0] += startup
    return utilities


def _inclusive_values(scaled: Floats, dissimilarity: float) -> tuple[Floats, Floats]:
    """Return what the paths at the place, and those nearby, are worth, from utilities over `dissimilarity`."""
    odds = np.exp(scaled)
    here, nearby = odds.sum(axis=1), odds[:, NEARBY_PATHS].sum(axis=1)
    return np.asarray(dissimilarity * np.log(here)), np.asarray(dissimilarity * np.log(nearby))


def _choose_place(
    base: Floats, utilities: Floats, behaviour: SettlementBehaviour, tastes: Tastes
) -> tuple[Integers, Integers]:
    """Nested logit: the best of same, nearby and elsewhere with tastes of one's own, then the best path."""
    scaled = utilities / behaviour.path_dissimilarity
    here, nearby = _inclusive_values(scaled, behaviour.path_dissimilarity)
    values = np.zeros((len(base), 3))
    values[:, 0] = base + here
    values[:, 1] = behaviour.nearby + behaviour.nearby_carries * base + nearby
    settled = (values + tastes.place).argmax(axis=1) + int(Settled.SAME)
    return settled, _path_where_lived(settled, scaled, tastes)


def _pass_thresholds(
    base: Floats, utilities: Floats, behaviour: SettlementBehaviour, tastes: Tastes
) -> tuple[Integers, Integers]:
    """Stay where the place passes one's own threshold and a living one's reservation.

    Who passes the first, or nearly, but finds a living only nearby goes there.
    """
    scaled = utilities / behaviour.path_dissimilarity
    here, nearby = _inclusive_values(scaled, behaviour.path_dissimilarity)
    threshold = behaviour.threshold + behaviour.threshold_spread * tastes.threshold[:, 0]
    reservation = behaviour.reservation + behaviour.threshold_spread * tastes.threshold[:, 1]
    attached = base > threshold
    nearly = base + behaviour.nearby_margin > threshold
    living = here > reservation
    near_living = behaviour.nearby + nearby > reservation
    settled = np.where(
        attached & living, Settled.SAME, np.where(nearly & near_living, Settled.NEARBY, Settled.ELSEWHERE)
    )
    return settled, _path_where_lived(settled, scaled, tastes)


def _path_where_lived(settled: Integers, scaled: Floats, tastes: Tastes) -> Integers:
    """Return the best path where each one lives: nearby, only what remains there (see `NEARBY_PATHS`)."""
    lived = scaled + tastes.path
    best = _CODES[lived.argmax(axis=1)]
    nearby = np.flatnonzero(settled == Settled.NEARBY)
    best[nearby] = _CODES[NEARBY_PATHS][lived[nearby, NEARBY_PATHS].argmax(axis=1)]
    return best


def _place_of(host: Integers, settled: Integers, world: World, tastes: Tastes) -> Integers:
    """Return the row of the place lived in: the host, one of those nearby (drawn), or -1."""
    near = np.full(len(host), -1, dtype=np.int64)
    first, count = world.nearby_start[host], world.nearby_start[host + 1] - world.nearby_start[host]
    has = np.flatnonzero(count > 0)
    near[has] = world.nearby[first[has] + (tastes.nearby[has] * count[has]).astype(np.int64)]
    return np.where(settled == Settled.SAME, host, np.where(settled == Settled.NEARBY, near, -1))
