"""An append-only ledger of payments in whole yen.

A payment is never changed: what comes back is a payment the other way. The labels of the books (measures,
layers, items, payers, payees) are given by the caller; the ledger knows only their places in the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Yen = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]
Books = dict[str, npt.NDArray[Any]]

NO_PLACE = -1
BOOKS = ("measure", "layer", "item", "payer", "payee")
KEY_COLUMNS = ("fiscal_year", *BOOKS, "place")
_Account = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Labels:
    """The words of the books, in the order of their numbers.

    `same_body` says which payee is which payer: a payment to one of these is a transfer between payers (a
    reimbursement to a municipality), not the end of the money's way. `pooled` are items of a common pot, into
    which one place pays what another gets: they balance over the country, not place by place.
    """

    measure: tuple[str, ...]
    layer: tuple[str, ...]
    item: tuple[str, ...]
    payer: tuple[str, ...]
    payee: tuple[str, ...]
    same_body: Mapping[int, int] = field(default_factory=dict)
    pooled: frozenset[int] = frozenset()

    def of(self, book: str) -> tuple[str, ...]:
        """Return the labels of one book."""
        labels: tuple[str, ...] = getattr(self, book)
        return labels


class Ledger:
    """All payments of one run, kept as chunks of (account, places, yen) without a loop over rows."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._chunks: dict[_Account, list[tuple[Places, Yen]]] = {}
        self._known: set[tuple[int, ...]] = set()  # books whose numbers have labels
        self._highest_place = NO_PLACE

    def post(
        self,
        fiscal_year: int,
        measure: int,
        layer: int,
        item: int,
        payer: int,
        payee: int,
        place: npt.ArrayLike,
        yen: npt.ArrayLike,
    ) -> None:
        """Write payments down: `yen` and `place` (rows of places, or -1 for none) broadcast to one length.

        Raises TypeError for yen or places that are not whole numbers, ValueError for negative yen, for a
        place under -1 and for a number that no label stands behind.
        """
        account = (int(fiscal_year), int(measure), int(layer), int(item), int(payer), int(payee))
        if account[1:] not in self._known:
            self._check_account(account)
            self._known.add(account[1:])
        places, amounts = _whole_numbers("place", place), _whole_numbers("yen", yen)
        if places.ndim != 1 or places.shape != amounts.shape:
            places, amounts = np.broadcast_arrays(np.atleast_1d(places), np.atleast_1d(amounts))
        paid = amounts.nonzero()[0]
        if not len(paid):
            return
        places, amounts = places.take(paid), amounts.take(paid)
        if int(amounts.min()) < 0:
            raise ValueError(f"negative yen ({int(amounts.min())}) in {self._words(account)}")
        if int(places.min()) < NO_PLACE:
            raise ValueError(f"no place {int(places.min())} in {self._words(account)}")
        self._highest_place = max(self._highest_place, int(places.max()))
        self._chunks.setdefault(account, []).append((places, amounts))

    def table(self, fiscal_year: int | None = None) -> Books:
        """Return the payments summed by account and place, sorted, as columns of `KEY_COLUMNS` and `yen`.

        Those of one year, or of all. The books are int16 numbers of their labels, the rest int64. The same bytes in
        whatever order the payments were written down.
        """
        accounts = sorted(account for account in self._chunks if fiscal_year in (None, account[0]))
        sums = [self._sums_by_place(account) for account in accounts]
        counts = [len(places) for places, _ in sums]
        columns: Books = {}
        for position, name in enumerate(("fiscal_year", *BOOKS)):
            dtype = np.int64 if name == "fiscal_year" else np.int16
            numbers = np.array([account[position] for account in accounts], dtype=dtype)
            columns[name] = np.repeat(numbers, np.array(counts, dtype=np.int64))
        columns["place"] = _join([places for places, _ in sums])
        columns["yen"] = _join([yen for _, yen in sums])
        return columns

    def total(self, by: tuple[str, ...] = ()) -> Books:
        """Return the yen summed by some of `KEY_COLUMNS`, sorted by them; without any, one row of all."""
        return _sum_by(self.table(), by)

    def net(self, by: tuple[str, ...] = ("fiscal_year", "measure", "layer", "item", "place")) -> Books:
        """Return what each payer bears: paid less received, by the columns of `by`, then payer.

        Over all payers these add up to what left their circle, that is to the cost.
        """
        books = self.table()
        received = books["payee"].copy()
        for payee, payer in self.labels.same_body.items():
            received[books["payee"] == payee] = payer
        transfer = np.isin(books["payee"], list(self.labels.same_body))
        both = {name: np.concatenate([column, column[transfer]]) for name, column in books.items()}
        both["payer"] = np.concatenate([books["payer"], received[transfer]])
        both["yen"] = np.concatenate([books["yen"], -books["yen"][transfer]])
        return _sum_by(both, (*by, "payer"))

    def faults(self, costs: Books | None = None) -> list[str]:
        """Return in words what does not balance, an empty list when all does.

        Within each year, measure, layer, item and place (for pooled items, within each year) nobody may
        receive more than it paid, and with `costs` (fiscal_year, measure, layer, item, place and yen, reckoned
        apart from the payments) the payers' net payments must add up to the cost, to the yen.
        """
        by = ("fiscal_year", "measure", "layer", "item", "place")
        net, of_year = self.net(by), self.net(("fiscal_year",))
        overdrawn = (net["yen"] < 0) & ~np.isin(net["item"], list(self.labels.pooled))
        found = [
            f"{self._row_words(net, row)}: {self.labels.payer[net['payer'][row]]} received "
            f"{-net['yen'][row]} yen more than it paid"
            for row in np.flatnonzero(overdrawn).tolist()
        ] + [
            f"{of_year['fiscal_year'][row]}: {self.labels.payer[of_year['payer'][row]]} received "
            f"{-of_year['yen'][row]} yen more than it paid in the whole year"
            for row in np.flatnonzero(of_year["yen"] < 0).tolist()
        ]
        if costs is None:
            return found
        paid = _sum_by(net, by)
        differing = {name: np.concatenate([costs[name], paid[name]]) for name in by}
        differing["yen"] = np.concatenate([costs["yen"], -paid["yen"]])
        over = _sum_by(differing, by)
        return found + [
            f"{self._row_words(over, row)}: cost and payments differ by {over['yen'][row]} yen"
            for row in np.flatnonzero(over["yen"]).tolist()
        ]

    def _sums_by_place(self, account: _Account) -> tuple[Places, Yen]:
        # Whole numbers summed place by place: exact, and the same whatever the order of the chunks.
        sums = np.zeros(self._highest_place + 2, dtype=np.int64)
        for places, yen in self._chunks[account]:
            np.add.at(sums, places + 1, yen)
        filled = np.flatnonzero(sums)
        return filled - 1, sums[filled]

    def _check_account(self, account: _Account) -> None:
        for book, number in zip(BOOKS, account[1:], strict=True):
            if not 0 <= number < len(self.labels.of(book)):
                raise ValueError(f"no {book} has the number {number}")

    def _words(self, account: _Account) -> str:
        names = [self.labels.of(book)[number] for book, number in zip(BOOKS, account[1:], strict=True)]
        return f"{account[0]} " + ", ".join(names)

    def _row_words(self, books: Books, row: int) -> str:
        names = [self.labels.of(book)[books[book][row]] for book in ("measure", "layer", "item")]
        return f"{books['fiscal_year'][row]} {', '.join(names)} at place {books['place'][row]}"


def _whole_numbers(what: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"{what} must be whole numbers, not {numbers.dtype}")
    return numbers.astype(np.int64, copy=False)


def _join(parts: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _sum_by(books: Books, by: tuple[str, ...]) -> Books:
    unknown = set(by) - set(KEY_COLUMNS)
    if unknown:
        raise KeyError(f"the ledger has no column {sorted(unknown)}")
    yen = books["yen"]
    if not by:
        return {"yen": np.array([yen.sum()], dtype=np.int64)}
    packed = np.zeros(len(yen), dtype=np.int64)
    if len(yen):
        for name in by:
            column = books[name].astype(np.int64)
            low = int(column.min())
            packed = packed * (int(column.max()) - low + 1) + (column - low)
    _, first, group = np.unique(packed, return_index=True, return_inverse=True)
    sums = np.zeros(len(first), dtype=np.int64)
    np.add.at(sums, group, yen)
    return {**{name: books[name][first] for name in by}, "yen": sums}
