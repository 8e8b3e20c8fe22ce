"""Digital talent under any policy: budgets, conservation of people and days, fair comparison."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from measure_years import live, nation, settings_of
from okoshi.agents.books import LABELS, Layer, Payer
from okoshi.agents.digital_talent import NEVER_YEAR
from okoshi.measures.digital import Digital
from okoshi.parameters.catalogue import catalogue
from okoshi.world.country import load_world
from small_country import rows_of

OFF = settings_of(policy__digital__supplement__enabled=False)
SMALL = ("鳥取県", "島根県", "徳島県")


def columns_of(measure):
    tables = (measure.bodies, measure.pools, measure.people)
    return [[values[: len(table)].tobytes() for values in table.store.values()] for table in tables]


def check_people_and_days(measure, year):
    """People in pools are those who were hired and have not left; days lent are those people's."""
    people, pools, bodies = measure.people, measure.pools, measure.bodies
    there = people.left_year == NEVER_YEAR
    assert np.array_equal(np.bincount(people.pool[there], minlength=len(pools)), pools.persons)
    days = np.bincount(measure.pool, weights=bodies.lent_days, minlength=len(pools))
    assert np.allclose(days, measure.behaviour.lent_days * pools.persons)
    served = np.bincount(measure.pool[bodies.lent_days > 0], minlength=len(pools))
    assert (served <= np.ceil(measure.behaviour.municipalities_a_person * pools.persons)).all()
    assert (served <= pools.municipalities).all()
    assert bodies.faults() == pools.faults() == people.faults() == []


@settings(max_examples=25)
@given(
    budget=st.one_of(st.just(0), st.integers(0, 20_000_000_000)),
    spent_in=st.integers(2024, 2027),
    target=st.integers(0, 5_000),
    prefectures=st.integers(0, 47),
    hands_on=st.integers(0, 100),
    deadline=st.integers(2020, 2040),
    enabled=st.booleans(),
    hires=st.floats(1, 5),
    lines=st.tuples(st.floats(0.2, 0.6), st.floats(0.1, 0.4)),
    part=st.sampled_from([(), SMALL, ("東京都",)]),
    seed=st.integers(0, 2**63 - 1),
)
def test_no_payment_over_the_extra_and_nobody_lost(
    budget, spent_in, target, prefectures, hands_on, deadline, enabled, hires, lines, part, seed
):
    given_settings = settings_of(
        policy__digital__enabled=enabled,
        policy__digital__supplement__budget=budget,
        policy__digital__supplement__spent_in=spent_in,
        policy__digital__accelerators_target=target,
        policy__digital__prefectures=prefectures,
        policy__digital__hands_on_bodies=hands_on,
        policy__digital__deadline=deadline,
        behaviour__digital__hires_by_measure=hires,
        behaviour__digital__hiring_line=lines[0],
        behaviour__digital__talent_list_line=lines[1],
    )
    world = load_world("default", part)
    _, ledger = live(Digital, given_settings, range(2020, 2029), world, seed, after=check_people_and_days)
    share = len(np.unique(world.prefecture)) / len(np.unique(nation().prefecture))
    books = ledger.total(("fiscal_year", "layer", "payer"))
    extra = books["layer"] == Layer.SUPPLEMENT
    limit = int(budget * share) if enabled else 0
    assert books["yen"][extra].tolist() == ([limit] if limit else [])
    assert set(books["fiscal_year"][extra].tolist()) <= {spent_in}
    assert set(books["payer"][extra].tolist()) <= {Payer.NATIONAL_DIRECT}
    scheme = set(books["payer"][~extra].tolist())
    assert scheme <= {Payer.MUNICIPALITY, Payer.PREFECTURE}  # own talent and pools: nobody pays it back
    assert ledger.faults() == []


def test_without_money_or_without_the_measure_the_same_people_are_hired():
    years = range(2019, 2032)
    zero, books = live(Digital, settings_of(policy__digital__supplement__budget=0), years)
    for other in (
        OFF,
        settings_of(policy__digital__enabled=False),
        settings_of(
            policy__digital__supplement__budget=0,
            policy__digital__accelerators_target=2_000,
            policy__digital__hands_on_bodies=40,
        ),
    ):
        again, same = live(Digital, other, years)
        assert columns_of(again) == columns_of(zero)
        assert same.table()["yen"].tolist() == books.table()["yen"].tolist()
    items = {LABELS.item[item] for item in books.table()["item"].tolist()}
    assert items == {"own_talent", "pool_pay"}


def test_the_more_prefectures_the_extra_is_for_the_more_are_hired():
    hired = [
        len(live(Digital, settings_of(policy__digital__prefectures=count), range(2020, 2031))[0].people)
        for count in (0, 12, 24, 36, 47)
    ]
    assert hired == sorted(hired)
    assert len(set(hired)) == len(hired)


