"""People (人口) by municipality, sex and single year of age, and the agents among them, listed apart.

Cells hold people with fractions; an agent is one whole person, taken out of a cell at the origin, listed where it
lives, and put back into a cell where its story ends. At any time everybody = cells + listed, and taking out, moving
and putting back do not change the sum (a world with too few people to take from gets them from outside, counted).
"""

from __future__ import annotations

import numpy as np

from okoshi.agents.arrays import Floats, Integers
from okoshi.agents.people_rates import Rows
from okoshi.agents.people_year import row_sums
from okoshi.world.people import AGES


class PeopleCells:
    """The cells of all rows (shape rows, 2, 101) and the listed people of the municipalities (the same shape).

    `cells_left` and `agents_came` count, by row since the year began, persons taken out of cells for the list
    (less those put back) and persons listed (less those taken off): their sums are equal but for deaths.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.cells: Floats = rows.people_2009.copy()
        self.listed: Floats = np.zeros_like(self.cells)
        self.from_outside = 0.0
        self.begin_year()

    def begin_year(self) -> None:
        """Forget what was counted since the last year began."""
        self.cells_left = np.zeros(len(self.rows))
        self.agents_came = np.zeros(len(self.rows))
        self.buried = np.zeros(len(self.rows))

    def everybody(self) -> Floats:
        """Return cells and listed people together, by row, sex and age."""
        return np.asarray(self.cells + self.listed)

    def take_out(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """List persons of cells apart: each leaves its cell of `place` and lives in municipality `to` from now on.

        Where a cell holds less than the persons asked for, the rest comes from the same sex and age of all rows.
        """
        age = np.clip(age, 0, AGES - 1)
        before = row_sums(self.cells)
        counts = self._counts(place, sex, age)
        short = np.maximum(counts - self.cells, 0.0)
        self.cells -= counts - short
        self.take_anywhere(short.sum(axis=0))
        self._list(before, to, sex, age)

    def take_out_of_groups(
        self, group: Integers, of_row: Integers, sex: Integers, age: Integers, to: Integers
    ) -> None:
        """List persons apart who come from somewhere in a group of rows (a prefecture): shared by its cells.

        `group` names each person's, `of_row` each row's (-1: none). A group without such people takes from all.
        """
        age = np.clip(age, 0, AGES - 1)
        before = row_sums(self.cells)
        counts = _by_group(group, sex, age, int(of_row.max(initial=0)) + 1)
        self.take_anywhere(self.take_shares(counts[:-1], of_row) + counts[-1])
        self._list(before, to, sex, age)

    def move(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Let listed people move from one municipality to another. Raises ValueError for one not listed there."""
        age = np.clip(age, 0, AGES - 1)
        self._off_list(place, sex, age)
        np.add.at(self.listed, (to, sex, age), 1.0)
        self.agents_came += np.bincount(to, minlength=len(self.rows))

    def put_back(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Put listed people of `place` into the cells of row `to`. Raises ValueError for one not listed there."""
        age = np.clip(age, 0, AGES - 1)
        self._off_list(place, sex, age)
        np.add.at(self.cells, (to, sex, age), 1.0)
        self.cells_left -= np.bincount(to, minlength=len(self.rows))

    def put_back_in_groups(
        self, place: Integers, group: Integers, of_row: Integers, sex: Integers, age: Integers
    ) -> None:
        """Put listed people of `place` back somewhere in a group of rows, shared by its cells of that age."""
        age = np.clip(age, 0, AGES - 1)
        before = row_sums(self.cells)
        self._off_list(place, sex, age)
        counts = _by_group(group, sex, age, int(of_row.max(initial=0)) + 1)
        self.put_anywhere(self.put_shares(counts[:-1], of_row) + counts[-1])
        self.cells_left += before - row_sums(self.cells)

    def bury(self, place: Integers, sex: Integers, age: Integers) -> None:
        """Take listed people off who died. Raises ValueError for one not listed there."""
        self._off_list(place, sex, np.clip(age, 0, AGES - 1))
        self.buried += np.bincount(place, minlength=len(self.rows))

    def age_listed(self) -> None:
        """Make everybody listed a year older."""
        older = np.zeros_like(self.listed)
        older[:, :, 1:] = self.listed[:, :, :-1]
        older[:, :, -1] += self.listed[:, :, -1]
        self.listed = older

    def take_shares(self, counts: Floats, of_row: Integers) -> Floats:
        """Take `counts` (groups, 2, 101) out of the cells of each group, in proportion; return what lacked."""
        sums = self._sums(of_row, len(counts))
        taken = np.minimum(counts, sums)
        keep = 1.0 - np.divide(taken, sums, out=np.zeros_like(sums), where=sums > 0)
        self._scale(keep, of_row)
        return np.asarray((counts - taken).sum(axis=0))

    def put_shares(self, counts: Floats, of_row: Integers) -> Floats:
        """Put `counts` (groups, 2, 101) into the cells of each group, in proportion; return what found nobody."""
        sums = self._sums(of_row, len(counts))
        self._scale(1.0 + np.divide(counts, sums, out=np.zeros_like(sums), where=sums > 0), of_row)
        return np.asarray(np.where(sums > 0, 0.0, counts).sum(axis=0))

    def take_anywhere(self, counts: Floats) -> None:
        """Take `counts` (2, 101) out of the cells of all rows in proportion.

        Where a sex and age lacks people, any age of that sex gives; where the sex does, they come from outside.
        """
        if not counts.any():
            return
        lack = self.take_shares(counts[None], self._one_group()).sum(axis=1)
        if lack.any():
            by_sex = self.cells.sum(axis=(0, 2))
            share = np.minimum(lack / np.where(by_sex > 0, by_sex, 1.0), np.where(by_sex > 0, 1.0, 0.0))
            self.cells *= 1.0 - share[None, :, None]
            self.from_outside += float((lack - share * by_sex).sum())

    def put_anywhere(self, counts: Floats) -> None:
        """Put `counts` (2, 101) into the cells of all rows in proportion; where none is of that age, by people."""
        if not counts.any():
            return
        left = self.put_shares(counts[None], self._one_group())
        people = self.everybody().sum(axis=(1, 2))
        share = people / people.sum() if people.sum() > 0 else np.full(len(people), 1.0 / len(people))
        self.cells += share[:, None, None] * left[None]

    def _one_group(self) -> Integers:
        return np.zeros(len(self.rows), dtype=np.int64)

    def _list(self, before: Floats, to: Integers, sex: Integers, age: Integers) -> None:
        np.add.at(self.listed, (to, sex, age), 1.0)
        self.cells_left += before - row_sums(self.cells)
        self.agents_came += np.bincount(to, minlength=len(self.rows))

    def _off_list(self, place: Integers, sex: Integers, age: Integers) -> None:
        left = self.listed - self._counts(place, sex, age)
        if (left < 0).any():
            row, who, years = (int(index[0]) for index in np.nonzero(left < 0))
            raise ValueError(f"nobody of sex {who} and age {years} is listed in row {row}")
        self.listed = left
        self.agents_came -= np.bincount(place, minlength=len(self.rows))

    def _counts(self, place: Integers, sex: Integers, age: Integers) -> Floats:
        counts = np.zeros_like(self.cells)
        np.add.at(counts, (place, sex, age), 1.0)
        return counts

    def _sums(self, of_row: Integers, groups: int) -> Floats:
        sums = np.zeros((groups, 2, AGES))
        rows = np.flatnonzero(of_row >= 0)
        order = rows[np.argsort(of_row[rows], kind="stable")]
        if len(order):
            there, starts = np.unique(of_row[order], return_index=True)
            sums[there] = np.add.reduceat(self.cells[order], starts, axis=0)
        return sums

    def _scale(self, factor: Floats, of_row: Integers) -> None:
        self.cells *= np.concatenate([factor, np.ones((1, 2, AGES))])[of_row]


def _by_group(group: Integers, sex: Integers, age: Integers, groups: int) -> Floats:
    """Return persons by group, sex and age; the last row holds those whose group has no rows."""
    counts = np.zeros((groups + 1, 2, AGES))
    known = np.where((group >= 0) & (group < groups), group, groups)
    np.add.at(counts, (known, sex, age), 1.0)
    return counts
