"""The layout that the Home Office's open data tables share: one row for each financial quarter, force and offence.

They are sheets of a workbook or, where somebody kept them otherwise, one table as CSV, CSV packed with gzip, or Parquet.

Which sheets, header and columns an edition has is in ``data/layouts/<source>.csv`` and ``<source>_columns.csv``; an edition without a
row is laid out as its header says, which must be one of the column sets. Which offences are
used, and which names in the force column are no police force, in ``ho_open_data_offences.csv`` and ``ho_open_data_bodies.csv``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from transforms.errors import RegisterError
from transforms.harmonise.periods import financial_quarter
from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import (
    LETTERS,
    Parsed,
    as_cells,
    cell_of_record,
    column_label,
    columns_by_role,
    filled,
    layout_error,
    layout_rows,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
    table_grid,
)
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words, sheet_batches, sheet_heads

LAYOUT = ("edition_id", "sheets", "header_row", "column_set")
_SHEETS_OF_YEARS = r"\d{4}[-_]\d{2}"
_HEADER_WITHIN = 12
# The day in the names of these files: '…-tables-230726.ods' is of 23 July 2026.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_STAMP = r"-(\d{2})(\d{2})(\d{2})\.(?:ods|xlsx|xlsm|csv|csv\.gz|parquet)$"
_WORKBOOK = b"PK"
_ENDING = r"(?:\.csv)?\.\w+$"
# What a browser adds to the name of a file that was downloaded before.
_DOWNLOADED_AGAIN = r" ?\(\d+\)(?=\.\w+$)"
COLUMNS = ("column_set", "column", "label", "role")
OFFENCES = ("source_id", "code", "role")
BODIES = ("source_id", "label", "role")

_DRUG_OFFENCES = "drug offences"
_YEAR = r"^(\d{4})[/_-](\d{2})$"
_QUARTER = r"^Q?[1-4]$"

Roles = Mapping[str, Mapping[str, str]]


def parse_open_data(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the offences used and of the bodies that are no police force, a batch of rows at a time.

    period_text is year and quarter as printed, '2024/25 | 1'. breakdown_text is the offence code as printed, then the columns with the
    role 'breakdown'. measure_text is the column with the role 'measure_label', or, where there is none, the header of each count: so
    that two counts in one row stay two measures. Rows of an aggregate of forces are left out, so that nothing is added up twice.

    The cell of a workbook or CSV file is its column's letter and its row; that of a Parquet table, which has neither letters nor a header
    row, is 'row:5 column:n': the name of its column, and its record counted from 1.

    Raises LayoutError when a sheet is not there, a column is new, missing, renamed or moved, a label is blank, a year or quarter is not
    one, a year is not its sheet's, a drug offence has a code that is not in the layout, or a code or aggregate of the layout is
    not in the file; RegisterError when the layout has no row of this edition or gives it a header row that is not a number.
    """
    rows_of_layout = read_layout(data, edition.source_id, LAYOUT)
    columns = read_layout(data, f"{edition.source_id}_columns", COLUMNS)
    described = None if edition.id in rows_of_layout["edition_id"] else _described(content, edition, columns)
    layout = described or layout_rows(rows_of_layout, edition)[0]
    expected = columns.filter(pl.col("column_set") == layout["column_set"])
    if expected.is_empty() or not (layout["header_row"] or "").isdigit():
        raise RegisterError(
            f"data/layouts/{edition.source_id}.csv: edition {edition.id} needs a header_row that is a number and a column_set of "
            f"{edition.source_id}_columns.csv; it has {layout['header_row']!r} and {layout['column_set']!r}."
        )
    offences = _of_source(read_layout(data, "ho_open_data_offences", OFFENCES), edition)
    bodies = _of_source(read_layout(data, "ho_open_data_bodies", BODIES), edition)
    header_row = int(layout["header_row"])
    kept, read, reasons, found = [], 0, Counter[str](), set[str]()
    roles: dict[str, dict[str, dict[str, str]]] = {}
    for sheet, batch in _tables(content, edition, layout["sheets"]):
        if sheet not in roles:
            batch = _without_bare_labels(batch, expected, header_row)
            roles[sheet] = columns_by_role(batch, (header_row, header_row), expected, edition, sheet)
        complete = _with_all_columns(batch, expected["column"].unique().to_list(), edition, sheet)
        rows = complete.filter(pl.col("row") > header_row)
        _check(rows, roles[sheet], offences, sheet, edition)
        code, area = only_column(roles[sheet], "offence_code"), only_column(roles[sheet], "area_name")
        aggregate = pl.col(area).is_in(_labels(bodies, "aggregate"))
        # One body is printed as Cifas and as CIFAS; a code from a spreadsheet has a blank at its end.
        is_body = _key(pl.col(area)).is_in([label.lower() for label in _labels(bodies, "non_force")])
        in_use = [*_labels(offences, "measure"), *_labels(offences, "kept")]
        used = pl.col(code).str.strip_chars().is_in(in_use) | is_body
        selected = rows.filter(used & ~aggregate)
        kept.append(_cells(selected, roles[sheet], sheet, edition, header_row > 0))
        found |= {*rows[code].str.strip_chars().unique(), *rows[area].unique()}
        aggregates = rows.filter(aggregate).height
        read += batch.height
        reasons["header, and what stands above it"] += batch.height - rows.height
        reasons["aggregate of police forces"] += aggregates
        reasons["offence that is not used"] += rows.height - selected.height - aggregates
    _refuse_absent([*_labels(offences, "measure"), *_labels(bodies, "aggregate")], found, layout["sheets"], edition)
    return Parsed(cells=pl.concat(kept), rows_read=read, left_out=left_out(reasons))


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition that a workbook or table of this source is, named after its file and dated by the day in the name; the register need not list it.

    A table that is no workbook may have lost the day with its publisher's name: it is dated by the last quarter in it. None where no sheet
    has a header of the source; the reason where neither tells the month of publication.
    """
    if content.startswith(_WORKBOOK) and not holds_words(content, "Financial Quarter", "Offence Code"):
        return None
    asked = Edition(source.id, "unknown", "", file, "original", "")
    columns = read_layout(data, f"{source.id}_columns", COLUMNS)
    layout = _described(content, asked, columns)
    if layout is None:
        return None
    if "offence_code" not in columns.filter(column_set=layout["column_set"])["role"]:
        return f"it is a copy of {source.id} without offence codes, so that nothing in it is told to be of drug trafficking or modern slavery"
    named = edition_named(source, file)
    return (
        named
        if isinstance(named, Edition) or content.startswith(_WORKBOOK)
        else _dated_by_quarters(content, source, file, data) or named
    )


def _dated_by_quarters(content: bytes, source: Source, file: str, data: Path) -> Edition | None:
    """The edition of a table that came out in the first release at least three months after its last quarter; None for one without a quarter."""
    edition = Edition(
        source.id, re.sub(r"[^a-z0-9]+", "-", _stem(file).lower()).strip("-"), "", file, "re-save", "", published=False
    )
    columns = read_layout(data, f"{source.id}_columns", COLUMNS)
    layout = _described(content, edition, columns)
    if layout is None or not edition.id:
        return None
    letters = {
        role: columns.filter(column_set=layout["column_set"], role=role)["column"].item()
        for role in ("financial_year", "financial_quarter")
    }
    grid = table_grid(content, edition).filter(pl.col("row") > int(layout["header_row"]))
    _, end = financial_quarter(pl.concat_str(letters["financial_year"], letters["financial_quarter"], separator=" | "))
    last = grid.select(end.max()).item()
    if last is None:
        return None
    return replace(edition, title=f"To {last:%B %Y}", vintage=expected_vintage(source, last, 3))


def edition_named(source: Source, file: str) -> Edition | str:
    """The edition of a file that is known to be of a source, named after its file and dated by the day in the name; the reason without one."""
    name = re.sub(_DOWNLOADED_AGAIN, "", Path(file).name)
    known = next((each for each in source.editions if Path(each.file).name == name), None)
    vintage = _vintage(name.lower(), source)
    if known or vintage is None:
        return known or (
            f"it is a table of {source.id}, but its name has neither the day of publication nor the last month, as in "
            "…-mar2026-tables-230726.ods; give it its publisher's name again"
        )
    return Edition(
        source_id=source.id,
        id=_stem(name).lower(),
        title=f"Published in {vintage}",
        file=file,
        file_kind="original",
        vintage=vintage,
        published=False,
    )


def _tables(content: bytes, edition: Edition, sheets: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The sheets of a workbook in batches of rows, or the one table of another file, whose name is ``sheets``."""
    if content.startswith(_WORKBOOK):
        yield from sheet_batches(content, edition, sheets)
    else:
        yield sheets, filled(table_grid(content, edition))


