"""Reads tidy tables, one row for each place and period: every column names the place, the period or a breakdown, is a figure, or is ignored.

The columns of a source are in ``data/layouts/<source id>_columns.csv``. Their roles are ``code`` and ``name`` of the place (one of them will do), or, where one
table holds places of several levels, ``level`` with ``code: <level>`` and ``name: <level>`` (in any case); ``period``, ``breakdown``, ``measure``,
``ignored``; and ``only: <text>|<text>``, a breakdown of which the rows with one of these texts are used, each of which must be there.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from transforms.errors import RegisterError
from transforms.sources.grid import (
    COLUMNS,
    LETTERS,
    Parsed,
    as_cells,
    column_label,
    csv_grid,
    filled,
    layout_error,
    left_out,
    only_column,
    read_layout,
    refuse_blanks,
    table_by_layout,
)
from transforms.sources.registry import Edition, Source

BREAKDOWN_SEPARATOR = " | "

_ONLY = "only: "
_YEAR = r"[12]\d{3}"
# How many places one year of a release may have fewer than another: authorities are merged and divided, a few at a time.
_FEWER_PLACES = 10

_AGAIN = "fetch the file again, or look whether the publisher changed the table"


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of a tidy table as CSV, gzipped or not, that holds nothing which only a parser of its own could tell; raises as ``tidy_cells``."""
    return tidy_cells(csv_grid(content, edition), edition, data)


def tidy_cells(grid: pl.DataFrame, edition: Edition, data: Path) -> Parsed:
    """One cell for each row and measure column of a tidy table whose first row is the header.

    measure_text is the column's header, breakdown_text the breakdown columns joined by ' | ', area_code_text and area_text stand in the
    columns of the row's level. Where the table has a period column, only the rows of the edition's ``period_words`` are kept.

    Raises LayoutError for a column that is new, missing, renamed or moved, a level that is not in the layout, a blank place, period or
    breakdown, a breakdown that the layout expects and no row has, two rows that say the same, and an edition without a row.
    """
    table, roles = table_by_layout(grid, edition, data)
    rows = filled(grid.filter(pl.col("row") > 1))
    only = {
        column: role.removeprefix(_ONLY).split("|")
        for role in roles
        if role.startswith(_ONLY)
        for column in roles[role]
    }
    breakdowns = sorted([*roles.get("breakdown", {}), *only], key=LETTERS.index)
    refuse_blanks(rows, [*roles.get("level", {}), *roles.get("period", {}), *breakdowns], table, edition)
    of_edition = rows = _with_place(rows, roles, edition, table)
    if "period" in roles:
        if edition.period_words is None:
            raise RegisterError(
                f"data/sources/{edition.source_id}.toml: edition {edition.id} lacks period_words; give its period as printed."
            )
        of_edition = rows.filter(pl.col(only_column(roles, "period")) == edition.period_words)
        if of_edition.is_empty():
            raise layout_error(edition, table, None, f"no row has the period {edition.period_words!r}", _AGAIN)
    used = of_edition.filter(pl.lit(True), *(pl.col(column).is_in(texts) for column, texts in only.items()))
    _refuse_absent(of_edition, only, edition, table)
    described = used.with_columns(
        pl.concat_str(breakdowns, separator=BREAKDOWN_SEPARATOR).alias("breakdown_text")
        if breakdowns
        else pl.lit(None, pl.String).alias("breakdown_text"),
        pl.lit(edition.period_words, pl.String).alias("period_text"),
    )
    labels = ["area_code_text", "area_text", "breakdown_text", "period_text"]
    _refuse_doubled(described, labels, edition, table)
    measures = roles["measure"]
    cells = (
        described.unpivot(list(measures), index=["row", *labels], variable_name="column", value_name="value_text")
        .with_columns(
            pl.lit(table).alias("table"),
            pl.format("{}{}", "column", "row").alias("cell"),
            pl.col("column").replace_strict(measures, return_dtype=pl.String).alias("measure_text"),
        )
        .sort("row", maintain_order=True)
        .drop("row", "column")
    )
    return Parsed(
        cells=as_cells(cells, edition),
        rows_read=rows.height + 1,
        left_out=left_out(
            {
                "header": 1,
                "row of another edition": rows.height - of_edition.height,
                "row of a breakdown that is not used": of_edition.height - used.height,
            }
        ),
    )


