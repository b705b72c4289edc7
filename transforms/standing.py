"""Which of several files of records of one force, month and kind stands. One rule for the single records and for what is counted of them."""

from collections.abc import Sequence

import polars as pl


def in_order_of_publication(files: pl.DataFrame, of: Sequence[str]) -> pl.DataFrame:
    """The files sorted by the columns ``of``, and within these from the one published first to the one that stands; with ``place``, from 1.

    That published last stands; of one month of publication that of the archive whose files have the later date; then that with fewer records
    kept that are under investigation; then, so that it is always the same one, by the name of the edition. Columns read: edition_id, published
    (YYYY-MM), dated (YYYY-MM-DD; null or blank where no day is known), waiting (records kept that are under investigation).
    """
    return files.sort(
        *of,
        "published",
        pl.col("dated").fill_null(""),
        pl.col("waiting").cast(pl.Int64).neg(),
        "edition_id",
    ).with_columns(pl.int_range(1, pl.len() + 1).over(of).alias("place"))
