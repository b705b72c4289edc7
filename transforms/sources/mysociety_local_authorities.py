"""Parser of the public register of local authority names and codes of the United Kingdom, kept by mySociety.

It gives names, dates of reorganisation, successors and former codes. It is geography, not figures: the cells serve to check the register
of local authorities and never become observations. Its populations, areas and centres are not read.
"""

import dataclasses
from pathlib import Path

import polars as pl

from transforms.sources.grid import Parsed, csv_grid, layout_error
from transforms.sources.registry import Edition
from transforms.sources.tidy import tidy_cells

_NATION = "H"
_TYPE = "J"
_OUTSIDE = ("Northern Ireland", "Scotland")
_INSIDE = ("England", "Wales")
# Combined and strategic authorities lie above the councils that are counted.
_ABOVE = ("COMB", "SRA")


def parse(content: bytes, edition: Edition, data: Path) -> Parsed:
    """Cells of the authorities of England and Wales, past and present; combined and strategic authorities are left out with their number.

    Raises LayoutError as ``tidy_cells``, and for a nation that is none of the United Kingdom's.
    """
    grid = csv_grid(content, edition)
    for column in (_NATION, _TYPE):
        if column not in grid.columns:
            raise layout_error(
                edition, "uk_local_authorities", f"{column}1", "the column is not there", "fetch the file again"
            )
    rows = pl.col("row") > 1
    unknown = grid.filter(rows & ~pl.col(_NATION).is_in([*_INSIDE, *_OUTSIDE]))
    for row, text in unknown.select("row", _NATION).head(1).iter_rows():
        raise layout_error(
            edition,
            "uk_local_authorities",
            f"{_NATION}{row}",
            f"the nation {text!r} is not one of the United Kingdom's",
            "look at the file: its columns may have moved",
        )
    outside = rows & pl.col(_NATION).is_in(_OUTSIDE)
    above = rows & ~pl.col(_NATION).is_in(_OUTSIDE) & pl.col(_TYPE).is_in(_ABOVE)
    parsed = tidy_cells(grid.filter(~outside & ~above), edition, data)
    counts = grid.select(outside.sum().alias("outside"), above.sum().alias("above")).row(0, named=True)
    more = pl.DataFrame(
        {
            "reason": ["outside England and Wales", "combined or strategic authority, above the councils"],
            "rows": [counts["outside"], counts["above"]],
        },
        schema=parsed.left_out.schema,
    ).filter(pl.col("rows") > 0)
    return dataclasses.replace(
        parsed,
        rows_read=parsed.rows_read + int(more["rows"].sum()),
        left_out=pl.concat([parsed.left_out, more]),
    )
