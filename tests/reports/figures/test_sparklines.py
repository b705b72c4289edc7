"""Small lines side by side: one time, a scale of its own for each, the first and the latest value written."""

from datetime import date
from xml.etree import ElementTree

import polars as pl
import pytest

from reports.figures import Spark, sparklines
from tests.reports.figures.reading import SVG, parsed, texts
from transforms.errors import CountyLinesError


def points(*values: float | None, first: int = 2015, segments: tuple[int, ...] = ()) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period_end": [date(first + place, 3, 31) for place in range(len(values))],
            "value": list(values),
            "segment": list(segments or (0,) * len(values)),
        },
        schema={"period_end": pl.Date, "value": pl.Float64, "segment": pl.Int64},
    )


def drawn(sparks) -> ElementTree.Element:
    return parsed(sparklines(sparks, anchor="s", title="t", description="d"))


def lines(root: ElementTree.Element) -> list[list[tuple[float, float]]]:
    return [
        [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]
        for line in root.iter(f"{SVG}polyline")
    ]


def test_each_area_has_its_name_its_first_and_its_latest_value():
    assert texts(drawn([Spark("Alpha", points(1200, 900, 1450))])) == ["Alpha", "1,200", "1,450"]


def test_each_line_runs_from_zero_to_its_own_largest_value():
    root = drawn([Spark("Small", points(1, 2, 4)), Spark("Large", points(1000, 2000, 4000))])
    small, large = lines(root)
    assert [x for x, _ in small] != [x for x, _ in large]  # beside each other
    assert [round(y, 1) for _, y in small] == [round(y, 1) for _, y in large]
    base = next(float(each.get("y1")) for each in root.iter(f"{SVG}line"))
    heights = [base - y for _, y in small]
    assert heights == pytest.approx([heights[2] / 4, heights[2] / 2, heights[2]], abs=0.05)


def test_all_lines_share_one_time():
    early, late = lines(drawn([Spark("Early", points(1, 2)), Spark("Late", points(1, 2, first=2025))]))
    assert late[0][0] - early[0][0] > 232  # further right than one column and its margin are wide


def test_a_line_stops_where_years_are_missing_and_a_lone_year_is_a_point():
    root = drawn([Spark("Alpha", points(5, 6, None, 7, segments=(0, 0, 1, 1)))])
    assert [len(line) for line in lines(root)] == [2]
    assert len(list(root.iter(f"{SVG}circle"))) == 2  # the lone year, and the mark of the latest


def test_an_area_without_a_value_says_so_and_has_no_line():
    root = drawn([Spark("Alpha", points(5, 6)), Spark("Beta", points(None, None))])
    assert "[x]" in texts(root)
    assert len(lines(root)) == 1


def test_the_own_area_differs_by_shape_and_weight_and_not_only_by_colour():
    root = drawn([Spark("Alpha", points(5, 6), highlighted=True), Spark("Beta", points(5, 6))])
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("font-weight")] == ["Alpha", "6", "6"]
    assert len(list(root.iter(f"{SVG}polygon"))) == 1


def test_nothing_to_draw_and_numbers_without_room_are_refused():
    with pytest.raises(CountyLinesError, match="no value"):
        drawn([Spark("Alpha", points(None))])
    with pytest.raises(CountyLinesError, match="no room"):
        drawn([Spark("Alpha", points(10.0**12, 10.0**12))])
