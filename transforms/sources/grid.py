"""Bytes to grids, and the checks that every layout shares. A grid is a sheet as text: ``row`` (from 1) and columns A, B, C…; blanks are null."""

import io
import itertools
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from polars.exceptions import PanicException, PolarsError

from transforms.contracts.registers import read_authored
from transforms.contracts.tables import cells
from transforms.errors import LayoutError, RegisterError
from transforms.sources.registry import Edition, Source
from transforms.sources.sheet_xml import ERROR
from transforms.sources.unpacked import DAMAGED, UnreadableError, refuse_oversized, refuse_too_many_cells, unzipped
from transforms.sources.workbook import workbook_sheets

LETTERS = (*string.ascii_uppercase, *(a + b for a, b in itertools.product(string.ascii_uppercase, repeat=2)))
PARQUET = b"PAR1"
"""How a Parquet file begins."""
MOST_RECORDS = 1 << 24
"""The most records of a Parquet table: a few bytes can stand for any number of them."""
_REASON = 200
# Whole numbers up to here are themselves as floating-point numbers.
_WHOLE_BELOW = 1 << 53
# Footnote marks: bracketed ('[note 7,8]'), glued to a word or bracket ('fraud3)', '(mid-2018)3'), or set off by a blank at the end (' 5').
_BRACKETED_MARK = r"\[note[^\]]*\]"
_GLUED_MARK = r"([A-Za-z)])\d{1,2}(?:,\d{1,2})*\b"
_SET_OFF_MARK = r"\s\d{1,2}(?:,\d{1,2})*\s*$"


_FIRST_LINE = 1 << 16


@dataclass(frozen=True)
class Parsed:
    """What a parser made of one edition.

    ``cells`` follows the contract of the raw table; ``rows_read`` counts the rows of every grid read that are not blank;
    ``left_out`` has reason and rows. Rows read are rows that became cells plus rows left out: nothing is lost silently.
    """

    cells: pl.DataFrame
    rows_read: int
    left_out: pl.DataFrame


def layout_error(edition: Edition, table: str, cell: str | None, problem: str, remedy: str) -> LayoutError:
    """A LayoutError in one sentence: source, edition, table, cell, what is wrong and what to do."""
    place = f", cell {cell}" if cell else ""
    return LayoutError(f"{edition.source_id} {edition.id}, table {table!r}{place}: {problem}; {remedy}.")


def separator(head: bytes) -> str:
    """What parts the columns of a table, by its first line: tabs where it has some and no comma."""
    first = head.partition(b"\n")[0]
    return "\t" if b"\t" in first and b"," not in first else ","


def csv_grid(content: bytes, edition: Edition) -> pl.DataFrame:
    """The records of a CSV file (gzipped or not, parted by commas or by tabs) as a grid; ``row`` counts records from 1, header lines and blank records included.

    Raises LayoutError when the file is cut short, not UTF-8 or has a record longer than its first.
    """
    try:
        text = unzipped(content)
        refuse_too_many_cells(text)
        records = pl.read_csv(text, has_header=False, infer_schema=False, separator=separator(text[:_FIRST_LINE]))
    except (PolarsError, OSError, EOFError, UnreadableError) as error:
        raise _unreadable(edition, error) from error
    letters = _letters(records.width, edition)
    return records.rename(dict(zip(records.columns, letters, strict=True))).with_row_index("row", offset=1)


def parquet_grid(content: bytes, edition: Edition) -> pl.DataFrame:
    """A Parquet table as a grid, in the order of its file: the names of its columns are row 0, its records are counted from 1.

    A number that is whole is written without decimals, whatever type it has in the file. Raises LayoutError when the file is cut short,
    damaged, or has more than `MOST_RECORDS` records.
    """
    try:
        declared = pl.scan_parquet(io.BytesIO(content))
        if declared.select(pl.len()).collect().item() > MOST_RECORDS:
            raise UnreadableError(f"it has more than {MOST_RECORDS:,} records")
        records = declared.collect()
        letters = _letters(records.width, edition)
        names = pl.DataFrame([records.columns], schema=dict.fromkeys(letters, pl.String), orient="row")
        texts = records.select(
            _as_text(pl.col(name), dtype).alias(letter)
            for letter, (name, dtype) in zip(letters, records.schema.items(), strict=True)
        )
    except (PolarsError, PanicException, OSError, UnreadableError) as error:
        raise _unreadable(edition, error) from error
    return pl.concat([names, texts]).with_row_index("row")


