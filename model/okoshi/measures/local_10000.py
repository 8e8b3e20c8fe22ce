"""Local 10,000 (ローカル10,000プロジェクト): founders, banks, town halls and the nation's budget through a year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from okoshi.agents import banks, enterprises
from okoshi.agents.arrays import Codes, Flags, Floats, Integers, Rows, Yen
from okoshi.agents.banks import BankBehaviour, found_banks
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.enterprises import EnterpriseBehaviour, Enterprises
from okoshi.agents.founders import (
    PREFIX,
    Candidates,
    Founder,
    FounderBehaviour,
    candidates_of_year,
    part_of_founders,
)
from okoshi.agents.member_projects import (
    firms_with_grants,
    led_without_a_firm,
    settlers_with_grants,
    still_waits,
)
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.markets.grants import (
    Budgets,
    Filing,
    Refusal,
    TownHallBehaviour,
    file_projects,
    places_of,
    put_forward,
    serve,
    within_funds,
)
from okoshi.markets.lending import Plan, ProjectFinance, plan_with_grant, plan_without_grant
from okoshi.measures.year import MeasureYear
from okoshi.policy.local_10000 import Local10000Rules
from okoshi.policy.supplement import extra_to_spend
from okoshi.scenario.settings import Settings
from okoshi.world.country import World

_NO_LIMIT = 1e12


@dataclass(frozen=True)
class Local10000Behaviour:
    """All behaviour of the measure, part by part, from one parameter file."""

    founders: FounderBehaviour
    banks: BankBehaviour
    town_halls: TownHallBehaviour
    enterprises: EnterpriseBehaviour
    finance: ProjectFinance

    @classmethod
    def of(cls, settings: Settings) -> Local10000Behaviour:
        """Read it."""
        return cls(
            settings.fill(FounderBehaviour, PREFIX),
            settings.fill(BankBehaviour, PREFIX),
            settings.fill(TownHallBehaviour, PREFIX),
            settings.fill(EnterpriseBehaviour, PREFIX),
            settings.fill(ProjectFinance, PREFIX),
        )


@dataclass(frozen=True)
class Round:
    """One year's applications: every candidate's plans with and without the grant, and what became of them.

    `filing` and `national`, `layer` hold one value a candidate too, nought for those who did not apply. `aware`
    is how many had heard of the grant, nobody where there is none.
    """

    candidates: Candidates
    stake: Flags
    without: Plan
    granted: Plan
    applied: Flags
    refusal: Codes
    funded: Flags
    filing: Filing
    national: Yen
    layer: Codes
    aware: int
    ran_out_month: int | None


class Local10000:
    """The measure through the years. What crosses to others, by municipality:

    `jobs` people at work in open enterprises, `jobs_opened` those in funded enterprises founded this year,
    `closing` enterprises closed in the year (one may be taken over), `own_funds_spent` yen of the
    municipality's own part of the grants in the year. `nation` is the whole country that `world` is a part of.
    """

    def __init__(self, world: World, settings: Settings, luck: Luck, nation: World) -> None:
        self.world, self.luck, self.nation = world, luck, nation
        self.behaviour = Local10000Behaviour.of(settings)
        self.enterprises = Enterprises(1_024)
        self.banks = found_banks(world, self.behaviour.banks, luck)
        self.waiting: Candidates | None = None
        self.round: Round | None = None
        self.founded: Rows = np.zeros(0, dtype=np.int64)
        self.lived: enterprises.YearOfEnterprises | None = None
        self.jobs: Integers = np.zeros(len(world), dtype=np.int64)
        self.jobs_opened: Integers = np.zeros(len(world), dtype=np.int64)
        self.closing: Integers = np.zeros(len(world), dtype=np.int64)
        self.own_funds_spent: Yen = np.zeros(len(world), dtype=np.int64)

    def open_year(
        self,
        year: MeasureYear,
        funds: Yen | None = None,
        capacity_products: Floats | None = None,
    ) -> None:
        """Let founders plan, banks judge, town halls put forward and the nation serve; then projects start.

        `funds` are the yen that each municipality can spare for its own part of the year's projects (none: no limit),
        `capacity_products` its capacity in local products where others than members add to it.
        """
        part = self.part_of_nation(year.fiscal_year)
        candidates = candidates_of_year(
            self.behaviour.founders,
            self.world,
            year.members,
            year.fiscal_year,
            part,
            year.price_index,
            year.wage_index,
            self.luck,
            year.municipalities.capacity_products if capacity_products is None else capacity_products,
        )
        if self.waiting is not None:
            again = still_waits(self.waiting, year.members, year.fiscal_year, candidates.key)
            candidates = candidates.followed_by(self.waiting.take(again))
        self.round = self._hold_round(candidates, year, funds, part)
        self.waiting = self._who_waits(self.round)
        self.founded = self._found(self.round, year)

    def part_of_nation(self, fiscal_year: int) -> float:
        """Return the run's part of the nation's founders and budget."""
        return part_of_founders(self.behaviour.founders, self.world, self.nation, fiscal_year)

    def live_year(self, year: MeasureYear, successors: Integers | None = None) -> Rows:
        """March: successions, sales, jobs, closings; return the enterprises that close.

        `successors` are members who took over a business this year, by municipality.
        """
        if successors is not None and self.lived is not None:
            go_on = enterprises.taken_over(
                self.enterprises,
                self.lived.closing,
                successors,
                self.behaviour.enterprises,
                self.world.key,
                year.fiscal_year,
                self.luck,
            )
            self.enterprises.closed[go_on] = enterprises.STILL_OPEN
        lived = enterprises.live_year(
            self.enterprises,
            self.behaviour.enterprises,
            year.fiscal_year,
            year.price_index,
            year.population,
            self.luck,
        )
        enterprises.apply_year(self.enterprises, lived, year.fiscal_year)
        self.lived = lived
        return lived.closing

    def close_year(self, year: MeasureYear, ledger: Ledger, given_up: Rows | None = None) -> None:
        """Pay for what was founded, close what members gave up (`given_up`), and count what the year has left.

        Call `live_year` before.
        """
        if self.lived is None:
            raise RuntimeError("the year has not been lived yet")
        self._pay(year.fiscal_year, ledger)
        if given_up is not None and len(given_up):
            self.lived = enterprises.give_up(
                self.enterprises, self.behaviour.enterprises, self.lived, given_up, year.fiscal_year
            )
        lived, bank = self.lived, self.world.prefecture
        place = self.enterprises.municipality
        self.jobs = _sums(place[lived.rows], self.enterprises.jobs[lived.rows], len(self.world))
        self.closing = np.bincount(place[lived.closing], minlength=len(self.world))
        table, new = self.enterprises, self.founded[self.enterprises.grant[self.founded] > 0]
        self.jobs_opened = _sums(place[new], table.jobs[new], len(self.world))
        lent = np.where(table.stake[new], 0, table.loan[new])
        banks.note_year(self.banks, bank[place[new]], lent, bank[place[lived.closing]], lived.lost)

    def settlers_with_grants(self, year: MeasureYear) -> Rows:
        """Return the members (rows) without a firm whose project was funded this April."""
        founded = self.founded[self.enterprises.grant[self.founded] > 0]
        keys = self.enterprises.key[founded]
        return settlers_with_grants(self.behaviour.founders, year.members, year.fiscal_year, keys, self.luck)

    def firms_with_grants(self, year: MeasureYear) -> tuple[Rows, Rows, Flags]:
        """Return the members (rows) whose firm was funded this April, its row, and whether it would be there anyway."""
        founded = self.founded[self.enterprises.grant[self.founded] > 0]
        rows, which = firms_with_grants(year.members, year.fiscal_year, self.enterprises.key[founded])
        return rows, founded[which], self.enterprises.would_have_started_anyway[founded[which]]

    def _hold_round(self, candidates: Candidates, year: MeasureYear, funds: Yen | None, part: float) -> Round:
        rules = Local10000Rules.in_force(year.settings, year.fiscal_year)
        money = budgets_of(rules, year, part)
        finance, bank = self.behaviour.finance, self.world.prefecture[candidates.municipality]
        limit = banks.unsecured_limits(self.behaviour.banks, candidates, bank, self.banks, self.luck)
        limit, stake = banks.with_stakes(self.behaviour.banks, candidates, limit, year.fiscal_year, self.luck)
        without = plan_without_grant(candidates, limit, finance)
        held = _nobody_applied(candidates, without, stake)
        who = np.flatnonzero(candidates.aware) if rules.pays and money.any else np.zeros(0, dtype=np.int64)
        if not len(who):
            return held
        some, baseline = candidates.take(who), np.maximum(without.value[who], 0.0)
        granted = plan_with_grant(some, limit[who], finance, rules)
        with_any_loan = plan_with_grant(some, np.full(len(who), _NO_LIMIT), finance, rules)
        _spread(held.granted, who, granted)
        applies = granted.value > baseline
        held.refusal[who[~applies & (with_any_loan.value > baseline)]] = Refusal.BANK
        held.applied[who[applies]] = True
        return self._decide(held, who[applies], rules, money, year, funds)

    def _decide(
        self,
        held: Round,
        rows: Rows,
        rules: Local10000Rules,
        money: Budgets,
        year: MeasureYear,
        funds: Yen | None,
    ) -> Round:
        """Take applications (`rows`) past novelty, town hall and budget; write what became of them."""
        held.refusal[rows[~held.candidates.novel[rows]]] = Refusal.NOVELTY
        rows = rows[held.candidates.novel[rows]]
        some, plan = held.candidates.take(rows), held.granted.take(rows)
        filing = file_projects(rules, some, places_of(rules, self.world)[some.municipality])
        strength = self.world.fiscal_strength[some.municipality]
        forward = put_forward(
            self.behaviour.town_halls, some, plan, filing, strength, year.price_index, self.luck
        )
        if funds is not None:
            own = plan.grant - np.floor(plan.grant * filing.share).astype(np.int64)
            forward &= within_funds(own, some, forward, funds)
        held.refusal[rows[~forward]] = Refusal.TOWN_HALL
        served = serve(
            rules,
            some.take(forward),
            plan.take(forward),
            filing.take(forward),
            money,
            year.fiscal_year,
            self.luck,
        )
        rows = rows[forward]
        held.refusal[rows[~served.served]] = Refusal.BUDGET
        held.funded[rows[served.served]] = True
        _spread(held.filing, rows, filing.take(forward))
        held.national[rows] = served.national
        held.layer[rows] = served.layer
        return replace(held, aware=int(held.candidates.aware.sum()), ran_out_month=served.ran_out_month)

    def _who_waits(self, held: Round) -> Candidates | None:
        """Return who was refused for want of money, does not start without, and comes again next year, once.

        At any time of it, as all others do: did they come first, how many of them there are, which is assumed, would
        decide the deadweight of a budget that binds.
        """
        again = (held.refusal == Refusal.BUDGET) & ~held.without.worthwhile & ~held.candidates.applied_before
        luck, chance = self.luck("founders.again"), self.behaviour.founders.apply_again
        waiting = held.candidates.take(again & (luck.uniform(held.candidates.key) < chance))
        return replace(
            waiting,
            month=luck.uniform(waiting.key, sub=1) * MONTHS,
            applied_before=np.ones(len(waiting), dtype=np.bool_),
        )

    def _found(self, held: Round, year: MeasureYear) -> Rows:
        """Add the enterprises that start, funded or not, in the order of their keys."""
        member = (held.candidates.kind == Founder.COOPERATOR) | (held.candidates.kind == Founder.SETTLER)
        # A member's own firm is kept with the members: without a grant nothing new stands here.
        alone = held.without.worthwhile & ~held.funded & ~member & ~held.candidates.applied_before
        starts = np.flatnonzero(held.funded | alone)
        starts = starts[np.argsort(held.candidates.key[starts], kind="stable")]
        who = held.candidates.take(starts)
        funded = held.funded[starts]
        with_grant, without = held.granted.take(starts), held.without.take(starts)
        # Who has no firm starts none without the grant, although the plan would be worth it.
        anyway = without.worthwhile & ~led_without_a_firm(year.members, year.fiscal_year, who.key)
        planned = banks.yearly_return(self.behaviour.finance.returns, who.first_best)
        investment = np.where(funded, with_grant.investment, without.investment)
        planned = planned * (investment / who.first_best) ** self.behaviour.finance.returns
        return self.enterprises.append(
            len(starts),
            key=who.key,
            municipality=who.municipality,
            founder=who.kind,
            founder_sex=who.sex,
            founder_age=who.age,
            sector=who.sector,
            theme=held.filing.theme[starts] * funded,
            theme_alternative=held.filing.theme_alternative[starts] * funded,
            indivisible=who.indivisible,
            founded=year.fiscal_year,
            application_month=np.where(held.applied[starts], who.month.astype(np.int8), -1),
            investment=investment,
            loan=np.where(funded, with_grant.loan, without.loan),
            stake=held.stake[starts],
            grant=with_grant.grant * funded,
            national_part=held.national[starts] * funded,
            layer=held.layer[starts] * funded,
            national_share=held.filing.share[starts] * funded,
            national_share_alternative=held.filing.share_alternative[starts] * funded,
            would_have_started_anyway=anyway,
            investment_without_grant=without.investment * anyway,
            loan_without_grant=without.loan * anyway,
            refused_because=held.refusal[starts],
            planned_sales=enterprises.planned_sales(self.behaviour.enterprises, planned),
            price_at_start=year.price_index,
        )

    def _pay(self, fiscal_year: int, ledger: Ledger) -> None:
        """Write down grants, loans and own money: the nation pays the municipality, which pays the whole grant."""
        table = self.enterprises
        new = self.founded[table.grant[self.founded] > 0]
        grant, loan, own = (item_number(name) for name in ("grant", "loan", "own_funds"))
        for layer in Layer:
            rows = new[table.layer[new] == layer]
            place = table.municipality[rows]
            paid = table.investment[rows] - table.loan[rows] - table.grant[rows]
            lent_by_bank = np.where(table.stake[rows], 0, table.loan[rows])
            for item, payer, payee, yen in (
                (grant, Payer.NATIONAL_GRANT, Payee.MUNICIPALITY, table.national_part[rows]),
                (grant, Payer.MUNICIPALITY, Payee.FOUNDERS, table.grant[rows]),
                (loan, Payer.BANK, Payee.FOUNDERS, lent_by_bank),
                (loan, Payer.PRIVATE, Payee.FOUNDERS, table.loan[rows] - lent_by_bank),
                (own, Payer.PRIVATE, Payee.FOUNDERS, paid),
            ):
                ledger.post(fiscal_year, Measure.LOCAL_10000, layer, item, payer, payee, place, yen)
        own_part = table.grant[new] - table.national_part[new]
        self.own_funds_spent = _sums(table.municipality[new], own_part, len(self.world))


def budgets_of(rules: Local10000Rules, year: MeasureYear, part: float) -> Budgets:
    """Return the run's part of the nation's budget of the year, and of the extra that is spent in it."""
    scheme = rules.budget_yen
    extra = extra_to_spend(year.settings, "local_10000", year.fiscal_year) if rules.pays else 0
    whole = Budgets(scheme, extra)
    return whole if part == 1.0 else Budgets(scheme and int(scheme * part), int(extra * part), whole)


def _sums(place: Integers, whole: Integers, places: int) -> Integers:
    sums = np.zeros(places, dtype=np.int64)
    np.add.at(sums, place, whole)
    return sums


def _nobody_applied(candidates: Candidates, without: Plan, stake: Flags) -> Round:
    """Return a round in which nobody has applied yet, its arrays the caller's own to write."""
    count = len(candidates)

    def codes() -> Codes:
        return np.zeros(count, dtype=np.int8)

    def numbers() -> Floats:
        return np.zeros(count)

    def yen() -> Yen:
        return np.zeros(count, dtype=np.int64)

    return Round(
        candidates=candidates,
        stake=stake,
        without=without,
        granted=Plan(np.full(count, -np.inf), yen(), yen(), yen()),
        applied=np.zeros(count, dtype=np.bool_),
        refusal=codes(),
        funded=np.zeros(count, dtype=np.bool_),
        filing=Filing(codes(), codes(), codes(), numbers(), numbers()),
        national=yen(),
        layer=codes(),
        aware=0,
        ran_out_month=None,
    )


def _spread[Columns: (Plan, Filing)](into: Columns, rows: Rows, some: Columns) -> None:
    for name, column in vars(some).items():
        getattr(into, name)[rows] = column
