"""Financial years and their quarters, as the Home Office prints them, as dates."""

import polars as pl

_YEAR = r"^\s*(\d{4})[/_-](\d{2})\s*$"
_QUARTER = r"^\s*(\d{4})[/_-](\d{2}) \| Q?([1-4])\s*$"


def financial_year_end(text: pl.Expr) -> pl.Expr:
    """Last day of a financial year: '2017/18' ends on 31 March 2018; null where the text is none, or its second year does not follow the first."""
    end = text.str.extract(_YEAR, 1).cast(pl.Int32) + 1
    return pl.when(end % 100 == text.str.extract(_YEAR, 2).cast(pl.Int32)).then(pl.date(end, 3, 31))


def financial_quarter(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """First and last day of a financial quarter: '2024/25 | 1' is 1 April to 30 June 2024, '2024-25 | Q4' January to March 2025.

    Null where the text is no quarter, or its second year does not follow the first.
    """
    year = text.str.extract(_QUARTER, 1).cast(pl.Int32)
    follows = (year + 1) % 100 == text.str.extract(_QUARTER, 2).cast(pl.Int32)
    months = (text.str.extract(_QUARTER, 3).cast(pl.Int32) - 1) * 3
    start = pl.when(follows).then(pl.date(year, 4, 1).dt.offset_by(pl.format("{}mo", months)))
    return start, start.dt.offset_by("3mo").dt.offset_by("-1d")
