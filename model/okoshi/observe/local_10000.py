"""Local 10,000 (ローカル10,000プロジェクト) as the statistics would see it: rows of a year, a table of enterprises,
and the statistic that looks for pile-ups at the steps of the ladder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Floats, Integers, Rows
from okoshi.agents.enterprises import STILL_OPEN, Enterprises, alive_after, is_open
from okoshi.agents.founders import Founder
from okoshi.engine.calendar import month_index, month_text
from okoshi.engine.columns import Array
from okoshi.markets.grants import Refusal
from okoshi.measures.local_10000 import Local10000
from okoshi.observe.local_10000_columns import (
    DECLARATIONS,
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
    LOAN_KINKS,
    RATIO_STEPS,
    SURVIVAL_YEARS,
)
from okoshi.observe.quotients import quotient
from okoshi.observe.tables import Columns, key_texts, labels_of, place_codes
from okoshi.world.country import World

__all__ = [
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "PileUp",
    "enterprise_table",
    "municipal_columns",
    "national_row",
    "pile_up",
    "pile_ups",
]

Row = dict[str, float | int | str]
EXACTLY = 1e-3
_SAME_SIZE = 0.95


def national_row(measure: Local10000, fiscal_year: int) -> Row:
    """Return the measure's columns of the national table for the year that ends now."""
    table = measure.enterprises
    new = measure.founded[table.grant[measure.founded] > 0]
    funded = np.flatnonzero(table.grant > 0)
    return {
        **_applications(measure, fiscal_year),
        **_money(table, new, funded),
        **_shape(table, new),
        **_deadweight(table, new),
        **_enterprises(measure, fiscal_year),
    }


def _applications(measure: Local10000, fiscal_year: int) -> Row:
    held = measure.round
    if held is None:
        raise RuntimeError("no year has been opened yet")
    doors = np.bincount(held.refusal, minlength=len(Refusal))
    gone = held.ran_out_month
    return {
        "local_10000_candidates": len(held.candidates),
        "local_10000_aware": held.aware,
        "local_10000_applications": int(held.applied.sum()),
        "local_10000_refused_bank": int(doors[Refusal.BANK]),
        "local_10000_refused_novelty": int(doors[Refusal.NOVELTY]),
        "local_10000_refused_town_hall": int(doors[Refusal.TOWN_HALL]),
        "local_10000_refused_budget": int(doors[Refusal.BUDGET]),
        "local_10000_budget_ran_out": "" if gone is None else month_text(month_index(fiscal_year, gone)),
    }


def _money(table: Enterprises, new: Rows, funded: Rows) -> Row:
    grants, loans = int(table.grant[new].sum()), int(table.loan[new].sum())
    invested = int(table.investment[new].sum())
    grants_so_far, loans_so_far = int(table.grant[funded].sum()), int(table.loan[funded].sum())
    return {
        "local_10000_projects": len(new),
        "local_10000_projects_so_far": len(funded),
        "local_10000_projects_to_mid_year": len(funded) - len(new) / 2,
        "local_10000_grant_yen": grants,
        "local_10000_national_yen": int(table.national_part[new].sum()),
        "local_10000_loan_yen": loans,
        "local_10000_own_funds_yen": invested - grants - loans,
        "local_10000_grants_so_far_yen": grants_so_far,
        "local_10000_loans_so_far_yen": loans_so_far,
        "local_10000_grants_to_mid_year_yen": grants_so_far - grants // 2,
        "local_10000_loans_to_mid_year_yen": loans_so_far - loans // 2,
        "local_10000_mean_grant_yen": quotient(grants, len(new)),
        "local_10000_mean_grant_so_far_yen": quotient(grants_so_far, len(funded)),
        "local_10000_loan_to_grant": quotient(loans, grants),
        "local_10000_loan_to_grant_so_far": quotient(loans_so_far, grants_so_far),
    }


