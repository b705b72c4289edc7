"""Parser of the hand-gathered table of London-linked individuals by place (Rescue and Response assessments, read in public reports).

The table holds both reports; an edition is the rows whose period is its own. Its columns are in
``data/layouts/mopac_rescue_and_response_columns.csv``.
"""

from pathlib import Path

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    csv_grid,
    filled,
    left_out,
    only_column,
    refuse_blanks,
    rows_of_edition,
    table_by_layout,
)
from transforms.sources.registry import Edition, load_source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the number of individuals linked to each place, and of the place's published rank where one was printed.

    area_text is the place, breakdown_text its level ('county/force' or 'town'), source_url the page that the figure was read on.
    A number that was not printed stays a cell without text: the place was ranked. Force, report year and the rate are the
    transcriber's own columns and are ignored.

    Raises LayoutError when a column is new, missing, renamed or moved, when a row lacks period, level, place or page, or when its
    period is no edition's.
    """
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    period, level, place, url = (
        only_column(roles, role) for role in ("period", "breakdown", "area_name", "source_url")
    )
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, (period, level, place, url), table, edition)
    of_edition = rows_of_edition(rows, period, load_source(data, edition.source_id), edition, table)
    number, rank = only_column(roles, "measure"), only_column(roles, "measure_where_printed")
    cells = pl.concat(
        [
            printed.select(
                pl.lit(table).alias("table"),
                pl.format("{}{}", pl.lit(column), "row").alias("cell"),
                pl.col(place).alias("area_text"),
                pl.lit(label).alias("measure_text"),
                pl.col(level).alias("breakdown_text"),
                pl.col(period).alias("period_text"),
                pl.col(column).alias("value_text"),
                pl.col(url).alias("source_url"),
            )
            for column, label, printed in (
                (number, roles["measure"][number], of_edition),
                (rank, roles["measure_where_printed"][rank], of_edition.filter(pl.col(rank).is_not_null())),
            )
        ]
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=rows.height + 1,
        left_out=left_out({"header": 1, "row of another edition": rows.height - of_edition.height}),
    )
