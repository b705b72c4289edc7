"""Which edition an ONS workbook is, and where its tables stand when no layout row says so: read off the sheet, nothing guessed.

An edition that has rows in ``data/layouts/ons_pfa_tables.csv`` is read as they say. One that has none is described here from its own
labels, each of which must be known from an edition that has; the parser then holds the file to that description.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import LETTERS, column_label, filled, layout_error, text_at
from transforms.sources.registry import Edition, Source

TABLES = ("Table P1", "Table P3")
_TITLE_WORDS = {
    "Table P1": ("Table P1:", "police force area", "number of offences"),
    "Table P3": ("Table P3:", "police force area", "rate of offences"),
}
NOTES_SHEET = "Notes- PFA"

# Words of a title are parted by any blanks, and months stand in any case ('march 2017' was printed) or cut to three letters.
_TITLE = re.compile(r"^(Table [PC]\d: .* year ending)\s+([A-Za-z]+)\.?\s+(\d{2,4})")
_YEAR_IN_LABEL = r"\(mid-\d{4}\)"
_AREA_CODE = r"^[EWKN]\d{8}$"
_HEADER_WITHIN = 12
_NOTES_HEADING = "Notes for tables P1, P2, P3, P4"
_LOOK = "look at the file, then describe this edition in data/layouts/ons_pfa_tables.csv and ons_pfa_tables_columns.csv"


def edition_titled(title: str, source: Source, file: str) -> Edition | None:
    """The edition that a title in cell A1 names, known to the register or not; None when the title is of another kind.

    An edition that the register lacks gets its id from its period ('ye-sep-2018') and as its vintage the first month in which the
    publisher releases at least three months after the period's end: the timetable that every edition of the register has kept.
    """
    found = _TITLE.match(title)
    if found is None:
        return None
    end = _month_end(found[2], found[3])
    if end is None:
        return None
    edition_id = f"ye-{end:%b-%Y}".lower()
    for known in source.editions:
        if known.id == edition_id:
            return known
    return Edition(
        source_id=source.id,
        id=edition_id,
        title=f"Year ending {end:%B %Y}",
        file=file,
        file_kind="re-save" if file.endswith(".csv") else "original",
        vintage=expected_vintage(source, end, 3),
        period_start=date(end.year - (end.month < 12), end.month % 12 + 1, 1),
        period_end=end,
        published=False,
    )


def _month_end(month: str, year: str) -> date | None:
    """The last day of the month; two digits of a year are followed by footnote marks ('December 181,2' is December 2018)."""
    digits = year if len(year) == 4 and year.startswith("20") else f"20{year[:2]}"
    frame = pl.DataFrame({"text": [f"1 {month[:3].title()} {digits}"]})
    return frame.select(pl.col("text").str.to_date("%d %b %Y", strict=False).dt.month_end()).item()  # type: ignore[no-any-return]


def described(
    grids: Mapping[str, pl.DataFrame], edition: Edition, layout: pl.DataFrame, columns: pl.DataFrame
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Layout rows and columns of an edition that has none: tables P1 and P3 of its workbook, from the labels of the known editions.

    ``layout`` and ``columns`` are those of the known editions; the result has the same columns. Raises LayoutError, naming sheet and
    cell, when a table is not there, its title or a label is one that no known edition has, or no header is found.
    """
    described_tables = [_describe_table(grids, table, edition, layout, columns) for table in TABLES]
    return [row for row, _ in described_tables], pl.concat([labels for _, labels in described_tables])


