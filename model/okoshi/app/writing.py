"""The results folder: tables in Parquet (and CSV), `scenario.toml`, `run.json`; whole or not at all.

Everything is written under temporary names and renamed, `run.json` last: a folder that has one is complete.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import platform
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from okoshi.app.progress import Progress
from okoshi.app.table_files import Arrays, Write, files_of_table
from okoshi.figures.gallery import NAMES as PICTURES
from okoshi.language.errors import Fault, InputError, RunError
from okoshi.language.messages import say
from okoshi.observe.declarations import TABLES
from okoshi.study.comparison_tables import NAMES as COMPARISON
from okoshi.study.files import process_name, remove_left_over, write_whole
from okoshi.study.maker import processor, this_maker

if TYPE_CHECKING:
    from okoshi.figures.style import Picture
    from okoshi.scenario.scenario import Scenario

SCHEMA = 1  # of run.json
RUN_FILE, SCENARIO_FILE, LOG_FILE = "run.json", "scenario.toml", "run.log"
EXPERIMENT_FILE = "experiment.toml"
DIFFERENCES, RESULTS_TABLE, PILOT = "differences", "results", "pilot"
FIGURES = "figures"
UNFINISHED = "unfinished"  # in run.json: what was asked for where only a part of it was finished
MODEL, FITTED_WITH = "model", "fitted_with"  # in run.json: versions of the model that ran, and of the fit's
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "mesa")


@dataclass(frozen=True)
class ResultsFolder:
    """A folder that is ready to take one run's files.

    `made` is what had to be made for it, the innermost first; `same` what stands in its `run.json` where it holds
    this very run.
    """

    path: Path
    made: tuple[Path, ...] = ()
    same: Mapping[str, object] = MappingProxyType({})

    def keep(self, count: int, finished: str, write: Callable[[], object]) -> None:
        """Let `write` keep what is finished of work that ends early, unless a whole run or as much of it is here.

        `count` runs are finished, and `finished` says of how many, in words.
        """
        said = "run.not_kept" if self._holds_as_much(count) else "run.kept"
        if said == "run.kept":
            write()
        click.echo(say(said, finished=finished, folder=self.path), err=True)

    def _holds_as_much(self, count: int) -> bool:
        found = _record_of(self.path)
        if found is None or UNFINISHED not in found:
            return found is not None
        return _holds(self.path, self.same) and len(found.get("seeds", ())) >= count

    def write(
        self,
        tables: Mapping[str, Arrays],
        run: Mapping[str, Any],
        scenario: Scenario,
        *,
        with_csv: bool = False,
    ) -> list[Path]:
        """Write all files of a run and return them.

        Raises RunError when the disk does not take them; then no file of this run is left.
        """
        content: dict[str, Write] = {}
        for name, arrays in tables.items():
            content |= files_of_table(name, arrays, run, with_csv)
        return self._put(content | _about(run, scenario), {})

    def put(self, parts: Mapping[str, Path], run: Mapping[str, Any], scenario: Scenario) -> list[Path]:
        """Give tables that were written under temporary names (`parts`) their own, with what is said of the run.

        Returns all files. Raises RunError when the disk does not take them; then there is no `run.json` of this run.
        """
        return self._put(_about(run, scenario), parts)

    def draw(self, pictures: Iterable[Picture]) -> int:
        """Write pictures into `figures/`, each whole or not at all, and return how many.

        Raises RunError when the disk does not take one; the tables stay.
        """
        folder, count = self.path / FIGURES, 0
        with disk_errors("run.cannot_draw", folder=folder):
            folder.mkdir(exist_ok=True)
            remove_left_over(folder)
            for picture in pictures:
                write_whole(folder / f"{picture.name}.png", picture.save)
                count += 1
        return count

    def _put(self, content: Mapping[str, Write], parts: Mapping[str, Path]) -> list[Path]:
        own = {name: self.path / f".{name}.{process_name()}.part" for name in content}
        temporary = {**parts, **own}  # `run.json` comes last
        try:
            with disk_errors("run.cannot_write", folder=self.path):
                for name, write in content.items():
                    write(temporary[name])
                (self.path / RUN_FILE).unlink(missing_ok=True)
                self._remove_others(temporary)
                for name, part in temporary.items():
                    part.replace(self.path / name)
        finally:
            for part in own.values():
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
        return [self.path / name for name in temporary]

    def _remove_others(self, content: Mapping[str, object]) -> None:
        """Remove tables and pictures of the run that was here before: a folder holds one run."""
        for path in own_files(self.path):
            if path.name not in content and path.name != LOG_FILE:
                path.unlink()
        for name in PICTURES:
            (self.path / FIGURES / f"{name}.png").unlink(missing_ok=True)

    def log(self, text: str, *, anew: bool = False) -> None:
        """Add a line with the time of day to `run.log`. Raises RunError when the disk does not take it."""
        with disk_errors("run.cannot_write", folder=self.path):
            if anew:
                (self.path / LOG_FILE).write_text("", encoding="utf-8")
            add_to_log(self.path / LOG_FILE, text)

    def _take_away(self) -> None:
        (self.path / LOG_FILE).unlink(missing_ok=True)
        remove_empty(self.made)

    @contextlib.contextmanager
    def logged(self, label: str) -> Iterator[Progress]:
        """Show and log how far the work of a `with` block is, and how it ended."""
        self.log(f"okoshi {version('okoshi')}: {label}", anew=True)
        try:
            with Progress(label, self.log) as progress:
                yield progress
        except InputError:  # found only now: nothing is written all the same
            self._take_away()
            raise
        except BaseException as error:
            with contextlib.suppress(RunError):
                self.log(f"{type(error).__name__}: {error}")
            raise
        self.log(say("run.done"))


def finished_in_words(runs: int, asked: Mapping[str, int]) -> str:
    """Return how much of what was asked for is finished: replicates, or draws where each has so many."""
    if asked.get("draws"):
        count = runs // asked["replicates"]
        return say("run.finished_draws", count=count, total=asked["draws"])
    return say("run.finished", count=runs, total=asked["replicates"])


def add_to_log(path: Path, text: str) -> None:
    """Add a line with the time of day to a file. Raises OSError when the disk does not take it."""
    now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{now}  {text}\n")


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that are empty, the innermost first."""
    for step in folders:
        with contextlib.suppress(OSError):
            step.rmdir()


