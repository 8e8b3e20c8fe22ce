"""The names of all streams of luck, one for each decision that depends on chance.

Each name is used for one decision only: two decisions that share a stream would share their luck.
"""

from __future__ import annotations

from okoshi.agents.digital_talent import STREAMS_DIGITAL
from okoshi.agents.dispatch_behaviour import STREAMS_DISPATCH
from okoshi.agents.founders import STREAMS_LOCAL_10000
from okoshi.agents.people import STREAMS_PEOPLE
from okoshi.agents.shops import STREAMS_SHOPPING
from okoshi.agents.students import STREAMS_STUDENTS
from okoshi.agents.university_projects import STREAMS_UNIVERSITY

STREAMS_COOPERATORS = frozenset(
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
        "municipalities.stop_hosting",
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
        "applicants.left_out",
        "applicants.posts_left_out",
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

_PARTS = (
    STREAMS_COOPERATORS,
    STREAMS_LOCAL_10000,
    STREAMS_DISPATCH,
    STREAMS_UNIVERSITY,
    STREAMS_STUDENTS,
    STREAMS_SHOPPING,
    STREAMS_DIGITAL,
    STREAMS_PEOPLE,
)
STREAMS: frozenset[str] = frozenset().union(*_PARTS)
if len(STREAMS) != sum(map(len, _PARTS)):
    raise ValueError("two decisions share a stream of luck")
