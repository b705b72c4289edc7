"""Reads tidy tables of which the labels are known, and neither their order nor the row in which they stand: a column is found by its label.

``data/layouts/<source id>_columns.csv`` has the labels of each column set. A column with one ``name`` may have several labels, of which a
table has one; where ``like`` is given, every text of the column must be like it but for its digits. Roles are ``area_name``,
``period``, ``breakdown``, ``breakdown_or_blank``, ``measure_label``, ``measure`` and ``ignored``. The case of a label, its blanks and its
punctuation do not matter: these labels are known from code that reads them without.
"""

import re
from pathlib import Path

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    column_label,
    filled_cells,
    layout_error,
    left_out,
    read_layout,
    refuse_blanks,
)
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import sheet_batches, sheet_heads

LAYOUT = ("edition_id", "sheet", "column_set")
COLUMNS = ("column_set", "name", "label", "role", "like")
SEPARATOR = " | "

_HEADER_WITHIN = 40
# Of the columns of a set, how many a row must name before the table is taken for one of the set.
_CLAIMED = 0.5
_MUST_BE_FILLED = ("area_name", "measure_label", "period", "breakdown")


def labelled_cells(content: bytes, edition: Edition, data: Path, sheet: str) -> Parsed:
    """One cell for each row of a table that has one measure column; it stands on ``sheet`` where the layout has no row of the edition.

    measure_text is the row's measure label, where the table has one, and the header of the measure column; breakdown_text and
    period_text are the texts of those columns in the layout's order; each joined by ' | ', without blanks.

    Raises LayoutError when the sheet or its header is not there, a label is unknown, doubled or missing, a cell stands under no label, a
    text that must be there is blank or unlike its column's, or two rows say the same.
    """
    layout = read_layout(data, edition.source_id, LAYOUT).filter(edition_id=edition.layout_of or edition.id).to_dicts()
    labels = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    table = str(layout[0]["sheet"]) if layout else sheet
    grid = sheet_grid(content, edition, table)
    of_edition = labels.filter(column_set=layout[0]["column_set"]) if layout else labels
    header_row, columns = _columns(grid, of_edition, edition, table)
    rows = grid.filter(pl.col("row") > header_row)
    _check(rows, columns, edition, table)
    measure, header = columns.filter(role="measure").select("letter", "printed").row(0)
    cells = rows.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(measure), "row").alias("cell"),
        pl.col(_letters(columns, "area_name")).alias("area_text"),
        pl.concat_str(*_letters(columns, "measure_label"), pl.lit(header), separator=SEPARATOR).alias("measure_text"),
        _joined(_letters(columns, "breakdown", "breakdown_or_blank")).alias("breakdown_text"),
        _joined(_letters(columns, "period")).alias("period_text"),
        pl.col(measure).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=grid.height,
        left_out=left_out({"header, and what stands above it": grid.height - rows.height}),
    )


def sheet_grid(content: bytes, edition: Edition, sheet: str) -> pl.DataFrame:
    """One sheet as a grid without its blank rows; raises LayoutError where it has no other, and as ``sheet_batches``."""
    batches = [batch for _, batch in sheet_batches(content, edition, re.escape(sheet))]
    if not batches:
        raise layout_error(edition, sheet, None, "the sheet is empty", "fetch the file again")
    return pl.concat(batches, how="diagonal")


def column_set_of(content: bytes, source: Source, file: str, data: Path, sheet: str) -> str | None:
    """The column set whose columns the sheet names in one row, half of them at least; None where there is no such sheet or row."""
    asked = Edition(source.id, "unknown", "", file, "original", "")
    heads = sheet_heads(content, asked, re.escape(sheet), _HEADER_WITHIN)
    labels = read_layout(data, f"{source.id}_columns", COLUMNS)
    rows = [row for head in heads.values() for row in _named(head, labels).head(1).iter_rows(named=True)]
    return next((str(row["column_set"]) for row in rows if row["share"] >= _CLAIMED), None)


def _key(label: pl.Expr) -> pl.Expr:
    """A label for comparison: small letters and digits alone; a sign for per cent is the words."""
    return column_label(label).str.to_lowercase().str.replace_all("%", "percent").str.replace_all(r"[^a-z0-9]", "")


