"""Figures of one length in a row, none of whose months is counted twice."""

import polars as pl


def one_after_another(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of out/indicators whose periods follow each other without overlap: those that end a whole number of their lengths before the newest.

    ``rows`` may be of several measures, areas and lengths (``months``); the newest is that of a measure and length with a count in any area, so that
    areas stand side by side. Figures for twelve months that come out every quarter leave those that end in the month of the newest one.
    """
    months = pl.col("period_end").dt.year() * 12 + pl.col("period_end").dt.month()
    newest = months.filter(pl.col("numerator").is_not_null()).max().over("measure_id", "months")
    return rows.filter((newest - months) % pl.col("months") == 0)
