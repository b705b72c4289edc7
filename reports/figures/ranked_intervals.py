"""Forces in order of a value, each with its 95% interval, on one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from reports import formats
from reports.figures import scale, svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_HEIGHT: Final = 630.0
"""So much fits on an A4 page with a heading, a caption and a source note."""
_TOP: Final = 24.0
_BOTTOM: Final = 40.0
_TALLEST_ROW: Final = 21.0
_LEAST_PLOT: Final = 200.0
_GAP: Final = 8.0


@dataclass(frozen=True)
class RankedRow:
    """One area: its value and 95% limits (null where there are none), the value as printed, and whether the report is about it.

    A row without a value has the shorthand for why in ``value_text`` and the reason in words in ``reason``.
    """

    name: str
    value: float | None
    lower: float | None
    upper: float | None
    value_text: str
    highlighted: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Reference:
    """A value that all areas are seen against, with its label: the rate of England and Wales."""

    value: float
    label: str


def ranked_intervals(
    rows: Sequence[RankedRow],
    *,
    anchor: str,
    title: str,
    description: str,
    unit: str,
    reference: Reference | None = None,
    tick_format: Callable[[float], str] | None = None,
) -> str:
    """Draw each area as a dot with its interval, highest value first; areas without a value follow with their reason.

    Highlighted areas have a diamond, a bold name and a tinted row besides their colour. ``unit`` stands under the axis, whose
    numbers ``tick_format`` writes (whole numbers where the steps are whole, else one decimal). Raises CountyLinesError without
    any value, or when the rows do not fit on a page.
    """
    valued = sorted((row for row in rows if row.value is not None), key=lambda row: (-(row.value or 0.0), row.name))
    missing = sorted((row for row in rows if row.value is None), key=lambda row: row.name)
    if not valued:
        raise CountyLinesError(f"The chart '{title}' has no value to draw; leave it out and say why.")
    left = max(width(row.name, TEXT, bold=row.highlighted) for row in rows) + _GAP
    right = svg.WIDTH - max(width(row.value_text, TEXT, bold=True) for row in valued) - _GAP
    if right - left < _LEAST_PLOT:
        raise CountyLinesError(f"The names in the chart '{title}' leave no room for the plot; use shorter labels.")
    reasons = [
        fold(f"{row.value_text} {row.reason}" if row.reason else row.value_text, svg.WIDTH - left, SMALL)
        for row in missing
    ]
    lines = len(valued) + sum(len(reason) for reason in reasons)
    pitch = min(_TALLEST_ROW, (_HEIGHT - _TOP - _BOTTOM) / lines)
    if pitch < SMALL + 2:
        raise CountyLinesError(f"The chart '{title}' has {lines} rows, too many for a page; split it.")
    size = TEXT if pitch > TEXT + 2 else SMALL
    largest = max(x for row in valued for x in (row.value, row.upper) if x is not None)
    values = scale.from_zero(max(largest, reference.value if reference else 0.0), left, right)
    bottom = _TOP + len(valued) * pitch
    marks = [
        svg.rectangle(0, _TOP + index * pitch, svg.WIDTH, pitch, "highlight-soft")
        for index, row in enumerate(valued)
        if row.highlighted
    ]
    marks += _axis(values, bottom, unit, tick_format or _ticks_as_needed(values))
    if reference is not None:
        marks += _reference(reference, values, bottom)
    for index, row in enumerate(valued):
        marks += _valued_row(row, _TOP + index * pitch, pitch, size, values)
    y = bottom + _BOTTOM
    for row, reason in zip(missing, reasons, strict=True):
        marks += _missing_row(row, reason, y, pitch, size, left)
        y += len(reason) * pitch
    return svg.document(marks, y, anchor=anchor, title=title, description=description)


def _ticks_as_needed(values: scale.Scale) -> Callable[[float], str]:
    return formats.count if all(tick.is_integer() for tick in values.ticks) else formats.rate


def _axis(values: scale.Scale, bottom: float, unit: str, tick_format: Callable[[float], str]) -> list[svg.Mark]:
    marks = []
    for tick in values.ticks:
        x = values.at(tick)
        marks.append(svg.line(x, _TOP, x, bottom, "rule" if tick else "axis"))
        marks.append(svg.text(x, bottom + TEXT + 2, tick_format(tick), "muted", SMALL, "middle"))
    half = width(unit, SMALL) / 2
    centre = min(max((values.start + values.end) / 2, half), svg.WIDTH - half)
    marks.append(svg.text(centre, bottom + 2 * TEXT + 5, unit, "muted", SMALL, "middle"))
    return marks


def _reference(reference: Reference, values: scale.Scale, bottom: float) -> list[svg.Mark]:
    x = values.at(reference.value)
    half = width(reference.label, TEXT) / 2
    return [
        svg.line(x, _TOP - 6, x, bottom, "ink", 1.2, "5 3"),
        svg.text(min(max(x, half), svg.WIDTH - half), TEXT, reference.label, "ink", TEXT, "middle"),
    ]


def _valued_row(row: RankedRow, top: float, pitch: float, size: float, values: scale.Scale) -> list[svg.Mark]:
    assert row.value is not None
    middle = top + pitch / 2
    baseline = middle + size * 0.35
    colour = "highlight" if row.highlighted else "accent"
    marks = [svg.text(values.start - _GAP, baseline, row.name, "ink", size, "end", bold=row.highlighted)]
    marks.append(svg.line(values.start, middle, values.at(row.value), middle, "rule"))
    if row.lower is not None and row.upper is not None:
        low, high = values.at(row.lower), values.at(row.upper)
        marks.append(svg.line(low, middle, high, middle, colour, 2.2 if row.highlighted else 1.4))
        marks += [svg.line(x, middle - 3, x, middle + 3, colour, 1.4) for x in (low, high)]
    shape: svg.Shape = "diamond" if row.highlighted else "circle"
    marks.append(svg.marker(shape, values.at(row.value), middle, 4.4 if row.highlighted else 3.4, colour))
    marks.append(svg.text(svg.WIDTH - 2, baseline, row.value_text, "ink", size, "end", bold=row.highlighted))
    return marks


def _missing_row(
    row: RankedRow, reason: Sequence[str], top: float, pitch: float, size: float, left: float
) -> list[svg.Mark]:
    marks = []
    if row.highlighted:
        marks.append(svg.rectangle(0, top, svg.WIDTH, pitch * len(reason), "highlight-soft"))
    baseline = top + pitch / 2 + size * 0.35
    marks.append(svg.text(left - _GAP, baseline, row.name, "ink", size, "end", bold=row.highlighted))
    marks += [svg.text(left, baseline + index * pitch, line, "muted", SMALL) for index, line in enumerate(reason)]
    return marks
