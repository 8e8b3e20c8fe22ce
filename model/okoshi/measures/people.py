"""People (人口) from year to year: founded as of 1 October of FY2009, moved on every March to the next 1 October.

The past is the census: with no agent taken out, FY2020 is the census cell by cell (`agents.people_past`). After it
only the rates act. Agents are listed apart (`agents.people`); whom the baseline brings is taken off the background
moves once (`agents.people_agents`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats, Integers, Keys
from okoshi.agents.arrays import Rows as MemberRows
from okoshi.agents.cooperators import NEVER, Members, Settled, gone_month
from okoshi.agents.people import STREAMS_PEOPLE, Counted, PeopleCells, Persons
from okoshi.agents.people_agents import AgentTable, expect_mean_agents
from okoshi.agents.people_mortality import chance_to_live
from okoshi.agents.people_past import Past, find_past
from okoshi.agents.people_rates import National, PeopleBehaviour, Rows, by_class, rows_of
from okoshi.agents.people_year import Flows, Rates, live_on, row_sums
from okoshi.agents.students import StudentMoves
from okoshi.engine.calendar import MONTHS
from okoshi.engine.draws import Luck
from okoshi.scenario.settings import Settings
from okoshi.world.country import World, load_nation
from okoshi.world.people import AGES

__all__ = [
    "STREAMS_PEOPLE",
    "ClosedYear",
    "Followed",
    "Founding",
    "People",
    "Whereabouts",
    "found",
    "home_of_members",
    "national_of",
]

PREFECTURES = 47
_NONE = np.zeros(0, dtype=np.int64)
NOBODY = Persons(_NONE, _NONE, _NONE, _NONE)


@dataclass(frozen=True)
class Founding:
    """What a run starts from: rows, rates, and what places did before the census. It changes with no scenario's law."""

    world: World
    nation: World
    behaviour: PeopleBehaviour
    rows: Rows
    rates: Rates
    past: Past

    def __deepcopy__(self, memo: dict[int, object]) -> Founding:
        """Share what never changes between a model and its copy."""
        return self


@dataclass(frozen=True)
class ClosedYear:
    """A year that is over: people on its 1 October, and what happened until the next, by municipality.

    `beside_rates` is what the place did before the census beside the rates; `ages` are all people of the run by sex
    and group of five years (the last: 100 and over), shape (2, 21).
    """

    fiscal_year: int
    population: Floats
    under_15: Floats
    from_65: Floats
    from_75: Floats
    agents: Floats
    births: Floats
    deaths: Floats
    moved_in: Floats
    moved_out: Floats
    from_abroad: Floats
    beside_rates: Floats
    ages: Floats

    @classmethod
    def of(
        cls,
        fiscal_year: int,
        state: PeopleCells,
        counted: Counted,
        ages: Floats,
        flows: Flows,
        beside_rates: Floats,
    ) -> ClosedYear:
        """Read a year from its people as they were counted on 1 October, those by sex and age, and its flows."""
        count = state.rows.municipalities
        totals = state.totals(counted)[:count].T
        return cls(
            fiscal_year=fiscal_year,
            population=totals[0].copy(),
            under_15=totals[1].copy(),
            from_65=totals[2].copy(),
            from_75=totals[3].copy(),
            agents=counted.listed[:count].sum(axis=1),
            births=flows.births[:count],
            deaths=flows.deaths[:count],
            moved_in=flows.moved_in[:count],
            moved_out=flows.moved_out[:count],
            from_abroad=flows.from_abroad[:count],
            beside_rates=beside_rates[:count],
            ages=np.add.reduceat(ages, np.arange(0, AGES, 5), axis=1),
        )


