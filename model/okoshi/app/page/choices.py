"""Which policy and context values a person may set on the page, and how: a slider, a switch, a choice or a text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from okoshi.app.options import read_value
from okoshi.engine.calendar import LAST_FISCAL_YEAR
from okoshi.language.declared import unit_in_words
from okoshi.parameters.catalogue import Parameter, catalogue
from okoshi.parameters.kinds import OPEN, Value, write
from okoshi.scenario.scenario import Scenario
from okoshi.scenario.shipped import scenario_folder

ROOMS = ("policy.", "context.")
WHOLE, REAL = ("yen", "count"), ("number", "share", "rate")
STEPS = 100
WIDER = 2  # without a range of its own a slider goes to twice the largest value there ever was


@dataclass(frozen=True)
class Slider:
    """The ends and the step of a slider; all three whole numbers for yen and counts."""

    low: float
    high: float
    step: float
    whole: bool


def settable() -> dict[str, Parameter]:
    """Return the parameters of policy and context by name."""
    return {name: item for name, item in catalogue().items() if name.startswith(ROOMS)}


def unit_of(parameter: Parameter) -> str:
    """Return the unit of a parameter, in the language in use."""
    return unit_in_words(parameter.unit)


def in_force(scenario: Scenario, name: str, fiscal_year: int) -> Value | None:
    """Return the value of a parameter in a fiscal year under a scenario, None where the rule does not exist."""
    parameter = catalogue()[name]
    return scenario.settings.value(name, fiscal_year if parameter.dated else None)


def key_of(parameter: Parameter, fiscal_year: int) -> str:
    """Return the key that sets a parameter: from that fiscal year on, where it is dated."""
    return f"{parameter.name}@{fiscal_year}" if parameter.dated else parameter.name


def last_date(scenario: Scenario) -> int:
    """Return the last fiscal year from which a change can matter to a run."""
    return min(scenario.years[1], LAST_FISCAL_YEAR)


def slider_of(parameter: Parameter, value: Value | None) -> Slider | None:
    """Return the slider of a parameter of one number, wide enough for its present value; None for other kinds."""
    if parameter.type not in WHOLE + REAL:
        return None
    low, high = _ends(parameter)
    if isinstance(value, int | float | Fraction) and not isinstance(value, bool):
        low, high = min(low, float(value)), max(high, float(value))
    whole = parameter.type in WHOLE
    step = _round_step((high - low) / STEPS)
    if whole:
        step = max(1.0, step)
        high = low + math.ceil((high - low) / step) * step
        high = min(high, parameter.bounds[1])
    return Slider(low, high, step, whole)


def _ends(parameter: Parameter) -> tuple[float, float]:
    """Return the range to sweep; without one what is allowed, at most twice the largest value there was."""
    if parameter.range is not None:
        return parameter.range
    low, high = parameter.bounds
    numbers = [
        float(entry.value)
        for entry in parameter.values
        if isinstance(entry.value, int | float | Fraction) and not isinstance(entry.value, bool)
    ]
    largest = max(map(abs, numbers), default=0.0) or 1.0
    low = low if math.isfinite(low) else -WIDER * largest
    return low, min(high, WIDER * largest) if parameter.type != "share" else high


def _round_step(step: float) -> float:
    """Return the step as 1, 2 or 5 times a power of ten."""
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= step * 0.999)


def number_of(value: Value | None, slider: Slider) -> float:
    """Return where the slider stands: at its lower end where the rule does not exist or has no limit."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return slider.high if value == OPEN else slider.low
    return float(value)


def written(value: Value | None) -> str:
    """Return a value as one types it in a scenario; a dash where the rule does not exist."""
    if value is None:
        return "–"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return write(value)


def typed(text: str) -> object:
    """Return what a person typed into a field as TOML, a bare word being text."""
    return read_value(text)


def as_scenario(value: float, slider: Slider) -> object:
    """Return the place of a slider as a scenario takes it, without the dust of binary fractions."""
    return round(value) if slider.whole else float(f"{value:.10g}")


def as_toml_lines(scenario: Scenario, changes: dict[str, object]) -> str:
    """Return the scenario file that holds the changes: what one saves to go on with `okoshi run`."""
    shipped = scenario.file is None or Path(scenario.file).parent == scenario_folder()
    lines = [f"extends = {_toml(scenario.name if shipped else scenario.file)}"]
    by_table: dict[str, dict[str, list[str]]] = {}
    for key, value in changes.items():
        name, _, year = key.partition("@")
        table, _, last = name.rpartition(".")
        text = _toml(value)
        by_table.setdefault(table, {}).setdefault(last, []).append(f"{year} = {text}" if year else text)
    for table, keys in sorted(
        by_table.items(), key=lambda item: item[0] != ""
    ):  # years and seed are in no table
        lines += ["", f"[{table}]"] if table else []
        for last, parts in keys.items():
            dated = any(" = " in part for part in parts)
            lines.append(f"{last} = {{ {', '.join(parts)} }}" if dated else f"{last} = {parts[0]}")
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    import tomli_w

    return tomli_w.dumps({"x": value}).partition("=")[2].strip()
