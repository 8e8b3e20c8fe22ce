"""What a `split` found: one more 100 million yen in each line, the best division, and what is lost by choosing one.

The division in force and every other ran under the same seeds. What is best is chosen by one half of the seeds and
judged by the other, and the other way round, so that luck is not taken for merit: judged by the seeds that chose it,
a division shows next to no regret whatever it loses, and each seed left out in turn is too like the others for an
interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES
from okoshi.study.experiment import Experiment
from okoshi.study.intervals import ENDS, FEWEST, Interval, mean_interval, ratio_interval
from okoshi.study.jobs import DONE
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.rows import columns_of
from okoshi.study.split_design import IN_FORCE, ONE_MORE, SPENT, SplitDesign, Weights
from okoshi.study.whole_country import parts_of_extras

STARTS, RESAMPLES, SMALLEST_PART = 4, 60, 1e-4
WHOLE = 1e-9  # how near the parts of a division add up to all
FLAT = 1e-12  # of the height: where the climb ends, well below what is shown


@dataclass(frozen=True)
class OneMore:
    """What 100 million yen more in one line gave of an outcome, and how much of them was spent.

    `given` is what of it falls to the run: a part of the country gets its part.
    """

    world: str
    line: str
    outcome: str
    gain: Interval
    spent: Interval
    given: float

    @property
    def is_spent(self) -> bool:
        """Whether the line could spend nearly all of it."""
        return self.spent.value >= 0.95 * self.given


@dataclass(frozen=True)
class BestSplit:
    """The best division in one world by one reading, in yen a line.

    `yen` is the top of the response surface; `loss_in_force` what the one in force gives away against the best that
    ran (by the other half of the seeds); `best_run` is that point. `fit` is the part of the variation between divisions
    that the surface explains beyond what as many numbers would of luck, not a number where points are too few for one:
    then the best that ran stands in its place. `counts` is what a unit of each outcome counts in the loss.
    """

    world: str
    weights: str
    yen: tuple[Interval, ...]
    best_run: int
    loss_in_force: Interval
    fit: float
    counts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Regret:
    """A division and the most that it loses in any world and reading, as a share of what there is to gain there.

    To gain is what the best gives more than the worst, both by the other half of the seeds; `low` and `high` are its
    90% interval over seeds.
    """

    point: int
    yen: tuple[int, ...]
    most: float
    low: float
    high: float
    worst_world: str
    worst_weights: str


@dataclass(frozen=True)
class Split:
    """All that a split's runs say. `minimax` is the division with the least regret, `in_force` the one there is.

    `even` names worlds and readings in which divisions differ by no more than chance: they have no part in regret.
    """

    design: SplitDesign
    one_more: tuple[OneMore, ...]
    best: tuple[BestSplit, ...]
    minimax: Regret | None
    in_force: Regret | None
    left_out: int
    even: tuple[tuple[str, str], ...] = ()


def analyse_split(experiment: Experiment, results: Mapping[str, Array]) -> Split:
    """Return what the runs of a split say. Seeds that are not whole in a world are left out of it.

    Raises InputError where the results are no such sweep's.
    """
    split = experiment.split
    readings = experiment.weights or tuple(
        Weights(outcome.label, {outcome.label: 1.0}) for outcome in _looked_at(experiment)
    )
    one_more: list[OneMore] = []
    best: list[BestSplit] = []
    judged: list[Judged] = []
    left_out, parts = 0, parts_of_extras(experiment.scenario)
    for number, world in enumerate(worlds_of(split)):
        values, seeds = _values_of_world(experiment, results, number)
        left_out += experiment.replicates - len(seeds)
        if not len(seeds):
            continue
        one_more += _one_more(split, world, values, _looked_at(experiment), parts)
        for weights in readings:
            score = sum((weight * values[label] for label, weight in weights.values.items()), np.zeros(1))
            judged.append(Judged(world, weights.shown, np.asarray(score)[split.divisions], seeds % 2 == 1))
            best.append(replace(_best(split, judged[-1]), counts=weights.values))
    told = [one for one in judged if not mean_interval(one.to_gain).holds_zero]
    even = tuple((one.world, one.weights) for one in judged if one not in told)
    minimax, in_force = _minimax(split, told)
    return Split(split, tuple(one_more), tuple(best), minimax, in_force, left_out, even)


@dataclass(frozen=True, eq=False)
class Judged:
    """One world by one reading: the score of each division under each seed, and which seeds are the second half."""

    world: str
    weights: str
    score: Array
    second: Array

    def crossed(self, choice: Callable[[Array], int]) -> Array:
        """Return at each seed the score of the division that is chosen by the means over the other half.

        Not a number where a half has no seed.
        """
        found = np.full(len(self.second), np.nan)
        for half in (self.second, ~self.second):
            if half.any() and not half.all():
                found[half] = self.score[choice(self.means(~half)), half]
        return found

    def means(self, seeds: Array) -> Array:
        """Return the mean of each division over some seeds."""
        return np.asarray(self.score[:, seeds].mean(axis=1))

    @property
    def best(self) -> Array:
        """The score, seed by seed, of the division that is best by the other half."""
        return self.crossed(lambda means: int(np.argmax(means)))

    @property
    def to_gain(self) -> Array:
        """What the best division gives more than the worst, each by the other half."""
        return self.best - self.crossed(lambda means: int(np.argmin(means)))


def worlds_of(split: SplitDesign) -> list[str]:
    """Return a name for each world in the order of the design; without worlds there is one without a name."""
    values = [[f"{factor.parameter}={value}" for value in factor.values] for factor in split.worlds]
    return [", ".join(world) for world in product(*values)]


def _looked_at(experiment: Experiment) -> list[OutcomeChoice]:
    spent = {SPENT.format(measure) for measure in MEASURES}
    return [outcome for outcome in experiment.outcomes if outcome.column not in spent]


def _values_of_world(
    experiment: Experiment, results: Mapping[str, Array], world: int
) -> tuple[dict[str, Array], Array]:
    """Return (points, seeds) of each outcome in one world, whole seeds alone, and which these are."""
    count, replicates = len(experiment.split.points), experiment.replicates
    point = np.asarray(results["point"], dtype=np.int64)
    done = np.asarray(results["status"]).astype(str) == DONE
    mine = np.flatnonzero(done & (point // count == world))
    replicate = np.asarray(results["replicate"], dtype=np.int64)[mine]
    values: dict[str, Array] = {}
    for outcome in experiment.outcomes:
        if outcome.label not in results:
            raise InputError(say("faults.no_result_column") + f": {outcome.label}")
        found = np.full((count, replicates), np.nan)
        found[point[mine] % count, replicate] = np.asarray(results[outcome.label], dtype=np.float64)[mine]
        values[outcome.label] = found
    whole = np.isfinite(np.array(list(values.values()))).all(axis=(0, 1))
    return {label: found[:, whole] for label, found in values.items()}, np.flatnonzero(whole)


def _one_more(
    split: SplitDesign,
    world: str,
    values: Mapping[str, Array],
    outcomes: Sequence[OutcomeChoice],
    parts: Mapping[str, float],
) -> list[OneMore]:
    found = []
    for measure, point in zip(MEASURES, split.one_more, strict=True):
        (spent,) = (
            of_line
            for label, of_line in values.items()
            if label.partition("@")[0] == f"national.{SPENT.format(measure)}"
        )
        more = mean_interval(spent[point] - spent[IN_FORCE])
        for outcome in outcomes:
            of_outcome = values[outcome.label]
            gain = mean_interval(of_outcome[point] - of_outcome[IN_FORCE])
            found.append(OneMore(world, measure, outcome.label, gain, more, ONE_MORE * parts[measure]))
    return found


def _best(split: SplitDesign, judged: Judged) -> BestSplit:
    """Return the best division in one world by one reading, the division in force being the first."""
    score = judged.score
    seeds = score.shape[1]
    means = score.mean(axis=1)
    points = split.points[split.divisions]
    most = np.array([line.range[1] for line in split.lines if line.range])
    rng = np.random.default_rng(0)
    drawn = [
        score[:, rng.integers(seeds, size=seeds)].mean(axis=1)
        for _ in range(RESAMPLES if seeds >= FEWEST else 0)
    ]
    optimum, fit = best_division(points, means, most)
    resampled = np.array([best_division(points, one, most)[0] for one in drawn]).reshape(-1, len(most))
    yen = tuple(
        Interval(float(value), *_spread(resampled[:, line])) for line, value in enumerate(optimum.tolist())
    )
    best_run = int(split.divisions[int(np.argmax(means))])
    loss = mean_interval(judged.best - score[0])
    return BestSplit(judged.world, judged.weights, yen, best_run, loss, fit)


def _spread(values: Array) -> tuple[float, float]:
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, ENDS)
    return float(low), float(high)


def best_division(points: Array, values: Array, most: Array) -> tuple[Array, float]:
    """Return the best division, yen a line: the top of the surface or, where points are too few, the best that ran."""
    if len(points) <= 2 * points.shape[1] + 1:
        return points[int(np.argmax(values))].astype(np.float64), float("nan")
    return best_on_surface(points, values, most)


def best_on_surface(points: Array, values: Array, most: Array) -> tuple[Array, float]:
    """Return the division with the highest response, yen a line, and the part of the variation that is explained.

    `points` are (divisions, lines) in yen, `values` a response each, `most` the yen that a line takes at most.
    """
    total = float(points[0].sum())
    weights, fit = fitted_surface(points / total, values)
    starts = np.sqrt(points[np.argsort(-values, kind="stable")[:STARTS]] / total)
    best = _climb(weights, starts, np.sqrt(most / total))
    return np.where(best < SMALLEST_PART, 0.0, best) * total, fit


def fitted_surface(parts: Array, values: Array) -> tuple[Array, float]:
    """Return the weights `a` and `b` of the response surface, and the part of the variation that it explains.

    The surface is `sum_i a_i x_i + b_i sqrt(x_i)` of the lines' parts `x` (divisions, lines), fitted by least squares:
    each line gives more with more money, and ever less of it; lines act beside one another. Through every point it
    explains nothing: then the part is not a number.
    """
    features = np.hstack([parts, np.sqrt(parts)])
    features_centred = features - features.mean(axis=0)
    centred = values - values.mean()
    weights, *_ = np.linalg.lstsq(features_centred, centred, rcond=1e-10)
    variation = float((centred**2).sum())
    if variation <= 0 or len(parts) <= features.shape[1] + 1:
        return np.asarray(weights), float("nan")
    unexplained = float(((centred - features_centred @ weights) ** 2).sum()) / variation
    # Corrected for how many numbers are fitted: of 40 divisions that differ by luck alone 11 explain 29%.
    left = len(parts) - 1 - int(np.linalg.matrix_rank(features_centred))
    return np.asarray(weights), max(1.0 - unexplained * (len(parts) - 1) / left, 0.0)


def _climb(weights: Array, starts: Array, most: Array) -> Array:
    """Return the parts, one a line, where the surface is highest, climbed by `scipy.optimize` from several divisions.

    `starts` and `most` are in the roots of the parts, where the surface is smooth down to nothing.
    """
    from scipy.optimize import minimize

    a, b = np.split(weights, 2)
    scale = max(float(np.abs(weights).max()), 1e-300)

    def height(root: Array) -> float:
        return -float(a @ root**2 + b @ root) / scale

    def slope(root: Array) -> Array:
        return -np.asarray(2.0 * a * root + b) / scale

    bounds = [(0.0, float(limit)) for limit in most]
    whole = {"type": "eq", "fun": lambda root: root @ root - 1.0, "jac": lambda root: 2.0 * root}
    ends = [
        minimize(height, start, jac=slope, method="SLSQP", bounds=bounds, constraints=whole, tol=FLAT)
        for start in starts
    ]
    # At the top a climb may end without success, since the height does not tell the last steps apart any more.
    good = [end.x for end in ends if abs(end.x @ end.x - 1.0) < WHOLE]
    return np.asarray(min([*good, *starts], key=height)) ** 2


def _minimax(split: SplitDesign, told: Sequence[Judged]) -> tuple[Regret | None, Regret | None]:
    """Return the division with the least largest regret, and the regret of the one in force."""
    if not told:
        return None, None

    def choice(half: int | None) -> int:
        """Return the division whose worst regret is least, by one half of the seeds of every world (or by all)."""
        tables = []
        for one in told:
            means = one.score.mean(axis=1) if half is None else one.means(one.second == half)
            tables.append((means.max() - means) / max(float(np.ptp(means)), 1e-300))
        return int(np.argmin(np.max(tables, axis=0)))

    by_half = [choice(half) for half in (0, 1)]
    # Judged at seeds of one half is what the other half chose.
    chosen = [np.where(one.second, one.score[by_half[0]], one.score[by_half[1]]) for one in told]
    return _regret_of(split, choice(None), told, chosen), _regret_of(
        split, 0, told, [one.score[0] for one in told]
    )


def _regret_of(split: SplitDesign, row: int, told: Sequence[Judged], scores: Sequence[Array]) -> Regret:
    """Return a division's regret from its score at each seed of each world: the largest of all worlds."""
    lost = [ratio_interval(one.best - score, one.to_gain) for one, score in zip(told, scores, strict=True)]
    where = int(np.argmax([one.value for one in lost]))
    point, worst = int(split.divisions[row]), lost[where]
    yen = tuple(int(value) for value in split.points[point])
    return Regret(
        point, yen, max(worst.value, 0.0), worst.low, worst.high, told[where].world, told[where].weights
    )


