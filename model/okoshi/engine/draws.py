"""Draws that depend on who, what and when alone.

A draw is a function of (seed, stream name, tick, who) and of nothing else: no shared generator, no order, no
global state. Two scenarios under one seed therefore share their luck, and one person more renames nobody.
The generator is the finaliser of SplitMix64 (Steele, Lea and Flood 2014) over a column of 64-bit keys.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

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

    The order of the parts matters: (1, 2) and (2, 1) are different agents.
    """
    arrays = np.broadcast_arrays(*[np.asarray(part).astype(np.uint64) for part in parts])
    keys = np.full(arrays[0].shape, np.uint64(_GOLDEN), dtype=np.uint64)
    for part in arrays:
        keys = _finalise_in_place(keys + part * np.uint64(_GOLDEN) + np.uint64(0x632BE59BD9B4E019))
    return keys


@dataclass(frozen=True)
class Stream:
    """One decision's source of luck, under one seed: `Stream(seed, "cooperators.quit")`."""

    seed: int
    name: str

    @property
    def key(self) -> int:
        """The stream's own 64-bit number."""
        return _finalise((_finalise(self.seed & _MASK) + text_key(self.name)) & _MASK)

    def bits(self, who: Keys, tick: int = 0, sub: int = 0) -> Keys:
        """Return 64 random bits for each key of `who` at one tick; `sub` tells draws of one decision apart."""
        salt = _finalise((self.key + (tick * 0x10001 + sub + 1) * _GOLDEN) & _MASK)
        return _finalise_in_place(who ^ np.uint64(salt))

    def uniform(self, who: Keys, tick: int = 0, sub: int = 0) -> Floats:
        """Return numbers strictly between 0 and 1, one for each key of `who`."""
        return ((self.bits(who, tick, sub) >> _S11).astype(np.float64) + 0.5) * _TO_UNIT

    def uniform_matrix(self, who: Keys, columns: int, tick: int = 0, first: int = 0) -> Floats:
        """Return a matrix of shape (len(who), columns): column j is the draw with `sub` = first + j."""
        salts = np.array(
            [
                _finalise((self.key + (tick * 0x10001 + first + j + 1) * _GOLDEN) & _MASK)
                for j in range(columns)
            ],
            dtype=np.uint64,
        )
        words = _finalise_in_place(who[:, None] ^ salts[None, :])
        return ((words >> _S11).astype(np.float64) + 0.5) * _TO_UNIT

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
    """All streams of one run: `luck("cooperators.quit")`. Names are declared in one place, `STREAMS`."""

    seed: int

    def __call__(self, name: str) -> Stream:
        """Return the stream of that name under this run's seed."""
        return Stream(self.seed, name)


def poisson_from_uniform(uniform: Floats, mean: npt.ArrayLike) -> Integers:
    """Return the Poisson quantile at each uniform number: monotone in the mean and in the uniform."""
    from scipy.special import pdtr, pdtrik

    means = np.broadcast_to(np.asarray(mean, dtype=np.float64), uniform.shape)
    counts = np.zeros(uniform.shape, dtype=np.int64)
    positive = means > 0
    guess = np.ceil(pdtrik(uniform[positive], means[positive])).clip(min=0)
    # pdtrik inverts a continuous extension: step to the smallest count whose probability reaches the draw.
    guess -= (guess > 0) & (pdtr(guess - 1, means[positive]) >= uniform[positive])
    guess += pdtr(guess, means[positive]) < uniform[positive]
    counts[positive] = guess.astype(np.int64)
    return counts


def replicate_seed(seed: int, replicate: int) -> int:
    """Return the seed of replicate r: the same whether 3 or 30 replicates are asked for."""
    return _finalise((_finalise(seed & _MASK) + replicate * _GOLDEN) & _MASK) >> 1
