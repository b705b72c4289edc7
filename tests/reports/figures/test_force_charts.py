"""All forces at once: ranked with their intervals, and as tiles."""

from xml.etree import ElementTree

import pytest

from reports.figures import RankedRow, Reference, Tile, ranked_intervals, tile_map
from tests.reports import synthetic
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts
from transforms.errors import CountyLinesError


def ranked(rows, **options) -> ElementTree.Element:
    return parsed(ranked_intervals(rows, anchor="r", title="t", description="d", unit="Rate", **options))


def row(name: str, value: float | None, **options) -> RankedRow:
    shown = value is not None
    return RankedRow(
        name,
        value,
        value * 0.8 if shown else None,
        value * 1.3 if shown else None,
        f"{value:.1f}" if shown else "[x]",
        **options,
    )


def test_forces_are_ranked_from_the_highest_and_those_without_a_value_come_last_with_their_reason():
    rows = [
        row("Low", 1.0),
        row("Missing", None, reason="not available: no return"),
        row("High", 9.0),
        row("Middle", 5.0),
    ]
    names = [content for content in texts(ranked(rows)) if content in {"Low", "High", "Middle", "Missing"}]
    assert names == ["High", "Middle", "Low", "Missing"]
    assert "[x] not available: no return" in texts(ranked(rows))


def test_43_forces_fit_on_a_page():
    assert float(parsed(synthetic.ranked_figure().svg).get("viewBox").split()[3]) <= 720


def test_the_report_s_own_area_differs_by_shape_and_weight_and_not_only_by_colour():
    root = ranked([row("Own", 3.0, highlighted=True), row("Other", 4.0)])
    bold = [element.text for element in root.iter(f"{SVG}text") if element.get("font-weight")]
    assert bold == ["Own", "3.0"]
    assert len(list(root.iter(f"{SVG}polygon"))) == 1
    assert len(list(root.iter(f"{SVG}circle"))) == 1


def test_the_reference_line_is_labelled_and_the_axis_holds_it():
    root = ranked([row("One", 3.0)], reference=Reference(40.0, "England and Wales 40.0"))
    assert "England and Wales 40.0" in texts(root)
    assert "40" in texts(root)


def test_a_value_without_an_interval_has_a_dot_and_no_whisker():
    root = ranked([RankedRow("One", 3.0, None, None, "3.0")])
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert {element.get("stroke-width") for element in root.iter(f"{SVG}line")} == {"1"}


def test_long_names_get_their_room_or_are_refused_but_never_clipped():
    long_name = "The Police Force Area of a Long Synthetic Name in the North"
    assert long_name in texts(ranked([row(long_name, 3.0)]))
    with pytest.raises(CountyLinesError, match="shorter labels"):
        ranked([row(long_name * 2, 3.0)])


def test_a_long_reason_folds_and_stays_on_the_page():
    root = ranked(
        [row("One", 3.0), row("Two", None, reason="the publisher printed no figure for this area in this table, " * 3)]
    )
    assert overlapping(extents(root)) == []
    assert max(end for _, _, end, _, _ in extents(root)) <= 680.5


def mapped(tiles, **options) -> ElementTree.Element:
    labels = options.pop("band_labels", ("low", "high"))
    return parsed(
        tile_map(
            tiles, anchor="m", title="t", description="d", band_labels=labels, missing_label="not available", **options
        )
    )


def test_every_tile_carries_its_value_and_a_missing_one_is_hatched():
    root = mapped([Tile("A", 0, 0, "Alpha", "1.0", 0), Tile("B", 1, 0, "Beta", "[x]", None)])
    assert {"Alpha", "1.0", "Beta", "[x]", "low", "high", "not available"} == set(texts(root))
    assert sum(element.get("fill") == "url(#m-hatch)" for element in root.iter(f"{SVG}rect")) == 2


def test_a_map_without_missing_values_has_no_entry_for_them():
    assert "not available" not in texts(mapped([Tile("A", 0, 0, "Alpha", "1.0", 0)]))


def test_a_highlighted_tile_has_a_thick_outline_and_a_marker():
    root = mapped([Tile("A", 0, 0, "Alpha", "1.0", 0, highlighted=True), Tile("B", 1, 0, "Beta", "2.0", 1)])
    assert [element.get("stroke-width") for element in root.iter(f"{SVG}rect")].count("4") == 1
    assert len(list(root.iter(f"{SVG}polygon"))) == 1


def test_tiles_lead_to_reports_and_the_map_is_then_a_group_that_can_be_entered():
    root = mapped(
        [Tile("A", 0, 0, "Alpha", "1.0", 0), Tile("B", 1, 0, "Beta", "2.0", 1)], links={"A": "alpha.html?a&b"}
    )
    links = list(root.iter(f"{SVG}a"))
    assert root.get("role") == "group"
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [("alpha.html?a&b", "Alpha: 1.0")]


def test_no_word_of_a_label_is_lost_on_its_tile():
    written = "".join(texts(parsed(synthetic.map_figure().svg))).replace("-", "").replace(" ", "")
    for name in synthetic.NAMES:
        assert name.replace("-", "").replace(" ", "") in written


@pytest.mark.parametrize(
    ("tiles", "message"),
    [
        ([Tile("A", 0, 0, "Alpha", "1.0", 0), Tile("B", 0, 0, "Beta", "2.0", 1)], "same place"),
        ([Tile("A", 0, 0, "Alpha", "1.0", 2)], "no label"),
        ([Tile("A", 0, 0, "Llanfairpwllgwyngyllgogerychwyrn", "1.0", 0)], "shorter label"),
        ([], "no tile"),
    ],
)
def test_a_map_that_would_mislead_is_refused(tiles, message):
    with pytest.raises(CountyLinesError, match=message):
        mapped(tiles)
