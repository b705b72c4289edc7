"""Whether every police force area has every figure: the grid of force and period, and the register of the gaps that are known."""

from collections.abc import Collection

import polars as pl

from transforms.contracts.tables import COVERAGE
from transforms.errors import LayoutError, RegisterError
from transforms.indicators.force_totals import counted

_SERIES = ["source_id", "edition_id", "measure_id", "period_start", "period_end"]
# How many areas an error names.
_NAMED = 5


def coverage(
    observations: pl.DataFrame,
    areas: pl.DataFrame,
    measures: pl.DataFrame,
    gaps: pl.DataFrame,
    settled: Collection[str] | None = None,
) -> pl.DataFrame:
    """One row for each police force area and each period that an edition has of a counted measure: the contract COVERAGE.

    A force without a value is a gap; ``gaps`` (the register, one row a known gap; a blank area is any) gives its reason, or else the symbol
    that the publisher prints where the number would be; null where a force is simply not there. Raises RegisterError for a row of the register that explains nothing, of the ``settled`` sources (all, unless given).
    """
    counts = counted(observations, measures)
    forces = areas.filter(pl.col("kind") == "police_force_area").select("area_id", pl.col("name").alias("area_name"))
    of_forces = counts.filter((pl.col("area_kind") == "police_force_area") & pl.col("value").is_not_null())
    symbol = pl.col("value_text").str.strip_chars()
    marked = (
        observations.filter(pl.col("value").is_null(), pl.col("status") != "ok", symbol != "")
        .group_by(*_SERIES, "area_id")
        .agg(symbol.min().alias("symbol"))
        .with_columns(pl.format("The publisher prints {} where the number would be.", "symbol").alias("symbol_reason"))
    )
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
        .join(marked, on=[*_SERIES, "area_id"], how="left", maintain_order="left")
        .with_columns(pl.when(~pl.col("present")).then(pl.coalesce("reason", "symbol_reason")).alias("reason"))
        .with_columns((pl.col("present") | pl.col("reason").is_not_null()).alias("accounted_for"))
        .select(pl.col(name).cast(dtype) for name, dtype in COVERAGE.schema.items())
    )


def refuse_gaps(coverage: pl.DataFrame) -> None:
    """Raise LayoutError for the first edition in which police force areas have no figure that others have, and nothing says why.

    ``coverage`` follows its contract.
    """
    lacking = coverage.filter(~pl.col("accounted_for"))
    for row in lacking.head(1).iter_rows(named=True):
        series = {name: row[name] for name in _SERIES}
        names = lacking.filter(**series)["area_name"].to_list()
        named = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        raise LayoutError(
            f"{row['source_id']} {row['edition_id']}: {named} {'has' if len(names) == 1 else 'have'} no {row['measure_id']} for "
            f"{row['period_start']} to {row['period_end']}; the file may be cut short, or a row of data/registers/coverage_gaps.csv says why."
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
