"""Parser of the Home Office workbooks on arrests (ODS): arrests for drug offences by police force area in a year, and of England and Wales in several.

A sheet is found by its title, since the number of a table may change. Marks of footnotes are glued to names ('Lancashire1'), to years
('2018/191', '2015/163, 4') and to labels: what a year says is told without them.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from transforms.sources.calendar import expected_vintage
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
from transforms.sources.sheets import holds_words, sheet_heads

LAYOUT = ("edition_id", "title", "column_set", "header_row", "area_cell", "above_first_row", "last_row")
COLUMNS = ("column_set", "column", "label", "role")

_MARKS: Final = r"(?:\d{1,2}(?:, ?\d{1,2})*)?"
_YEAR: Final = rf"(\d{{4}}/\d{{2}}){_MARKS}"
_NOTE: Final = r"^(\d{1,2})\.\s+(\S.*)$"
_WORDS: Final = "arrested for notifiable offences by police force area and offence group"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the measure columns of the tables in the layout, and the footnotes of these tables.

    area_text is the first column, or the cell of the layout that says where the whole table is of. period_text is the financial year without
    the marks glued to it: the title's, or the row's where rows are years.

    Raises LayoutError when no sheet has a title, the title's year is not the edition's, a header is not where the layout says, a row that
    the layout names is not there once, a name or figure is blank, and when the workbook cannot be read.
    """
    layout = layout_rows(read_layout(data, edition.source_id, LAYOUT), edition)
    columns = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    sheets = workbook_grids(content, edition)
    tables = [_table(sheets, row, columns.filter(column_set=row["column_set"]), edition) for row in layout]
    left = pl.concat(table.left_out for table in tables).group_by("reason", maintain_order=True).agg(pl.sum("rows"))
    return Parsed(
        cells=pl.concat(table.cells for table in tables),
        rows_read=sum(table.rows_read for table in tables),
        left_out=left,
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The financial year in the title of the table by police force area and offence group; None for another workbook.

    A year that the register lacks is laid out as the newest that it has.
    """
    if not content.startswith(b"PK") or not holds_words(content, _WORDS):
        return None
    heads = sheet_heads(content, Edition(source.id, "unknown", "", file, "original", ""), ".*", 1)
    titles = [text_at(head, "A1") or "" for head in heads.values()]
    years = [named[1] for title in titles if (named := re.search(rf"{_WORDS}, {_YEAR}$", title))]
    if not years:
        return None
    edition_id = f"{years[0].replace('/', '-')}-tables"
    known = next((each for each in source.editions if each.id == edition_id), None)
    return known or replace(_of_year(source, edition_id, years[0], file), layout_of=source.editions[-1].id)


def _of_year(source: Source, edition_id: str, year: str, file: str) -> Edition:
    end = date(int(year[:4]) + 1, 3, 31)
    return Edition(
        source_id=source.id,
        id=edition_id,
        title=f"Financial year {year}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 2),
        period_words=year,
        published=False,
    )


def _table(
    sheets: Mapping[str, pl.DataFrame], layout: Mapping[str, Any], columns: pl.DataFrame, edition: Edition
) -> Parsed:
    titled = re.compile(rf"{re.escape(layout['title'])}, {_YEAR}$")
    found = {sheet: said[1] for sheet, grid in sheets.items() if (said := titled.search(text_at(grid, "A1") or ""))}
    if len(found) != 1:
        problem = f"{len(found)} sheets have the title {layout['title']!r} where one is expected"
        raise layout_error(edition, layout["column_set"], "A1", problem, "look at the file, then amend its layout")
    ((table, year),) = found.items()
    if year != edition.period_words:
        problem = f"its title says {year} where the edition is of {edition.period_words}"
        raise layout_error(edition, table, "A1", problem, "look whether it is the file of another edition")
    grid = sheets[table]
    header = (int(layout["header_row"]), int(layout["header_row"]))
    roles = columns_by_role(grid, header, columns, edition, table)
    (first,) = [letter for role in ("area_name", "period") for letter in roles.get(role, {})]
    value = only_column(roles, "measure")
    start = _row_of(grid, first, layout["above_first_row"], edition, table) if layout["above_first_row"] else header[0]
    text = filled(grid)
    below = text.filter(pl.col("row") > start)
    last = below.filter(pl.col(first).str.contains(f"^(?:{layout['last_row']})$"))["row"].head(1)
    for end in last if len(last) else [_missing(layout["last_row"], edition, table)]:
        rows = below.filter(pl.col("row") <= end, pl.col(first) != "")
    refuse_blanks(rows, (first, value), table, edition)
    printed = pl.col(first).str.extract(f"^{_YEAR}$") if "period" in roles else pl.lit(year)
    whole = text_at(grid, layout["area_cell"]) if layout["area_cell"] else None
    figures = rows.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(value), "row").alias("cell"),
        pl.lit("figure").alias("kind"),
        (pl.lit(whole, pl.String) if whole else pl.col(first)).alias("area_text"),
        pl.lit(roles["measure"][value]).alias("measure_text"),
        printed.alias("period_text"),
        pl.col(value).alias("value_text"),
    )
    marked = text.filter(pl.col(first).str.contains(_NOTE))
    notes = marked.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(first), "row").alias("cell"),
        pl.lit("note").alias("kind"),
        pl.col(first).str.extract(_NOTE, 1).alias("measure_text"),
        pl.col(first).str.extract(_NOTE, 2).alias("value_text"),
    )
    cells = as_cells(pl.concat([figures, notes], how="diagonal"), edition)
    reasons = {"title, header, other rows, source": text.height - rows.height - marked.height}
    return Parsed(cells=cells, rows_read=text.height, left_out=left_out(reasons))


def _row_of(grid: pl.DataFrame, column: str, label: str, edition: Edition, table: str) -> int:
    rows = grid.filter(pl.col(column).str.strip_chars() == label)["row"].to_list()
    return int(rows[0]) if len(rows) == 1 else _missing(label, edition, table)


def _missing(label: str, edition: Edition, table: str) -> int:
    problem = f"no row {label!r} stands where the layout expects one"
    raise layout_error(edition, table, None, problem, "fetch the file again, or look at it and amend its layout")
