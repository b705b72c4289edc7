"""Parser of the Home Office workbooks on the police workforce (ODS): police officers by police force area on three days or two.

The number of a table changes from workbook to workbook, and so does the file name's date; the title is what finds a sheet. Titles and
places are in ``data/layouts/ho_police_workforce_tables.csv``, columns in ``…_columns.csv``, the rows that are sums in ``…_regions.csv``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from transforms.sources.calendar import expected_vintage
from transforms.sources.grid import (
    Parsed,
    as_cells,
    column_label,
    columns_by_role,
    filled,
    layout_error,
    layout_rows,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
    text_at,
    workbook_grids,
)
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import holds_words

LAYOUT = (
    "edition_id",
    "title",
    "column_set",
    "first_header_row",
    "last_header_row",
    "unit_cell",
    "unit_text",
    "first_data_row",
    "last_row_label",
)
COLUMNS = ("column_set", "column", "label", "role")
REGIONS = ("label",)

_NOTE = r"^(\d{1,2})\.?\s+(\S.*)$"
_WORDS = "Police officers by police force area"
# Dates as titles, headers and headings of changes have them, the first with the marks of footnotes behind it.
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})(?:\d{1,2}(?:,\d{1,2})*)?")
_DAY = r"\d{4}-\d{2}-\d{2} 00:00:00"
_MONTH = r"\b[A-Z][a-z]{2}-\d{2}\b"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the officers of every force and of the totals below them, and the footnotes of their tables.

    measure_text is the title as printed, breakdown_text the unit ('Full-time equivalents' or 'Headcount'), period_text the date cell
    above the figures as stored ('2018-09-30 00:00:00'). Region rows are left out: 'West Midlands ' is a region and 'West Midlands' a
    force, told apart by a blank at the end. Changes and percentages are ignored columns.

    Raises LayoutError when no sheet has the title, a header, unit, region or last row is not where the layout says, a name is blank or
    stands twice, and when the workbook cannot be read.
    """
    columns = read_layout(data, "ho_police_workforce_tables_columns", COLUMNS)
    regions = read_layout(data, "ho_police_workforce_tables_regions", REGIONS)["label"].to_list()
    sheets = workbook_grids(content, edition)
    tables = [
        _table(sheets, row, columns.filter(pl.col("column_set") == row["column_set"]), regions, edition)
        for row in layout_rows(read_layout(data, "ho_police_workforce_tables", LAYOUT), edition)
    ]
    left = pl.concat(table.left_out for table in tables).group_by("reason", maintain_order=True).agg(pl.sum("rows"))
    return Parsed(
        cells=pl.concat(table.cells for table in tables),
        rows_read=sum(table.rows_read for table in tables),
        left_out=left,
    )


def edition_in(content: bytes, source: Source, file: str, data: Path) -> Edition | str | None:
    """The edition whose titles stand on the workbook's sheets, whether the register lists it or not.

    One that it does not list has the titles of one that it does, but for their dates, of which the last names the edition; it is laid out as the
    newest that it is like. The reason where no edition has such titles; None for a workbook without a table of officers.
    """
    asked = Edition(source.id, "unknown", "", file, "original", "")
    if not content.startswith(b"PK") or not holds_words(content, _WORDS):
        return None
    grids = workbook_grids(content, asked)
    titles = [text_at(grid.head(1), "A1") or "" for grid in grids.values()]
    of_officers = [title for title in titles if re.match(rf"Table \d+: {_WORDS}", title)]
    if not of_officers:
        return None
    layout = read_layout(data, source.id, LAYOUT)
    known = {edition.id: edition for edition in source.editions}
    described = {edition_id: layout.filter(edition_id=edition_id).to_dicts() for edition_id in known}
    for edition_id, rows in described.items():
        if {row["title"] for row in rows} <= set(titles):
            return known[edition_id]
    like = [edition_id for edition_id, rows in described.items() if _is_like(rows, grids)]
    days = _dates_of(of_officers[0])
    if not like or not days:
        return (
            f"it is a workbook of {source.id}, but no edition that is described has its title {of_officers[0]!r}; "
            f"add the rows of this edition to data/layouts/{source.id}.csv and {source.id}_columns.csv"
        )
    return replace(_added(source, days[-1], file), layout_of=like[-1])


def _is_like(rows: Iterable[Mapping[str, Any]], grids: Mapping[str, pl.DataFrame]) -> bool:
    """Whether a workbook has a sheet for each of the layout rows: the title but for its dates, and the unit in its place."""
    units = {
        (_undated(text_at(grid, "A1") or ""), cell, text_at(grid, cell))
        for grid in grids.values()
        for cell in {row["unit_cell"] for row in rows}
    }
    return {(_undated(row["title"]), row["unit_cell"], row["unit_text"]) for row in rows} <= units


def _added(source: Source, end: date, file: str) -> Edition:
    return Edition(
        source_id=source.id,
        id=f"{end.day}-{end:%b-%Y}".lower(),
        title=f"{end.day} {end:%B %Y}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 3),
        published=False,
    )


def _undated(text: str) -> str:
    """A title or label with every date in it left open."""
    return re.sub(_MONTH, "month", re.sub(_DAY, "day", _DATE.sub("date", text)))


def _dates_of(title: str) -> list[date]:
    """The dates in a title, in its order; none where one of them is no day."""
    try:
        return [datetime.strptime(" ".join(found), "%d %b %Y").date() for found in _DATE.findall(title)]
    except ValueError:
        return []


