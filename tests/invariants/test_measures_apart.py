"""A measure that is off, unused or abolished: nothing of it happens, and others notice only through links."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from okoshi.agents.end_of_term import Path
from okoshi.observe import (
    cooperator_columns,
    digital_columns,
    dispatch_columns,
    local_10000_columns,
    shopping_columns,
    university_columns,
)
from okoshi.parameters.catalogue import catalogue
from okoshi.policy.supplement import MEASURES
from small_country import lived, scenario_of, tables_as_bytes

YEARS = (2009, 2028)
PLACE = ("島根県",)
LINKS = {name: 0 for name in catalogue() if name.rsplit(".", 1)[-1].startswith("link_")}
LINKS |= {"behaviour.municipalities.capacity_by_work": 0, "behaviour.university.quality_by_support": 0}
TABLE = {
    "local_10000": "enterprises",
    "cooperators": "members",
    "dispatch": "dispatches",
    "university": "projects",
    "shopping": "services",
}
COLUMNS = {
    "local_10000": local_10000_columns,
    "dispatch": dispatch_columns,
    "university": university_columns,
    "shopping": shopping_columns,
    "digital": digital_columns,
}
NOT_ITS_OWN = ("yen_", "population", "staff_")
BUSY = {  # so much happens in one prefecture that a coupling would show
    "behaviour.local_10000.awareness": 0.6,
    "behaviour.dispatch.join_innovation": 0.2,
    "behaviour.dispatch.hear_innovation": 0.1,
    "behaviour.university.applies": 0.5,
    "behaviour.university.programmes_a_year": 200,
}


@cache
def tables_of(off: str = "", linked: bool = False, **changes: object):
    values = {**BUSY, **({} if linked else LINKS)}
    if off:
        values[f"policy.{off}.enabled"] = False
    values |= {name.replace("__", "."): value for name, value in changes.items()}
    return lived(scenario_of(YEARS, PLACE, "baseline").changed(values)).tables()


def exact(values: np.ndarray) -> bytes:
    """Return what a column holds, to the bit; a text column is as wide as its longest word, which says nothing."""
    return repr(values.tolist()).encode() if values.dtype.kind == "U" else values.tobytes()


def seen_of(measure: str, tables) -> dict[str, bytes]:
    """Return all that is seen of one measure: its table, its columns, its payments."""
    found = dict(tables[TABLE[measure]]) if measure in TABLE else {}
    if measure in COLUMNS:
        for level in ("national", "municipalities"):
            names = [one.name for one in getattr(COLUMNS[measure], f"DECLARATIONS_{level.upper()}")]
            found |= {f"{level} {name}": tables[level][name] for name in names}
    else:
        names = [one.name for one in cooperator_columns.NATIONAL if not one.name.startswith(NOT_ITS_OWN)]
        found |= {
            f"national {name}": tables["national"][name] for name in names if name in tables["national"]
        }
    books = tables["ledger"]
    mine = books["measure"] == measure
    found |= {f"ledger {name}": values[mine] for name, values in books.items()}
    return {name: exact(values) for name, values in found.items()}


@pytest.mark.parametrize("off", MEASURES)
def test_with_all_links_off_a_measure_that_is_shut_leaves_the_others_byte_for_byte(off):
    everything, without = tables_of(), tables_of(off)
    for other in MEASURES:
        one, same = seen_of(other, everything), seen_of(other, without)
        changed = [name for name in one if one[name] != same[name]]
        assert bool(changed) == (other == off), (other, changed)


@pytest.mark.parametrize("off", ["local_10000", "cooperators", "dispatch"])
def test_with_links_on_others_notice(off):
    everything, without = tables_of(linked=True), tables_of(off, linked=True)
    others = [one for one in MEASURES if one != off]
    assert any(seen_of(one, everything) != seen_of(one, without) for one in others)


@pytest.mark.parametrize(
    "zero",
    [
        {"policy.local_10000.budget": 0, "policy.local_10000.supplement.budget": 0},
        {"policy.university.supplement.budget": 0},
        {"policy.shopping.supplement.budget": 0},
        {"policy.digital.supplement.budget": 0},
    ],
)
def test_a_measure_with_no_money_is_a_measure_that_is_not_there(zero):
    """Bit for bit in every table, links on."""
    measure = next(iter(zero)).split(".")[1]
    unused = tables_of(linked=True, **{name.replace(".", "__"): value for name, value in zero.items()})
    shut = tables_of(measure, linked=True)
    assert tables_as_bytes(unused) == tables_as_bytes(shut)


ABOLISHED = 2020


@cache
def abolished():
    ends = {f"policy.{one}.enabled@{ABOLISHED}": False for one in MEASURES}
    model = lived(scenario_of((2009, 2030), PLACE, "baseline").changed(BUSY | ends))
    return model, model.tables()


def test_all_six_abolished_half_way_end_by_their_rules():
    model, tables = abolished()
    national, books = tables["national"], tables["ledger"]
    after = national["fiscal_year"] >= ABOLISHED
    for name in ("hired", "vacancies", "local_10000_projects", "dispatch_posts_filled", "university_sites"):
        assert not national[name][after].any(), name
    # Who serves and whose contract runs stays to the end of it, no longer, and is paid for.
    members, contracts = model.members, model.measures.dispatch.contracts
    shut = 12 * (ABOLISHED - 2009)
    assert members.start_month.max() < shut
    assert members.end_month.max() <= shut + 36
    assert contracts.start_month.max() < shut < contracts.end_month.max() <= shut + 36
    for measure in ("cooperators", "dispatch"):
        paid = books["fiscal_year"][
            (books["measure"] == measure) & (books["payer"] == "special_allocation_tax")
        ]
        assert ABOLISHED <= paid.max() <= ABOLISHED + 3, measure
    late = books["fiscal_year"] > ABOLISHED + 3
    assert set(books["payer"][late].tolist()) <= {"municipality", "prefecture"}
    assert set(books["item"][late].tolist()) <= {"own_talent", "pool_pay", "municipal_support"}
    # What was founded, settled and opened lives on.
    assert national["enterprises_alive"][-1] > 0
    assert national["settled"][-1] > 0
    assert (model.members.path == Path.STARTUP).any()


def test_an_end_changes_nothing_before_it():
    _, ended = abolished()
    on = tables_of(linked=True)
    for name in ("national", "municipalities"):
        before = [tables[name]["fiscal_year"] < ABOLISHED for tables in (ended, on)]
        for column, values in on[name].items():
            assert exact(values[before[1]]) == exact(ended[name][column][before[0]]), (name, column)
