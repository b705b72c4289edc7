"""Which areas have a figure in which period: filled where there is one, hatched with a letter where there is none, reasons below."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from reports.figures import svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_GAP: Final = 8.0
_ROW: Final = 12.5
_LINE: Final = 14.0
_INSET: Final = 2.0
_BETWEEN: Final = 12.0
"""Between two measures."""
_APART: Final = 3.0
"""Between two periods."""
_ROUNDING: Final = 1e-6
_NARROWEST: Final = 8.0
"""Of a column: a letter with a little room beside it."""


@dataclass(frozen=True)
class MatrixColumn:
    """One period of one measure: the measure's name and the period's, short enough for a column head (two digits of a year)."""

    measure: str
    period: str


def coverage_matrix(
    areas: Sequence[str],
    columns: Sequence[MatrixColumn],
    gaps: Sequence[dict[str, str]],
    reasons: dict[str, str],
    *,
    anchor: str,
    title: str,
    description: str,
) -> str:
    """Draw a row an area and a column a period; neighbouring figures are one bar, a gap is hatched and has the letter of its reason.

    ``gaps`` holds, for each column, the letter of each area that has no figure; ``reasons`` the sentence of each letter, which is written
    below. The columns of all measures are of one width, but those of a measure whose head would be wider share the width of its head.
    Raises CountyLinesError without areas or columns, for a gap without a reason, or when the columns do not fit on the page.
    """
    if not areas or not columns or len(gaps) != len(columns):
        raise CountyLinesError(f"The chart '{title}' has no areas, no periods or not one list of gaps a period.")
    unexplained = {letter for gap in gaps for letter in gap.values()} - set(reasons)
    if unexplained:
        raise CountyLinesError(f"The chart '{title}' has gaps '{', '.join(sorted(unexplained))}' without a reason.")
    measures = [(name, [place for place, _ in group]) for name, group in _by_measure(columns)]
    left = max(width(area, SMALL) for area in areas) + _GAP
    room = svg.WIDTH - left - _BETWEEN * (len(measures) - 1)
    widths = _widths(
        [(len(places), _least(name, [columns[at].period for at in places])) for name, places in measures], room
    )
    if (
        min(widths) < _NARROWEST
        or sum(len(each[1]) * wide for each, wide in zip(measures, widths, strict=True)) > room + _ROUNDING
    ):
        raise CountyLinesError(
            f"The chart '{title}' has {len(columns)} periods under {len(measures)} heads, too many for a page; show fewer."
        )
    edges: list[tuple[float, float]] = []
    heads: list[tuple[float, tuple[str, ...]]] = []
    periods: list[list[tuple[float, str]]] = []
    x = left
    for (name, places), wide in zip(measures, widths, strict=True):
        end = x + len(places) * wide
        heads.append((x, fold(name, end - x + _ROUNDING, SMALL, bold=True)))
        edges += [(x + place * wide, x + (place + 1) * wide) for place in range(len(places))]
        periods.append([(sum(edges[at]) / 2, columns[at].period) for at in places])
        x = end + _BETWEEN
    top = max(len(lines) for _, lines in heads) * _LINE + 2 * _LINE
    marks = [
        svg.text(x, SMALL + index * _LINE, line, "ink", SMALL, bold=True)
        for x, lines in heads
        for index, line in enumerate(lines)
    ]
    for (_, places), shown in zip(measures, periods, strict=True):
        marks += _periods(shown, edges[places[0]][0], edges[places[-1]][1], top - 4)
    for row, area in enumerate(areas):
        y = top + row * _ROW
        marks.append(svg.text(left - _GAP, y + _ROW / 2 + SMALL * 0.35, area, "ink", SMALL, "end"))
        for _, places in measures:
            marks += _cells(area, places, gaps, edges, y)
    y = top + len(areas) * _ROW + _GAP
    return svg.document(
        (*marks, *_legend(reasons, y)), _end(reasons, y), anchor=anchor, title=title, description=description
    )


def _by_measure(columns: Sequence[MatrixColumn]) -> list[tuple[str, list[tuple[int, MatrixColumn]]]]:
    return [(name, list(group)) for name, group in groupby(enumerate(columns), key=lambda each: each[1].measure)]


def _least(name: str, periods: Sequence[str]) -> float:
    """How wide a measure has to be, so that no word of its head and no period runs into the next measure."""
    words = [width(word, SMALL, bold=True) for word in name.split()]
    return max(*words, *(width(period, SMALL) for period in periods))


def _widths(groups: Sequence[tuple[int, float]], room: float) -> list[float]:
    """The width of a column in each group, given its columns and the least width of the group: the room shared alike among the others."""
    wide: dict[int, float] = {}
    while True:
        others = [number for number in range(len(groups)) if number not in wide]
        taken = sum(groups[number][0] * each for number, each in wide.items())
        alike = (room - taken) / max(1, sum(groups[number][0] for number in others))
        narrow = {number: groups[number][1] / groups[number][0] for number in others}
        if not (short := {number: least for number, least in narrow.items() if least > alike}):
            return [wide.get(number, alike) for number in range(len(groups))]
        wide |= short


def _periods(heads: Sequence[tuple[float, str]], start: float, end: float, y: float) -> list[svg.Mark]:
    """The heads of the periods of a measure, as many as have room above its own columns, the last always."""
    marks: list[svg.Mark] = []
    edge = end + _APART
    for x, period in reversed(heads):
        half = width(period, SMALL) / 2
        x = min(max(x, start + half), end - half)
        if x + half + _APART <= edge + _ROUNDING:
            marks.append(svg.text(x, y, period, "muted", SMALL, "middle"))
            edge = x - half
    return marks[::-1]


def _cells(
    area: str, places: Sequence[int], gaps: Sequence[dict[str, str]], edges: Sequence[tuple[float, float]], y: float
) -> list[svg.Mark]:
    marks: list[svg.Mark] = []
    for letter, group in groupby(places, key=lambda place: gaps[place].get(area)):
        run = list(group)
        x, end = edges[run[0]][0], edges[run[-1]][1]
        if letter is None:
            marks.append(svg.rectangle(x, y + _INSET, end - x, _ROW - 2 * _INSET, "accent"))
            continue
        marks.append(svg.rectangle(x, y + _INSET / 2, end - x, _ROW - _INSET, svg.HATCH, "axis"))
        marks.append(svg.text((x + end) / 2, y + _ROW / 2 + SMALL * 0.35, letter, "ink", SMALL, "middle", halo=True))
    return marks


def _lines(reasons: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    return [(letter, fold(reason, svg.WIDTH - 4 * _GAP, SMALL)) for letter, reason in sorted(reasons.items())]


def _legend(reasons: dict[str, str], top: float) -> list[svg.Mark]:
    marks = [
        svg.rectangle(0.5, top + _INSET, 2 * _GAP, _ROW - 2 * _INSET, "accent"),
        svg.text(4 * _GAP, top + _ROW / 2 + SMALL * 0.35, "a figure is held", "ink", SMALL),
    ]
    y = top + _ROW + _INSET
    for letter, lines in _lines(reasons):
        marks.append(svg.rectangle(0.5, y, 2 * _GAP, _ROW - _INSET, svg.HATCH, "axis"))
        marks.append(svg.text(0.5 + _GAP, y + _ROW / 2 + SMALL * 0.3, letter, "ink", SMALL, "middle", halo=True))
        for index, line in enumerate(lines):
            marks.append(svg.text(4 * _GAP, y + _ROW / 2 + SMALL * 0.3 + index * _LINE, line, "ink", SMALL))
        y += len(lines) * _LINE + _INSET
    return marks


def _end(reasons: dict[str, str], top: float) -> float:
    return top + _ROW + _INSET + sum(len(lines) * _LINE + _INSET for _, lines in _lines(reasons)) + TEXT / 2
