"""Projects of Local 10,000 that members lead: whose firm a funded project is, and who may still wait for money."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Flags, Keys, Rows
from okoshi.agents.cooperators import NEVER, Members, lives_there
from okoshi.agents.founders import Candidates, Founder, FounderBehaviour, project_keys
from okoshi.engine.draws import Luck


def settlers_with_grants(
    behaviour: FounderBehaviour, members: Members, fiscal_year: int, funded: Keys, luck: Luck
) -> Rows:
    """Return which members without a firm lead one of the projects `funded` (keys): they have a firm from now on."""
    rows, _ = _led(members, members.startup_month == NEVER, fiscal_year, funded)
    draw = luck("founders.settler_link").uniform(members.key[rows], fiscal_year, sub=1)
    return rows[draw < behaviour.link_grants_to_startups]


def led_without_a_firm(members: Members, fiscal_year: int, projects: Keys) -> Flags:
    """Return which of these projects (keys) a member leads who has never had a firm."""
    _, which = _led(members, members.startup_month == NEVER, fiscal_year, projects)
    found = np.zeros(len(projects), dtype=np.bool_)
    found[which] = True
    return found


def firms_with_grants(members: Members, fiscal_year: int, funded: Keys) -> tuple[Rows, Rows]:
    """Return the members whose firm leads one of the projects `funded` (keys), and which of these each one leads."""
    open_now = (members.startup_month != NEVER) & (members.closed_month == NEVER)
    return _led(members, open_now, fiscal_year, funded)


def still_waits(waiting: Candidates, members: Members, fiscal_year: int, new: Keys) -> Flags:
    """Return which projects of last year that found no money come again.

    A member's does while the member is there, has not closed the firm, has no grant and no newer project (`new`, keys).
    """
    by_member = (waiting.kind == Founder.COOPERATOR) | (waiting.kind == Founder.SETTLER)
    if not by_member.any():
        return np.asarray(~by_member)
    there = lives_there(members) & (members.closed_month == NEVER) & (members.enterprise < 0)
    keys = members.key[there]
    keys = keys[~np.isin(project_keys(keys, fiscal_year), new)]
    return np.asarray(~by_member | np.isin(waiting.key, project_keys(keys, fiscal_year - 1)))


def _led(members: Members, who: Flags, fiscal_year: int, funded: Keys) -> tuple[Rows, Rows]:
    """Return who of these members leads a project of this year, or of last year's that waited, and which."""
    if not len(funded):
        nobody = np.zeros(0, dtype=np.int64)
        return nobody, nobody
    rows = np.flatnonzero(who)
    order = np.argsort(funded, kind="stable")
    which = np.full(len(rows), -1)
    for year in (fiscal_year - 1, fiscal_year):
        keys = project_keys(members.key[rows], year)
        place = order[np.minimum(np.searchsorted(funded, keys, sorter=order), len(funded) - 1)]
        which = np.where(funded[place] == keys, place, which)
    return rows[which >= 0], which[which >= 0]