def column_names(content: bytes) -> list[str]:
    """The names of the columns of a Parquet table; raises UnreadableError for a file that is cut short or damaged."""
    try:
        return pl.scan_parquet(io.BytesIO(content)).collect_schema().names()
    except (PolarsError, PanicException, OSError) as error:
        said = " ".join(str(error).split())[:_REASON]
        raise UnreadableError(f"it is a Parquet file, cut short or damaged: {said}") from error


def cell_of_record(row: pl.Expr, column: str) -> pl.Expr:
    """Where a figure of a Parquet table stands, which has no letters over its columns: 'row:5 column:n'."""
    return pl.format("row:{} column:{}", row, pl.lit(column))


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if not dtype.is_float():
        return column.cast(pl.String)
    whole = column.is_finite() & (column == column.round()) & (column.abs() < _WHOLE_BELOW)
    return pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))


def table_grid(content: bytes, edition: Edition) -> pl.DataFrame:
    """A tidy table as a grid, whether it is CSV, CSV packed with gzip, or Parquet; raises as ``csv_grid`` and ``parquet_grid``."""
    return parquet_grid(content, edition) if content.startswith(PARQUET) else csv_grid(content, edition)


def workbook_grids(
    content: bytes, edition: Edition, sheets: Sequence[str] | Callable[[str], bool] | None = None
) -> dict[str, pl.DataFrame]:
    """The named sheets of an XLSX or ODS workbook as grids, found by exact name and never by position; all of them without names.

    Given a function, the sheets whose name it takes: none may be there.

    Blank rows are in a grid up to its last filled one. What a cell says is told in ``workbook.workbook_sheets``.
    Raises LayoutError when the workbook is cut short or corrupt, or a sheet is not in it.
    """
    from python_calamine import CalamineError

    named = None if sheets is None or callable(sheets) else dict.fromkeys(sheets)
    is_wanted = sheets if callable(sheets) else named.__contains__ if named is not None else bool
    rows: dict[str, list[tuple[int, list[str | None]]]] = {}
    held = []
    try:
        refuse_oversized(content)
        for sheet, numbered in workbook_sheets(content, is_wanted):
            held.append(sheet)
            if is_wanted(sheet):
                rows[sheet] = list(numbered)
    except (CalamineError, *DAMAGED) as error:
        raise _unreadable(edition, error) from error
    for sheet in named or ():
        if sheet not in rows:
            problem = f"the workbook has no sheet of this name, but {', '.join(map(repr, held))}"
            raise layout_error(edition, sheet, None, problem, _amend(edition.source_id))
    return {sheet: _sheet_grid(rows[sheet], edition) for sheet in named or rows}


def _sheet_grid(rows: Sequence[tuple[int, list[str | None]]], edition: Edition) -> pl.DataFrame:
    letters = _letters(max((len(row) for _, row in rows), default=0) or 1, edition)
    filled_rows = dict(rows)
    text = [filled_rows.get(number, []) for number in range(1, max(filled_rows, default=0) + 1)]
    padded = [row + [None] * (len(letters) - len(row)) for row in text]
    return pl.DataFrame(padded, schema=dict.fromkeys(letters, pl.String), orient="row").with_row_index("row", offset=1)


def _letters(width: int, edition: Edition) -> tuple[str, ...]:
    if width > len(LETTERS):
        raise _unreadable(edition, UnreadableError(f"it has {width:,} columns"))
    return LETTERS[:width]


def _unreadable(edition: Edition, error: Exception) -> LayoutError:
    reason = " ".join(str(error).split())[:_REASON]
    return LayoutError(
        f"{edition.source_id} {edition.id}: the file {Path(edition.file).name} cannot be read, it may be cut short ({reason}); "
        "fetch the file again."
    )


LAYOUT = ("edition_id", "table", "column_set")
"""The columns of the layout of a source whose editions are one table each, in ``data/layouts/<source id>.csv``."""
COLUMNS = ("column_set", "column", "label", "role")
"""The columns of ``data/layouts/<source id>_columns.csv`` of such a source."""


