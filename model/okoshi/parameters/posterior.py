"""Draws of calibrated parameters: files of them, and the words by which a scenario names one.

`behaviour.parameters` of a scenario is `prior` (the start values of the catalogue), `calibrated` (the ensemble that
ships with the package), or a Parquet file of draws; a number behind a colon names one draw, `calibrated:17`. Without
a number the draw nearest the median of the ensemble is meant (`study/representing.py` says which). A file holds a row
a draw and a column a parameter; `kind` tells draws of the posterior from draws of the prior, measured against them.

A rival form of adoption reads other parameters and reaches other levels with the shared ones, so that it has an
ensemble of its own: `calibrated` means the one that was fitted to the scenario's form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okoshi.language.messages import say
from okoshi.parameters.catalogue import catalogue
from okoshi.parameters.kinds import Value

if TYPE_CHECKING:
    from okoshi.engine.columns import Array

PRIOR, CALIBRATED = "prior", "calibrated"
POSTERIOR = "posterior"
FITTED = "diffusion"  # the form of adoption of the baseline
FITTED_APART = ("budget",)  # rival forms with a fit of their own
POLICY_HORIZON = 2023  # the fit that policy work rests on; earlier ones judge the model
METADATA = b"okoshi.calibration"
LONGEST_NUMBER = 9  # digits of a draw's number
WHOLE = ("yen", "count")


@dataclass(frozen=True)
class Posterior:
    """An ensemble: `draws` (draws, parameters) in natural units, `prior` alike, and what is known of the fit."""

    names: tuple[str, ...]
    draws: Array
    prior: Array
    about: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many draws of the posterior there are."""
        return len(self.draws)

    def values(self, number: int, kind: str = POSTERIOR) -> dict[str, Value]:
        """Return a draw as settings take it: name to value. Raises IndexError where there is no such draw."""
        row = (self.draws if kind == POSTERIOR else self.prior)[number]
        return {name: _stored(name, float(value)) for name, value in zip(self.names, row, strict=True)}

    @property
    def representative(self) -> int:
        """The number of the draw that stands for all: as the fit named it, else the one nearest the median.

        Nearest is told in each parameter's own spread.
        """
        import numpy as np

        if "representative" in self.about:
            return int(self.about["representative"])

        middle, spread = np.median(self.draws, axis=0), self.draws.std(axis=0)
        distance = ((self.draws - middle) / np.where(spread > 0, spread, 1.0)) ** 2
        return int(distance.sum(axis=1).argmin())


def _stored(name: str, value: float) -> Value:
    parameter = catalogue()[name]
    return parameter.check(round(value) if parameter.type in WHOLE else value)


def posterior_folder() -> Path:
    """Return the folder of the ensembles that ship with the package."""
    return Path(str(resources.files("okoshi.parameters"))) / "posterior"


def shipped(horizon: int = POLICY_HORIZON, adoption: str = FITTED) -> Path:
    """Return the file of the ensemble that ships for a horizon and a form of adoption, whether it is there or not."""
    form = f"_{adoption}" if adoption in FITTED_APART else ""
    return posterior_folder() / f"fy{horizon}{form}.parquet"


def read_posterior(path: Path) -> Posterior:
    """Read a file of draws. Raises OSError where it cannot be read, ValueError where it is none."""
    stat = path.stat()
    if not path.is_file():  # a pipe would keep its reader waiting for ever
        raise ValueError(say("faults.no_plain_file"))
    return _read(str(path.resolve()), stat.st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: str, _: int) -> Posterior:
    import numpy as np
    import pyarrow
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
        metadata = table.schema.metadata or {}
        about = json.loads(metadata[METADATA])
        if not isinstance(about, dict):
            raise TypeError("what a file says of its calibration is a table")
        kind = np.array(table["kind"].to_pylist())
        names = tuple(name for name in table.column_names if name not in ("draw", "kind"))
        values = np.column_stack([table[name].to_numpy() for name in names]).astype(np.float64)
    except (KeyError, ValueError, TypeError, RecursionError, pyarrow.ArrowException) as error:
        raise ValueError(say("calibrate.draws_unread")) from error
    found = Posterior(names, values[kind == POSTERIOR], values[kind == PRIOR], about)
    unknown = [name for name in names if name not in catalogue()]
    if unknown or not len(found):
        what = say("calibrate.draws_unknown", name=unknown[0]) if unknown else say("calibrate.draws_none")
        raise ValueError(what)
    for name, column in zip(names, values.T, strict=True):
        if not np.isfinite(column).all():
            shown = column[~np.isfinite(column)][0]
            raise ValueError(say("calibrate.draws_no_number", name=name, value=shown))
    chosen = about.get("representative", 0)
    if type(chosen) is not int or not 0 <= chosen < len(found):
        raise ValueError(say("calibrate.draws_no_such", number=chosen))
    for name, least, largest in zip(names, values.min(axis=0), values.max(axis=0), strict=True):
        # What is allowed is a range: the ends of a column answer for all between.
        for value in (float(least), float(largest)):
            try:
                _stored(name, value)
            except ValueError as error:
                raise ValueError(f"{name} = {value:g}: {error}") from error
    return found


def write_posterior(path: Path, posterior: Posterior) -> None:
    """Write a file of draws. Raises OSError when the disk does not take it."""
    import numpy as np
    import pyarrow
    from pyarrow import parquet

    rows = np.concatenate([posterior.draws, posterior.prior])
    numbers = np.concatenate([np.arange(len(posterior.draws)), np.arange(len(posterior.prior))])
    kinds = [POSTERIOR] * len(posterior.draws) + [PRIOR] * len(posterior.prior)
    columns = {"draw": numbers, "kind": kinds} | {
        name: rows[:, place] for place, name in enumerate(posterior.names)
    }
    about = json.dumps(dict(posterior.about), ensure_ascii=False, sort_keys=True).encode()
    table = pyarrow.table(columns).replace_schema_metadata({METADATA: about})
    parquet.write_table(table, path, compression="zstd")


def split_label(label: str) -> tuple[str, int | None]:
    """Return what a label names and which draw of it: `calibrated:17` is (`calibrated`, 17)."""
    name, colon, number = label.rpartition(":")
    is_number = number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER
    return (name, int(number)) if colon and is_number else (label, None)


def file_of(name: str, adoption: str = FITTED) -> Path:
    """Return the file of draws that a label's name means under a form of adoption; a file named is that file."""
    return shipped(adoption=adoption) if name == CALIBRATED else Path(name)


def values_of(label: str, adoption: str = FITTED) -> dict[str, Value]:
    """Return the draw that a scenario's `behaviour.parameters` means; nothing for the prior.

    Raises OSError, ValueError or IndexError where there is no such file or draw.
    """
    if label == PRIOR:
        return {}
    name, number = split_label(label)
    posterior = read_posterior(file_of(name, adoption))
    return posterior.values(posterior.representative if number is None else number)
