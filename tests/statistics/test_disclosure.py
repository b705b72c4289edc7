"""What is suppressed cannot be worked out: proved by solving, and by trying every table that a reader could believe."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transforms.statistics.disclosure import (
    exposed,
    feasible_ranges,
    margins,
    primary_suppression,
    secondary_suppression,
    small_number_marks,
)

ROW = np.array([[3, 12, 40, 55]])
ROW_TOTAL = margins((1, 4), column_totals=False)

tables = st.tuples(st.integers(1, 3), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 30), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def with_totals(parts: list[list[int]]) -> np.ndarray:
    rows = np.array(parts)
    wide = np.hstack([rows, rows.sum(axis=1, keepdims=True)])
    return np.vstack([wide, wide.sum(axis=0, keepdims=True)])


def believable(table: np.ndarray, hidden: np.ndarray, relations: np.ndarray, top: int) -> dict[int, tuple[int, int]]:
    """By trying all whole numbers from 0 to ``top`` in the suppressed cells: the least and most of each that add up."""
    cells = np.flatnonzero(hidden.ravel())
    guesses = np.array(list(product(range(top + 1), repeat=len(cells))))
    tried = np.tile(table.ravel(), (len(guesses), 1))
    tried[:, cells] = guesses
    fits = guesses[(tried @ relations.T == 0).all(axis=1)]
    return {int(cell): (int(column.min()), int(column.max())) for cell, column in zip(cells, fits.T, strict=True)}


def test_one_suppressed_cell_is_worked_out_from_the_total() -> None:
    hidden = primary_suppression(ROW)
    assert hidden.tolist() == [[True, False, False, False]]
    found = feasible_ranges(ROW, hidden, ROW_TOTAL)
    assert (found.least.tolist(), found.most.tolist()) == ([3], [3])
    assert exposed(ROW, hidden, ROW_TOTAL).tolist() == [0]


def test_the_next_smallest_is_suppressed_with_it() -> None:
    hidden = secondary_suppression(ROW, ROW_TOTAL)
    assert hidden.tolist() == [[True, True, False, False]]
    found = feasible_ranges(ROW, hidden, ROW_TOTAL)
    assert (found.least.tolist(), found.most.tolist()) == ([0, 0], [15, 15])


def test_two_small_counts_that_hide_each_other_badly() -> None:
    """1 and 2 of a total of 43 are 0 to 3 each: narrower than five values, so that a third cell goes."""
    row = np.array([[1, 2, 40, 43]])
    assert exposed(row, primary_suppression(row), ROW_TOTAL).tolist() == [0, 1]
    assert secondary_suppression(row, ROW_TOTAL).tolist() == [[True, True, True, False]]


def test_zeros_are_shown_and_hide_nothing() -> None:
    row = np.array([[0, 3, 40, 43]])
    hidden = secondary_suppression(row, ROW_TOTAL)
    assert hidden.tolist() == [[False, True, True, False]]


def test_a_total_goes_when_nothing_else_can() -> None:
    row = np.array([[0, 3, 0, 3]])
    hidden = secondary_suppression(row, ROW_TOTAL)
    assert hidden.tolist() == [[False, True, False, True]]
    assert np.isinf(feasible_ranges(row, hidden, ROW_TOTAL).most).all()


def test_a_total_printed_elsewhere_cannot_go() -> None:
    row = np.array([[0, 3, 0, 7, 10]])
    relations = margins((1, 5), column_totals=False)
    found = secondary_suppression(row, relations, shown=[[False, False, False, False, True]])
    assert found.tolist() == [[False, True, False, True, False]]
    alone = np.array([[0, 6, 0, 4, 10]])
    with pytest.raises(ValueError, match="cannot be hidden"):
        secondary_suppression(alone, relations, shown=[[False, True, False, False, True]])
    with pytest.raises(ValueError, match="printed elsewhere"):
        secondary_suppression(alone, relations, shown=[[False, False, False, True, False]])


def test_a_table_with_both_margins() -> None:
    """Synthetic: one small cell takes a second in its row, one in its column, and the corner between them."""
    table = with_totals([[3, 20, 30], [25, 18, 40], [60, 50, 70]])
    relations = margins((4, 4))
    hidden = secondary_suppression(table, relations)
    assert np.argwhere(hidden).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert not exposed(table, hidden, relations).size


@pytest.mark.full
@settings(deadline=None, max_examples=40)
@given(tables)
def test_no_suppressed_cell_can_be_worked_out(parts: list[list[int]]) -> None:
    """Whatever the table: the small are suppressed, zeros are shown, and solving narrows no suppressed cell down."""
    table = with_totals(parts)
    relations = margins((table.shape[0], table.shape[1]))
    hidden = secondary_suppression(table, relations)
    assert (hidden >= primary_suppression(table)).all()
    assert not hidden[table == 0].any()
    found = feasible_ranges(table, hidden, relations)
    assert (found.most - found.least >= 5).all()
    truth = table.ravel()[found.cells]
    assert ((found.least <= truth) & (truth <= found.most)).all()


@pytest.mark.full
@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=2),
    st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_ranges_are_those_of_every_believable_table(parts: list[list[int]], chosen: list[bool]) -> None:
    """Against trying them all, on tables of two by two with totals and up to four suppressed cells."""
    table = with_totals(parts)
    hidden = np.array(chosen).reshape(3, 3)
    assume(1 <= hidden.sum() <= 4)
    relations = margins((3, 3))
    found = feasible_ranges(table, hidden, relations)
    largest = 12  # no total of these tables is larger, so that what has a bound has one here
    tried, tried_further = (believable(table, hidden, relations, top) for top in (largest, largest + 1))
    for cell, least, most in zip(found.cells.tolist(), found.least, found.most, strict=True):
        assert tried[cell][0] == least
        if np.isinf(most):
            assert tried_further[cell][1] > tried[cell][1]
        else:
            assert tried_further[cell][1] == tried[cell][1] == most


def test_a_table_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="does not add up"):
        secondary_suppression([[3, 12, 40, 56]], ROW_TOTAL)
    with pytest.raises(ValueError, match="not of the same table"):
        feasible_ranges([[3, 12, 15]], [[True, False, False]], ROW_TOTAL)
    with pytest.raises(ValueError, match="no parts"):
        margins((1, 4))


def test_a_publishers_blank_is_not_filled_in() -> None:
    with pytest.raises(ValueError, match="missing"):
        secondary_suppression([[float("nan"), 12, 40, 55]], ROW_TOTAL)


def test_marks_of_small_numbers() -> None:
    found = small_number_marks(pl.DataFrame({"numerator": [0, 4, 5, 9, 10, 19, 20, None]}))
    assert found["rate_shown"].to_list() == [False, False, True, True, True, True, True, None]
    assert found["low"].to_list() == [False, False, True, True, False, False, False, None]
    assert found["interval_required"].to_list() == [True, True, True, True, True, True, False, None]
