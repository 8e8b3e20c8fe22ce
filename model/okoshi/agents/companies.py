"""Companies of the three metropolitan areas (三大都市圏の企業): who they are, and how they come to know the measure.

Hearing of it is drawn by inversion: each company has one lasting threshold, and it has heard when the intensity
of all years so far passes it. In the order of these thresholds those who have heard are the first n of a list,
so that a year costs a search in a sorted list and not a draw a company.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from okoshi.agents.arrays import Floats, Integers, Keys
from okoshi.agents.dispatch_behaviour import DispatchBehaviour
from okoshi.agents.municipalities import Field
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import Luck, combine_keys, text_key
from okoshi.world.country import World

_FACTOR, _ONE, _HALF_WORD = np.uint64(2862933555777941757), np.uint64(1), np.uint64(33)


class Stage(IntEnum):
    """How far a company has come with the measure."""

    UNAWARE = 0
    CONTACTED = 1
    HEARD = 2
    REPLIED = 3
    INTERESTED = 4
    REGISTERED = 5
    CONTRACTED = 6


class Motive(IntEnum):
    """What a company wants from it: 社会貢献, 人材育成, シニア人材の活躍, 新たな地域とのつながり."""

    CONTRIBUTION = 0
    TRAINING = 1
    SENIOR_CAREERS = 2
    NEW_TIES = 3


class Companies(Table):
    """One row a company. Rows of one country stand together, country by country."""

    copy = Column(np.int16, unit="number from 0", meaning="which of the countries side by side", low=0)
    prefecture = Column(np.int16, unit="index", meaning="prefecture of its seat", low=0)
    relative_size = Column(np.float64, unit="median company = 1", meaning="relative size", low=0)
    capital = Column(np.float64, unit="yen", meaning="capital", low=0)
    field = Column(
        np.int8, unit="code", meaning="what it is good at", labels=tuple(f.name.lower() for f in Field)
    )
    motive_kind = Column(
        np.int8, unit="code", meaning="why it would", labels=tuple(m.name.lower() for m in Motive)
    )
    motive = Column(np.float64, unit="standard deviations", meaning="how much it would")
    employee_cost = Column(
        np.float64, unit="yen a year at FY2024 wages", meaning="cost of an employee who could go", low=0
    )
    hears_at = Column(np.float64, unit="intensity", meaning="intensity at which it has heard", low=0)
    stage = Column(
        np.int8, unit="code", meaning="how far it has come", labels=tuple(s.name.lower() for s in Stage)
    )
    contacted = Column(np.bool_, unit="flag", meaning="got the survey")
    replied = Column(np.bool_, unit="flag", meaning="answered the survey")
    interested = Column(np.bool_, unit="flag", meaning="said in the survey that it would like to")
    contracts = Column(np.int32, unit="contracts", meaning="contracts so far, running ones too", low=0)
    away = Column(np.int32, unit="persons", meaning="employees under contract this year", low=0)


def found_companies(world: World, behaviour: DispatchBehaviour, luck: Luck) -> Companies:
    """Return the companies before any of them has heard: as many in each country side by side."""
    copies = world.copies
    copy = np.repeat(np.arange(copies), behaviour.companies)
    number = np.tile(np.arange(behaviour.companies), copies)
    key = combine_keys(text_key("company"), copy, number) if len(copy) else np.zeros(0, dtype=np.uint64)
    table = Companies(len(key))
    size = np.exp(behaviour.size_spread * luck("companies.size").normal(key))
    table.append(
        len(key),
        key=key,
        copy=copy,
        prefecture=_prefecture(world, luck("companies.prefecture").uniform(key)),
        relative_size=size,
        capital=behaviour.capital_median * size,
        field=draw_field(behaviour, luck("companies.field").uniform(key)),
        motive_kind=_motive_kind(behaviour, luck("companies.motive_kind").uniform(key)),
        motive=luck("companies.motive").normal(key),
        employee_cost=behaviour.employee_cost
        * np.exp(behaviour.employee_cost_spread * luck("companies.employee_cost").normal(key)),
        hears_at=-np.log(luck("companies.hear").uniform(key)) / size**behaviour.hear_size,
    )
    return table


def draw_field(behaviour: DispatchBehaviour, uniform: Floats) -> Integers:
    """Return fields by the shares asked for in FY2023; the three others share the rest equally."""
    known = {
        Field.DIGITAL: behaviour.field_digital,
        Field.TOURISM: behaviour.field_tourism,
        Field.PRODUCTS: behaviour.field_products,
    }
    rest = max(1.0 - sum(known.values()), 0.0) / (len(Field) - len(known))
    share = np.array([known.get(field, rest) for field in Field])
    return np.searchsorted(np.cumsum(share / share.sum())[:-1], uniform, side="right")


def _motive_kind(behaviour: DispatchBehaviour, uniform: Floats) -> Integers:
    share = np.array([behaviour.motive_contribution, behaviour.motive_training, behaviour.motive_senior])
    return np.searchsorted(np.cumsum(share / max(float(share.sum()), 1.0)), uniform, side="right")


def _prefecture(world: World, uniform: Floats) -> Integers:
    people = world.prefectures.urban_population * world.prefectures.metropolitan
    return np.searchsorted(np.cumsum(people / people.sum())[:-1], uniform, side="right")


@dataclass(frozen=True)
class Roll:
    """Companies in a lasting order, country by country: country c holds `rows[start[c] : start[c + 1]]`.

    The first `length[c]` of each are on the roll. A roll only ever grows at its end, which is what makes a
    draw from it change to newcomers alone.
    """

    rows: Integers
    start: Integers
    length: Integers

    @staticmethod
    def of(table: Companies, rows: Integers, copies: int) -> Roll:
        """Return rows, given in their lasting order, as a roll on which all of them are."""
        copy = table.copy[rows]
        ordered = rows[np.argsort(copy, kind="stable")] if copies > 1 else rows
        start = np.concatenate([[0], np.cumsum(np.bincount(copy, minlength=copies))]).astype(np.int64)
        return Roll(ordered, start, np.diff(start))

    def members(self) -> Integers:
        """Return the rows of all companies that are on the roll."""
        parts = [self.rows[s : s + n] for s, n in zip(self.start[:-1], self.length, strict=True)]
        return np.concatenate(parts) if parts else self.rows[:0]


def hearing_order(table: Companies) -> Integers:
    """Return the rows of all companies in the order in which they hear."""
    return np.argsort(table.hears_at, kind="stable")


def heard(order: Roll, hears_at: Floats, intensity: Floats) -> Roll:
    """Return the roll of who has heard at each country's intensity so far.

    `hears_at` are the thresholds of `order.rows`, which rise country by country.
    """
    length = [
        np.searchsorted(hears_at[order.start[c] : order.start[c + 1]], intensity[c])
        for c in range(len(intensity))
    ]
    return Roll(order.rows, order.start, np.array(length, dtype=np.int64))


def logistic(uniform: Floats) -> Floats:
    """Return standard logistic numbers, by inversion."""
    return np.asarray(np.log(uniform) - np.log1p(-uniform))


def survey(table: Companies, behaviour: DispatchBehaviour, luck: Luck) -> None:
    """Ask every company once (企業アンケート): who answers, and who of them would like to.

    Answering rises with motive. Interest is what a contract at half of the working days asks for, without the
    cost of search and without a place in mind: `motive - doing without the employee + taste > 0`.
    """
    of_one_country = max(behaviour.companies, 1)  # several may stand side by side
    number = np.arange(len(table)) % of_one_country
    table.contacted = number < round(behaviour.survey_reach * behaviour.companies)
    would = behaviour.reply_level + behaviour.reply_motive * table.motive
    replied = table.contacted & (would + logistic(luck("companies.reply").uniform(table.key)) > 0)
    table.replied = replied
    rows = np.flatnonzero(replied)
    value = behaviour.motive * table.motive[rows] - 0.5 * cost_of_absence(table, rows, behaviour)
    interested = value + logistic(luck("companies.interest").uniform(table.key[rows])) > 0
    table.interested[rows[interested]] = True
    raise_stage(table, np.flatnonzero(table.contacted), Stage.CONTACTED)
    raise_stage(table, rows, Stage.REPLIED)
    raise_stage(table, rows[interested], Stage.INTERESTED)


def cost_of_absence(table: Companies, rows: Integers, behaviour: DispatchBehaviour) -> Floats:
    """Return the utility that doing without the employee costs at full presence: less where seniors go."""
    senior = table.motive_kind[rows] == Motive.SENIOR_CAREERS
    return np.asarray(behaviour.without_employee * (1.0 - behaviour.senior_relief * senior))


def registering(behaviour: DispatchBehaviour, waits: Floats, known: Integers, reach: float) -> Integers:
    """Return who registers on the platform in a year of so much `reach`, in their order; take it off `waits`.

    `waits` is what is left of a standard exponential, one a company; it is below nought once a company has registered.
    Companies that are interested or have had a contract (`known`) register at their own rate, the others at that of
    the federations' push (経団連, 日本商工会議所 and others): who becomes known does so from then on.
    """
    hazard = np.full(len(waits), behaviour.registration_by_federations * reach)
    hazard[known] += behaviour.registration * reach
    rows = np.flatnonzero((waits >= 0.0) & (waits < hazard))
    rows = rows[np.argsort(waits[rows] / hazard[rows], kind="stable")]
    waits -= hazard
    return rows


def raise_stage(table: Companies, rows: Integers, stage: Stage) -> None:
    """Write how far companies have come; nobody falls back."""
    table.stage[rows] = np.maximum(table.stage[rows], stage)


def race(key: Keys, among: Integers) -> Integers:
    """Return for each key one number under `among`, each equally likely; -1 where there is none.

    The winner of a race of all, found in about ln(n) steps: when one is added, the winner stays or is the
    newcomer (jump consistent hash, Lamping and Veach 2014). So more companies never rename a choice.
    """
    winner = np.full(len(key), -1, dtype=np.int64)
    row = np.flatnonzero(among > 0)
    word, limit = key[row], among[row].astype(np.float64)
    current, following = np.zeros(len(row)), np.zeros(len(row))  # whole numbers under 2^53, exact as floats
    while len(row):
        current = following
        word = word * _FACTOR + _ONE
        # The next to win is number floor((current + 1) / u): far ones lie beyond any limit.
        half = (word >> _HALF_WORD).view(np.int64).astype(np.float64)  # signed words convert faster
        following = np.floor((current + 1.0) * (2.0**31 / (half + 1.0)))
        over = following >= limit
        winner[row[over]] = current[over].astype(np.int64)
        left = np.flatnonzero(~over)
        row, word, limit, following = row[left], word[left], limit[left], following[left]
    return winner
