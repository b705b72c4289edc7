"""Figures that a source prints as whole although a part of them is missing: said beside each, so that none is taken for a fall."""

import polars as pl

from transforms.contracts.tables import INDICATORS


def with_doubts(indicators: pl.DataFrame, doubtful: pl.DataFrame) -> pl.DataFrame:
    """The rows of out/indicators in which every figure of an area with a day of a doubtful stretch in it is partial, with the warning as coverage_note.

    ``doubtful`` is the register of doubtful figures. Of sums in which the area is one of several nothing changes.
    """
    touched = (
        indicators.join(doubtful, on=["source_id", "area_id"])
        .filter((pl.col("period_start") <= pl.col("last_day")) & (pl.col("period_end") >= pl.col("first_day")))
        .group_by("indicator_id")
        .agg(pl.col("warning").sort().str.join("; "))
    )
    warned = pl.col("warning").is_not_null()
    return (
        indicators.join(touched, on="indicator_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(warned & (pl.col("coverage") == "complete"))
            .then(pl.lit("partial"))
            .otherwise("coverage")
            .alias("coverage"),
            pl.concat_str("coverage_note", "warning", separator="; ", ignore_nulls=True)
            .replace("", None)
            .alias("coverage_note"),
        )
        .select(list(INDICATORS.schema))
    )
