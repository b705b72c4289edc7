"""Reads a CSV table of counts with one row for each force, period and breakdown; the layouts of its sources say which column is what.

``data/layouts/<source>.csv`` names table and column set of each edition, and the first period that is used where the series is longer;
``<source>_columns.csv`` the role of each column, and
``<source>_labels.csv`` every label that a labelling or breakdown column may hold: a new label is refused, because it may be a total of
rows that are already there. Roles of a label: 'measure' (its rows are kept), 'ignored' (its rows are left out), 'part' (of a breakdown).
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from transforms.errors import RegisterError
from transforms.harmonise.periods import financial_year_end
from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import (
    Parsed,
    as_cells,
    columns_by_role,
    csv_grid,
    filled,
    layout_error,
    layout_rows,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
)
from transforms.sources.registry import Edition, Source

LAYOUT = ("edition_id", "table", "column_set", "first_period")
COLUMNS = ("column_set", "column", "label", "role")
LABELS = ("column_set", "column", "label", "role")
# 'breakdown_or_blank' is a breakdown that the publisher leaves blank where it has nothing to say.
_MUST_BE_FILLED = ("period", "area_code", "area_name", "measure_label", "breakdown")


def parse_counts(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the rows whose label the layout uses, one for each value column and row.

    measure_text is the row's label and the header of the value column, joined by ' | '; breakdown_text the row's breakdowns, joined
    likewise; period_text the period as printed, or the edition's period_words where the table does not print it. No row is added up:
    where the publisher prints parts only, the cells are the parts.

    Raises LayoutError when a column or label is new, missing, renamed or moved, a row lacks a name that it must have, or says of the
    same force, period and breakdown what another row says;
    RegisterError when neither the table nor the register gives the period.
    """
    source_id = edition.source_id
    (layout,) = layout_rows(read_layout(data, source_id, LAYOUT), edition)
    columns = read_layout(data, f"{source_id}_columns", COLUMNS).filter(pl.col("column_set") == layout["column_set"])
    labels = read_layout(data, f"{source_id}_labels", LABELS).filter(pl.col("column_set") == layout["column_set"])
    table = layout["table"]
    grid = csv_grid(content, edition)
    roles = columns_by_role(grid, (1, 1), columns, edition, table)
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, [letter for role in _MUST_BE_FILLED for letter in roles.get(role, {})], table, edition)
    for letter in labels["column"].unique(maintain_order=True):
        _check_labels(rows, letter, labels.filter(pl.col("column") == letter)["label"].to_list(), table, edition)
    labelled = rows
    if "measure_label" in roles:
        kept = labels.filter(pl.col("role") == "measure")["label"].to_list()
        labelled = rows.filter(pl.col(only_column(roles, "measure_label")).is_in(kept))
    _refuse_doubled(labelled, roles, table, edition)
    used = labelled
    if layout["first_period"]:
        period = only_column(roles, "period")
        # Of an edition that the layout does not describe itself, what the described one has too is left to that.
        first = labelled[period].max() if edition.layout_of else layout["first_period"]
        used = labelled.filter(pl.col(period) >= first)
    if "period" not in roles and edition.period_words is None:
        raise RegisterError(
            f"data/sources/{source_id}.toml: edition {edition.id} lacks period_words; give its period as the publisher words it."
        )
    breakdowns = sorted([*roles.get("breakdown", {}), *roles.get("breakdown_or_blank", {})])
    cells = [
        used.select(
            pl.lit(table).alias("table"),
            pl.format("{}{}", pl.lit(value), "row").alias("cell"),
            _one_or_none(roles, "area_code").alias("area_code_text"),
            _one_or_none(roles, "area_name").alias("area_text"),
            pl.concat_str(*roles.get("measure_label", {}), pl.lit(header), separator=" | ").alias("measure_text"),
            _joined(breakdowns).alias("breakdown_text"),
            _one_or_none(roles, "period").fill_null(pl.lit(edition.period_words)).alias("period_text"),
            pl.col(value).alias("value_text"),
        )
        for value, header in roles["measure"].items()
    ]
    return Parsed(
        cells=as_cells(pl.concat(cells), edition),
        rows_read=rows.height + 1,
        left_out=left_out(
            {
                "header": 1,
                "label that is not used": rows.height - labelled.height,
                "period before the first that is used": labelled.height - used.height,
            }
        ),
    )


