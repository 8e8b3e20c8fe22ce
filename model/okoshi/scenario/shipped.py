"""The scenario files that ship with Okoshi: in the installed package, or in the repository's folder."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from pathlib import Path

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say


@cache
def scenario_folder() -> Path:
    """Return the folder with the shipped scenarios."""
    packaged = Path(str(resources.files("okoshi"))) / "scenarios"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3] / "scenarios"


def shipped_names() -> list[str]:
    """Return the names under which the shipped scenarios go, `baseline` first."""
    names = sorted(path.stem for path in scenario_folder().glob("*.toml"))
    return sorted(names, key=lambda name: name != "baseline")


def is_path(name: str) -> bool:
    """Return whether a scenario is given as a path (with / or .toml) and not by its shipped name."""
    return "/" in name or "\\" in name or name.endswith(".toml")


def from_home(name: str | Path) -> Path:
    """Return a path with `~` filled in, where the system knows whose home is meant."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def find_scenario(name: str | Path, start: Path | None = None) -> Path:
    """Return the file of a shipped name or a path; a relative one begins at `start`, where given.

    Raises InputError for a name that is not shipped.
    """
    if isinstance(name, Path) or is_path(name):
        path = from_home(name)
        if start is None and path.stem in shipped_names() and not os.path.lexists(path):
            raise InputError(Fault(say("faults.no_file"), file=str(path), nearest=path.stem))
        return path if start is None else start / path
    path = scenario_folder() / f"{name}.toml"
    if not path.is_file():
        own = Path(f"{name}.toml")
        nearest = f"./{own}" if start is None and own.is_file() else nearest_name(name, shipped_names())
        raise InputError(
            Fault(
                say("faults.unknown_scenario"),
                value=name,
                allowed=say("allowed.scenario"),
                nearest=nearest,
            )
        )
    return path
