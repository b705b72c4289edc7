"""Reads the re-saved tables of referrals by first responder, one file for each quarter: police, or every kind of first responder."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from transforms.errors import RegisterError
from transforms.sources.calendar import edition_of_quarter, quarter_named
from transforms.sources.grid import (
    COLUMNS,
    csv_grid,
    filled,
    layout_error,
    only_column,
    read_layout,
    refuse_blanks,
    table_by_layout,
)
from transforms.sources.nrm_labels import TOTAL, read_labels, refuse_unknown_labels
from transforms.sources.registry import Edition, Source

POLICE: Final = "Police"

_ZIP = b"PK"
_NAMES: Final = {
    "responder_type": "responder_type",
    "area_name": "responder",
    "exploitation_type": "exploitation",
    "age": "age",
    "measure": "people",
}


def referrals(content: bytes, edition: Edition, data: Path) -> tuple[str, str, pl.DataFrame, int]:
    """The table's name, the header of the count, its totals and its parts by type and age, and how many rows the file has.

    Of the rows, genders and nationalities together: row, cell, responder_type, responder, exploitation, age, people (texts as printed) and
    is_total, is_part. A total has 'Total' as type and age, a part in neither; sums of a type over ages are left out, so that adding parts up never counts a referral
    twice.

    Raises LayoutError when a column is new, missing, renamed or moved, when a label is blank, when a kept row has a type or an age that is
    not known, or when no total is left; RegisterError where the register does not say the quarter, which the file does not print.
    """
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    letters = {name: only_column(roles, role) for role, name in _NAMES.items()}
    others = list(roles["breakdown"])
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, [letter for name, letter in letters.items() if name != "people"] + others, table, edition)
    if edition.period_words is None:
        raise RegisterError(
            f"data/sources/{edition.source_id}.toml: edition {edition.id} lacks period_words; give its quarter as printed."
        )
    together = pl.all_horizontal(pl.col(other) == TOTAL for other in others)
    named = rows.filter(together).select("row", **{name: pl.col(letter) for name, letter in letters.items()})
    used = named.with_columns(
        pl.format("{}{}", pl.lit(letters["people"]), "row").alias("cell"),
        ((pl.col("exploitation") == TOTAL) & (pl.col("age") == TOTAL)).alias("is_total"),
        ((pl.col("exploitation") != TOTAL) & (pl.col("age") != TOTAL)).alias("is_part"),
    ).filter(pl.col("is_total") | pl.col("is_part"))
    if used.filter("is_total").is_empty():
        raise layout_error(
            edition,
            table,
            None,
            f"no row of the edition has {TOTAL!r} in every breakdown",
            "fetch the file again, or look whether the publisher names totals otherwise",
        )
    refuse_unknown_labels(used, letters, read_labels(data), table, edition)
    return table, roles["measure"][letters["people"]], used, rows.height


def types_in(content: bytes, source: Source, file: str, data: Path) -> set[str]:
    """The types of first responder in a file of one quarter; none in a workbook, or a table of other columns."""
    if content.startswith(_ZIP):
        return set()
    columns = read_layout(data, f"{source.id}_columns", COLUMNS).filter(role="responder_type")
    grid = csv_grid(content, Edition(source.id, "unknown", "", file, "original", ""))
    typed = [column for column, label in columns.select("column", "label").iter_rows() if grid[column][0] == label]
    return {kind for column in typed for kind in filled(grid.filter(pl.col("row") > 1))[column].drop_nulls()}


def quarter_in(source: Source, file: str, ending: str = "") -> Edition | None:
    """The edition of the quarter that a folder or the file's name gives ('2022-q2'), its name with an ending; None where neither gives one.

    A quarter that the register lacks is dated by ``calendar.edition_of_quarter``.
    """
    found = quarter_named(file)
    if found is None:
        return None
    year, quarter = found
    edition_id = f"{year}-q{quarter}{ending}"
    for known in source.editions:
        if known.id == edition_id:
            return replace(known, file_kind="re-save")
    return replace(
        edition_of_quarter(source, edition_id, year, quarter, file),
        file_kind="re-save",
        period_words=f"{year} Q{quarter}",
    )
