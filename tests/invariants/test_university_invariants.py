"""University projects under any policy: budgets, counterfactuals told from the same draws, fair comparison."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measure_years import live, nation, settings_of
from okoshi.agents.books import Payee, Payer, item_number
from okoshi.agents.students import Students
from okoshi.measures.university import University
from okoshi.observe.university import projects_table
from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import load_world
from small_country import rows_of

YEARS = range(2024, 2028)
OFF = settings_of(policy__university__supplement__enabled=False)


def columns_of(measure):
    """Return both tables as bytes, students in the order of keys."""
    students = {name: getattr(measure.students, name).tobytes() for name in Students.columns}
    return students | {name: values.tobytes() for name, values in measure.projects.store.items()}


@settings(max_examples=25)
@given(
    budget=st.one_of(st.just(0), st.integers(0, 5_000_000_000)),
    contract=st.integers(0, 40_000_000),
    sites=st.integers(0, 300),
    lines=st.tuples(*[st.integers(0, 400_000_000)] * 3),
    spent_in=st.integers(2024, 2027),
    placing=st.sampled_from(["spread", "concentrated"]),
    enabled=st.booleans(),
    seed=st.integers(0, 2**63 - 1),
    part=st.sampled_from([(), ("北海道",), ("島根県", "東京都")]),
)
def test_no_payment_over_budget_line_or_contract(
    budget, contract, sites, lines, spent_in, placing, enabled, seed, part
):
    given_settings = settings_of(
        policy__university__enabled=enabled,
        policy__university__supplement__budget=budget,
        policy__university__supplement__spent_in=spent_in,
        policy__university__contract_per_site=contract,
        policy__university__model_projects=sites,
        policy__university__model_projects_budget=lines[0],
        policy__university__analysis_budget=lines[1],
        policy__university__platform_budget=lines[2],
        policy__university__sites_placing=placing,
    )
    world = load_world("default", part)
    measure, ledger = live(University, given_settings, YEARS, world, seed)
    share = world.eligible_cooperators.sum() / nation().eligible_cooperators.sum()
    books = ledger.total(("fiscal_year", "item", "payer", "payee"))
    direct = books["payer"] == Payer.NATIONAL_DIRECT
    limit = budget * share if enabled else 0
    assert books["yen"][direct].sum() <= limit
    assert set(books["fiscal_year"].tolist()) <= {spent_in}
    for item, line in zip(("contract", "analysis", "platform"), lines, strict=True):
        paid = books["yen"][direct & (books["item"] == item_number(item))].sum()
        assert paid <= limit * line / max(sum(lines), 1) + 1  # lines are divided to the yen
    table = measure.projects
    assert int(table.under_contract.sum()) <= sites * share
    assert (table.contract <= np.minimum(table.cost, contract)).all()
    received = ledger.total(("payee",))
    to_places = received["yen"][received["payee"] == Payee.MUNICIPALITY].sum()
    assert to_places == table.contract.sum()
    assert ledger.faults() == []
    assert measure.projects.faults() == measure.students.faults() == measure.universities.faults() == []
    assert table.held_anyway.sum() <= len(table)
    assert (table.students_anyway <= table.students).all()
    assert len(measure.students) == table.students.sum()
    assert measure.students.took_part_anyway.sum() == table.students_anyway.sum()
    assert (table.students_anyway[~table.held_anyway] == 0).all()
    whole = projects_table(measure, world, YEARS)
    assert (whole["movers_anyway"] <= whole["movers"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_told_of_a_world_without_the_measure_is_that_world(seed):
    """Programmes and participants of a run without the extra are those marked `anyway` in the run with it."""
    with_it, _ = live(University, settings_of(), range(2009, 2032), seed=seed)
    without, books = live(University, OFF, range(2009, 2032), seed=seed)
    assert len(books.table()["yen"]) == 0
    anyway = with_it.projects.held_anyway
    assert with_it.projects.key[anyway].tolist() == without.projects.key.tolist()
    assert with_it.projects.students_anyway[anyway].tolist() == without.projects.students.tolist()
    people = with_it.students.key[with_it.students.took_part_anyway]
    assert people.tolist() == without.students.key.tolist()
    # A contract, a better programme and return visits only add to what people do.
    later = {key: at for at, key in enumerate(with_it.students.key.tolist())}
    rows = np.array([later[key] for key in without.students.key.tolist()])
    assert (with_it.students.attachment[rows] >= without.students.attachment - 1e-12).all()
    moved = without.students.moved_year < 9_999
    assert (with_it.students.moved_year[rows][moved] <= without.students.moved_year[moved]).all()


def test_a_contract_that_nobody_gets_changes_nothing():
    years = range(2009, 2030)
    off = {"policy__university__supplement__enabled": False}
    dear = {"policy__university__contract_per_site": 30_000_000}
    elastic = {"behaviour__university__contract_in_students": 1.0}
    base = columns_of(live(University, OFF, years)[0])
    for other in (dear, elastic):
        assert columns_of(live(University, settings_of(**off, **other), years)[0]) == base


def test_a_change_from_a_year_on_leaves_earlier_years_as_they_were():
    early = range(2009, 2025)
    one, _ = live(University, settings_of(), early)
    other, _ = live(University, OFF, early)
    assert columns_of(one) == columns_of(other)
    spread, _ = live(University, settings_of(), range(2009, 2027))
    dated = settings_of(policy__university__sites_placing__AT__2026="concentrated")
    late, _ = live(University, dated, range(2009, 2027))
    assert columns_of(spread) == columns_of(late)  # the extra is spent in FY2025: the rule comes too late


def test_abolished_after_the_contracts_the_rest_ends_by_itself():
    abolished = settings_of(policy__university__enabled__AT__2026=False)
    one, books = live(University, settings_of(), range(2009, 2030))
    other, same = live(University, abolished, range(2009, 2030))
    assert columns_of(one) == columns_of(other)
    assert books.table()["yen"].tolist() == same.table()["yen"].tolist()
    before, nothing = live(
        University, settings_of(policy__university__enabled__AT__2025=False), range(2009, 2030)
    )
    assert not before.projects.under_contract.any()
    assert len(nothing.table()["yen"]) == 0


def test_every_parameter_changes_something():
    """A parameter that does nothing, at either end of its range, would be a lie.

    Sites stand side by side, so that what neighbours do can matter; the contract is another one than the first, at
    which sites have their average size.
    """
    whole = {
        "policy.university.sites_placing": "concentrated",
        "policy.university.contract_per_site": 5_000_000,
    }

    def outcome(changes):
        chosen = settings_of(**{name.replace(".", "__"): value for name, value in (whole | changes).items()})
        measure, ledger = live(University, chosen, range(2018, 2034))
        handed_over = (measure.staff_hours, measure.related, measure.moves.age)
        return columns_of(measure), [a.tobytes() for a in handed_over], ledger.table()["yen"].tobytes()

    def ends(name):
        parameter = catalogue()[name]
        if parameter.type == "switch":
            return [False]
        if parameter.type == "text":
            return ["spread"]
        if parameter.type == "steps":
            return [[[1, 10], [4, 990]]]
        return [
            parameter.check(round(end) if parameter.type in ("yen", "count") else end)
            for end in parameter.range
        ]

    base = outcome({})
    names = [name for name in catalogue() if name.startswith(("behaviour.university.", "policy.university."))]
    assert len(names) > 35
    idle = [name for name in names if all(outcome({name: end}) == base for end in ends(name))]
    assert idle == []


def test_the_order_of_municipalities_decides_nothing():
    world = load_world("default", ("鳥取県", "島根県"))
    backwards = rows_of(world, np.arange(len(world))[::-1])
    many = settings_of(
        policy__university__supplement__budget=20_000_000_000, policy__university__model_projects=300
    )
    one, _ = live(University, many, range(2020, 2028), world)
    other, _ = live(University, many, range(2020, 2028), backwards)
    assert one.projects.under_contract.any()
    for table, again in ((one.projects, other.projects), (one.students, other.students)):
        order, back = np.argsort(table.key), np.argsort(again.key)
        for name in table.columns:
            if name not in ("municipality", "project", "contract"):
                assert np.array_equal(getattr(table, name)[order], getattr(again, name)[back]), name


def test_a_region_of_scale_two_holds_twice_as_many_sites():
    world = load_world("default", (), 2)
    measure, ledger = live(University, settings_of(), range(2025, 2026), world)
    assert int(measure.projects.under_contract.sum()) == 30
    direct = ledger.total(("payer",))
    assert direct["yen"][direct["payer"] == Payer.NATIONAL_DIRECT].sum() <= 2 * 280_000_000


def test_one_municipality_alone_gets_what_its_share_pays():
    alone = rows_of(nation(), np.flatnonzero(nation().eligible_cooperators)[:1])
    rich = settings_of(
        policy__university__supplement__budget=2_000_000_000_000,
        policy__university__model_projects=10_000,
        behaviour__university__applies=0.5,
    )
    sites = 0
    for seed in range(12):
        measure, ledger = live(University, rich, range(2024, 2028), alone, seed)
        assert ledger.faults() == []
        assert measure.projects.under_contract.sum() <= 1
        sites += int(measure.projects.under_contract.sum())
    assert 0 < sites < 12  # it applies every other time, and there is one place
