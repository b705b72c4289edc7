"""Series of quarters: rolling years, common coverage and person-time, where a missing quarter stays missing."""

from collections.abc import Sequence

import polars as pl

# Enough to order quarters and to see that four of them follow one another.
_QUARTER = pl.col("period_start").dt.year().cast(pl.Int64) * 4 + pl.col("period_start").dt.quarter()


def rolling_four_quarters(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Add rolling_year, the events of the quarter and the three before it, null unless all four are there.

    Needs the columns ``by`` (an area, a measure), period_start (first day of a quarter) and value (events, null where missing). A quarter
    without a row is missing like one without a value: nothing is imputed. Rows come back in their order.
    Raises ValueError if a series has a quarter twice.
    """
    if frame.select(*by, _QUARTER.alias("quarter")).is_duplicated().any():
        raise ValueError(f"A quarter stands twice in a series of {', '.join(by)}; keep one edition of it.")
    return (
        frame.with_row_index("place")
        .with_columns(_QUARTER.alias("quarter"))
        .sort(*by, "quarter")
        .with_columns(
            pl.when((pl.col("quarter") - pl.col("quarter").shift(3) == 3).over(by))
            .then(pl.col("value").rolling_sum(window_size=4, min_samples=4).over(by))
            .alias("rolling_year")
        )
        .sort("place")
        .drop("place", "quarter")
    )


def common_coverage(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row an area with earlier and later (events, null where missing): the rows with both, and the others, to be named.

    A change of their sums compares the same areas in both periods; divide both by the residents of the areas that are left.
    """
    both = pl.col("earlier").is_not_null() & pl.col("later").is_not_null()
    return frame.filter(both), frame.filter(~both)


def person_time(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The quarters that are there as person-time: for each ``by`` the events, quarters_covered, quarters and exposure (resident years).

    Needs value (events in a quarter, null where missing) and population (residents in that quarter). Exposure is the sum of
    population/4 over the quarters with a value, and null if one of them has no population. Descriptive only: never rank by it and
    never call it a year. Raises ValueError for a population that is not positive. Rows are in the order of first appearance.
    """
    if frame.select((pl.col("population") <= 0).any()).item():
        raise ValueError("A population is more than zero; use null for one that is missing.")
    covered = pl.col("value").is_not_null()
    known = (pl.col("population").is_not_null() | ~covered).all() & covered.any()
    return frame.group_by(by, maintain_order=True).agg(
        pl.when(covered.any()).then(pl.col("value").sum()).alias("events"),
        covered.sum().cast(pl.Int64).alias("quarters_covered"),
        pl.len().cast(pl.Int64).alias("quarters"),
        pl.when(known).then(pl.col("population").filter(covered).sum() / 4).alias("exposure"),
    )
