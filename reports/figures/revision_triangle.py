"""What each edition printed for the same figure: a row a figure, a column an edition, in the order of publication."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from reports.figures import svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_ROW: Final = 26.0
_LINE: Final = 14.0
_GAP: Final = 10.0
_LEAST_COLUMN: Final = 64.0
MOST_ROWS: Final = 20
"""More rows than these are no chart any more, but a table."""


@dataclass(frozen=True)
class RevisedFigure:
    """One figure: its name, and for each edition the value as printed (null where the edition does not print it) and how it changed.

    ``changes`` has an empty text where nothing changed since the edition before it that prints the figure.
    """

    label: str
    values: tuple[str | None, ...]
    changes: tuple[str, ...]


def editions_that_fit(figures: Sequence[RevisedFigure]) -> int:
    """How many columns there is room for on a page, beside the names and as wide as the widest value with its change."""
    shown = [_shown(figure, column) for figure in figures for column, value in enumerate(figure.values) if value]
    widest = max((width(text, TEXT, bold=True) for text in shown), default=0.0) + _GAP
    return int((svg.WIDTH - _left(figures)) / max(widest, _LEAST_COLUMN))


def _left(figures: Sequence[RevisedFigure]) -> float:
    return max(width(figure.label, TEXT) for figure in figures) + _GAP


def revision_triangle(
    figures: Sequence[RevisedFigure], editions: Sequence[str], *, anchor: str, title: str, description: str
) -> str:
    """Draw the values in a grid; a value that was changed is bold on a tint, has its change beside it, and an arrow leads to it.

    ``editions`` name the columns, oldest first. Raises CountyLinesError without a figure, for more than MOST_ROWS, for a figure whose values
    or changes are not one an edition, or when the columns do not fit on the page.
    """
    if not figures or len(figures) > MOST_ROWS:
        raise CountyLinesError(f"The chart '{title}' has {len(figures)} rows; give it 1 to {MOST_ROWS}.")
    if any(len(figure.values) != len(editions) or len(figure.changes) != len(editions) for figure in figures):
        raise CountyLinesError(f"The chart '{title}' has a row whose values are not one an edition.")
    left = _left(figures)
    wide = (svg.WIDTH - left) / len(editions)
    if len(editions) > editions_that_fit(figures):
        raise CountyLinesError(
            f"The chart '{title}' has {len(editions)} editions, too many for a page; show the newest."
        )
    heads = [fold(edition, wide - _GAP, SMALL) for edition in editions]
    top = max(len(head) for head in heads) * _LINE + _GAP
    marks: list[svg.Mark] = []
    for column, head in enumerate(heads):
        for index, line in enumerate(head):
            y = top - _GAP - (len(head) - 1 - index) * _LINE
            marks.append(svg.text(left + (column + 0.5) * wide, y, line, "muted", SMALL, "middle"))
    for row, figure in enumerate(figures):
        marks += _row(figure, top + row * _ROW, left, wide)
    return svg.document(marks, top + len(figures) * _ROW + 1, anchor=anchor, title=title, description=description)


def _row(figure: RevisedFigure, top: float, left: float, wide: float) -> list[svg.Mark]:
    baseline = top + _ROW / 2 + TEXT * 0.35
    marks = [
        svg.line(0, top, svg.WIDTH, top, "rule"),
        svg.text(0, baseline, figure.label, "ink", TEXT),
    ]
    printed = [column for column, value in enumerate(figure.values) if value is not None]
    for column in printed:
        value, change = figure.values[column] or "", figure.changes[column]
        centre = left + (column + 0.5) * wide
        if change:
            marks.append(
                svg.rectangle(left + column * wide + 3, top + 3, wide - 6, _ROW - 6, "highlight-soft", radius=3)
            )
        shown = f"{value} ({change})" if change else value
        marks.append(
            svg.text(centre, baseline, shown, "highlight" if change else "ink", TEXT, "middle", bold=bool(change))
        )
    for before, after in pairwise(printed):
        start = left + (before + 0.5) * wide + width(_shown(figure, before), TEXT, bold=True) / 2 + _GAP / 2
        end = left + (after + 0.5) * wide - width(_shown(figure, after), TEXT, bold=True) / 2 - _GAP / 2
        marks.append(
            svg.line(start, top + _ROW / 2, end, top + _ROW / 2, "axis", 1.0, None if figure.changes[after] else "2 3")
        )
    return marks


def _shown(figure: RevisedFigure, column: int) -> str:
    change = figure.changes[column]
    return f"{figure.values[column]} ({change})" if change else str(figure.values[column])
