"""The map of outlines: what is drawn of synthetic areas, and what is refused."""

import re
from xml.etree import ElementTree

import polars as pl
import pytest

from reports.figures import Enlarged, Shaded, boundary_map
from reports.figures.palette import BANDS, LIGHT
from tests.reports.figures.reading import SVG, extents, overlapping, parsed, texts
from transforms.contracts import BOUNDARIES
from transforms.errors import CountyLinesError

WEST, EAST, SMALL = "E00000001", "E00000002", "E00000003"


def square(area_id: str, west: float, south: float, side: float, ring: int = 1) -> pl.DataFrame:
    """A closed synthetic square."""
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return pl.DataFrame(
        [
            ("synthetic", "synthetic", area_id, ring, point, west + x, south + y, west + side / 2, south + side / 2)
            for point, (x, y) in enumerate(corners, 1)
        ],
        schema=BOUNDARIES.schema,
        orient="row",
    )


TWO = pl.concat([square(WEST, -2.0, 51.0, 1.0), square(EAST, -1.0, 51.0, 1.0)])
AREAS = [Shaded(WEST, "1.5", 0), Shaded(EAST, "8.4", 1)]


def drawn(outlines=TWO, areas=AREAS, **options) -> ElementTree.Element:
    labels = options.pop("band_labels", ("1.5 to 1.8", "8.4"))
    return parsed(
        boundary_map(
            outlines,
            areas,
            anchor="b",
            title="t",
            description="d",
            band_labels=labels,
            missing_label="no rate shown",
            **options,
        )
    )


def shapes(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [each for each in root.iter(f"{SVG}path") if each.get("fill-rule")]


def corners(path: str) -> list[list[tuple[int, int]]]:
    """The rings of path data as places."""
    found = []
    for ring in re.findall(r"M([^z]*)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
        places = [(numbers[0], numbers[1])]
        for across, down in zip(numbers[2::2], numbers[3::2], strict=True):
            places.append((places[-1][0] + across, places[-1][1] + down))
        found.append(places)
    return found


def test_each_area_is_filled_by_its_band_and_carries_its_value_and_the_bands_are_named() -> None:
    root = drawn()
    assert [each.get("fill") for each in shapes(root)] == [LIGHT[BANDS[0]], LIGHT[BANDS[1]]]
    assert texts(root) == ["1.5", "8.4", "1.5 to 1.8", "8.4"]
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == ("t", "d")
    assert root.get("role") == "img"


def test_north_is_up_neighbours_touch_and_a_degree_of_longitude_is_shorter() -> None:
    west, east = (corners(each.get("d") or "")[0] for each in shapes(drawn()))
    assert max(x for x, _ in west) == min(x for x, _ in east)
    wide, high = (max(place[side] for place in west) - min(place[side] for place in west) for side in (0, 1))
    assert wide / high == pytest.approx(0.622, abs=0.005)  # the cosine of 51.5 degrees
    apart = pl.concat([square(WEST, -2.0, 51.0, 1.0), square(EAST, -2.0, 53.0, 1.0)])
    south, north = (corners(each.get("d") or "")[0] for each in shapes(drawn(apart)))
    assert max(y for _, y in north) < min(y for _, y in south)


def test_a_ring_within_an_area_is_a_hole_and_what_cannot_be_seen_is_not_drawn() -> None:
    outlines = pl.concat([TWO, square(WEST, -1.8, 51.2, 0.4, ring=2), square(WEST, -1.3, 51.9, 0.0001, ring=3)])
    west = shapes(drawn(outlines))[0]
    assert west.get("fill-rule") == "evenodd"
    assert [len(ring) for ring in corners(west.get("d") or "")] == [4, 4]


def test_an_area_without_a_value_is_hatched_and_the_legend_says_so() -> None:
    root = drawn(areas=[AREAS[0], Shaded(EAST, "[low]", None)])
    assert shapes(root)[1].get("fill") == "url(#b-hatch)"
    assert {"[low]", "no rate shown"} <= set(texts(root))
    assert "no rate shown" not in texts(drawn())


def test_a_value_is_in_the_colour_that_reads_on_its_band_and_has_its_halo() -> None:
    values = [each for each in drawn().iter(f"{SVG}text") if each.get("paint-order")]
    assert [(each.get("fill"), each.get("stroke")) for each in values] == [
        (LIGHT[f"on-{BANDS[band]}"], LIGHT[BANDS[band]]) for band in (0, 1)
    ]


def test_areas_too_small_to_be_read_are_drawn_again_four_times_as_large_with_their_values() -> None:
    outlines = pl.concat([square(WEST, -4.0, 50.0, 5.0), square(SMALL, 0.2, 50.1, 0.2)])
    areas = [Shaded(WEST, "1.5", 0), Shaded(SMALL, "8.4", 1)]
    root = drawn(outlines, areas, enlarged=Enlarged([SMALL], "Small, four times as large"))
    _, once, again = (corners(each.get("d") or "")[0] for each in shapes(root))
    size = [max(x for x, _ in ring) - min(x for x, _ in ring) for ring in (once, again)]
    assert size[1] == pytest.approx(4 * size[0], abs=4)
    assert max(x for x, _ in again) <= 680
    assert texts(root)[:3] == ["1.5", "Small, four times as large", "8.4"]
    assert overlapping(extents(root)) == []


def test_a_value_that_would_hide_its_area_stands_above_it() -> None:
    outlines = pl.concat([square(WEST, -4.0, 50.0, 5.0), square(SMALL, -2.0, 52.0, 0.05)])
    root = drawn(outlines, [Shaded(WEST, "1.5", 0), Shaded(SMALL, "8.4", 1)])
    value = next(each for each in extents(root) if each[0] == "8.4")
    assert value[4] <= min(y for _, y in corners(shapes(root)[1].get("d") or "")[0])


@pytest.mark.parametrize(
    ("outlines", "areas", "message"),
    [
        (TWO, AREAS[:1], f"without an area: {EAST}"),
        (TWO, [*AREAS, Shaded(SMALL, "2.0", 0)], SMALL),
        (TWO, [], "without an outline"),
        (TWO, [AREAS[0], Shaded(EAST, "8.4", 2)], "no label"),
        (
            pl.concat([square(WEST, -6.0, 50.0, 6.0), square(EAST, -1.0, 51.0, 0.0001)]),
            AREAS,
            f"too small to show {EAST}",
        ),
    ],
)
def test_a_map_that_would_mislead_is_refused(outlines, areas, message) -> None:
    with pytest.raises(CountyLinesError, match=message):
        drawn(outlines, areas)
