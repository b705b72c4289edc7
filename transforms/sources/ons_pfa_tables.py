"""Parser of the ONS police force area data tables: workbooks (2018 on) and the CSV export of one sheet (June 2025).

Where things stand is in ``data/layouts/ons_pfa_tables.csv`` (one row for each edition and sheet) and
``ons_pfa_tables_columns.csv`` (the columns of each shape of table); of an edition that has no row there, ``ons_pfa_layout`` reads it off
the sheet. No area is renamed and no symbol read here.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    column_label,
    columns_by_role,
    csv_grid,
    filled,
    filled_cells,
    layout_error,
    layout_rows,
    left_out,
    only_column,
    read_layout,
    text_at,
    workbook_grids,
)
from transforms.sources.ons_pfa_layout import NOTES_SHEET, TABLES, described, edition_titled
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words, sheet_heads

LAYOUT = (
    "edition_id",
    "sheet",
    "column_set",
    "title",
    "geography_cell",
    "geography_text",
    "first_header_row",
    "last_header_row",
    "unit_cell",
    "unit_text",
    "first_data_row",
    "source_line",
    "notes_sheet",
    "notes_heading",
)
COLUMNS = ("column_set", "column", "label", "role")

_NOTE_LINE = r"^(\d+)\.\s"
_PERIOD_MARKS = r"(?:\d{1,2}(?:,\d{1,2})*|\s*(?:\[note[^\]]*\]\s*)+)?"
_AMEND = "look at the file, then amend the row of this edition and sheet in data/layouts/ons_pfa_tables.csv"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the tables that the layout names: drug offences (P1, C2), their published rates and the populations used (P3).

    A figure's measure_text is its column header as printed; in tables of districts breakdown_text is the district's code and name
    (null for the force total). period_text is what the title says after 'year ending', marks included. A note's measure_text is its
    mark as areas carry it ('8', 'note 4'), its table the table that it explains, and its cell where the text stands: in the table's
    own sheet, or in the sheet of notes that breakdown_text then names.

    Raises LayoutError when a sheet, title, header, unit line, blank column or footnote is not where the layout says, when the title's
    period is not the edition's, when a row has figures without an area, or when an area stands twice in one table.
    """
    known = read_layout(data, edition.source_id, LAYOUT)
    columns = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    if _is_export(content):
        layout = layout_rows(known, edition)
        grids = {layout[0]["sheet"]: csv_grid(content, edition)}
    elif edition.id in known["edition_id"]:
        layout = layout_rows(known, edition)
        wanted = dict.fromkeys(name for row in layout for name in (row["sheet"], row["notes_sheet"]) if name)
        grids = workbook_grids(content, edition, list(wanted))
    else:
        grids = workbook_grids(content, edition, lambda name: name.strip() in (*TABLES, NOTES_SHEET))
        layout, columns = described(grids, edition, known, columns)
    tables = [
        _parse_table(grids, row, columns.filter(pl.col("column_set") == row["column_set"]), edition) for row in layout
    ]
    return Parsed(
        cells=pl.concat([table.cells for table in tables]),
        rows_read=sum(table.rows_read for table in tables),
        left_out=pl.concat([table.left_out for table in tables])
        .group_by("reason", maintain_order=True)
        .agg(pl.col("rows").sum()),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The edition that a workbook or a CSV export is, by the title of its first table; None when it is another kind of file."""
    asked = Edition(source.id, "unknown", "", file, "original", "")
    if _is_export(content):
        title = text_at(csv_grid(content, asked).head(1), "A1")
    elif not holds_words(content, "Area Code"):
        return None
    else:
        heads = sheet_heads(content, asked, rf"\s*{TABLES[0]}\s*", rows=1)
        title = next((text_at(head, "A1") for head in heads.values()), None)
    edition = edition_titled(title or "", source, file)
    return replace(edition, file_kind="re-save") if edition and _is_export(content) else edition


def _is_export(content: bytes) -> bool:
    """Whether a file is the CSV export of one table and no workbook, whatever it is called."""
    return not content.startswith(b"PK")


def _parse_table(
    grids: Mapping[str, pl.DataFrame], layout: Mapping[str, Any], expected: pl.DataFrame, edition: Edition
) -> Parsed:
    table, grid = str(layout["sheet"]), grids[layout["sheet"]]
    period_text = _period_text(grid, layout, edition)
    header = (int(layout["first_header_row"]), int(layout["last_header_row"]))
    roles = columns_by_role(grid, header, expected, edition, table)
    first = int(layout["first_data_row"])
    _check_rows_above(grid, layout, header, first, edition)
    last = _last_data_row(grid, layout, first, edition)
    rows = _area_rows(grid.filter(pl.col("row").is_between(first, last)), roles, layout, edition)
    figures = pl.concat(
        [
            rows.select(
                pl.lit(table).alias("table"),
                pl.format("{}{}", pl.lit(column), "row").alias("cell"),
                "area_code_text",
                "area_text",
                pl.lit(printed).alias("measure_text"),
                "breakdown_text",
                pl.lit(period_text).alias("period_text"),
                pl.col(column).alias("value_text"),
            )
            for column, printed in roles["measure"].items()
        ]
    )
    source_lines = 1 if layout["source_line"] else 0
    notes = _notes_below(grid.filter(pl.col("row") > last + source_lines), table, edition)
    above = filled(grid.filter(pl.col("row") < first)).height
    rows_read, other_notes = filled(grid).height, 0
    if layout["notes_sheet"]:
        notes_grid = filled(grids[layout["notes_sheet"]])
        notes = _notes_sheet(notes_grid, layout, edition)
        rows_read += notes_grid.height
        other_notes = notes_grid.height - notes.height
    return Parsed(
        cells=pl.concat([as_cells(figures, edition), as_cells(notes, edition)]),
        rows_read=rows_read,
        left_out=left_out(
            {
                "title, headings and units": above,
                "line that names the source": source_lines,
                "headings and notes of other tables": other_notes,
            }
        ),
    )


def _expect(grid: pl.DataFrame, cell: str, wanted: str, table: str, edition: Edition) -> None:
    found = text_at(grid, cell)
    if found != wanted:
        raise layout_error(edition, table, cell, f"found {found!r} where the layout expects {wanted!r}", _AMEND)


def _period_text(grid: pl.DataFrame, layout: Mapping[str, Any], edition: Edition) -> str:
    """What the title says after the words that the layout expects, once it agrees with the edition's period."""
    title, wanted, table = text_at(grid, "A1") or "", str(layout["title"]), str(layout["sheet"])
    if not title.startswith(wanted):
        raise layout_error(
            edition, table, "A1", f"found {title!r} where the layout expects a title that begins {wanted!r}", _AMEND
        )
    period = title.removeprefix(wanted).removeprefix(" ")
    end = edition.period_end
    if end is None:
        raise layout_error(
            edition, table, "A1", "the register gives this edition no period_end", "add it in data/sources"
        )
    # Two-digit years occur ('December 181,2' is December 2018 with the marks 1 and 2), but never where four digits make a year.
    year = rf"(?:{end:%Y}|(?!20\d\d){end:%y})"
    if not re.fullmatch(rf"\s*(?:{end:%B}|{end:%b}\.?)\s+{year}{_PERIOD_MARKS}\s*", period, re.IGNORECASE):
        raise layout_error(
            edition,
            table,
            "A1",
            f"the title's period is {period!r}, but the edition's is the year ending {end:%B %Y}",
            "check that the file is this edition's, or correct its period in data/sources/ons_pfa_tables.toml",
        )
    return period


def _check_rows_above(
    grid: pl.DataFrame, layout: Mapping[str, Any], header: tuple[int, int], first: int, edition: Edition
) -> None:
    """Geography and unit stand where the layout says; prose above the header only in the first column; nothing else above the data."""
    table = str(layout["sheet"])
    for thing in ("geography", "unit"):
        cell, wanted = layout[f"{thing}_cell"], layout[f"{thing}_text"]
        if cell:
            _expect(grid, cell, wanted, table, edition)
    prose = grid.filter(pl.col("row") < header[0]).drop("A")
    units = grid.filter(pl.col("row").is_between(header[1] + 1, first - 1))
    stray = pl.concat(
        [filled_cells(prose), filled_cells(units).filter(pl.col("cell").ne_missing(pl.lit(layout["unit_cell"])))]
    )
    for cell, text in stray.head(1).select("cell", "text").iter_rows():
        raise layout_error(edition, table, cell, f"found {text!r} where the layout expects a blank", _AMEND)


def _last_data_row(grid: pl.DataFrame, layout: Mapping[str, Any], first: int, edition: Edition) -> int:
    """The row above the line that names the source, or the last row of a sheet without one."""
    if not layout["source_line"]:
        return grid.height
    lines = grid.filter(pl.col("row") >= first, pl.col("A").str.starts_with(layout["source_line"]))
    if lines.height != 1:
        raise layout_error(
            edition,
            layout["sheet"],
            f"A{first}",
            f"found {lines.height} lines that begin {layout['source_line']!r} below the data, where the layout expects one",
            _AMEND,
        )
    return int(lines["row"].item()) - 1


def _area_rows(
    grid: pl.DataFrame, roles: Mapping[str, Mapping[str, str]], layout: Mapping[str, Any], edition: Edition
) -> pl.DataFrame:
    """The rows of the data with area_code_text, area_text and breakdown_text; every other labelled column stays under its letter.

    A blank column between others may hold the symbol that stands in the figures of its row, '..' right across it.
    """
    table = str(layout["sheet"])
    labelled = {column for columns in roles.values() for column in columns}
    measures = list(roles["measure"])
    figure, spacer = pl.col(measures[0]), pl.exclude("row", *labelled)
    is_symbol = pl.all_horizontal(pl.col(measures) == figure) & ~figure.str.contains(r"\d")
    stray = filled_cells(
        grid.select("row", pl.when(spacer.ne_missing(pl.when(is_symbol).then(figure))).then(spacer)),
    )
    for cell, text in stray.head(1).iter_rows():
        raise layout_error(
            edition, table, cell, f"found {text!r} in a column without a label, which should be blank", _AMEND
        )
    code, name = only_column(roles, "area_code"), only_column(roles, "area_name")
    breakdown = list(roles.get("breakdown", {}))
    rows = filled(grid).with_columns(
        pl.col(code).alias("area_code_text"),
        pl.col(name).alias("area_text"),
        pl.when(pl.any_horizontal(pl.col(breakdown).is_not_null()))
        .then(pl.concat_str(pl.col(breakdown), separator=" | ", ignore_nulls=True))
        .alias("breakdown_text")
        if breakdown
        else pl.lit(None, pl.String).alias("breakdown_text"),
    )
    for row in rows.filter(pl.col("area_text").is_null())["row"].head(1):
        raise layout_error(edition, table, f"{name}{row}", "the row has text but no area name", _AMEND)
    _refuse_doubled_areas(rows, name, table, edition)
    return rows


def _refuse_doubled_areas(rows: pl.DataFrame, name: str, table: str, edition: Edition) -> None:
    area = (
        "area_code_text",
        column_label(pl.col("area_text")).str.to_lowercase().alias("plain_name"),
        "breakdown_text",
    )
    doubled = (
        rows.group_by(*area, maintain_order=True)
        .agg(pl.col("row"), pl.col("area_text").last())
        .filter(pl.col("row").list.len() > 1)
    )
    for text, places in doubled.head(1).select("area_text", "row").iter_rows():
        where = " and ".join(f"{name}{row}" for row in places)
        raise layout_error(
            edition,
            table,
            where,
            f"the area {text!r} stands more than once",
            "ask the publisher which row is right, or fetch the file again",
        )


def _notes_below(grid: pl.DataFrame, table: str, edition: Edition) -> pl.DataFrame:
    """Footnotes '8. …' below the table, as rows of cells."""
    lines = filled(grid)
    odd = filled_cells(lines).filter(~pl.col("cell").str.contains(r"^A\d") | ~pl.col("text").str.contains(_NOTE_LINE))
    for cell, text in odd.head(1).iter_rows():
        raise layout_error(edition, table, cell, f"found {text!r} where the layout expects a numbered footnote", _AMEND)
    return lines.select(
        pl.lit("note").alias("kind"),
        pl.lit(table).alias("table"),
        pl.format("A{}", "row").alias("cell"),
        pl.col("A").str.extract(_NOTE_LINE).alias("measure_text"),
        pl.lit(None, pl.String).alias("breakdown_text"),
        pl.col("A").alias("value_text"),
    )


def _notes_sheet(lines: pl.DataFrame, layout: Mapping[str, Any], edition: Edition) -> pl.DataFrame:
    """The notes under the table's heading in the sheet of notes, down to the first blank row, as rows of cells."""
    heading = lines.filter(pl.col("A") == layout["notes_heading"])["row"]
    sheet = str(layout["notes_sheet"])
    if len(heading) != 1:
        raise layout_error(edition, sheet, None, f"found {len(heading)} headings {layout['notes_heading']!r}", _AMEND)
    start = int(heading.item())
    _expect(lines, f"A{start + 1}", "Note number", sheet, edition)
    _expect(lines, f"B{start + 1}", "Note text", sheet, edition)
    block = lines.filter(pl.col("row") > start + 1).filter(
        pl.col("row").cast(pl.Int64) - pl.int_range(pl.len()) == start + 2
    )
    for row, mark in (
        block.filter(~pl.col("A").str.contains(r"^\d+$").fill_null(False)).select("row", "A").head(1).iter_rows()
    ):
        raise layout_error(
            edition, sheet, f"A{row}", f"found {mark!r} where the layout expects the number of a note", _AMEND
        )
    return block.select(
        pl.lit("note").alias("kind"),
        pl.lit(layout["sheet"]).alias("table"),
        pl.format("B{}", "row").alias("cell"),
        pl.format("note {}", "A").alias("measure_text"),
        pl.lit(sheet).alias("breakdown_text"),
        pl.col("B").alias("value_text"),
    )
