"""Forces in order of a value, each with its 95% interval, on part of a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from reports import formats
from reports.figures import scale, svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_HEIGHT: Final = 630.0
"""So much fits on an A4 page with a heading, a caption and a source note."""
_TOP: Final = 24.0
_BOTTOM: Final = 40.0
_ROW: Final = 14.0
_SPACE: Final = 8.0
"""Between two areas, where they are few."""
_FEW: Final = 20
"""So many areas stand below each other; more of them are set in two halves beside each other, on the same scale."""
_LEAST_PLOT: Final = 140.0
_GAP: Final = 8.0
_BETWEEN: Final = 24.0


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
    """Draw each area as a dot with its interval, highest value first, the second half of many areas beside the first; areas without a
    value follow with their reason.

    Highlighted areas have a diamond, a bold name and a tinted row besides their colour. ``unit`` stands under the axis, whose
    numbers ``tick_format`` writes (whole numbers where the steps are whole, else one decimal). Raises CountyLinesError without
    any value, or when the rows do not fit on a page.
    """
    valued = sorted((row for row in rows if row.value is not None), key=lambda row: (-(row.value or 0.0), row.name))
    missing = sorted((row for row in rows if row.value is None), key=lambda row: row.name)
    if not valued:
        raise CountyLinesError(f"The chart '{title}' has no value to draw; leave it out and say why.")
    panels = 2 if len(valued) > _FEW else 1
    wide = (svg.WIDTH - (panels - 1) * _BETWEEN) / panels
    size = SMALL if panels > 1 else TEXT
    pitch = _ROW if panels > 1 else _ROW + _SPACE
    left = max(width(row.name, size, bold=row.highlighted) for row in rows) + _GAP
    right = wide - max(width(row.value_text, size, bold=True) for row in valued) - _GAP
    if right - left < _LEAST_PLOT:
        raise CountyLinesError(f"The names in the chart '{title}' leave no room for the plot; use shorter labels.")
    reasons = [
        fold(f"{row.value_text} {row.reason}" if row.reason else row.value_text, svg.WIDTH - left, SMALL)
        for row in missing
    ]
    below = ceil(len(valued) / panels)
    bottom = _TOP + below * pitch
    height = bottom + _BOTTOM + sum(len(reason) for reason in reasons) * pitch
    if height > _HEIGHT:
        raise CountyLinesError(f"The chart '{title}' has {len(rows)} rows, too many for a page; split it.")
    largest = max(x for row in valued for x in (row.value, row.upper) if x is not None)
    top_value = max(largest, reference.value if reference else 0.0)
    marks: list[svg.Mark] = []
    for panel in range(panels):
        start = panel * (wide + _BETWEEN)
        values = scale.from_zero(top_value, start + left, start + right)
        marks += _panel(
            valued[panel * below : (panel + 1) * below],
            _Panel(values, start, start + wide, bottom, pitch, size, dot=3.4 if panels == 1 else 2.2),
            unit,
            tick_format or _ticks_as_needed(values),
            reference,
        )
    y = bottom + _BOTTOM
    for row, reason in zip(missing, reasons, strict=True):
        marks += _missing_row(row, reason, y, pitch, size, left)
        y += len(reason) * pitch
    return svg.document(marks, y, anchor=anchor, title=title, description=description)


@dataclass(frozen=True)
class _Panel:
    """One of the halves: its scale, its left and right edge, where its rows end, the height and letters of a row, and how large a dot is."""

    values: scale.Scale
    start: float
    end: float
    bottom: float
    pitch: float
    size: float
    dot: float


def _panel(
    rows: Sequence[RankedRow],
    panel: _Panel,
    unit: str,
    tick_format: Callable[[float], str],
    reference: Reference | None,
) -> list[svg.Mark]:
    marks = [
        svg.rectangle(panel.start, _TOP + index * panel.pitch, panel.end - panel.start, panel.pitch, "highlight-soft")
        for index, row in enumerate(rows)
        if row.highlighted
    ]
    marks += _axis(panel, unit, tick_format)
    if reference is not None:
        marks += _reference(reference, panel)
    for index, row in enumerate(rows):
        marks += _valued_row(row, _TOP + (index + 0.5) * panel.pitch, panel)
    return marks


def _ticks_as_needed(values: scale.Scale) -> Callable[[float], str]:
    return formats.count if all(tick.is_integer() for tick in values.ticks) else formats.rate


def _axis(panel: _Panel, unit: str, tick_format: Callable[[float], str]) -> list[svg.Mark]:
    marks = []
    for tick in panel.values.ticks:
        x = panel.values.at(tick)
        marks.append(svg.line(x, _TOP, x, panel.bottom, "rule" if tick else "axis"))
        marks.append(svg.text(x, panel.bottom + TEXT + 2, tick_format(tick), "muted", SMALL, "middle"))
    centre = _within((panel.values.start + panel.values.end) / 2, width(unit, SMALL), panel)
    marks.append(svg.text(centre, panel.bottom + 2 * TEXT + 5, unit, "muted", SMALL, "middle"))
    return marks


def _reference(reference: Reference, panel: _Panel) -> list[svg.Mark]:
    x = panel.values.at(reference.value)
    return [
        svg.line(x, _TOP - 6, x, panel.bottom, "ink", 1.2, "5 3"),
        svg.text(
            _within(x, width(reference.label, panel.size), panel), TEXT, reference.label, "ink", panel.size, "middle"
        ),
    ]


def _within(x: float, wide: float, panel: _Panel) -> float:
    """The middle of a text that is to stand at ``x`` and inside its half."""
    return min(max(x, panel.start + wide / 2), panel.end - wide / 2)


def _valued_row(row: RankedRow, middle: float, panel: _Panel) -> list[svg.Mark]:
    assert row.value is not None
    values, baseline = panel.values, middle + panel.size * 0.35
    colour = "highlight" if row.highlighted else "accent"
    marks = [svg.text(values.start - _GAP, baseline, row.name, "ink", panel.size, "end", bold=row.highlighted)]
    marks.append(svg.line(values.start, middle, values.at(row.value), middle, "rule"))
    if row.lower is not None and row.upper is not None:
        low, high = values.at(row.lower), values.at(row.upper)
        marks.append(svg.line(low, middle, high, middle, colour, 2.2 if row.highlighted else 1.4))
        marks += [svg.line(x, middle - 3, x, middle + 3, colour, 1.4) for x in (low, high)]
    shape: svg.Shape = "diamond" if row.highlighted else "circle"
    marks.append(
        svg.marker(shape, values.at(row.value), middle, panel.dot + 1 if row.highlighted else panel.dot, colour)
    )
    marks.append(svg.text(panel.end - 2, baseline, row.value_text, "ink", panel.size, "end", bold=row.highlighted))
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
