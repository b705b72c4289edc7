"""Published cells with a misprint: what a publisher might have printed, and which cells must still be accounted for."""

import polars as pl

from transforms.harmonise import Harmonised

CELL = ["source_id", "edition_id", "table", "cell"]


def altered(cells: pl.DataFrame, where: pl.Expr, **texts: str | None) -> pl.DataFrame:
    """The cells with some texts changed, as if the publisher had printed them so; ``where`` must find something."""
    assert cells.select(where.any()).item()
    return cells.with_columns(
        pl.when(where).then(pl.lit(text, pl.String)).otherwise(pl.col(column)).alias(column)
        for column, text in texts.items()
    )


def one(cells: pl.DataFrame, source: str, edition: str, area: str, measure: str | None = None) -> pl.Expr:
    """The first cell of one area in one edition."""
    here = (pl.col("source_id") == source) & (pl.col("edition_id") == edition) & (pl.col("area_text") == area)
    if measure:
        here &= pl.col("measure_text") == measure
    here &= pl.col("kind") == "figure"
    first: pl.Expr = pl.int_range(pl.len()) == cells.select(here.arg_max()).item()
    return here & first


def assert_no_cell_lost(cells: pl.DataFrame, result: Harmonised) -> None:
    figures = cells.filter(pl.col("kind") == "figure").select(CELL)
    parts = [result.observations.select(CELL), result.excluded.select(CELL), result.unmatched.select(CELL).unique()]
    assert pl.concat(parts).sort(CELL).equals(figures.sort(CELL))