def rows_of(split: Split) -> dict[str, list[object]]:
    """Return the columns of `split.parquet`: a row a line and what is said of it."""
    rows: list[dict[str, object]] = [
        _row("one_more", one.world, one.outcome, one.line, one.gain, spent=one.spent.value)
        for one in split.one_more
    ]
    for best in split.best:
        rows += [
            _row("best_yen", best.world, best.weights, line, yen, fit=best.fit)
            for line, yen in zip(MEASURES, best.yen, strict=True)
        ]
        rows.append(_row("loss_in_force", best.world, best.weights, "", best.loss_in_force))
    for kind, regret in (("minimax_regret", split.minimax), ("regret_in_force", split.in_force)):
        if regret is not None:
            share = Interval(regret.most, regret.low, regret.high)
            rows.append(_row(kind, regret.worst_world, regret.worst_weights, "", share))
            rows += [
                _row(f"{kind}_yen", "", "", line, Interval(float(yen), float("nan"), float("nan")))
                for line, yen in zip(MEASURES, regret.yen, strict=True)
            ]
    return columns_of(rows)


def _row(
    kind: str,
    world: str,
    reading: str,
    line: str,
    value: Interval,
    spent: float = float("nan"),
    fit: float = float("nan"),
) -> dict[str, object]:
    return {
        "kind": kind,
        "world": world,
        "reading": reading,
        "line": line,
        "value": value.value,
        "low_90": value.low,
        "high_90": value.high,
        "spent_yen": spent,
        "fit": fit,
    }
