"""What a `split` found: one more 100 million yen in each line, the best division, and what is lost by choosing one.

The division in force and every other ran under the same seeds. A best division is chosen by other seeds than it is
judged by (each seed in turn is left out), so that luck is not taken for merit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.policy.supplement import MEASURES
from okoshi.study.experiment import Experiment
from okoshi.study.intervals import LEVEL, Interval, mean_interval
from okoshi.study.jobs import DONE
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.split_design import IN_FORCE, ONE_MORE, SPENT, SplitDesign, Weights

STARTS, RESAMPLES, SMALLEST_PART = 4, 60, 1e-4
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

    `yen` is the top of the response surface; `loss_in_force` what the one
    in force gives away against the best that ran (seeds left out in turn); `best_run` is that point. `fit` is the
    part of the variation between divisions that the surface explains, not a number where points are too few for one:
    then the best that ran stands in its place.
    """

    world: str
    weights: str
    yen: tuple[Interval, ...]
    best_run: int
    loss_in_force: Interval
    fit: float


@dataclass(frozen=True)
class Regret:
    """A division and the most that it loses in any world and reading, as a share of what there is to gain there."""

    point: int
    yen: tuple[int, ...]
    most: float
    worst_world: str
    worst_weights: str


@dataclass(frozen=True)
class Split:
    """All that a split's runs say. `minimax` is the division with the least regret, `in_force` the one there is."""

    design: SplitDesign
    one_more: tuple[OneMore, ...]
    best: tuple[BestSplit, ...]
    minimax: Regret | None
    in_force: Regret | None
    left_out: int


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
    regrets: list[tuple[str, str, Array]] = []
    left_out, given = 0, ONE_MORE * _part_of_nation(experiment)
    for number, world in enumerate(worlds_of(split)):
        values, lost = _values_of_world(experiment, results, number)
        left_out += lost
        if not len(next(iter(values.values()))[0]):
            continue
        one_more += _one_more(split, world, values, _looked_at(experiment), given)
        for weights in readings:
            score = sum((weight * values[label] for label, weight in weights.values.items()), np.zeros(1))
            found, regret = _best(split, world, weights.shown, np.asarray(score)[split.divisions])
            best.append(found)
            regrets.append((world, weights.shown, regret))
    minimax, in_force = _minimax(split, regrets)
    return Split(split, tuple(one_more), tuple(best), minimax, in_force, left_out)


def worlds_of(split: SplitDesign) -> list[str]:
    """Return a name for each world in the order of the design; without worlds there is one without a name."""
    values = [[f"{factor.parameter}={value}" for value in factor.values] for factor in split.worlds]
    return [", ".join(world) for world in product(*values)]


def _looked_at(experiment: Experiment) -> list[OutcomeChoice]:
    spent = {SPENT.format(measure) for measure in MEASURES}
    return [outcome for outcome in experiment.outcomes if outcome.column not in spent]


def _part_of_nation(experiment: Experiment) -> float:
    """Return the part of the nation's budgets that falls to the run."""
    from okoshi.simulation import share_of_nation
    from okoshi.world.country import load_world

    world = experiment.scenario.world
    return share_of_nation(load_world(world.source, world.prefectures, world.scale), load_world(world.source))


def _values_of_world(
    experiment: Experiment, results: Mapping[str, Array], world: int
) -> tuple[dict[str, Array], int]:
    """Return (points, seeds) of each outcome in one world, whole seeds alone, and how many are not whole."""
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
    return {label: found[:, whole] for label, found in values.items()}, int((~whole).sum())


