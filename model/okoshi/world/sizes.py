"""How many people live in each invented municipality: heavy-tailed, and exact for each prefecture."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import Facts, builder_settings, prefecture_facts, read_facts

CLASS_EDGES = np.array([0, 5_000, 10_000, 30_000, 50_000, 100_000, 300_000, 1_000_000], dtype=np.float64)
LARGE = 100_000


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
        [
            _draw_prefecture(facts, luck, index, attempt)
            for attempt in range(int(builder_settings("sizes")["candidates"]))
        ]
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
    skew = (
        builder_settings("sizes")["shape_sd"]
        * luck("world.size_shape").normal(combine_keys([index]), tick=attempt)[0]
    )
    ends = np.log([smallest, facts["largest"]])
    logs = _bend(scores, ends, facts, total, float(skew))
    rest = total - facts["largest"] - smallest
    large = facts["n_ge_100k"] - int(facts["largest"] >= LARGE)
    is_large = np.arange(middle) >= middle - large
    low = np.where(is_large, max(LARGE, smallest), smallest)
    high = np.where(is_large, facts["largest"], min(LARGE - 1, facts["largest"]))
    whole = _round_to_total(np.exp(logs), rest, low, high)
    sizes = np.concatenate([[facts["largest"], smallest], whole, np.zeros(int(empty), dtype=np.int64)])
    return np.sort(sizes.astype(np.int64))[::-1]


def _bend(scores: Floats, ends: Floats, facts: Facts, total: int, skew: float) -> Floats:
    """Return logs a + b z + c (z^2 - 1) + d (z^3 - 3 z) between the ends with the right mean, spread and total.

    Damped Gauss-Newton steps; d is held near `skew`, the total weighs most.
    """
    powers = np.column_stack([np.ones_like(scores), scores, scores**2 - 1, scores**3 - 3 * scores])
    wanted = np.array([facts["logpop_mean"], facts["logpop_sd"], np.log(total), skew])
    weight = np.array([10.0, 10.0, 40.0, 2.0])[:, None]
    shape = np.array([facts["logpop_mean"], facts["logpop_sd"], 0.0, 0.0])
    best, least = shape, np.inf
    damping = 1e-3
    for _ in range(40):
        found, slopes = _moments(powers, shape, ends)
        miss = weight[:, 0] * (wanted - found)
        square = float(miss @ miss)
        if square < least:
            best, least, damping = shape, square, damping * 0.4
        else:
            shape, damping = best, damping * 6
            found, slopes = _moments(powers, shape, ends)
            miss = weight[:, 0] * (wanted - found)
        if least < 1e-14:
            break
        scaled = weight * slopes
        shape = shape + np.linalg.solve(scaled.T @ scaled + damping * np.eye(4), scaled.T @ miss)
    return _logs_of(powers, best, ends)


def _logs_of(powers: Floats, shape: Floats, ends: Floats) -> Floats:
    return np.asarray(np.clip(np.maximum.accumulate(powers @ shape), *ends))


def _moments(powers: Floats, shape: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Return mean, spread, log of the total and d, with their slopes in the shape, shape (4, 4)."""
    inner = _logs_of(powers, shape, ends)
    logs = np.concatenate([inner, ends])
    free = np.where((inner > ends[0]) & (inner < ends[1]), 1.0, 0.0)[:, None] * powers
    mean, spread = logs.mean(), logs.std(ddof=1)
    people = np.exp(logs).sum()
    found = np.array([mean, spread, np.log(people), shape[3]])
    slopes = np.stack(
        [
            free.sum(axis=0) / len(logs),
            (inner - mean) @ free / (spread * (len(logs) - 1)),
            np.exp(inner) @ free / people,
            np.array([0.0, 0.0, 0.0, 1.0]),
        ]
    )
    return found, slopes


def _round_to_total(values: Floats, total: int, low: Integers, high: Integers) -> Integers:
    """Return whole numbers near `values`, each between its own bounds, that add up to `total`."""
    scaled = np.clip(values, low, high)
    for _ in range(200):
        gap = total - scaled.sum()
        free = scaled < high if gap > 0 else scaled > low
        if abs(gap) < 1e-6 or not free.any():
            break
        scaled[free] *= max(1 + gap / scaled[free].sum(), 0.5)
        scaled = np.clip(scaled, low, high)
    whole = np.floor(scaled + 1e-7).astype(np.int64)
    missing = int(total - whole.sum())
    order = np.argsort(-(scaled - whole), kind="stable")
    room = order[whole[order] < high[order]]
    whole[room[:missing]] += 1
    return whole


def _choose_together(candidates: list[list[Integers]]) -> list[Integers]:
    """Return one draw for each prefecture so that the nation's classes and quantiles come out, by turns."""
    facts = read_facts("municipalities")
    classes, quantiles = facts["size_class"], facts["quantiles"]
    below = np.array(quantiles["q"]) * facts["national"]["n"]
    at = np.array(quantiles["pop2020"], dtype=np.float64)
    wanted = np.concatenate([[row["n"] for row in classes], [row["pop2020"] for row in classes], below])
    scale = np.concatenate([wanted[:16], np.minimum(below, facts["national"]["n"] - below)])
    sums = [np.stack([_sums(sizes, at) for sizes in draws]) for draws in candidates]
    chosen = [0] * len(candidates)
    total = np.sum([draws[0] for draws in sums], axis=0)
    for _ in range(6):
        for i, draws in enumerate(sums):
            without = total - draws[chosen[i]]
            misses = (((without + draws - wanted) / scale) ** 2).sum(axis=1)
            chosen[i] = int(np.argmin(misses))
            total = without + draws[chosen[i]]
    return [candidates[i][k] for i, k in enumerate(chosen)]


def _sums(sizes: Integers, at: Floats) -> Floats:
    """Return number and people by size class, and the number below each quantile."""
    where = class_of(sizes)
    return np.concatenate(
        [
            np.bincount(where, minlength=8),
            np.bincount(where, weights=sizes, minlength=8),
            (sizes[:, None] < at).sum(axis=0),
        ]
    )
