"""Hand-gathered tables: one row for each statement, with the page that it was read on.

Several sources have no file of figures, only pages: inspection grades, programme results, assessments, revised totals. Their tables are
alike, so one parser reads them; ``data/layouts/<source id>_columns.csv`` says what each column is.
"""

from pathlib import Path

import polars as pl

from transforms.sources.grid import (
    Parsed,
    as_cells,
    csv_grid,
    filled,
    layout_error,
    left_out,
    only_column,
    refuse_blanks,
    rows_of_edition,
    table_by_layout,
)
from transforms.sources.registry import Edition, load_source


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of every column with the role 'measure', blank ones included, and of every remark with the role 'note'.

    area_text is the column with the role 'area_name', where the table has one. measure_text is the label of the column, or the text
    of the column with the role 'measure_label'. Several columns of period or breakdown are joined by ' | ', blanks left out. An
    edition with period_words takes the rows of that period, another takes all.

    Raises LayoutError when a column is new, missing, renamed or moved, when a row lacks its period, area or label, when something
    was found but not the page that it was read on, or when a period is no edition's.
    """
    grid = csv_grid(content, edition)
    table, roles = table_by_layout(grid, edition, data)
    periods, url = list(roles["period"]), only_column(roles, "source_url")
    measures, remarks = roles["measure"], roles.get("note", {})
    named = {role: only_column(roles, role) for role in ("area_name", "measure_label") if role in roles}
    rows = filled(grid.filter(pl.col("row") > 1))
    refuse_blanks(rows, [*periods, *named.values()], table, edition)
    wanted = rows
    if edition.period_words:
        wanted = rows_of_edition(rows, periods[0], load_source(data, edition.source_id), edition, table)
    _refuse_without_page(wanted, list(measures), url, table, edition)
    labels = wanted.select(
        "row",
        pl.concat_str(periods, separator=" | ").alias("period_text"),
        (pl.col(named["area_name"]) if "area_name" in named else pl.lit(None, pl.String)).alias("area_text"),
        (pl.col(named["measure_label"]) if "measure_label" in named else pl.lit(None, pl.String)).alias("label"),
        _joined(list(roles.get("breakdown", {}))).alias("breakdown_text"),
        pl.col(url).alias("source_url"),
    )
    texts = wanted.unpivot(
        [*measures, *remarks], index="row", variable_name="column", value_name="value_text"
    ).with_columns(
        pl.when(pl.col("column").is_in(list(remarks))).then(pl.lit("note")).otherwise(pl.lit("figure")).alias("kind")
    )
    printed = (
        texts.filter((pl.col("kind") == "figure") | pl.col("value_text").is_not_null())
        .join(labels, on="row", how="left", maintain_order="left")
        .sort("row", "column")
        .select(
            pl.lit(table).alias("table"),
            pl.format("{}{}", "column", "row").alias("cell"),
            "kind",
            "area_text",
            pl.coalesce(
                pl.when(pl.col("kind") == "figure").then("label"),
                pl.col("column").replace_strict({**measures, **remarks}),
            ).alias("measure_text"),
            "breakdown_text",
            "period_text",
            "value_text",
            "source_url",
        )
    )
    return Parsed(
        cells=as_cells(printed, edition),
        rows_read=rows.height + 1,
        left_out=left_out({"header": 1, "row of another edition": rows.height - wanted.height}),
    )


def _joined(columns: list[str]) -> pl.Expr:
    """The texts of several columns, joined; null where all are blank."""
    if not columns:
        return pl.lit(None, pl.String)
    text = pl.concat_str(columns, separator=" | ", ignore_nulls=True)
    return pl.when(pl.any_horizontal(pl.col(columns).is_not_null())).then(text)


def _refuse_without_page(rows: pl.DataFrame, measures: list[str], url: str, table: str, edition: Edition) -> None:
    found = pl.any_horizontal(pl.col(measures).is_not_null())
    without = rows.filter(found & ~pl.col(url).fill_null("").str.contains(r"^https?://"))
    for row in without["row"].head(1):
        raise layout_error(
            edition,
            table,
            f"{url}{row}",
            "the row has a figure but no page that it was read on",
            "add the page's address",
        )
