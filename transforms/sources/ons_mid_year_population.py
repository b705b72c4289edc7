"""Parser of the Nomis interface's answer on mid-year population: one row for each district and year, CSV.

Asked with an older geography the interface answers 0 for a district that was abolished since, not a gap: such a row is left out with that
reason, so that nobody divides by it. Written from documentation, not yet proven on an answer.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import (
    Parsed,
    as_cells,
    columns_by_role,
    csv_grid,
    filled,
    layout_error,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
)
from transforms.sources.registry import Edition, Source

COLUMNS = ("column_set", "column", "label", "role")
TABLE = "NM_2002_1"

_AGAIN = "ask the interface again, with geography=TYPE424, one year at a time"
# Estimates of a mid-year come out in the summer after it.
_MONTHS_TO_RELEASE = 12


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each district with residents; period_text is the year as printed, measure_text the header of the figures.

    Raises LayoutError for a column that is new, missing, renamed or moved, a blank, a district that stands twice, a figure that is no whole
    number, and a year that is not the edition's.
    """
    columns = read_layout(data, "ons_mid_year_population_columns", COLUMNS)
    grid = csv_grid(content, edition)
    roles = columns_by_role(grid, (1, 1), columns, edition, TABLE)
    code, name, year, value = (only_column(roles, role) for role in ("code", "name", "period", "measure"))
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, (code, name, year, value), TABLE, edition)
    for column, wrong, problem in (
        (value, ~pl.col(value).str.contains(r"^\d+$"), "found {} where a whole number of residents is expected"),
        (code, ~pl.col(code).is_first_distinct(), "the district {} stands twice"),
        (year, pl.col(year) != edition.period_words, "found the year {} in an answer of one other year"),
    ):
        for row, text in rows.filter(wrong).select("row", column).head(1).iter_rows():
            raise layout_error(edition, TABLE, f"{column}{row}", problem.replace("{}", repr(text)), _AGAIN)
    living = rows.filter(pl.col(value) != "0")
    cells = living.select(
        pl.lit(TABLE).alias("table"),
        pl.format("{}{}", pl.lit(value), "row").alias("cell"),
        pl.col(code).alias("area_code_text"),
        pl.col(name).alias("area_text"),
        pl.lit(roles["measure"][value]).alias("measure_text"),
        pl.col(year).alias("period_text"),
        pl.col(value).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=rows.height + 1,
        left_out=left_out(
            {"header": 1, "abolished district, for which the interface answers 0": rows.height - living.height}
        ),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The mid-year of an answer, by its first row; the reason where that has no year; None for a workbook."""
    if content.startswith(b"PK"):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    columns = read_layout(data, "ons_mid_year_population_columns", COLUMNS)
    letter = columns.filter(pl.col("role") == "period")["column"].item()
    rows = csv_grid(content, asked).filter(pl.col("row") > 1)
    year = rows[letter][0] if rows.height else None
    if year is None or not (len(year) == 4 and year.isdigit()):
        return "it is an answer on mid-year population without a year; ask the interface again"
    known = next((each for each in source.editions if each.period_words == year), None)
    if known:
        return replace(known, file=file)
    middle = date(int(year), 6, 30)
    return Edition(
        source_id=source.id,
        id=f"mid-{year}",
        title=f"Mid-{year}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, middle, _MONTHS_TO_RELEASE),
        period_start=middle,
        period_end=middle,
        period_words=year,
        published=False,
    )
