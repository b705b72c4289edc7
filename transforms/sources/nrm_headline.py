"""Whether the tables of a referral workbook by kind of first responder add up to the headline of its quarter.

The headline stands in the long-run table by quarter. Its labels and those of the tables beside the police's are known from public code
that reads them; a workbook that lacks one of them, or words it otherwise, is not compared.
"""

import re
from collections.abc import Mapping
from typing import Final

import polars as pl

from transforms.sources.calendar import quarter_named
from transforms.sources.grid import filled_cells, layout_error
from transforms.sources.nrm_labels import TOTAL
from transforms.sources.registry import Edition

KINDS: Final = {
    "government agencies": r"government agenc.*first responder",
    "non-governmental organisations": r"(?:\bngo\b|non-governmental|third sector).*first responder",
    "local authorities": r"local authority first responder",
    "all, by quarter": r"by quarter.*location of exploitation",
}
"""The tables that stand beside the police's, each with what its title says, in small letters."""

_POLICE, _HEADLINE = "police", "all, by quarter"
# Of five quarters that were compared by hand, four agree exactly and one differs by one person.
_TOLERANCE = 2


def kind_of(title: str) -> str | None:
    """Which of the tables beside the police's a title names; None for any other."""
    return next((kind for kind, words in KINDS.items() if re.search(words, title.lower())), None)


def refuse_unequal_headline(police: pl.DataFrame, beside: Mapping[str, pl.DataFrame], edition: Edition) -> None:
    """Raise LayoutError where the totals of all four kinds of first responder differ from the quarter's headline by more than two people.

    ``police`` and ``beside`` (by the names in `KINDS`) are grids. Nothing is compared where a total or the quarter's row is not found.
    """
    totals = {kind: _total(grid) for kind, grid in {_POLICE: police, **beside}.items() if kind != _HEADLINE}
    quarter = quarter_named(edition.id)
    headline = _of_quarter(beside[_HEADLINE], *quarter) if quarter and _HEADLINE in beside else None
    added = [total for total in totals.values() if total is not None]
    if headline is None or len(added) < len(KINDS):
        return
    if abs(sum(added) - headline) > _TOLERANCE:
        parts = ", ".join(f"{kind} {total:.0f}" for kind, total in totals.items())
        raise layout_error(
            edition,
            _HEADLINE,
            None,
            f"the first responders ({parts}) add up to {sum(added):.0f}, but the headline of the quarter is {headline:.0f}",
            "fetch the file again, or ask the publisher",
        )


def _total(grid: pl.DataFrame) -> float | None:
    """The number in the row and the column 'Total'."""
    columns = filled_cells(grid).filter(pl.col("text").str.strip_chars() == TOTAL)["cell"].to_list()
    rows = grid.filter(pl.col("A").str.strip_chars() == TOTAL)
    letters = [cell.rstrip("0123456789") for cell in columns if not re.fullmatch(r"A\d+", cell)]
    return _number(rows[letters[0]].item()) if rows.height == 1 and letters else None


def _of_quarter(grid: pl.DataFrame, year: int, quarter: int) -> float | None:
    """The number at the right end of a quarter's row: years stand in column A once for their quarters, quarters in B."""
    letters = [name for name in grid.columns if name != "row"]
    if len(letters) < 3:
        return None
    found = grid.with_columns(pl.col("A").str.extract(r"^(20\d\d)").forward_fill().alias("year")).filter(
        pl.col("year") == str(year), pl.col("B").str.extract(r"^Q?(?:uarter )?([1-4])\b") == str(quarter)
    )
    return _number(found[letters[-1]].item()) if found.height == 1 else None


def _number(text: str | None) -> float | None:
    return float(text) if text is not None and re.fullmatch(r"\d+(?:\.\d+)?", text) else None