def editions_of_release(content: bytes, source: Source, path: str, data: Path) -> list[Edition] | str:
    """The editions that a yearly release of a tidy table is, one for each year that it prints, whether the register lists them or not.

    A release is named after its last year; what the register lacks of it is described like the newest edition that it has, so many years
    later or earlier. The reason instead where a period is no year, the table ends before the year that the file's name gives, or a year lacks places
    that another has.
    """
    asked = Edition(source.id, "unknown", "", path, "original", "")
    columns = read_layout(data, f"{source.id}_columns", COLUMNS).filter(role="period")
    grid = csv_grid(content, asked)
    header = grid.head(1).unpivot(index="row", variable_name="column", value_name="printed")
    found = header.join(columns, left_on=column_label(pl.col("printed")), right_on="label", how="semi")["column"]
    if found.is_empty():
        return f"it is a table of {source.id}, but its first row is not its header; fetch it again"
    rows = filled(grid.filter(pl.col("row") > 1)).with_columns(pl.col(found[0]).fill_null(""))
    years = rows[found[0]].unique().sort().to_list()
    if unlike := [year for year in years if not re.fullmatch(_YEAR, year)]:
        return f"it is a table of {source.id}, but {unlike[0]!r} stands where a year is expected; fetch it again"
    if not years:
        return f"it is a table of {source.id} without a row; fetch it again"
    places = rows.group_by(found[0]).agg(pl.len().cast(pl.Int64)).sort(found[0])
    most = places.select(pl.max("len")).item()
    short = places.filter(pl.col("len") < most - _FEWER_PLACES)
    for row in short.head(1).iter_rows(named=True):
        return f"of {row[found[0]]} it has {row['len']} places, and of another year {most}: it is cut short; fetch it again"
    named = re.search(rf"_to_({_YEAR})\D", path.rpartition("/")[2])
    if named and named[1] > years[-1]:
        return f"its name says that it goes to {named[1]}, and its last year is {years[-1]}: it is cut short; fetch it again"
    listed = {edition.id: edition for edition in source.editions}
    newest = max(source.editions, key=lambda edition: edition.period_words or "")
    editions = [_of_release(newest, years[-1], year, path) for year in years]
    return [listed.get(edition.id, edition) for edition in editions]


def _of_release(known: Edition, release: str, year: str, path: str) -> Edition:
    """The edition of a year in a release, in the words of one whose year is its release: '2025-ye-mar-2025', 'Release 2025, year to March 2025'."""
    assert known.period_words
    assert known.period_start
    assert known.period_end
    later, older = int(release) - int(known.period_words), int(year) - int(known.period_words)

    def words(text: str) -> str:
        return f"{text.removesuffix(known.period_words or '').replace(known.period_words or '', release)}{year}"

    return replace(
        known,
        id=words(known.id),
        title=words(known.title),
        file=path,
        vintage=f"{int(known.vintage[:4]) + later}{known.vintage[4:]}",
        period_start=known.period_start.replace(year=known.period_start.year + older),
        period_end=known.period_end.replace(year=known.period_end.year + older),
        period_words=year,
        published=False,
    )


def _with_place(
    rows: pl.DataFrame, roles: Mapping[str, Mapping[str, str]], edition: Edition, table: str
) -> pl.DataFrame:
    """Add area_code_text and area_text, from the columns of each row's level where the table has levels."""
    if "level" not in roles:
        refuse_blanks(rows, [*roles.get("code", {}), *roles.get("name", {})], table, edition)
        return rows.with_columns(
            (pl.col(only_column(roles, role)) if role in roles else pl.lit(None, pl.String)).alias(column)
            for role, column in (("code", "area_code_text"), ("name", "area_text"))
        )
    level = only_column(roles, "level")
    known = [role.removeprefix("code: ") for role in roles if role.startswith("code: ")]
    is_level = {each: pl.col(level).str.to_lowercase() == each.lower() for each in known}
    for row, text in rows.filter(~pl.any_horizontal(is_level.values())).select("row", level).head(1).iter_rows():
        raise layout_error(
            edition,
            table,
            f"{level}{row}",
            f"found the level {text!r} where the layout knows {', '.join(known)}",
            _AGAIN,
        )
    for each in known:
        here = rows.filter(is_level[each])
        refuse_blanks(here, [only_column(roles, f"code: {each}"), only_column(roles, f"name: {each}")], table, edition)
    return rows.with_columns(
        pl.coalesce(
            pl.when(is_level[each]).then(pl.col(only_column(roles, f"{part}: {each}"))) for each in known
        ).alias(column)
        for part, column in (("code", "area_code_text"), ("name", "area_text"))
    )


def _refuse_absent(rows: pl.DataFrame, only: Mapping[str, list[str]], edition: Edition, table: str) -> None:
    for column, texts in only.items():
        for text in sorted(set(texts) - set(rows[column])):
            raise layout_error(edition, table, column, f"no row has {text!r}, which the layout expects", _AGAIN)


def _refuse_doubled(rows: pl.DataFrame, labels: list[str], edition: Edition, table: str) -> None:
    place = pl.coalesce("area_code_text", "area_text")
    for row, named in rows.filter(~pl.struct(labels).is_first_distinct()).select("row", place).head(1).iter_rows():
        raise layout_error(edition, table, f"A{row}", f"the row of {named} stands in the table twice", _AGAIN)
