"""Common random numbers pay: a paired difference varies far less than one between runs of different luck."""

from __future__ import annotations

import numpy as np
import pytest

from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import run

REPLICATES = 24
FIRST = 2025  # the year from which the aid is raised


@pytest.mark.full
def test_startups_within_five_years_vary_a_fifth_or_less_when_paired() -> None:
    """Ten prefectures; paired over unpaired variance of startup aid 1 against 2 million yen.

    With 24 replicates a true ratio of a tenth is seen over a fifth in less than 1 of 1,000 (F distribution).
    """
    prefectures = [
        "北海道",
        "岩手県",
        "長野県",
        "新潟県",
        "島根県",
        "岡山県",
        "高知県",
        "鹿児島県",
        "大分県",
        "山形県",
    ]
    found = {}
    for name in ("baseline", "startup_aid_2_million"):
        scenario = load_scenario(name, {"world.prefectures": prefectures}, years=(2009, FIRST + 4))
        national = run(scenario, replicates=REPLICATES, workers=2, tables=["national"]).national
        years = national[national["fiscal_year"] >= FIRST]
        found[name] = {
            "startups": years.groupby("replicate")["startups_by_members"].sum().to_numpy(),
            "settled": national[national["fiscal_year"] == FIRST + 4]["settled"].to_numpy(),
        }
    base, variant = found["baseline"], found["startup_aid_2_million"]
    ratio = {
        outcome: float(
            np.var(variant[outcome] - base[outcome], ddof=1)
            / (np.var(base[outcome], ddof=1) + np.var(variant[outcome], ddof=1))
        )
        for outcome in base
    }
    print(f"paired over unpaired variance: {ratio}")
    assert (variant["startups"] > base["startups"]).all()
    assert ratio["startups"] <= 0.2
    assert ratio["settled"] <= 0.2