def _shape(table: Enterprises, new: Rows) -> Row:
    """Return where projects stand on the ladder, what they are filed under, and who has them."""
    ratio, loan = _ratios(table, new), table.loan[new]
    row: Row = {
        f"local_10000_ratio_{_name(step)}_share": _share(_exactly(ratio, step)) for step in RATIO_STEPS
    }
    row |= {
        f"local_10000_loan_{_name(kink)}_million_share": _share(_exactly(loan, kink * 1e6))
        for kink in LOAN_KINKS
    }
    relabelled = table.theme[new] != table.theme_alternative[new]
    return row | {
        "local_10000_relabelled_share": _share(relabelled),
        "local_10000_national_share": _mean(table.national_share[new]),
        "local_10000_national_share_without_relabelling": _mean(table.national_share_alternative[new]),
        "local_10000_company_share": _share(table.founder[new] >= Founder.COMPANY),
        "local_10000_by_members": int(
            ((table.founder[new] == Founder.COOPERATOR) | (table.founder[new] == Founder.SETTLER)).sum()
        ),
        "local_10000_women_share": _share(table.founder_sex[new] == 1),
    }


def _deadweight(table: Enterprises, new: Rows) -> Row:
    anyway = table.would_have_started_anyway[new]
    invested, without = table.investment[new], table.investment_without_grant[new]
    return {
        "local_10000_would_have_started_anyway": int(anyway.sum()),
        "local_10000_would_have_started_anyway_share": _share(anyway),
        "local_10000_grant_to_those_yen": int(table.grant[new][anyway].sum()),
        "local_10000_same_size_anyway": int((without >= _SAME_SIZE * invested).sum()),
        "local_10000_additional_investment_yen": int((invested - without).sum()),
        "local_10000_additional_loan_yen": int((table.loan[new] - table.loan_without_grant[new]).sum()),
    }


def _enterprises(measure: Local10000, fiscal_year: int) -> Row:
    table, alive = measure.enterprises, np.flatnonzero(is_open(measure.enterprises))
    funded = alive[table.grant[alive] > 0]
    lived = measure.lived
    row: Row = {
        "enterprises_founded": len(measure.founded),
        "enterprises_closed": 0 if lived is None else len(lived.closing),
        "enterprises_alive": len(alive),
        "enterprises_funded_alive": len(funded),
        "enterprise_jobs": int(table.jobs[alive].sum()),
        "enterprise_jobs_funded": int(table.jobs[funded].sum()),
        "enterprise_sales_yen": int(table.sales[alive].sum()),
        "sales_taken_from_others_yen": int(table.sales_taken[alive].sum()),
        "sales_taken_from_others_funded_yen": int(table.sales_taken[funded].sum()),
        "loans_lost_yen": int(measure.banks.lost.sum()),
    }
    for years in SURVIVAL_YEARS:
        founded, open_still = alive_after(table, fiscal_year, years)
        row[f"enterprise_survival_{years}_share"] = quotient(open_still, founded)
    return row


def municipal_columns(measure: Local10000) -> dict[str, Array]:
    """Return one array (municipalities) a column, for the year that ends now."""
    table, places, held = measure.enterprises, len(measure.world), measure.round
    new = measure.founded[table.grant[measure.founded] > 0]
    refused = np.zeros(0, dtype=np.int64)
    if held is not None:
        refused = held.candidates.municipality[held.refusal != Refusal.NONE]
    grants = np.zeros(places, dtype=np.int64)
    np.add.at(grants, table.municipality[new], table.grant[new])
    taken = np.zeros(places, dtype=np.int64)
    alive = np.flatnonzero(is_open(table))
    np.add.at(taken, table.municipality[alive], table.sales_taken[alive])
    return {
        "local_10000_projects": np.bincount(table.municipality[new], minlength=places),
        "local_10000_refused": np.bincount(refused, minlength=places),
        "local_10000_grant_yen": grants,
        "enterprises_alive": np.bincount(table.municipality[alive], minlength=places),
        "enterprise_jobs": measure.jobs.copy(),
        "sales_taken_from_others_yen": taken,
    }


