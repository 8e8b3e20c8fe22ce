"""Company dispatch (地域活性化起業人) as the statistics would see it: rows of a year, and a table of contracts."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Integers
from okoshi.agents.companies import Companies
from okoshi.agents.dispatch_contracts import Contracts, Kind, Origin, months_in_year
from okoshi.agents.municipalities import Field
from okoshi.engine.calendar import MONTHS, month_index
from okoshi.engine.columns import Array
from okoshi.measures.dispatch import Dispatch
from okoshi.observe.dispatch_columns import DECLARATIONS, DECLARATIONS_MUNICIPALITIES, DECLARATIONS_NATIONAL
from okoshi.observe.tables import Columns, key_texts, labels_of, month_texts, place_codes
from okoshi.world.country import World

__all__ = [
    "DECLARATIONS",
    "DECLARATIONS_MUNICIPALITIES",
    "DECLARATIONS_NATIONAL",
    "dispatches_table",
    "municipal_columns",
    "national_row",
]


def national_row(measure: Dispatch, fiscal_year: int) -> dict[str, float | int | str]:
    """Return the measure's columns of the national table for the year that ends now.

    The employees of the year are those of `dispatch_new`, the three moved, `dispatch_earlier` and the same
    ones; net is all of them less all of the course without survey and platform.
    """
    first_month = month_index(fiscal_year)
    table, hosts = measure.contracts, measure.hosts
    rows, _ = months_in_year(table, first_month)
    sent = rows[table.kind[rows] == Kind.DISPATCHED]
    by_place = _counts(table.municipality[sent])
    by_company = _counts(table.company[sent])
    origins = np.bincount(table.origin[rows], minlength=len(Origin))
    without = measure.without
    before = len(rows) if without is None else len(months_in_year(without.contracts, first_month)[0])
    posts, filled = int(hosts.asked.sum()), int(hosts.filled.sum())
    return {
        "dispatched_dispatched": len(sent),
        "dispatched_side_job": len(rows) - len(sent),
        "municipalities_with_dispatched": len(by_place),
        "companies_with_dispatched": len(by_company),
        "largest_dispatch_in_a_municipality": int(by_place.max(initial=0)),
        "largest_dispatch_of_a_company": int(by_company.max(initial=0)),
        **_funnel(measure),
        "dispatch_posts": posts,
        "dispatch_posts_filled": filled,
        "dispatch_posts_unfilled": posts - filled,
        "dispatch_companies_left_over": measure.course.left_over,
        "dispatch_short_side": short_side(posts - filled, measure.course.left_over),
        "dispatch_without_extra": before,
        "dispatch_net": len(rows) - before,
        "dispatch_gross": len(rows) - int(origins[Origin.SAME]),
        "dispatch_new": int(origins[Origin.NEW]),
        "dispatch_moved_company": int(origins[Origin.MOVED_COMPANY]),
        "dispatch_moved_place": int(origins[Origin.MOVED_PLACE]),
        "dispatch_moved_type": int(origins[Origin.MOVED_TYPE]),
        "dispatch_earlier": int(origins[Origin.EARLIER]),
        "dispatch_staff_hours": int(measure.staff_hours.sum()),
        "dispatch_hours_freed": int(np.rint(measure.staff_hours_freed).sum()),
        "dispatch_related_people": int(measure.related_people.sum()),
    }


def _counts(rows: Integers) -> Integers:
    counts = np.bincount(rows)
    return counts[counts > 0]


def _funnel(measure: Dispatch) -> dict[str, int]:
    companies = measure.companies
    heard = companies.hears_at < measure.course.intensity.take(companies.copy)
    return {
        "companies_contacted": int(np.count_nonzero(companies.contacted)),
        "companies_replied": int(np.count_nonzero(companies.replied)),
        "companies_interested": int(np.count_nonzero(companies.interested)),
        "companies_heard": int(np.count_nonzero(heard)),
        "companies_registered": int(np.count_nonzero(measure.registered)),
        "companies_contracted": int(np.count_nonzero(companies.contracts)),
    }


def short_side(unfilled: int, left_over: int) -> str:
    """Return which side there was too little of: `companies` where more posts stay open than companies."""
    if unfilled == left_over:
        return "neither"
    return "companies" if unfilled > left_over else "posts"


def municipal_columns(measure: Dispatch) -> dict[str, Array]:
    """Return one array (municipalities) a column, for the year that ends now."""
    table, places = measure.contracts, len(measure.hosts)
    rows, _ = months_in_year(table, measure.first_month)
    side = rows[table.kind[rows] == Kind.SIDE_JOB]
    return {
        "dispatched": np.bincount(table.municipality[rows], minlength=places),
        "dispatched_side_job": np.bincount(table.municipality[side], minlength=places),
        "dispatch_posts": measure.hosts.asked.copy(),
        "dispatch_posts_filled": measure.hosts.filled.copy(),
        "dispatch_staff_hours": measure.staff_hours.copy(),
        "dispatch_hours_freed": np.rint(measure.staff_hours_freed).astype(np.int64),
        "dispatch_related_people": measure.related_people.copy(),
        **{f"dispatch_capacity_{field.name.lower()}": measure.capacity[:, field].copy() for field in Field},
    }


def dispatches_table(measure: Dispatch, world: World, years: tuple[int, int]) -> Columns:
    """Return one row a contract that runs in the years written, in the order of keys."""
    table, companies = measure.contracts, measure.companies
    first, until = month_index(years[0]), month_index(years[1]) + MONTHS
    rows = np.flatnonzero((table.start_month < until) & (table.end_month > first))
    rows = rows[np.argsort(table.key[rows], kind="stable")]
    company, end = table.company[rows], table.end_month[rows]
    ended = month_texts(end, shift=-1)
    columns: Columns = {
        "contract": key_texts(table.key[rows]),
        "kind": labels_of(Contracts, "kind")[table.kind[rows]],
        "municipality": place_codes(world)[table.municipality[rows]],
        "company": key_texts(companies.key[company]),
        "from_prefecture": world.prefectures.name[companies.prefecture[company]],
        "motive": labels_of(Companies, "motive_kind")[companies.motive_kind[company]],
        "field": labels_of(Contracts, "field")[table.field[rows]],
        "start_month": month_texts(table.start_month[rows]),
        "end_month": np.where(end <= until, ended, ""),
        "months": (np.minimum(end, until) - table.start_month[rows]).astype(np.int64),
        "renewed": table.renewed[rows].astype(np.int64),
        "presence": table.presence[rows].copy(),
        "hours_per_month": table.hours_per_month[rows].copy(),
        "pay_yen": table.pay[rows].copy(),
        "travel_yen": table.travel[rows].copy(),
        "proposed_yen": table.proposed[rows].copy(),
        "found_through": labels_of(Contracts, "through")[table.through[rows]],
        "origin": labels_of(Contracts, "origin")[table.origin[rows]],
        "keeps_tie": table.keeps_tie[rows].copy(),
    }
    return {declared.name: columns[declared.name] for declared in DECLARATIONS if declared.name in columns}
