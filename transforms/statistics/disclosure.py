"""Small numbers: what is not shown, what else must then not be shown, and a proof that it cannot be worked out.

A table is an array of counts with its totals among the cells; ``relations`` (relations, cells) says which sums a reader knows to be
zero: 1 for each part and −1 for the total. Cells are in row-major order. Derived cross-tables that no source prints, and anything below
a police force area about children, pass through here; cells that a publisher prints are no new disclosure.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from transforms.statistics.arrays import BoolArray, FloatArray, complete, counts_of

# Counts from one to one less than this are not shown, and a reader must not narrow one down to fewer than this many values.
SMALLEST_SHOWN = 5
# Below this a count is marked low.
LOW_BELOW = 10
# Below this no rate or percentage stands without its interval.
INTERVAL_BELOW = 20


class FeasibleRange(NamedTuple):
    """For each suppressed cell, in the order of ``cells`` (flat indices), the least and the most that it can be; infinity: no bound."""

    cells: npt.NDArray[np.int64]
    least: FloatArray
    most: FloatArray


def margins(shape: tuple[int, int], row_totals: bool = True, column_totals: bool = True) -> FloatArray:
    """Relations of a table whose last column holds the sums of its rows, or whose last row holds the sums of its columns, or both.

    ``shape`` counts totals among rows and columns. The result is (relations, rows·columns). Raises ValueError for a table without parts.
    """
    rows, columns = shape
    if rows < 1 + column_totals or columns < 1 + row_totals:
        raise ValueError(f"A table of {rows} by {columns} cells has no parts besides its totals.")
    cells = np.arange(rows * columns).reshape(shape)
    lines = ([*cells] if row_totals else []) + ([*cells.T] if column_totals else [])
    relations = np.zeros((len(lines), rows * columns))
    for relation, line in zip(relations, lines, strict=True):
        relation[line[:-1]], relation[line[-1]] = 1, -1
    return relations


def primary_suppression(counts: npt.ArrayLike, smallest: int = SMALLEST_SHOWN) -> BoolArray:
    """Which counts are too small to show: 1 to ``smallest`` − 1. Zero may be shown. Any shape; raises ValueError for a missing count."""
    found = complete(counts_of(counts), "A count")
    return (found > 0) & (found < smallest)


def _checked(
    counts: npt.ArrayLike, suppressed: npt.ArrayLike, relations: npt.ArrayLike
) -> tuple[FloatArray, BoolArray, FloatArray]:
    values = complete(counts_of(counts), "A count").ravel()
    hidden = np.asarray(suppressed, dtype=bool).ravel()
    known = np.asarray(relations, dtype=np.float64)
    if known.shape[-1] != values.size or hidden.size != values.size:
        raise ValueError("Counts, suppressed cells and relations are not of the same table.")
    if np.any(np.abs(known @ values) > 1e-9):
        raise ValueError("The table does not add up as its relations say; rounded tables cannot be checked this way.")
    return values, hidden, known


def feasible_ranges(counts: npt.ArrayLike, suppressed: npt.ArrayLike, relations: npt.ArrayLike) -> FeasibleRange:
    """What a reader can work out about each suppressed cell from the cells shown and the relations, in whole numbers from 0.

    Two integer programmes a cell: least and most xᵢ with A·x = 0, x = count where shown, x ≥ 0 whole. Arrays of one table; the unit is a
    count. A suppressed cell that no shown total bounds has no most (infinity). Raises ValueError if the counts do not add up.
    Source: Hundepool and others (2012), Statistical Disclosure Control, section 4.2.
    """
    from scipy.optimize import linprog

    values, hidden, known = _checked(counts, suppressed, relations)
    cells = np.flatnonzero(hidden)
    unknown = known[:, cells]
    shown = -(known[:, ~hidden] @ values[~hidden])

    def solve(objective: FloatArray, most: float | None, whole: int) -> float:
        found = linprog(
            objective,
            A_eq=unknown,
            b_eq=shown if whole else np.zeros_like(shown),
            bounds=(0, most),
            integrality=whole,
            method="highs",
        )
        if found.status != 0:
            raise ValueError(f"The range of a suppressed cell cannot be solved for: {found.message}")
        return float(found.fun)

    def most_of(direction: FloatArray) -> float:
        # A cell has no upper bound when there is a direction along which it grows and every relation still holds.
        return float("inf") if solve(-direction, 1, 0) < -1e-6 else float(round(-solve(-direction, None, 1)))

    directions = np.eye(cells.size)
    least = np.array([round(solve(direction, None, 1)) for direction in directions], dtype=np.float64)
    most = np.array([most_of(direction) for direction in directions], dtype=np.float64)
    return FeasibleRange(cells, least, most)


def exposed(
    counts: npt.ArrayLike, suppressed: npt.ArrayLike, relations: npt.ArrayLike, width: int = SMALLEST_SHOWN
) -> npt.NDArray[np.int64]:
    """The suppressed cells (flat indices) that a reader can narrow down to a range narrower than ``width``; none: the table is safe.

    Method and errors as ``feasible_ranges``.
    """
    found = feasible_ranges(counts, suppressed, relations)
    return found.cells[found.most - found.least < width]


def _cells_that_hide(
    cell: int, values: FloatArray, hidden: BoolArray, known: FloatArray, allowed: BoolArray, width: int
) -> BoolArray:
    """The cheapest cells to suppress besides ``hidden`` so that ``cell`` can be anything in a range ``width`` wide: one integer programme.

    Variables, each a vector over cells: rise and fall from the true counts in two tables that a reader could believe, one with
    ``cell`` high and one with it low (four vectors), and which cells are suppressed (one). A cell that is shown neither rises nor falls.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    size = values.size
    reach = float(width * size)  # no table needs to move a cell further
    one, none = np.eye(size), np.zeros((size, size))
    balance = np.zeros((known.shape[0], size))
    moved = np.zeros(5 * size)
    moved[[cell, 2 * size + cell]], moved[[size + cell, 3 * size + cell]] = (1, -1), (-1, 1)
    constraints = [
        LinearConstraint(np.hstack([known, -known, balance, balance, balance]), 0, 0),
        LinearConstraint(np.hstack([balance, balance, known, -known, balance]), 0, 0),
        LinearConstraint(np.hstack([one, one, none, none, -reach * one]), -np.inf, 0),
        LinearConstraint(np.hstack([none, none, one, one, -reach * one]), -np.inf, 0),
        LinearConstraint(moved[None, :], width, np.inf),
    ]
    fall = np.minimum(values, reach)
    rise = np.full(size, reach)
    found = milp(
        # Suppressing a large cell loses more than a small one, and each cell loses something; the moves themselves cost nothing.
        np.concatenate([np.zeros(4 * size), np.where(hidden, 0.0, values + 1)]),
        constraints=constraints,
        bounds=Bounds(
            np.concatenate([np.zeros(4 * size), hidden.astype(float)]),
            np.concatenate([rise, fall, rise, fall, (hidden | allowed).astype(float)]),
        ),
        integrality=1,
    )
    if found.x is None:
        raise ValueError(
            f"Cell {cell} of the table cannot be hidden by suppressing cells that may be; show fewer totals, or join categories."
        )
    return np.asarray(found.x[4 * size :] > 0.5)


