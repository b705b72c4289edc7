"""Parser of the National Referral Mechanism workbooks (ODS): the table of referrals by police first responder, wherever it stands.

Tables change their number and their header its row from quarter to quarter; the table is found by the title in A1, the header by its
labels, all variants of which are in ``data/layouts/ho_nrm_tables_columns.csv``: a new quarter needs no layout row. Written from documentation, not yet proven on a file.
"""

import re
from pathlib import Path

import polars as pl

from transforms.sources.calendar import edition_of_quarter, quarter_named
from transforms.sources.grid import (
    Parsed,
    as_cells,
    column_label,
    filled_cells,
    layout_error,
    layout_rows,
    left_out,
    read_layout,
    text_at,
)
from transforms.sources.nrm_headline import kind_of, refuse_unequal_headline
from transforms.sources.nrm_labels import TOTAL, read_labels, refuse_unknown_labels
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words, sheet_batches, sheet_heads

LAYOUT = ("edition_id", "sheets", "title", "column_set")
COLUMNS = ("column_set", "label", "role")

# Where an edition without a layout row has its table: as every quarter that is documented.
_DOCUMENTED = {
    "sheets": r"Table[ _]?\d+\w?\s*",
    "title": "police first responder|first responder (police)",
    "column_set": "police_first_responder",
}
_KEYS = ("first_responder", "exploitation_type", "age", "gender")


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the column 'Total': each responder's total, and its parts by exploitation type and age; genders together.

    The first row of a block is its total and leaves the lower keys blank: a blank left of the last key filled takes the text above, one
    right of it means 'Total'. breakdown_text is null for a responder's total, else type and age as printed, 'Criminal | Child (17 or under)'.
    period_text is the title. Sums of a type over ages are left out, so that adding parts up never counts a referral twice.

    Raises LayoutError when no sheet or more than one has the title, the header has an unknown or a doubled label or lacks one, a row stands in
    no block or has no total, a kept row has a type or an age that is not known, or the tables by kind of first responder do not add up to
    the quarter's headline where the workbook has them all.
    """
    rows_of_layout = read_layout(data, "ho_nrm_tables", LAYOUT)
    listed = edition.id in rows_of_layout["edition_id"]
    layout = layout_rows(rows_of_layout, edition)[0] if listed else {"edition_id": edition.id, **_DOCUMENTED}
    known = read_layout(data, "ho_nrm_tables_columns", COLUMNS).filter(pl.col("column_set") == layout["column_set"])
    table, grid, beside = _tables(content, edition, layout)
    header_row, columns = _header(grid, known, edition, table)
    rows = grid.filter(pl.col("row") > header_row)
    keyed = _with_keys(rows, [columns[key] for key in _KEYS], edition, table)
    total = columns["measure"]
    for row in keyed.filter(pl.col(total).is_null())["row"].head(1):
        raise layout_error(edition, table, f"{total}{row}", "the total is blank", "look whether the table ends here")
    refuse_unequal_headline(grid, beside, edition)
    is_total = pl.all_horizontal(pl.col(_KEYS[1:]) == TOTAL)
    is_part = (pl.col("exploitation_type") != TOTAL) & (pl.col("age") != TOTAL) & (pl.col("gender") == TOTAL)
    used = keyed.filter(is_total | is_part)
    letters = {"exploitation": columns["exploitation_type"], "age": columns["age"]}
    labelled = used.select("row", pl.col("exploitation_type").alias("exploitation"), "age")
    refuse_unknown_labels(labelled, letters, read_labels(data), table, edition)
    cells = used.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(total), "row").alias("cell"),
        pl.col("first_responder").alias("area_text"),
        pl.lit(TOTAL).alias("measure_text"),
        pl.when(is_part).then(pl.concat_str("exploitation_type", "age", separator=" | ")).alias("breakdown_text"),
        pl.lit(text_at(grid, "A1")).alias("period_text"),
        pl.col(total).alias("value_text"),
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=grid.height,
        left_out=left_out(
            {
                "header, and what stands above it": grid.height - rows.height,
                "by gender, or a type's sum over ages": rows.height - used.height,
            }
        ),
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The quarter of a workbook with a table by police first responder, by the table's title or, where that is silent, the path.

    None for another kind of workbook; the reason where the quarter cannot be told.
    """
    if not content.startswith(b"PK") or not holds_words(content, "first responder", "exploitation"):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    titles = [text_at(grid, "A1") or "" for grid in sheet_heads(content, asked, _DOCUMENTED["sheets"]).values()]
    wanted = [title for title in titles if _is_titled(title, _DOCUMENTED["title"])]
    if not wanted:
        return None
    quarter = quarter_named(wanted[0]) or quarter_named(file)
    if quarter is None:
        return "it is a workbook of referrals, but neither the table's title nor its path says of which quarter; name its folder after it, such as 2024-q1"
    year, number = quarter
    edition_id = f"{year}-q{number}-tables"
    known = next((each for each in source.editions if each.id == edition_id), None)
    return known or edition_of_quarter(source, edition_id, year, number, file)


