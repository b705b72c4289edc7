"""What every chart promises: it names itself, keeps to the page, never tells by colour alone, and cannot be broken by a label."""

import re
from datetime import date
from xml.etree import ElementTree

import polars as pl
import pytest

from reports.figures import RankedRow, Tile, ranked_intervals, svg, tile_map, time_series
from tests.reports import synthetic
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts

HOSTILE = "<script>\"&'</svg>"


CHARTS = {
    "time series": lambda: synthetic.series_figure().svg,
    "two series": lambda: (
        synthetic.series_figure(
            pl.concat([synthetic.series_points("First kind"), synthetic.series_points("Second kind", 850.0)])
        ).svg
    ),
    "ranked": lambda: synthetic.ranked_figure().svg,
    "map": lambda: synthetic.map_figure().svg,
    "flow": synthetic.flow_svg,
    "coverage matrix": synthetic.coverage_svg,
    "sparklines": synthetic.sparklines_svg,
}


@pytest.fixture(params=CHARTS, ids=list(CHARTS))
def chart(request) -> str:
    return CHARTS[request.param]()


def test_a_chart_is_one_named_image_with_ids_of_its_own(chart):
    root = parsed(chart)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text
    assert description.text
    assert len(ids) == len(set(ids))
    assert len({identifier.split("-")[0] for identifier in ids}) == 1


def test_a_chart_is_page_wide_and_no_text_leaves_it_or_is_tiny(chart):
    root = parsed(chart)
    left, top, wide, high = (float(number) for number in root.get("viewBox").split())
    assert (left, top, wide) == (0, 0, 680)
    for content, start, end, upper, lower in extents(root):
        assert start >= -0.5, content
        assert end <= 680.5, content
        assert upper >= -0.5, content
        assert lower <= high + 0.5, content
    assert min(float(element.get("font-size")) for element in root.iter(f"{SVG}text")) >= 11


def test_no_text_lies_on_another(chart):
    assert overlapping(extents(parsed(chart))) == []


def test_a_chart_names_the_vendored_font_first_and_carries_no_script(chart):
    root = parsed(chart)
    assert root.get("font-family").startswith("'Source Sans Pro'")
    assert not list(root.iter(f"{SVG}script"))


def test_every_coloured_mark_can_be_restyled_by_its_class(chart):
    for element in parsed(chart).iter():
        for kind in ("fill", "stroke"):
            if (element.get(kind) or "none") != "none":
                assert f"{kind}-" in element.get("class", ""), ElementTree.tostring(element)


def test_coordinates_have_two_decimals_at_most(chart):
    assert re.findall(r'="-?\d+\.\d{3,}"', chart) == []
    assert "-0" not in [element.get("x") for element in parsed(chart).iter()]


def test_the_same_figures_give_the_same_bytes():
    assert synthetic.map_figure().svg == synthetic.map_figure().svg
    assert synthetic.series_figure().svg == synthetic.series_figure().svg


def test_no_label_can_become_markup():
    one_point = pl.DataFrame({"series": [HOSTILE], "period_end": [date(2020, 12, 31)], "value": [1.0], "segment": [0]})
    sources = [
        time_series(one_point, anchor="c", title=HOSTILE, description=HOSTILE, unit=HOSTILE),
        ranked_intervals(
            [RankedRow(HOSTILE, 3.0, 2.0, 4.0, HOSTILE)], anchor="r", title=HOSTILE, description=HOSTILE, unit=HOSTILE
        ),
        tile_map(
            [Tile("A", 0, 0, "<b>", '"&', 0)],
            anchor="m",
            title=HOSTILE,
            description=HOSTILE,
            band_labels=(HOSTILE,),
            missing_label=HOSTILE,
            links={"A": '"><script>'},
        ),
    ]
    for source in sources:
        assert "<script" not in source
        assert parsed(source).find(f"{SVG}title").text == HOSTILE


def test_a_control_character_in_a_label_does_not_break_the_file():
    assert "a b" in texts(parsed(svg.document([svg.text(0, 12, "a\x00b")], 20, anchor="x", title="t", description="d")))