def enterprise_table(measure: Local10000, world: World, years: tuple[int, int]) -> Columns:
    """Return one row an enterprise founded in the years written, in the order of keys."""
    table = measure.enterprises
    rows = np.flatnonzero((table.founded >= years[0]) & (table.founded <= years[1]))
    rows = rows[np.argsort(table.key[rows], kind="stable")]
    closed = table.closed[rows].astype(np.int64)
    doors = np.array([door.name.lower() for door in Refusal])
    doors[Refusal.NONE] = ""
    coded = {
        name: labels_of(Enterprises, name)[getattr(table, name)[rows]]
        for name in ("founder", "founder_sex", "sector", "theme", "theme_alternative")
    }
    plain = {name: getattr(table, name)[rows].astype(np.int64) for name in _WHOLE_COLUMNS}
    kept = {name: getattr(table, name)[rows].copy() for name in _KEPT_COLUMNS}
    made: Columns = {
        "enterprise": key_texts(table.key[rows]),
        "municipality": place_codes(world)[table.municipality[rows]],
        "own_funds": plain["investment"] - plain["loan"] - plain["grant"],
        "closed": np.where(closed == STILL_OPEN, 0, closed),
        "refused_because": doors[table.refused_because[rows]],
        **coded,
        **plain,
        **kept,
    }
    return {declared.name: made[declared.name] for declared in DECLARATIONS if declared.name != "replicate"}


_WHOLE_COLUMNS = (
    "founder_age",
    "founded",
    "investment",
    "loan",
    "grant",
    "investment_without_grant",
    "loan_without_grant",
    "planned_sales",
    "sales",
    "sales_taken",
    "jobs",
)
_KEPT_COLUMNS = (
    "stake",
    "indivisible",
    "national_share",
    "national_share_alternative",
    "would_have_started_anyway",
)


@dataclass(frozen=True)
class PileUp:
    """How many of some values stand exactly at a point, beside what the neighbourhood would lead one to expect.

    `excess` is a share of all values; `z` the surplus in standard errors of a Poisson count.
    """

    at: float
    found: int
    expected: float
    excess: float
    z: float


def pile_up(values: Floats | Integers, at: float, width: float = 0.005, window: float = 0.2) -> PileUp:
    """Look for a pile-up at a point (bunching: Saez 2010, with the neighbours' mean density in place of a curve).

    Values within `width` of the point (relative) are counted; what lies further out, up to `window`, says how
    many one would expect there.
    """
    distance = np.abs(np.asarray(values, dtype=np.float64) / at - 1.0)
    found = int((distance <= width).sum())
    around = int(((distance > width) & (distance <= window)).sum())
    expected = around * width / (window - width)
    excess = (found - expected) / len(distance) if len(distance) else 0.0
    return PileUp(at, found, expected, excess, (found - expected) / max(expected, 1.0) ** 0.5)


def pile_ups(table: Enterprises, first: int, last: int) -> tuple[dict[float, PileUp], dict[float, PileUp]]:
    """Return the pile-ups of projects funded in some years: of loan over grant, and of loans in million yen."""
    rows = np.flatnonzero((table.grant > 0) & (table.founded >= first) & (table.founded <= last))
    ratio, loan = _ratios(table, rows), table.loan[rows] / 1e6
    return (
        {step: pile_up(ratio, step) for step in RATIO_STEPS},
        {kink: pile_up(loan, kink) for kink in LOAN_KINKS},
    )


def _ratios(table: Enterprises, rows: Rows) -> Floats:
    return np.asarray(table.loan[rows] / np.maximum(table.grant[rows], 1))


def _exactly(values: Floats | Integers, at: float) -> Array:
    return np.abs(values / at - 1.0) < EXACTLY


def _name(number: float) -> str:
    return f"{number:g}".replace(".", "_")


def _share(flags: Array) -> float:
    return quotient(flags.sum(), len(flags))


def _mean(values: Floats) -> float:
    return quotient(np.sort(values).sum(), len(values))
