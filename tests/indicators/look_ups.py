"""Areas by name, and single rows of frames: a look-up that finds none or several fails."""

from typing import Any

import polars as pl

NORFOLK, SUFFOLK, MANCHESTER, CITY_OF_LONDON, ENGLAND_AND_WALES, NORTH_WEST = (
    "E23000024",
    "E23000025",
    "E23000005",
    "E23000034",
    "K04000001",
    "E12000002",
)


def only(frame: pl.DataFrame, **columns: Any) -> dict[str, Any]:
    rows = frame.filter(**columns)
    assert rows.height == 1, rows
    return rows.row(0, named=True)


def as_published(indicators: pl.DataFrame, edition: str, area: str) -> dict[str, Any]:
    return only(indicators, edition_id=edition, area_id=area, denominator_rule="as_published")
