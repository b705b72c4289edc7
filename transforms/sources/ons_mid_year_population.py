"""Parser of the Nomis interface's answers on mid-year population: one row for each district and year, or for each district, sex and age.

Asked with an older geography the interface answers 0 for a district that was abolished since, not a gap: such a row is left out with that
reason, so that nobody divides by it. The first of the two is written from documentation, not yet proven on an answer.
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
from transforms.sources.tidy import tidy_cells

COLUMNS = ("column_set", "column", "label", "role")
TABLE = "NM_2002_1"
_QUERY = "query"
_AGE = "C_AGE"

_AGAIN = "ask the interface again, with geography=TYPE424, one year at a time"
# Estimates of a mid-year come out in the summer after it.
_MONTHS_TO_RELEASE = 12


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """One cell for each district with residents; period_text is the year as printed, measure_text the header of the figures.

    Raises LayoutError for a column that is new, missing, renamed or moved, a blank, a district that stands twice, a figure that is no whole
    number, and a year that is not the edition's. An answer by sex and age does not say its year: of it the ages 0 to 17 are cells, and
    breakdown_text is the codes of sex and age; raises as ``tidy_cells``.
    """
    grid = csv_grid(content, edition)
    if _is_by_age(grid):
        return tidy_cells(grid, edition, data)
    columns = read_layout(data, "ons_mid_year_population_columns", COLUMNS).filter(pl.col("column_set") == _QUERY)
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


def _is_by_age(grid: pl.DataFrame) -> bool:
    """Whether the header of an answer has a column of ages."""
    return _AGE in grid.filter(pl.col("row") == 1).drop("row").transpose().to_series()


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The mid-year of an answer, by its first row; the reason where that has no year; None for a workbook."""
    if content.startswith(b"PK"):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    columns = read_layout(data, "ons_mid_year_population_columns", COLUMNS).filter(pl.col("column_set") == _QUERY)
    letter = columns.filter(pl.col("role") == "period")["column"].item()
    grid = csv_grid(content, asked)
    if _is_by_age(grid):
        where = "put it where data/sources/ons_mid_year_population.toml has one"
        reason = f"it is an answer by sex and age, which does not say its mid-year; {where}"
        return next((each for each in source.editions if each.file == file), reason)
    rows = grid.filter(pl.col("row") > 1)
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
