"""Parser of the local level open data of the youth justice statistics: children cautioned or sentenced, by youth justice service and year (ODS).

Known are the sheet's name and the labels of its columns, not their order: columns are found by label, all of which are in
``data/layouts/yjb_youth_justice_columns.csv``. Written from documentation, not yet proven on a file.
"""

import re
from datetime import date
from pathlib import Path

import polars as pl

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import (
    Parsed,
    as_cells,
    column_label,
    filled_cells,
    layout_error,
    layout_rows,
    left_out,
    read_layout,
    refuse_blanks,
)
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words, sheet_batches

LAYOUT = ("edition_id", "sheet", "column_set")
COLUMNS = ("column_set", "label", "role")

_DOCUMENTED = {"sheet": "Data", "column_set": "outcomes"}
_PLACES = ("service", "force_area", "region")
_BREAKDOWNS = ("tier", "type")
_YEAR = r"^20\d\d-\d\d$"
_AMEND = "look at the file, then amend data/layouts/yjb_youth_justice_columns.csv"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each row: how many cautions and sentences of one type the children of a youth justice service received in a year.

    area_text is the youth justice service, breakdown_text the police and crime commissioner's area, the region, tier and type of the
    caution or sentence, joined by ' | ' without blanks; period_text the financial year as printed, '2024-25'. The column that names
    England or Wales is left out: it is known to say 'London' in places.

    Raises LayoutError when there is no sheet 'Data', a label is unknown, doubled or missing, a cell stands under no label, a service,
    year, tier or type is blank, a year is none, or two rows say the same of one place and year.
    """
    known = read_layout(data, edition.source_id, LAYOUT)
    listed = edition.id in known["edition_id"]
    layout = layout_rows(known, edition)[0] if listed else {"edition_id": edition.id, **_DOCUMENTED}
    labels = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    table = str(layout["sheet"])
    grid = _grid(content, edition, table)
    header_row, columns = _header(grid, labels.filter(column_set=layout["column_set"]), edition, table)
    rows = grid.filter(pl.col("row") > header_row)
    _check(rows, columns, edition, table)
    joined = pl.concat_str([columns[role] for role in (*_PLACES[1:], *_BREAKDOWNS)], separator=" | ", ignore_nulls=True)
    printed = grid.filter(row=header_row)[columns["measure"]].item()
    cells = rows.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(columns["measure"]), "row").alias("cell"),
        pl.col(columns["service"]).alias("area_text"),
        pl.lit(printed).alias("measure_text"),
        joined.alias("breakdown_text"),
        pl.col(columns["period"]).alias("period_text"),
        pl.col(columns["measure"]).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=grid.height,
        left_out=left_out({"header, and what stands above it": grid.height - rows.height}),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The edition of a workbook with the table of outcomes, named after the last year in it; None for another kind of workbook."""
    labels = read_layout(data, f"{source.id}_columns", COLUMNS).filter(column_set=_DOCUMENTED["column_set"])
    measure = labels.filter(role="measure")["label"].item()
    if not file.lower().endswith((".ods", ".xlsx")) or not holds_words(content, measure):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    grid = _grid(content, asked, _DOCUMENTED["sheet"])
    header_row, columns = _header(grid, labels, asked, _DOCUMENTED["sheet"])
    years = grid.filter(pl.col("row") > header_row)[columns["period"]].drop_nulls()
    last = years.max() if years.str.contains(_YEAR).any() else None
    if not isinstance(last, str):
        return None
    edition_id = f"outcomes-to-{last}"
    end = date(int(last[:4]) + 1, 3, 31)
    known = next((each for each in source.editions if each.id == edition_id), None)
    return known or Edition(
        source_id=source.id,
        id=edition_id,
        title=f"Children cautioned or sentenced, to the year ending March {end.year}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 3),
        published=False,
    )


def _grid(content: bytes, edition: Edition, sheet: str) -> pl.DataFrame:
    return pl.concat([batch for _, batch in sheet_batches(content, edition, re.escape(sheet))], how="diagonal")


def _header(grid: pl.DataFrame, labels: pl.DataFrame, edition: Edition, table: str) -> tuple[int, dict[str, str]]:
    """The row of the header, and the column letter of each role; raises LayoutError unless every role has one label and every label a role."""
    years = labels.filter(role="period")["label"].to_list()
    starts = [row for row, *texts in grid.iter_rows() if any(text in years for text in texts)]
    if not starts:
        raise layout_error(edition, table, None, f"no row has the label {' or '.join(map(repr, years))}", _AMEND)
    header = filled_cells(grid.filter(row=starts[0])).with_columns(column_label(pl.col("text")).alias("label"))
    found = header.join(labels, on="label", how="left", maintain_order="left")
    for cell, text in found.filter(pl.col("role").is_null()).select("cell", "text").head(1).iter_rows():
        raise layout_error(edition, table, cell, f"the label {text!r} is not in the layout", _AMEND)
    roles = found["role"].to_list()
    wanted = labels["role"].unique(maintain_order=True).to_list()
    if sorted(roles) != sorted(wanted):
        problem = f"found the header {', '.join(found['text'])} where each of {', '.join(wanted)} is expected once"
        raise layout_error(edition, table, f"A{starts[0]}", problem, _AMEND)
    letters = found["cell"].str.strip_chars_end("0123456789").to_list()
    return starts[0], dict(zip(roles, letters, strict=True))


def _check(rows: pl.DataFrame, columns: dict[str, str], edition: Edition, table: str) -> None:
    for cell, text in filled_cells(rows.drop(columns.values())).head(1).iter_rows():
        raise layout_error(edition, table, cell, f"found {text!r} in a column without a label", _AMEND)
    refuse_blanks(rows, [columns[role] for role in ("service", "period", *_BREAKDOWNS)], table, edition)
    year = columns["period"]
    for row, text in rows.filter(~pl.col(year).str.contains(_YEAR)).select("row", year).head(1).iter_rows():
        raise layout_error(edition, table, f"{year}{row}", f"{text!r} is no financial year", _AMEND)
    said = [columns[role] for role in ("service", "period", *_BREAKDOWNS)]
    for row in rows.filter(~pl.struct(said).is_first_distinct())["row"].head(1):
        problem = "the row says of its service, year and type what a row above it says"
        raise layout_error(edition, table, f"{year}{row}", problem, "fetch the file again, or ask the publisher")
