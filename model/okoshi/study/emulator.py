"""A stand-in for the model: each outcome as a quadratic in the parameters, with what it leaves unexplained.

For each outcome a first ridge regression finds the parameters that move it most; a second takes all parameters as
lines and those as curves and products: few or more of them, whichever foresees better. Its honest errors come from
cross-validation in which the runs of a point stay together; they hold both what the stand-in misses and the chance of
a single run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.engine.columns import Array
from okoshi.language.messages import say

CURVED = (14, 24)  # parameters that may have curves and products in one outcome
FOLDS = 5
ALPHAS = tuple(np.logspace(-2, 3, 11).tolist())
SHRINKAGE = 0.1  # of the correlation between errors: there are more pairs of outcomes than runs tell
FEWEST_RUNS = 40


@dataclass(frozen=True)
class Quadratic:
    """One outcome: which parameters are curved, and the coefficients of constant, lines, squares and products."""

    curved: Array
    intercept: float
    coefficients: Array


@dataclass(frozen=True)
class Emulator:
    """Stand-ins for several outcomes, as one product: lines of all parameters, then the products `first` x `second`.

    `coefficients` is (lines and products, outcomes); `errors` is the covariance of what one run differs by from its
    stand-in; `explained` the share of each outcome's variance that the stand-in foresees in runs it has not seen.
    """

    intercept: Array
    first: Array
    second: Array
    coefficients: Array
    errors: Array
    explained: Array

    def __call__(self, unit: Array) -> Array:
        """Return the expected outcomes, (points, outcomes)."""
        lines = 2.0 * unit - 1.0
        columns = np.concatenate([lines, lines[:, self.first] * lines[:, self.second]], axis=1)
        found: Array = columns @ self.coefficients + self.intercept
        return found


def features(unit: Array, curved: Array) -> Array:
    """Return lines of all parameters, squares and products of the curved ones."""
    lines = 2.0 * unit - 1.0
    chosen = lines[:, curved]
    first, second = np.triu_indices(len(curved), 1)
    return np.concatenate([lines, chosen**2, chosen[:, first] * chosen[:, second]], axis=1)


def fit_emulator(
    unit: Array, point: Array, values: Array, weight: Array | None = None, judged: Array | None = None
) -> Emulator:
    """Fit stand-ins to runs: `unit` (runs, parameters), `point` the design point of each, `values` (runs, outcomes).

    `weight` says how much a run counts in the fit, `judged` in the errors (without it, as in the fit). A run whose
    outcome is no number is left out of that outcome. Raises ValueError for too few runs.
    """
    weight = np.ones(len(unit)) if weight is None else weight
    judged = weight if judged is None else judged
    outcomes, residuals, explained = [], [], []
    for column in values.T:
        known = np.isfinite(column) & (weight > 0)
        if known.sum() < FEWEST_RUNS:
            raise ValueError(say("calibrate.few_runs", runs=int(known.sum()), least=FEWEST_RUNS))
        outcome, left = _best(unit[known], point[known], column[known], weight[known], judged[known])
        residual = np.full(len(column), np.nan)
        residual[known] = left
        variance = _variance(column[known], judged[known])
        explained.append(1.0 - _mean(left**2, judged[known]) / variance if variance > 0 else 1.0)
        outcomes.append(outcome)
        residuals.append(residual)
    errors = _covariance(np.array(residuals).T, judged)
    return _as_one(outcomes, unit.shape[1], errors, np.array(explained))


def _as_one(outcomes: Sequence[Quadratic], parameters: int, errors: Array, explained: Array) -> Emulator:
    """Return the stand-ins as one product over all squares and products that any of them has."""
    pairs = sorted({pair for outcome in outcomes for pair in _pairs(outcome.curved)})
    place = {pair: parameters + number for number, pair in enumerate(pairs)}
    coefficients = np.zeros((parameters + len(pairs), len(outcomes)))
    for number, outcome in enumerate(outcomes):
        coefficients[:parameters, number] = outcome.coefficients[:parameters]
        rows = [place[pair] for pair in _pairs(outcome.curved)]
        coefficients[rows, number] = outcome.coefficients[parameters:]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    intercept = np.array([outcome.intercept for outcome in outcomes])
    return Emulator(intercept, first, second, coefficients, errors, explained)


def _pairs(curved: Array) -> list[tuple[int, int]]:
    """Return the pairs of parameters that `features` multiplies, in its order: squares, then products."""
    first, second = np.triu_indices(len(curved), 1)
    squares = [(int(one), int(one)) for one in curved]
    return squares + [
        (int(one), int(other)) for one, other in zip(curved[first], curved[second], strict=True)
    ]


def _best(unit: Array, point: Array, values: Array, weight: Array, judged: Array) -> tuple[Quadratic, Array]:
    """Return the stand-in of one outcome that errs least where it is judged, and its errors of the runs."""
    rivals = [_fit_one(unit, point, values, weight, curved) for curved in CURVED]
    return min(rivals, key=lambda rival: _mean(rival[1] ** 2, judged))


def _fit_one(
    unit: Array, point: Array, values: Array, weight: Array, most_curved: int
) -> tuple[Quadratic, Array]:
    """Return the stand-in of one outcome with so many curves, and the cross-validated errors of the runs."""
    from sklearn.linear_model import Ridge, RidgeCV

    middle, spread = _mean(values, weight), float(np.sqrt(_variance(values, weight))) or 1.0
    scaled = (values - middle) / spread
    curved = _moving(unit, scaled, weight, most_curved)
    columns = features(unit, curved)
    model = RidgeCV(ALPHAS).fit(columns, scaled, sample_weight=weight)
    left = np.empty(len(values))
    fold = _folds(point)
    for number in range(FOLDS):
        test = fold == number
        if test.any():
            unseen = Ridge(model.alpha_).fit(columns[~test], scaled[~test], sample_weight=weight[~test])
            left[test] = scaled[test] - unseen.predict(columns[test])
    intercept = middle + spread * float(model.intercept_)
    return Quadratic(curved, intercept, spread * np.asarray(model.coef_)), spread * left


def _moving(unit: Array, scaled: Array, weight: Array, count: int) -> Array:
    """Return the parameters that move an outcome most, in their order, by a first ridge of lines and squares."""
    from sklearn.linear_model import RidgeCV

    lines = 2.0 * unit - 1.0
    columns = np.concatenate([lines, lines**2 - 1.0 / 3.0], axis=1)
    model = RidgeCV(ALPHAS).fit(columns, scaled, sample_weight=weight)
    strength = np.abs(model.coef_).reshape(2, -1).sum(axis=0)
    return np.sort(np.argsort(-strength, kind="stable")[:count])


def _folds(point: Array) -> Array:
    """Return a fold for each run, the same for all runs of a point."""
    _, rank = np.unique(point, return_inverse=True)
    return np.asarray(rank % FOLDS)


def _mean(values: Array, weight: Array) -> float:
    return float(np.average(values, weights=weight))


def _variance(values: Array, weight: Array) -> float:
    return float(np.average((values - _mean(values, weight)) ** 2, weights=weight))


def _covariance(residuals: Array, weight: Array) -> Array:
    """Return the weighted covariance of errors that may be missing, correlations shrunk."""
    known = np.isfinite(residuals)
    filled = np.where(known, residuals, 0.0) * np.sqrt(weight)[:, None]
    pairs = (known * weight[:, None]).T.astype(np.float64) @ known.astype(np.float64)
    covariance = filled.T @ filled / np.maximum(pairs, 1e-12)
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-18))
    alike = np.clip(covariance / np.outer(spread, spread), -1.0, 1.0) * (1.0 - SHRINKAGE)
    np.fill_diagonal(alike, 1.0)
    return nearest_covariance(alike * np.outer(spread, spread))


def nearest_covariance(matrix: Array) -> Array:
    """Return a matrix without negative eigenvalues: pairs that were seen in different runs may not fit together."""
    value, vector = np.linalg.eigh((matrix + matrix.T) / 2.0)
    return np.asarray((vector * np.maximum(value, 1e-12)) @ vector.T)
