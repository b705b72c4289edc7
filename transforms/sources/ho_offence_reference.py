"""Parser of the Home Office table of offence codes: what a code is called, and which group and sub-group it belongs to.

Its columns are in ``data/layouts/ho_offence_reference_columns.csv``.
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
    only_column,
    table_by_layout,
)
from transforms.sources.registry import Edition


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the words beside each code; a row that stands twice is kept twice, and the footnote on starred codes is a note.

    measure_text is the column header, breakdown_text the code as text ('4.10' is not '4.1'; '8Q*' keeps its star), value_text the words
    as printed, null where the table leaves them blank.

    Raises LayoutError when a column is new, missing, renamed or moved, when a row without words is no footnote, or when codes are
    starred without a footnote.
    """
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    code = only_column(roles, "offence_code")
    rows = filled(grid.filter(pl.col("row") > 1))
    worded = pl.any_horizontal(pl.col(list(roles["measure"])).is_not_null())
    codes = rows.filter(worded)
    notes = rows.filter(~worded)
    for row in codes.filter(pl.col(code).is_null())["row"].head(1):
        raise layout_error(edition, table, f"{code}{row}", "the offence code is blank", "fetch the file again")
    for row, text in notes.filter(~pl.col(code).str.starts_with("* ")).select("row", code).head(1).iter_rows():
        problem = f"{text!r} has no words beside it and is no footnote"
        raise layout_error(edition, table, f"{code}{row}", problem, "look at the file, then amend its parser")
    starred = codes.filter(pl.col(code).str.ends_with("*"))
    if notes.is_empty() and not starred.is_empty():
        raise layout_error(
            edition,
            table,
            f"{code}{starred['row'][0]}",
            "the code is starred but no footnote says why",
            "fetch the file again, it may be cut short",
        )
    figures = [
        codes.select(
            pl.format("{}{}", pl.lit(value), "row").alias("cell"),
            pl.lit("figure").alias("kind"),
            pl.lit(header).alias("measure_text"),
            pl.col(code).alias("breakdown_text"),
            pl.col(value).alias("value_text"),
        )
        for value, header in roles["measure"].items()
    ]
    footnotes = notes.select(
        pl.format("{}{}", pl.lit(code), "row").alias("cell"),
        pl.lit("note").alias("kind"),
        pl.lit("*").alias("measure_text"),
        pl.lit(None, pl.String).alias("breakdown_text"),
        pl.col(code).str.strip_prefix("* ").alias("value_text"),
    )
    return Parsed(
        cells=as_cells(pl.concat([*figures, footnotes]).with_columns(pl.lit(table).alias("table")), edition),
        rows_read=rows.height + 1,
        left_out=left_out({"header": 1}),
    )
