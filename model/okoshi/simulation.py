"""The year of the country, one line a step, in an order that has reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from okoshi.agents import (
    applicants,
    cooperators,
    end_of_term,
    hosting,
    learning,
    settlers,
    spending,
    startups,
)
from okoshi.agents.arrays import Flags, Integers
from okoshi.agents.behaviour import Behaviour
from okoshi.agents.books import LABELS
from okoshi.agents.conditions import Conditions, read_conditions
from okoshi.agents.cooperators import NEVER, Members, Serving, WhyEnded
from okoshi.agents.kinds import Cooperator, Municipality
from okoshi.agents.mesa_model import ColumnModel
from okoshi.agents.municipalities import found_municipalities
from okoshi.agents.programmes import LastYear
from okoshi.agents.spending import Service
from okoshi.agents.streams import STREAMS
from okoshi.engine.calendar import MONTHS, fiscal_year_of
from okoshi.engine.columns import Array
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.markets.recruitment import RecruitmentBehaviour, recruit
from okoshi.observe import tables
from okoshi.observe.declarations import TABLES
from okoshi.observe.national import Recruitment, national_row
from okoshi.observe.places import municipal_columns
from okoshi.observe.records import Records
from okoshi.scenario.scenario import Scenario
from okoshi.world.country import World, load_world


class RegionalModel(ColumnModel):
    """Japan's municipalities and their cooperators under a scenario, a Mesa model.

    `rng` is the seed (a whole number; the scenario's own without one): every draw is a function of it, of who
    draws, what for and when. A step is a month; `run_year` lives a fiscal year, `run` all years of the scenario.
    """

    def __init__(self, scenario: Scenario, rng: int | None = None) -> None:
        self.seed_of_run = scenario.seed if rng is None else int(rng)
        super().__init__(rng=self.seed_of_run & 0xFFFFFFFF, scenario=scenario)
        self.luck = Luck(self.seed_of_run, STREAMS)
        choice = scenario.world
        self.world: World = load_world(choice.source, choice.prefectures, choice.scale)
        self.behaviour = Behaviour.of(scenario.settings)
        self.market = scenario.settings.fill(RecruitmentBehaviour, "behaviour.recruitment")
        self.municipalities = found_municipalities(self.world, self.behaviour.municipalities, self.luck)
        self.members = Members(4_096)
        self.add_kind(Municipality, self.municipalities)
        self.add_kind(Cooperator, self.members, alive=cooperators.lives_there)
        self.ledger = Ledger(LABELS)
        self.records = Records()
        self.month = 0
        self.nation_share = nation_share(scenario, self.world)
        self.guests = applicants.nobody()
        self.conditions: Conditions | None = None

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

        Called in the middle of a year, it lives the rest of that year.
        """
        year = self.fiscal_year
        while self.fiscal_year == year:
            self.step()

    def step(self) -> None:
        """Live one month: April opens the fiscal year, March closes it."""
        if self.month % MONTHS == 0:
            self.open_year()
        self.live_month()
        self.month += 1
        if self.month % MONTHS == 0:
            self.close_year()

    def open_year(self) -> None:
        """April, in this order, since each step needs what the one before decided.

        1. The policy in force, its budgets and the context are read. 2. Municipalities decide whether to join,
        then how many posts at what pay within cash, own funds and staff. 3. Applicants and posts meet; who is
        hired starts within the year. 4. Guests come: they apply next year. 5. What holds all year is reckoned
        once for the twelve months.
        """
        self.read_policy()
        self.decide_hosting()
        self.recruit()
        self.invite_guests()
        self.prepare_months()

    def close_year(self) -> None:
        """March, after the twelfth month.

        6. Firms open and close, settlers stay or go. 7. Costs are paid and special allocation tax comes back,
        after the spending. 8. The year is observed. 9. Municipalities learn from what they saw.
        """
        self.live_after_the_term()
        self.pay()
        self.observe()
        self.learn()

    def read_policy(self) -> None:
        """Read what everybody meets this year."""
        self.conditions = read_conditions(
            self.scenario.settings,
            self.fiscal_year,
            self.behaviour.programmes,
            self.conditions,
            self.last_year(),
            self.nation_share,
        )

    def decide_hosting(self) -> None:
        """Let municipalities join, and decide posts, pay and programmes."""
        ending = self.members_by_place(
            (self.members.end_month == NEVER) & (self.members.term_end_month < self.month + MONTHS)
        )
        hosting.decide(
            self.municipalities,
            self.world,
            self.behaviour.municipalities,
            self.now,
            self.scenario.structure.adoption,
            ending,
            self.luck,
        )

    def recruit(self) -> None:
        """Bring the year's applicants, last year's guests among them, and the posts together."""
        expected = applicants.expected_numbers(self.behaviour.applicants, self.behaviour.programmes, self.now)
        pool = applicants.people_from_cities(
            self.behaviour.applicants, self.world, self.now, *expected, self.luck
        ).followed_by(self.guests)
        matches = recruit(
            pool,
            self.municipalities,
            self.world,
            self.market,
            self.now,
            self.scenario.structure.matching,
            applicants.heard_of(self.behaviour.applicants, self.now),
            self.luck,
        )
        cooperators.hire(
            self.members,
            pool,
            matches.person,
            matches.municipality,
            matches.fit,
            self.behaviour.cooperators,
            self.now,
            self.luck,
        )
        hosting.fill_posts(self.municipalities, matches.municipality)
        self.market_of_year = Recruitment.of(pool, self.municipalities.posts, matches)

    def invite_guests(self) -> None:
        """Bring trial guests and interns to the places that offer it; they are in next year's pool."""
        prices, costs = self.now.price_index, self.behaviour.municipalities
        self.guests = applicants.guests_of_the_year(
            self.behaviour.applicants,
            (costs.trial_cost * prices, costs.internship_cost * prices),
            self.world,
            self.municipalities,
            self.now.fiscal_year,
            self.luck,
        )

    def prepare_months(self) -> None:
        """Reckon once what holds for the twelve months."""
        self.serving = Serving.of(self.members)
        cooperators.prepare_year(
            self.members,
            self.serving,
            self.municipalities,
            self.behaviour.cooperators,
            self.behaviour.programmes,
            self.now,
        )
        reach, programmes = self.now.reach, self.behaviour.programmes
        self.isolation = 1.0 - programmes.field_training_effect * reach.field_training

    def live_month(self) -> None:
        """Let members live a month; who quits or reaches the end of the term chooses where to live then."""
        quits, ends = cooperators.live_month(
            self.members,
            self.serving,
            len(self.municipalities),
            self.month,
            self.isolation,
            self.behaviour.cooperators,
            self.luck,
        )
        rows = np.concatenate([quits, ends])
        if len(rows) == 0:
            return
        early = WhyEnded.NOT_RENEWED if self.month % MONTHS == MONTHS - 1 else WhyEnded.QUIT
        why = np.repeat([early, WhyEnded.END_OF_TERM], [len(quits), len(ends)]).astype(np.int8)
        chosen = end_of_term.choose_after_term(
            self.members,
            rows,
            self.municipalities,
            self.world,
            self.month,
            self.behaviour.end_of_term,
            self.now,
            self.scenario.structure.settlement,
            self.luck,
        )
        end_of_term.apply_end_of_term(self.members, chosen, why, self.month)

    def live_after_the_term(self) -> None:
        """Open firms during the term, close firms, and let settlers stay or go."""
        march = self.month - 1
        startups.open_firms(
            self.members,
            self.municipalities,
            self.behaviour.startups,
            self.behaviour.programmes,
            self.now,
            self.luck,
        )
        settlers.live_on(self.members, self.behaviour.settlers, self.now, march, self.luck)

    def pay(self) -> None:
        """Pay the year's costs, then special allocation tax on them."""
        self.service = Service.of(self.members, self.now.first_month, self.serving.rows)
        spending.pay_year(
            self.ledger,
            self.municipalities,
            self.members,
            self.service,
            self.world,
            self.behaviour,
            self.now,
            self.guests,
        )

    def observe(self) -> None:
        """Write down what the official statistics would see on 31 March."""
        places = municipal_columns(self.municipalities, self.members, self.month)
        nation = national_row(self.members, self.month, len(self.municipalities), self.market_of_year)
        nation |= {
            "price_index": self.now.price_index,
            "staff_hours": int(places["staff_hours"].sum()),
            "staff_yen": int(places["staff_yen"].sum()),
        }
        self.records.add(self.now.fiscal_year, nation, places)

    def learn(self) -> None:
        """Update beliefs, support capacity and what members' work has built."""
        learning.learn_from_year(
            self.municipalities,
            self.members,
            self.service,
            self.world,
            self.behaviour.municipalities,
            self.behaviour.programmes,
            self.now,
        )

    def tables(self, wanted: Iterable[str] = TABLES) -> dict[str, dict[str, Array]]:
        """Return the output tables of the years that the scenario wants written: columns by table name."""
        years, records, ledger, world = self.scenario.years, self.records, self.ledger, self.world
        makers: dict[str, Callable[[], dict[str, Array]]] = {
            "national": lambda: tables.national_table(records, ledger, world, years),
            "prefectures": lambda: tables.prefecture_table(
                tables.municipality_table(records, ledger, world, years), ledger, world
            ),
            "municipalities": lambda: tables.municipality_table(records, ledger, world, years),
            "members": lambda: tables.member_table(self.members, world, self.month),
            "ledger": lambda: tables.ledger_table(ledger, world, years),
            "observed": lambda: tables.observed_table(years),
        }
        return {name: makers[name]() for name in wanted}

    @property
    def now(self) -> Conditions:
        """The conditions of the year that runs. Raises RuntimeError before the first step."""
        if self.conditions is None:
            raise RuntimeError("the first year has not begun: call step(), run_year() or run()")
        return self.conditions

    def last_year(self) -> LastYear:
        """Return what is known of the year before, scaled up to the nation."""
        if not self.records.national:
            return LastYear()
        last = self.records.national[-1]
        hosting = self.municipalities.serving > 0

        def of_the_nation(number: float) -> int:
            return round(number / self.nation_share) if self.nation_share else 0

        return LastYear(
            members=of_the_nation(int(last["members"])),
            hosts=of_the_nation(int(last["municipalities_with_members"])),
            hosts_in_difficulty=of_the_nation(int((hosting & self.municipalities.in_difficulty).sum())),
            ended_so_far=of_the_nation(int(last["ended_so_far"])),
            settled=of_the_nation(int(last["settled"])),
        )

    def members_by_place(self, who: Flags) -> Integers:
        """Return how many of the members marked serve in each municipality."""
        return np.bincount(self.members.municipality[who], minlength=len(self.municipalities))


def nation_share(scenario: Scenario, world: World) -> float:
    """Return the eligible municipalities of this run over those of the whole country it is a part of."""
    nation = load_world(scenario.world.source)
    return int(world.eligible_cooperators.sum()) / max(int(nation.eligible_cooperators.sum()), 1)
