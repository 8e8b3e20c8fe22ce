"""Who made a number: the version of the model, the kind of CPU and the libraries that reckon.

Numbers of two makers are never mixed: another version is another model, and `exp` and `log` differ between kinds
of CPU in the last bit.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path

RECKONING = ("numpy", "scipy")
# What decides a number: the rooms below the studies. A text or a table's look may change without a new model.
ROOMS = ("engine", "parameters", "scenario", "policy", "world", "agents", "markets", "measures", "observe")
CONTENT = {".py", ".toml", ".parquet"}


@dataclass(frozen=True)
class Maker:
    """Two makers are the same when all of this is."""

    model: str
    processor: str
    libraries: tuple[str, ...]

    @property
    def id(self) -> str:
        """A short text that stands for all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    def shown(self) -> str:
        """Return the maker in words."""
        return f"okoshi {self.model}, {self.processor}, {', '.join(self.libraries)}"


@cache
def this_maker() -> Maker:
    """Return the maker that this process is."""
    libraries = tuple(f"{name} {version(name)}" for name in RECKONING)
    return Maker(f"{version('okoshi')}+{digest_of_model()[:12]}", processor(), libraries)


def digest_of_model() -> str:
    """Return the sha256, in hex, of all files that decide a number: who edits the model has another one."""
    package = Path(str(resources.files("okoshi")))
    files = [package / "simulation.py"]
    for room in ROOMS:
        files += (path for path in (package / room).rglob("*") if path.suffix in CONTENT)
    # Draws are what a study found with the model, and stand in the content of a run that uses them.
    files = [path for path in files if path.parent.name != "posterior"]
    digest = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(package).as_posix()):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def processor() -> str:
    """Return the kind of CPU: last bits of exp and log differ between kinds."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
