"""Cooperators (地域おこし協力隊員): their columns and the months they live at the place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.applicants import Applicants, FormerWork, Household, Sex, Traits
from okoshi.agents.arrays import Flags, Floats, Integers, Rows
from okoshi.agents.conditions import Conditions
from okoshi.agents.municipalities import Field, Municipalities
from okoshi.agents.programmes import ProgrammeBehaviour
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck
from okoshi.policy.cooperators import allowed_term_months

NEVER = 1_000_000  # a month after every run


class Settled(IntEnum):
    """Where a former member lives, as the survey asks."""

    SERVING = 0
    SAME = 1
    NEARBY = 2
    ELSEWHERE = 3
    DEAD = 4


class Path(IntEnum):
    """What a former member lives on (進路)."""

    NONE = 0
    STARTUP = 1
    EMPLOYED = 2
    PUBLIC_JOB = 3
    FARMING_FORESTRY = 4
    SUCCESSION = 5
    OTHER = 6


class WhyEnded(IntEnum):
    """How a term ended."""

    SERVING = 0
    END_OF_TERM = 1
    QUIT = 2
    NOT_RENEWED = 3
    DIED = 4


@dataclass(frozen=True)
class CooperatorBehaviour:
    """A member's months: `behaviour.cooperators`."""

    starts_in_april: float
    attachment_gain: float
    attachment_loss: float
    attachment_start: float
    attachment_of_guest: float
    contact_level: float
    contact_by_support: float
    contact_by_peers: float
    contact_by_alumni: float
    contact_by_family: float
    contact_by_activity: float
    activity_of_reference: float
    activity_ceiling: float
    peers_scale: float
    alumni_scale: float
    quit_level: float
    quit_first_months: float
    first_months_scale: float
    quit_by_mismatch: float
    quit_by_attachment: float
    quit_by_isolation: float
    quit_by_trait: float
    quit_by_family_behind: float
    quit_at_renewal: float
    renewal_after_months: float
    support_for_foreign: float


class Members(Table):
    """One row a member, in the order of hiring; a row stays when the term has ended and after."""

    municipality = Column(np.int64, unit="row", meaning="row of the hosting municipality")
    origin_prefecture = Column(np.int16, unit="row", meaning="prefecture the member came from")
    sex = Column(np.int8, unit="code", meaning="sex", labels=tuple(s.name.lower() for s in Sex))
    age_at_start = Column(np.int16, unit="years", meaning="age at the start of the term", low=18, high=100)
    former_work = Column(
        np.int8, unit="code", meaning="work before", labels=tuple(w.name.lower() for w in FormerWork)
    )
    household = Column(
        np.int8, unit="code", meaning="who came along", labels=tuple(h.name.lower() for h in Household)
    )
    field = Column(np.int8, unit="code", meaning="field of work", labels=tuple(f.name.lower() for f in Field))
    foreign = Column(np.bool_, unit="flag", meaning="was recruited among foreign residents")
    intern = Column(np.bool_, unit="flag", meaning="had been an intern")
    guest = Column(np.bool_, unit="flag", meaning="had stayed at the place before")
    trait = Column(np.float64, unit="standard deviations", meaning="lasting propensity to stay")
    startup_plan = Column(
        np.float64, unit="standard deviations", meaning="strength of the plan to start a firm"
    )
    mismatch = Column(
        np.float64, unit="standard deviations", meaning="how far work and place miss the person"
    )
    moves_anyway = Column(np.bool_, unit="flag", meaning="would have moved there without the measure")
    start_month = Column(
        np.int32, unit="month", meaning="month the term starts (0 = April of the first year)"
    )
    term_end_month = Column(np.int32, unit="month", meaning="first month after the longest term", fill=NEVER)
    end_month = Column(np.int32, unit="month", meaning="month after the last served", fill=NEVER)
    attachment = Column(np.float64, unit="share", meaning="attachment to the place", low=0, high=1)
    contact = Column(np.float64, unit="1 = full", meaning="contact the year brings, peers apart", low=0)
    quit_odds = Column(np.float64, unit="odds a month", meaning="quit hazard's part that holds for the year")
    why_ended = Column(
        np.int8, unit="code", meaning="how the term ended", labels=tuple(w.name.lower() for w in WhyEnded)
    )
    settled = Column(
        np.int8,
        unit="code",
        meaning="where the member lives now",
        labels=tuple(s.name.lower() for s in Settled),
    )
    stayed_at_end = Column(np.int8, unit="code", meaning="where the member stayed at the end of the term")
    settled_municipality = Column(np.int32, unit="row", meaning="row of the place settled in", fill=-1)
    path = Column(
        np.int8, unit="code", meaning="what it lives on", labels=tuple(p.name.lower() for p in Path)
    )
    gone_again_month = Column(np.int32, unit="month", meaning="month it left after settling", fill=NEVER)
    died_month = Column(np.int32, unit="month", meaning="month it died, serving or settled", fill=NEVER)
    startup_month = Column(np.int32, unit="month", meaning="month its firm opened", fill=NEVER)
    startup_cost = Column(np.int64, unit="yen", meaning="cost of starting the firm", low=0)
    would_have_started_anyway = Column(np.bool_, unit="flag", meaning="would have opened without the grant")
    closed_month = Column(np.int32, unit="month", meaning="month its firm closed", fill=NEVER)
    enterprise = Column(
        np.int32, unit="row", meaning="its firm among the enterprises, since a grant was given to it", fill=-1
    )
    renovation_cost = Column(np.int64, unit="yen", meaning="renovation of the house it settled in", low=0)


