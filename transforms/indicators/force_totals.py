"""Totals by force of tables that print only their parts: searches by ethnicity, arrests by age and sex, officers by rank."""

from collections.abc import Mapping

import polars as pl

from transforms.errors import UnmatchedError
from transforms.harmonise.areas import PLACE, resolve
from transforms.harmonise.meanings import with_measure, with_value
from transforms.harmonise.names import name_table
from transforms.harmonise.registers import Registers
from transforms.sources.registry import Source

_GROUP = ["source_id", "edition_id", "measure_id", "area_id", "period_text"]


def force_totals(cells: pl.DataFrame, sources: Mapping[str, Source], registers: Registers) -> pl.DataFrame:
    """Add the published parts of every force, period and measure up.

    ``cells`` are raw cells of sources without a printed total. Returns source_id, edition_id, measure_id, area_id, period_text, value
    (rounded to the millionth, so that no binary remainder depends on the order; null where no part has a value), parts (cells), parts_without_value, sorted. A part without a value adds
    nothing: the sum is then of the parts that have one, and parts_without_value says how many have none.

    Raises UnmatchedError with the first cell whose area, measure or value no register explains.
    """
    figures = cells.filter(pl.col("kind") == "figure").with_columns(pl.lit(None, pl.String).alias("breakdown_text"))
    kinds = {source.id: source.area_kinds for source in sources.values()}
    places = resolve(figures.select(PLACE), name_table(registers.areas, registers.area_names), kinds)
    understood = (
        figures.join(places, on=list(PLACE), how="left", nulls_equal=True, maintain_order="left")
        .pipe(with_measure, registers.measure_labels)
        .pipe(with_value, registers.sentinels)
    )
    unknown = understood.filter(pl.any_horizontal(pl.col("area_id", "measure_id", "status").is_null())).head(1)
    for row in unknown.iter_rows(named=True):
        what = next(name for name in ("area_id", "measure_id", "status") if row[name] is None)
        text = {"area_id": "area_text", "measure_id": "measure_text", "status": "value_text"}[what]
        raise UnmatchedError(
            f"{row['source_id']} {row['edition_id']}, table {row['table']!r}, cell {row['cell']}: the text {row[text]!r} is in no "
            "register; add a name, label or symbol with its evidence under data/registers, or correct the cell."
        )
    return (
        understood.group_by(_GROUP)
        .agg(
            pl.when(pl.col("value").is_not_null().any()).then(pl.col("value").sum().round(6)).alias("value"),
            pl.len().alias("parts"),
            pl.col("value").is_null().sum().alias("parts_without_value"),
        )
        .sort(_GROUP)
    )
