"""Whether the special allocation tax of two scenarios comes from the same total, so that yen by payer compare.

With a fixed total a reimbursement is paid by the other bodies, not by the nation: where the rule is another in one of
the two, or changes on the way, the yen of each payer hold that too. What all payers spend together does not move.
"""

from __future__ import annotations

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.policy.special_allocation_tax import total_is_fixed
from okoshi.scenario.scenario import Scenario

OPEN, FIXED, MIXED = "open", "fixed", "mixed"


def total_of_tax(base: Scenario, variant: Scenario) -> str:
    """Return from what total both have the tax in all years that are paid for: open, fixed, or now one, now the other.

    Those are the years from FY2009 to the last, also those that are not written.
    """
    years = range(FIRST_FISCAL_YEAR, base.years[1] + 1)
    found = {total_is_fixed(one.settings, year) for one in (base, variant) for year in years}
    return MIXED if len(found) > 1 else FIXED if True in found else OPEN
