"""Parser of the long-run tables of the National Referral Mechanism: one row for each quarter of the United Kingdom, or for each age and location in it.

A row 'Total' of a year stands beside its quarters in three of the four tables; columns that end in 'Total' beside their parts. All are kept.
"""

from pathlib import Path

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    csv_grid,
    filled,
    layout_error,
    left_out,
    refuse_blanks,
    table_by_layout,
)
from transforms.sources.registry import Edition

_SEPARATOR = " | "
_AGAIN = "fetch the file again, or look whether the publisher changed the table"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each row and measure column: measure_text is the column's header, period_text year and quarter ('2009 | Q2'), breakdown_text age and location.

    Raises LayoutError when a column is new, missing, renamed or moved, a label is blank, or two rows say the same.
    """
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    rows = filled(grid.filter(pl.col("row") > 1))
    periods, breakdowns, measures = list(roles["period"]), list(roles.get("breakdown", {})), roles["measure"]
    refuse_blanks(rows, [*periods, *breakdowns, *measures], table, edition)
    labels = ["period_text", "breakdown_text"]
    described = rows.with_columns(
        pl.concat_str(periods, separator=_SEPARATOR).alias("period_text"),
        (pl.concat_str(breakdowns, separator=_SEPARATOR) if breakdowns else pl.lit(None, pl.String)).alias(labels[1]),
    )
    for row in described.filter(~pl.struct(labels).is_first_distinct())["row"].head(1):
        raise layout_error(edition, table, f"A{row}", "the row says what a row above it says", _AGAIN)
    cells = (
        described.unpivot(list(measures), index=["row", *labels], variable_name="column", value_name="value_text")
        .sort("row", maintain_order=True)
        .select(
            pl.lit(table).alias("table"),
            pl.format("{}{}", "column", "row").alias("cell"),
            pl.col("column").replace_strict(measures, return_dtype=pl.String).alias("measure_text"),
            *labels,
            "value_text",
        )
    )
    return Parsed(cells=as_cells(cells, edition), rows_read=rows.height + 1, left_out=left_out({"header": 1}))
