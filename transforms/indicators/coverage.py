"""Whether every police force area has every figure: the grid of force and period, and the register of the gaps that are known."""

from collections.abc import Collection

import polars as pl

from transforms.contracts.tables import COVERAGE
from transforms.errors import RegisterError
from transforms.indicators.force_totals import counted

_SERIES = ["source_id", "edition_id", "measure_id", "period_start", "period_end"]


def coverage(
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    measures: pl.DataFrame,
    gaps: pl.DataFrame,
    settled: Collection[str] | None = None,
) -> pl.DataFrame:
    """One row for each police force area and each period that an edition has of a counted measure: the contract COVERAGE.

    A force without a value is a gap; ``gaps`` (the register, one row a known gap; a blank area is any) gives its reason, null when it
    gives none. Raises RegisterError for a row of the register that explains nothing, of the ``settled`` sources (all, unless given).
    """
    counts = counted(observations, measures)
    forces = areas.filter(pl.col("kind") == "police_force_area").select("area_id", pl.col("name").alias("area_name"))
    of_forces = counts.filter((pl.col("area_kind") == "police_force_area") & pl.col("value").is_not_null())
    series = counts.select(_SERIES).unique()
    grid = (
        series.join(forces, how="cross")
        .join(
            of_forces.select(*_SERIES, "area_id", pl.lit(True).alias("present")), on=[*_SERIES, "area_id"], how="left"
        )
        .with_columns(pl.col("present").fill_null(False))
        .sort(*_SERIES, "area_id")
        .with_row_index("place")
    )
    explained = (
        grid.filter(~pl.col("present"))
        .join(gaps, on=["source_id", "measure_id"], suffix="_gap")
        .filter(
            (pl.col("area_id_gap") == "") | (pl.col("area_id_gap") == pl.col("area_id")),
            pl.col("period_end").is_between(pl.col("first_period_end"), pl.col("last_period_end")),
        )
        .sort("place", "gap_id")
        .unique("place", keep="first", maintain_order=True)
        .select("place", "gap_id", "reason")
    )
    _refuse_dead(gaps, explained, set(series["source_id"]), settled)
    return (
        grid.join(explained, on="place", how="left", maintain_order="left")
        .with_columns((pl.col("present") | pl.col("gap_id").is_not_null()).alias("accounted_for"))
        .select(pl.col(name).cast(dtype) for name, dtype in COVERAGE.schema.items())
    )


def _refuse_dead(
    gaps: pl.DataFrame, explained: pl.DataFrame, held: Collection[str], settled: Collection[str] | None
) -> None:
    judged = sorted(set(held) if settled is None else set(held) & set(settled))
    dead = gaps.filter(pl.col("source_id").is_in(judged) & ~pl.col("gap_id").is_in(explained["gap_id"].implode()))
    if not dead.is_empty():
        raise RegisterError(
            f"data/registers/coverage_gaps.csv: {', '.join(dead['gap_id'])} explains no gap; delete the row or correct it."
        )
