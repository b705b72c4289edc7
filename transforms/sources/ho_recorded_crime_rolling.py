"""Parser of the Home Office table of recorded crime by police force area, rolling years (CSV, one row for each force, offence and date).

Its columns are in ``data/layouts/ho_recorded_crime_rolling_columns.csv``, its offences in ``ho_recorded_crime_rolling_offences.csv``.
"""

from dataclasses import replace
from pathlib import Path

import polars as pl

from transforms.sources.grid import (
    COLUMNS,
    Parsed,
    as_cells,
    csv_grid,
    filled,
    layout_error,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
    table_by_layout,
)
from transforms.sources.registry import Edition, Source

OFFENCES = ("label", "role")

_AS_PUBLISHED = r"^\d{2}/\d{2}/\d{4}$"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of drug offences, and of the bodies that are not forces, whose offence label is their own name.

    measure_text is the offence as printed, period_text the last day of the twelve months as printed, wrong dates included. A count
    may be negative: a force may cancel more offences of a kind than it records.

    Raises LayoutError when a column is new, missing, renamed or moved, when an offence is not in the layout or no longer in the file,
    or when a row has no date, force or offence.
    """
    offences = read_layout(data, "ho_recorded_crime_rolling_offences", OFFENCES)
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    period, area, offence, value = (
        only_column(roles, role) for role in ("period", "area_name", "measure_label", "measure")
    )
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, (period, area, offence), table, edition)
    _check_offences(rows, offence, offences, table, edition)
    used = rows.join(
        offences.filter(pl.col("role") != "ignored"),
        left_on=offence,
        right_on="label",
        how="semi",
        maintain_order="left",
    )
    cells = used.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(value), "row").alias("cell"),
        pl.col(area).alias("area_text"),
        pl.col(offence).alias("measure_text"),
        pl.col(period).alias("period_text"),
        pl.col(value).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=rows.height + 1,
        left_out=left_out({"header": 1, "offence that is not used": rows.height - used.height}),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The edition of this table, of which there is one; dates with strokes ('31/03/2003') are the publisher's, others somebody's re-save. None for a workbook."""
    if content.startswith(b"PK"):
        return None
    columns = read_layout(data, source.id + "_columns", COLUMNS).filter(role="period")
    grid = csv_grid(content, Edition(source.id, "unknown", "", file, "original", ""))
    dates = grid.filter(pl.col("row") > 1)[columns["column"][0]]
    is_original = dates.str.contains(_AS_PUBLISHED).any()
    return replace(source.editions[-1], file_kind="original" if is_original else "re-save")


def _check_offences(rows: pl.DataFrame, column: str, offences: pl.DataFrame, table: str, edition: Edition) -> None:
    amend = "look at the file, then amend data/layouts/ho_recorded_crime_rolling_offences.csv"
    unknown = rows.join(offences, left_on=column, right_on="label", how="anti", maintain_order="left")
    for row, label in unknown.select("row", column).head(1).iter_rows():
        raise layout_error(edition, table, f"{column}{row}", f"the offence {label!r} is not in the layout", amend)
    absent = offences.join(rows, left_on="label", right_on=column, how="anti", maintain_order="left")["label"].to_list()
    if absent:
        raise layout_error(
            edition,
            table,
            None,
            f"no row has the offence {', '.join(map(repr, absent))}, which the layout expects",
            amend,
        )
