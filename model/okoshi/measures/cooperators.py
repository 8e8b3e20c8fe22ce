"""The cooperators (地域おこし協力隊) in the yearly round: hosting, recruitment, the member's months, life afterwards.

In April municipalities decide and the market meets; each month members live, quit or reach the end of their term; in
March firms open and close, settlers stay or go, costs are paid, and municipalities learn.
"""

from __future__ import annotations

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
    students,
)
from okoshi.agents.arrays import Flags, Floats, Integers, Keys, Rows
from okoshi.agents.behaviour import Behaviour
from okoshi.agents.conditions import Conditions
from okoshi.agents.cooperators import NEVER, Members, Path, Serving, Settled, WhyEnded
from okoshi.agents.end_of_term import Tastes
from okoshi.agents.field_capacity import FieldCapacity
from okoshi.agents.municipalities import found_municipalities
from okoshi.agents.programmes import LastYear
from okoshi.agents.purse import Purse
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.agents.spending import Service
from okoshi.agents.students import TiedApplicants
from okoshi.agents.surroundings import Surroundings
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.markets.recruitment import Matches, RecruitmentBehaviour, recruit
from okoshi.scenario.scenario import Structure
from okoshi.scenario.settings import Settings
from okoshi.world.country import World


class Cooperators:
    """The measure through the years: municipalities as hosts, and members from hiring to life as settlers.

    `guests` stayed on trial or as interns this year and are in the next year's pool; `pool` and `matches` are
    this year's market. `tastes` are those of the members from the first that may be serving on.
    """

    def __init__(self, world: World, settings: Settings, structure: Structure, luck: Luck) -> None:
        self.world, self.structure, self.luck = world, structure, luck
        self.behaviour = Behaviour.of(settings)
        self.market = settings.fill(RecruitmentBehaviour, "behaviour.recruitment")
        self.municipalities = found_municipalities(world, self.behaviour.municipalities, luck)
        self.members = Members(4_096)
        self.capacity = FieldCapacity(len(world))
        self.guests = applicants.nobody()
        self.pool = applicants.nobody()
        self.matches = Matches.none()
        self.serving = Serving.of(self.members)
        self.tastes = Tastes.of(self.members.key, luck)
        self.around = Surroundings.none(len(world))
        self.isolation = 1.0
        self.first_month = 0

    @property
    def hired_keys(self) -> Keys:
        """The keys of those hired this year."""
        return self.pool.key[self.matches.person]

    def decide_hosting(self, now: Conditions, purse: Purse) -> Purse:
        """Let municipalities join, decide posts, pay and programmes; return what they will take of the purse."""
        members = self.members
        ends = (members.end_month == NEVER) & (members.term_end_month < now.first_month + MONTHS)
        ending = np.bincount(members.municipality[ends], minlength=len(self.municipalities))
        return hosting.decide(
            self.municipalities,
            self.world,
            self.behaviour.municipalities,
            now,
            self.structure.adoption,
            purse,
            ending,
            self.luck,
        )

    def recruit(self, now: Conditions, tied: TiedApplicants) -> None:
        """Bring the year's applicants, last year's guests and students with ties among them, and posts together."""
        who, luck = self.behaviour.applicants, self.luck
        before_april = self.behaviour.cooperators.starts_in_april
        expected = applicants.expected_numbers(who, self.behaviour.programmes, now, before_april)
        from_cities = applicants.people_from_cities(self.world, now, *expected, luck)
        with_ties = students.as_applicants(tied, self.world.copy, luck)
        self.pool = from_cities.followed_by(self.guests).followed_by(with_ties)
        self.matches = recruit(
            self.pool,
            self.municipalities,
            self.world,
            self.market,
            now,
            self.structure.matching,
            applicants.heard_of(who, now),
            luck,
        )
        hired = self.pool.take(self.matches.person)
        new = cooperators.hire(
            self.members,
            hired,
            applicants.traits_of(hired, who, luck),
            self.matches.municipality,
            self.matches.fit,
            self.behaviour.cooperators,
            now,
            luck,
        )
        self.tastes = self.tastes.followed_by(Tastes.of(self.members.key[new], luck))
        hosting.fill_posts(self.municipalities, self.matches.municipality)

    def invite_guests(self, now: Conditions) -> None:
        """Bring trial guests and interns to the places that offer it; they are in next year's pool."""
        costs = self.behaviour.municipalities
        self.guests = applicants.guests_of_the_year(
            self.behaviour.applicants,
            (costs.trial_cost * now.price_index, costs.internship_cost * now.price_index),
            self.world,
            self.municipalities,
            now.fiscal_year,
            now.circumstances.pandemic_index,
            self.luck,
        )

    @property
    def successors(self) -> Integers:
        """Members whose term ended this year and who took over a business, by municipality."""
        members, first = self.members, self.first_month
        took = (members.end_month > first) & (members.end_month <= first + MONTHS)
        took &= (members.path == Path.SUCCESSION) & (members.settled == Settled.SAME)
        return np.bincount(members.municipality[took], minlength=len(self.world))

    def open_with_grants(self, now: Conditions, rows: Rows) -> None:
        """Let settlers whose project got a grant of Local 10,000 have a firm."""
        startups.open_with_grant(self.members, rows, now.first_month)

    def become_enterprises(self, rows: Rows, enterprises: Rows, anyway: Flags) -> None:
        """Note which enterprise each firm with a grant is: one firm, one fate.

        `anyway` says of each whether it would have started without the grant: all that helped a firm without startup
        aid.
        """
        self.members.enterprise[rows] = enterprises
        alone = self.members.startup_cost[rows] == 0
        self.members.would_have_started_anyway[rows[alone]] = anyway[alone]

    def close_firms(self, now: Conditions, enterprises: Rows) -> None:
        """Close members' firms that are among the enterprises (rows) that closed this March."""
        firms = startups.firms_among(self.members, enterprises)
        settlers.close(self.members, firms, now.first_month + MONTHS - 1)
        self.members.enterprise[firms] = -1

    def give_up_enterprises(self) -> Rows:
        """Return the enterprises (rows) whose founder gave up the firm this year, at the end of a term or going."""
        return startups.give_up(self.members)

    def prepare_months(self, now: Conditions, around: Surroundings) -> None:
        """Reckon once what holds for the twelve months."""
        self.around, self.first_month = around, now.first_month
        first = self.serving.rows.start
        self.serving = Serving.of(self.members)
        self.tastes = self.tastes.take(slice(self.serving.rows.start - first, None))
        cooperators.prepare_year(
            self.members,
            self.serving,
            self.municipalities,
            self.behaviour.cooperators,
            self.behaviour.programmes,
            now,
            self._support_of_foreign(now),
        )
        self.isolation = 1.0 - self.behaviour.programmes.field_training_effect * now.reach.field_training

    def _support_of_foreign(self, now: Conditions) -> Floats:
        """Return what prefectures spend on foreign members, for the part of this year that each is to serve."""
        home, members, first = self.world.prefecture, self.members, now.first_month
        serves = members.foreign[self.serving.rows] & (members.end_month[self.serving.rows] == NEVER)
        rows = np.flatnonzero(serves) + self.serving.rows.start
        until = np.minimum(members.term_end_month[rows], first + MONTHS)
        years = (until - np.maximum(members.start_month[rows], first)) / MONTHS
        foreign = np.bincount(home[members.municipality[rows]], years, len(self.world.prefectures.code))
        return spending.support_of_foreign(self.world, self.behaviour.applicants, now, foreign)[home]

    def live_month(self, month: int) -> None:
        """Let members live a month; who quits or reaches the end of the term serves no longer."""
        quits, ends = cooperators.live_month(
            self.members,
            self.serving,
            len(self.municipalities),
            month,
            self.isolation,
            self.behaviour.cooperators,
            self.luck,
        )
        rows = np.concatenate([quits, ends])
        early = WhyEnded.NOT_RENEWED if month % MONTHS == MONTHS - 1 else WhyEnded.QUIT
        why = np.repeat([early, WhyEnded.END_OF_TERM], [len(quits), len(ends)]).astype(np.int8)
        end_of_term.end_service(self.members, rows, why, month)

    def end_terms(self, now: Conditions) -> None:
        """Let those whose service has ended choose where to live; in which month of the year they are asked is all one.

        What they go by holds all year, but for the attachment they left with: a run of whole years asks once a year.
        """
        served = self.members.settled[self.serving.rows] == Settled.SERVING
        served &= self.members.end_month[self.serving.rows] != NEVER
        rows = np.flatnonzero(served) + self.serving.rows.start
        if len(rows) == 0:
            return
        chosen = end_of_term.choose_after_term(
            self.members,
            rows,
            self.municipalities,
            self.world,
            self.members.end_month[rows] - 1,
            self.behaviour.end_of_term,
            now,
            self.around,
            self.structure.settlement,
            self.tastes.take(rows - self.serving.rows.start),
        )
        end_of_term.apply_end_of_term(self.members, chosen)

    def live_after_the_term(self, now: Conditions, leaving_logit: Floats) -> None:
        """Open firms during the term, close firms, and let settlers stay or go (shops gone: `leaving_logit`)."""
        march = now.first_month + MONTHS - 1
        startups.open_firms(
            self.members,
            self.municipalities,
            self.behaviour.startups,
            self.behaviour.programmes,
            now,
            self.luck,
        )
        settlers.live_on(self.members, self.behaviour.settlers, now, leaving_logit, march, self.luck)

    def bury(self, now: Conditions, dying: Rows) -> None:
        """Let the members and settlers at `dying` have died by this March."""
        settlers.die(self.members, dying, now.first_month + MONTHS - 1)

    def pay(self, now: Conditions, ledger: Ledger) -> None:
        """Pay the year's costs, then special allocation tax on them."""
        self.service = Service.of(self.members, now.first_month, self.serving.rows)
        spending.pay_year(
            ledger,
            self.municipalities,
            self.members,
            self.service,
            self.world,
            self.behaviour,
            now,
            self.guests,
        )

    def learn(
        self,
        now: Conditions,
        by_employees: Floats,
        digital_help: Floats,
        hours_freed: Floats,
        piloted: Flags | None = None,
    ) -> None:
        """Update beliefs, support capacity and what work has built, that of employees and digital talent with it.

        `hours_freed` are officials' hours that digital work freed and no measure took this year, by municipality.
        Advisers visit every host among the `piloted`, beside those that they are sent to anyway.
        """
        learning.learn_from_year(
            self.municipalities,
            self.members,
            self.service,
            self.world,
            self.behaviour.municipalities,
            self.behaviour.programmes,
            now,
            self.capacity,
            piloted,
        )
        table, behaviour = self.municipalities, self.behaviour.municipalities
        table.support_capacity = learning.support_from_hours(table, behaviour, hours_freed)
        self.capacity.write(table, by_employees, digital_help)

    def last_year(
        self, nation_share: float, fiscal_year: int, last: dict[str, float | int | str] | None
    ) -> LastYear:
        """Return what is known of the nation in the year before, `fiscal_year`; `last` is the run's national row of it.

        In a run of a part of the nation the rest does what it does in the baseline (assumed).
        """
        if last is None:
            return LastYear()
        hosts, rest = self.municipalities, rest_of_nation()
        in_difficulty = int(((hosts.serving > 0) & hosts.in_difficulty).sum())

        def of_the_nation(name: str, own: float | int | str) -> int:
            return rest.number(name, fiscal_year, float(own), nation_share, self.world.copies)

        return LastYear(
            members=of_the_nation("members", last["members"]),
            hosts=of_the_nation("hosts", last["municipalities_with_members"]),
            hosts_in_difficulty=of_the_nation("hosts_in_difficulty", in_difficulty),
            ended_so_far=of_the_nation("ended_so_far", last["ended_so_far"]),
            settled=of_the_nation("settled", last["settled"]),
        )