def prepare_folder(path: Path, same: Mapping[str, object], *, overwrite: bool) -> ResultsFolder:
    """Make a folder for results, or refuse it before anything runs.

    `same` is what must stand in its `run.json` for it to be the same run's folder. Raises InputError when
    it is a file, cannot be written, holds another run's files and `overwrite` is not given, or holds a world: that has
    tables of the same names, which are not a run's to replace.
    """
    try:
        is_file = path.exists() and not path.is_dir()
    except OSError as error:  # a name that is too long
        raise InputError(Fault(say("faults.unwritable", reason=error.strerror), file=str(path))) from error
    if is_file:
        raise InputError(Fault(say("faults.folder_is_file"), file=str(path)))
    if holds_a_world(path):
        raise InputError(Fault(say("faults.folder_is_world"), file=str(path), allowed="--out DIR"))
    if path.is_dir() and not overwrite and own_files(path) and not _holds(path, same):
        raise InputError(Fault(say("faults.other_run"), file=str(path), allowed="--overwrite / --out DIR"))
    missing = [step for step in (path, *path.parents) if not step.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".{os.getpid()}.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        remove_empty(missing)
        if error.errno in DISK_FULL:
            raise RunError(say("run.cannot_write", folder=path, reason=reason_of(error))) from error
        raise InputError(Fault(say("faults.unwritable", reason=reason_of(error)), file=str(path))) from error
    remove_left_over(path)
    return ResultsFolder(path, tuple(missing), same)


def refuse_unwritable(path: Path) -> None:
    """Raise InputError where a folder cannot be made or written, without making anything."""
    try:
        there = next(step for step in (path, *path.absolute().parents) if step.exists())
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise InputError(Fault(say("faults.unwritable", reason=reason_of(error)), file=str(path))) from error


def holds_a_world(path: Path) -> bool:
    """Return whether a folder is a world that runs may start from (a scenario may be called world.toml, too)."""
    return "national" in _description_of_world(path)


def _description_of_world(path: Path) -> dict[str, Any]:
    """Return what the description of a world in a folder says; nothing where there is none that can be read."""
    from okoshi.scenario.draft import WORLD_DESCRIPTION

    try:
        return tomllib.loads((path / WORLD_DESCRIPTION).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}


def own_files(path: Path) -> list[Path]:
    """Return the files in a folder that a run writes."""
    names = {
        RUN_FILE,
        SCENARIO_FILE,
        EXPERIMENT_FILE,
        *(
            f"{name}.{end}"
            for name in (*TABLES, *COMPARISON, RESULTS_TABLE, PILOT)
            for end in ("parquet", "csv")
        ),
    }
    return sorted(item for item in path.iterdir() if item.name in names)


def same_run(kind: str, **more: object) -> dict[str, object]:
    """Return what must stand in a folder's `run.json` for it to be the same run's."""
    return {"okoshi": kind, "version": version("okoshi"), **more}


def said_of_country(scenario: Scenario, *keys: str) -> list[str]:
    """Return what the description of a scenario's own world says under these keys, a text each; nothing unreadable.

    `credit` is whom the licences of its files want named (出典), `filled` and `notes` what those files do not say.
    """
    document = _description_of_world(Path(scenario.world.source).expanduser())
    lists = (document.get(key) for key in keys)
    return [str(line) for lines in lists if isinstance(lines, list) for line in lines]


def describe_run(scenario: Scenario, *, invented: bool, **more: object) -> dict[str, Any]:
    """Return what `run.json` says of a run: everything that another person needs to make it again."""
    from okoshi.scenario.scenario import parameters_hash
    from okoshi.study.drawn import about_of_fit

    return {
        "okoshi": "run",
        "schema": SCHEMA,
        "version": version("okoshi"),
        "invented": invented,
        **({} if invented else {"credit": said_of_country(scenario, "credit")}),
        "scenario": scenario.name,
        "scenario_hash": scenario.hash,
        "parameters_hash": parameters_hash(),
        "behaviour_parameters": scenario.behaviour_parameters,
        "structure": scenario.in_full()["structure"],
        MODEL: this_maker().model,
        FITTED_WITH: about_of_fit(scenario.behaviour_parameters, scenario.structure.adoption).get("model"),
        **more,
        "scenario_in_full": scenario.in_full(),
        "command": sys.argv,
        "platform": {
            "python": platform.python_version(),
            "system": platform.system(),
            "machine": platform.machine(),
            "processor": processor(),
            "libraries": {name: version(name) for name in LIBRARIES},
        },
    }


@contextlib.contextmanager
def disk_errors(message: str, **where: Path) -> Iterator[None]:
    """Raise RunError in the words of a message where the disk does not take what a `with` block writes."""
    try:
        yield
    except OSError as error:
        raise RunError(say(message, **where, reason=reason_of(error))) from error


def reason_of(error: OSError) -> str:
    """Return in words why the system refused; a full disk by its name."""
    if error.errno in DISK_FULL:
        return say("run.disk_full")
    return error.strerror or str(error)


def _record_of(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((path / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _holds(path: Path, same: Mapping[str, object]) -> bool:
    found = _record_of(path)
    if found is None:
        return False
    asked = found.get(UNFINISHED)
    asked_for = found | asked if isinstance(asked, dict) else found
    return all(asked_for.get(key) == value for key, value in same.items())


def _about(run: Mapping[str, Any], scenario: Scenario) -> dict[str, Write]:
    """Return what writes the files about a run, `run.json` last."""
    text = json.dumps(run, ensure_ascii=False, indent=1, default=str) + "\n"
    return {
        SCENARIO_FILE: lambda path: _write_scenario(path, scenario),
        RUN_FILE: lambda path: path.write_text(text, encoding="utf-8"),
    }


def _write_scenario(path: Path, scenario: Scenario) -> None:
    import tomli_w

    path.write_text(tomli_w.dumps(scenario.in_full()), encoding="utf-8")