def _one_more(
    split: SplitDesign,
    world: str,
    values: Mapping[str, Array],
    outcomes: Sequence[OutcomeChoice],
    given: float,
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
            found.append(OneMore(world, measure, outcome.label, gain, more, given))
    return found


def _best(split: SplitDesign, world: str, weights: str, score: Array) -> tuple[BestSplit, Array]:
    """Return the best division, and what each division loses against it as a share of what there is to gain.

    `score` is (divisions, seeds), the division in force first.
    """
    seeds = score.shape[1]
    means = score.mean(axis=1)
    loss = _loss(score)
    points = split.points[split.divisions]
    most = np.array([line.range[1] for line in split.lines if line.range])
    rng = np.random.default_rng(0)
    drawn = [
        score[:, rng.integers(seeds, size=seeds)].mean(axis=1) for _ in range(RESAMPLES if seeds > 1 else 0)
    ]
    optimum, fit = best_division(points, means, most)
    resampled = np.array([best_division(points, one, most)[0] for one in drawn]).reshape(-1, len(most))
    yen = tuple(
        Interval(float(value), *_spread(resampled[:, line])) for line, value in enumerate(optimum.tolist())
    )
    best_run = int(split.divisions[int(np.argmax(means))])
    spread = float(means.max() - means.min())
    regret = np.maximum(loss.mean(axis=1), 0.0) / spread if spread > 0 else np.zeros(len(means))
    return BestSplit(world, weights, yen, best_run, mean_interval(loss[0]), fit), regret


def _loss(score: Array) -> Array:
    """Return (divisions, seeds): what each loses at a seed against the one that is best by the other seeds."""
    seeds = score.shape[1]
    if seeds == 1:
        return score.max(axis=0) - score
    best = [int(np.argmax(np.delete(score, seed, axis=1).mean(axis=1))) for seed in range(seeds)]
    return score[best, np.arange(seeds)] - score


def _spread(values: Array) -> tuple[float, float]:
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, (0.5 - LEVEL / 2, 0.5 + LEVEL / 2))
    return float(low), float(high)


def best_division(points: Array, values: Array, most: Array) -> tuple[Array, float]:
    """Return the best division, yen a line: the top of the surface or, where points are too few, the best that ran."""
    if len(points) <= 2 * points.shape[1] + 1:
        return points[int(np.argmax(values))].astype(np.float64), float("nan")
    return best_on_surface(points, values, most)


def best_on_surface(points: Array, values: Array, most: Array) -> tuple[Array, float]:
    """Return the division with the highest response, yen a line, and the part of the variation that is explained.

    The surface is `sum_i a_i x_i + b_i sqrt(x_i)`, fitted by least squares: each line gives more with more money,
    and ever less of it; lines act beside one another. `scipy.optimize` climbs it from several divisions.
    """
    from scipy.optimize import minimize

    total = float(points[0].sum())
    x = points / total
    features = np.hstack([x, np.sqrt(x)])
    centred = values - values.mean()
    weights, *_ = np.linalg.lstsq(features - features.mean(axis=0), centred, rcond=1e-10)
    fitted = (features - features.mean(axis=0)) @ weights
    variation = float((centred**2).sum())
    told = (
        variation > 0 and len(points) > features.shape[1] + 1
    )  # a surface through every point explains nothing
    fit = 1.0 - float(((centred - fitted) ** 2).sum()) / variation if told else float("nan")
    a, b = np.split(weights, 2)
    scale = max(float(np.abs(weights).max()), 1e-300)

    def height(root: Array) -> float:
        return -float(a @ root**2 + b @ root) / scale

    def slope(root: Array) -> Array:
        return -np.asarray(2.0 * a * root + b) / scale

    # Climbed in the roots of the parts, where the surface is smooth down to nothing.
    starts = np.sqrt(points[np.argsort(-values, kind="stable")[:STARTS]] / total)
    bounds = [(0.0, float(np.sqrt(limit / total))) for limit in most]
    whole = {"type": "eq", "fun": lambda root: root @ root - 1.0, "jac": lambda root: 2.0 * root}
    ends = [
        minimize(height, start, jac=slope, method="SLSQP", bounds=bounds, constraints=whole, tol=FLAT)
        for start in starts
    ]
    good = [end.x for end in ends if end.success] or list(starts)
    best = np.asarray(min([*good, *starts], key=height)) ** 2
    return np.where(best < SMALLEST_PART, 0.0, best) * total, fit


def _minimax(
    split: SplitDesign, regrets: Sequence[tuple[str, str, Array]]
) -> tuple[Regret | None, Regret | None]:
    if not regrets:
        return None, None
    table = np.array([regret for _, _, regret in regrets])
    worst = table.max(axis=0)

    def regret_of(row: int) -> Regret:
        where = int(np.argmax(table[:, row]))
        point = int(split.divisions[row])
        yen = tuple(int(value) for value in split.points[point])
        return Regret(point, yen, float(worst[row]), regrets[where][0], regrets[where][1])

    return regret_of(int(np.argmin(worst))), regret_of(0)


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
            share = Interval(regret.most, float("nan"), float("nan"))
            rows.append(_row(kind, regret.worst_world, regret.worst_weights, "", share))
            rows += [
                _row(f"{kind}_yen", "", "", line, Interval(float(yen), float("nan"), float("nan")))
                for line, yen in zip(MEASURES, regret.yen, strict=True)
            ]
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


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
