"""Okoshi (おこし): an agent-based simulation of Japan's regional-vitalisation measures.

The names below are the interface; each is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from okoshi.agents.kinds import (
        Bank,
        Company,
        Cooperator,
        District,
        Enterprise,
        Municipality,
        Prefecture,
        ShoppingService,
        Student,
        University,
    )
    from okoshi.language.errors import InputError, OkoshiError, RunError
    from okoshi.language.messages import set_language
    from okoshi.scenario.scenario import Scenario, load_scenario
    from okoshi.simulation import RegionalModel
    from okoshi.study.comparing import Comparison, compare
    from okoshi.study.runs import Result, run

_HOMES = {
    "Bank": "okoshi.agents.kinds",
    "Company": "okoshi.agents.kinds",
    "Comparison": "okoshi.study.comparing",
    "Cooperator": "okoshi.agents.kinds",
    "District": "okoshi.agents.kinds",
    "Enterprise": "okoshi.agents.kinds",
    "InputError": "okoshi.language.errors",
    "Municipality": "okoshi.agents.kinds",
    "OkoshiError": "okoshi.language.errors",
    "Prefecture": "okoshi.agents.kinds",
    "RegionalModel": "okoshi.simulation",
    "Result": "okoshi.study.runs",
    "RunError": "okoshi.language.errors",
    "Scenario": "okoshi.scenario.scenario",
    "ShoppingService": "okoshi.agents.kinds",
    "Student": "okoshi.agents.kinds",
    "University": "okoshi.agents.kinds",
    "compare": "okoshi.study.comparing",
    "load_scenario": "okoshi.scenario.scenario",
    "run": "okoshi.study.runs",
    "set_language": "okoshi.language.messages",
}
__all__ = [
    "Bank",
    "Company",
    "Comparison",
    "Cooperator",
    "District",
    "Enterprise",
    "InputError",
    "Municipality",
    "OkoshiError",
    "Prefecture",
    "RegionalModel",
    "Result",
    "RunError",
    "Scenario",
    "ShoppingService",
    "Student",
    "University",
    "compare",
    "load_scenario",
    "run",
    "set_language",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `okoshi --help` shall not pay for Mesa."""
    if name not in _HOMES:
        raise AttributeError(f"module 'okoshi' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
