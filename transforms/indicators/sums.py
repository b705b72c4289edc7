"""Counts of areas, of the regions and countries that they make up, and of every twelve months that four quarters make."""

from typing import Final

import polars as pl

from transforms.indicators.force_totals import COUNT
from transforms.sql import query

# Places named in press reports are not a complete set of any region: their counts are never added up.
_NEVER_SUMMED = ["london_linked_individuals"]
BY_QUARTER: Final = "ho_recorded_crime_open_data"
"""The source of offences recorded by the quarter, which every quarter's end makes a year of."""
BY_YEAR: Final = (
    *("drug_offences", "drug_trafficking_offences", "drug_possession_offences", "modern_slavery_offences"),
    "trafficking_share",
)
"""The measures that are recorded by the quarter and spoken of by the year."""

_MARCH, _MONTHS_OF_YEAR = 3, 12
_IS_QUARTER = pl.col("period_start").dt.offset_by("3mo") == pl.col("period_end").dt.offset_by("1d")


def spoken_of(figures: pl.DataFrame) -> pl.DataFrame:
    """The rows of out/indicators without those of BY_YEAR that reports do not print.

    Of what is recorded by the quarter they print years: those to March, those after the last March, and those that end in the same month as
    the newest. A year that the publisher added up itself stays.
    """
    end, of_quarters = pl.col("period_end"), pl.col("source_id") == BY_QUARTER
    march = end.dt.month() == _MARCH
    year_ends = (
        march
        | (end > end.filter(march & of_quarters).max())
        | (end.dt.month() == end.filter(of_quarters).max().dt.month())
    )
    printed = (pl.col("months") == _MONTHS_OF_YEAR) & (~of_quarters | year_ends)
    return figures.filter(printed.fill_null(True) | ~pl.col("measure_id").is_in(BY_YEAR))


def by_area(counts: pl.DataFrame, areas: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """The counts of the areas that print them, and of the regions and countries that these make up.

    ``counts`` are as ``force_totals.counted`` returns them, ``areas`` follows its contract, ``parts`` is ``membership.parts``. Returns COUNT,
    vintage, numerator, numerator_status, coverage, coverage_note, area_basis and numerator_observations.
    """
    return pl.concat([_of_parts(counts), _of_sums(counts, areas, parts)])


def _of_parts(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts that are printed for the area itself: police force areas and bodies without residents."""
    return counts.filter(
        pl.col("area_kind").is_in(["police_force_area", "non_territorial_force", "regional_organised_crime_unit"])
    ).select(
        *COUNT,
        "vintage",
        pl.col("value").alias("numerator"),
        pl.col("status").alias("numerator_status"),
        pl.when(pl.col("value").is_null()).then(pl.lit("none")).otherwise(pl.lit("complete")).alias("coverage"),
        pl.lit(None, pl.String).alias("coverage_note"),
        "area_basis",
        pl.col("observation_id").alias("numerator_observations"),
    )


def _of_sums(counts: pl.DataFrame, areas: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Counts of regions, policing regions and countries, added up from their parts.

    A quarter is added up of the newest edition of its source alone: what older ones said of it is known of each area.
    """
    printed = ["measure_id", "source_id", "period_start", "period_end"]
    newest = (pl.col("vintage") == pl.col("vintage").max()).over(printed)
    summed = query(
        "sums",
        counts=counts.filter(~pl.col("measure_id").is_in(_NEVER_SUMMED) & (newest | ~_IS_QUARTER)),
        parts=parts,
        areas=areas,
    )
    missing = pl.concat_str(
        pl.format("leaves out {}: no figure held", "missing_forces"),
        pl.format("does not count {}: not in the table", "missing_bodies"),
        separator="; ",
        ignore_nulls=True,
    )
    return summed.select(
        *COUNT,
        "vintage",
        "numerator",
        pl.when(pl.col("numerator").is_null())
        .then(pl.lit("not_available"))
        .otherwise(pl.lit("ok"))
        .alias("numerator_status"),
        pl.when(pl.col("forces_covered") == 0)
        .then(pl.lit("none"))
        .when(missing != "")
        .then(pl.lit("partial"))
        .otherwise(pl.lit("complete"))
        .alias("coverage"),
        pl.when(missing != "").then(missing).alias("coverage_note"),
        pl.lit("same_area").alias("area_basis"),
        "numerator_observations",
    )


def with_rolling_years(counts: pl.DataFrame) -> pl.DataFrame:
    """Add the sum of every four consecutive quarters, each from the newest edition that holds it.

    A year is null as soon as one of its quarters is, or when its quarters leave out different forces: no population goes with
    such a sum. Twelve-month figures are never added: only counts whose period is one quarter are.
    """
    series = ["measure_id", "source_id", "area_id"]
    quarters = (
        counts.filter(_IS_QUARTER)
        .sort("vintage", "edition_id")
        .unique([*series, "period_end"], keep="last", maintain_order=True)
        .sort(*series, "period_end")
    )

    def four(expression: pl.Expr) -> list[pl.Expr]:
        return [expression.shift(quarter).over(series) for quarter in range(4)]

    years = (
        quarters.with_columns(
            pl.sum_horizontal(four(pl.col("numerator")), ignore_nulls=False).alias("sum"),
            pl.col("period_start").shift(3).over(series).alias("first_start"),
            pl.concat_str(list(reversed(four(pl.col("numerator_observations")))), separator="; ").alias(
                "all_observations"
            ),
            pl.concat_list(four(pl.col("coverage_note"))).list.unique(maintain_order=True).alias("notes"),
            pl.any_horizontal(*(coverage != "complete" for coverage in four(pl.col("coverage")))).alias("gaps"),
        )
        .with_columns(
            pl.when(pl.col("notes").list.len() == 1).then("sum").alias("sum"),
            pl.col("notes").list.drop_nulls().list.join("; ").alias("notes"),
        )
        .filter(pl.col("first_start").dt.offset_by("12mo") == pl.col("period_end").dt.offset_by("1d"))
    )
    return pl.concat(
        [
            counts,
            years.select(
                "measure_id",
                "source_id",
                "edition_id",
                pl.col("first_start").alias("period_start"),
                "period_end",
                "area_id",
                "vintage",
                pl.col("sum").alias("numerator"),
                pl.when(pl.col("sum").is_null())
                .then(pl.lit("not_available"))
                .otherwise(pl.lit("ok"))
                .alias("numerator_status"),
                pl.when(pl.col("sum").is_null())
                .then(pl.lit("none"))
                .when("gaps")
                .then(pl.lit("partial"))
                .otherwise(pl.lit("complete"))
                .alias("coverage"),
                pl.when(pl.col("notes") != "").then(pl.col("notes")).alias("coverage_note"),
                "area_basis",
                pl.col("all_observations").alias("numerator_observations"),
            ),
        ]
    )
