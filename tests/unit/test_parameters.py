"""The catalogue: what each file must hold, what a value may be, and how dates are read."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.language.errors import InputError
from okoshi.language.messages import set_language
from okoshi.parameters.catalogue import Parameter, catalogue, read_catalogue
from okoshi.parameters.kinds import write
from okoshi.parameters.listing import parameters_table

ENTRY = """
[cap]
description = "A cap"
description_ja = "上限"
unit = "yen"
type = "yen"
{more}
"""
VALUES = 'source = "law"\n[cap.values]\n2010 = 5\n2012 = "abolished"\n2015 = 7'


def read(folder: Path, text: str, room: str = "policy", schema: str = "schema = 1\n") -> Parameter:
    (folder / room).mkdir(exist_ok=True)
    (folder / room / "measure.toml").write_text(schema + text, encoding="utf-8")
    return read_catalogue(folder)[f"{room}.measure.cap"]


@pytest.mark.parametrize("name", catalogue())
def test_every_parameter_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    parameter = catalogue()[name]
    assert parameter.description.strip()
    assert "\n" not in parameter.description
    assert any(ord(sign) > 0x3000 for sign in parameter.description_ja)
    assert parameter.unit
    for entry in parameter.values:
        assert entry.source or entry.assumed
    if parameter.range is not None:
        low, high = parameter.range
        assert low < high
        for end in (low, high):
            parameter.check(end)
        for entry in parameter.values:
            assert entry.value is None or isinstance(entry.value, str) or low <= entry.value <= high  # type: ignore[operator]


def test_dates_are_read_from_the_year_on(tmp_path: Path) -> None:
    cap = read(tmp_path, ENTRY.format(more=VALUES))
    assert [cap.in_year(year) for year in (2009, 2010, 2011, 2012, 2014, 2015, 2050)] == [
        *(None, 5, 5, None, None, 7, 7)
    ]
    with pytest.raises(ValueError, match="which fiscal year"):
        cap.in_year()


def test_an_undated_parameter_holds_in_every_year(tmp_path: Path) -> None:
    cap = read(tmp_path, ENTRY.format(more="value = 5\nassumed = true\nrange = [0, 9]"), "behaviour")
    assert (cap.in_year(), cap.in_year(1900), cap.dated) == (5, 5, False)


def test_the_country_reads_only_files_of_parameters(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        read(tmp_path, "rows = [1, 2]", "country", schema="")
    marked = "schema = 1\nparameters = true\n"
    text = ENTRY.format(more='value = 5\nsource = "census"')
    assert read(tmp_path, text, "country", schema=marked).in_year() == 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (VALUES + "\nunits = 3", "2010"),  # a stray key among the dates
        ("valeus = 3", "did you mean value"),
        ('value = 5\nsource = "law"\ntyp = 3', "did you mean type"),
        ("value = 5", "neither a source nor assumed"),
        ("value = 5\nassumed = true", "needs a range"),
        ('source = "law"', "either `value` or dated `values`"),
        ('value = -5\nsource = "law"', "a whole number of yen"),
        ('value = 5\nsource = "law"\nrange = [9, 1]', r"\[low, high\]"),
        ('source = "law"\n[cap.values]\n1812 = 3', "1812 is no fiscal year"),
        ('source = "law"\n[cap.values]\n', "no value at all"),
        ('value = 5\nsource = "law"\ndistribution = "cauchy"', "unknown distribution"),
    ],
)
def test_a_broken_entry_is_refused_in_plain_words(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(InputError, match=said if said != "2010" else "units is no fiscal year"):
        read(tmp_path, ENTRY.format(more=more))


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = ENTRY.format(more="value = 5") + ENTRY.replace("[cap]", "[cup]").format(more="value = 6")
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert [fault.key for fault in caught.value.faults] == ["policy.measure.cap", "policy.measure.cup"]


CAP = "policy.cooperators.activity_per_member"
RATE = "policy.cooperators.vacant_house_renovation_rate"
SHARE = "policy.cooperators.supplement.publicity_share"
LADDER = "policy.local_10000.grant_cap_by_loan_ratio"
SHARES = "policy.local_10000.national_share_raised"
TERM = "policy.cooperators.term_years"
BUDGET = "policy.local_10000.budget"
SWITCH = "policy.cooperators.enabled"
TOTAL = "policy.special_allocation_tax.total"


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        (CAP, 2_000_000, 2_000_000),
        (CAP, 2_000_000.0, 2_000_000),
        (RATE, 0.1, Fraction(1, 10)),
        (RATE, "2/3", Fraction(2, 3)),
        (RATE, 1, Fraction(1)),
        (SHARE, 1, 1.0),
        (LADDER, [[1, 50]], ((Fraction(1), 50),)),
        (SHARES, [0.5, "3/4"], (Fraction(1, 2), Fraction(3, 4))),
        (TERM, [1, 5], (1, 5)),
        (BUDGET, "open", "open"),
        (SWITCH, False, False),
        (TOTAL, "fixed", "fixed"),
    ],
)
def test_a_good_value_is_stored_in_one_form(name: str, given: object, stored: object) -> None:
    checked = catalogue()[name].check(given)
    assert checked == stored
    assert type(checked) is type(stored)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *[(CAP, bad) for bad in (-1, 0.5, "5", True, float("nan"), float("inf"), 10**16, [5], None, "open")],
        *[(RATE, bad) for bad in (-0.1, 1.1, "2/0", "x", "-1/2", "1e-999999999", True, float("nan"), [0.5])],
        *[(SHARE, bad) for bad in (-0.1, 1.1, "0.5", float("nan"), True)],
        *[(LADDER, bad) for bad in ([], [[0, 5]], [[1, 5], [1, 6]], [[2, 5], [1, 6]], [[1, -5]], [[1]], 5)],
        *[(SHARES, bad) for bad in ([], ["3/4", "2/3"], [2], "2/3")],
        *[(TERM, bad) for bad in ([3, 1], [1], [1, 2, 3], [0.5, 2], [-1, 2], 3)],
        *[(BUDGET, bad) for bad in ("shut", -1)],
        *[(SWITCH, bad) for bad in (1, "true", None)],
        *[(TOTAL, bad) for bad in ("closed", "", 1)],
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(name: str, given: object) -> None:
    parameter = catalogue()[name]
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (the words are compared below)
        parameter.check(given)
    assert str(caught.value) == parameter.allowed()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([CAP, RATE, SHARE, LADDER, SHARES, TERM, BUDGET, SWITCH, TOTAL]), anything)
def test_any_value_is_stored_for_good_or_refused(name: str, value: object) -> None:
    parameter = catalogue()[name]
    try:
        stored = parameter.check(value)
    except ValueError:
        return
    assert parameter.check(stored) == stored


def test_the_extra_exists_once_and_its_shares_are_the_whole() -> None:
    values = catalogue()
    for measure in ("local_10000", "cooperators", "dispatch", "university", "shopping", "digital"):
        budget = values[f"policy.{measure}.supplement.budget"]
        assert [budget.in_year(year) is None for year in (2023, 2024, 2025, 2030)] == [
            True,
            False,
            True,
            True,
        ]
    shares = [values.value(name, 2024) for name in values if name.endswith("_share") and "supplement" in name]
    assert len(shares) == 8
    assert sum(share for share in shares if isinstance(share, float)) == pytest.approx(1.0)


def test_the_list_has_a_row_a_parameter_with_the_value_of_the_year() -> None:
    assert len(parameters_table()) == len(catalogue())
    row = next(row for row in parameters_table("activity_per_member", 2012) if row.name == CAP)
    assert (row.value, row.year, row.assumed, row.low) == ("3500000", 2012, True, 0)
    trial = parameters_table("trial_per_municipality", 2012)[0]
    assert (trial.value, trial.source) == ("", "")
    with pytest.raises(InputError) as caught:
        parameters_table("policy.cooperators.startup_per_membr")
    assert caught.value.faults[0].nearest == "policy.cooperators.startup_per_member"


def test_the_list_speaks_japanese() -> None:
    set_language("ja")
    try:
        assert parameters_table("起業に要する経費の上限")[0].description == "隊員等の起業に要する経費の上限"
    finally:
        set_language(None)


@pytest.mark.parametrize("name", catalogue())
def test_a_written_value_can_be_read_back(name: str) -> None:
    parameter = catalogue()[name]
    for entry in parameter.values:
        if entry.value is None:
            continue
        text = write(entry.value)
        try:
            again = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            again = text  # a bare word is text
        assert parameter.check(again) == entry.value
