"""Cooperative games: what each player adds to what all achieve together, exactly.

A game gives a value to every coalition of n players; coalition c is a number whose bit i says whether player i is
in it. All is reckoned in fractions, so that the values add up to the whole to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial

type Game = Sequence[Fraction]


def shapley_values(game: Game) -> list[Fraction]:
    """Return what each player adds, averaged over all orders in which they may come (Shapley 1953).

    `phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))`; the values add up to
    `v(all) - v(nobody)`. Raises ValueError where the game has not one value a coalition.
    """
    count = _players(game)
    weights = [
        Fraction(factorial(size) * factorial(count - size - 1), factorial(count)) for size in range(count)
    ]
    values = [Fraction(0)] * count
    for coalition in range(len(game)):
        weight = weights[coalition.bit_count()] if coalition.bit_count() < count else Fraction(0)
        for player in range(count):
            if not coalition >> player & 1:
                values[player] += weight * (game[coalition | 1 << player] - game[coalition])
    return values


def interactions(game: Game) -> dict[tuple[int, int], Fraction]:
    """Return what each pair gives beyond its parts: the Shapley interaction index (Grabisch and Roubens 1999).

    `I_ij = sum over S without i, j of |S|! (n - |S| - 2)! / (n - 1)! (v(S + ij) - v(S + i) - v(S + j) + v(S))`:
    over 0 where the two help each other, under 0 where one makes the other less needed.
    """
    count = _players(game)
    found: dict[tuple[int, int], Fraction] = {}
    for one, other in combinations(range(count), 2):
        with_one, with_other = 1 << one, 1 << other
        total = Fraction(0)
        for coalition in range(len(game)):
            if coalition & (with_one | with_other):
                continue
            size = coalition.bit_count()
            weight = Fraction(factorial(size) * factorial(count - size - 2), factorial(count - 1))
            total += weight * (
                game[coalition | with_one | with_other]
                - game[coalition | with_one]
                - game[coalition | with_other]
                + game[coalition]
            )
        found[one, other] = total
    return found


def _players(game: Game) -> int:
    count = len(game).bit_length() - 1
    if len(game) != 1 << count or count < 1:
        raise ValueError(f"a game of n players has 2^n values, not {len(game)}")
    return count
