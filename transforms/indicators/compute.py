"""Observations to indicators: counts of areas and their sums, divided by a stated population, with limits and coverage."""

import polars as pl

from transforms.contracts.tables import INDICATORS
from transforms.indicators import populations
from transforms.indicators.force_totals import counted
from transforms.indicators.local_authorities import OF_CHILDREN, child_populations, of_children
from transforms.indicators.membership import parts as parts_of
from transforms.indicators.rates import with_rate
from transforms.sql import query

_COUNT = ["measure_id", "source_id", "edition_id", "period_start", "period_end", "area_id"]
# Places named in press reports are not a complete set of any region: their counts are never added up.
_NEVER_SUMMED = ["london_linked_individuals"]
# The publisher prints a rate of its own for these; the rates of the others are derived by this project.
_RATE_PUBLISHED = ["drug_offences"]


def indicators(
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    members: pl.DataFrame,
    measures: pl.DataFrame,
    authorities: pl.DataFrame,
) -> pl.DataFrame:
    """All indicators: the contract INDICATORS.

    ``observations``, ``areas`` follow their contracts, ``members``, ``measures`` and ``authorities`` are registers. One row per measure,
    area, period, edition and population.
    """
    parts = parts_of(areas, members)
    printed = populations.populations(observations)
    of_areas = counted(observations, measures)
    counts = pl.concat([_of_parts(of_areas), _of_sums(of_areas, areas, parts)]).pipe(_with_rolling_years)
    covered = _covered(observations, counts, parts, measures)
    is_of_children = pl.col("measure_id").is_in(OF_CHILDREN)
    of_all, of_children_only = counts.filter(~is_of_children), counts.filter(is_of_children)
    with_population = pl.concat(
        [
            populations.as_published(of_all, printed, observations),
            populations.canonical(of_all, covered, printed, parts),
            populations.canonical(of_children_only, covered, child_populations(observations, authorities), parts),
        ]
    )
    without = counts.join(with_population, on=_COUNT, how="anti").with_columns(
        pl.lit("none").alias("denominator_rule"),
        pl.lit(None, pl.Float64).alias("denominator"),
        pl.lit(None, pl.Float64).alias("denominator_used"),
        pl.lit(None, pl.String).alias("denominator_edition"),
        pl.lit(None, pl.String).alias("denominator_observations"),
    )
    return (
        pl.concat([with_population, without, of_children(observations, authorities).select(without.columns)])
        .join(measures.select("measure_id", "code", "multiplier", "role"), on="measure_id")
        .with_columns(pl.col("multiplier").cast(pl.Int64))
        .pipe(with_rate)
        .pipe(_without_limits_of_stocks)
        .pipe(_with_identity, areas)
        .pipe(_with_preference)
        .select(list(INDICATORS.schema))
        .cast(INDICATORS.schema)
        .sort("indicator_id")
    )