def _is_titled(title: str, wanted: str) -> bool:
    """Whether a title has one of the wordings, which '|' parts; reports under the duty to notify are another table of the same wording."""
    return not _is_of_duty_alone(title) and any(wording in title.lower() for wording in wanted.lower().split("|"))


def _is_of_duty_alone(title: str) -> bool:
    words = title.lower()
    return bool(re.search(r"duty to notify|\bdtn\b", words)) and not re.search(r"referral mechanism|\bnrm\b", words)


def _tables(
    content: bytes, edition: Edition, layout: dict[str, str]
) -> tuple[str, pl.DataFrame, dict[str, pl.DataFrame]]:
    """The sheet and grid of the police's table, and the grids of the tables beside it, by their kinds in ``nrm_headline``."""
    grids: dict[str, list[pl.DataFrame]] = {}
    police: list[str] = []
    beside: dict[str, str] = {}
    seen: set[str] = set()
    for sheet, batch in sheet_batches(content, edition, layout["sheets"]):
        if sheet not in seen:
            seen.add(sheet)
            title = text_at(batch.head(1), "A1") or ""
            kind = kind_of(title)
            if _is_titled(title, layout["title"]):
                police.append(sheet)
            elif kind and not _is_of_duty_alone(title) and kind not in beside:
                beside[kind] = sheet
        if sheet in police or sheet in beside.values():
            grids.setdefault(sheet, []).append(batch)
    if len(police) != 1:
        found = ", ".join(map(repr, police)) or "none"
        raise layout_error(
            edition,
            layout["sheets"],
            "A1",
            f"one sheet should have {layout['title']!r} in its title, found {found}",
            "look at the file, then amend the title in data/layouts/ho_nrm_tables.csv",
        )
    whole = {sheet: pl.concat(batches, how="diagonal") for sheet, batches in grids.items()}
    return police[0], whole[police[0]], {kind: whole[sheet] for kind, sheet in beside.items()}


def _header(grid: pl.DataFrame, known: pl.DataFrame, edition: Edition, table: str) -> tuple[int, dict[str, str]]:
    """The row of the header, and the column letter of each key and of the total; every other label must be a nationality."""
    variants = known.filter(pl.col("role") == "first_responder")["label"].to_list()
    rows = grid.filter(column_label(pl.col("A")).is_in(variants))["row"]
    if rows.is_empty():
        raise layout_error(
            edition,
            table,
            None,
            f"no row starts with {' or '.join(map(repr, variants))}",
            "look at the file, then add its header to data/layouts/ho_nrm_tables_columns.csv",
        )
    header_row = int(rows[0])
    printed = filled_cells(grid.filter(pl.col("row") == header_row)).select(
        pl.col("cell").str.strip_chars_end("0123456789").alias("column"), column_label(pl.col("text")).alias("label")
    )
    found = printed.join(known, on="label", how="inner", maintain_order="left")
    columns = dict(found.select("role", "column").iter_rows())
    wanted = [*_KEYS, "measure"]
    between = printed["column"].to_list()[len(_KEYS) :]
    if (
        sorted(found["role"]) != sorted(wanted)
        or [columns[key] for key in _KEYS] != list("ABCD")
        or columns["measure"] not in between
    ):
        raise layout_error(
            edition,
            table,
            f"A{header_row}",
            f"found the header {', '.join(found['label'])} where each of {', '.join(wanted)} is expected once, the keys first",
            "look at the file, then amend data/layouts/ho_nrm_tables_columns.csv",
        )
    return header_row, columns


def _with_keys(rows: pl.DataFrame, letters: list[str], edition: Edition, table: str) -> pl.DataFrame:
    """The rows with the four keys in full; raises LayoutError for the first row that stands in no block."""
    filled_to = pl.max_horizontal(
        pl.when(pl.col(letter).is_not_null()).then(place).otherwise(-1) for place, letter in enumerate(letters)
    )
    keyed = rows.with_columns(filled_to.alias("level"))
    for place, (key, letter) in enumerate(zip(_KEYS, letters, strict=True)):
        # A block of the keys to the left begins wherever one of them is filled.
        begins = pl.any_horizontal(pl.col(letters[:place]).is_not_null()) if place else pl.lit(False)
        keyed = keyed.with_columns(begins.cast(pl.Int32).cum_sum().alias("block")).with_columns(
            pl.col(letter).forward_fill().over("block").alias("above")
        )
        keyed = keyed.with_columns(
            pl.when(pl.col("level") < place).then(pl.lit(TOTAL)).otherwise(pl.col("above")).alias(key)
        )
        for row in keyed.filter(pl.col(key).is_null() | (pl.col("level") < 0))["row"].head(1):
            raise layout_error(
                edition,
                table,
                f"{letter}{row}",
                f"the {key.replace('_', ' ')} is blank, and no row above gives it",
                "look whether the table ends here, or its rows have another order",
            )
    return keyed
