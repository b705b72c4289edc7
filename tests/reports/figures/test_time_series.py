"""Figures over time: joined only where they are comparable."""

from datetime import date
from xml.etree import ElementTree

import polars as pl
import pytest

from reports.figures import Break, Gap, time_series
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts
from transforms.errors import CountyLinesError


def points(*rows: tuple[date, float | None, int], series: str = "Synthetic") -> pl.DataFrame:
    return pl.DataFrame(
        [(series, *row) for row in rows],
        schema={"series": pl.String, "period_end": pl.Date, "value": pl.Float64, "segment": pl.Int64},
        orient="row",
    )


def drawn(frame: pl.DataFrame, **options) -> ElementTree.Element:
    return parsed(time_series(frame, anchor="c", title="t", description="d", unit="Offences", **options))


def lines_of(root: ElementTree.Element) -> list[int]:
    """How many points each line joins."""
    return [len(element.get("points").split()) for element in root.iter(f"{SVG}polyline")]


YEARS = [date(year, 12, 31) for year in range(2015, 2021)]


def test_points_of_different_segments_are_not_joined():
    root = drawn(points(*((day, 100.0 + place, place // 3) for place, day in enumerate(YEARS))))
    assert lines_of(root) == [3, 3]


def test_a_missing_value_is_not_joined_across_and_a_lone_point_is_marked():
    root = drawn(points(*((day, None if place == 1 else 50.0, 0) for place, day in enumerate(YEARS))))
    assert lines_of(root) == [4]
    assert len(list(root.iter(f"{SVG}circle"))) == 5


def test_a_gap_is_hatched_named_and_never_joined_across():
    frame = points(*((day, 80.0, 0) for day in (YEARS[0], YEARS[1], YEARS[4], YEARS[5])))
    root = drawn(frame, gaps=[Gap(date(2017, 3, 31), date(2019, 9, 30), "no edition held")])
    assert lines_of(root) == [2, 2]
    assert "no edition held" in texts(root)
    assert [element.get("fill") for element in root.iter(f"{SVG}rect")] == ["url(#c-hatch)"]


def test_a_gap_between_two_points_that_are_its_ends_is_not_joined_across():
    frame = points((YEARS[0], 10.0, 0), (YEARS[1], 11.0, 0), (YEARS[4], 12.0, 0), (YEARS[5], 13.0, 0))
    assert lines_of(drawn(frame, gaps=[Gap(YEARS[1], YEARS[4], "no edition held")])) == [2, 2]


def test_a_break_is_a_dashed_rule_with_its_label():
    frame = points(*((day, 80.0, 0) for day in YEARS))
    root = drawn(frame, breaks=[Break(date(2018, 4, 1), "New counting rules")])
    assert "New counting rules" in texts(root)
    assert [element for element in root.iter(f"{SVG}line") if element.get("stroke-dasharray")]


def test_many_breaks_close_together_keep_their_labels_apart():
    frame = points(*((day, 80.0, 0) for day in YEARS))
    breaks = [
        Break(date(2020, month, 1), f"Synthetic change number {month} of the recording rules")
        for month in (1, 4, 7, 10, 12)
    ]
    boxes = extents(drawn(frame, breaks=breaks))
    assert overlapping(boxes) == []
    assert max(end for _, _, end, _, _ in boxes) <= 680.5


def test_the_value_axis_starts_at_zero_and_the_first_and_latest_values_are_written():
    written = texts(drawn(points((YEARS[0], 812.0, 0), (YEARS[1], 1234.0, 0), (YEARS[2], 950.0, 0))))
    assert "0" in written
    assert {"812", "950"} <= set(written)
    assert "1,234" not in written


def test_a_single_published_figure_can_be_drawn():
    root = drawn(points((YEARS[0], 5.0, 0)))
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert lines_of(root) == []


def test_all_values_may_be_zero():
    assert "0" in texts(drawn(points((YEARS[0], 0.0, 0), (YEARS[1], 0.0, 0))))


def test_several_series_differ_by_dashes_and_markers_and_are_named_at_their_end():
    frame = pl.concat(
        [points(*((d, v, 0) for d in YEARS), series=s) for s, v in (("One", 5.0), ("Two", 5.0), ("Three", 5.0))]
    )
    root = drawn(frame)
    assert len({element.get("stroke-dasharray") for element in root.iter(f"{SVG}polyline")}) == 3
    assert {"One", "Two", "Three"} <= set(texts(root))
    assert overlapping(extents(root)) == []


def test_a_series_without_values_is_refused_and_so_are_more_series_than_can_be_told_apart():
    with pytest.raises(CountyLinesError, match="no value to draw"):
        drawn(points((YEARS[0], None, 0)))
    with pytest.raises(CountyLinesError, match="5 series"):
        drawn(pl.concat([points((YEARS[0], 1.0, 0), series=str(number)) for number in range(5)]))


def test_no_rule_runs_through_a_label_where_breaks_and_gaps_crowd_at_the_right():
    days = [date(year, 3, 31) for year in range(2003, 2020)] + [date(2024, 12, 31), date(2025, 6, 30)]
    breaks = [
        Break(date(2019, 7, 1), "Synthetic force: no data"),
        Break(date(2020, 3, 1), "pandemic"),
        Break(date(2022, 11, 1), "Another synthetic force: no data"),
    ]
    frame = points(*((day, 100_000.0, 0) for day in days))
    root = drawn(frame, breaks=breaks, gaps=[Gap(date(2019, 12, 31), date(2024, 12, 31), "no edition held")])
    rules = [
        (float(line.get("x1")), float(line.get("y1")), float(line.get("y2")))
        for line in root.iter(f"{SVG}line")
        if line.get("x1") == line.get("x2")
    ]
    crossed = [
        content
        for content, left, right, top, bottom in extents(root)
        for x, upper, lower in rules
        if left < x < right and upper < bottom - 1 and lower > top + 1
    ]
    assert crossed == []
    assert overlapping(extents(root)) == []
