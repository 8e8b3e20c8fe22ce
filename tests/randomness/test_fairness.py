"""What makes a comparison fair: luck hangs on seed, who, what for and when alone."""

from __future__ import annotations

import numpy as np
import pytest

import okoshi.simulation
from okoshi.agents.streams import STREAMS
from okoshi.engine.draws import Luck
from okoshi.observe.declarations import TABLES
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.draft import Adoption, Matching, Settlement
from okoshi.simulation import RegionalModel
from okoshi.study.runs import run
from okoshi.world.country import load_world
from small_country import lived, rows_of, scenario_of, tables_as_bytes

TWO = ("島根県", "長野県")
YEARLY = ("national", "prefectures", "municipalities", "ledger")
OTHER_MEASURES = ("local_10000", "dispatch", "university", "shopping", "digital")
RIVALS = {"matching": Matching, "adoption": Adoption, "settlement": Settlement}

# Of a person, what a policy can never change.
TRAITS = ("sex", "age", "former_work", "household", "foreign", "field", "from_prefecture")


@pytest.fixture(scope="module")
def base():
    return scenario_of((2009, 2018), TWO, base="baseline")


@pytest.fixture(scope="module")
def base_tables(base):
    return lived(base).tables()


def until(tables, year, names=YEARLY):
    return {
        name: {column: values[tables[name]["fiscal_year"] <= year] for column, values in tables[name].items()}
        for name in names
    }


def differing(one, other):
    """Return the columns that are not the same bytes, texts as texts (their width may differ)."""
    return [
        f"{table}.{column}"
        for table in one
        for column in one[table]
        if one[table][column].dtype.kind != other[table][column].dtype.kind
        or not np.array_equal(
            one[table][column], other[table][column], equal_nan=one[table][column].dtype.kind == "f"
        )
    ]


def rows_by_key(members):
    return {key: row for row, key in enumerate(members["member"].tolist())}


# the same bytes


@pytest.mark.parametrize("structure", [{}, {name: list(kind)[1] for name, kind in RIVALS.items()}])
def test_the_same_seed_gives_the_same_bytes(structure):
    scenario = scenario_of(
        (2009, 2018), **{f"structure.{name}": str(kind) for name, kind in structure.items()}
    )
    first, second = (tables_as_bytes(lived(scenario).tables()) for _ in range(2))
    assert first == second
    other = tables_as_bytes(lived(scenario, seed=77).tables())
    assert first["national"] != other["national"]


def test_workers_change_no_byte_and_more_replicates_no_earlier_one(base):
    alone = run(base, replicates=3, workers=1)
    side_by_side = run(base, replicates=2, workers=2)
    assert side_by_side.workers == 2

    def first_two(result):
        return {
            name: {
                column: values[table["replicate"] < 2] if "replicate" in table else values
                for column, values in table.items()
            }
            for name, table in result.arrays.items()
        }

    assert tables_as_bytes(first_two(alone)) == tables_as_bytes(first_two(side_by_side))
    assert alone.seeds[:2] == side_by_side.seeds


def test_replicates_differ_from_one_another(base):
    national = run(base, replicates=3, tables=["national"]).arrays["national"]
    hired = national["hired"].reshape(3, -1)
    assert len({tuple(row) for row in hired.tolist()}) == 3


# order and number


def test_the_order_of_municipalities_does_not_matter(base, base_tables, monkeypatch):
    nation = load_world("default")
    ordered = load_world("default", TWO)
    shuffled = rows_of(ordered, np.random.default_rng(5).permutation(len(ordered)))
    assert shuffled.code.tolist() != ordered.code.tolist()

    def world(source, prefectures=(), scale=1):
        return shuffled if prefectures else nation

    monkeypatch.setattr(okoshi.simulation, "load_world", world)
    tables = lived(base).tables()
    for name in set(TABLES) - {"ledger", "municipalities", "observed"}:
        assert differing({name: base_tables[name]}, {name: tables[name]}) == []
    ordered, shuffled = (by_place(found["municipalities"]) for found in (base_tables, tables))
    assert differing({"municipalities": ordered}, {"municipalities": shuffled}) == []


def by_place(table):
    order = np.lexsort([table["fiscal_year"], table["municipality"]])
    return {name: column[order] for name, column in table.items()}


def test_more_applicants_leave_the_others_as_they_were(base, base_tables):
    more = lived(base.changed({"behaviour.applicants.number_a_year": 2_700})).tables(["members"])["members"]
    members = base_tables["members"]
    rows, other = rows_by_key(members), rows_by_key(more)
    common = sorted(set(rows) & set(other))
    assert len(common) > 0.5 * len(rows)
    for name in (*TRAITS, "would_have_moved_anyway"):
        assert [members[name][rows[key]] for key in common] == [more[name][other[key]] for key in common]


