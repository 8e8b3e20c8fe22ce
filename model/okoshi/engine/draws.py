"""Draws that depend on who, what and when alone.

A draw is a function of (seed, stream name, tick, who) and of nothing else: no shared generator, no order, no
global state. Two scenarios under one seed therefore share their luck, and one person more renames nobody.
The generator is the finaliser of SplitMix64 (Steele, Lea and Flood 2014) over a column of 64-bit keys.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_GOLDEN = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53
_BELOW_ONE = 1.0 - 2.0**-53
_SUBS = 0x10001
_LONG, _BLOCK = 50_000, 8_192
_SMALL_MEAN, _MOST_STEPS, _TOO_NEAR, _FEW = 30.0, 150, 1e-12, 16


def _finalise(word: int) -> int:
    word = ((word ^ (word >> 30)) * int(_FIRST)) & _MASK
    word = ((word ^ (word >> 27)) * int(_SECOND)) & _MASK
    return word ^ (word >> 31)


def _finalise_in_place(words: Keys) -> Keys:
    words ^= words >> _S30
    words *= _FIRST
    words ^= words >> _S27
    words *= _SECOND
    words ^= words >> _S31
    return words


def text_key(text: str) -> int:
    """Return a lasting 64-bit key of a text (the same in every process and on every machine)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def combine_keys(*parts: npt.ArrayLike) -> Keys:
    """Return lasting keys made of several whole numbers, broadcast against one another.

    The order of the parts matters: (1, 2) and (2, 1) are different agents. Raises TypeError for fractions:
    cut off silently, they would give two agents one key.
    """
    keys: Keys = np.array([_GOLDEN], dtype=np.uint64)
    for part in parts:  # each in its own shape: what is the same for all is mixed in once
        keys = _finalise_in_place(keys + (_whole(part) * np.uint64(_GOLDEN) + np.uint64(0x632BE59BD9B4E019)))
    return keys if any(np.ndim(part) for part in parts) else keys[0]


def _whole(part: npt.ArrayLike) -> Keys:
    numbers = np.asarray(part)
    if numbers.dtype.kind not in "iub":
        raise TypeError(f"a key is made of whole numbers, not of {numbers.dtype}")
    return np.atleast_1d(numbers.astype(np.uint64))


@lru_cache(maxsize=1024)
def _salts(key: int, columns: int) -> Keys:
    steps = (np.arange(columns, dtype=np.uint64) + np.uint64(1)) * np.uint64(_GOLDEN)
    salts = _finalise_in_place(steps + np.uint64(key))
    salts.flags.writeable = False
    return salts


@lru_cache(maxsize=4096)
def _stream_key(seed: int, name: str) -> int:
    return _finalise((_finalise(seed & _MASK) + text_key(name)) & _MASK)


def _to_unit(words: Keys) -> Floats:
    """Return words as uniform numbers, using the words up (they are the caller's own)."""
    words >>= _S11
    numbers = words.view(np.int64).astype(np.float64)  # under 2^53; signed words convert three times as fast
    numbers += 0.5
    numbers *= _TO_UNIT
    # The largest word rounds up to one, which no inverse distribution function bears.
    return np.minimum(numbers, _BELOW_ONE, out=numbers)


def _first_word_reaching(bound: float) -> int:
    """Return the smallest 53-bit word whose uniform number is not under `bound`."""
    word = int(min(max(bound, 0.0), 1.0) * 2.0**53)
    word = max(word - 2, 0)
    while word < 1 << 53 and min((word + 0.5) * _TO_UNIT, _BELOW_ONE) < bound:
        word += 1
    return word


