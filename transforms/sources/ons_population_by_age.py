"""Parser of the population of one mid-year by local authority and single year of age, of which the children of Wales are kept.

Those of England are published by age group with the Department for Education's rates, and are read there.
"""

import dataclasses
from pathlib import Path

import polars as pl

from transforms.sources.grid import Parsed, csv_grid, filled, layout_error, left_out
from transforms.sources.registry import Edition
from transforms.sources.tidy import tidy_cells

_CODE = "A"
_WALES = "W06"
_KEPT = 22
"""The authorities of Wales, each of which is its own district."""
_ELSEWHERE = {
    "authority of England, whose children another source has by age group": r"^E0[6-9]\d{6}$",
    "outside England and Wales": r"^[SN]\d{8}$",
}


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the residents of each Welsh local authority at each age from 0 to 17.

    breakdown_text is the age as printed above its column, the only label that a figure has. Raises LayoutError as ``tidy_cells``, for a code
    that is of no local authority, and where an authority of Wales is not there.
    """
    grid = csv_grid(content, edition)
    rows = filled(grid.filter(pl.col("row") > 1))
    is_kept = pl.col(_CODE).str.starts_with(_WALES).fill_null(False)
    counts = {reason: rows.filter(pl.col(_CODE).str.contains(codes)).height for reason, codes in _ELSEWHERE.items()}
    is_elsewhere = pl.any_horizontal(pl.col(_CODE).str.contains(codes) for codes in _ELSEWHERE.values()).fill_null(
        False
    )
    for row, code in rows.filter(~is_kept & ~is_elsewhere).select("row", _CODE).head(1).iter_rows():
        raise layout_error(
            edition, "age", f"{_CODE}{row}", f"{code!r} is no code of a local authority", "fetch the file again"
        )
    if (kept := rows.filter(is_kept).height) != _KEPT:
        raise layout_error(
            edition, "age", None, f"it has {kept} of the {_KEPT} authorities of Wales", "fetch the file again"
        )
    parsed = tidy_cells(grid.filter((pl.col("row") == 1) | is_kept), edition, data)
    return dataclasses.replace(
        parsed,
        cells=parsed.cells.with_columns(
            pl.col("measure_text").alias("breakdown_text"), pl.lit(None, pl.String).alias("measure_text")
        ),
        rows_read=rows.height + 1,
        left_out=pl.concat([parsed.left_out, left_out(counts)]),
    )
