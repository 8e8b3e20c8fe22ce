"""Which caps bound nobody in a run: raising them would have changed nothing, and the run says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import numpy as np

from okoshi.language.messages import say

CAPS = {
    "trial": ("hosts_with_trial", "hosts_at_trial_cap"),
    "internship": ("hosts_with_internship", "hosts_at_internship_cap"),
    "remuneration": ("municipalities_with_members", "hosts_at_pay_cap"),
}


def show_caps(national: Mapping[str, Any]) -> None:
    """Print, for the last year of a run, how many bodies were at each cap on what a body spends."""
    years = np.asarray(national["fiscal_year"])
    if not len(years):
        return
    last = years == years.max()
    for name, (all_hosts, at_cap) in CAPS.items():
        hosts, bound = (float(np.mean(np.asarray(national[column])[last])) for column in (all_hosts, at_cap))
        if hosts <= 0:
            continue
        words = {"cap": say(f"run.cap_{name}"), "year": int(years.max()), "hosts": round(hosts)}
        click.echo(
            say("run.cap_binds", bound=round(bound), **words) if bound else say("run.cap_idle", **words)
        )
