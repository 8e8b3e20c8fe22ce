"""What a user gets from a command line, and the smallest run worth looking at."""

from collections.abc import Callable
from dataclasses import dataclass

SMALL = ("--set", 'world.prefectures=["島根県"]', "--years", "2009:2013", "--no-figures")


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Okoshi = Callable[..., Said]