def _heads(content: bytes, edition: Edition) -> dict[str, pl.DataFrame]:
    """The first rows of every sheet, or of the one table that is named after its file."""
    if content.startswith(_WORKBOOK):
        return sheet_heads(content, edition, ".*", _HEADER_WITHIN)
    return {_stem(edition.file): table_grid(content, edition).head(_HEADER_WITHIN)}


def _stem(file: str) -> str:
    return re.sub(_ENDING, "", Path(file).name)


def _vintage(name: str, source: Source) -> str | None:
    """The month of publication: of the day in the name, or else the first release at least three months after the last month in it."""
    if day := re.search(_STAMP, name):
        return f"20{day[3]}-{day[2]}"
    months = re.findall(rf"({'|'.join(_MONTHS)})(20\d\d)", name)
    if not months:
        return None
    month, year = months[-1]
    return expected_vintage(source, date(int(year), _MONTHS.index(month) + 1, 1), 3)


def _described(content: bytes, edition: Edition, columns: pl.DataFrame) -> dict[str, str] | None:
    """The layout of an edition that has no row: that of the first sheet which has a header of the source; None where none has."""
    known = {
        frozenset(labels): str(column_set)
        for column_set, labels in columns.group_by("column_set").agg(column_label(pl.col("label"))).iter_rows()
    }
    for sheet, head in _heads(content, edition).items():
        printed = head.unpivot(index="row", variable_name="column", value_name="label").drop_nulls("label")
        for (row,), cells in printed.group_by("row", maintain_order=True):
            labels = dict(cells.select(column_label(pl.col("label")), "column").iter_rows())
            # A table that was derived from a workbook has some of its columns: the set that names most is meant.
            named = [wanted for wanted in known if wanted <= labels.keys()]
            column_set = known[max(named, key=len)] if named else None
            # Further labels may stand to the right of the table, with nothing below them.
            below = head.filter(pl.col("row") > row)
            if column_set and all(
                below[column].is_null().all()
                for label, column in labels.items()
                if not any(label in wanted for wanted in known)
            ):
                of_years = content.startswith(_WORKBOOK) and re.fullmatch(_SHEETS_OF_YEARS, sheet)
                sheets = re.escape(sheet) if content.startswith(_WORKBOOK) else sheet
                return {
                    "sheets": _SHEETS_OF_YEARS if of_years else sheets,
                    "header_row": str(row),
                    "column_set": column_set,
                }
    return None


