"""What balances in the tables of any run: people, money, numbers."""

from __future__ import annotations

import numpy as np

from okoshi.agents.books import Payer
from okoshi.observe.declarations import TABLES

# Differences between two courses, a correction, a balance; yen_PAYER is net of what came back (`check_yen`).
SIGNED = {"dispatch_net", "people_beside_rates", "net_from_abroad"}
SIGNED |= {"local_10000_additional_investment_yen", "local_10000_additional_loan_yen"}


def check_people(model, tables):
    """Hired = serving + ended, and the stock of a year is the stock before, plus hired, less ended."""
    national, members = tables["national"], model.members
    hired, ended = national["hired"].cumsum(), national["ended"].cumsum()
    until = 12 * np.arange(1, len(hired) + 1)
    serving = np.array(
        [int(((members.start_month < month) & (members.end_month > month)).sum()) for month in until]
    )
    assert hired.tolist() == (serving + ended).tolist()
    assert ended.tolist() == national["ended_so_far"].tolist()
    stock_before = np.concatenate([[0], serving[:-1]])
    assert national["members"].tolist() == (stock_before + national["hired"]).tolist()
    # Who ends on 31 March is a member on that day and has ended.
    last_day = np.array([int((members.end_month == month).sum()) for month in until])
    assert national["members_on_31_march"].tolist() == (serving + last_day).tolist()
    assert (national["settled"] == national["settled_same"] + national["settled_nearby"]).all()
    assert (national["settled"] <= national["ended_so_far"]).all()
    assert (national["hired"] + national["vacancies_unfilled"] == national["vacancies"]).all()
    assert (national["hired"] + national["applicants_refused"] == national["applied"]).all()
    assert (national["applied"] <= national["applicants"]).all()
    places = tables["municipalities"]
    for name in ("members", "hired", "ended", "members_on_31_march"):
        by_year = places[name].reshape(len(until), -1)
        assert by_year.sum(axis=1).tolist() == national[name].tolist(), name
    assert (places["hired"] <= places["posts"]).all()
    # Nobody lives at two places: those settled from somewhere are those settled somewhere.
    assert places["settled_from_here"].sum() == places["settled_stock"].sum()
    joined = (places["members"] > 0) | (places["posts"] > 0)
    assert (places["reason_not_joined"][joined & (places["hired"] > 0)] == "none").all()
    assert (places["reason_not_joined"][~joined] != "none").all()


def check_members(tables):
    """The table of people tells the same story as the nation's row of the last year."""
    members, national = tables["members"], tables["national"]
    last = {name: values[-1] for name, values in national.items()}
    ended = members["end_month"] != ""
    assert len(members["member"]) == int(national["hired"].sum())
    assert int(ended.sum()) == last["ended_so_far"]
    settled = members["settled"]
    assert int((settled == "same").sum()) == last["settled_same"]
    assert int((settled == "nearby").sum()) == last["settled_nearby"]
    died, gone = members["died_month"] != "", members["gone_again_month"] != ""
    assert int((settled == "elsewhere").sum() + died.sum()) == last["ended_so_far"] - last["settled"]
    assert (ended[died] & (settled[died] == "")).all()
    assert (members["died_month"][died] >= members["end_month"][died]).all()
    assert (settled[gone] == "elsewhere").all()
    assert (members["stayed_at_end"][gone] != "elsewhere").all()
    assert ((settled == members["stayed_at_end"]) | gone | died)[ended].all()
    assert (members["start_month"][ended] <= members["end_month"][ended]).all()
    assert (members["gone_again_month"][gone] > members["end_month"][gone]).all()
    same = settled == "same"
    assert (members["settled_municipality"][same] == members["municipality"][same]).all()
    near = settled == "nearby"
    assert (members["settled_municipality"][near] != members["municipality"][near]).all()
    startups = members["startup"]
    assert (members["startup_month"][startups] >= members["start_month"][startups]).all()
    assert not members["would_have_started_anyway"][~startups].any()
    closed = members["startup_closed_month"] != ""
    assert (members["startup_closed_month"][closed] >= members["startup_month"][closed]).all()


def check_yen(model, tables):
    """Books balance; what the payers bear is what was spent; a place bears what its rows say."""
    assert model.ledger.faults() == []
    ledger, national = tables["ledger"], tables["national"]
    back = np.isin(ledger["payee"], ["municipality", "prefecture", "special_allocation_tax"])
    for row, year in enumerate(national["fiscal_year"].tolist()):
        of_year = ledger["fiscal_year"] == year
        spent = int(ledger["yen"][of_year & ~back].sum())
        borne = sum(int(national[f"yen_{payer.name.lower()}"][row]) for payer in Payer)
        assert borne == spent
        taxed = int(ledger["yen"][of_year & (ledger["payer"] == "special_allocation_tax")].sum())
        pooled = int(ledger["yen"][of_year & (ledger["item"] == "pool")].sum())
        assert int(national["yen_special_allocation_tax"][row]) == taxed - pooled
    assert (ledger["yen"] > 0).all()
    places = tables["municipalities"]
    own = ~back & (ledger["payer"] == "municipality") & (ledger["municipality"] != "")
    received = (ledger["payer"] != "municipality") & (ledger["payee"] == "municipality")
    given_up = (ledger["item"] == "pool") & (ledger["payer"] == "municipality")
    borne = ledger["yen"][own].sum() - ledger["yen"][received].sum() + ledger["yen"][given_up].sum()
    assert int(places["yen_municipality"].sum()) == int(borne)


def check_numbers(tables):
    """Numbers are numbers: a share is one of 0 to 1; what is over nobody is no number; counts are not negative."""
    for table, columns in TABLES.items():
        for one in columns:
            if one.name not in tables[table]:
                continue
            values = tables[table][one.name]
            if one.dtype == "float64":
                known = np.isfinite(values)
                assert known.all() or one.denominator, (table, one.name)
                if one.unit == "share":
                    assert ((values[known] >= 0) & (values[known] <= 1)).all(), (table, one.name)
            elif one.dtype == "int64" and one.name not in SIGNED and not one.name.startswith("yen_"):
                assert (values >= 0).all(), (table, one.name)


def check_staff_yen(tables):
    """Hours of officials cost the same whichever measure takes them, in every place and year."""
    table = tables["municipalities"]
    hours = sum(
        table[name] for name in ("dispatch_staff_hours", "university_staff_hours", "digital_hours_beside")
    )
    taken = (table["staff_hours"] > 100) & (hours > 100)
    an_hour, other = (
        yen[taken] / spent[taken]
        for yen, spent in (
            (table["staff_yen"], table["staff_hours"]),
            (table["staff_yen_of_other_measures"], hours),
        )
    )
    np.testing.assert_allclose(an_hour, other, rtol=0.01)
    assert not table["staff_yen_of_other_measures"][hours == 0].any()


def check_faults(model):
    """No table of any measure holds an impossible value."""
    measures = model.measures
    for table in (
        model.members,
        model.municipalities,
        measures.local_10000.enterprises,
        measures.local_10000.banks,
        measures.dispatch.companies,
        measures.dispatch.contracts,
        measures.university.projects,
        measures.university.students,
        measures.shopping.services,
        measures.shopping.districts,
        measures.digital.bodies,
        measures.digital.pools,
        measures.digital.people,
    ):
        assert table.faults() == [], type(table).__name__
