"""Parser of the Home Office workbooks on the police workforce (ODS): police officers by police force area on three days or two.

The number of a table changes from workbook to workbook, and so does the file name's date; the title is what finds a sheet. Titles and
places are in ``data/layouts/ho_police_workforce_tables.csv``, columns in ``…_columns.csv``, the rows that are sums in ``…_regions.csv``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    columns_by_role,
    filled,
    layout_error,
    layout_rows,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
    text_at,
    workbook_grids,
)
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words

LAYOUT = (
    "edition_id",
    "title",
    "column_set",
    "first_header_row",
    "last_header_row",
    "unit_cell",
    "unit_text",
    "first_data_row",
    "last_row_label",
)
COLUMNS = ("column_set", "column", "label", "role")
REGIONS = ("label",)

_NOTE = r"^(\d{1,2})\.?\s+(\S.*)$"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the officers of every force and of the totals below them, and the footnotes of their tables.

    measure_text is the title as printed, breakdown_text the unit ('Full-time equivalents' or 'Headcount'), period_text the date cell
    above the figures as stored ('2018-09-30 00:00:00'). Region rows are left out: 'West Midlands ' is a region and 'West Midlands' a
    force, told apart by a blank at the end. Changes and percentages are ignored columns.

    Raises LayoutError when no sheet has the title, a header, unit, region or last row is not where the layout says, a name is blank or
    stands twice, and when the workbook cannot be read.
    """
    columns = read_layout(data, "ho_police_workforce_tables_columns", COLUMNS)
    regions = read_layout(data, "ho_police_workforce_tables_regions", REGIONS)["label"].to_list()
    sheets = workbook_grids(content, edition)
    tables = [
        _table(sheets, row, columns.filter(pl.col("column_set") == row["column_set"]), regions, edition)
        for row in layout_rows(read_layout(data, "ho_police_workforce_tables", LAYOUT), edition)
    ]
    left = pl.concat(table.left_out for table in tables).group_by("reason", maintain_order=True).agg(pl.sum("rows"))
    return Parsed(
        cells=pl.concat(table.cells for table in tables),
        rows_read=sum(table.rows_read for table in tables),
        left_out=left,
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The edition whose titles stand on the workbook's sheets; None when no edition of the register has them."""
    asked = Edition(source.id, "unknown", "", file, "original", "")
    if not content.startswith(b"PK") or not holds_words(content, "Police officers by police force area"):
        return None
    titles = {text_at(grid.head(1), "A1") for grid in workbook_grids(content, asked).values()}
    layout = read_layout(data, "ho_police_workforce_tables", LAYOUT)
    wanted = layout.group_by("edition_id", maintain_order=True).agg("title")
    known = {edition.id: edition for edition in source.editions}
    return next(
        (known[edition] for edition, its in wanted.iter_rows() if set(its) <= titles and edition in known), None
    )


def _table(
    sheets: Mapping[str, pl.DataFrame],
    layout: Mapping[str, Any],
    columns: pl.DataFrame,
    regions: list[str],
    edition: Edition,
) -> Parsed:
    table = _sheet_with_title(sheets, layout["title"], edition)
    grid = sheets[table]
    amend = "look at the sheet, then amend data/layouts/ho_police_workforce_tables.csv"
    unit = text_at(grid, layout["unit_cell"])
    if unit != layout["unit_text"]:
        problem = f"found the unit {unit!r} where the layout expects {layout['unit_text']!r}"
        raise layout_error(edition, table, layout["unit_cell"], problem, amend)
    header = (int(layout["first_header_row"]), int(layout["last_header_row"]))
    roles = columns_by_role(grid, header, columns, edition, table)
    area = only_column(roles, "area_name")
    text = filled(grid)
    below_header = text.filter(pl.col("row") >= int(layout["first_data_row"]))
    last = below_header.filter(pl.col(area) == layout["last_row_label"])["row"].to_list()
    if len(last) != 1:
        problem = f"found {len(last)} rows {layout['last_row_label']!r} where the layout expects one below all others"
        raise layout_error(edition, table, None, problem, amend)
    rows = below_header.filter(pl.col("row") <= last[0])
    refuse_blanks(rows, (area, *roles["measure"]), table, edition)
    _check_names(rows, area, regions, table, edition)
    used = rows.filter(~pl.col(area).is_in(regions))
    marked = below_header.filter(pl.col("row") > last[0], pl.col(area).str.contains(_NOTE))
    figures = [
        used.select(
            pl.lit(table).alias("table"),
            pl.format("{}{}", pl.lit(value), "row").alias("cell"),
            pl.lit("figure").alias("kind"),
            pl.col(area).alias("area_text"),
            pl.lit(layout["title"]).alias("measure_text"),
            pl.lit(unit).alias("breakdown_text"),
            pl.lit(day).alias("period_text"),
            pl.col(value).alias("value_text"),
        )
        for value, day in roles["measure"].items()
    ]
    notes = marked.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(area), "row").alias("cell"),
        pl.lit("note").alias("kind"),
        pl.lit(None, pl.String).alias("area_text"),
        pl.col(area).str.extract(_NOTE, 1).alias("measure_text"),
        pl.lit(None, pl.String).alias("breakdown_text"),
        pl.lit(None, pl.String).alias("period_text"),
        pl.col(area).str.extract(_NOTE, 2).alias("value_text"),
    )
    reasons = {
        "title and header": text.height - below_header.height,
        "region, the sum of the forces below it": rows.height - used.height,
        "text below the table that is no footnote": below_header.height - rows.height - marked.height,
    }
    return Parsed(
        cells=as_cells(pl.concat([*figures, notes]), edition), rows_read=text.height, left_out=left_out(reasons)
    )


def _sheet_with_title(sheets: Mapping[str, pl.DataFrame], title: str, edition: Edition) -> str:
    titles = {name: text_at(grid, "A1") for name, grid in sheets.items()}
    found = [name for name, text in titles.items() if text == title]
    if len(found) != 1:
        held = "; ".join(f"{name}: {text!r}" for name, text in titles.items())
        problem = f"{len(found)} sheets have the title {title!r} in A1, the workbook has {held}"
        raise layout_error(
            edition,
            "police officers",
            "A1",
            problem,
            "look at the workbook, then amend data/layouts/ho_police_workforce_tables.csv",
        )
    return found[0]


def _check_names(rows: pl.DataFrame, area: str, regions: list[str], table: str, edition: Edition) -> None:
    """A region whose name lost its blank would be read as a force: every region must be there, and no name twice."""
    remedy = "look at the sheet, then amend data/layouts/ho_police_workforce_tables_regions.csv"
    for row, name in rows.filter(~pl.col(area).is_first_distinct()).select("row", area).head(1).iter_rows():
        raise layout_error(edition, table, f"{area}{row}", f"the name {name!r} stands twice", remedy)
    names = rows[area].to_list()
    absent = [region for region in regions if region not in names]
    if absent:
        raise layout_error(edition, table, None, f"no row has the name {', '.join(map(repr, absent))}", remedy)
