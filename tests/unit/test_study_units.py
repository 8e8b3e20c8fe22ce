"""What money is set against: every firm is counted once, whoever founds it."""

from __future__ import annotations

import numpy as np
import pytest

from okoshi.agents.cooperators import NEVER, Members
from okoshi.agents.enterprises import STILL_OPEN, Enterprises, alive_after
from okoshi.agents.founders import Founder, project_keys
from okoshi.engine.calendar import month_index
from okoshi.study.units import firms_after
from small_country import keys_of, lived, scenario_of

TWO = ("島根県", "鳥取県")


def test_a_settlers_firm_with_a_grant_counts_once_with_or_without_a_firm_as_a_member() -> None:
    keys = {
        "behaviour__local_10000__link_settlers": 0.5,
        "behaviour__local_10000__link_grants_to_startups": 0.5,
    }
    model = lived(scenario_of((2012, 2026), (*TWO, "北海道", "長野県"), base="baseline", **keys))
    members, table = model.members, model.measures.local_10000.enterprises
    units = firms_after(members, table, model.month, 0)
    assert len(np.unique(units.key)) == len(units.key)
    without_a_firm = {
        int(member)
        for row in np.flatnonzero((table.founder == Founder.SETTLER) & (table.closed > 2026))
        for year in (table.founded[row], table.founded[row] - 1)
        for member in members.key[
            (project_keys(members.key, int(year)) == table.key[row]) & (members.startup_month == NEVER)
        ]
    }
    assert without_a_firm
    assert without_a_firm <= set(units.key.tolist())
    own = members.key[(members.startup_month < model.month) & (members.closed_month >= model.month)]
    others = (table.founder >= Founder.COMPANY) | (table.founder == Founder.RESIDENT)
    open_now = int((others & (table.closed > 2026)).sum())
    assert len(units.key) == len(own) + open_now + len(without_a_firm)
    # Without startup aid, what a firm needed is the grant of its enterprise: both say so of the same firm.
    firm = np.flatnonzero((members.enterprise >= 0) & (members.startup_cost == 0))
    told = members.would_have_started_anyway[firm]
    assert told.tolist() == table.would_have_started_anyway[members.enterprise[firm]].tolist()
    assert len(told) > 0
    assert not told.any()  # a firm that a grant opened: none would be there without


@pytest.mark.parametrize("years", [5, 10])
def test_a_firm_open_so_many_years_has_met_as_many_closings(years: int) -> None:
    """As in the survival columns: who closes in its sixth March has lived five years, who does in its fifth has not."""
    table = Enterprises(4)
    closed = 2010 + years + np.array([-2, -1, 0, STILL_OPEN - 2010 - years])
    table.append(4, key=keys_of(4), founded=2010, closed=closed, founder=int(Founder.COMPANY))
    units = firms_after(Members(1), table, month_index(2030), years)
    assert set(units.key.tolist()) == set(table.key[2:].tolist())
    assert len(units.key) == alive_after(table, 2010 + years - 1, years)[1]