def lives_there(members: Members) -> Flags:
    """Return who is an agent now: serves (or is hired for this year), or has settled and not left since."""
    return np.asarray(members.settled < Settled.ELSEWHERE)


def gone_month(members: Members) -> Integers:
    """Return the month from which each one who had settled is no longer there: it went again, or died."""
    return np.minimum(members.gone_again_month, members.died_month)


@dataclass(frozen=True)
class Serving:
    """Who may be serving: one slice of rows (hired within the longest term) and which of them have not ended."""

    rows: slice

    @staticmethod
    def of(members: Members) -> Serving:
        """Return the slice from the first row that has not ended to the last."""
        going_on = np.flatnonzero(members.end_month == NEVER)
        first = int(going_on[0]) if len(going_on) else len(members)
        return Serving(slice(first, len(members)))


def hire(
    members: Members,
    hired: Applicants,
    traits: Traits,
    municipality: Integers,
    fit: Floats,
    behaviour: CooperatorBehaviour,
    conditions: Conditions,
    luck: Luck,
) -> Rows:
    """Add who was hired this April; a share starts at once, the others month by month. Return the new rows."""
    order = np.argsort(hired.key, kind="stable")
    hired, municipality, fit = hired.take(order), municipality[order], fit[order]
    traits = Traits(*(column[order] for column in vars(traits).values()))
    draw = luck("applicants.arrival").uniform(hired.key)
    at_once = behaviour.starts_in_april
    later = np.floor((draw - at_once) / (1.0 - at_once) * (MONTHS - 1)) + 1
    month = conditions.first_month + np.where(draw < at_once, 0, later)
    guest = (hired.guest_of == municipality) & (hired.guest_of >= 0)
    return members.append(
        len(hired),
        key=hired.key,
        municipality=municipality,
        origin_prefecture=hired.origin_prefecture,
        sex=traits.sex,
        age_at_start=traits.age,
        former_work=traits.former_work,
        household=traits.household,
        field=hired.field,
        foreign=hired.foreign,
        intern=hired.intern,
        guest=guest,
        trait=traits.trait,
        startup_plan=traits.startup_plan,
        mismatch=-fit,
        moves_anyway=traits.moves_anyway,
        start_month=month,
        term_end_month=month + allowed_term_months(conditions.rules, traits.wanted_term_months),
        attachment=np.where(guest, behaviour.attachment_of_guest, behaviour.attachment_start),
    )


