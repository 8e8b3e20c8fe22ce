"""One small run, kept: a result that changes is seen, and renewed only on purpose (renew.py says how)."""

from __future__ import annotations

import json

import pytest
from renew import GOLDEN, golden_run


@pytest.fixture(scope="module")
def now():
    return golden_run()


@pytest.fixture(scope="module")
def kept():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_same_columns_in_the_same_order(now, kept):
    assert list(now) == list(kept)


def test_counts_and_yen_are_equal_and_shares_to_a_billionth(now, kept):
    for name in kept:
        for row, (value, golden) in enumerate(zip(now[name], kept[name], strict=True)):
            # A share differs in its last bit between kinds of processor, a count never.
            if isinstance(golden, float):
                assert value == pytest.approx(golden, abs=1e-9), (name, kept["fiscal_year"][row])
            else:
                assert value == golden, (name, kept["fiscal_year"][row])


def test_the_golden_run_is_one_in_which_much_happens(kept):
    for name in ("members", "hired", "ended", "settled_nearby", "startups_by_members"):
        assert max(kept[name]) > 0, name
    assert kept["fiscal_year"] == list(range(2009, 2021))
