"""The words of the ledger: which measures, layers, items, payers and payees there are."""

from __future__ import annotations

from enum import IntEnum

from okoshi.engine.ledger import Labels
from okoshi.policy.cooperator_support import SupportLine


class Measure(IntEnum):
    """The six measures, in the order of the source."""

    LOCAL_10000 = 0
    COOPERATORS = 1
    DISPATCH = 2
    UNIVERSITY = 3
    SHOPPING = 4
    DIGITAL = 5


class Layer(IntEnum):
    """The rules themselves, or the extra of a supplementary budget (補正)."""

    SCHEME = 0
    SUPPLEMENT = 1


class Payer(IntEnum):
    """Who pays."""

    NATIONAL_GRANT = 0
    NATIONAL_DIRECT = 1
    SPECIAL_ALLOCATION_TAX = 2
    ORDINARY_ALLOCATION_TAX = 3
    PREFECTURE = 4
    MUNICIPALITY = 5
    BANK = 6
    PRIVATE = 7


class Payee(IntEnum):
    """Whom the money goes to."""

    MEMBERS = 0
    MUNICIPALITY = 1
    PREFECTURE = 2
    CONTRACTORS = 3
    SPECIAL_ALLOCATION_TAX = 4
    FOUNDERS = 5
    COMPANIES = 6
    EMPLOYEES = 7
    UNIVERSITIES = 8
    OPERATORS = 9
    STAFF = 10


ITEMS = (
    "activity",
    "recruitment",
    "trial",
    "internship",
    "internship_activity",
    "daily_support",
    "startup",
    "renovation",
    "foreign_recruitment",
    "foreign_support",
    "overhead",
    "pool",
    *SupportLine,
    "grant",
    "loan",
    "own_funds",
    "before",
    "during",
    "remuneration",
    "travel",
    "proposed",
    "platform",
    "survey",
    "contract",
    "analysis",
    "municipal_support",
    "hypothetical_subsidy",
    "own_talent",
    "pool_pay",
    "hiring_know_how",
    "talent_list",
    "training",
)

LABELS = Labels(
    measure=tuple(m.name.lower() for m in Measure),
    layer=tuple(layer.name.lower() for layer in Layer),
    item=ITEMS,
    payer=tuple(p.name.lower() for p in Payer),
    payee=tuple(p.name.lower() for p in Payee),
    pooled=frozenset({ITEMS.index("pool")}),
    same_body={
        Payee.MUNICIPALITY: Payer.MUNICIPALITY,
        Payee.PREFECTURE: Payer.PREFECTURE,
        Payee.SPECIAL_ALLOCATION_TAX: Payer.SPECIAL_ALLOCATION_TAX,
    },
)


def item_number(name: str) -> int:
    """Return the number of an item in the books."""
    return ITEMS.index(name)
