"""One side of a comparison as the scores see it, and the pairs that can be made of sides."""

import polars as pl

from transforms.harmonise.registers import Registers
from transforms.indicators.local_authorities import PER_CHILD
from transforms.indicators.shares import OF_OFFENCES

SIDE = pl.Schema(
    {
        "figure_id": pl.String,
        "measure_id": pl.String,
        "definition_id": pl.String,
        "breakdown": pl.String,
        "unit_id": pl.String,
        "multiplier": pl.Int64,
        "population": pl.String,
        "population_rule": pl.String,
        "redenominated": pl.Boolean,
        "period_kind": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
        "recut": pl.Boolean,
        "per_month": pl.Boolean,
        "area_id": pl.String,
        "level": pl.String,
        "boundary": pl.String,
        "geography_basis": pl.String,
        "coverage": pl.String,
        "left_out": pl.String,
        "source_quality": pl.String,
    }
)
"""What is known of a figure. Null means not known, but for multiplier and population (a count has none), breakdown and boundary (none)."""

PAIR = pl.Schema(
    [(f"{name}_{side}", dtype) for side in ("a", "b") for name, dtype in SIDE.items()] + [("claim_scope", pl.String())]
)

_BY_QUARTER = "calendar quarter"
_COVERAGE = {"complete": "complete", "partial": "partial", "none": "absent"}


def side_of_indicators(indicators: pl.DataFrame, registers: Registers, as_counts: bool = False) -> pl.DataFrame:
    """Describe rows of out/indicators as sides, in their order: SIDE, with ``claim_scope``, ``numerator`` and the columns of the rate.

    A row with a rate is compared as a rate, unless ``as_counts``; without one as a count. A share is compared as a share always. A year of a measure that is published by quarter
    was rebuilt from its quarters.
    """
    about = registers.measures.select("measure_id", "definition_id", "unit_id", "geography_basis", "claim_scope")
    quarterly = registers.definitions.filter(pl.col("period_basis") == _BY_QUARTER)["definition_id"].implode()
    quality = registers.source_quality.select("source_id", pl.col("quality").alias("source_quality"))
    is_share = pl.col("denominator_rule") == OF_OFFENCES
    is_rate = pl.col("value").is_not_null() & (is_share | (not as_counts))
    return (
        indicators.join(about, on="measure_id", how="left", maintain_order="left")
        .join(quality, on="source_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("indicator_id").alias("figure_id"),
            pl.col("definition_id", "unit_id", "geography_basis").replace("", None),
            pl.lit(None, pl.String).alias("breakdown"),
            pl.when(is_rate).then(pl.col("multiplier")).alias("multiplier"),
            pl.when(is_rate)
            .then(
                pl.when(is_share)
                .then(pl.lit("offences"))
                .when(pl.col("measure_id").is_in(PER_CHILD))
                .then(pl.lit("residents aged 0 to 17"))
                .otherwise(pl.lit("residents"))
            )
            .alias("population"),
            pl.when(is_rate).then(pl.col("denominator_rule")).alias("population_rule"),
            pl.lit(False).alias("redenominated"),
            pl.lit("interval").alias("period_kind"),
            (pl.col("definition_id").is_in(quarterly) & (pl.col("months") > 3)).fill_null(False).alias("recut"),
            pl.lit(False).alias("per_month"),
            pl.col("area_kind").alias("level"),
            pl.when(pl.col("area_basis") == "ambiguous_label").then(pl.lit("ambiguous")).alias("boundary"),
            pl.col("coverage").replace_strict(_COVERAGE, default=None).alias("coverage"),
            pl.col("coverage_note").fill_null("").alias("left_out"),
        )
        .select(*SIDE, "claim_scope", "numerator", "value", "lower_95", "upper_95", "area_name")
    )


