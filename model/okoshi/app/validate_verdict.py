"""The first line of `okoshi validate`: whether a naive forecast wins, how near it comes, and what a win proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from okoshi.language.messages import say

if TYPE_CHECKING:
    from okoshi.study.naive import Forecast
    from okoshi.study.validating import Seen

LEVEL_TOLERANCE = 0.03  # of the members of a horizon's own year
HAIR = 0.01  # between two mean errors: closer ones are said to be near


def verdict(forecasts: dict[int, list[Forecast]], of_draws: Mapping[int, float] | None = None) -> str:
    """Return the first line: where a naive forecast has the smaller error, or that none has, and where it is near.

    Of few years a mean error that is smaller by less than a percentage point (`HAIR`) shows no better forecast, nor
    does one within what other draws would make of it (`of_draws`, a standard error by horizon).
    """
    from okoshi.study.intervals import NORMAL_REACH

    if not forecasts:
        return say("validate.no_forecasts")
    lost, near = [], []
    for horizon, of_horizon in forecasts.items():
        errors = scores_of(horizon, of_horizon)
        name, best = min(errors[1:], key=lambda item: item[1]["error"])
        model, naive = errors[0][1]["error"], best["error"]
        told = {
            "horizon": horizon,
            "name": say(f"validate.naive_{name}"),
            "naive": naive,
            "model": model,
            "apart": say("pictures.points", value=_apart(naive - model)),
        }
        if naive < model:
            lost.append(say("validate.lost", **told))
        elif naive - model < max(HAIR, NORMAL_REACH * (of_draws or {}).get(horizon, 0.0)):
            near.append(say("validate.near", **told, years=len(of_horizon[0].years)))
    said = say("validate.naive_wins", where="; ".join(lost)) if lost else say("validate.naive_never")
    return " ".join([said, *([say("validate.by_a_hair", where="; ".join(near))] if near else [])])


def _apart(share: float) -> str:
    """Return how far two errors are apart in percentage points, to two places where one would show nought."""
    points = abs(share) * 100
    return f"{points:.1f}" if points >= 0.05 else f"{points:.2f}"


def level_caveat(seen: Mapping[tuple[str, str], Sequence[Seen]], levels: Mapping[int, str]) -> str:
    """Return whose own year the model misses by too much: a forecast from there may owe to errors that cancel.

    `levels` says by how much, by horizon (`level_text`).
    """
    from okoshi.study.validating import level_error

    off = [
        f"FY{horizon} {level}"
        for horizon, level in levels.items()
        if abs(level_error(seen["forecast", str(horizon)], horizon)) > LEVEL_TOLERANCE
    ]
    return " " + say("validate.level_off", levels=", ".join(off), most=LEVEL_TOLERANCE) if off else ""


def level_text(runs: Sequence[Seen], horizon: int, of_draws: float) -> str:
    """Return by how much the members of a horizon's own year are off, with the standard error of the draws."""
    from okoshi.study.validating import level_error

    return f"{level_error(runs, horizon):+.1%} ±{of_draws:.1%}"


def scores_of(horizon: int, forecasts: Sequence[Forecast]) -> list[tuple[str, dict[str, float]]]:
    """Return the scores of each forecast from a horizon, by its name."""
    from okoshi.study.validating import official_after

    official = official_after(horizon)
    return [(forecast.name, forecast.score(official)) for forecast in forecasts]
