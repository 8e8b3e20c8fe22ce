"""The year of the country, one line a step, in an order that has reasons."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from okoshi.agents import cooperators, enterprises, kinds, shops, spending
from okoshi.agents.arrays import Floats
from okoshi.agents.books import LABELS
from okoshi.agents.conditions import Conditions, read_conditions
from okoshi.agents.mesa_model import ColumnModel
from okoshi.agents.pilot import Pilot
from okoshi.agents.purse import Purse, purse_of_year
from okoshi.agents.streams import STREAMS
from okoshi.engine.calendar import MONTHS, fiscal_year_of
from okoshi.engine.columns import Array
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.measures.cooperators import Cooperators
from okoshi.measures.people import People
from okoshi.measures.together import OtherMeasures
from okoshi.measures.year import MeasureYear
from okoshi.observe.declarations import TABLES
from okoshi.observe.records import Records
from okoshi.observe.seen import Seen
from okoshi.scenario.scenario import Scenario
from okoshi.world.country import World, load_nation, load_world


class RegionalModel(ColumnModel):
    """Japan's municipalities, their people and the six measures under a scenario, a Mesa model.

    `rng` is the seed (a whole number from 0 on; the scenario's own without one): every draw is a function of it, of
    who draws, what for and when. `pilot` treats given municipalities beside the scenario. Any other argument is a key
    that changes the scenario, as `load_scenario(set=...)` does: what Mesa's sliders and `batch_run` vary.
    A step is a month; `run_year` lives a fiscal year, `run` all years of the scenario. Raises InputError for a seed
    or a key that cannot be.
    """

    def __init__(
        self, scenario: Scenario, rng: int | None = None, pilot: Pilot | None = None, **keys: object
    ) -> None:
        scenario = scenario.changed(keys) if keys else scenario
        self.pilot = pilot or Pilot()
        self.seed_of_run = scenario.changed(seed=rng).seed
        super().__init__(rng=self.seed_of_run & 0xFFFFFFFF, scenario=scenario)
        self.luck = Luck(self.seed_of_run, STREAMS)
        choice, settings = scenario.world, scenario.settings
        nation = load_nation(choice.source)
        self.world: World = load_world(choice.source, choice.prefectures, choice.scale)
        self.nation_share = share_of_nation(self.world, nation)
        self.people = People(self.world, settings, self.luck, nation)
        self.cooperators = Cooperators(self.world, settings, scenario.structure, self.luck)
        self.measures = OtherMeasures.found(self.world, settings, self.luck, nation)
        self.municipalities, self.members = self.cooperators.municipalities, self.cooperators.members
        self.behaviour = self.cooperators.behaviour
        self.ledger, self.records = Ledger(LABELS), Records()
        self.month = 0
        self.conditions: Conditions | None = None
        self.year: MeasureYear | None = None
        self._asks_in_march = False
        self.add_kinds()

    def add_kinds(self) -> None:
        """Show every table as agents of its kind."""
        measures = self.measures
        self.add_kind(kinds.Municipality, self.municipalities)
        self.add_kind(kinds.Cooperator, self.members, alive=cooperators.lives_there)
        self.add_kind(kinds.Company, measures.dispatch.companies)
        self.add_kind(kinds.Student, measures.university.students)
        self.add_kind(kinds.Enterprise, measures.local_10000.enterprises, alive=enterprises.is_open)
        self.add_kind(kinds.ShoppingService, measures.shopping.services, alive=shops.is_open)
        self.add_kind(kinds.District, measures.shopping.districts)
        self.add_kind(kinds.Prefecture, measures.digital.pools)
        self.add_kind(kinds.Bank, measures.local_10000.banks)
        self.add_kind(kinds.University, measures.university.universities)

    @property
    def fiscal_year(self) -> int:
        """The fiscal year that the next month lies in."""
        return fiscal_year_of(self.month)

    def run(self) -> None:
        """Live every fiscal year up to the scenario's last."""
        while self.fiscal_year <= self.scenario.years[1]:
            self.run_year()

    def run_year(self) -> None:
        """Live one fiscal year: `open_year` in April, twelve months, `close_year` in March.

        Called in the middle of a year, it lives the rest of that year. Where members live whose term ended is then
        asked once, in March: who wants to look between months lives them by `step` (or writes a `step` of its own).
        """
        year = self.fiscal_year
        self._asks_in_march = type(self).step is RegionalModel.step
        try:
            while self.fiscal_year == year:
                self.step()
        finally:
            self._asks_in_march = False

    def step(self) -> None:
        """Live one month: April opens the fiscal year, March closes it; after the last year Mesa's clock may stop."""
        if self.month % MONTHS == 0:
            self.open_year()
        self.live_month()
        last = self.month % MONTHS == MONTHS - 1
        if last or not self._asks_in_march:
            self.end_terms()
        self.month += 1
        if last:
            self.close_year()
            self.running = self.fiscal_year <= self.scenario.years[1]

    def open_year(self) -> None:
        """April, in this order, since each step needs what the one before decided.

        1. The policy in force, its budgets and the context are read. 2. Digital talent is hired and lent: it frees
        hours. 3. Municipalities decide whether to host members, how many and at what pay, within one purse of
        cash, own funds and staff hours. 4. Applicants and posts meet; who is hired starts within the year, in April
        those who looked in the circumstances of the year before. 5. Guests come: they apply next year. The other
        measures draw on what is left of the purse: 6. employees of companies, 7. field programmes, 8. projects of
        founders, 9. shopping services. 10. What holds all year is reckoned once for the twelve months.
        """
        self.read_policy()
        self.hire_digital_talent()
        self.decide_hosting()
        self.recruit()
        self.invite_guests()
        self.take_employees()
        self.hold_field_programmes()
        self.start_enterprises()
        self.open_shopping_services()
        self.prepare_months()

    def close_year(self) -> None:
        """March, after the twelfth month.

        11. People shop; stores and services open and close. 12. Enterprises sell and close, those of members among
        them; other firms of members open and close, settlers stay, go (where shops went sooner) or die.
        13. Costs of members are paid and special allocation tax comes back, after the spending; 14. so in the other
        measures, with what their year has left. 15. A fixed total of the tax
        takes from all what it gave. 16. Everybody is a year older. 17. The year is observed.
        18. Municipalities learn from what they saw.
        """
        self.shop()
        self.live_enterprises()
        self.live_after_the_term()
        self.pay()
        self.close_other_measures()
        self.settle_special_allocation_tax()
        self.count_people()
        self.observe()
        self.learn()

    def read_policy(self) -> None:
        """Read what everybody meets this year."""
        settings, last = self.scenario.settings, self.records.national[-1:]
        self.conditions = read_conditions(
            settings,
            self.fiscal_year,
            self.behaviour.programmes,
            self.conditions,
            self.cooperators.last_year(self.nation_share, self.fiscal_year - 1, last[0] if last else None),
            self.nation_share,
        )
        self.year = MeasureYear.of(
            self.conditions,
            settings,
            self.world,
            self.municipalities,
            self.members,
            self.people,
            self.luck,
            self.pilot,
        )

    def hire_digital_talent(self) -> None:
        """Let municipalities and prefectures hire digital talent, and pools lend it."""
        self.measures.digital.open_year(self.of_year)

    def decide_hosting(self) -> None:
        """Let municipalities join, and decide posts, pay and programmes within what others leave of the purse."""
        behaviour = self.behaviour.municipalities
        self.hours_freed = self.measures.hours_freed
        self.measures.university.end_contracts()
        whole = purse_of_year(self.world, behaviour, self.now.price_index, self.hours_freed)
        self.claims = self.measures.claims(behaviour.link_one_purse)
        claim = self.cooperators.decide_hosting(self.now, whole.less(*self.claims.values()))
        self.purse_left = whole.less(claim.times(behaviour.link_one_purse))

    def recruit(self) -> None:
        """Bring the year's applicants and posts together."""
        self.cooperators.recruit(self.now, self.measures.university.applicants_with_ties)

    def invite_guests(self) -> None:
        """Bring trial guests and interns to the places that offer it."""
        self.cooperators.invite_guests(self.now)

    def purse_beside(self, measure: str) -> Purse:
        """Return what members and the others (this year if they have claimed, else last year) leave of the purse."""
        return self.purse_left.less(*(claim for name, claim in self.claims.items() if name != measure))

    def take_employees(self) -> None:
        """Let companies and municipalities agree on employees for a time."""
        capacity = self.measures.digital.bodies.capacity
        self.measures.dispatch.open_year(self.of_year, self.purse_beside("dispatch"), capacity)

    def hold_field_programmes(self) -> None:
        """Bring students to places that can carry a programme; what it takes is missing from the purse at once."""
        self.measures.university.open_year(self.of_year, self.purse_beside("university"))
        link = self.behaviour.municipalities.link_one_purse
        self.claims["university"] = self.measures.claims(link)["university"]

    def start_enterprises(self) -> None:
        """Let founders plan, banks lend, town halls put forward and the nation grant within its budget.

        Grants of earlier years burden own funds for some years: for the others and for a new grant alike.
        """
        measures = self.measures
        burden, local = Purse(own_funds=measures.one_off_burden), measures.local_10000
        left = self.purse_beside("local_10000").less(burden)
        purse = left.times(self.behaviour.municipalities.one_off_years)
        local.open_year(self.of_year, purse.own_yen(len(self.world)))
        self.cooperators.open_with_grants(self.now, local.settlers_with_grants(self.of_year))
        self.cooperators.become_enterprises(*local.firms_with_grants(self.of_year))

    def open_shopping_services(self) -> None:
        """Let communities, operators and municipalities open services where they meet."""
        self.measures.shopping.open_year(
            self.of_year,
            population_75plus=self.of_year.population_75plus,
            own_funds=self.purse_beside("shopping").own_yen(len(self.world)),
            digital_capacity=self.measures.digital.bodies.capacity,
        )

    def prepare_months(self) -> None:
        """Reckon once what holds for the twelve months."""
        self.cooperators.prepare_months(self.now, self.measures.surroundings)

    def live_month(self) -> None:
        """Let members live a month."""
        self.cooperators.live_month(self.month)

    def end_terms(self) -> None:
        """Let members whose service has ended choose where to live, and on what."""
        self.cooperators.end_terms(self.now)

    def shop(self) -> None:
        """Let people use shops and services, and let these pay their way or close."""
        self.measures.shopping.close_year(self.of_year, self.ledger)

    def live_enterprises(self) -> None:
        """Let enterprises sell, grow and close; a member's firm that got a grant closes with its enterprise."""
        closing = self.measures.local_10000.live_year(self.of_year, self.cooperators.successors)
        self.cooperators.close_firms(self.now, closing)

    def live_after_the_term(self) -> None:
        """Open firms during the term, close firms, and let settlers stay, go or die."""
        self.cooperators.live_after_the_term(self.now, self.measures.shopping.leaving_logit)
        year = self.now.fiscal_year
        self.cooperators.bury(self.now, self.people.members_who_die(self.members, self.month, year))

    def pay(self) -> None:
        """Pay what members cost, then special allocation tax on it."""
        self.cooperators.pay(self.now, self.ledger)

    def close_other_measures(self) -> None:
        """Pay what the other measures cost, and see what their year has left."""
        measures, year = self.measures, self.of_year
        measures.dispatch.close_year(year, self.ledger)
        measures.local_10000.close_year(year, self.ledger, self.cooperators.give_up_enterprises())
        measures.university.close_year(year, self.ledger, self.cooperators.hired_keys)
        measures.digital.close_year(year, self.ledger)
        measures.spread_one_off_payments(self.behaviour.municipalities.one_off_years)

    def settle_special_allocation_tax(self) -> None:
        """Take from all bodies what a fixed total of the tax cannot give twice; nothing where the total is open."""
        if self.now.total_is_fixed:
            spending.settle_fixed_total(self.ledger, self.world, self.behaviour.municipalities, self.now)

    def count_people(self) -> None:
        """List members, settlers and students where they live now, and let everybody live to the next 1 October."""
        year = self.now.fiscal_year
        self.people.take_in_students(self.measures.university.moves)
        self.people.follow_members(self.members, self.month)
        self.people.close_year(year)

    def observe(self) -> None:
        """Write down what the official statistics would see on 31 March."""
        self.records.add(self.now.fiscal_year, *self.seen.year(self.now))

    def learn(self) -> None:
        """Update beliefs, support capacity and what work has built."""
        measures = self.measures
        self.cooperators.learn(
            self.now,
            measures.dispatch.capacity,
            measures.digital.capacity_help,
            self.hours_for_support,
            self.of_year.piloted("cooperators"),
        )

    @property
    def hours_for_support(self) -> Floats:
        """Hours of officials that digital work freed this year and no measure took, by municipality, for support."""
        link = self.behaviour.municipalities.link_one_purse
        left = self.purse_left.less(*self.measures.claims(link).values()).staff_hours
        return np.asarray(self.hours_freed if left is None else np.minimum(self.hours_freed, left))

    def tables(self, wanted: Iterable[str] = TABLES) -> dict[str, dict[str, Array]]:
        """Return the output tables of the years that the scenario wants written: columns by table name."""
        return self.seen.tables(wanted, self.records, self.ledger, self.scenario.years)

    @property
    def seen(self) -> Seen:
        """What is observed, as it is before the month that begins now."""
        return Seen(self.world, self.cooperators, self.people, self.measures, self.month)

    @property
    def now(self) -> Conditions:
        """The conditions of the year that runs. Raises RuntimeError before the first step."""
        if self.conditions is None:
            raise RuntimeError("the first year has not begun: call step(), run_year() or run()")
        return self.conditions

    @property
    def of_year(self) -> MeasureYear:
        """What the measures find in the year that runs. Raises RuntimeError before the first step."""
        if self.year is None:
            raise RuntimeError("the first year has not begun: call step(), run_year() or run()")
        return self.year


def share_of_nation(world: World, nation: World) -> float:
    """Return the eligible municipalities of a run over those of the whole country it is a part of."""
    return int(world.eligible_cooperators.sum()) / max(int(nation.eligible_cooperators.sum()), 1)
