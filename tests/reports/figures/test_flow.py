"""People counted from one place into others: the thickness of a band is its number."""

import re
from xml.etree import ElementTree

import pytest

from reports.figures import Flow, flow
from tests.reports.figures.reading import SVG, parsed, texts
from transforms.errors import CountyLinesError


def drawn(flows) -> ElementTree.Element:
    return parsed(flow(flows, origin="London", anchor="f", title="t", description="d", unit="individuals"))


def thickness(path: ElementTree.Element) -> float:
    """The height of a band at its right end: from its upper to its lower corner."""
    upper, lower = re.search(r"[\d.]+,([\d.]+)L[\d.]+,([\d.]+)C", path.get("d")).groups()
    return float(lower) - float(upper)


def test_bands_are_as_thick_as_their_numbers_and_the_largest_comes_first():
    root = drawn([Flow("Alpha", 100.0), Flow("Beta", 300.0), Flow("Gamma", 200.0)])
    bands = [thickness(path) for path in root.iter(f"{SVG}path")]
    assert [content for content in texts(root) if content[0] in "ABG"] == ["Beta 300", "Gamma 200", "Alpha 100"]
    assert bands == pytest.approx([3 * bands[2], 2 * bands[2], bands[2]], abs=0.03)


def test_the_bar_of_the_origin_is_as_high_as_all_bands_together():
    root = drawn([Flow("Alpha", 100.0), Flow("Beta", 300.0)])
    bar = next(each for each in root.iter(f"{SVG}rect") if "fill-ink" in each.get("class"))
    assert float(bar.get("height")) == pytest.approx(sum(thickness(path) for path in root.iter(f"{SVG}path")), abs=0.03)


def test_a_place_without_a_number_has_a_dashed_line_of_no_thickness_and_says_so():
    root = drawn([Flow("Alpha", 100.0), Flow("Beta", None, "[x], second by number"), Flow("Gamma", None)])
    dashed = [path for path in root.iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 2
    assert {path.get("fill") for path in dashed} == {"none"}
    assert {"Beta [x], second by number", "Gamma [x]"} <= set(texts(root))


def test_the_own_place_differs_by_shape_and_weight_and_not_only_by_colour():
    root = drawn([Flow("Alpha", 100.0, highlighted=True), Flow("Beta", 300.0)])
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("font-weight")] == ["Alpha 100", "London"]
    assert len(list(root.iter(f"{SVG}polygon"))) == 1


def test_a_flow_without_a_number_or_without_room_is_refused():
    with pytest.raises(CountyLinesError, match="no number"):
        drawn([Flow("Alpha", None)])
    with pytest.raises(CountyLinesError, match="shorter labels"):
        drawn([Flow("A place with a long synthetic name " * 3, 5.0)])
