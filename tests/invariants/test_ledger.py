"""The ledger keeps every yen, in whatever order it was written down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.engine.ledger import KEY_COLUMNS, Labels, Ledger

TOWN, TAX, BANK = range(3)
PRIVATE, TO_TOWN, TO_TAX = range(3)
POT = 2
LABELS = Labels(
    measure=("cooperators", "dispatch"),
    layer=("scheme", "supplement"),
    item=("activity", "startup", "pot"),
    payer=("town", "tax", "bank"),
    payee=("private", "town", "tax"),
    same_body={TO_TOWN: TOWN, TO_TAX: TAX},
)

payments = st.lists(
    st.tuples(
        st.integers(2009, 2012),
        st.integers(0, 1),
        st.integers(0, 1),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(0, 2),
        st.lists(st.tuples(st.integers(-1, 6), st.integers(0, 10**12)), min_size=1, max_size=5),
    ),
    max_size=20,
)


def written(posts):
    ledger = Ledger(LABELS)
    for *account, rows in posts:
        places, yen = zip(*rows, strict=True)
        ledger.post(*account, np.array(places), np.array(yen))
    return ledger


def by_hand(posts):
    """Return the sums as a plain dictionary, added up row by row."""
    sums = {}
    for *account, rows in posts:
        for place, yen in rows:
            sums[*account, place] = sums.get((*account, place), 0) + yen
    return {key: yen for key, yen in sums.items() if yen}


@given(posts=payments, data=st.data())
def test_the_same_bytes_in_any_order(posts, data):
    table = written(posts).table()
    shuffled = written(data.draw(st.permutations(posts))).table()
    assert {name: column.tobytes() for name, column in table.items()} == {
        name: column.tobytes() for name, column in shuffled.items()
    }


@given(posts=payments)
def test_sums_are_kept_and_sorted(posts):
    table = written(posts).table()
    rows = list(zip(*[table[name].tolist() for name in KEY_COLUMNS], strict=True))
    assert rows == sorted(set(rows))
    assert dict(zip(rows, table["yen"].tolist(), strict=True)) == by_hand(posts)
    assert table["yen"].dtype == np.int64


@given(posts=payments, year=st.integers(2009, 2012))
def test_a_years_own_payments_are_its_rows_of_the_whole(posts, year):
    ledger = written(posts)
    of_year, whole = ledger.table(year), ledger.table()
    for name, column in whole.items():
        assert np.array_equal(of_year[name], column[whole["fiscal_year"] == year]), name


@given(posts=payments, by=st.lists(st.sampled_from(KEY_COLUMNS), unique=True).map(tuple))
def test_totals_by_any_columns_add_up(posts, by):
    ledger = written(posts)
    total = ledger.total(by)
    wanted: dict[tuple[int, ...], int] = {}
    for key, yen in by_hand(posts).items():
        group = tuple(key[KEY_COLUMNS.index(name)] for name in by)
        wanted[group] = wanted.get(group, 0) + yen
    found = list(zip(*[total[name].tolist() for name in by], strict=True)) if by else [()]
    assert dict(zip(found, total["yen"].tolist(), strict=True)) == (wanted or ({} if by else {(): 0}))
    assert found == sorted(found)


@given(posts=payments)
def test_what_payers_bear_is_what_left_their_circle(posts):
    ledger = written(posts)
    net = ledger.net(("fiscal_year", "place"))
    left: dict[tuple[int, int], int] = {}
    for (year, _, _, _, _, payee, place), yen in by_hand(posts).items():
        if payee == PRIVATE:
            left[year, place] = left.get((year, place), 0) + yen
    borne: dict[tuple[int, int], int] = {}
    for year, place, yen in zip(
        *[net[name].tolist() for name in ("fiscal_year", "place", "yen")], strict=True
    ):
        borne[year, place] = borne.get((year, place), 0) + yen
    assert {key: yen for key, yen in borne.items() if yen} == left


def a_year_of_activity():
    """Two towns pay the whole cost and get a part back in March."""
    ledger = Ledger(LABELS)
    places = np.array([3, 8])
    ledger.post(2015, 0, 0, 0, TOWN, PRIVATE, places, np.array([5_000_000, 4_000_000]))
    ledger.post(2015, 0, 0, 0, TAX, TO_TOWN, places, np.array([4_000_000, 4_000_000]))
    return ledger


def test_a_reimbursement_lowers_what_the_town_bears():
    net = a_year_of_activity().net(("fiscal_year",))
    assert net["payer"].tolist() == [TOWN, TAX]
    assert net["yen"].tolist() == [1_000_000, 8_000_000]


def costs(*yen):
    books = {name: np.zeros(len(yen), dtype=np.int64) for name in ("measure", "layer", "item")}
    return {**books, "fiscal_year": np.full(len(yen), 2015), "place": np.array([3, 8]), "yen": np.array(yen)}


def test_the_books_balance_with_costs_reckoned_apart():
    assert a_year_of_activity().faults(costs(5_000_000, 4_000_000)) == []
    faults = a_year_of_activity().faults(costs(5_000_000, 4_000_001))
    assert faults == ["2015 cooperators, scheme, activity at place 8: cost and payments differ by 1 yen"]


def test_more_back_than_was_paid_is_a_fault():
    ledger = a_year_of_activity()
    ledger.post(2015, 0, 0, 0, TAX, TO_TOWN, 8, 7)
    assert ledger.faults() == [
        "2015 cooperators, scheme, activity at place 8: town received 7 yen more than it paid"
    ]


def test_a_common_pot_balances_over_the_year():
    ledger = Ledger(replace(LABELS, pooled=frozenset({POT})))
    ledger.post(2015, 0, 0, 0, TOWN, PRIVATE, 3, 9)
    ledger.post(2015, 0, 0, 0, TAX, TO_TOWN, 3, 8)
    ledger.post(2015, 0, 0, POT, TOWN, TO_TAX, 8, 8)
    assert ledger.faults() == []
    ledger.post(2015, 0, 0, POT, TOWN, TO_TAX, 4, 5)
    assert ledger.faults() == ["2015: tax received 5 yen more than it paid in the whole year"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"yen": np.array([1, -2])},
            ValueError,
            "negative yen .-2. in 2015 cooperators, scheme, activity, bank",
        ),
        ({"yen": np.array([1.0, 2.0])}, TypeError, "yen must be whole numbers, not float64"),
        ({"yen": np.array([True, True])}, TypeError, "yen must be whole numbers"),
        ({"place": np.array([0.5, 1])}, TypeError, "place must be whole"),
        ({"place": np.array([0, -2])}, ValueError, "no place -2"),
        ({"place": np.arange(3)}, ValueError, "broadcast"),
        ({"item": 3}, ValueError, "no item has the number 3"),
        ({"payer": -1}, ValueError, "no payer has the number -1"),
    ],
)
def test_what_is_no_payment_is_refused_and_nothing_written(change, error, message):
    ledger = Ledger(LABELS)
    post = {"fiscal_year": 2015, "measure": 0, "layer": 0, "item": 0, "payer": BANK, "payee": PRIVATE}
    with pytest.raises(error, match=message):
        ledger.post(**{**post, "place": np.arange(2), "yen": np.array([1, 2]), **change})
    assert ledger.total()["yen"].tolist() == [0]


def test_the_ledger_keeps_what_was_written_when_the_array_changes_later():
    ledger, yen, places = Ledger(LABELS), np.array([5, 6]), np.array([0, 1])
    ledger.post(2015, 0, 0, 0, BANK, PRIVATE, places, yen)
    yen[:] = 0
    places[:] = 9
    table = ledger.table()
    assert (table["place"].tolist(), table["yen"].tolist()) == ([0, 1], [5, 6])


def test_columns_that_do_not_exist_are_named():
    with pytest.raises(KeyError, match="prefecture"):
        a_year_of_activity().total(("prefecture",))