def test_the_measure_adds_people_and_loses_none():
    for seed in (1, 2, 3):
        with_it, _ = live(Digital, settings_of(), range(2020, 2031), seed=seed)
        without, _ = live(Digital, OFF, range(2020, 2031), seed=seed)
        there = {key: row for row, key in enumerate(with_it.people.key.tolist())}
        rows = np.array([there[key] for key in without.people.key.tolist()])
        assert (with_it.people.left_year[rows] >= without.people.left_year).all()
        assert (with_it.bodies.since == without.bodies.since).all()
        assert len(with_it.people) > len(without.people)


def test_earlier_years_stay_as_they_were():
    for change in (
        {"policy__digital__enabled__AT__2026": False},
        {"policy__digital__supplement__budget": 900_000_000},
    ):
        until = 2026 if "policy__digital__enabled__AT__2026" in change else 2025
        one, books = live(Digital, settings_of(), range(2009, until))
        other, same = live(Digital, settings_of(**change), range(2009, until))
        assert columns_of(one) == columns_of(other)
        assert books.table()["yen"].tolist() == same.table()["yen"].tolist()


def test_abolished_half_way_people_stay_until_they_leave():
    ended, books = live(Digital, settings_of(policy__digital__enabled__AT__2026=False), range(2020, 2029))
    assert ended.appointed > 0
    late = books.table()
    extra = late["layer"] == Layer.SUPPLEMENT
    assert set(late["fiscal_year"][extra].tolist()) == {2025}
    before, nothing = live(Digital, settings_of(policy__digital__enabled__AT__2025=False), range(2020, 2029))
    assert not (nothing.table()["layer"] == Layer.SUPPLEMENT).any()
    assert not before.strength.hiring.any()


def test_every_parameter_changes_something():
    """A parameter that does nothing, at either end of its range, would be a lie.

    Support on the spot is made strong enough to be seen in one run.
    """
    whole = {"behaviour.digital.hands_on_by_measure": 0.5}

    def outcome(changes):
        chosen = settings_of(**{name.replace(".", "__"): value for name, value in (whole | changes).items()})
        measure, ledger = live(Digital, chosen, range(2020, 2028))
        handed_over = (measure.hours_freed, measure.hours_beside, measure.hours_for_measures)
        handed_over += (measure.capacity_help,)
        return columns_of(measure), [a.tobytes() for a in handed_over], ledger.table()["yen"].tobytes()

    def ends(name):
        parameter = catalogue()[name]
        if parameter.type == "switch":
            return [False]
        if name.endswith("small_places_share"):
            return [0.5]
        return [
            parameter.check(round(end) if parameter.type in ("yen", "count") else end)
            for end in parameter.range
        ]

    base = outcome({})
    names = [name for name in catalogue() if name.startswith(("behaviour.digital.", "policy.digital."))]
    assert len(names) > 35
    idle = [name for name in names if all(outcome({name: end}) == base for end in ends(name))]
    assert idle == []


def test_the_order_of_municipalities_decides_nothing():
    world = load_world("default", SMALL)
    backwards = rows_of(world, np.arange(len(world))[::-1])
    one, _ = live(Digital, settings_of(), range(2020, 2030), world)
    other, _ = live(Digital, settings_of(), range(2020, 2030), backwards)
    for name in one.bodies.columns:
        assert np.array_equal(getattr(one.bodies, name), getattr(other.bodies, name)[::-1]), name
    assert sorted(one.people.key.tolist()) == sorted(other.people.key.tolist())


def test_one_municipality_alone_without_a_resident_lives_on():
    world = load_world("default", ("鳥取県",))
    alone = rows_of(world, np.array([3]))
    nobody = np.zeros(1)
    measure, ledger = live(
        Digital, settings_of(), range(2018, 2035), alone, after=check_people_and_days, population=nobody
    )
    assert ledger.faults() == []
    assert np.isfinite(measure.bodies.capacity).all()
    assert np.isfinite(measure.hours_for_measures).all()


def test_what_bodies_pay_their_own_talent_anyway_is_no_cost_of_the_measure():
    """Comparing runs, own talent cancels to the yen; the measure costs its extra and the pay of those it adds."""
    years = range(2020, 2031)
    (with_it, books), (_, without) = live(Digital, settings_of(), years), live(Digital, OFF, years)

    def paid(ledger, *items):
        table = ledger.table()
        return int(table["yen"][np.isin(table["item"], [LABELS.item.index(item) for item in items])].sum())

    assert paid(books, "own_talent") == paid(without, "own_talent") > 0
    assert paid(books, "pool_pay") > paid(without, "pool_pay") > 0
    extra = paid(books, "hiring_know_how", "talent_list", "training")
    assert extra == 200_000_000
    whole = int(books.table()["yen"].sum()) - int(without.table()["yen"].sum())
    assert whole == extra + paid(books, "pool_pay") - paid(without, "pool_pay")
    assert len(with_it.people) > 0
