"""Output tables: exactly the declared columns, of their kinds, sorted by their keys, agreeing with one another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from okoshi.agents.books import LABELS
from okoshi.agents.cooperators import NEVER
from okoshi.observe.declarations import KEY_COLUMNS, TABLES
from okoshi.observe.observed import observed_figures
from okoshi.observe.tables import key_texts, month_texts, rounded_ratio
from okoshi.study.patterns import PATTERNS
from okoshi.study.runs import run
from small_country import lived, scenario_of

KINDS = {"int64": "i", "float64": "f", "text": "U", "bool": "b"}
TWO = ("島根県", "鳥取県")


@pytest.fixture(scope="module")
def scenario():
    return scenario_of((2012, 2025), TWO, base="baseline")


@pytest.fixture(scope="module")
def model(scenario):
    return lived(scenario)


@pytest.fixture(scope="module")
def tables(scenario):
    return run(scenario, replicates=2).arrays


@pytest.mark.parametrize("table", list(TABLES))
def test_tables_have_just_the_declared_columns_of_their_kinds(tables, table):
    declared = {one.name: KINDS[one.dtype] for one in TABLES[table]}
    found = {name: values.dtype.kind for name, values in tables[table].items()}
    assert found == declared
    assert list(found) == list(declared)
    assert len({len(values) for values in tables[table].values()}) == 1
    for one in TABLES[table]:
        if one.dtype == "int64":
            assert tables[table][one.name].dtype == np.int64


def ledger_order(name, value):
    """Return where a value of the ledger stands: books in the order of their labels, prefectures last."""
    if name in ("measure", "layer", "item", "payer", "payee"):
        return LABELS.of(name).index(value)
    if name == "municipality":
        return (value.endswith("000"), value)
    return value


@pytest.mark.parametrize("table", list(TABLES))
def test_tables_stand_in_the_order_of_their_keys_each_once(tables, table):
    columns = [
        [ledger_order(name, value) if table == "ledger" else value for value in tables[table][name].tolist()]
        for name in KEY_COLUMNS[table]
    ]
    keys = list(zip(*columns, strict=True))
    assert len(keys) > 3
    assert all(one < other for one, other in pairwise(keys))


def test_every_column_says_what_it_means_in_both_languages():
    for table, columns in TABLES.items():
        assert len({one.name for one in columns}) == len(columns), table
        for one in columns:
            assert one.meaning, one.name
            assert any(ord(letter) > 0x3000 for letter in one.meaning_ja), one.name
            assert one.dtype in KINDS
            if one.unit == "share":
                assert bool(one.numerator) == bool(one.denominator), one.name
                assert one.numerator or table != "national", one.name


def test_what_is_spent_of_another_budget_is_named_where_it_is_counted(tables):
    before = (tables["ledger"]["layer"] == "supplement") & (tables["ledger"]["fiscal_year"] == 2024)
    assert set(tables["ledger"]["item"][before]) == {
        "survey"
    }  # the extras of FY2024 are spent from FY2025 on
    (column,) = (one for one in TABLES["national"] if one.name == "supplement_dispatch_so_far_yen")
    assert "FY2023" in column.meaning
    assert "令和5年度" in column.meaning_ja


def test_who_has_ended_need_not_live_there():
    (column,) = (one for one in TABLES["national"] if one.name == "ended_so_far")
    assert column.official
    assert "living" not in column.official


def test_only_the_years_asked_for_are_written(tables, model):
    for table in ("national", "prefectures", "municipalities", "ledger", "observed"):
        years = tables[table]["fiscal_year"]
        assert (years.min(), years.max()) == (2012, 2025), table
    # Members are people of the whole run.
    assert min(tables["members"]["start_month"].tolist()) < "2012-04"


def test_municipalities_add_up_to_prefectures_and_the_nation(tables):
    places, prefectures, nation = (tables[name] for name in ("municipalities", "prefectures", "national"))
    for name in ("members", "members_on_31_march", "hired", "ended", "ended_so_far", "startups_by_members"):
        for replicate in (0, 1):
            sums = [
                [
                    int(table[name][(table["fiscal_year"] == year) & (table["replicate"] == replicate)].sum())
                    for year in range(2012, 2026)
                ]
                for table in (places, prefectures, nation)
            ]
            assert sums[0] == sums[1] == sums[2], name
    assert int(places["settled_from_here"].sum()) == int(places["settled_stock"].sum())
    assert int(nation["settled"].sum()) == int(places["settled_stock"].sum())
    assert int(nation["vacancies"].sum()) == int(places["posts"].sum())


def test_prefectures_and_municipalities_bear_what_the_nation_bears(tables):
    """The nation's own payments (support lines) belong to no place; all others do."""
    prefectures, nation = tables["prefectures"], tables["national"]
    for name in nation:
        if name.startswith("yen_") and name in prefectures and name != "yen_national_direct":
            assert int(prefectures[name].sum()) == int(nation[name].sum()), name