def secondary_suppression(
    counts: npt.ArrayLike,
    relations: npt.ArrayLike,
    smallest: int = SMALLEST_SHOWN,
    shown: npt.ArrayLike | None = None,
) -> BoolArray:
    """Which cells not to show: the small ones, and others until no suppressed cell can be narrowed down below ``smallest`` values.

    For each cell still exposed, an integer programme chooses the further cells with the smallest sum of count + 1, until
    ``exposed`` finds none; each step is the best, the whole need not be. Zeros are never chosen, since a reader may guess them; cells of
    ``shown`` (printed elsewhere) are not either. Shape of ``counts``. Raises ValueError if the counts do not add up, a small count
    is among those printed elsewhere, or no choice hides a cell.
    Source: Kelly, Golden and Assad (1992), Networks 22, 397–417; Hundepool and others (2012), Statistical Disclosure Control, section 4.4.
    """
    hidden = primary_suppression(counts, smallest).ravel()
    values, hidden, known = _checked(counts, hidden, relations)
    printed = np.zeros(values.size, dtype=bool) if shown is None else np.asarray(shown, dtype=bool).ravel()
    if np.any(hidden & printed):
        raise ValueError("A count too small to show is printed elsewhere; suppressing it here hides nothing.")
    allowed = (values > 0) & ~printed
    while (open_cells := exposed(values, hidden, known, smallest)).size:
        hidden = hidden | _cells_that_hide(int(open_cells[0]), values, hidden, known, allowed, smallest)
    return hidden.reshape(np.shape(counts))


def small_number_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """Add rate_shown, low and interval_required to a derived table with numerator (events, null where missing).

    No rate on fewer than 5 events; from 5 to 9 the count is marked low; below 20 no rate stands without its interval. All three are null
    where the numerator is.
    """
    events = pl.col("numerator")
    return frame.with_columns(
        rate_shown=events >= SMALLEST_SHOWN,
        low=events.is_between(SMALLEST_SHOWN, LOW_BELOW, closed="left"),
        interval_required=events < INTERVAL_BELOW,
    )
