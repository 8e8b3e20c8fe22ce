"""Settling is an outcome: no parameter is the retention rate under another name, and none does nothing."""

from __future__ import annotations

import pytest

from okoshi.parameters.catalogue import catalogue
from small_country import lived, scenario_of, tables_as_bytes

LARGER = ("長野県",)
SEEN = ("national", "municipalities", "members", "ledger")
RIVALS = (
    {},
    {"structure.matching": "deferred_acceptance"},
    {"structure.settlement": "threshold"},
    {"structure.adoption": "budget"},
    # Where money is short, what a municipality takes in counts.
    {
        "behaviour.municipalities.own_funds_share": 0.0005,
        "behaviour.municipalities.cash_share": 0.001,
    },
    {"behaviour.applicants.telework": 0.4},
    {"behaviour.cooperators.quit_first_months": 0.5},
    {"policy.special_allocation_tax.total": "fixed"},
    # A handful of foreign residents a year and prefecture, two years under their rule: too few to see what aids them.
    {"behaviour.applicants.foreign_a_year": 200},
)
KINDS = (
    "applicants",
    "cooperators",
    "municipalities",
    "programmes",
    "recruitment",
    "settlement",
    "settlers",
    "startups",
)
THRESHOLD_ONLY = ("threshold", "threshold_spread", "reservation")


# What needs the other measures, which these runs leave out: by hand in tests/unit/test_agents_end_of_term.py
# (new jobs) and test_agents_hosting.py (payments made once), nationally by experiments/links.py.
ACROSS = (".link_new_jobs", ".one_off_years")


def names_below(prefix):
    return [name for name in catalogue() if name.startswith(prefix)]


# no parameter is the settled share


def settled_share(changes, threshold=False):
    structure = {"structure.settlement": "threshold"} if threshold else {}
    model = lived(scenario_of((2009, 2020), LARGER).changed({**structure, **changes}))
    return model.records.national[-1]["settled_share_all"]


@pytest.fixture(scope="module")
def share_at_start():
    return {threshold: settled_share({}, threshold) for threshold in (False, True)}


def numbers_of(kind):
    return [
        name
        for name in names_below(f"behaviour.{kind}.")
        if catalogue()[name].range and catalogue()[name].type in ("number", "share")
    ]


@pytest.mark.parametrize("kind", ["cooperators", "settlement", "settlers", "startups"])
def test_no_parameter_is_the_settled_share(kind, share_at_start):
    """At both ends of its range each leaves a share of its own, far from none and from all."""
    assert len(numbers_of(kind)) >= 7
    for name in numbers_of(kind):
        low, high = catalogue()[name].range
        threshold = name.split(".")[-1] in THRESHOLD_ONLY
        shares = [settled_share({name: end}, threshold) for end in (low, high)]
        for end, share in zip((low, high), shares, strict=True):
            assert 0.2 < share < 0.95, (name, end, share)
            assert abs(share - end) > 0.002 or abs(share - share_at_start[threshold]) < 0.05, (
                name,
                end,
                share,
            )
        # Its whole range moves the share by less than half of all people.
        assert abs(shares[1] - shares[0]) < 0.5, (name, shares)


@pytest.mark.parametrize("kind", ["cooperators", "settlement", "settlers", "startups"])
def test_the_settled_share_moves_continuously(kind, share_at_start):
    """A fiftieth of the range, under the same luck, moves few people."""
    for name in numbers_of(kind):
        low, high = catalogue()[name].range
        value = catalogue()[name].in_year()
        step = (high - low) / 50 * (1 if value < high else -1)
        threshold = name.split(".")[-1] in THRESHOLD_ONLY
        share = settled_share({name: value + step}, threshold)
        assert abs(share - share_at_start[threshold]) < 0.03, (name, value + step, share)


# no parameter does nothing


def other_values(name):
    """Return values that are not the one in force, the ends of the range where there is one."""
    parameter = catalogue()[name]
    value = parameter.in_year(2024) if parameter.dated else parameter.in_year()
    if parameter.type == "switch":
        return [not value]
    if parameter.type == "pair":
        return [[1, 2]]
    if parameter.choices:
        return [choice for choice in parameter.choices if choice != value]
    if parameter.type == "steps":
        return [[[int(start), 1 + (7 * number) % 400] for number, (start, _) in enumerate(value)]]
    assert parameter.range, f"{name} has no range to try"
    return [end for end in parameter.range if end != value]


@pytest.fixture(scope="module")
def unchanged():
    found = {}

    def bytes_of(prefectures, rival, last, changes):
        key = (prefectures, rival, last) if not changes else None
        if key in found:
            return found[key]
        scenario = scenario_of((2009, last), prefectures).changed({**RIVALS[rival], **changes})
        made = tables_as_bytes(lived(scenario).tables(SEEN))
        if key:
            found[key] = made
        return made

    return bytes_of


def does_something(name, unchanged):
    """Whether some value of the parameter changes some outcome in some structure."""
    for prefectures, rivals, last in (
        (("島根県",), (0,), 2025),
        (LARGER, range(len(RIVALS)), 2025),
        (LARGER, (0,), 2034),
    ):
        for rival in rivals:
            before = unchanged(prefectures, rival, last, {})
            if any(
                unchanged(prefectures, rival, last, {name: value}) != before for value in other_values(name)
            ):
                return True
    return False


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_of_behaviour_does_something(kind, unchanged):
    names = [name for name in names_below(f"behaviour.{kind}.") if not name.endswith(ACROSS)]
    assert len(names) > 5
    assert [name for name in names if not does_something(name, unchanged)] == []


@pytest.mark.parametrize("prefix", ["policy.cooperators.", "policy.special_allocation_tax.", "context."])
def test_every_parameter_of_policy_and_context_does_something(prefix, unchanged):
    """Those of the cooperators: the other measures have their own proofs."""
    names = [name for name in names_below(prefix) if not name.startswith("context.shopping.")]
    assert names
    assert [name for name in names if not does_something(name, unchanged)] == []
