"""The outlines of police force areas: what is read of a GeoJSON file, and what is refused. The coordinates of the fixture are synthetic."""

import json
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from transforms.contracts import BOUNDARIES, validate
from transforms.errors import LayoutError
from transforms.harmonise import Registers
from transforms.sources.ons_geography import boundaries, newest_boundaries
from transforms.sources.registry import Edition, load_source

from .workbooks import DATA, FIXTURES, original

NORFOLK, NORTH_WALES = "E23000024", "W15000001"
FIXTURE = FIXTURES / "ons_geography" / "2023-12-boundaries.geojson"
SOURCE = load_source(DATA, "ons_geography")
EDITION: Edition = next(edition for edition in SOURCE.editions if edition.id == "2023-12-boundaries")

Change = Callable[[dict[str, Any]], object]


def read(change: Change = lambda collection: None, forces: tuple[str, ...] = (NORFOLK, NORTH_WALES)) -> pl.DataFrame:
    collection = json.loads(FIXTURE.read_bytes())
    change(collection)
    return boundaries(json.dumps(collection).encode(), EDITION, forces)


def geometry(collection: dict[str, Any], place: int = 0) -> Any:
    return collection["features"][place]["geometry"]


def rings(collection: dict[str, Any]) -> Any:
    """The rings of Norfolk, which is one polygon with a hole."""
    return geometry(collection)["coordinates"]


def test_every_point_of_every_ring_is_kept_in_order_with_its_area() -> None:
    outlines = read()
    assert validate(outlines, BOUNDARIES).failures == ()
    counted = outlines.group_by("area_id", "ring", maintain_order=True).len().rows()
    assert counted == [(NORFOLK, 1, 5), (NORFOLK, 2, 4), (NORTH_WALES, 1, 4), (NORTH_WALES, 2, 5)]
    hole = outlines.filter(area_id=NORFOLK, ring=2).select("point", "longitude", "latitude")
    assert hole.rows() == [(1, 0.5, 52.5), (2, 0.5, 52.55), (3, 0.6, 52.5), (4, 0.5, 52.5)]
    assert outlines.select("label_longitude", "label_latitude").row(0) == (0.96471399, 52.67123)
    assert set(outlines.select("source_id", "edition_id").rows()) == {("ons_geography", "2023-12-boundaries")}


def test_whole_degrees_are_read_as_numbers() -> None:
    outlines = read(lambda c: rings(c).__setitem__(0, [[0, 52], [1, 52], [1, 53], [0, 52]]))
    assert outlines["longitude"].to_list()[:4] == [0.0, 1.0, 1.0, 0.0]


def test_where_a_file_has_no_points_for_labels_they_are_in_the_middle_of_the_largest_part() -> None:
    (edition,) = (each for each in SOURCE.editions if each.id == "2023-12-outlines")
    content = (FIXTURES / "ons_geography" / "2023-12-outlines.geojson").read_bytes()
    labels = boundaries(content, edition, [NORFOLK, NORTH_WALES]).select("area_id", "label_longitude", "label_latitude")
    assert labels.unique(maintain_order=True).rows() == [
        (NORFOLK, pytest.approx(0.5), pytest.approx(52.5)),
        (NORTH_WALES, pytest.approx(-4.5), pytest.approx(53.5)),
    ]


REFUSED: dict[str, tuple[Change, str]] = {
    "an unknown code": (
        lambda c: c["features"][1]["properties"].update(PFA23CD="E23000099"),
        r"feature 2 \(E23000099\) is no police force area that the project knows",
    ),
    "a code twice": (
        lambda c: c["features"].append(c["features"][0]),
        r"feature 3 \(E23000024\) comes a second time",
    ),
    "a missing force": (lambda c: c["features"].pop(), "no feature has the code W15000001"),
    "no code": (lambda c: c["features"][0]["properties"].pop("PFA23CD"), r"feature 1 \(None\)"),
    "an open ring": (
        lambda c: rings(c)[1].__setitem__(-1, [0.51, 52.5]),
        r"feature 1 \(E23000024\) has a ring that does not end where it begins: ring 2",
    ),
    "a place abroad": (
        lambda c: rings(c)[0].__setitem__(2, [13.4, 52.5]),
        r"feature 1 \(E23000024\) has a point that is not in England or Wales: ring 1, point 3 \(13\.4, 52\.5\)",
    ),
    "metres": (lambda c: rings(c)[0].__setitem__(2, [600549, 312292]), r"point 3 \(600549\.0, 312292\.0\)"),
    "no number": (lambda c: rings(c)[0].__setitem__(2, [float("nan"), 52.5]), r"point 3 \(nan, 52\.5\)"),
    "half a point": (lambda c: rings(c)[0].__setitem__(2, [1.0]), r"point 3 \(1\.0, None\)"),
    "a label abroad": (
        lambda c: c["features"][0]["properties"].update(LAT=2.0),
        r"feature 1 \(E23000024\) has no label point in England or Wales",
    ),
    "no label": (lambda c: c["features"][0]["properties"].pop("LONG"), "has no label point in England or Wales"),
    "text": (lambda c: rings(c)[0].__setitem__(2, ["1.0", "52.5"]), r"feature 1 \(E23000024\) .* can be read"),
    "a line": (lambda c: geometry(c, 1).update(type="LineString"), r"feature 2 \(W15000001\) .* can be read"),
    "no geometry": (lambda c: c["features"][0].update(geometry=None), r"feature 1 \(E23000024\) .* can be read"),
    "nothing drawn": (lambda c: geometry(c, 1).update(coordinates=[]), r"feature 2 \(W15000001\) has no polygon"),
    "an empty polygon": (lambda c: geometry(c).update(coordinates=[]), r"\(E23000024\) has a polygon without a ring"),
    "a line as ring": (lambda c: rings(c).__setitem__(1, [[0.5, 52.5]] * 3), "a ring of fewer than 4 points: ring 2"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), REFUSED.values(), ids=REFUSED)
def test_outlines_that_cannot_be_right_are_refused_with_edition_and_feature(change: Change, message: str) -> None:
    with pytest.raises(LayoutError, match=f"^ons_geography 2023-12-boundaries: .*{message}"):
        read(change)


def test_a_file_that_is_no_collection_is_refused() -> None:
    with pytest.raises(LayoutError, match="is not a GeoJSON collection"):
        boundaries(b"{}", EDITION, [NORFOLK])
    with pytest.raises(LayoutError, match=r"feature 1 \(None\) has no code"):
        boundaries(b'{"features": [{"properties": {}}]}', EDITION, [NORFOLK])
    with pytest.raises(LayoutError, match="no feature has the code E23000024"):
        boundaries(b'{"features": []}', EDITION, [NORFOLK])


def test_only_a_held_edition_with_geometry_has_outlines() -> None:
    assert newest_boundaries(SOURCE, ["2016-12", "2023-04"]) is None
    assert newest_boundaries(SOURCE, ["2016-12", "2023-12-boundaries"]) == EDITION


def test_the_published_file_has_the_outlines_of_43_police_force_areas(registers: Registers) -> None:
    forces = registers.areas.filter(pl.col("kind") == "police_force_area")["area_id"].to_list()
    outlines = boundaries(original(EDITION).read_bytes(), EDITION, forces)
    assert outlines["area_id"].n_unique() == len(forces) == 43
    assert outlines.select("area_id", "ring").n_unique() == 100
    assert validate(outlines, BOUNDARIES).failures == ()
