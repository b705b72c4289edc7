"""Observations to indicators: counts of areas and their sums, divided by a stated population, and shares of offences, with limits and coverage."""

import polars as pl

from transforms.contracts.tables import INDICATORS
from transforms.indicators import populations
from transforms.indicators.force_totals import COUNT, counted, counted_kind
from transforms.indicators.local_authorities import OF_CHILDREN, child_populations, of_children, resident_populations
from transforms.indicators.membership import parts as parts_of
from transforms.indicators.rates import with_rate
from transforms.indicators.shares import shares, with_share
from transforms.indicators.sums import BY_QUARTER, by_area, spoken_of, with_rolling_years

# The publisher prints a rate of its own for these; the rates of the others are derived by this project.
_RATE_PUBLISHED = ["drug_offences"]
# One series for each concept: of drug offences the Home Office's by code. What another source prints of the same months stays beside it; of
# months that the series does not have, the newest edition of any source is the figure.
_SERIES = {"drug_offences": BY_QUARTER}
_NATION = "K04000001"


def indicators(
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    members: pl.DataFrame,
    measures: pl.DataFrame,
    authorities: pl.DataFrame,
) -> pl.DataFrame:
    """All indicators: the contract INDICATORS.

    ``observations``, ``areas`` follow their contracts, ``members``, ``measures`` and ``authorities`` are registers. One row per measure,
    area, period, edition and population, or of a share for each measure, area, period and edition.
    """
    parts = parts_of(areas, members)
    printed = pl.concat([populations.populations(observations), resident_populations(observations, authorities)])
    of_areas = pl.concat([counted(observations, measures), counted_kind(observations, measures)])
    counts = by_area(of_areas, areas, parts).pipe(with_rolling_years)
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
    without = counts.join(with_population, on=COUNT, how="anti").with_columns(
        pl.lit("none").alias("denominator_rule"),
        pl.lit(None, pl.Float64).alias("denominator"),
        pl.lit(None, pl.Float64).alias("denominator_used"),
        pl.lit(None, pl.String).alias("denominator_edition"),
        pl.lit(None, pl.String).alias("denominator_observations"),
    )
    of_residents = (
        pl.concat([with_population, without, of_children(observations, authorities).select(without.columns)])
        .pipe(_with_measure, measures)
        .pipe(with_rate)
        .pipe(_without_limits_of_stocks)
    )
    of_offences = shares(observations, areas, parts).pipe(_with_measure, measures).pipe(with_share)
    return (
        pl.concat([of_residents, of_offences.select(of_residents.columns)])
        .pipe(_with_identity, areas)
        .pipe(_without_quarters_of_regions)
        .pipe(_with_preference)
        .select(list(INDICATORS.schema))
        .cast(INDICATORS.schema)
        .sort("indicator_id")
    )


def _with_measure(frame: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    about = measures.select("measure_id", "code", pl.col("multiplier").cast(pl.Int64, strict=False), "role")
    return frame.join(about, on="measure_id", maintain_order="left")


def _covered(
    observations: pl.DataFrame, counts: pl.DataFrame, parts: pl.DataFrame, measures: pl.DataFrame
) -> pl.DataFrame:
    """The police force areas behind every count: the force itself, or the forces of a sum that have a value in it."""
    forces = counts.join(
        observations.filter(pl.col("area_kind") == "police_force_area").select("area_id").unique(),
        on="area_id",
        how="semi",
    ).select(*COUNT, pl.col("area_id").alias("part_id"))
    with_value = counts.filter(pl.col("numerator").is_not_null()).select(
        *(column for column in COUNT if column != "area_id"), pl.col("area_id").alias("part_id")
    )
    sums = (
        counts.join(parts.filter(pl.col("part_kind") == "police_force_area").select("area_id", "part_id"), on="area_id")
        .join(
            with_value,
            on=["measure_id", "source_id", "edition_id", "period_start", "period_end", "part_id"],
            how="semi",
        )
        .select(*COUNT, "part_id")
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
        (~pl.col("measure_id").is_in(_RATE_PUBLISHED) | _of_series()).alias("is_derived"),
        pl.concat_str(
            "code",
            "area_id",
            pl.col("period_start").dt.strftime("%Y%m") + "-" + pl.col("period_end").dt.strftime("%Y%m"),
            "edition_id",
            "denominator_rule",
            separator=".",
        ).alias("indicator_id"),
    )


def _without_quarters_of_regions(frame: pl.DataFrame) -> pl.DataFrame:
    """The figures without those of regions and countries of which no report speaks: quarters, and years to every quarter's end, are of forces and of England and Wales."""
    of_parts = pl.col("area_kind").is_in(["police_force_area", "non_territorial_force"]) | (
        pl.col("area_id") == _NATION
    )
    return pl.concat([frame.filter(of_parts), spoken_of(frame.filter(~of_parts))])


def _of_series() -> pl.Expr:
    """Whether a figure is of the source from which its measure is taken before all others."""
    return (
        pl.col("measure_id").replace_strict(_SERIES, default=None, return_dtype=pl.String) == pl.col("source_id")
    ).fill_null(False)


def _with_preference(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark one row per measure, area and period: of the source of its series, else of any, the newest edition, with the publisher's own population where it prints one.

    Of two editions of one month the one that reaches further was compiled later: a workbook that is only re-issued keeps old figures.
    """
    rank = {"as_published": 0, "canonical": 1, "offences": 2, "none": 3}
    ordered = frame.sort(
        ~_of_series(),
        pl.col("vintage").str.replace("-", "").cast(pl.Int32) * -1,
        pl.col("period_end").max().over("source_id", "edition_id").to_physical() * -1,
        pl.col("denominator_rule").replace_strict(rank, return_dtype=pl.Int32),
        "indicator_id",
    )
    number = ["measure_id", "area_id", "period_start", "period_end"]
    return ordered.with_columns((pl.int_range(pl.len()).over(number) == 0).alias("is_preferred"))