def _without_bare_labels(batch: pl.DataFrame, expected: pl.DataFrame, header_row: int) -> pl.DataFrame:
    """The first rows of a sheet without the columns to the right of its table that have a label and nothing below it."""
    places = {letter: place for place, letter in enumerate(LETTERS)}
    last = max(places[letter] for letter in expected["column"])
    below = batch.filter(pl.col("row") > header_row)
    right = [letter for letter in batch.columns if letter in places and places[letter] > last]
    return batch.drop(letter for letter in right if below[letter].is_null().all())


def _key(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars().str.to_lowercase()


def _of_source(layout: pl.DataFrame, edition: Edition) -> pl.DataFrame:
    return layout.filter(pl.col("source_id") == edition.source_id)


def _labels(layout: pl.DataFrame, role: str) -> list[str]:
    return layout.filter(pl.col("role") == role).to_series(1).to_list()


def _with_all_columns(batch: pl.DataFrame, columns: list[str], edition: Edition, sheet: str) -> pl.DataFrame:
    """The batch with every column of the layout, blank where no row of the batch reaches it; refuses cells outside the layout."""
    for column in batch.columns[1:]:
        if column not in columns:
            for row in batch.filter(pl.col(column).is_not_null())["row"].head(1):
                raise layout_error(
                    edition,
                    sheet,
                    f"{column}{row}",
                    "the cell is in a column without a label",
                    f"look at the file, then amend data/layouts/{edition.source_id}_columns.csv",
                )
    missing = [pl.lit(None, pl.String).alias(column) for column in columns if column not in batch.columns]
    return batch.with_columns(missing)


def _check(rows: pl.DataFrame, roles: Roles, offences: pl.DataFrame, sheet: str, edition: Edition) -> None:
    year, quarter, area, code, group = (
        only_column(roles, role)
        for role in ("financial_year", "financial_quarter", "area_name", "offence_code", "offence_group")
    )
    refuse_blanks(rows, (year, quarter, area, code, group, *roles.get("measure_label", {})), sheet, edition)
    of_sheet = pl.Series([sheet]).str.extract_groups(_YEAR).struct.rename_fields(["start", "end"])[0]
    printed = pl.col(year).str.extract_groups(_YEAR).struct.rename_fields(["start", "end"])
    next_year = (printed.struct["start"].cast(pl.Int32) + 1) % 100
    is_year = (next_year == printed.struct["end"].cast(pl.Int32)).fill_null(False)
    in_sheet = pl.lit(True)
    if of_sheet["start"] is not None:
        in_sheet = (printed.struct["start"] == of_sheet["start"]) & (printed.struct["end"] == of_sheet["end"])
    unknown_drug = pl.col(group).str.to_lowercase().str.strip_chars() == _DRUG_OFFENCES
    unknown_drug &= ~pl.col(code).str.strip_chars().is_in(offences["code"].to_list())
    for column, wrong, problem, remedy in (
        (year, ~is_year, "found {} where a financial year like '2024/25' is expected", "look at the file"),
        (year, ~in_sheet, "found the year {} on the sheet of another year", "look at the file"),
        (quarter, ~pl.col(quarter).str.contains(_QUARTER), "found {} where a quarter, 1 to 4, is expected", "look at the file"),
        (
            code,
            unknown_drug,
            "the drug offence code {} is not in the layout",
            "say in data/layouts/ho_open_data_offences.csv whether it is used",
        ),
    ):  # fmt: skip
        for row, text in rows.filter(wrong).select("row", pl.col(column).cast(pl.String)).head(1).iter_rows():
            raise layout_error(edition, sheet, f"{column}{row}", problem.replace("{}", repr(text)), remedy)


def _refuse_absent(wanted: list[str], found: set[str], sheets: str, edition: Edition) -> None:
    if absent := [label for label in wanted if label not in found]:
        raise layout_error(
            edition,
            sheets,
            None,
            f"no row has {', '.join(map(repr, absent))}, which the layout expects",
            "look at the file, then amend data/layouts/ho_open_data_offences.csv or ho_open_data_bodies.csv",
        )


def _cell(letter: str, header: str, has_letters: bool) -> pl.Expr:
    return pl.format("{}{}", pl.lit(letter), "row") if has_letters else cell_of_record(pl.col("row"), header)


def _cells(rows: pl.DataFrame, roles: Roles, sheet: str, edition: Edition, has_letters: bool) -> pl.DataFrame:
    year, quarter, area, code = (
        only_column(roles, role) for role in ("financial_year", "financial_quarter", "area_name", "offence_code")
    )
    label = next(iter(roles.get("measure_label", {})), None)
    counts = [
        rows.select(
            "row",
            pl.lit(place).alias("place"),
            pl.lit(sheet).alias("table"),
            _cell(column, header, has_letters).alias("cell"),
            pl.col(area).alias("area_text"),
            (pl.col(label) if label else pl.lit(header)).alias("measure_text"),
            pl.concat_str([code, *roles.get("breakdown", {})], separator=" | ", ignore_nulls=True).alias(
                "breakdown_text"
            ),
            pl.concat_str([year, quarter], separator=" | ").alias("period_text"),
            pl.col(column).alias("value_text"),
        )
        for place, (column, header) in enumerate(roles["measure"].items())
    ]
    return as_cells(pl.concat(counts).sort("row", "place").drop("row", "place"), edition)