class People:
    """Everybody in the country. `population` and `population_65plus` are by municipality as of now.

    From April to March of a fiscal year they stand for its 1 October, agents where they live by then; `close_year`
    moves on to the next and puts the year into `closed`; `agents_came_by_class` and `cells_left_by_class` say what
    agents did, by fiscal year.
    """

    def __init__(self, world: World, settings: Settings, luck: Luck, nation: World | None = None) -> None:
        self.world, self.settings, self.luck = world, settings, luck
        self.founding = found(world, settings.fill(PeopleBehaviour, "behaviour.people"), nation)
        self.rows, self.rates = self.founding.rows, self.founding.rates
        listed = self.founding.behaviour.link_settlers_to_people
        self.mean_agents = AgentTable.read().part_of(self.rows, listed)
        self.closed: list[ClosedYear] = []
        self.agents_came_by_class: dict[int, Floats] = {}
        self.cells_left_by_class: dict[int, Floats] = {}
        self.followed: dict[str, Followed] = {}
        rest = np.full(len(self.rows) - len(world), -1)
        prefecture = world.copy.astype(np.int64) * PREFECTURES + world.prefecture
        self.prefecture_of_row: Integers = np.concatenate([prefecture, rest])
        absent = np.setdiff1d(np.arange(PREFECTURES), world.prefecture)
        if len(rest):  # who comes from a prefecture outside the run comes from the rest of the nation
            self.rest_group = int(prefecture.max(initial=0)) + 1
            self.prefecture_of_row[len(world) :] = self.rest_group
        else:
            self.rest_group = -1
        self.state = PeopleCells(self.rows, self.prefecture_of_row)
        self.absent: Flags = np.isin(np.arange(PREFECTURES), absent)

    @property
    def by_age(self) -> Floats:
        """People by municipality, sex (0 men, 1 women) and age (100: and over), shape (M, 2, 101)."""
        count = self.rows.municipalities
        return self.state.everybody()[:count]

    @property
    def totals(self) -> Floats:
        """People by municipality: all, under 15, 65 and over, 75 and over, shape (M, 4)."""
        return self.state.totals()[: self.rows.municipalities]

    @property
    def population(self) -> Floats:
        """People by municipality."""
        return self.totals[:, 0]

    @property
    def population_65plus(self) -> Floats:
        """People of 65 and over by municipality."""
        return self.totals[:, 2]

    def population_of(self, fiscal_year: int) -> tuple[Floats, Floats]:
        """Return people and people of 65 and over by municipality on 1 October of a year that is over, or now."""
        for year in self.closed:
            if year.fiscal_year == fiscal_year:
                return year.population, year.from_65
        return self.population, self.population_65plus

    @property
    def agents(self) -> Floats:
        """People listed apart as agents, by municipality."""
        return row_sums(self.state.listed[: self.rows.municipalities]).astype(np.float64)

    def close_year(self, fiscal_year: int) -> None:
        """Move everybody from 1 October of `fiscal_year` to the next: deaths, births, moves, arrivals from abroad."""
        state, size_class = self.state, self.rows.size_class
        self.agents_came_by_class[fiscal_year] = by_class(state.agents_came, size_class)
        self.cells_left_by_class[fiscal_year] = by_class(state.cells_left, size_class)
        if self.followed:  # a run that lists no agents keeps them in the background
            expect_mean_agents(state, self.mean_agents, fiscal_year)
            state.keep_expected()
        national = national_of(self.settings, fiscal_year)
        counted = state.count()
        ages = state.by_age()
        flows = live_on(state.cells, state.beside(self.rates.birth, counted), self.rates, national)
        beside_rates = self.founding.past.apply(state.cells, fiscal_year)
        self.closed.append(ClosedYear.of(fiscal_year, state, counted, ages, flows, beside_rates))
        state.age_listed(chance_to_live(national, self.rates.behaviour))
        state.keep_expected()
        for followed in self.followed.values():
            followed.age += followed.home >= 0
        state.begin_year()

    def take_out(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """List persons apart, one an entry: from a cell of municipality `place`, living in `to` from now on."""
        self.state.take_out(place, sex, age, to)

    def take_out_of_prefectures(
        self, prefecture: Integers, sex: Integers, age: Integers, to: Integers
    ) -> None:
        """List persons apart who come from somewhere in a prefecture (0-46), in the copy that `to` lies in."""
        out = Persons(to, sex, age, self._group(prefecture, to))
        self.state.swap_with_groups(out, NOBODY)

    def move(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Let listed people move from municipality `place` to `to`."""
        self.state.move(place, sex, age, to)

    def put_back(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Put listed people of `place` back into the cells of municipality `to`: their story ends there."""
        self.state.put_back(place, sex, age, to)

    def put_back_in_prefectures(
        self, place: Integers, sex: Integers, age: Integers, prefecture: Integers
    ) -> None:
        """Put listed people of `place` back into the cells of a prefecture (0-46)."""
        back = Persons(place, sex, age, self._group(prefecture, place))
        self.state.swap_with_groups(NOBODY, back)

    def who_dies(self, place: Integers, sex: Integers, age: Integers, keys: Keys, fiscal_year: int) -> Flags:
        """Return which listed people die before the next 1 October, by the same table as the cells."""
        live = chance_to_live(national_of(self.settings, fiscal_year), self.rates.behaviour)
        chance = live[self.rows.size_class[place], sex, np.clip(age, 0, AGES - 1)]
        return np.asarray(self.luck("people.listed_dies").uniform(keys, fiscal_year) >= chance)

    def members_who_die(self, members: Members, month: int, fiscal_year: int) -> MemberRows:
        """Return who of those serving or settled when month `month` begins dies: who was there a year before."""
        there = where_members_live(members, month)
        rows = np.flatnonzero((there >= 0) & (members.start_month < month - MONTHS))
        years = (month - 1) // MONTHS - members.start_month[rows] // MONTHS
        age = members.age_at_start[rows].astype(np.int64) + years
        # Who dies is missing from 1 October of this year on: a year younger when the year of its death began.
        dies = self.who_dies(
            there[rows],
            members.sex[rows].astype(np.int64),
            age - 1,
            members.key[rows],
            fiscal_year - 1,
        )
        return rows[dies]

    def follow_members(self, members: Members, month: int) -> None:
        """List the cooperators and settlers where they live before month `month`: call it in March, before `observe`.

        A member is listed where it serves, then where it settled; it comes from its prefecture of origin and goes
        back there when it leaves. Who moved nearby moves on the list.
        """
        counted = self._is_counted(members.key)
        self.follow(
            "cooperators",
            Whereabouts(
                np.where(counted, home_of_members(members, month), -1),
                members.origin_prefecture.astype(np.int64),
                members.sex.astype(np.int64),
                members.age_at_start.astype(np.int64),
                np.asarray(members.died_month < NEVER),
            ),
        )

    def take_in_students(self, moves: StudentMoves) -> None:
        """Move students from their home prefecture to the place they had visited: people of its cells from now on.

        Who would have moved without the visit is one of the background's movers. One is taken from the cells of its
        home prefecture, though a census has a student where the university is.
        """
        rows = np.flatnonzero(~moves.would_have_moved_anyway & self._is_counted(moves.key))
        place, sex, age = moves.municipality[rows], moves.sex[rows].astype(np.int64), moves.age[rows]
        self.take_out_of_prefectures(moves.home_prefecture[rows], sex, age, place)
        self.put_back(place, sex, age, place)

    def _is_counted(self, keys: Keys) -> Flags:
        share = self.founding.behaviour.link_settlers_to_people
        if share >= 1.0:  # no draw reaches one
            return np.ones(len(keys), dtype=np.bool_)
        return np.asarray(self.luck("people.listed").uniform(keys) < share)

    def follow(self, kind: str, now: Whereabouts) -> None:
        """List the agents of a table (rows are fixed) where they live now, and bury who has died."""
        register = self.followed.setdefault(kind, Followed())
        register.grow(now)
        old = np.flatnonzero(register.home >= 0)
        dies = old[now.dead[old]]
        self.state.bury(register.home[dies], now.sex[dies], register.age[dies])
        register.dead[dies], register.home[dies] = True, -1
        home = np.where(register.dead, -1, now.home)
        here, was = home >= 0, register.home >= 0
        new, gone, moved = (
            np.flatnonzero(flags)
            for flags in (here & ~was, was & ~here, here & was & (home != register.home))
        )
        age, sex = register.age, now.sex
        out, back = (
            Persons(where[who], sex[who], age[who], self._group(now.origin_prefecture[who], where[who]))
            for who, where in ((new, home), (gone, register.home))
        )
        self.state.swap_with_groups(out, back)
        self.move(register.home[moved], sex[moved], age[moved], home[moved])
        register.home = home

    def _group(self, prefecture: Integers, near: Integers) -> Integers:
        group = self.world.copy[near].astype(np.int64) * PREFECTURES + prefecture
        return np.where(self.absent[prefecture], self.rest_group, group)


@dataclass(frozen=True)
class Whereabouts:
    """One value an agent of a table: municipality it lives in (-1: not as an agent), origin, sex, first age, dead."""

    home: Integers
    origin_prefecture: Integers
    sex: Integers
    age_at_first: Integers
    dead: Flags


class Followed:
    """Where the agents of one table were listed last (-1: not), how old they are, and who died."""

    def __init__(self) -> None:
        self.home: Integers = np.zeros(0, dtype=np.int64)
        self.age: Integers = np.zeros(0, dtype=np.int64)
        self.dead: Flags = np.zeros(0, dtype=np.bool_)

    def grow(self, now: Whereabouts) -> None:
        """Take up the table's new rows."""
        known = len(self.home)
        new = len(now.home) - known
        self.home = np.concatenate([self.home, np.full(new, -1, dtype=np.int64)])
        self.age = np.concatenate([self.age, np.clip(now.age_at_first[known:], 0, AGES - 1)])
        self.dead = np.concatenate([self.dead, np.zeros(new, dtype=np.bool_)])


def where_members_live(members: Members, month: int) -> Integers:
    """Return the municipality each member lives in when month `month` begins, where it serves or settled; else -1."""
    serves = (members.start_month < month) & (members.end_month > month)
    settled = ((members.settled == Settled.SAME) | (members.settled == Settled.NEARBY)) & ~serves
    settled &= (members.end_month <= month) & (gone_month(members) > month)
    home = np.where(serves, members.municipality, np.where(settled, members.settled_municipality, -1))
    return home.astype(np.int64)


def home_of_members(members: Members, month: int) -> Integers:
    """Return where each member is listed when month `month` begins, -1 for who is not.

    Who would have moved there anyway is one of the background's movers, and not listed: it moves in every scenario.
    """
    return np.where(members.moves_anyway, -1, where_members_live(members, month))


def national_of(settings: Settings, fiscal_year: int) -> National:
    """Return what comes from outside in the year that begins on 1 October of `fiscal_year`."""
    children = settings.value("country.people.children_per_woman", fiscal_year)
    abroad = settings.value("country.people.net_from_abroad", fiscal_year)
    over_schedule = settings.value("country.people.deaths_over_schedule", fiscal_year)
    return National(fiscal_year, _number(children), _number(abroad), _number(over_schedule))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


_founded: list[Founding] = []  # the last one: replicates and scenarios of a process share it


def found(world: World, behaviour: PeopleBehaviour, nation: World | None = None) -> Founding:
    """Return the founding of a world, made once for the runs that follow one another.

    `nation` is the whole country that the world is a part of: its own source's, where it is not given.
    """
    nation = load_nation(world.source) if nation is None else nation
    for known in _founded:
        if known.world is world and known.nation is nation and known.behaviour == behaviour:
            return known
    rows = rows_of(world, nation, behaviour)
    rates = Rates.of(rows, behaviour)
    base = Settings()
    past = find_past(rows, rates, lambda year: national_of(base, year))
    _founded[:] = [Founding(world, nation, behaviour, rows, rates, past)]
    return _founded[0]
