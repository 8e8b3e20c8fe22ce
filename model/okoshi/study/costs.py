"""What one more settler, firm or person with a shop costs, by payer, as of now and 5 and 10 years after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from okoshi.engine.columns import Array
from okoshi.observe.national import NOT_PUBLIC
from okoshi.study.intervals import Interval, Sampling
from okoshi.study.paired import PAYERS, Outcome
from okoshi.study.rows import arrays_of
from okoshi.study.units import AFTER_YEARS, GROSS, NET, READINGS, UNITS, difference

PUBLIC, TOTAL = "yen_public", "yen_total"


@dataclass(frozen=True)
class Cost:
    """Additional units of a variant by one reading, and yen for each by payer.

    Units are those there `years` after they came, and yen those spent until so many years before the end: what a
    settler still there five years on has cost is not what was spent on those who came since.
    """

    scenario: str
    unit: str
    years: int
    reading: str
    additional: Interval
    yen_each: dict[str, Interval]


def costs_of(
    name: str, base: Sequence[Outcome], variant: Sequence[Outcome], sampling: Sampling
) -> list[Cost]:
    """Return the cost of every unit, horizon and reading of a variant."""
    found: list[Cost] = []
    for years in AFTER_YEARS:
        yen = yen_spent(base, variant, years)
        for unit in UNITS:
            pairs = [
                difference(one.units[unit, years], other.units[unit, years])
                for one, other in zip(base, variant, strict=True)
            ]
            more = np.array(pairs, dtype=np.float64)
            net = sampling.mean(more[:, READINGS.index(NET)])
            for number, reading in enumerate(READINGS):
                additional = sampling.mean(more[:, number])
                each = yen_each(yen, more[:, number], sampling)
                # Gross is never under 0: beside as many lost, those gained by mere reshuffling would have a price.
                if reading == GROSS and (net.holds_zero or net.value < 0):
                    each = _untold(yen)
                found.append(Cost(name, unit, years, reading, additional, each))
    return found


def yen_spent(base: Sequence[Outcome], variant: Sequence[Outcome], years: int) -> dict[str, Array]:
    """Return what a variant spent more than the base, by payer, since FY2009 until so many years before the last.

    One number a run.
    """
    fiscal_year = base[0].spent["fiscal_year"]
    until = fiscal_year <= int(fiscal_year.max()) - years
    yen = {
        payer: np.array(
            [
                float(other.spent[payer][until].sum() - one.spent[payer][until].sum())
                for one, other in zip(base, variant, strict=True)
            ]
        )
        for payer in PAYERS
    }
    private = {f"yen_{payer.name.lower()}" for payer in NOT_PUBLIC}
    yen[PUBLIC] = np.sum([yen[payer] for payer in PAYERS if payer not in private], axis=0)
    yen[TOTAL] = np.sum([yen[payer] for payer in PAYERS], axis=0)
    return yen


def yen_each(yen: dict[str, Array], more: Array, sampling: Sampling) -> dict[str, Interval]:
    """Return yen for each additional unit by payer; not a number where it is in doubt whether there are any.

    Nor where no yen had been spent: what is there then is no effect of money.
    """
    if sampling.mean(more).holds_zero or not yen[TOTAL].any():
        return _untold(yen)
    return {
        payer: sampling.ratio(amounts, more) if amounts.any() else Interval(0.0, 0.0, 0.0)
        for payer, amounts in yen.items()
    }


def _untold(yen: dict[str, Array]) -> dict[str, Interval]:
    return dict.fromkeys(yen, Interval(nan, nan, nan))


def cost_rows(costs: Sequence[Cost]) -> dict[str, Array]:
    """Return the columns of `costs`: a row a unit, horizon, reading and payer."""
    return arrays_of(
        [
            {
                "scenario": cost.scenario,
                "unit": cost.unit,
                "years_after": cost.years,
                "reading": cost.reading,
                **cost.additional.columns("additional"),
                "payer": payer,
                **each.columns("yen_each"),
            }
            for cost in costs
            for payer, each in cost.yen_each.items()
        ]
    )
