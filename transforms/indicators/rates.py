"""Crude rates and their limits."""

import numpy as np
import polars as pl

from transforms.statistics.counts import BYAR_FROM, poisson_limits
from transforms.statistics.ranks import SMALLEST_POPULATION


def with_rate(frame: pl.DataFrame) -> pl.DataFrame:
    """Add value, lower_95, upper_95 (per ``multiplier`` residents), method and status to numerator, denominator, denominator_used, multiplier and numerator_status.

    No rate without a numerator (its own status), without a population (``no_population``), for fewer than 50,000 residents
    (``population_too_small``) or for a negative numerator (``not_comparable``: more records cancelled than made); the limits of the
    count are divided by the population as if it were known exactly.
    """
    status = (
        pl.when(pl.col("numerator").is_null())
        .then(pl.col("numerator_status"))
        .when(pl.col("denominator").is_null())
        .then(pl.lit("no_population"))
        .when(pl.col("denominator") < SMALLEST_POPULATION)
        .then(pl.lit("population_too_small"))
        .when(pl.col("numerator") < 0)
        .then(pl.lit("not_comparable"))
        .otherwise(pl.lit("ok"))
    )
    counts = frame["numerator"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    lower, upper = poisson_limits(np.where(counts < 0, np.nan, counts))
    per = pl.col("multiplier") / pl.col("denominator_used")
    shown = pl.when(pl.col("status") == "ok")
    return (
        frame.with_columns(status.alias("status"), pl.Series("lower_count", lower), pl.Series("upper_count", upper))
        .with_columns(
            shown.then(pl.col("numerator") * per).alias("value"),
            shown.then(pl.col("lower_count") * per).alias("lower_95"),
            shown.then(pl.col("upper_count") * per).alias("upper_95"),
            shown.then(pl.when(pl.col("numerator") < BYAR_FROM).then(pl.lit("exact")).otherwise(pl.lit("byar")))
            .otherwise(pl.lit("none"))
            .alias("method"),
        )
        .drop("lower_count", "upper_count")
    )
