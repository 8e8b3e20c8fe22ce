"""Tables of columns: rows stay where they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.engine.columns import Column, Table


class Trees(Table):
    height = Column(np.float64, unit="m", meaning="how high", low=0, high=120, fill=0.5)
    rings = Column(np.int16, unit="years", meaning="how old", fill=-1)


class Oaks(Trees):
    acorns = Column(np.int64, unit="acorns", meaning="this year's")


@given(births=st.lists(st.integers(0, 40), max_size=8), room=st.integers(0, 5))
def test_growth_keeps_every_row_where_it_was(births, room):
    trees, kept = Trees(room), {}
    for year, count in enumerate(births):
        rows = trees.append(count, height=np.arange(count), rings=year)
        kept.update({int(row): (float(number), year) for number, row in enumerate(rows)})
    assert len(trees) == sum(births)
    assert {row: (trees.height[row], trees.rings[row]) for row in range(len(trees))} == kept


def test_a_column_reads_as_a_view_and_writes_in_place():
    trees = Trees()
    trees.append(3, height=[1, 2, 3])
    trees.height[1] = 9.0
    assert trees.height.tolist() == [1.0, 9.0, 3.0]
    trees.height = 4.0
    assert trees.height.tolist() == [4.0, 4.0, 4.0]
    assert Trees.height.unit == "m"


def test_columns_left_out_start_at_their_fill_even_after_growth_and_clearing():
    trees = Trees(room=1)
    trees.append(50, rings=3)
    trees.clear()
    trees.append(40)
    assert len(trees) == 40
    assert set(trees.rings) == {-1}
    assert set(trees.height) == {0.5}


def test_two_tables_share_nothing_and_a_kind_inherits_columns():
    first, second = Oaks(), Oaks()
    first.append(1, acorns=7)
    assert len(second) == 0
    assert list(Oaks.columns) == ["key", "height", "rings", "acorns"]
    assert "acorns" not in Trees.columns


def test_an_unknown_column_is_refused_and_nothing_added():
    trees = Trees()
    with pytest.raises(KeyError, match="leaves"):
        trees.append(1, leaves=3)
    with pytest.raises(ValueError, match="broadcast"):
        trees.append(2, height=[1, 2, 3])
    assert len(trees) == 0


def test_faults_name_the_column_and_the_key_used_twice():
    trees = Trees()
    trees.append(3, key=[1, 2, 2], height=[1, -2, 130])
    assert trees.faults() == [
        "Trees.height lies under 0: -2.0",
        "Trees.height lies over 120: 130.0",
        "Trees.key: 1 rows share the key of another",
    ]
    trees.clear()
    assert trees.faults() == []
