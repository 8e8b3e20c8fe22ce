"""Digital talent (デジタル人材確保プロジェクト): prefectural pools, lending, and what the extra adds.

Municipalities and prefectures hire outside talent without the measure, at their own expense, and their pay is
in the ledger whether the measure exists or not: the ledger holds every payment, by field. A cost of the measure is
always a difference between two runs, in which that pay cancels; only more people in the pools cost more. The extra
pays for hiring know-how, a talent list and training.
"""

from __future__ import annotations

from math import floor

import numpy as np

from okoshi.agents import digital_talent as talent
from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.books import Layer, Measure, Payee, Payer, item_number
from okoshi.agents.digital_talent import DigitalBehaviour, MeasureStrength, PoolPeople, Push
from okoshi.agents.rest_of_nation import part_of_municipalities, part_of_prefectures, rest_of_nation
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import NO_PLACE, Ledger
from okoshi.measures.year import MeasureYear
from okoshi.policy.amounts import YenArray, split_exactly
from okoshi.policy.digital import AnnouncedTarget, DigitalRules
from okoshi.policy.supplement import budget_year_spent_in, extra_to_spend
from okoshi.scenario.settings import Settings
from okoshi.world.country import World

LINES = ("hiring_know_how", "talent_list", "training")


class Digital:
    """The measure through the years.

    What crosses to others, by municipality, from April on: `hours_freed` by digital capacity, `hours_beside`
    lent people, `hours_for_measures` (the share of the difference that goes to these measures, a link) and
    `capacity_help` (what it adds to how well a place is seen, a link).
    """

    def __init__(self, world: World, settings: Settings, luck: Luck, nation: World | None = None) -> None:
        self.behaviour = settings.fill(DigitalBehaviour, "behaviour.digital")
        self.bodies, self.pools = talent.found_bodies(world), talent.found_pools(world, luck)
        self.people = PoolPeople(1_024)
        self.part = part_of_prefectures(world)  # the extra is for their pools
        self.pool = talent.pool_of_place(world, self.pools)
        self.copies = world.copies
        self.part_of_bodies = part_of_municipalities(world, nation or world) / world.copies
        self.staff_hours: Floats = np.asarray(world.general_staff * self.behaviour.hours_a_year)
        self.luck = luck
        self.strength = MeasureStrength(np.zeros(len(self.pools)), np.zeros(len(self.pools)))
        self.announced = AnnouncedTarget()  # known from the year in which the extra is spent
        self.target = 0
        self.with_talent_on_1_april = self.persons_on_1_april = self.pools_on_1_april = 0
        self.hours_freed: Floats = np.zeros(len(world))
        self.hours_beside: Floats = np.zeros(len(world))
        self.hours_for_measures: Floats = np.zeros(len(world))
        self.capacity_help: Floats = np.zeros(len(world))

    @property
    def appointed(self) -> int:
        """People in the pools now."""
        return int(self.pools.persons.sum())

    def open_year(self, year: MeasureYear) -> None:
        """April: the stock is counted, people leave and are hired, and the pools lend."""
        b, luck, fiscal_year = self.behaviour, self.luck, year.fiscal_year
        self.with_talent_on_1_april = int((self.bodies.since != talent.NEVER_YEAR).sum())
        self.persons_on_1_april = int(self.bodies.persons.sum())
        self.pools_on_1_april = int((self.pools.founded != talent.NEVER_YEAR).sum())
        push = self._push(year)
        talent.hire_own(self.bodies, year.population, b, fiscal_year, luck, self.part_of_bodies)
        talent.leave_pools(self.people, self.pools, b, push, fiscal_year, luck)
        talent.hire_into_pools(self.people, self.pools, b, push, fiscal_year, luck)
        lent = talent.lend(self.bodies, self.pools, self.pool, year.population, b)
        self.bodies.lent_days = lent + b.lent_days * year.piloted("digital")  # a pilot lends one expert more
        self.hours_freed = b.freed_hours * self.bodies.capacity * self.staff_hours
        self.hours_beside = np.asarray(b.staff_hours_beside * (self.bodies.lent_days > 0))
        self.hours_for_measures = b.link_freed_hours * (self.hours_freed - self.hours_beside)
        self.capacity_help = b.link_capacity * self.bodies.capacity

    def close_year(self, year: MeasureYear, ledger: Ledger) -> None:
        """March: pay, and let the days of the year build capacity."""
        self._pay(year, ledger)
        training = np.broadcast_to(self.strength.training, len(self.pools))[self.pool]
        talent.build_capacity(self.bodies, self.behaviour, training)

    def _push(self, year: MeasureYear) -> Push:
        """Read what the measure does; a part of the country has its part of bodies and the nation's target."""
        settings, fiscal_year = year.settings, year.fiscal_year
        extra = extra_to_spend(settings, "digital", fiscal_year)
        rules = DigitalRules.of(settings, budget_year_spent_in(settings, "digital", fiscal_year))
        prefectures = (rules.prefectures or 0) if extra else 0
        yen = np.where(self.pools.order < prefectures, extra / year.price_index, 0.0)
        self.strength = self.strength.after(yen, self.behaviour)
        if extra:
            self.announced = AnnouncedTarget.of(rules, fiscal_year)
        self.target = self.announced.in_force(settings, fiscal_year)
        rest = rest_of_nation().rest("digital_appointed", fiscal_year - 1, self.part, self.copies)
        gap = self.target * self.copies / max(self.appointed + rest * self.copies, 1)
        return Push(
            self.strength,
            hands_on_bodies=round((rules.hands_on_bodies or 0) * self.part) if extra else 0,
            prefectures=prefectures,
            target_gap=max(gap, 1.0),
        )

    def _pay(self, year: MeasureYear, ledger: Ledger) -> None:
        b, places = self.behaviour, len(self.bodies)
        own = self.bodies.persons.astype(np.int64) * floor(b.own_pay * year.wage_index)
        pools = self.pools.persons.astype(np.int64) * floor(b.pool_pay * year.wage_index)
        home = self.pools.prefecture.astype(np.int64) + places
        scheme, staff = Layer.SCHEME, Payee.STAFF
        _post(ledger, year, scheme, "own_talent", Payer.MUNICIPALITY, staff, np.arange(places), own)
        _post(ledger, year, scheme, "pool_pay", Payer.PREFECTURE, staff, home, pools)
        extra = floor(extra_to_spend(year.settings, "digital", year.fiscal_year) * self.part)
        parts = (b.hiring_line, b.talent_list_line, b.training_line)
        nowhere = np.array([NO_PLACE])
        for item, yen in zip(LINES, split_exactly(extra, parts), strict=True):
            direct, payee = Payer.NATIONAL_DIRECT, Payee.CONTRACTORS
            _post(ledger, year, Layer.SUPPLEMENT, item, direct, payee, nowhere, np.array([yen]))


def _post(
    ledger: Ledger,
    year: MeasureYear,
    layer: Layer,
    item: str,
    payer: Payer,
    payee: Payee,
    places: Integers,
    yen: YenArray,
) -> None:
    ledger.post(year.fiscal_year, Measure.DIGITAL, layer, item_number(item), payer, payee, places, yen)