@pytest.mark.parametrize(
    "changes",
    [
        {"policy.cooperators.activity_per_member": 3_000_000},
        {"policy.cooperators.support.publicity_budget": 20_000_000},
        {"structure.matching": "deferred_acceptance", "structure.adoption": "budget"},
    ],
)
def test_a_person_is_the_same_person_in_every_scenario(base, base_tables, changes):
    members, found = base_tables["members"], lived(base.changed(changes)).tables(["members"])["members"]
    rows, other = rows_by_key(members), rows_by_key(found)
    common = sorted(set(rows) & set(other))
    assert len(common) > 20
    for name in (*TRAITS, "would_have_moved_anyway"):
        assert [members[name][rows[key]] for key in common] == [found[name][other[key]] for key in common]
    # A lasting key is used once in a run.
    assert len(rows) == len(members["member"])


# a later change, an unused measure


@pytest.mark.parametrize(
    "change",
    [
        {"policy.cooperators.activity_per_member": 1_000_000},
        {"policy.cooperators.enabled": False},
        {"policy.cooperators.term_years": [1, 5]},
        {"policy.cooperators.startup_per_member": 0},
        {"policy.cooperators.support.publicity_budget": 0},
        {"policy.cooperators.support.advisers_target": "all"},
        {"policy.special_allocation_tax.total": "fixed"},
        {"context.openings_per_applicant": 0.5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_from_2015_on_leaves_earlier_years_alone(base, base_tables, change):
    changed = lived(base.changed({f"{name}@2015": value for name, value in change.items()})).tables()
    assert differing(until(base_tables, 2014), until(changed, 2014)) == []
    later = differing(until(base_tables, 2018), until(changed, 2018))
    assert later != []


def test_a_change_of_2020_leaves_a_country_bit_for_bit_the_same_before():
    scenario = scenario_of((2009, 2021))
    changed = scenario.changed({"policy.cooperators.activity_remuneration_per_member@2020": 1_000_000})
    before, after = (lived(one).tables() for one in (scenario, changed))
    assert tables_as_bytes(until(before, 2019)) == tables_as_bytes(until(after, 2019))
    assert differing(until(before, 2021), until(after, 2021)) != []


def test_a_measure_that_is_not_used_changes_nothing(base, base_tables):
    """With every link off, members live as if there were no other measure, and an extra not yet spent is none."""
    links = {name: 0.0 for name in catalogue() if ".link_" in name}
    assert len(links) > 10
    apart = lived(base.changed(links)).tables()
    off = {f"policy.{name}.enabled": False for name in OTHER_MEASURES}
    alone = lived(base.changed(links | off)).tables()
    assert differing({"members": apart["members"]}, {"members": alone["members"]}) == []
    assert differing({"ledger": apart["ledger"]}, {"ledger": alone["ledger"]}) != []
    parameters = {"policy.dispatch.supplement.enabled": False, "policy.local_10000.supplement.enabled": False}
    assert differing(base_tables, lived(base.changed(parameters)).tables()) == []


def test_an_extra_shows_only_from_the_year_it_is_spent_in():
    scenario = scenario_of((2009, 2026))
    without = scenario.changed({"policy.cooperators.supplement.enabled": False})
    spent, unspent = (lived(one).tables() for one in (scenario, without))
    assert differing(until(spent, 2024), until(unspent, 2024)) == []
    assert "ledger.layer" in differing(until(spent, 2025), until(unspent, 2025))


def test_saving_or_looking_at_a_run_does_not_change_it(base, base_tables):
    model = RegionalModel(base)
    while model.fiscal_year <= 2018:
        model.run_year()
        model.tables(["national", "members"])
        len(model.agents)
    assert differing(base_tables, model.tables()) == []


def test_every_stream_of_luck_is_used_and_no_other(monkeypatch):
    used = set()

    class Heard(Luck):
        def __call__(self, name):
            used.add(name)
            return super().__call__(name)

    monkeypatch.setattr(okoshi.simulation, "Luck", Heard)
    subsidy = {"policy.shopping.hypothetical_subsidy@2024": "mobile"}
    half_listed = {"structure.settlement": "threshold", "behaviour.people.link_settlers_to_people": 0.5}
    for changes in (subsidy, half_listed):
        lived(scenario_of((2009, 2026), (), base="baseline").changed(changes))
    assert used == STREAMS


def test_a_world_twice_as_large_is_two_countries_apart():
    once = lived(scenario_of((2009, 2016))).tables()["municipalities"]
    twice = lived(scenario_of((2009, 2016), **{"world.scale": 2})).tables()
    places = twice["municipalities"]
    first = np.array(["-" not in code for code in places["municipality"].tolist()])
    assert first.sum() == (~first).sum() == len(once["municipality"])
    assert places["municipality"][first].tolist() == once["municipality"].tolist()
    # The copy lives a life of its own.
    assert places["members"][first].tolist() != places["members"][~first].tolist()
    assert set(twice) == set(TABLES)


def test_a_target_set_ahead_leaves_the_years_before_its_announcement_alone():
    """One for FY2030 is announced in FY2026, as long before as the last one was."""
    plain, ahead = (
        lived(scenario_of((2009, 2029), **keys)).tables()
        for keys in ({}, {"context__announced_targets": {2030: 60_000}})
    )
    assert differing(until(plain, 2025), until(ahead, 2025)) == []
    assert ahead["national"]["vacancies"][-3:].sum() > plain["national"]["vacancies"][-3:].sum()
