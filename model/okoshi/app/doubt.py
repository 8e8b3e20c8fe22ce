"""What a run says of its own doubt: on what headlines rest, and how likely an announced target is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from okoshi.language.messages import say
from okoshi.study.intervals import LEVEL

if TYPE_CHECKING:
    from okoshi.scenario.scenario import Scenario


def show_doubt(scenario: Scenario, national: Mapping[str, Any], draws: int) -> None:
    """Print the words of headlines where a calibration is used, and with draws the chances of targets."""
    from okoshi.app.calibrate import words_line
    from okoshi.parameters.posterior import PRIOR
    from okoshi.study.drawn import ensemble_of
    from okoshi.study.history import words_until
    from okoshi.study.maker import this_maker

    click.echo()
    if scenario.behaviour_parameters == PRIOR and not draws:
        click.echo(say("doubt.start_values"))
        return
    about = ensemble_of(scenario).posterior.about
    last = about.get("last_year", about["horizon"])
    if "rests_on" in about and words_until(scenario.in_full()) >= last:
        click.echo(words_line(about, last))
        if scenario.years[1] > last:
            click.echo(say("doubt.later", year=last))
    elif "rests_on" in about:
        click.echo(say("doubt.no_words", year=last))
    if about.get("model") != this_maker().model:
        click.echo(say("doubt.other_model", there=about.get("model"), here=this_maker().model))
    if draws:
        held, horizon = held_by_quantiles(draws), about["horizon"]
        key = "doubt.draws" if draws > 1 else "doubt.one_draw"
        click.echo(say(key, draws=draws, horizon=horizon, held=held))
        for line in target_lines(scenario, national):
            click.echo(line)


def held_by_quantiles(draws: int) -> float:
    """Return how often another draw lies within the 5% and 95% quantiles of so many (interpolated, as shown)."""
    place = 1.0 + (0.5 - LEVEL / 2) * (draws - 1)
    return 1.0 - 2.0 * place / (draws + 1)


def target_lines(scenario: Scenario, national: Mapping[str, Any]) -> list[str]:
    """Return for each announced target that falls due after the last official figure how likely it is."""
    from okoshi.app.side_by_side import shown
    from okoshi.policy.targets import announced_targets
    from okoshi.study.naive import official_series
    from okoshi.study.validating import FORECAST_SERIES, chance_of, model_error

    last_known = max(official_series(FORECAST_SERIES))
    years = np.asarray(national["fiscal_year"])
    lines: list[str] = []
    if scenario.world.prefectures or scenario.world.scale > 1:  # a target is one of the whole country
        return lines
    for due, target in announced_targets(scenario.settings, int(years.max())).items():
        members = np.asarray(national["members"])[years == due]
        if due <= last_known or not len(members):
            continue
        chance, low, high = chance_of(target, members.astype(np.float64))
        reached = int((members >= target).sum())
        lines.append(
            say(
                "doubt.target",
                year=due,
                target=f"{target:,}",
                median=shown(float(np.median(members))),
                low=shown(low),
                high=shown(high),
                own=model_error(FORECAST_SERIES),
                reached=reached,
                runs=len(members),
                chance=chance,
            )
        )
    return lines
