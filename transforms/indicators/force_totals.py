"""Counts by area: as printed, or the sum of the parts where a table prints only those (searches by ethnicity, officers by rank)."""

import polars as pl

from transforms.contracts.tables import OBSERVATIONS

_COUNT = ["measure_id", "source_id", "edition_id", "period_start", "period_end", "area_id"]


def counted(observations: pl.DataFrame, measures: pl.DataFrame) -> pl.DataFrame:
    """The observations of the measures with the role 'count' or 'stock', those that are parts added up by area, period and edition.

    Both frames as in their contracts; so is the result, in which a sum has the status 'ok' and as observation_id those of its parts
    with a value, joined by '; '. A part without a value adds nothing: of the tables that print parts, it means that there was none, or
    that none was collected. Where no part has a value the sum is null, with the parts' status. Sums are rounded to the
    millionth, so that no binary remainder depends on an order.
    """
    wanted = measures.filter(pl.col("role").is_in(["count", "stock"]))["measure_id"].implode()
    counts = observations.filter(pl.col("measure_id").is_in(wanted))
    has_value = pl.col("value").is_not_null()
    summed = (
        counts.filter(pl.col("part").is_not_null())
        .sort("observation_id")
        .group_by(_COUNT, maintain_order=True)
        .agg(
            pl.when(has_value.any()).then(pl.col("value").sum().round(6)).alias("value"),
            pl.when(has_value.any()).then(pl.lit("ok")).otherwise(pl.col("status").first()).alias("status"),
            pl.coalesce(
                pl.col("observation_id").filter(has_value).str.join("; ").replace("", None),
                pl.col("observation_id").first(),
            ).alias("observation_id"),
            pl.col("vintage", "area_kind", "area_basis").first(),
        )
    )
    return pl.concat([counts.filter(pl.col("part").is_null()), summed], how="diagonal").select(
        list(OBSERVATIONS.schema)
    )
