"""What a body spends of what it wants where a part comes back, by hand and for any cap, rate and share."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.agents.own_share import within_own_share, worth_spending
from okoshi.policy.amounts import reimbursed


@pytest.mark.parametrize(
    ("cap", "rate", "own_share", "spent"),
    [
        (None, Fraction(1), 0.25, 250_000),  # no rule: a quarter of what it wants, its own money
        (2_000_000, None, 0.25, 250_000),
        (2_000_000, Fraction(1), 0.0, 1_000_000),  # all comes back: all is spent
        (400_000, Fraction(1), 0.25, 400_000 + 150_000),
        (2_000_000, Fraction(1, 2), 0.25, 500_000 + 125_000),
        (400_000, Fraction(1, 2), 0.0, 200_000),
    ],
)
def test_what_a_body_thinks_worth_spending(cap, rate, own_share, spent):
    assert worth_spending(np.array([1_000_000.0]), cap, rate, own_share).tolist() == [spent]


@pytest.mark.parametrize(
    ("cap", "rate", "own_share", "spent"),
    [
        (1_000_000, Fraction(1, 2), 0.5, 800_000),  # 0.4 million of its own, as much comes back
        (1_000_000, Fraction(1), 0.5, 800_000),
        (1_000_000, Fraction(1), 0.0, 800_000),
        (1_000_000, Fraction(1, 4), 0.5, 533_333),  # 0.4 million of its own is three quarters
        (1_000_000, Fraction(1, 2), 0.25, 400_000),
        (300_000, Fraction(1, 2), 0.5, 550_000),  # and half of 0.3 million
        (300_000, Fraction(1), 0.0, 300_000),
        (0, Fraction(1, 2), 0.5, 400_000),
        (1_000_000, Fraction(0), 0.5, 400_000),
        (None, Fraction(1), 0.5, 400_000),
        (1_000_000, None, 0.5, 400_000),
        (None, None, 1.0, 800_000),
    ],
)
def test_what_a_body_spends_of_800_000_yen(cap, rate, own_share, spent):
    assert within_own_share(np.array([800_000]), cap, rate, own_share).tolist() == [spent]


@given(
    wanted=st.integers(0, 10_000_000),
    caps=st.tuples(*[st.integers(0, 3_000_000)] * 2).map(sorted),
    rates=st.tuples(*[st.fractions(0, 1, max_denominator=100)] * 2).map(sorted),
    shares=st.tuples(*[st.floats(0, 1)] * 2).map(sorted),
)
def test_a_body_never_bears_more_than_its_share_nor_spends_more_by_a_lower_cap_or_rate(
    wanted, caps, rates, shares
):
    def spent(cap, rate, share):
        yen = int(within_own_share(np.array([wanted]), cap, rate, share)[0])
        assert 0 <= yen <= wanted
        assert yen - reimbursed(yen, cap, rate) <= share * wanted + 1
        if wanted <= cap and share >= 1 - rate:
            assert wanted - yen <= 1  # whole yen
        return yen

    most = spent(caps[1], rates[1], shares[1])
    for others in (
        (caps[0], rates[1], shares[1]),
        (caps[1], rates[0], shares[1]),
        (caps[1], rates[1], shares[0]),
    ):
        assert spent(*others) <= most
    assert spent(caps[1], Fraction(1, 2), 0.5) == wanted or wanted > caps[1]
