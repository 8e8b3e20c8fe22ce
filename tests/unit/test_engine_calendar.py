"""Fiscal years begin in April."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.engine.calendar import FIRST_FISCAL_YEAR, fiscal_year_of, month_index, month_text


@given(fiscal_year=st.integers(2009, 2050), month_of_year=st.integers(0, 11))
def test_a_month_finds_its_year_again(fiscal_year, month_of_year):
    month = month_index(fiscal_year, month_of_year)
    assert fiscal_year_of(month) == fiscal_year
    assert month - month_index(fiscal_year) == month_of_year


@pytest.mark.parametrize(
    ("fiscal_year", "month_of_year", "text"),
    [
        (FIRST_FISCAL_YEAR, 0, "2009-04"),
        (2014, 8, "2014-12"),
        (2014, 9, "2015-01"),
        (2014, 11, "2015-03"),
        (2015, 0, "2015-04"),
    ],
)
def test_months_as_people_write_them(fiscal_year, month_of_year, text):
    assert month_text(month_index(fiscal_year, month_of_year)) == text


def test_april_follows_march():
    march = month_index(2014, 11)
    assert march + 1 == month_index(2015)
