"""People (人口) by municipality, sex and single year of age, and the agents among them, listed apart.

Cells hold people with fractions; an agent is one whole person, taken out of a cell at the origin, listed where it
lives, and put back into a cell where its story ends. At any time everybody = cells + listed, and taking out, moving
and putting back do not change the sum (a world with too few people to take from gets them from outside, counted).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from okoshi.agents.arrays import Floats, Integers, Whole
from okoshi.agents.people_fertility import mothers_among
from okoshi.agents.people_rates import Rows, by_class, class_count, row_blocks
from okoshi.agents.people_year import Beside, grow_older, row_sums
from okoshi.world.people import AGES, WOMEN

STREAMS_PEOPLE = frozenset({"people.listed", "people.listed_dies"})


@dataclass(frozen=True)
class Counted:
    """People by the four ages: of the cells by row, the expected agents among them by municipality, listed by row."""

    cells: Floats
    expected: Floats
    listed: Floats


class PeopleCells:
    """The cells of all rows (shape rows, 2, 101) and the listed people of the municipalities (the same shape).

    `cells_left` and `agents_came` count, by row since the year began, persons taken out of cells for the list
    (less those put back) and persons listed (less those taken off, the dead apart): their sums are equal.
    `group_of_row` names each row's group (a prefecture; -1: none), where people come from and go back to.
    """

    def __init__(self, rows: Rows, group_of_row: Integers) -> None:
        self.rows, self.group_of_row = rows, group_of_row
        self.classes = _adding_up(self.of_municipalities, class_count())
        self.groups = _adding_up(group_of_row, int(group_of_row.max(initial=-1)) + 1)
        self.cells: Floats = rows.people_2009.copy()
        self.listed: Whole = np.zeros(self.cells.shape, dtype=np.float32)
        self.expected: Floats = np.zeros((class_count(), 2, AGES))
        self.from_outside = 0.0
        self.begin_year()

    def begin_year(self) -> None:
        """Forget what was counted since the last year began."""
        self.cells_left = np.zeros(len(self.rows))
        self.agents_came = np.zeros(len(self.rows))
        self.buried = np.zeros(len(self.rows))

    def everybody(self) -> Floats:
        """Return all people by row, sex and age: cells and listed people, less the agents the cells hold already."""
        people = self.cells + self.listed
        if self.expected.any():
            count, size_class = self.rows.municipalities, self.of_municipalities
            people[:count] -= self.cells[:count] * _ratio(self.expected, self.held())[size_class]
        return people

    def by_age(self) -> Floats:
        """Return all people of the municipalities by sex and age, shape (2, 101)."""
        count = self.rows.municipalities
        people: Floats = self.cells[:count].sum(axis=0) + _column_sums(self.listed[:count])
        return people - self.expected.sum(axis=0)

    def count(self) -> Counted:
        """Count the people of the cells, the expected and the listed."""
        cells = _four_ages(self.cells)
        return Counted(cells, self._expected_by_row(cells), _four_ages(self.listed))

    def totals(self, counted: Counted | None = None) -> Floats:
        """Return all people, those under 15, of 65 and over, and of 75 and over, by row: shape (rows, 4).

        `counted` are they, where they have been counted already.
        """
        counted = counted or self.count()
        groups = counted.cells.copy()
        groups[: self.rows.municipalities] -= counted.expected
        young, middle, old, very_old = (groups + counted.listed).T
        return np.stack([young + middle + old + very_old, young, old + very_old, very_old], axis=1)

    @property
    def of_municipalities(self) -> Integers:
        """The size class of each municipality."""
        return self.rows.size_class[: self.rows.municipalities]

    def held(self) -> Floats:
        """Return the people in the cells of the municipalities of each size class, by sex and age."""
        count = self.rows.municipalities
        return _sums(self.classes, self.cells[:count])

    def _expected_by_row(self, groups: Floats) -> Floats:
        """Return the expected agents among each municipality's cells, by the four ages of `groups`.

        They are the same share of the cells of a size class in every place: no place has fewer people than none.
        """
        size_class = self.of_municipalities
        held = self.classes @ groups[: len(size_class)]
        share = _ratio(_four_ages(self.expected), held)
        return np.asarray(groups[: len(size_class)] * share[size_class])

    def expect(self, counts: Floats, there: Floats) -> Floats:
        """Expect `counts` (size classes, 2, 101) agents in the municipalities of each class, in proportion to people.

        `there` are the people of their cells. Return whom, by sex and age. Expected agents are in the cells already
        (`agents.people_agents`). A class without people expects nobody, and of no sex and age more than there are.
        """
        expected = np.minimum(counts, np.maximum(there - self.expected, 0.0))
        self.expected += expected
        return np.asarray(expected.sum(axis=0))

    def keep_expected(self) -> None:
        """Find the expected agents among the cells where these have lost them: only who is there can go.

        Who is expected of a sex and age of which a size class holds too few stands among its other ages, then among
        the other sex, then in other classes. Whom nobody is left for at all was not there: counted as from outside.
        """
        if not self.expected.any():
            return
        held = self.held()
        over: Floats = np.maximum(self.expected - held, 0.0)
        if not over.any():
            return
        self.expected -= over
        for axes in ((2,), (1, 2), (0, 1, 2)):
            lack, room = over.sum(axis=axes, keepdims=True), held - self.expected
            there = room.sum(axis=axes, keepdims=True)
            given = np.minimum(lack, there)
            self.expected += room * _ratio(given, there)
            over = lack - given
        self.from_outside += float(over.sum())

    def beside(self, birth: Floats, counted: Counted | None = None) -> Beside:
        """Return who lives beside the cells, given births of a woman by size class and age."""
        counted = counted or self.count()
        size_class, count = self.of_municipalities, self.rows.municipalities
        fewer, fewer_mothers = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        fewer[:count] = counted.expected.sum(axis=1)
        mothers = mothers_among(self.cells[:count, WOMEN], size_class, birth)
        expected = (self.expected[:, WOMEN] * birth).sum(axis=1)
        fewer_mothers[:count] = mothers * _ratio(expected, by_class(mothers, size_class))[size_class]
        listed_mothers = mothers_among(self.listed[:, WOMEN], self.rows.size_class, birth)
        return Beside(counted.listed.sum(axis=1) - fewer, listed_mothers - fewer_mothers)

    def take_out(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """List persons of cells apart: each leaves its cell of row `place` and lives in municipality `to` from now on.

        Where a cell holds less than the persons asked for, the rest comes from the same sex and age of all rows.
        """
        age = np.clip(age, 0, AGES - 1)
        cell, persons = np.unique(self._flat(place, sex, age), return_counts=True)
        cells = self.cells.reshape(-1)
        taken = np.minimum(persons, cells[cell])
        cells[cell] -= taken
        row, who = np.divmod(cell, 2 * AGES)
        self.cells_left += np.bincount(row, weights=taken, minlength=len(self.rows))
        self.take_anywhere(np.bincount(who, weights=persons - taken, minlength=2 * AGES).reshape(2, AGES))
        self._list(to, sex, age, 1)

    def swap_with_groups(self, out: Persons, back: Persons) -> None:
        """List the persons of `out`, who come from somewhere in a group of rows, and put those of `back` back there.

        Each group's cells share who leaves and who comes back, by sex and age; a group without such people takes
        from all rows. Raises ValueError for one of `back` who is not listed in its place.
        """
        self._list(back.place, back.sex, back.age, -1)
        self._list(out.place, out.sex, out.age, 1)
        groups = self.groups.shape[0]
        counts = out.by_group(groups) - back.by_group(groups)
        if counts.any():
            self.change_shares(counts, self.group_of_row, _sums(self.groups, self.cells))

    def move(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Let listed people move from one municipality to another. Raises ValueError for one not listed there."""
        self._list(place, sex, age, -1)
        self._list(to, sex, age, 1)

    def put_back(self, place: Integers, sex: Integers, age: Integers, to: Integers) -> None:
        """Put listed people of `place` into the cells of row `to`. Raises ValueError for one not listed there."""
        self._list(place, sex, age, -1)
        np.add.at(self.cells, (to, sex, np.clip(age, 0, AGES - 1)), 1.0)
        self.cells_left -= np.bincount(to, minlength=len(self.rows))

    def bury(self, place: Integers, sex: Integers, age: Integers) -> None:
        """Take listed people off who died. Raises ValueError for one not listed there."""
        self._list(place, sex, age, -1)
        died = np.bincount(place, minlength=len(self.rows))
        self.buried += died
        self.agents_came += died  # to die is not to leave

    def age_listed(self, live: Floats) -> None:
        """Make everybody listed or expected a year older; of those expected, `live` (classes, 2, 101) live on."""
        self.expected *= live
        grow_older(self.listed)
        grow_older(self.expected)

    def change_shares(self, counts: Floats, of_row: Integers, there: Floats) -> None:
        """Take `counts` out of each group's cells in proportion, put negative ones there.

        `there` are each group's people by sex and age. Shape of counts (groups + 1, 2, 101), the last for people of
        no group. What a group lacks is taken from all rows; what finds nobody of its sex and age is put into all rows.
        """
        ages = np.flatnonzero(counts.any(axis=(0, 1)))
        if len(ages) == 0:
            return
        span = slice(int(ages[0]), int(ages[-1]) + 1)
        cells, wanted = self.cells[:, :, span], counts[:-1, :, span]
        sums = np.zeros_like(wanted)
        sums[: len(there)] = there[: len(sums), :, span]
        taken = np.where(sums > 0, np.minimum(wanted, sums), 0.0)
        share = np.divide(taken, sums, out=np.zeros_like(sums), where=sums > 0)
        share = np.concatenate([share, np.zeros((1, *share.shape[1:]))])
        for rows in row_blocks(len(cells)):
            left = share.take(of_row[rows], axis=0)
            left *= cells[rows]
            cells[rows] -= left
            self.cells_left[rows] += row_sums(left)
        rest = counts.copy()
        rest[:-1, :, span] -= taken
        rest[np.abs(rest) < 1e-12] = 0.0
        self.take_anywhere(np.maximum(rest, 0.0).sum(axis=0))
        self.put_anywhere(np.maximum(-rest, 0.0).sum(axis=0))

    def take_anywhere(self, counts: Floats) -> None:
        """Take `counts` (2, 101) out of the cells of all rows in proportion.

        Where a sex and age lacks people, any age of that sex gives; where the sex does, they come from outside.
        """
        if not counts.any():
            return
        before = row_sums(self.cells)
        sums = self.cells.sum(axis=0)
        taken = np.minimum(counts, sums)
        self.cells *= 1.0 - np.divide(taken, sums, out=np.zeros_like(sums), where=sums > 0)
        lack = (counts - taken).sum(axis=1)
        if lack.any():
            by_sex = self.cells.sum(axis=(0, 2))
            given = np.minimum(lack, by_sex)
            share = np.divide(given, by_sex, out=np.zeros_like(by_sex), where=by_sex > 0)
            self.cells *= 1.0 - share[None, :, None]
            self.from_outside += float((lack - given).sum())
        self.cells_left += before - row_sums(self.cells)

    def put_anywhere(self, counts: Floats) -> None:
        """Put `counts` (2, 101) into the cells of all rows in proportion; where none is of that age, by people."""
        if not counts.any():
            return
        before = row_sums(self.cells)
        sums = self.cells.sum(axis=0)
        self.cells *= 1.0 + np.divide(counts, sums, out=np.zeros_like(sums), where=sums > 0)
        people = self.totals()[:, 0]
        share = people / people.sum() if people.sum() > 0 else np.full(len(people), 1.0 / len(people))
        self.cells += share[:, None, None] * np.where(sums > 0, 0.0, counts)
        self.cells_left += before - row_sums(self.cells)

    def _flat(self, row: Integers, sex: Integers, age: Integers) -> Integers:
        return (row.astype(np.int64) * 2 + sex) * AGES + age

    def _list(self, place: Integers, sex: Integers, age: Integers, sign: int) -> None:
        """Add listed people, or take them off: then each must be there."""
        listed, cell = self.listed.reshape(-1), self._flat(place, sex, np.clip(age, 0, AGES - 1))
        np.add.at(listed, cell, listed.dtype.type(sign))  # of one type it is far faster
        if sign < 0 and (listed[cell] < 0).any():
            missing = int(np.flatnonzero(listed[cell] < 0)[0])
            np.add.at(listed, cell, listed.dtype.type(1))
            raise ValueError(
                f"nobody of sex {sex[missing]} and age {age[missing]} is listed in row {place[missing]}"
            )
        self.agents_came += sign * np.bincount(place, minlength=len(self.rows))


