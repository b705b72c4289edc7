"""A small line for each area, all over the same time, each from zero to its own largest value: shapes side by side, not sizes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final

import polars as pl

from reports import formats
from reports.figures import svg
from reports.figures.text import SMALL, TEXT, width
from transforms.errors import CountyLinesError

_COLUMNS: Final = 3
_ROW: Final = 32.0
_HIGH: Final = 18.0
_GAP: Final = 6.0
_BETWEEN: Final = 16.0
_LEAST_LINE: Final = 60.0
_ALONE: Final = 96.0
"""How wide a line is that stands in a cell."""


@dataclass(frozen=True)
class Spark:
    """One area: its name, its values by day (Date ``period_end``, Float64 ``value``, Int ``segment``: only points of one are joined)."""

    name: str
    points: pl.DataFrame
    highlighted: bool = False


def sparklines(
    sparks: Sequence[Spark],
    *,
    anchor: str,
    title: str,
    description: str,
    value_format: Callable[[float], str] = formats.count,
) -> str:
    """Draw the areas in three columns, in the order given down each: name, first value, line, latest value.

    The report's own areas have a bold name, a diamond at the end and their own colour. An area without a value says so. Raises
    CountyLinesError without any value, or where the numbers leave no room for a line.
    """
    known = [spark.points.drop_nulls("value") for spark in sparks]
    days = [day for points in known for day in points["period_end"]]
    if not days:
        raise CountyLinesError(f"The chart '{title}' has no value to draw; leave it out and say why.")
    first, last = min(days), max(days)
    ends = [value_format(points["value"][place]) for points in known if points.height for place in (0, -1)]
    side = max(width(text, SMALL, bold=True) for text in ends) + _GAP
    wide = (svg.WIDTH - (_COLUMNS - 1) * _BETWEEN) / _COLUMNS
    if wide - 2 * side < _LEAST_LINE:
        raise CountyLinesError(f"The numbers of the chart '{title}' leave no room for the lines; round them.")
    rows = ceil(len(sparks) / _COLUMNS)
    marks: list[svg.Mark] = []
    for place, (spark, points) in enumerate(zip(sparks, known, strict=True)):
        x = place // rows * (wide + _BETWEEN)
        y = place % rows * _ROW
        marks.append(svg.text(x, y + TEXT, spark.name, "ink", TEXT, bold=spark.highlighted))
        base = y + TEXT + 4 + _HIGH
        marks.append(svg.line(x + side, base, x + wide - side, base, "axis"))
        if points.is_empty():
            marks.append(svg.text(x + side, base - 6, formats.NOT_AVAILABLE, "muted", SMALL))
            continue
        marks += _line(spark, points, x + side, wide - 2 * side, base, (first, last))
        shown = [value_format(points["value"][end]) for end in (0, -1)]
        marks.append(svg.text(x + side - _GAP, base - 6, shown[0], "muted", SMALL, "end"))
        marks.append(svg.text(x + wide - side + _GAP, base - 6, shown[1], "ink", SMALL, bold=True))
    return svg.document(marks, rows * _ROW, anchor=anchor, title=title, description=description)


def spark(points: pl.DataFrame, *, anchor: str, words: str) -> str:
    """Draw one line of its own, for a cell of a table: ``points`` as in Spark, with at least one value; from zero to its largest value.

    ``words`` say what it shows. Raises CountyLinesError without any value.
    """
    known = points.drop_nulls("value")
    if known.is_empty():
        raise CountyLinesError(f"The line '{anchor}' has no value to draw; leave it out and say why.")
    span = (known["period_end"].min(), known["period_end"].max())
    marks = [
        svg.line(0, _HIGH + 4, _ALONE, _HIGH + 4, "axis"),
        *_line(Spark("", points, highlighted=True), known, 4, _ALONE - 8, _HIGH + 4, span),  # type: ignore[arg-type]
    ]
    return svg.document(marks, _HIGH + 8, anchor=anchor, title=words, description=words, width=_ALONE)


def _line(
    spark: Spark, points: pl.DataFrame, left: float, wide: float, base: float, span: tuple[date, date]
) -> list[svg.Mark]:
    colour = "highlight" if spark.highlighted else "accent"
    days = (span[1] - span[0]).days or 1
    largest = max(points["value"].max(), 0.0) or 1.0  # type: ignore[type-var]
    drawn = points.sort("period_end").select(
        "segment",
        x=left + wide * (pl.col("period_end") - span[0]).dt.total_days() / days,
        y=base - _HIGH * pl.col("value") / largest,
    )
    marks: list[svg.Mark] = []
    for run in drawn.partition_by("segment", maintain_order=True):
        places = list(run.select("x", "y").iter_rows())
        marks.append(
            svg.polyline(places, colour, 1.6)
            if len(places) > 1
            else svg.marker("circle", places[0][0], places[0][1], 2, colour)
        )
    end = drawn.row(-1, named=True)
    shape: svg.Shape = "diamond" if spark.highlighted else "circle"
    marks.append(svg.marker(shape, end["x"], end["y"], 3.4 if spark.highlighted else 2.6, colour))
    return marks
