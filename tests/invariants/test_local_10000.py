"""Local 10,000 under random policies: rules, budgets and books hold, and nothing pays when it is shut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_10000_runs import MEASURE, SMALL, lived, nation_of, settings_of, year_of
from okoshi.agents.books import LABELS, Layer, Measure, Payer
from okoshi.agents.cooperators import Members, Settled
from okoshi.agents.enterprises import Enterprises
from okoshi.agents.founders import STREAMS_LOCAL_10000, Founder
from okoshi.engine.calendar import month_index
from okoshi.engine.draws import Luck
from okoshi.engine.ledger import Ledger
from okoshi.markets.grants import Refusal
from okoshi.measures.local_10000 import Local10000
from okoshi.policy.local_10000 import Local10000Rules, grant_for_loan
from okoshi.world.country import load_world
from small_country import members_of, rows_of, world_of

SHARE = 0.05
LOUD = {"behaviour.local_10000.founders_a_year": 3_000, "behaviour.local_10000.awareness": 0.5}
MILLION = 1_000_000


def columns_of(table: Enterprises, rows: np.ndarray | slice = slice(None)) -> dict[str, bytes]:
    return {name: getattr(table, name)[rows].tobytes() for name in table.columns}


POLICIES = st.fixed_dictionaries(
    {
        f"{MEASURE}budget": st.one_of(st.just("open"), st.integers(0, 2_000 * MILLION)),
        f"{MEASURE}supplement.budget": st.integers(0, 3_000 * MILLION),
        f"{MEASURE}supplement.enabled": st.booleans(),
        f"{MEASURE}supplement.spent_in": st.sampled_from([2024, 2025]),
        f"{MEASURE}national_share_basic": st.sampled_from([0, "1/3", 0.5, 1]),
        f"{MEASURE}national_share_women_youth": st.sampled_from(["1/7", 0.75, 1]),
        f"{MEASURE}loan_to_grant_minimum": st.sampled_from([0, 0.7, 1, 1.2]),
        f"{MEASURE}grant_cap_by_loan_ratio": st.sampled_from(
            [[[1.0, 25 * MILLION], [1.5, 35 * MILLION], [2.0, 50 * MILLION]], [[1.0, 50 * MILLION]],
             [[0.001, 7_654_321]], [[1.0, 0]], [["4/3", 12 * MILLION], [3, 10 * MILLION]]]
        ),
    }
)  # fmt: skip


@settings(max_examples=25)
@given(POLICIES, st.integers(0, 2**32))
def test_rules_budgets_and_books_hold(policy: dict[str, object], seed: int) -> None:
    values = {**LOUD, **policy}
    measure, ledger, _ = lived(values, (2022, 2026), seed=seed, share=SHARE)
    table, rules_from = measure.enterprises, settings_of(values)
    assert table.faults() == []
    assert ledger.faults() == []
    for year in range(2022, 2027):
        rules = Local10000Rules.in_force(rules_from, year)
        rows = np.flatnonzero((table.founded == year) & (table.grant > 0))
        grant, loan, investment = table.grant[rows], table.loan[rows], table.investment[rows]
        assert (grant <= grant_for_loan(rules, loan)).all()
        assert (grant + loan <= investment).all()
        assert (grant >= table.national_part[rows]).all()
        spent = [int(table.national_part[rows][table.layer[rows] == layer].sum()) for layer in Layer]
        # A part's share, but for the project at its edge, which has its chance inside the whole nation's budget.
        edge = [int(table.national_part[rows][table.layer[rows] == layer].max(initial=0)) for layer in Layer]
        if rules.budget_yen is not None:
            assert spent[Layer.SCHEME] <= rules.budget_yen
            assert spent[Layer.SCHEME] - edge[Layer.SCHEME] <= rules.budget_yen * SHARE
        open_extra = (
            policy[f"{MEASURE}supplement.enabled"] and year == policy[f"{MEASURE}supplement.spent_in"]
        )
        whole = policy[f"{MEASURE}supplement.budget"] if open_extra else 0
        assert spent[Layer.SUPPLEMENT] <= whole
        assert spent[Layer.SUPPLEMENT] - edge[Layer.SUPPLEMENT] <= whole * SHARE
    net = ledger.net(("measure",))
    assert net["yen"].sum() == table.investment[table.grant > 0].sum()
    assert (net["measure"] == Measure.LOCAL_10000).all()


@pytest.mark.parametrize(
    "closed",
    [
        {f"{MEASURE}enabled": False},
        {f"{MEASURE}budget": 0, f"{MEASURE}supplement.enabled": False},
        {"behaviour.local_10000.default_tolerance": 0.0},  # no bank lends
        {f"{MEASURE}grant_cap_by_loan_ratio": [[1.0, 0]]},
    ],
)
def test_a_shut_measure_pays_nothing_and_leaves_who_would_have_started_anyway(
    closed: dict[str, object],
) -> None:
    shut, ledger, _ = lived(closed, (2010, 2026))
    assert len(ledger.table()["yen"]) == 0
    assert not (shut.enterprises.grant > 0).any()
    assert len(shut.enterprises) > 30
    assert shut.enterprises.would_have_started_anyway.all()


def test_the_counterfactual_inside_the_run_is_the_run_without_the_measure() -> None:
    """Same person, same draws: who would have started, how large and with what loan, one by one."""
    with_it, _, _ = lived(LOUD, share=0.1)
    without, _, _ = lived({**LOUD, f"{MEASURE}enabled": False}, share=0.1)
    one, other = with_it.enterprises, without.enterprises
    anyway = np.flatnonzero(one.would_have_started_anyway)
    anyway = anyway[np.argsort(one.key[anyway])]
    order = np.argsort(other.key)
    assert (one.grant[anyway] > 0).sum() > 20
    assert (~one.would_have_started_anyway).sum() > 20
    assert np.array_equal(one.key[anyway], other.key[order])
    assert np.array_equal(one.investment_without_grant[anyway], other.investment[order])
    assert np.array_equal(one.loan_without_grant[anyway], other.loan[order])


def test_a_measure_abolished_half_way_pays_nothing_more_and_changes_nothing_before() -> None:
    base, _, _ = lived(LOUD, (2010, 2026), share=SHARE)
    ended, ledger, _ = lived({**LOUD, f"{MEASURE}enabled@2020": False}, (2010, 2026), share=SHARE)
    assert ledger.table()["fiscal_year"].max() == 2019
    before = [np.flatnonzero(one.enterprises.founded < 2020) for one in (base, ended)]
    fixed = [name for name in Enterprises.columns if name not in ("sales", "sales_taken", "jobs", "closed")]
    for name in fixed:
        mine, others = (
            getattr(one.enterprises, name)[rows] for one, rows in zip((base, ended), before, strict=True)
        )
        assert mine.tobytes() == others.tobytes(), name


def test_a_change_from_a_year_on_leaves_the_years_before_as_they_were() -> None:
    base, _, _ = lived(LOUD, (2012, 2021), share=SHARE)
    same, _, _ = lived({**LOUD, f"{MEASURE}national_share_basic@2022": 1}, (2012, 2021), share=SHARE)
    assert columns_of(base.enterprises) == columns_of(same.enterprises)


def test_the_national_share_never_changes_what_a_founder_gets() -> None:
    """With town halls that put everything forward, only who pays differs."""
    keen = {**LOUD, "behaviour.local_10000.town_hall_benefit": 100.0, f"{MEASURE}budget@2024": "open"}
    low, _, _ = lived(keen, (2020, 2026), share=SHARE)
    high, _, _ = lived({**keen, f"{MEASURE}national_share_basic": 1}, (2020, 2026), share=SHARE)
    for name in ("key", "grant", "loan", "investment", "founded"):
        assert getattr(low.enterprises, name).tobytes() == getattr(high.enterprises, name).tobytes()
    assert high.enterprises.national_part.sum() > low.enterprises.national_part.sum() > 0


def test_at_a_fixed_budget_a_higher_share_means_fewer_projects_and_where_money_suffices_never_fewer() -> None:
    tight = {**LOUD, "behaviour.local_10000.town_hall_benefit": 100.0, f"{MEASURE}budget": 600 * MILLION}
    tight[f"{MEASURE}supplement.enabled"] = False
    few, many = (
        lived({**tight, f"{MEASURE}national_share_basic": share}, (2025, 2028), share=0.3)[0].enterprises
        for share in (0.75, 0.5)
    )
    assert (few.grant > 0).sum() < (many.grant > 0).sum()
    loose = {**LOUD, f"{MEASURE}budget": "open"}
    half, whole = (
        lived({**loose, f"{MEASURE}national_share_basic": share}, (2025, 2028), share=SHARE)[0].enterprises
        for share in (0.5, 1)
    )
    assert set(half.key[half.grant > 0].tolist()) <= set(whole.key[whole.grant > 0].tolist())


def test_who_comes_again_stands_in_line_with_all_others() -> None:
    """Did they come first, they would fill a budget that binds, and how many there are would decide the deadweight."""
    tight = {**LOUD, f"{MEASURE}budget": 1_200 * MILLION, f"{MEASURE}supplement.enabled": False}

    def funded_anyway(again: float) -> float:
        values = {**tight, "behaviour.local_10000.apply_again": again}
        table = lived(values, (2025, 2030), share=0.3)[0].enterprises
        funded = (table.grant > 0) & (table.founded > 2025)
        assert funded.sum() > 50
        return float(table.would_have_started_anyway[funded].mean())

    none, all_of_them = funded_anyway(0.0), funded_anyway(1.0)
    assert none > 0.5
    assert all_of_them > 0.5 * none


def test_the_supplement_serves_more_and_nobody_less() -> None:
    values = {**LOUD, f"{MEASURE}supplement.enabled": False}
    without, _, _ = lived(values, (2020, 2025), share=SHARE)
    with_it, ledger, _ = lived(LOUD, (2020, 2025), share=SHARE)
    funded = [set(one.enterprises.key[one.enterprises.grant > 0].tolist()) for one in (without, with_it)]
    assert funded[0] < funded[1]
    books = ledger.table()
    extra = books["layer"] == Layer.SUPPLEMENT
    assert set(books["fiscal_year"][extra].tolist()) == {2025}


def test_members_bring_projects_only_through_the_link() -> None:
    april = month_index(2022)
    members = members_of(
        400, settled=Settled.SAME, startup_month=april - 6, settled_municipality=np.arange(400) % 8,
        start_month=april - 48,
    )  # fmt: skip
    link = "behaviour.local_10000.link_startups"
    world = load_world("default", SMALL)
    tables = [
        lived({link: chance}, (2022, 2023), world, share=SHARE, members=members)[0].enterprises
        for chance in (0.0, 0.5)
    ]
    assert not (tables[0].founder == Founder.SETTLER).any()
    settlers = tables[1].founder == Founder.SETTLER
    assert settlers.any()
    assert (tables[1].grant[settlers] > 0).all()  # without a grant a member's firm stays with the members
    others = columns_of(tables[1], np.flatnonzero(~settlers))
    assert others["key"] == columns_of(tables[0])["key"]


def test_one_place_alone_and_a_world_in_another_order() -> None:
    measure, ledger, _ = lived(LOUD, (2012, 2026), world_of(1), share=SHARE)
    assert len(measure.enterprises) > 0
    assert ledger.faults() == []
    world = load_world("default", SMALL)
    turned = rows_of(world, np.arange(len(world))[::-1])
    one, _, _ = lived(LOUD, (2012, 2026), world, share=SHARE)
    other, _, _ = lived(LOUD, (2012, 2026), turned, share=SHARE)
    orders = [np.argsort(m.enterprises.key) for m in (one, other)]
    for name in Enterprises.columns:
        if name == "municipality":
            continue
        mine, theirs = (
            getattr(m.enterprises, name)[order] for m, order in zip((one, other), orders, strict=True)
        )
        assert mine.tobytes() == theirs.tobytes(), name


def test_a_municipality_that_cannot_pay_its_part_does_not_put_forward() -> None:
    world, values = load_world("default", SMALL), settings_of(LOUD)
    luck = Luck(1, STREAMS_LOCAL_10000)
    nation = nation_of(world, values, SHARE)
    measure, ledger = Local10000(world, values, luck, nation), Ledger(LABELS)
    year = year_of(2022, values, world, luck, Members(1), SHARE)
    measure.open_year(year, funds=np.zeros(len(world), dtype=np.int64))
    assert measure.round is not None
    assert not measure.round.funded.any()
    assert (measure.round.refusal == Refusal.TOWN_HALL).any()
    measure.live_year(year)
    measure.close_year(year, ledger)
    assert len(ledger.table()["yen"]) == 0


def test_a_municipality_pays_its_parts_of_a_year_from_the_same_funds() -> None:
    world = load_world("default", SMALL)
    values = settings_of({**LOUD, "behaviour.local_10000.town_hall_benefit": 100.0})
    luck = Luck(1, STREAMS_LOCAL_10000)
    nation = nation_of(world, values, SHARE)
    free, tight = (Local10000(world, values, luck, nation) for _ in range(2))
    year = year_of(2024, values, world, luck, Members(1), SHARE)
    free.open_year(year)
    free.live_year(year)
    free.close_year(year, Ledger(LABELS))
    assert (free.own_funds_spent > 2 * MILLION).any()
    funds = np.full(len(world), 2 * MILLION)
    tight.open_year(year, funds=funds)
    tight.live_year(year)
    tight.close_year(year, Ledger(LABELS))
    assert (tight.own_funds_spent <= funds).all()
    assert tight.own_funds_spent.sum() > 0


def test_every_payer_is_known_to_the_books() -> None:
    _, ledger, _ = lived(LOUD, (2012, 2026), share=SHARE)
    payers = set(ledger.table()["payer"].tolist())
    assert payers == {Payer.NATIONAL_GRANT, Payer.MUNICIPALITY, Payer.BANK, Payer.PRIVATE}
