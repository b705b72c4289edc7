"""Parser of the Home Office table of National Referral Mechanism referrals by police first responder.

It exists in two shapes, both in ``data/layouts/ho_nrm_police_first_responder_columns.csv``: one file for each quarter, and one
hand-gathered table of many quarters, of which an edition is the rows of its own quarter.
"""

from dataclasses import replace
from pathlib import Path

import polars as pl

from transforms.errors import RegisterError
from transforms.sources.calendar import edition_of_quarter, quarter_named
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
    rows_of_edition,
)
from transforms.sources.nrm_labels import TOTAL, read_labels, refuse_unknown_labels
from transforms.sources.registry import Edition, Source, load_source

LAYOUT = ("edition_id", "table", "column_set")
COLUMNS = ("column_set", "column", "label", "role")

_ZIP = b"PK"
_POLICE = "Police"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of each first responder's total, and of its parts by exploitation type and age; genders and nationalities together.

    breakdown_text is null for a total, else type and age as printed, 'Criminal | Child (17 or under)'. The parts of a responder make up its
    total: sums of a type over ages are left out, so that adding parts up never counts a referral twice. The row 'Police total' is kept for
    reconciliation. measure_text is the header of the count. period_text is the quarter as printed; a file of one quarter
    does not print it, so there it is the edition's period_words.

    Raises LayoutError when a column is new, missing, renamed or moved, when a row is of another type of first responder or of a
    quarter that is no edition, when a label is blank, when a kept row has a type or an age that is not known, or when nothing is left for
    the edition.
    """
    (layout,) = layout_rows(read_layout(data, "ho_nrm_police_first_responder", LAYOUT), edition)
    columns = read_layout(data, "ho_nrm_police_first_responder_columns", COLUMNS)
    table = layout["table"]
    grid = csv_grid(content, edition)
    roles = columns_by_role(grid, (1, 1), columns.filter(pl.col("column_set") == layout["column_set"]), edition, table)
    area, value, others = (
        only_column(roles, "area_name"),
        only_column(roles, "measure"),
        list(roles.get("breakdown", {})),
    )
    kind, age = only_column(roles, "exploitation_type"), only_column(roles, "age")
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(
        rows, (*roles.get("responder_type", {}), *roles.get("period", {}), area, kind, age, *others), table, edition
    )
    _refuse_other_responders(rows, list(roles.get("responder_type", {})), table, edition)
    if edition.period_words is None:
        raise RegisterError(
            f"data/sources/{edition.source_id}.toml: edition {edition.id} lacks period_words; give its quarter as printed."
        )
    of_edition = rows
    if "period" in roles:
        of_edition = rows_of_edition(
            rows, only_column(roles, "period"), load_source(data, edition.source_id), edition, table
        )
    together = pl.all_horizontal(pl.lit(True), *(pl.col(other) == TOTAL for other in others))
    is_total = (pl.col(kind) == TOTAL) & (pl.col(age) == TOTAL)
    is_part = (pl.col(kind) != TOTAL) & (pl.col(age) != TOTAL)
    used = of_edition.filter(together & (is_total | is_part))
    if used.filter(is_total).is_empty():
        raise layout_error(
            edition,
            table,
            None,
            f"no row of the edition has {TOTAL!r} in every breakdown",
            "fetch the file again, or look whether the publisher names totals otherwise",
        )
    labelled = used.select("row", pl.col(kind).alias("exploitation"), pl.col(age).alias("age"))
    refuse_unknown_labels(labelled, {"exploitation": kind, "age": age}, read_labels(data), table, edition)
    cells = used.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(value), "row").alias("cell"),
        pl.col(area).alias("area_text"),
        pl.lit(roles["measure"][value]).alias("measure_text"),
        pl.when(is_part).then(pl.concat_str(kind, age, separator=" | ")).alias("breakdown_text"),
        pl.lit(edition.period_words).alias("period_text"),
        pl.col(value).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=rows.height + 1,
        left_out=left_out(
            {
                "header": 1,
                "row of another edition": rows.height - of_edition.height,
                "by gender or nationality, or a type's sum over ages": of_edition.height - used.height,
            }
        ),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The quarter of a CSV file of one quarter (a workbook is another source's): its bytes do not say it, so a folder or the file's name must ('2022-q2'); None otherwise.

    The reason for a table of other first responders, which has the same columns. A quarter that the register lacks is dated by ``calendar.edition_of_quarter``.
    """
    found = quarter_named(file)
    if found is None or content.startswith(_ZIP):
        return None
    if others := _other_responders(content, source, file, data):
        return f"it is the table of referrals by other first responders ({', '.join(others)}), which no source here reads; take the one by police first responder"
    year, quarter = found
    edition_id = f"{year}-q{quarter}"
    for known in source.editions:
        if known.id == edition_id:
            return replace(known, file_kind="re-save")
    return replace(
        edition_of_quarter(source, edition_id, year, quarter, file),
        file_kind="re-save",
        period_words=f"{year} Q{quarter}",
    )


def _other_responders(content: bytes, source: Source, file: str, data: Path) -> list[str]:
    """The types of first responder in a table that has a column of them, but for the police."""
    columns = read_layout(data, f"{source.id}_columns", COLUMNS).filter(role="responder_type")
    grid = csv_grid(content, Edition(source.id, "unknown", "", file, "original", ""))
    typed = [column for column, label in columns.select("column", "label").iter_rows() if grid[column][0] == label]
    types = {kind for column in typed for kind in filled(grid.filter(pl.col("row") > 1))[column].drop_nulls()}
    return sorted(types - {_POLICE})


def _refuse_other_responders(rows: pl.DataFrame, columns: list[str], table: str, edition: Edition) -> None:
    for column in columns:
        other = rows.filter(pl.col(column) != _POLICE)
        for row, text in other.select("row", column).head(1).iter_rows():
            raise layout_error(
                edition,
                table,
                f"{column}{row}",
                f"found the first responder type {text!r} where only {_POLICE!r} is expected",
                "take the table by police first responder, not the one of all first responders",
            )