def _named(grid: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """How much of each column set the first rows of a grid name, most first: row, column_set, share of the set's columns."""
    known = labels.select("column_set", "name", _key(pl.col("label")).alias("key"))
    columns = labels.group_by("column_set").agg(pl.n_unique("name").alias("columns"))
    return (
        grid.head(_HEADER_WITHIN)
        .unpivot(index="row", value_name="text")
        .with_columns(_key(pl.col("text")).alias("key"))
        .join(known, on="key")
        .group_by("row", "column_set")
        .agg(pl.n_unique("name").alias("found"))
        .join(columns, on="column_set")
        .select("row", "column_set", (pl.col("found") / pl.col("columns")).alias("share"))
        .sort("share", "row", "column_set", descending=[True, False, False])
    )


def _columns(grid: pl.DataFrame, labels: pl.DataFrame, edition: Edition, table: str) -> tuple[int, pl.DataFrame]:
    """The row of the header, and its columns in the layout's order: letter, name, role, like and the label as printed.

    Raises LayoutError unless every column of one set has one label there, and every label a column.
    """
    amend = f"look at the file, then amend data/layouts/{edition.source_id}_columns.csv"
    named = _named(grid, labels).head(1).to_dicts()
    if not named:
        wanted = ", ".join(map(repr, labels["label"]))
        raise layout_error(edition, table, None, f"no row has any of the labels {wanted}", amend)
    header_row = int(named[0]["row"])
    expected = labels.filter(column_set=named[0]["column_set"]).with_columns(_key(pl.col("label")).alias("key"))
    header = filled_cells(grid.filter(row=header_row)).with_columns(_key(pl.col("text")).alias("key"))
    found = header.join(expected, on="key", how="left", maintain_order="left")
    for cell, text in found.filter(pl.col("name").is_null()).select("cell", "text").head(1).iter_rows():
        raise layout_error(edition, table, cell, f"the label {text!r} is not in the layout", amend)
    names = expected["name"].unique(maintain_order=True)
    if sorted(found["name"]) != sorted(names):
        problem = f"found the header {', '.join(found['text'])} where each of {', '.join(names)} is expected once"
        raise layout_error(edition, table, f"A{header_row}", problem, amend)
    letter = pl.col("cell").str.strip_chars_end("0123456789").alias("letter")
    in_order = names.to_frame().join(found, on="name", how="left", maintain_order="left")
    return header_row, in_order.select(letter, "name", "role", "like", pl.col("text").alias("printed"))


def _letters(columns: pl.DataFrame, *roles: str) -> list[str]:
    return columns.filter(pl.col("role").is_in(roles))["letter"].to_list()


def _joined(letters: list[str]) -> pl.Expr:
    return pl.concat_str(letters, separator=SEPARATOR, ignore_nulls=True)


def _check(rows: pl.DataFrame, columns: pl.DataFrame, edition: Edition, table: str) -> None:
    amend = f"look at the file, then amend data/layouts/{edition.source_id}_columns.csv"
    for cell, text in filled_cells(rows.drop(columns["letter"].to_list())).head(1).iter_rows():
        raise layout_error(edition, table, cell, f"found {text!r} in a column without a label", amend)
    refuse_blanks(rows, _letters(columns, *_MUST_BE_FILLED), table, edition)
    for letter, like in columns.drop_nulls("like").select("letter", "like").iter_rows():
        pattern = re.sub(r"\d", r"\\d", re.escape(like))
        unlike = rows.filter(~pl.col(letter).str.contains(f"^{pattern}$"))
        for row, text in unlike.select("row", letter).head(1).iter_rows():
            raise layout_error(edition, table, f"{letter}{row}", f"{text!r} is not like {like!r}", amend)
    said = _letters(columns, *_MUST_BE_FILLED, "breakdown_or_blank")
    for row in rows.filter(~pl.struct(said).is_first_distinct())["row"].head(1):
        problem = "the row says of its place and period what a row above it says"
        raise layout_error(edition, table, f"A{row}", problem, "fetch the file again, or ask the publisher")
