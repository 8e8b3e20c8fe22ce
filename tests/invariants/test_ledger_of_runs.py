"""People's money balances in every year of a run, under every rule of payment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import okoshi
from okoshi.agents.books import Payee, Payer

PUBLIC_BODIES = (Payee.MUNICIPALITY, Payee.PREFECTURE, Payee.SPECIAL_ALLOCATION_TAX)
TWO_PREFECTURES = """
title = "Two prefectures"
extends = "{base}"
years = [2009, 2027]
[world]
prefectures = ["島根県", "高知県"]
"""


@pytest.fixture(scope="module", params=["baseline", "special_allocation_tax_fixed", "scheme_ends_2027"])
def model(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "two.toml"
    path.write_text(TWO_PREFECTURES.format(base=request.param), encoding="utf-8")
    model = okoshi.RegionalModel(okoshi.load_scenario(str(path)), rng=2)
    model.run()
    return model


def yen_of(model, **wanted):
    """Return a year's yen (a dictionary) of all payments that have these books."""
    books = model.ledger.total(("fiscal_year", *wanted))
    fits = np.all([books[name] == number for name, number in wanted.items()], axis=0)
    return dict(zip(books["fiscal_year"][fits].tolist(), books["yen"][fits].tolist(), strict=True))


def test_nobody_receives_more_than_it_paid(model):
    ledger = model.ledger
    ledger.labels = replace(ledger.labels, pooled=frozenset({ledger.labels.item.index("pool")}))
    assert len(ledger.table()["yen"]) > 1000
    assert ledger.faults() == []


def test_what_payers_bear_is_what_others_got(model):
    net = model.ledger.net(("fiscal_year",))
    paid_out = model.ledger.total(("fiscal_year", "payee"))
    own = np.isin(paid_out["payee"], list(model.ledger.labels.same_body))
    for year in np.unique(net["fiscal_year"]):
        borne = net["yen"][net["fiscal_year"] == year].sum()
        assert borne == paid_out["yen"][(paid_out["fiscal_year"] == year) & ~own].sum() > 0


def test_the_national_table_adds_up_to_what_was_spent(model):
    national = model.tables()["national"]
    columns = [national[f"yen_{payer.name.lower()}"] for payer in Payer]
    spent = dict.fromkeys(national["fiscal_year"].tolist(), 0)
    for payee in Payee:
        if payee not in PUBLIC_BODIES:
            for year, yen in yen_of(model, payee=payee).items():
                spent[year] += yen
    assert np.sum(columns, axis=0).tolist() == list(spent.values())


def test_tax_for_activity_stays_under_cap_and_cost(model):
    labels = model.ledger.labels
    activity = labels.item.index("activity")
    back = yen_of(model, item=activity, payer=Payer.SPECIAL_ALLOCATION_TAX)
    cost = yen_of(model, item=activity, payer=Payer.MUNICIPALITY)
    settings, members = model.scenario.settings, model.members
    for year, yen in back.items():
        first = (year - 2009) * 12
        months = np.minimum(members.end_month, first + 12) - np.maximum(members.start_month, first)
        served = int(np.maximum(months, 0).sum())
        cap = settings.value("policy.cooperators.activity_per_member", year)
        assert yen <= min(cost[year], served * cap // 12 + served)