def side_of_observations(rows: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    """Describe rows of core/observations as sides, in their order: SIDE, with claim_scope, numerator, value and residents.

    With a column ``residents`` (children of the area), where it is filled in the row is compared as a rate, else as a count.
    """
    about = registers.measures.select("measure_id", "unit_id", "geography_basis", "claim_scope", "multiplier")
    quality = registers.source_quality.select("source_id", pl.col("quality").alias("source_quality"))
    residents = pl.col("residents") if "residents" in rows.columns else pl.lit(None, pl.Float64)
    is_rate = residents.is_not_null()
    base = pl.col("multiplier").cast(pl.Int64, strict=False).fill_null(1)
    return (
        rows.join(about, on="measure_id", how="left", maintain_order="left")
        .join(quality, on="source_id", how="left", maintain_order="left")
        .with_columns(
            residents.alias("residents"),
            pl.col("observation_id").alias("figure_id"),
            pl.col("unit_id", "geography_basis").replace("", None),
            *(pl.lit(None, SIDE[name]).alias(name) for name in ("breakdown", "boundary")),
            *(pl.lit(False).alias(name) for name in ("redenominated", "recut", "per_month")),
            pl.when(is_rate).then(base).alias("multiplier"),
            pl.when(is_rate).then(pl.lit("residents aged 0 to 17")).alias("population"),
            pl.when(is_rate).then(pl.lit("canonical")).alias("population_rule"),
            pl.lit("interval").alias("period_kind"),
            pl.col("area_kind").alias("level"),
            pl.lit("complete").alias("coverage"),
            pl.lit("").alias("left_out"),
            pl.col("value").alias("numerator"),
            (pl.col("value") * base / residents).alias("value"),
        )
        .select(*SIDE, "claim_scope", "numerator", "value", "residents")
    )


def same_period(sides: pl.DataFrame) -> pl.DataFrame:
    """Every two areas of one measure, level and period, once: PAIR. ``claim_scope`` is that of the measure."""
    keyed = sides.sort("area_id", "figure_id")
    return (
        _suffixed(keyed, "a")
        .join(
            _suffixed(keyed, "b"),
            left_on=["measure_id_a", "level_a", "period_start_a", "period_end_a"],
            right_on=["measure_id_b", "level_b", "period_start_b", "period_end_b"],
            coalesce=False,
        )
        .filter(pl.col("area_id_a") < pl.col("area_id_b"))
        .pipe(as_pairs)
    )


def year_before(sides: pl.DataFrame) -> pl.DataFrame:
    """Each figure with that of the same measure, area and months a year earlier: PAIR, the earlier figure first."""
    key = ["measure_id", "area_id", "period_start", "period_end"]
    earlier = sides.with_columns(
        pl.col("period_start").dt.offset_by("1y").alias("starts"),
        pl.col("period_end").dt.offset_by("1y").dt.month_end().alias("ends"),
    )
    return (
        _suffixed(earlier, "a")
        .join(
            _suffixed(sides, "b"),
            left_on=["measure_id_a", "area_id_a", "starts_a", "ends_a"],
            right_on=[f"{name}_b" for name in key],
            coalesce=False,
        )
        .pipe(as_pairs)
    )


def successive(sides: pl.DataFrame) -> pl.DataFrame:
    """Each figure with the one before it of the same measure, breakdown and area, by their first and last days: PAIR, the earlier first."""
    series = ["measure_id", "breakdown", "area_id"]
    ordered = sides.sort(*series, "period_start", "period_end", "figure_id").with_row_index("place")
    later = ordered.join(
        ordered.select(pl.col("place") + 1, *series), on=["place", *series], nulls_equal=True, maintain_order="left"
    )
    earlier = ordered.join(later.select(pl.col("place") - 1), on="place", maintain_order="right")
    return paired(earlier.drop("place"), later.drop("place"))


def paired(first: pl.DataFrame, second: pl.DataFrame, claim_scope: str | None = None) -> pl.DataFrame:
    """Two frames of sides of one length, row by row: PAIR. Without a ``claim_scope`` it is that of the first side's measure."""
    both = pl.concat([_suffixed(first, "a"), _suffixed(second, "b")], how="horizontal")
    return as_pairs(both if claim_scope is None else both.with_columns(pl.lit(claim_scope).alias("claim_scope_a")))


def as_pairs(both: pl.DataFrame) -> pl.DataFrame:
    """Sides joined with the suffixes _a and _b as PAIR; further columns of the sides (numerator, value, limits, name) are kept behind."""
    more = [
        f"{name}_{side}"
        for side in ("a", "b")
        for name in ("numerator", "value", "lower_95", "upper_95", "area_name")
        if f"{name}_{side}" in both.columns
    ]
    return both.rename({"claim_scope_a": "claim_scope"}).select(*PAIR, *more)


def _suffixed(sides: pl.DataFrame, side: str) -> pl.DataFrame:
    return sides.rename({name: f"{name}_{side}" for name in sides.columns})
