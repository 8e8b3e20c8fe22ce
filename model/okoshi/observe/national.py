"""One row of the national table: what a fiscal year looks like on 31 March."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.applicants import Applicants
from okoshi.agents.arrays import Integers
from okoshi.agents.books import Layer, Measure, Payer
from okoshi.agents.cooperators import Members, Path, Settled
from okoshi.engine.calendar import MONTHS
from okoshi.engine.columns import Array
from okoshi.markets.recruitment import Matches
from okoshi.observe import operators as read

Row = dict[str, float | int | str]
NATION_PAYS = (Payer.NATIONAL_GRANT, Payer.NATIONAL_DIRECT)
NOT_PUBLIC = (Payer.BANK, Payer.PRIVATE)


@dataclass(frozen=True)
class Recruitment:
    """The year's market as its sides saw it."""

    applicants: int
    vacancies: int
    applied: int
    refused: int
    hired: int
    by_people: float
    by_posts: float
    trial_guests: int
    interns: int

    @classmethod
    def of(cls, pool: Applicants, posts: Integers, matches: Matches) -> Recruitment:
        """Count a year's market."""
        guest = (pool.guest_of >= 0) & (pool.known_age < 0)  # students with ties come by themselves
        return cls(
            applicants=len(pool) if posts.any() else 0,  # nobody looks at posts where there are none
            vacancies=int(posts.sum()),
            applied=matches.applied,
            refused=matches.refused,
            hired=len(matches.person),
            by_people=matches.by_people,
            by_posts=matches.by_posts,
            trial_guests=int((guest & ~pool.intern).sum()),
            interns=int(pool.intern.sum()),
        )

    @property
    def short_side(self) -> str:
        """Which side there was too little of: `applicants` where more posts stay open than people go without."""
        unfilled = self.vacancies - self.hired
        if unfilled == self.refused:
            return "neither"
        return "applicants" if unfilled > self.refused else "posts"


def national_row(members: Members, until: int, places: int, recruitment: Recruitment) -> Row:
    """Return the columns that come from members and their market, for the year that ends before `until`."""
    ended = read.ended_by(members, until)
    by_place = read.members_by_place(members, until, places)
    largest = np.sort(by_place)[::-1]
    hosts, ever = int((by_place > 0).sum()), read.places_ever_with_members(members, until, places)
    settled = read.settled_now(members)
    same = members.settled == Settled.SAME
    nearby = members.settled == Settled.NEARBY
    opened = (members.startup_month >= until - MONTHS) & (members.startup_month < until)
    # A firm with a grant of Local 10,000 asks for no startup aid and has no cost here.
    needed = opened & (members.startup_cost > 0) & ~members.would_have_started_anyway
    row: Row = {
        "members": int(by_place.sum()),
        "members_on_31_march": int(np.count_nonzero(read.serving_on_31_march(members, until))),
        "municipalities_with_members": hosts,
        "municipalities_ever_with_members": ever,
        "municipalities_formerly_with_members": ever - hosts,
        "applicants": recruitment.applicants,
        "applied": recruitment.applied,
        "vacancies": recruitment.vacancies,
        "hired": recruitment.hired,
        "vacancies_unfilled": recruitment.vacancies - recruitment.hired,
        "applicants_refused": recruitment.refused,
        "short_side": recruitment.short_side,
        "hires_by_applicants": recruitment.by_people,
        "hires_by_posts": recruitment.by_posts,
        "trial_guests": recruitment.trial_guests,
        "interns": recruitment.interns,
        "ended": int(np.count_nonzero(read.ended_in_last_years(members, until, 1))),
        "ended_so_far": int(np.count_nonzero(ended)),
        "settled": int(np.count_nonzero(settled & ended)),
        "settled_same": int(np.count_nonzero(same & ended)),
        "settled_nearby": int(np.count_nonzero(nearby & ended)),
        "settled_same_share": read.share(same, ended),
        "settled_nearby_share": read.share(nearby, ended),
        "settled_share_all": read.settled_share_all(members, until),
        "settled_share_all_served_1_year": read.settled_share_served_1_year(members, until),
        "settled_share_last_5_years": read.settled_share_last_5_years(members, until),
        "stayed_at_end_share": read.stayed_at_end_share(members, until),
        "present_after_5_years_share": read.present_after_share(members, until, 5),
        "present_after_10_years_share": read.present_after_share(members, until, 10),
        "gone_after_3_to_4_years_share": read.gone_after_3_to_4_years_share(members, until),
        "exited_within_6_months_share": read.exited_within_share(members, until, 6),
        "exited_within_12_months_share": read.exited_within_share(members, until, 12),
        "cohort_exited_within_12_months_share": read.cohort_exited_within_share(members, until, 12),
        "would_have_moved_anyway": int(np.count_nonzero(settled & members.moves_anyway)),
        "female_share": read.female_share(members, until),
        "aged_20s_30s_share": read.aged_20s_30s_share(members, until),
        "startups_by_members": int(np.count_nonzero(opened)),
        "startups_that_needed_the_grant": int(np.count_nonzero(needed)),
        "largest_in_a_municipality": int(largest[0]) if len(largest) else 0,
        "tenth_largest_in_a_municipality": int(largest[9]) if len(largest) > 9 else 0,
    }
    for path in Path:
        if path is not Path.NONE:
            row[f"{path.name.lower()}_share"] = read.path_share(members, path)
    return row


def yen_by_payer(net: dict[str, Array], fiscal_year: int) -> Row:
    """Return `yen_PAYER` of a year from the ledger's net table by year and payer: they add up to what was spent."""
    of_year = net["fiscal_year"] == fiscal_year
    return {
        f"yen_{payer.name.lower()}": int(net["yen"][of_year & (net["payer"] == payer)].sum())
        for payer in Payer
    }


def spent_so_far(net: dict[str, Array], fiscal_year: int) -> Row:
    """Return what has been spent by the end of a year, from the net table by year, measure, layer and payer."""
    by_now = net["fiscal_year"] <= fiscal_year
    extra = by_now & (net["layer"] == Layer.SUPPLEMENT) & np.isin(net["payer"], NATION_PAYS)
    public = by_now & ~np.isin(net["payer"], NOT_PUBLIC)
    return {
        "public_so_far_yen": int(net["yen"][public].sum()),
        **{
            f"supplement_{measure.name.lower()}_so_far_yen": int(
                net["yen"][extra & (net["measure"] == measure)].sum()
            )
            for measure in Measure
        },
    }