def _in_blocks(draw: Callable[[Keys], Floats], who: Keys, shape: tuple[int, ...]) -> Floats:
    # A long column block by block, which stays in the processor's cache: three times as fast, in half the room.
    size = math.prod(shape)
    if size <= _LONG:
        return draw(who)
    numbers = np.empty(shape)
    rows = max(_BLOCK * len(who) // size, 1)
    for start in range(0, len(who), rows):
        numbers[start : start + rows] = draw(who[start : start + rows])
    return numbers


@dataclass(frozen=True)
class Stream:
    """One decision's source of luck, under one seed: `Stream(seed, "cooperators.quit")`."""

    seed: int
    name: str

    @cached_property
    def key(self) -> int:
        """The stream's own 64-bit number."""
        return _stream_key(self.seed, self.name)

    def _check_sub(self, sub: int) -> None:
        if not 0 <= sub < _SUBS:
            raise ValueError(
                f"{self.name}: sub must lie in 0-{_SUBS - 1}, not {sub}: it would be the next tick"
            )

    def _salt(self, tick: int, sub: int) -> int:
        self._check_sub(sub)
        return _finalise((self.key + (tick * _SUBS + sub + 1) * _GOLDEN) & _MASK)

    def bits(self, who: Keys, tick: int = 0, sub: int = 0) -> Keys:
        """Return 64 random bits for each key of `who`; `sub` tells draws of one decision apart."""
        return _finalise_in_place(who ^ np.uint64(self._salt(tick, sub)))

    def uniform(self, who: Keys, tick: int = 0, sub: int = 0) -> Floats:
        """Return numbers strictly between 0 and 1, one for each key of `who`."""
        salt = np.uint64(self._salt(tick, sub))
        return _in_blocks(lambda part: _to_unit(_finalise_in_place(part ^ salt)), who, who.shape)

    def uniform_matrix(self, who: Keys, columns: int, tick: int = 0, first: int = 0) -> Floats:
        """Return a matrix of shape (len(who), columns): column j is the draw with `sub` = first + j."""
        self._check_sub(first)
        self._check_sub(first + max(columns - 1, 0))
        salts = _salts((self.key + (tick * _SUBS + first) * _GOLDEN) & _MASK, columns)
        return _in_blocks(
            lambda part: _to_unit(_finalise_in_place(part[:, None] ^ salts)), who, (len(who), columns)
        )

    def below(self, who: Keys, tick: int, bound: float, sub: int = 0) -> tuple[Integers, Floats]:
        """Return the rows of `who` whose uniform number is under `bound`, and those numbers.

        For rare events: draw first, and compute the hazard only where the draw is under an upper bound of all
        hazards. The same rows and numbers as comparing `uniform(who, tick, sub)`, without turning every word
        into a float: `rows, u = stream.below(key, month, 0.05)`, then `quits = rows[u < hazard(rows)]`.
        """
        words = self.bits(who, tick, sub)
        limit = _first_word_reaching(bound)
        all_of_them = limit == 1 << 53
        rows = np.arange(len(words)) if all_of_them else np.flatnonzero(words < np.uint64(limit << 11))
        return rows, _to_unit(words[rows])

    def normal(self, who: Keys, tick: int = 0, sub: int = 0) -> Floats:
        """Return standard normal numbers, by inversion, one for each key of `who`."""
        from scipy.special import ndtri

        draws: Floats = ndtri(self.uniform(who, tick, sub))
        return draws

    def gumbel(self, who: Keys, tick: int = 0, sub: int = 0) -> Floats:
        """Return standard Gumbel numbers (the taste term of a logit choice), one for each key of `who`."""
        return np.asarray(-np.log(-np.log(self.uniform(who, tick, sub))))

    def poisson(self, who: Keys, mean: npt.ArrayLike, tick: int = 0, sub: int = 0) -> Integers:
        """Return Poisson counts by inversion: a higher mean never gives a lower count."""
        return poisson_from_uniform(self.uniform(who, tick, sub), mean)


@dataclass(frozen=True)
class Luck:
    """All streams of one run: `luck("cooperators.quit")`.

    With `streams`, the names declared in one place, any other name is refused: a misspelt stream would
    otherwise be a new source of luck that nobody notices.
    """

    seed: int
    streams: frozenset[str] | None = None

    def __call__(self, name: str) -> Stream:
        """Return the stream of that name under this run's seed.

        Raises KeyError for a name that is not declared.
        """
        if self.streams is not None and name not in self.streams:
            raise KeyError(f"no stream {name!r} is declared")
        return _stream(self.seed, name)


@lru_cache(maxsize=4096)
def _stream(seed: int, name: str) -> Stream:
    return Stream(seed, name)


def poisson_from_uniform(uniform: Floats, mean: npt.ArrayLike) -> Integers:
    """Return the Poisson quantile at each uniform number: monotone in the mean and in the uniform.

    The smallest count whose cumulative probability reaches the number; 0 where the mean is not positive.
    """
    draws = uniform.ravel()
    means = np.broadcast_to(np.asarray(mean, dtype=np.float64), uniform.shape).ravel()
    counts = np.zeros(len(draws), dtype=np.int64)
    small = np.flatnonzero((means > 0) & (means <= _SMALL_MEAN))
    large = np.flatnonzero(means > _SMALL_MEAN)
    if len(small):
        counts[small] = _search_upwards(draws.take(small), means.take(small))
    if len(large):
        counts[large] = _invert(draws.take(large), means.take(large))
    return counts.reshape(uniform.shape)


def _search_upwards(uniform: Floats, mean: Floats) -> Integers:
    # Adding up probabilities for many draws is fifty times as fast as inverting; where a draw lies so near a step
    # that rounding might decide, or few are left, the inversion does. Draws with a count are put aside when half
    # have one.
    counts = np.zeros(uniform.shape, dtype=np.int64)
    doubtful = np.zeros(uniform.shape, dtype=np.bool_)
    index, draw, rate, found = np.arange(len(uniform)), uniform, mean, counts.copy()
    term = np.exp(-mean)
    reached = term.copy()
    for count in range(1, _MOST_STEPS):
        if len(draw) < _FEW:
            break
        gap = draw - reached
        near = np.abs(gap) < _TOO_NEAR
        if near.any():
            doubtful[index[near]] = True
        short = gap > 0
        found += short
        left = np.count_nonzero(short)
        if 2 * left < len(draw):
            counts[index] = found
            stay = np.flatnonzero(short)
            index, draw, rate, found = index.take(stay), draw.take(stay), rate.take(stay), found.take(stay)
            term, reached = term.take(stay), reached.take(stay)
        if not left:
            break
        term *= rate / count
        reached += term
    doubtful[index] = True
    if doubtful.any():
        counts[doubtful] = _invert(uniform[doubtful], mean[doubtful])
    return counts


def _invert(uniform: Floats, mean: Floats) -> Integers:
    from scipy.special import pdtr, pdtrik

    guess = np.nan_to_num(np.ceil(pdtrik(uniform, mean))).clip(min=0)
    # pdtrik inverts a continuous extension: step to the smallest count whose probability reaches the draw.
    guess -= (guess > 0) & (pdtr(guess - 1, mean) >= uniform)
    guess += pdtr(guess, mean) < uniform
    counts: Integers = guess.astype(np.int64)
    return counts


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the seed of replicate r: the same whether 3 or 30 replicates are asked for."""
    return _finalise((_finalise(seed & _MASK) + replicate * _GOLDEN) & _MASK) >> 1
