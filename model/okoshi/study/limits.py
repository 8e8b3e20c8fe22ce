"""What may be asked of runs, and on how many threads a process counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral

from okoshi.language.errors import Fault, InputError, nearest_name
from okoshi.language.messages import say

MOST_REPLICATES = 10_000
MOST_WORKERS = 1_024  # more than any one machine has

# Of a process: so that processes are all there is to count, and since more threads add up in another order.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def refuse_count(key: str, count: object, most: int, least: int = 1) -> None:
    """Raise InputError where a number of runs or processes, as Python gives it, is none from `least` to `most`."""
    if isinstance(count, Integral) and least <= int(count) <= most:
        return
    what = say("faults.out_of_range" if isinstance(count, Integral) else "faults.wrong_type")
    allowed = say("allowed.whole", low=least, high=most)
    raise InputError(Fault(what, key=key, value=str(count), allowed=allowed))


def refuse_unknown_tables(key: str, names: Iterable[str], known: Sequence[str]) -> None:
    """Raise InputError, with all faults, where a table is wanted that is not there."""
    faults = [
        Fault(
            say("faults.unknown_table"),
            key=key,
            value=str(name),
            allowed=", ".join(known),
            nearest=nearest_name(str(name), known),
        )
        for name in names
        if name not in known
    ]
    if faults:
        raise InputError(faults)
