"""Crude rates and their limits."""

import numpy as np
import numpy.typing as npt
import polars as pl

# Below this count Byar's approximation is too coarse and the exact limits are used; at and above it the two agree within 0.2%.
BYAR_FROM = 10
# A rate per head of fewer residents says more about visitors than about the area; ONS prints none for the City of London.
SMALLEST_POPULATION = 50_000


def poisson_limits(
    counts: npt.ArrayLike, confidence: float = 0.95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lower and upper confidence limits of Poisson counts.

    ``counts`` is an array of counts (non-negative, missing as NaN); the two results have its shape and the unit of a count.
    Below 10 events exact: L = χ²(α/2; 2O)/2, U = χ²(1−α/2; 2O+2)/2, with L = 0 for O = 0. From 10 events Byar:
    L = O(1 − 1/(9O) − z/(3√O))³, U = (O+1)(1 − 1/(9(O+1)) + z/(3√(O+1)))³. Raises ValueError for a negative count.
    Source: Public Health England, Technical Guide: Confidence Intervals (2018); Breslow and Day (1987), volume II, section 2.3.
    """
    from scipy.special import chdtri, ndtri  # the special functions alone: importing scipy.stats costs half a second

    observed = np.asarray(counts, dtype=np.float64)
    if np.any(observed < 0):
        raise ValueError("A count cannot be negative; confidence limits were asked for one that is.")
    alpha = 1 - confidence
    z = ndtri(1 - alpha / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        # chdtri inverts the upper tail: the quantile with probability p below it is chdtri(df, 1 − p).
        exact_lower = np.where(observed == 0, 0.0, chdtri(2 * np.maximum(observed, 1), 1 - alpha / 2) / 2)
        exact_upper = chdtri(2 * observed + 2, alpha / 2) / 2
        byar_lower = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3
        above = observed + 1
        byar_upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    exact = observed < BYAR_FROM
    return np.where(exact, exact_lower, byar_lower), np.where(exact, exact_upper, byar_upper)


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
