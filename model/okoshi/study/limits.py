"""How much may be asked for at once, and on how many threads a process counts."""

from __future__ import annotations

from numbers import Integral

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say

MOST_REPLICATES = 10_000
MOST_WORKERS = 1_024  # more than any one machine has

# Of a process: so that processes are all there is to count, and since more threads add up in another order.
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def refuse_count(key: str, count: object, most: int) -> None:
    """Raise InputError where a number of runs or processes, as Python gives it, is none from 1 to `most`."""
    if isinstance(count, Integral) and 1 <= int(count) <= most:
        return
    what = say("faults.out_of_range" if isinstance(count, Integral) else "faults.wrong_type")
    allowed = say("allowed.whole", low=1, high=most)
    raise InputError(Fault(what, key=key, value=str(count), allowed=allowed))