def read_layout(data: Path, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Read ``data/layouts/<name>.csv`` as text, blanks null; raises RegisterError when its columns are not ``columns``."""
    layout = read_authored(data / "layouts" / f"{name}.csv")
    if tuple(layout.columns) != tuple(columns):
        raise RegisterError(
            f"data/layouts/{name}.csv: its columns are {', '.join(layout.columns)}, not {', '.join(columns)}."
        )
    return layout


def layout_rows(layout: pl.DataFrame, edition: Edition) -> list[dict[str, Any]]:
    """The layout rows of one edition; raises RegisterError when there is none."""
    rows = layout.filter(pl.col("edition_id") == (edition.layout_of or edition.id)).to_dicts()
    if not rows:
        raise RegisterError(
            f"data/layouts/{edition.source_id}.csv: no row for the edition {edition.id}; add one for each table used."
        )
    return rows


def column_label(label: pl.Expr) -> pl.Expr:
    """A column label for the look-up in the layout: without footnote marks, line breaks and extra blanks."""
    return (
        label.str.replace_all(_BRACKETED_MARK, "")
        .str.replace_all(_GLUED_MARK, "${1}")
        .str.replace(_SET_OFF_MARK, "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )


def table_by_layout(grid: pl.DataFrame, edition: Edition, data: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """The name of the one table of an edition whose header is its first row, and its columns by role, as ``data/layouts/<source id>.csv`` and
    ``<source id>_columns.csv`` have them (``columns_by_role``).

    Raises RegisterError for an edition without a layout row, and LayoutError as ``columns_by_role``.
    """
    (layout,) = layout_rows(read_layout(data, edition.source_id, LAYOUT), edition)
    columns = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    expected = columns.filter(pl.col("column_set") == layout["column_set"])
    return layout["table"], columns_by_role(grid, (1, 1), expected, edition, layout["table"])


def columns_by_role(
    grid: pl.DataFrame, rows: tuple[int, int], expected: pl.DataFrame, edition: Edition, table: str
) -> dict[str, dict[str, str]]:
    """Compare the header of a grid with its layout, and return the columns: role -> {column letter: label as printed}, left to right.

    ``rows`` are the first and last header row; ``expected`` has column, label and role ('heading' for a label that stands above
    another label in the same column). Raises LayoutError for a label that is new, missing, changed or in another place.
    """
    found = (
        grid.filter(pl.col("row").is_between(*rows))
        .unpivot(index="row", variable_name="column", value_name="printed")
        .drop_nulls()
        .with_columns(column_label(pl.col("printed")).alias("label"))
        .with_columns((pl.col("row") == pl.col("row").max().over("column")).alias("lowest"))
    )
    wanted = expected.with_columns((pl.col("role") != "heading").alias("lowest"))
    compared = wanted.join(found, on=["column", "lowest"], how="full", suffix="_found", coalesce=True).with_columns(
        pl.col("column").replace_strict({letter: place for place, letter in enumerate(LETTERS)}).alias("place")
    )
    wrong = compared.filter(~pl.col("label").eq_missing(pl.col("label_found"))).sort("place", "lowest")
    if not wrong.is_empty():
        raise _header_error(grid, rows, wrong.row(0, named=True), edition, table)
    used = compared.sort("place").filter(pl.col("role") != "heading").select("role", "column", "printed")
    return {
        str(role[0]): dict(columns.select("column", "printed").iter_rows())
        for role, columns in used.group_by("role", maintain_order=True)
    }


def _header_error(
    grid: pl.DataFrame, rows: tuple[int, int], wrong: Mapping[str, Any], edition: Edition, table: str
) -> LayoutError:
    cell = f"{wrong['column']}{wrong['row'] or rows[1]}"
    printed = repr(wrong["printed"]) if wrong["printed"] is not None else "a blank"
    if wrong["label"] is None:
        problem = f"the label {printed} is not in the layout"
    else:
        elsewhere = (
            grid.head(rows[1] + 10)
            .unpivot(index="row", variable_name="column", value_name="printed")
            .drop_nulls()
            .filter(column_label(pl.col("printed")) == wrong["label"], pl.format("{}{}", "column", "row") != cell)
        )
        places = ", ".join(f"{column}{row}" for column, row in elsewhere.select("column", "row").iter_rows())
        problem = f"found {printed} where the layout expects {wrong['label']!r}" + (
            f", which stands in {places}" if places else ""
        )
    return layout_error(edition, table, cell, problem, _amend(edition.source_id))


def _amend(source_id: str) -> str:
    return f"look at the file, then add or amend the rows of this edition in data/layouts/{source_id}.csv and {source_id}_columns.csv"


def as_cells(rows: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    """Complete rows to the contract of the raw table: ``source_id`` and ``edition_id`` added, ``kind`` 'figure' and texts null unless given.

    Raises LayoutError for a cell that holds an error ('#DIV/0!').
    """
    if "value_text" in rows.columns:
        _refuse_errors(rows, edition)
    schema = cells(edition.source_id).schema
    given = {
        "source_id": pl.lit(edition.source_id),
        "edition_id": pl.lit(edition.id),
        "kind": pl.lit("figure"),
        **{column: pl.col(column) for column in rows.columns},
    }
    return rows.select(given.get(name, pl.lit(None, dtype)).cast(dtype).alias(name) for name, dtype in schema.items())


def _refuse_errors(rows: pl.DataFrame, edition: Edition) -> None:
    """Raise LayoutError for the first cell in which a spreadsheet program could not work out its figure: that is no blank and no zero."""
    wrong = rows.filter(pl.col("value_text").str.strip_chars().str.contains(f"^(?:{ERROR.pattern})$"))
    for table, cell, text in wrong.select("table", "cell", "value_text").head(1).iter_rows():
        raise layout_error(edition, table, cell, f"the cell holds an error ({text}), not a figure", "ask the publisher")


def left_out(counts: Mapping[str, int]) -> pl.DataFrame:
    """The frame of rows left out: reason and rows, in the order given, without reasons that left out nothing."""
    kept = [(reason, rows) for reason, rows in counts.items() if rows]
    return pl.DataFrame(kept, schema={"reason": pl.String, "rows": pl.Int64}, orient="row")


def filled(grid: pl.DataFrame) -> pl.DataFrame:
    """The rows of a grid that are not blank from end to end."""
    return grid.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))


def only_column(roles: Mapping[str, Mapping[str, str]], role: str) -> str:
    """The letter of the one column that has the role."""
    (column,) = roles[role]
    return column


def refuse_blanks(rows: pl.DataFrame, columns: Sequence[str], table: str, edition: Edition) -> None:
    """Raise LayoutError for the first row that has no text in one of the columns that must name what it counts."""
    for column in columns:
        for row in rows.filter(pl.col(column).is_null())["row"].head(1):
            raise layout_error(
                edition, table, f"{column}{row}", "the label is blank", "fetch the file again, it may be cut short"
            )


def rows_of_edition(rows: pl.DataFrame, column: str, source: Source, edition: Edition, table: str) -> pl.DataFrame:
    """The rows of a file of several editions whose period is this edition's ``period_words``.

    Raises LayoutError when a row's period is no edition's, or the edition has no row.
    """
    known = [each.period_words for each in source.editions if each.period_words]
    register = f"data/sources/{source.id}.toml"
    for row, text in rows.filter(~pl.col(column).is_in(known)).select("row", column).head(1).iter_rows():
        raise layout_error(
            edition, table, f"{column}{row}", f"no edition has the period {text!r}", f"add the edition to {register}"
        )
    found = rows.filter(pl.col(column) == edition.period_words)
    if found.is_empty():
        raise layout_error(
            edition,
            table,
            None,
            f"no row has the period {edition.period_words!r}",
            f"correct period_words in {register}, or the table",
        )
    return found


def filled_cells(grid: pl.DataFrame) -> pl.DataFrame:
    """The cells of a grid that are not blank: cell and text."""
    return (
        grid.unpivot(index="row", variable_name="column", value_name="text")
        .drop_nulls("text")
        .select(pl.format("{}{}", "column", "row").alias("cell"), pl.col("text").cast(pl.String))
    )


def text_at(grid: pl.DataFrame, cell: str) -> str | None:
    """The text of one cell, null where it is blank or beyond the grid."""
    texts = filled_cells(grid).filter(pl.col("cell") == cell)["text"]
    return None if texts.is_empty() else str(texts.item())
