"""The country at the start of a run, as plain arrays: read from a world folder, cut to prefectures, repeated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from okoshi.engine.draws import combine_keys, text_key
from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say
from okoshi.scenario.scenario import folder_content
from okoshi.world.arrays import Array, Booleans, Floats, Integers, Keys, Texts
from okoshi.world.facts import prefecture_facts
from okoshi.world.geography import Lists, choose_from_lists, distance_km, repeat_lists
from okoshi.world.paths import Anchors, National, population_by_year
from okoshi.world.people import national_table, people_from, people_of_2009
from okoshi.world.storage import DEFAULT_FOLDER, StoredWorld, read_world

__all__ = [
    "Depopulation",
    "MunicipalityKind",
    "Prefectures",
    "World",
    "distance_km",
    "load_nation",
    "load_world",
    "world_from",
]

LARGEST_SCALE = 100


class MunicipalityKind(IntEnum):
    """What a municipality is: 市, 町, 村 or 特別区 of Tokyo."""

    CITY = 0
    TOWN = 1
    VILLAGE = 2
    WARD = 3


class Depopulation(IntEnum):
    """How much of a municipality is designated as depopulated (過疎): none, all, part, deemed (みなし)."""

    NONE = 0
    ALL = 1
    PART = 2
    DEEMED = 3


@dataclass(frozen=True)
class Prefectures:
    """The 47 prefectures, whole also where only some have municipalities in the run."""

    code: Texts
    name: Texts
    longitude: Floats  # of the weighted mean of its offices, degrees
    latitude: Floats
    metropolitan: Booleans  # one of the eleven of the three metropolitan areas
    urban_population: Floats  # people aged 20-59 of its urban areas, where applicants come from


@dataclass(frozen=True)
class World:
    """The country: one value a municipality (M of them) unless said otherwise. Arrays are read-only."""

    source: str
    invented: bool  # 合成: no row is a real town
    prefectures: Prefectures
    code: Texts
    name: Texts
    prefecture: Integers  # index into prefectures
    copy: Integers
    kind: Integers  # MunicipalityKind
    longitude: Floats
    latitude: Floats
    area_km2: Floats
    habitable_km2: Floats
    population_2020: Integers
    share_under_15: Floats
    share_65plus: Floats
    share_75plus: Floats
    fiscal_strength: Floats
    general_staff: Floats
    depopulated: Booleans
    depopulation: Integers  # Depopulation
    eligible_cooperators: Booleans
    eligible_dispatch: Booleans
    ratio_2050: Floats
    net_migration_per_1000: Floats
    large_stores: Integers
    retail_shops: Floats
    age_coefficients: Floats  # (M, 2, 4)
    age_factors_2009: Floats  # (2, 101)
    people: Floats  # (M, 2, 101) on 1 October 2020
    population: Floats  # (42, M), FY2009-FY2050, 1 October
    population_65plus: Floats  # (42, M)
    neighbour_start: Integers  # (M + 1,)
    neighbour: Integers
    nearby_start: Integers
    nearby: Integers
    key: Keys

    def __len__(self) -> int:
        """Return the number of municipalities."""
        return len(self.code)

    @property
    def copies(self) -> int:
        """How many countries stand side by side."""
        return int(self.copy.max(initial=0)) + 1

    @cached_property
    def oldest_of_old(self) -> tuple[Floats, Floats]:
        """People of 75 and over by people of 65 and over, by municipality, in FY2009 and FY2020."""
        return _oldest_of_old(self.people_2009), _oldest_of_old(self.people)

    @cached_property
    def has_neighbour(self) -> Integers:
        """The municipality that each entry of `neighbour` is a neighbour of."""
        counts = np.diff(self.neighbour_start)
        owner = np.repeat(np.arange(len(counts)), counts)
        owner.flags.writeable = False
        return owner

    @cached_property
    def km_from_prefectures(self) -> Floats:
        """Distances in km from where people of each prefecture live to each municipality, shape (47, M)."""
        home = self.prefectures
        distance = distance_km(home.longitude[:, None], home.latitude[:, None], self.longitude, self.latitude)
        distance.flags.writeable = False
        return distance

    @cached_property
    def people_2009(self) -> Floats:
        """People of FY2009 by place, sex and age, shape (M, 2, 101), adding up to `population[0]`.

        A place has the same people in a subset as in the whole country, which has the nation's ages.
        """
        people = people_of_2009(self.age_coefficients, self.population[0], self.age_factors_2009)
        people.flags.writeable = False
        return people


def _oldest_of_old(people: Floats) -> Floats:
    by_age = people.sum(axis=1)
    old = by_age[:, 65:].sum(axis=1)
    share = np.asarray(by_age[:, 75:].sum(axis=1) / np.maximum(old, 1e-9))
    share.flags.writeable = False
    return share


def load_world(source: str = "default", prefectures: tuple[str, ...] = (), scale: int = 1) -> World:
    """Return the country: the default one or a world folder, only some prefectures, `scale` copies of it.

    Prefectures go by Japanese name, romaji or code; none means all. Raises InputError for an unknown one, for a
    folder that is no world and for a scale that is no whole number from 1 to 100.
    """
    if isinstance(scale, bool) or not isinstance(scale, int) or not 1 <= scale <= LARGEST_SCALE:
        raise InputError(
            Fault(
                say("world.scale"),
                key="world.scale",
                value=str(scale),
                allowed=say("world.allowed_scale", largest=LARGEST_SCALE),
            )
        )
    chosen = tuple(sorted({find_prefecture(name) for name in prefectures}))
    folder = DEFAULT_FOLDER if source == "default" else Path(source)
    return _load(source, folder, _content(source), chosen, scale)


def load_nation(source: str = "default") -> World:
    """Return the whole country that worlds of a source are parts of: the source itself where it has all prefectures.

    A folder of some prefectures is a part of the default country, as a subset is: were it taken for the nation, all
    applicants, budgets and targets of Japan would fall to it. Raises InputError as `load_world` does.
    """
    world = load_world(source)
    return world if len(np.unique(world.prefecture)) == len(world.prefectures.code) else load_world()


def find_prefecture(name: str) -> int:
    """Return the index (0-46) of a prefecture given as 島根県, 島根, Shimane or 32. Raises InputError."""
    wanted = name.strip().lower()
    known: dict[str, int] = {}
    for index, row in enumerate(prefecture_facts()):
        for form in (row["name"], row["romaji"], row["code"], row["romaji"] + "-ken"):
            known[form.lower()] = index
        if row["name"] != "北海道":
            known[row["name"][:-1]] = index
    if wanted in known:
        return known[wanted]
    near = nearest_name(wanted, known)
    raise InputError(
        Fault(
            say("world.no_prefecture"),
            key="world.prefectures",
            value=name,
            allowed=say("world.allowed_prefecture"),
            nearest=None if near is None else prefecture_facts()[known[near]]["name"],
        )
    )


def _content(source: str) -> str:
    """Return what a run's hash says of the source, so that a world with other content is read anew."""
    try:
        return folder_content(source)
    except OSError:
        return ""  # told where the world is read


