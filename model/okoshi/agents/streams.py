"""The names of all streams of luck, one for each decision that depends on chance.

Each name is used for one decision only: two decisions that share a stream would share their luck.
"""

from __future__ import annotations

STREAMS = frozenset(
    {
        # municipalities
        "municipalities.willingness",
        "municipalities.wanted",
        "municipalities.pay_scale",
        "municipalities.other_cost",
        "municipalities.amenity",
        "municipalities.support",
        "municipalities.vacant_houses",
        "municipalities.adopt",
        "municipalities.round_posts",
        "municipalities.trial_programme",
        "municipalities.internship_programme",
        # the year's applicants
        "applicants.number",
        "applicants.foreign_number",
        "applicants.sex",
        "applicants.age",
        "applicants.former_work",
        "applicants.field",
        "applicants.household",
        "applicants.trait",
        "applicants.startup_plan",
        "applicants.term",
        "applicants.posts_seen",
        "applicants.places",
        "applicants.pages",
        "applicants.fit",
        "applicants.taste",
        "applicants.outside",
        "applicants.score",
        "applicants.moves_anyway",
        "applicants.arrival",
        "guests.trial_number",
        "guests.intern_number",
        "guests.stay",
        # members and settlers
        "cooperators.quit",
        "cooperators.place",
        "cooperators.path",
        "cooperators.threshold",
        "cooperators.nearby",
        "cooperators.startup_cost",
        "cooperators.startup_entry",
        "cooperators.renovation",
        "settlers.go",
        "settlers.close",
    }
)
