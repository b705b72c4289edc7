"""Applies the corrections register: known upstream errors, each with a fuse that blows once the publisher mends the file."""

from collections.abc import Collection, Iterable

import polars as pl

from transforms.errors import RegisterError
from transforms.harmonise.registers import Correction


def apply_corrections(
    cells: pl.DataFrame, corrections: Iterable[Correction], settled: Collection[str] | None = None
) -> pl.DataFrame:
    """Replace the texts that a correction names, and add correction_id (null where none applied).

    Raises RegisterError when a correction finds another number of cells than it expects. A correction of a source that is not among
    the ``settled`` ones (all, unless given) may find nothing: the edition that it is about may not be among those that are read.
    """
    cells = cells.with_columns(pl.lit(None, pl.String).alias("correction_id"))
    for correction in corrections:
        here = pl.all_horizontal(
            pl.col("source_id") == correction.source_id,
            *(pl.col(column).is_in(texts) for column, texts in correction.match.items()),
        )
        found = cells.select(here.fill_null(False).sum()).item()
        dormant = found == 0 and settled is not None and correction.source_id not in settled
        if found != correction.expect_cells and not dormant:
            raise RegisterError(
                f"{correction.source_id}: correction {correction.id} expects {correction.expect_cells} cells and finds {found}; "
                "the publisher may have mended the file: look, then delete or amend the correction."
            )
        cells = cells.with_columns(
            *(
                pl.when(here).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
                for column, text in correction.set.items()
            ),
            pl.when(here).then(pl.lit(correction.id)).otherwise(pl.col("correction_id")).alias("correction_id"),
        )
    return cells
