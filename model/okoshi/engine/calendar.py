"""Months and Japanese fiscal years (April to March). Month 0 is April of the first fiscal year simulated."""

from __future__ import annotations

FIRST_FISCAL_YEAR = 2009
LAST_FISCAL_YEAR = 2050
MONTHS = 12


def month_index(fiscal_year: int, month_of_year: int = 0) -> int:
    """Return the running month of a fiscal year's month (0 = April, 11 = March)."""
    return (fiscal_year - FIRST_FISCAL_YEAR) * MONTHS + month_of_year


def fiscal_year_of(month: int) -> int:
    """Return the fiscal year that a running month lies in."""
    return FIRST_FISCAL_YEAR + month // MONTHS


def month_text(month: int) -> str:
    """Return a running month as people write it: `2015-04`."""
    year, calendar_month = divmod(month + 3, MONTHS)
    return f"{FIRST_FISCAL_YEAR + year:04d}-{calendar_month + 1:02d}"
