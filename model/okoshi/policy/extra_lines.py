"""Which parameters say how the extra of a supplementary budget is divided: its year alone reads them."""

from __future__ import annotations

from dataclasses import fields

from okoshi.policy import cooperators, digital, university
from okoshi.policy.cooperator_support import SupportLine

_OF_THE_MEASURE = ("enabled", "extra")  # read in every year; a sum, no parameter


def lines_of_extras() -> dict[str, str]:
    """Return the parameters that are read in the year of a budget, whenever it is spent, with their measures."""
    lines = {f"{cooperators.PREFIX}.supplement.{line}_share": "cooperators" for line in SupportLine}
    for measure, prefix, rules in (
        ("university", university.PREFIX, university.UniversityRules),
        ("digital", digital.PREFIX, digital.DigitalRules),
    ):
        names = (field.name for field in fields(rules) if field.name not in _OF_THE_MEASURE)
        lines |= {f"{prefix}.{name}": measure for name in names}
    return lines