def _describe_table(
    grids: Mapping[str, pl.DataFrame], table: str, edition: Edition, layout: pl.DataFrame, columns: pl.DataFrame
) -> tuple[dict[str, Any], pl.DataFrame]:
    sheet = next((name for name in grids if name.strip() == table), None)
    if sheet is None:
        held = ", ".join(map(repr, grids))
        raise layout_error(edition, table, None, f"the workbook has no such sheet, but {held}", _LOOK)
    grid = grids[sheet]
    known = layout.filter(pl.col("sheet").str.strip_chars().is_in(TABLES))
    # Counts and rates share their labels, and what one edition's counts are called another's rates are.
    labels = columns.filter(pl.col("column_set").is_in(known["column_set"].implode()))
    title = _title(grid, table, sheet, edition)
    header, found = _header(grid, labels, sheet, edition)
    first = _first_data_row(grid, header[1], sheet, edition)
    unit = filled(grid.filter(pl.col("row").is_between(header[1] + 1, first - 1)))
    unit_cell = next(
        (f"{column}{row['row']}" for row in unit.to_dicts() for column in unit.columns[1:] if row[column]), None
    )
    notes = next((name for name in grids if name.strip() == NOTES_SHEET), None)
    source_line = grid.filter(pl.col("row") > first, pl.col("A").str.starts_with("Source:")).height
    row = dict.fromkeys(layout.columns)
    row |= {
        "edition_id": edition.id,
        "sheet": sheet,
        "column_set": f"{table} of {edition.id}",
        "title": title,
        "first_header_row": str(header[0]),
        "last_header_row": str(header[1]),
        "unit_cell": unit_cell,
        "unit_text": text_at(grid, unit_cell) if unit_cell else None,
        "first_data_row": str(first),
        "source_line": "Source:" if source_line else None,
        "notes_sheet": notes if notes and not source_line else None,
        "notes_heading": _NOTES_HEADING if notes and not source_line else None,
    }
    if unit_cell and row["unit_text"] not in known["unit_text"].to_list():
        raise layout_error(
            edition, sheet, unit_cell, f"found {row['unit_text']!r} where a known unit is expected", _LOOK
        )
    return row, found.select(pl.lit(row["column_set"]).alias("column_set"), "column", "label", "role")


def _title(grid: pl.DataFrame, table: str, sheet: str, edition: Edition) -> str:
    """The words of the title before its period; they must say that the table counts, or gives rates, by police force area."""
    title, words = text_at(grid, "A1") or "", _TITLE_WORDS[table]
    found = _TITLE.match(title)
    if found is None or any(part not in found[1] for part in words):
        expected = " … ".join(words)
        raise layout_error(edition, sheet, "A1", f"found the title {title!r}, expected {expected!r} in it", _LOOK)
    return found[1]


def _header(
    grid: pl.DataFrame, labels: pl.DataFrame, sheet: str, edition: Edition
) -> tuple[tuple[int, int], pl.DataFrame]:
    """First and last row of the header, and its labels with their roles; populations of another mid-year are known labels."""
    of_any_year = pl.col("label").str.replace(_YEAR_IN_LABEL, "(mid-year)")
    roles = labels.select(of_any_year.alias("any_year"), (pl.col("role") == "heading").alias("heading"), "role").unique(
        maintain_order=True
    )
    printed = (
        grid.head(_HEADER_WITHIN)
        .unpivot(index="row", variable_name="column", value_name="printed")
        .drop_nulls()
        .with_columns(column_label(pl.col("printed")).alias("label"))
        .with_columns(of_any_year.alias("any_year"))
    )
    area_code = printed.filter(pl.col("column") == "A", pl.col("any_year") == "Area Code")["row"]
    if len(area_code) != 1:
        raise layout_error(edition, sheet, None, "no header with 'Area Code' in column A was found", _LOOK)
    last = int(area_code.item())
    # A label may stand in the row above, alone or as a heading over another.
    above = printed.filter(pl.col("row") == last - 1, pl.col("column") != "A").height
    first = last - 1 if above else last
    header = printed.filter(pl.col("row").is_between(first, last)).with_columns(
        (pl.col("row") < pl.col("row").max().over("column")).alias("heading")
    )
    found = header.join(roles, on=["any_year", "heading"], how="left", maintain_order="left")
    place = pl.col("column").replace_strict({letter: place for place, letter in enumerate(LETTERS)})
    for column, row, text in (
        found.filter(pl.col("role").is_null()).sort(place).select("column", "row", "printed").rows()
    ):
        raise layout_error(edition, sheet, f"{column}{row}", f"the label {text!r} is in no known edition", _LOOK)
    return (first, last), found


def _first_data_row(grid: pl.DataFrame, last_header_row: int, sheet: str, edition: Edition) -> int:
    coded = grid.filter(pl.col("row") > last_header_row, pl.col("A").str.contains(_AREA_CODE))["row"]
    if coded.is_empty():
        raise layout_error(edition, sheet, f"A{last_header_row + 1}", "no row below the header has an area code", _LOOK)
    return int(coded[0])
