"""One area's figures over time: lines that are joined only where the figures are comparable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import formats
from reports.figures import labels, scale, svg
from reports.figures.text import SMALL, TEXT, fold, width
from transforms.errors import CountyLinesError

_PLOT_HEIGHT: Final = 180.0
_LINE_HEIGHT: Final = 15.0
_GAP: Final = 8.0
_LABEL_WIDTH: Final = 210.0
_SERIES_LABEL_WIDTH: Final = 120.0
_STYLES: Final[tuple[tuple[str, str | None, svg.Shape], ...]] = (
    ("accent", None, "circle"),
    ("highlight", "7 3", "square"),
    ("ink", "2 3", "triangle"),
    ("muted", "9 3 2 3", "diamond"),
)
"""Colour, dash pattern and marker of each series: any one of the three would tell them apart."""


@dataclass(frozen=True)
class Break:
    """A day on which the figures changed their meaning, with a short label."""

    day: date
    label: str


@dataclass(frozen=True)
class Gap:
    """A stretch of time for which there are no figures, both days included, with a short label that says why."""

    start: date
    end: date
    label: str


@dataclass(frozen=True)
class _Plot:
    """Where the plot lies on the page, and its two scales."""

    left: float
    right: float
    top: float
    first: date
    last: date
    values: scale.Scale

    @property
    def bottom(self) -> float:
        return self.top + _PLOT_HEIGHT

    def x(self, day: date) -> float:
        days = (self.last - self.first).days
        return self.left + (self.right - self.left) * ((day - self.first).days / days if days else 0.5)


def time_series(
    points: pl.DataFrame,
    *,
    anchor: str,
    title: str,
    description: str,
    unit: str,
    breaks: Sequence[Break] = (),
    gaps: Sequence[Gap] = (),
    value_format: Callable[[float], str] = formats.count,
) -> str:
    """Draw figures over time as lines from zero, with breaks and gaps marked and the first and latest values written.

    ``points`` has one row per published figure: ``series`` (String, its label), ``period_end`` (Date), ``value`` (Float64, may
    be null) and ``segment`` (Int: only points of one segment are joined, and none across a null). ``unit`` heads the value
    axis; ``value_format`` writes its numbers. Raises CountyLinesError without any value, or with more series than can be told apart.
    """
    known = points.drop_nulls("value")
    if known.is_empty():
        raise CountyLinesError(f"The chart '{title}' has no value to draw; leave it out and say why.")
    names: list[str] = points.get_column("series").unique(maintain_order=True).to_list()
    if len(names) > len(_STYLES):
        raise CountyLinesError(
            f"The chart '{title}' has {len(names)} series; at most {len(_STYLES)} can be told apart, so draw several charts."
        )
    days: list[date] = [
        *known.get_column("period_end"),
        *(b.day for b in breaks),
        *(d for g in gaps for d in (g.start, g.end)),
    ]
    largest = float(known.select(pl.col("value").max()).item())
    ends = [_latest_label(points, name, names, value_format) for name in names]
    values = scale.from_zero(largest, 0.0, 0.0)
    left = max(width(value_format(tick), TEXT) for tick in values.ticks) + _GAP
    right = svg.WIDTH - max(width(text, TEXT, bold=True) for lines in ends for text in lines) - 2 * _GAP
    plot = _Plot(left, right, 0.0, min(days), max(days), values)
    annotations: tuple[Break | Gap, ...] = (*breaks, *gaps)
    boxes = [_label_box(item, plot) for item in annotations]
    levels = labels.stack([box for box, _ in boxes])
    strip = max((level + box.lines for level, (box, _) in zip(levels, boxes, strict=True)), default=0) * _LINE_HEIGHT
    top = 2 * _LINE_HEIGHT + strip + (_GAP if strip else 0.0)
    plot = _Plot(
        left, right, top, plot.first, plot.last, scale.Scale(values.top, values.ticks, top + _PLOT_HEIGHT, top)
    )
    return svg.document(
        (
            *_gap_bands(gaps, plot),
            *_axes(plot, unit, known, value_format),
            *_annotations(annotations, boxes, levels, plot),
            *(
                mark
                for name, style in zip(names, _STYLES, strict=False)
                for mark in _series(points, name, style, gaps, plot)
            ),
            *_first_labels(known, names, value_format, plot),
            *_latest_labels(known, names, ends, plot),
        ),
        plot.bottom + 2 * _LINE_HEIGHT,
        anchor=anchor,
        title=title,
        description=description,
    )


def _axes(plot: _Plot, unit: str, known: pl.DataFrame, value_format: Callable[[float], str]) -> list[svg.Mark]:
    marks = [svg.text(0, TEXT, unit, "muted")]
    for tick in plot.values.ticks:
        y = plot.values.at(tick)
        marks.append(svg.line(plot.left, y, plot.right, y, "rule" if tick else "axis"))
        marks.append(svg.text(plot.left - _GAP, y + 4, value_format(tick), "muted", anchor="end"))
    latest = known.get_column("period_end").max()
    assert isinstance(latest, date)
    for day in _tick_days(latest, plot):
        x = plot.x(day)
        marks.append(svg.line(x, plot.bottom, x, plot.bottom + 5, "axis"))
        label = formats.short_month(day)
        half = width(label, TEXT) / 2
        marks.append(
            svg.text(min(max(x, half), svg.WIDTH - half), plot.bottom + 5 + TEXT + 2, label, "muted", anchor="middle")
        )
    return marks


def _tick_days(latest: date, plot: _Plot) -> list[date]:
    """One tick a year, in the month of the latest figure; fewer where the years are many."""
    months = [_month_end(year, latest.month) for year in range(plot.first.year, plot.last.year + 1)]
    years = [day for day in months if plot.first <= day <= plot.last]
    room = (plot.right - plot.left) / max(1, (plot.last - plot.first).days) * 365.25
    step = next(
        step for step in range(1, len(years) + 1000) if room * step >= width(formats.short_month(latest), TEXT) + _GAP
    )
    return sorted(years[::-1][::step])


def _month_end(year: int, month: int) -> date:
    return (date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)) - timedelta(days=1)


def _series(
    points: pl.DataFrame,
    name: str,
    style: tuple[str, str | None, svg.Shape],
    gaps: Sequence[Gap],
    plot: _Plot,
) -> list[svg.Mark]:
    colour, dashes, shape = style
    marks: list[svg.Mark] = []
    runs = _runs(points.filter(pl.col("series") == name), gaps)
    number = sum(len(run) for run in runs)
    marks_every_point = number * 14 <= plot.right - plot.left
    for run in runs:
        places = [(plot.x(day), plot.values.at(value)) for day, value in run]
        if len(places) > 1:
            marks.append(svg.polyline(places, colour, 2.2, dashes))
        shown = places if marks_every_point or len(places) == 1 else (places[0], places[-1])
        marks.extend(svg.marker(shape, x, y, 3.4, colour) for x, y in shown)
    return marks


def _runs(series: pl.DataFrame, gaps: Sequence[Gap]) -> list[list[tuple[date, float]]]:
    """The stretches to be joined: same segment, no null and no gap between."""
    middles = pl.Series([gap.start + (gap.end - gap.start) / 2 for gap in gaps], dtype=pl.Date).sort()
    numbered = (
        series.sort("period_end")
        .with_columns(
            run=pl.struct(
                pl.col("segment"),
                pl.col("value").is_null().cum_sum(),
                gaps=middles.search_sorted(series.get_column("period_end").sort()),
            ).rle_id()
        )
        .drop_nulls("value")
    )
    return [
        list(run.select("period_end", "value").iter_rows()) for run in numbered.partition_by("run", maintain_order=True)
    ]


def _gap_bands(gaps: Sequence[Gap], plot: _Plot) -> list[svg.Mark]:
    return [
        svg.rectangle(plot.x(gap.start), plot.top, plot.x(gap.end) - plot.x(gap.start), _PLOT_HEIGHT, svg.HATCH)
        for gap in gaps
    ]


def _label_box(item: Break | Gap, plot: _Plot) -> tuple[labels.Box, tuple[str, ...]]:
    """To the right of its rule for a break, folded there where room is short; centred over its band for a gap; moved to stay on the page.

    A label to the left of its rule would lie on the rules before it, so it stands there only where a word has no room to the right.
    """
    lines = fold(item.label, _LABEL_WIDTH, SMALL)
    if isinstance(item, Break):
        leader = plot.x(item.day)
        room = svg.WIDTH - leader - _GAP
        if max(width(word, SMALL) for word in item.label.split()) <= room:
            lines = fold(item.label, min(room, _LABEL_WIDTH), SMALL)
    wide = max(width(text, SMALL) for text in lines) + _GAP
    if isinstance(item, Break):
        left = leader if leader + wide <= svg.WIDTH else leader - wide
    else:
        leader = (plot.x(item.start) + plot.x(item.end)) / 2
        left = min(max(leader - wide / 2, 0.0), svg.WIDTH - wide)
    return labels.Box(left, left + wide, leader, len(lines)), lines


def _annotations(
    items: Sequence[Break | Gap],
    boxes: Sequence[tuple[labels.Box, tuple[str, ...]]],
    levels: Sequence[int],
    plot: _Plot,
) -> list[svg.Mark]:
    marks: list[svg.Mark] = []
    texts: list[svg.Mark] = []
    for item, (box, lines), level in zip(items, boxes, levels, strict=True):
        base = plot.top - _GAP - level * _LINE_HEIGHT
        if isinstance(item, Break):
            marks.append(
                svg.line(box.leader, base - box.lines * _LINE_HEIGHT + 3, box.leader, plot.bottom, "ink", 1.2, "5 3")
            )
        else:
            marks.append(svg.line(box.leader, base, box.leader, plot.top, "axis"))
        for row, content in enumerate(lines):
            y = base - 4 - (box.lines - 1 - row) * _LINE_HEIGHT
            texts.append(svg.text(box.left + _GAP / 2, y, content, "ink", SMALL, halo=True))
    return [*marks, *texts]  # a rule that must cross a label lies under it


def _first_labels(
    known: pl.DataFrame, names: Sequence[str], value_format: Callable[[float], str], plot: _Plot
) -> list[svg.Mark]:
    """The first value of each series above its point, unless it is the latest one too."""
    series = [known.filter(pl.col("series") == name).sort("period_end") for name in names]
    shown = [list(frame.select("period_end", "value").iter_rows()) for frame in series if frame.height > 1]
    wanted = []
    for points in shown:
        end = plot.x(points[0][0]) + width(value_format(points[0][1]), TEXT, bold=True)
        wanted.append(min(plot.values.at(value) for day, value in points if plot.x(day) <= end) - 13)
    centres = labels.spread(wanted, [_LINE_HEIGHT] * len(shown), plot.top - _LINE_HEIGHT, plot.bottom)
    return [
        svg.text(
            max(plot.x(points[0][0]) - 3, plot.left + 2), centre + 4, value_format(points[0][1]), bold=True, halo=True
        )
        for points, centre in zip(shown, centres, strict=True)
    ]


def _latest_label(
    points: pl.DataFrame, name: str, names: Sequence[str], value_format: Callable[[float], str]
) -> tuple[str, ...]:
    """The latest value, with the name of its series where there are several."""
    series = points.filter(pl.col("series") == name).drop_nulls("value").sort("period_end")
    value = (value_format(series.get_column("value")[-1]),) if series.height else (formats.NOT_AVAILABLE,)
    return value if len(names) == 1 else (*value, *fold(name, _SERIES_LABEL_WIDTH, TEXT))


def _latest_labels(
    known: pl.DataFrame, names: Sequence[str], ends: Sequence[tuple[str, ...]], plot: _Plot
) -> list[svg.Mark]:
    latest = known.sort("period_end").group_by("series").agg(pl.col("value").last())
    values = dict(latest.iter_rows())
    wanted = [plot.values.at(values.get(name, 0.0)) for name in names]
    heights = [len(lines) * _LINE_HEIGHT + 4 for lines in ends]
    centres = labels.spread(wanted, heights, plot.top - _LINE_HEIGHT, plot.bottom + _LINE_HEIGHT)
    marks: list[svg.Mark] = []
    for lines, centre, (colour, _dashes, _shape) in zip(ends, centres, _STYLES, strict=False):
        for row, content in enumerate(lines):
            y = centre + 4 + (row - (len(lines) - 1) / 2) * _LINE_HEIGHT
            marks.append(svg.text(plot.right + _GAP, y, content, colour, bold=row == 0))
    return marks
