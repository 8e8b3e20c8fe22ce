"""What a user gets from a command line, and the smallest run worth looking at."""

from collections.abc import Callable
from dataclasses import dataclass

from okoshi.simulation import RegionalModel

SMALL = ("--set", 'world.prefectures=["島根県"]', "--years", "2009:2013", "--no-figures")


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Okoshi = Callable[..., Said]


def stops_after(runs: int, error: BaseException) -> Callable[[RegionalModel], None]:
    """Return what may stand for `RegionalModel.run`: so many models live, the next one raises `error`."""
    live, left = RegionalModel.run, iter(range(runs))

    def run(model: RegionalModel) -> None:
        if next(left, None) is None:
            raise error
        live(model)

    return run
