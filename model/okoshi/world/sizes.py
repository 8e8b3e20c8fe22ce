"""How many people live in each invented municipality: heavy-tailed, and exact for each prefecture."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import Facts, prefecture_facts, read_facts

CLASS_EDGES = np.array([0, 5_000, 10_000, 30_000, 50_000, 100_000, 300_000, 1_000_000], dtype=np.float64)
_CANDIDATES = 8  # countings of one prefecture to choose from


def class_of(population: Integers | Floats) -> Integers:
    """Return the size class (0-7) of each population, as `municipalities.toml` cuts them."""
    return np.searchsorted(CLASS_EDGES, population, side="right").astype(np.int64) - 1


def draw_sizes(luck: Luck) -> list[Integers]:
    """Return the populations of each prefecture's municipalities, the largest first.

    Each prefecture has its number, total, largest and smallest exactly, and its mean and spread of log size as
    nearly as those allow. Of several draws for each prefecture the ones are taken that together give the nation's
    size classes.
    """
    candidates = [
        [_draw_prefecture(facts, luck, index, attempt) for attempt in range(_CANDIDATES)]
        for index, facts in enumerate(prefecture_facts())
    ]
    return _choose_together(candidates)


def _draw_prefecture(facts: Facts, luck: Luck, index: int, attempt: int) -> Integers:
    count, total = facts["n"], facts["pop2020"]
    empty = facts["smallest"] == 0  # a place without a resident stands outside the logarithms
    lived = count - int(empty)
    smallest = max(facts["smallest"], 900 if empty else 1)
    middle = lived - 2
    who = combine_keys(np.full(middle, index), np.arange(middle))
    luck_here = luck("world.size").uniform(who, tick=attempt)
    scores = ndtri((np.arange(middle) + 0.1 + 0.8 * luck_here) / middle)
    ends = np.log([smallest, facts["largest"]])
    logs = _bend(scores, ends, facts, total, lived)
    inner = np.clip(np.exp(logs), smallest, facts["largest"])
    rest = total - facts["largest"] - smallest
    whole = _round_to_total(inner, rest, smallest, facts["largest"])
    sizes = np.concatenate([[facts["largest"], smallest], whole, np.zeros(int(empty), dtype=np.int64)])
    return np.sort(sizes.astype(np.int64))[::-1]


def _bend(scores: Floats, ends: Floats, facts: Facts, total: int, lived: int) -> Floats:
    """Return logs a + b z + c z^2 + d z^3 between the ends with the right mean, spread and total."""
    from scipy.optimize import least_squares

    powers = np.column_stack([np.ones_like(scores), scores, scores**2 - 1, scores**3 - 3 * scores])
    wanted = np.array([facts["logpop_mean"], facts["logpop_sd"], np.log(total)])
    large = facts["n_ge_100k"]

    def logs_of(shape: Floats) -> Floats:
        return np.asarray(np.clip(np.maximum.accumulate(powers @ shape), *ends))

    def misses(shape: Floats) -> Floats:
        logs = np.concatenate([logs_of(shape), ends])
        sums = np.array([logs.mean(), logs.std(ddof=1), np.log(np.exp(logs).sum())])
        above = 1 / (1 + np.exp(-(logs - np.log(100_000)) / 0.05))
        return np.concatenate(
            [(sums - wanted) * np.array([10, 10, 40]), [(above.sum() - large) * 0.05], shape[2:] * 0.02]
        )

    start = np.array([facts["logpop_mean"], facts["logpop_sd"], 0.0, 0.0])
    return logs_of(np.asarray(least_squares(misses, start, xtol=1e-8, max_nfev=60).x))


def _round_to_total(values: Floats, total: int, low: int, high: int) -> Integers:
    """Return whole numbers near `values`, between the bounds, that add up to `total`."""
    scaled = values.copy()
    for _ in range(50):
        free = (scaled > low) & (scaled < high)
        gap = total - scaled.sum()
        if abs(gap) < 1e-6 or not free.any():
            break
        scaled[free] *= 1 + gap / scaled[free].sum()
        scaled = np.clip(scaled, low, high)
    whole = np.floor(scaled).astype(np.int64)
    missing = int(total - whole.sum())
    order = np.argsort(-(scaled - whole), kind="stable")
    room = order[whole[order] < high]
    whole[room[:missing]] += 1
    return whole


def _choose_together(candidates: list[list[Integers]]) -> list[Integers]:
    """Return one draw for each prefecture so that the nation's size classes come out (by turns, three rounds)."""
    classes = read_facts("municipalities")["size_class"]
    number = np.array([row["n"] for row in classes], dtype=np.float64)
    people = np.array([row["pop2020"] for row in classes], dtype=np.float64)
    counts = [[_class_sums(sizes) for sizes in draws] for draws in candidates]
    chosen = [0] * len(candidates)
    total = sum((counts[i][0] for i in range(len(candidates))), start=np.zeros((2, 8)))
    wanted = np.stack([number, people])
    weight = 1 / wanted
    for _ in range(4):
        for i, draws in enumerate(counts):
            without = total - draws[chosen[i]]
            misses = [float((((without + draw - wanted) * weight) ** 2).sum()) for draw in draws]
            chosen[i] = int(np.argmin(misses))
            total = without + draws[chosen[i]]
    return [candidates[i][k] for i, k in enumerate(chosen)]


def _class_sums(sizes: Integers) -> Floats:
    where = class_of(sizes)
    return np.stack(
        [np.bincount(where, minlength=8).astype(np.float64), np.bincount(where, weights=sizes, minlength=8)]
    )