def test_a_member_that_serves_has_no_end_yet(tables):
    members = tables["members"]
    serves = members["end_month"] == ""
    assert 0 < serves.sum() < len(serves)
    for name in (
        "why_ended",
        "settled",
        "stayed_at_end",
        "path",
        "settled_municipality",
        "gone_again_month",
        "died_month",
    ):
        assert set(members[name][serves].tolist()) == {""}, name
    assert "" not in members["why_ended"][~serves]
    dead = members["died_month"] != ""
    assert ((members["settled"] == "") == (serves | dead)).all()
    assert (members["startup_month"] != "").tolist() == members["startup"].tolist()
    assert not (members["startup_closed_month"][~members["startup"]] != "").any()


def test_terms_run_from_their_first_month_to_their_last(tables):
    """A term that is served out is one, two or three whole years, the last month counted."""
    members = tables["members"]
    full = np.flatnonzero(members["why_ended"] == "end_of_term")
    assert len(full) > 50
    served = set()
    for row in full.tolist():
        (year, month), (last_year, last_month) = (
            map(int, members[name][row].split("-")) for name in ("start_month", "end_month")
        )
        served.add(12 * (last_year - year) + last_month - month + 1)
    assert {36} <= served <= {12, 24, 36}


def test_months_are_texts():
    assert month_texts(np.array([0, 11, 12, NEVER])).tolist() == ["2009-04", "2010-03", "2010-04", ""]
    assert month_texts(np.array([36, NEVER]), shift=-1).tolist() == ["2012-03", ""]
    assert key_texts(np.array([255], dtype=np.uint64)).tolist() == ["00000000000000ff"]


def test_a_ratio_is_rounded_and_nought_where_nothing_is_below():
    assert rounded_ratio(np.array([1.0, 2.0, 0.0]), np.array([3.0, 0.0, 0.0])).tolist() == [
        0.333333333333,
        0.0,
        0.0,
    ]


def test_official_figures_stand_beside_columns_that_exist():
    names = {one.name for one in TABLES["national"]}
    figures = observed_figures()
    assert {figure.series for figure in figures} <= names
    assert {figure.label for figure in figures} <= {"input", "fitted", "emergent", "predicted"}
    members = {f.fiscal_year: f.value for f in figures if f.series == "members"}
    assert (members[2009], members[2016], members[2023]) == (89, 4090, 7200)
    without = {f.fiscal_year: f.compared for f in figures if f.series == "members"}
    known = {2013: 978, 2014: 1511, 2015: 2625, 2016: 3978, 2017: 4830, 2018: 5359, 2019: 5349, 2020: 5464}
    assert known.items() <= without.items()  # members under the ministry's own guideline


def test_only_what_no_fit_may_read_is_called_emergent_or_predicted():
    called = [one for one in observed_figures() if one.label in ("emergent", "predicted")]
    assert called
    assert not [one.series for one in called if one.may_be_fitted(2100)]
    fitted = {one.series for one in observed_figures() if one.may_be_fitted(2100)}
    assert {
        "members",
        "settled_share_all",
    } <= fitted  # so their rise between years that a fit reads is fitted, too
    labels = {pattern.name: pattern.label for pattern in PATTERNS}
    assert (labels["second_rise"], labels["rise_of_settled_share"]) == ("fitted", "fitted")


def test_years_without_official_figures_give_an_empty_table_of_the_same_kinds():
    late = scenario_of((2032, 2032), ("鳥取県",))
    observed = run(late, tables=["observed"]).arrays["observed"]
    declared = {one.name: KINDS[one.dtype] for one in TABLES["observed"]}
    assert {name: values.dtype.kind for name, values in observed.items()} == declared
    assert len(observed["value"]) == 0


def test_an_empty_scheme_gives_tables_of_the_same_kinds():
    nobody = scenario_of((2009, 2010), ("鳥取県",), base="no_measure")
    tables = run(nobody).arrays
    for table, columns in tables.items():
        declared = {one.name: KINDS[one.dtype] for one in TABLES[table]}
        assert {name: values.dtype.kind for name, values in columns.items()} == declared, table
    assert len(tables["members"]["member"]) == 0
    assert "cooperators" not in tables["ledger"]["measure"].tolist()