def edition_of_series(
    content: bytes, source: Source, file: str, data: Path, named: Callable[[date], tuple[str, str]]
) -> Edition | str | None:
    """The edition of a CSV table that prints every period up to its own, by the last that it prints, whether the register lists it or not.

    ``named`` gives identifier and title of an edition by the last day of its period. One that the register lacks is dated by the timetable.
    None for a workbook; the reason where the last period is none.
    """
    if content.startswith(b"PK"):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    (period,) = read_layout(data, f"{source.id}_columns", COLUMNS).filter(role="period")["column"]
    last = csv_grid(content, asked).filter(pl.col("row") > 1)[period].drop_nulls().max()
    text = pl.lit(last, pl.String)
    end = pl.select(pl.coalesce(financial_year_end(text), text.str.to_date("%Y-%m-%d", strict=False)).dt.month_end())
    if (day := end.item()) is None:
        return f"it is a table of {source.id}, but its last period is {last!r}; fetch it again"
    edition_id, title = named(day)
    known = {edition.id: edition for edition in source.editions}
    one_day = day if source.editions[-1].period_end else None
    return known.get(edition_id) or Edition(
        source_id=source.id,
        id=edition_id,
        title=title,
        file=file,
        file_kind=source.editions[-1].file_kind,
        vintage=expected_vintage(source, day, 3),
        period_start=one_day,
        period_end=one_day,
        published=False,
    )


def _one_or_none(roles: dict[str, dict[str, str]], role: str) -> pl.Expr:
    return pl.col(only_column(roles, role)) if role in roles else pl.lit(None, pl.String)


def _joined(columns: Sequence[str]) -> pl.Expr:
    """The texts of the columns joined by ' | ', without blanks; null where all are blank."""
    if not columns:
        return pl.lit(None, pl.String)
    return (
        pl.when(pl.any_horizontal(pl.col(columns).is_not_null()))
        .then(pl.concat_str(columns, separator=" | ", ignore_nulls=True))
        .otherwise(pl.lit(None, pl.String))
    )


def _refuse_doubled(rows: pl.DataFrame, roles: dict[str, dict[str, str]], table: str, edition: Edition) -> None:
    """Parts are added up: a row that stands in the table twice would be counted twice."""
    said = sorted(
        {letter for role, letters in roles.items() if role not in ("measure", "ignored") for letter in letters}
    )
    doubled = rows.filter(~pl.struct(said).is_first_distinct()) if said else rows.clear()
    for row in doubled["row"].head(1):
        problem = "the row says of its force, period and breakdown what a row above it says"
        raise layout_error(edition, table, f"A{row}", problem, "fetch the file again, or ask the publisher")


def _check_labels(rows: pl.DataFrame, column: str, labels: list[str], table: str, edition: Edition) -> None:
    amend = f"look at the file, then amend data/layouts/{edition.source_id}_labels.csv"
    unknown = rows.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(labels))
    for row, text in unknown.select("row", column).head(1).iter_rows():
        raise layout_error(edition, table, f"{column}{row}", f"the label {text!r} is not in the layout", amend)
    found = set(rows[column].unique())
    absent = [label for label in labels if label not in found]
    # A later edition may have given up a label; one that it puts in its place is not in the layout.
    if absent and not edition.layout_of:
        problem = f"no row of column {column} has the label {', '.join(map(repr, absent))}, which the layout expects"
        raise layout_error(edition, table, None, problem, amend)