@lru_cache(maxsize=8)
def _load(source: str, folder: Path, content: str, chosen: tuple[int, ...], scale: int) -> World:
    return world_from(read_world(folder), source, chosen, scale)


def world_from(stored: StoredWorld, source: str, chosen: tuple[int, ...] = (), scale: int = 1) -> World:
    """Return the arrays of a stored world: only the prefectures of these indices (none: all), in copies."""
    stored = choose_prefectures(stored, chosen)
    columns = stored.columns
    count = len(columns["code"])
    coefficients = columns["age_coefficients"]
    anchors = Anchors(
        columns["population_2020"].astype(np.float64),
        *(columns[field.name] for field in fields(Anchors)[1:]),
    )
    population, over = population_by_year(
        anchors, National(stored.national["population_factor"], stored.national["ageing_shift"])
    )
    arrays: dict[str, Array] = {
        name: np.concatenate([columns[name]] * scale) if scale > 1 else columns[name] for name in _AS_STORED
    }
    codes = np.array([text_key(code) for code in columns["code"].tolist()], dtype=np.uint64)
    copy = np.repeat(np.arange(scale, dtype=np.int16), count)
    neighbours, nearby = repeat_lists(stored.neighbours, scale), repeat_lists(stored.nearby, scale)
    people = people_from(coefficients, national_table(2020))
    arrays |= {
        "copy": copy,
        "depopulated": arrays["depopulation"] > 0,
        "people": np.concatenate([people] * scale) if scale > 1 else people,
        "age_factors_2009": stored.national["age_factors_2009"].reshape(2, -1),
        "population": np.tile(population, (1, scale)),
        "population_65plus": np.tile(over, (1, scale)),
        "neighbour_start": neighbours.start,
        "neighbour": neighbours.items,
        "nearby_start": nearby.start,
        "nearby": nearby.items,
        "key": combine_keys(copy.astype(np.uint64), np.tile(codes, scale)),
    }
    prefectures = Prefectures(**stored.prefectures)
    for array in [*arrays.values(), *stored.prefectures.values()]:
        array.flags.writeable = False
    return World(source=source, invented=stored.invented, prefectures=prefectures, **arrays)


_AS_STORED = (
    "code",
    "name",
    "prefecture",
    "kind",
    "longitude",
    "latitude",
    "area_km2",
    "habitable_km2",
    "population_2020",
    "share_under_15",
    "share_65plus",
    "share_75plus",
    "fiscal_strength",
    "general_staff",
    "depopulation",
    "eligible_cooperators",
    "eligible_dispatch",
    "ratio_2050",
    "net_migration_per_1000",
    "large_stores",
    "retail_shops",
    "age_coefficients",
)


def choose_prefectures(stored: StoredWorld, chosen: tuple[int, ...]) -> StoredWorld:
    """Return a stored world with the municipalities of these prefectures only (indices; none: all)."""
    if not chosen:
        return stored
    count = len(stored.columns["code"])
    rows = np.flatnonzero(np.isin(stored.columns["prefecture"], chosen)).astype(np.int64)
    absent = sorted(set(chosen) - set(stored.columns["prefecture"].tolist()))
    if absent:
        names = [str(stored.prefectures["name"][row]) for row in absent]
        there = [str(stored.prefectures["name"][row]) for row in np.unique(stored.columns["prefecture"])]
        what = say("world.no_such_prefecture")
        raise InputError(
            Fault(what, key="world.prefectures", value=", ".join(names), allowed=", ".join(there))
        )
    return StoredWorld(
        invented=stored.invented,
        about=stored.about,
        columns={name: column[rows] for name, column in stored.columns.items()},
        prefectures=stored.prefectures,
        national=stored.national,
        neighbours=choose_from_lists(Lists(*stored.neighbours), rows, count),
        nearby=choose_from_lists(Lists(*stored.nearby), rows, count),
    )
