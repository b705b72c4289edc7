"""Whether figures are of the size that they should be: beside the same months a year before, and beside the size of the population."""

import polars as pl

from transforms.contracts.tables import PLAUSIBILITY

# Half or double the year before is odd; below twenty events it is chance.
LEAST_EVENTS = 20
SMALLEST_RATIO, LARGEST_RATIO = 0.5, 2
# Residents of England and Wales, all 43 police force areas. ONS printed 58.4 million for mid-2016 and 58.7 for mid-2017; the
# estimates passed 59 million at mid-2018.
FEWEST_RESIDENTS, FEWEST_RESIDENTS_BEFORE_2018, MOST_RESIDENTS = 59_000_000, 58_000_000, 64_000_000

_FORCES = 43


def plausibility(indicators: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """Counts of forces beside the same months a year before, and populations of all 43 forces together: the contract PLAUSIBILITY.

    like_year_before is null where both counts are below twenty; population_in_range is null for counts, and the reverse.
    """
    return (
        pl.concat([_beside_the_year_before(indicators), _populations(observations)])
        .with_columns(
            pl.concat_str("measure_id", "area_id", "edition_id", "period_start", "period_end", separator=".").alias(
                "plausibility_id"
            )
        )
        .sort("plausibility_id")
        .select(pl.col(name).cast(dtype) for name, dtype in PLAUSIBILITY.schema.items())
    )


def _beside_the_year_before(indicators: pl.DataFrame) -> pl.DataFrame:
    counts = indicators.filter(
        pl.col("is_preferred")
        & (pl.col("area_kind") == "police_force_area")
        & pl.col("months").is_in([3, 12])
        & pl.col("numerator").is_not_null()
    ).select("measure_id", "area_id", "area_name", "period_start", "period_end", "source_id", "edition_id", "numerator")
    before = counts.select(
        "measure_id",
        "area_id",
        pl.col("period_start").dt.offset_by("1y"),
        pl.col("period_end").dt.offset_by("1y").dt.month_end(),
        pl.col("numerator").alias("compared_with"),
    )
    enough = pl.max_horizontal("numerator", "compared_with") >= LEAST_EVENTS
    lower, upper = pl.col("compared_with") * SMALLEST_RATIO, pl.col("compared_with") * LARGEST_RATIO
    return counts.join(before, on=["measure_id", "area_id", "period_start", "period_end"]).select(
        "source_id",
        "edition_id",
        "measure_id",
        "area_id",
        "period_start",
        "period_end",
        pl.col("numerator").alias("value"),
        "compared_with",
        lower.alias("lower"),
        upper.alias("upper"),
        pl.when(enough).then(pl.col("numerator").is_between(lower, upper)).alias("like_year_before"),
        pl.lit(None, pl.Boolean).alias("population_in_range"),
        pl.format(
            "{}, to {}: {}, a year before {}",
            "area_name",
            "period_end",
            _with_commas(pl.col("numerator")),
            _with_commas(pl.col("compared_with")),
        ).alias("in_words"),
    )


def _with_commas(count: pl.Expr) -> pl.Expr:
    """A count below a milliard as a person writes it: 11,952."""
    digits = count.cast(pl.Int64).cast(pl.String)
    return digits.str.replace(r"(\d)(\d{3})$", "${1},${2}").str.replace(r"(\d)(\d{3}),", "${1},${2},")


def _populations(observations: pl.DataFrame) -> pl.DataFrame:
    fewest = (
        pl.when(pl.col("period_end").dt.year() < 2018).then(FEWEST_RESIDENTS_BEFORE_2018).otherwise(FEWEST_RESIDENTS)
    )
    return (
        observations.filter(
            (pl.col("measure_id") == "resident_population")
            & (pl.col("area_kind") == "police_force_area")
            & pl.col("value").is_not_null()
        )
        .group_by("source_id", "edition_id", "measure_id", "period_start", "period_end")
        .agg(pl.col("value").sum(), pl.col("area_id").n_unique().alias("forces"))
        # An edition that lacks a force has no population of England and Wales.
        .filter(pl.col("forces") == _FORCES)
        .with_columns(fewest.alias("lower"), pl.lit(MOST_RESIDENTS).alias("upper"))
        .select(
            "source_id",
            "edition_id",
            "measure_id",
            pl.lit("K04000001").alias("area_id"),
            "period_start",
            "period_end",
            "value",
            pl.lit(None, pl.Float64).alias("compared_with"),
            pl.col("lower").cast(pl.Float64),
            pl.col("upper").cast(pl.Float64),
            pl.lit(None, pl.Boolean).alias("like_year_before"),
            pl.col("value").is_between("lower", "upper").alias("population_in_range"),
            pl.format("43 police force areas, {}: {} residents", "period_end", pl.col("value").cast(pl.Int64)).alias(
                "in_words"
            ),
        )
    )