def prepare_year(
    members: Members,
    serving: Serving,
    table: Municipalities,
    behaviour: CooperatorBehaviour,
    programmes: ProgrammeBehaviour,
    conditions: Conditions,
    support_of_foreign: Floats,
) -> None:
    """Write what of a member's contact and quit hazard holds for the whole year (peers and tenure change monthly).

    `support_of_foreign` (municipalities) is what prefectures spend on foreign members, 1 under the rule of FY2024.
    """
    rows = serving.rows
    place = members.municipality[rows]
    reach = conditions.reach
    alumni = 1.0 - np.exp(-table.settled_stock / behaviour.alumni_scale)
    activity = table.offered_other / behaviour.activity_of_reference / conditions.price_index
    at_place = (
        behaviour.contact_level
        + behaviour.contact_by_support * table.support_capacity
        + behaviour.contact_by_alumni * alumni * (1.0 + programmes.networks_effect * reach.networks)
        + behaviour.contact_by_activity * np.minimum(activity, behaviour.activity_ceiling)
    )
    with_family = members.household[rows] == Household.FAMILY_ALONG
    training = programmes.member_training_effect * reach.member_training
    helped = members.foreign[rows] * behaviour.support_for_foreign * support_of_foreign[place]
    members.contact[rows] = at_place[place] + behaviour.contact_by_family * with_family + training + helped
    members.quit_odds[rows] = np.exp(
        behaviour.quit_level
        + behaviour.quit_by_mismatch * members.mismatch[rows]
        - behaviour.quit_by_trait * members.trait[rows]
        + behaviour.quit_by_family_behind * (members.household[rows] == Household.FAMILY_BEHIND)
        - programmes.support_desk_effect * reach.support_desk
    )


def live_month(
    members: Members,
    serving: Serving,
    places: int,
    month: int,
    isolation_relief: float,
    behaviour: CooperatorBehaviour,
    luck: Luck,
) -> tuple[Rows, Rows]:
    """Live one month: attachment grows with contact and fades; return (who quits, whose longest term ends).

    `B' = B + gain x contact x (1 - B) - loss x B`; contact falls with isolation `relief x exp(-peers / scale)`,
    the relief being what training by field leaves of it. Contact has no ceiling but B's own: where support, alumni
    and family are rich already, one more hour with somebody still counts.
    `logit(hazard) = level + mismatch - trait (the year's part) + first months exp(-t / scale) - attachment x B
    + isolation + renewal in March`. Draws come first: the hazard is computed only where it could matter.
    """
    rows = serving.rows
    here = (members.start_month[rows] <= month) & (members.end_month[rows] > month)
    place = members.municipality[rows]
    peers = np.bincount(place, weights=here, minlength=places) - 1
    alone = (isolation_relief * np.exp(peers / -behaviour.peers_scale))[place]
    attachment = members.attachment[rows]
    contact = members.contact[rows] - behaviour.contact_by_peers * alone
    contact *= behaviour.attachment_gain
    np.clip(contact, 0.0, max(1.0 - behaviour.attachment_loss, 0.0), out=contact)
    change = contact - attachment * (contact + behaviour.attachment_loss)
    change *= here
    attachment += change
    ends = here & (members.term_end_month[rows] == month + 1)
    quits = _who_quits(members, rows, here & ~ends, alone, month, behaviour, luck)
    return quits, np.flatnonzero(ends) + rows.start


def _who_quits(
    members: Members,
    rows: slice,
    here: Flags,
    alone: Floats,
    month: int,
    behaviour: CooperatorBehaviour,
    luck: Luck,
) -> Rows:
    renewal = month % MONTHS == MONTHS - 1
    others = behaviour.quit_by_isolation + max(behaviour.quit_first_months, 0.0)
    others += behaviour.quit_at_renewal * renewal
    # A hazard is at most its odds, and attachment only lowers it: above this bound nobody can quit.
    bound = members.quit_odds[rows] * np.exp(others)
    draw = luck("cooperators.quit").uniform(members.key[rows], month)
    possible = np.flatnonzero(here & (draw < bound))
    draw = draw[possible]
    absolute = possible + rows.start
    tenure = month - members.start_month[absolute]
    odds = members.quit_odds[absolute] * np.exp(
        behaviour.quit_first_months * np.exp(-tenure / behaviour.first_months_scale)
        - behaviour.quit_by_attachment * members.attachment[absolute]
        + behaviour.quit_by_isolation * alone[possible]
        + behaviour.quit_at_renewal * (renewal & (tenure >= behaviour.renewal_after_months))
    )
    return np.asarray(absolute[draw < odds / (1.0 + odds)])