def _table(
    sheets: Mapping[str, pl.DataFrame],
    layout: Mapping[str, Any],
    columns: pl.DataFrame,
    regions: list[str],
    edition: Edition,
) -> Parsed:
    table = _sheet_with_title(sheets, layout["title"], edition)
    grid = sheets[table]
    title = text_at(grid, "A1") or ""
    amend = "look at the sheet, then amend data/layouts/ho_police_workforce_tables.csv"
    unit = text_at(grid, layout["unit_cell"])
    if unit != layout["unit_text"]:
        problem = f"found the unit {unit!r} where the layout expects {layout['unit_text']!r}"
        raise layout_error(edition, table, layout["unit_cell"], problem, amend)
    header = (int(layout["first_header_row"]), int(layout["last_header_row"]))
    if edition.layout_of:
        columns = _with_own_dates(columns, grid, header)
    roles = columns_by_role(grid, header, columns, edition, table)
    if edition.layout_of:
        _refuse_other_dates(title, roles["measure"], table, edition)
    area = only_column(roles, "area_name")
    text = filled(grid)
    below_header = text.filter(pl.col("row") >= int(layout["first_data_row"]))
    last = below_header.filter(pl.col(area) == layout["last_row_label"])["row"].to_list()
    if len(last) != 1:
        problem = f"found {len(last)} rows {layout['last_row_label']!r} where the layout expects one below all others"
        raise layout_error(edition, table, None, problem, amend)
    rows = below_header.filter(pl.col("row") <= last[0])
    refuse_blanks(rows, (area, *roles["measure"]), table, edition)
    _check_names(rows, area, regions, table, edition)
    used = rows.filter(~pl.col(area).is_in(regions))
    marked = below_header.filter(pl.col("row") > last[0], pl.col(area).str.contains(_NOTE))
    figures = [
        used.select(
            pl.lit(table).alias("table"),
            pl.format("{}{}", pl.lit(value), "row").alias("cell"),
            pl.lit("figure").alias("kind"),
            pl.col(area).alias("area_text"),
            pl.lit(title).alias("measure_text"),
            pl.lit(unit).alias("breakdown_text"),
            pl.lit(day).alias("period_text"),
            pl.col(value).alias("value_text"),
        )
        for value, day in roles["measure"].items()
    ]
    notes = marked.select(
        pl.lit(table).alias("table"),
        pl.format("{}{}", pl.lit(area), "row").alias("cell"),
        pl.lit("note").alias("kind"),
        pl.lit(None, pl.String).alias("area_text"),
        pl.col(area).str.extract(_NOTE, 1).alias("measure_text"),
        pl.lit(None, pl.String).alias("breakdown_text"),
        pl.lit(None, pl.String).alias("period_text"),
        pl.col(area).str.extract(_NOTE, 2).alias("value_text"),
    )
    reasons = {
        "title and header": text.height - below_header.height,
        "region, the sum of the forces below it": rows.height - used.height,
        "text below the table that is no footnote": below_header.height - rows.height - marked.height,
    }
    return Parsed(
        cells=as_cells(pl.concat([*figures, notes]), edition), rows_read=text.height, left_out=left_out(reasons)
    )


def _with_own_dates(columns: pl.DataFrame, grid: pl.DataFrame, header: tuple[int, int]) -> pl.DataFrame:
    """The columns of another edition with the dates that this one has in their places."""
    undated = pl.col("label").map_elements(_undated, pl.String).alias("undated")
    printed = (
        grid.filter(pl.col("row").is_between(*header))
        .unpivot(index="row", variable_name="column", value_name="printed")
        .drop_nulls()
        .select("column", column_label(pl.col("printed")).alias("label"))
        .with_columns(undated)
        .rename({"label": "own"})
        .unique(["column", "undated"], maintain_order=True)
    )
    return (
        columns.with_columns(undated)
        .join(printed, on=["column", "undated"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("own", "label").alias("label"))
        .drop("undated", "own")
    )


def _refuse_other_dates(title: str, days: Mapping[str, str], table: str, edition: Edition) -> None:
    """The columns of an edition that nobody described must be the days of its title, in the order of days."""
    printed = [day.removesuffix(" 00:00:00") for day in days.values()]
    titled = [day.isoformat() for day in _dates_of(title)]
    if printed != titled or printed != sorted(printed):
        problem = f"the columns are of {', '.join(printed)}, and the title {title!r} gives other days"
        remedy = f"look at the sheet, then add the rows of this edition to data/layouts/{edition.source_id}.csv"
        raise layout_error(edition, table, None, problem, remedy)


def _sheet_with_title(sheets: Mapping[str, pl.DataFrame], title: str, edition: Edition) -> str:
    titles = {name: text_at(grid, "A1") for name, grid in sheets.items()}
    wanted, as_compared = (_undated(title), _undated) if edition.layout_of else (title, str)
    found = [name for name, text in titles.items() if as_compared(text or "") == wanted]
    if len(found) != 1:
        held = "; ".join(f"{name}: {text!r}" for name, text in titles.items())
        problem = f"{len(found)} sheets have the title {title!r} in A1, the workbook has {held}"
        raise layout_error(
            edition,
            "police officers",
            "A1",
            problem,
            "look at the workbook, then amend data/layouts/ho_police_workforce_tables.csv",
        )
    return found[0]


def _check_names(rows: pl.DataFrame, area: str, regions: list[str], table: str, edition: Edition) -> None:
    """A region whose name lost its blank would be read as a force: every region must be there, and no name twice."""
    remedy = "look at the sheet, then amend data/layouts/ho_police_workforce_tables_regions.csv"
    for row, name in rows.filter(~pl.col(area).is_first_distinct()).select("row", area).head(1).iter_rows():
        raise layout_error(edition, table, f"{area}{row}", f"the name {name!r} stands twice", remedy)
    names = rows[area].to_list()
    absent = [region for region in regions if region not in names]
    if absent:
        raise layout_error(edition, table, None, f"no row has the name {', '.join(map(repr, absent))}", remedy)
