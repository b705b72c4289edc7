"""People counted from one place into others: a band a place, as thick as its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports import formats
from reports.figures import svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_TOP: Final = 26.0
_BAR: Final = 12.0
_GAP: Final = 8.0
_ROW: Final = 18.0
_TALLEST: Final = 180.0
_A_PLACE: Final = 28.0
"""The height of the origin's bar, all bands together: so much a place, up to the tallest."""
_UNKNOWN: Final = 2.0


@dataclass(frozen=True)
class Flow:
    """One place that people were counted into: its number (null where none was published) and ``note``, what stands beside the name."""

    place: str
    number: float | None
    note: str = ""
    highlighted: bool = False


def flow(flows: Sequence[Flow], *, origin: str, anchor: str, title: str, description: str, unit: str) -> str:
    """Draw a band from the origin to each place, the largest first; places without a number follow in the order given, with a dashed line and
    their note.

    The report's own places have a bold name, a diamond and their own colour. ``unit`` heads the numbers. Raises CountyLinesError without
    any number, or where a name leaves no room for the bands.
    """
    known = sorted((each for each in flows if each.number), key=lambda each: (-(each.number or 0), each.place))
    unknown = [each for each in flows if not each.number]
    if not known:
        raise CountyLinesError(f"The chart '{title}' has no number to draw; leave it out and say why.")
    total = sum(each.number or 0 for each in known)
    tall = min(_TALLEST, _A_PLACE * len(known))
    left = width(origin, TEXT, bold=True) + _GAP
    right = svg.WIDTH - max(width(_label(each), TEXT, bold=True) for each in flows) - 2 * _GAP - 2 * _BAR
    if right - left < svg.WIDTH / 4:
        raise CountyLinesError(f"The names in the chart '{title}' leave no room for the bands; use shorter labels.")
    marks = [svg.text(svg.WIDTH, TEXT, line, "muted", SMALL, "end") for line in fold(unit, svg.WIDTH - left, SMALL)[:1]]
    start, end = _TOP, _TOP
    for each in known:
        thick = (each.number or 0) / total * tall
        room = max(thick, _ROW)
        middle = end + room / 2
        colour = "highlight" if each.highlighted else "accent"
        marks.append(svg.band(left + _BAR, start, right, middle - thick / 2, thick, colour))
        marks.append(svg.rectangle(right, middle - thick / 2, _BAR, thick, colour))
        marks += _name(each, right + _BAR + _GAP, middle)
        start, end = start + thick, end + room + _GAP / 2
    marks.append(svg.rectangle(left, _TOP, _BAR, start - _TOP, "ink"))
    marks.append(svg.text(left - _GAP, (_TOP + start) / 2 + TEXT * 0.35, origin, "ink", TEXT, "end", bold=True))
    for each in unknown:
        middle = end + _ROW / 2
        marks.append(svg.curve(left + _BAR, start - _UNKNOWN, right + _BAR, middle, "axis", 1.4, "3 4"))
        marks += _name(each, right + _BAR + _GAP, middle)
        end += _ROW + _GAP / 2
    return svg.document(marks, max(start, end) + _GAP, anchor=anchor, title=title, description=description)


def _label(each: Flow) -> str:
    number = formats.count(each.number) if each.number else each.note or formats.NOT_AVAILABLE
    return f"{each.place} {number}"


def _name(each: Flow, x: float, middle: float) -> list[svg.Mark]:
    marks = [svg.text(x + _BAR, middle + TEXT * 0.35, _label(each), "ink", TEXT, bold=each.highlighted)]
    if each.highlighted:
        marks.append(svg.marker("diamond", x + _GAP / 4, middle, 4.4, "highlight"))
    return marks
