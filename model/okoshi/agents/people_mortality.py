"""Dying (死亡): one schedule by sex and age that falls from year to year, more in small places than in large ones."""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats
from okoshi.agents.people_rates import National, PeopleBehaviour, class_facts
from okoshi.world.people import AGES, hazards


def chance_to_live(national: National, behaviour: PeopleBehaviour) -> Floats:
    """Return the chance to live from one 1 October to the next, by size class, sex and age on the first.

    exp(-m d(t) h(s, a, t) r^l): h is the world's schedule in the middle of that year, d what the year had more deaths
    than it, r the size class's deaths over those expected from its ages, l how much of that is kept. Shape
    (classes, 2, 101).
    """
    local = np.array(class_facts()["deaths_ratio"]) ** behaviour.local_mortality
    schedule = hazards(national.fiscal_year + 1.0)[:, :AGES]
    return np.asarray(
        np.exp(-behaviour.mortality * national.over_schedule * local[:, None, None] * schedule[None, :, :])
    )