@dataclass(frozen=True)
class Persons:
    """Listed people, one value each: the municipality they live in, sex, age, and the group they come from."""

    place: Integers
    sex: Integers
    age: Integers
    group: Integers

    def by_group(self, groups: int) -> Floats:
        """Return persons by group, sex and age; the last row holds those whose group has no rows."""
        known = np.where((self.group >= 0) & (self.group < groups), self.group, groups)
        cell = (known.astype(np.int64) * 2 + self.sex) * AGES + np.clip(self.age, 0, AGES - 1)
        counts = np.bincount(cell, minlength=(groups + 1) * 2 * AGES)
        return counts.reshape(groups + 1, 2, AGES).astype(np.float64)


_FOUR_AGES = ((0, 15), (15, 65), (65, 75), (75, AGES))


def _four_ages(people: Floats | Whole) -> Floats:
    """Return those under 15, from 15 to 64, from 65 to 74, and of 75 and over, by row, shape (rows, 4)."""
    sums = [np.einsum("rsa->r", people[:, :, first:last]) for first, last in _FOUR_AGES]
    return np.stack(sums, axis=1, dtype=np.float64)


def _column_sums(listed: Whole) -> Floats:
    """Return listed people by sex and age; whole numbers have the same sum in any order."""
    sums = np.ones(len(listed), dtype=listed.dtype) @ listed.reshape(len(listed), -1)
    return sums.reshape(listed.shape[1:]).astype(np.float64)


def _adding_up(group_of_row: Integers, groups: int) -> csr_array:
    """Return a one where a row is of a group (-1: of none): multiplied, it adds rows up in order."""
    rows = np.flatnonzero(group_of_row >= 0)
    rows = rows[np.argsort(group_of_row[rows], kind="stable")]
    return csr_array((np.ones(len(rows)), (group_of_row[rows], rows)), shape=(groups, len(group_of_row)))


def _sums(adding_up: csr_array, cells: Floats) -> Floats:
    """Return cells added up by group, shape (groups, 2, 101)."""
    sums: Floats = adding_up @ cells.reshape(len(cells), -1)
    return sums.reshape(-1, *cells.shape[1:])


def _ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, nought where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