def _of_parts(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts that are printed for the area itself: police force areas and bodies without residents."""
    return counts.filter(
        pl.col("area_kind").is_in(["police_force_area", "non_territorial_force", "regional_organised_crime_unit"])
    ).select(
        *_COUNT,
        "vintage",
        pl.col("value").alias("numerator"),
        pl.col("status").alias("numerator_status"),
        pl.when(pl.col("value").is_null()).then(pl.lit("none")).otherwise(pl.lit("complete")).alias("coverage"),
        pl.lit(None, pl.String).alias("coverage_note"),
        "area_basis",
        pl.col("observation_id").alias("numerator_observations"),
    )


def _of_sums(counts: pl.DataFrame, areas: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Counts of regions, policing regions and countries, added up from their parts."""
    summed = query(
        "sums",
        counts=counts.filter(~pl.col("measure_id").is_in(_NEVER_SUMMED)),
        parts=parts,
        areas=areas,
    )
    missing = pl.concat_str(
        pl.format("leaves out {}: no figure published", "missing_forces"),
        pl.format("does not count {}: not in the table", "missing_bodies"),
        separator="; ",
        ignore_nulls=True,
    )
    return summed.select(
        *_COUNT,
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


def _with_rolling_years(counts: pl.DataFrame) -> pl.DataFrame:
    """Add the sum of every four consecutive quarters, each from the newest edition that holds it.

    A year is null as soon as one of its quarters is, or when its quarters leave out different forces: no population goes with
    such a sum. Twelve-month figures are never added: only counts whose period is one quarter are.
    """
    one_quarter = pl.col("period_start").dt.offset_by("3mo") == pl.col("period_end").dt.offset_by("1d")
    series = ["measure_id", "source_id", "area_id"]
    quarters = (
        counts.filter(one_quarter)
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


def _covered(
    observations: pl.DataFrame, counts: pl.DataFrame, parts: pl.DataFrame, measures: pl.DataFrame
) -> pl.DataFrame:
    """The police force areas behind every count: the force itself, or the forces of a sum that have a value in it."""
    forces = counts.join(
        observations.filter(pl.col("area_kind") == "police_force_area").select("area_id").unique(),
        on="area_id",
        how="semi",
    ).select(*_COUNT, pl.col("area_id").alias("part_id"))
    with_value = counts.filter(pl.col("numerator").is_not_null()).select(
        *(column for column in _COUNT if column != "area_id"), pl.col("area_id").alias("part_id")
    )
    sums = (
        counts.join(parts.filter(pl.col("part_kind") == "police_force_area").select("area_id", "part_id"), on="area_id")
        .join(
            with_value,
            on=["measure_id", "source_id", "edition_id", "period_start", "period_end", "part_id"],
            how="semi",
        )
        .select(*_COUNT, "part_id")
    )
    return pl.concat([forces, sums])


def _without_limits_of_stocks(frame: pl.DataFrame) -> pl.DataFrame:
    """Officers on one day are counted, not drawn from a process of chance: limits of events say nothing about them."""
    is_stock = pl.col("role") == "stock"
    return frame.with_columns(
        *(pl.when(~is_stock).then(limit).alias(limit) for limit in ("lower_95", "upper_95")),
        pl.when(is_stock).then(pl.lit("none")).otherwise("method").alias("method"),
    )


def _with_identity(frame: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    named = areas.select("area_id", pl.col("kind").alias("area_kind"), pl.col("name").alias("area_name"))
    months = (
        (pl.col("period_end").dt.year() - pl.col("period_start").dt.year()) * 12
        + pl.col("period_end").dt.month().cast(pl.Int32)
        - pl.col("period_start").dt.month().cast(pl.Int32)
        + 1
    )
    return frame.join(named, on="area_id").with_columns(
        pl.col("code").alias("measure_code"),
        months.alias("months"),
        (~pl.col("measure_id").is_in(_RATE_PUBLISHED)).alias("is_derived"),
        pl.concat_str(
            "code",
            "area_id",
            pl.col("period_start").dt.strftime("%Y%m") + "-" + pl.col("period_end").dt.strftime("%Y%m"),
            "edition_id",
            "denominator_rule",
            separator=".",
        ).alias("indicator_id"),
    )


def _with_preference(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark one row per measure, area and period: the newest edition, with the publisher's own population where it prints one.

    Of two editions of one month the one that reaches further was compiled later: a workbook that is only re-issued keeps old figures.
    """
    rank = {"as_published": 0, "canonical": 1, "none": 2}
    ordered = frame.sort(
        pl.col("vintage").str.replace("-", "").cast(pl.Int32) * -1,
        pl.col("period_end").max().over("source_id", "edition_id").to_physical() * -1,
        pl.col("denominator_rule").replace_strict(rank, return_dtype=pl.Int32),
        "indicator_id",
    )
    number = ["measure_id", "area_id", "period_start", "period_end"]
    return ordered.with_columns((pl.int_range(pl.len()).over(number) == 0).alias("is_preferred"))
