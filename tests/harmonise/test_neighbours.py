"""Neighbours and sizes of police force areas: the registers say what the published boundaries show."""

import polars as pl
import pytest

from tests.sources.workbooks import DATA, LANDING, original
from transforms.harmonise import load_registers
from transforms.harmonise.neighbours import (
    land_areas_by_boundary,
    load_land_areas,
    load_neighbours,
    neighbours_by_boundary,
)
from transforms.sources.ons_geography import boundaries
from transforms.sources.registry import load_source

NORFOLK, SUFFOLK, CAMBRIDGESHIRE, LINCOLNSHIRE = "E23000024", "E23000025", "E23000023", "E23000020"
LONDON, CITY, KENT, ESSEX = "E23000001", "E23000034", "E23000032", "E23000028"


def outline(area_id: str, ring: int, *corners: tuple[float, float]) -> pl.DataFrame:
    """A synthetic ring of an outline, closed, with the columns that neighbours and sizes are read from."""
    points = [*corners, corners[0]]
    return pl.DataFrame(
        {
            "area_id": area_id,
            "ring": ring,
            "point": range(1, len(points) + 1),
            "longitude": [float(x) for x, _ in points],
            "latitude": [float(y) for _, y in points],
        }
    )


@pytest.fixture(scope="module", params=["2023-12-boundaries", "2023-12-outlines"])
def published(request: pytest.FixtureRequest) -> pl.DataFrame:
    """The outlines of one of the two files that landing folders hold."""
    source = load_source(DATA, "ons_geography")
    edition = next(each for each in source.editions if each.id == request.param)
    areas = load_registers(DATA).areas
    return boundaries(
        original(edition).read_bytes(),
        edition,
        areas.filter(pl.col("kind") == "police_force_area")["area_id"].to_list(),
    )


def test_the_register_of_neighbours_is_what_the_published_boundaries_show(published: pl.DataFrame) -> None:
    derived = neighbours_by_boundary(published)
    registered = load_neighbours(DATA).filter(pl.col("area_id") < pl.col("neighbour_id"))
    assert registered.rows() == derived.rows()


def test_the_register_of_sizes_is_what_the_published_boundaries_show(published: pl.DataFrame) -> None:
    assert load_land_areas(DATA).rows() == land_areas_by_boundary(published).rows()


def test_every_police_force_area_has_a_size_and_a_neighbour_and_neighbours_are_mutual() -> None:
    registers = load_registers(DATA)
    forces = set(registers.areas.filter(pl.col("kind") == "police_force_area")["area_id"])
    pairs = set(registers.neighbours.select("area_id", "neighbour_id").rows())
    assert set(registers.land_areas["area_id"]) == forces == {area_id for area_id, _ in pairs}
    assert pairs == {(second, first) for first, second in pairs}
    assert not any(first == second for first, second in pairs)


def test_norfolk_lies_beside_three_and_the_city_inside_one() -> None:
    near = load_neighbours(DATA)
    assert set(near.filter(area_id=NORFOLK)["neighbour_id"]) == {SUFFOLK, CAMBRIDGESHIRE, LINCOLNSHIRE}
    assert near.filter(area_id=CITY)["neighbour_id"].to_list() == [LONDON]


def test_the_thames_makes_no_neighbours_of_kent_and_essex() -> None:
    assert load_neighbours(DATA).filter(area_id=KENT, neighbour_id=ESSEX).is_empty()


def test_the_sizes_are_those_of_their_districts_that_another_file_gives() -> None:
    """A generalised outline with its harbours and marshes is within two per cent of what the districts of a force have together."""
    path = LANDING / "mysociety_local_authorities" / "uk_local_authorities.csv"
    if not path.is_file():
        pytest.skip("no landing folder has uk_local_authorities.csv")
    registers = load_registers(DATA)
    districts = pl.read_csv(path, infer_schema=False).filter(
        (pl.col("current-authority") == "True") & (pl.col("lower-or-unitary") == "True")
    )
    together = (
        districts.join(registers.local_authorities, left_on="gss-code", right_on="authority_id")
        .group_by(pl.col("police_force_area_id").alias("area_id"))
        .agg(pl.col("area").cast(pl.Float64).sum())
        .join(registers.land_areas, on="area_id")
        .filter(pl.col("square_kilometres") > 100)  # the City of London's is given in whole square kilometres
    )
    assert len(together) == 42
    assert together.select((pl.col("square_kilometres") / pl.col("area") - 1).abs().max()).item() < 0.02


def test_england_and_wales_have_the_size_that_is_usually_given() -> None:
    """About 151,000 square kilometres of land."""
    assert load_land_areas(DATA)["square_kilometres"].sum() == pytest.approx(151_000, rel=0.01)


def test_a_common_stretch_makes_neighbours_whichever_way_it_is_walked_and_a_common_point_does_not() -> None:
    squares = pl.concat(
        [
            outline("A", 1, (0, 52), (0, 53), (1, 53), (1, 52)),
            outline("B", 1, (1, 52), (1, 53), (2, 53), (2, 52)),
            outline("C", 1, (2, 53), (2, 54), (3, 54), (3, 53)),
        ]
    )
    # One degree of latitude is 6,371.0072 π ÷ 180 = 111.195 kilometres on the sphere.
    assert neighbours_by_boundary(squares).rows() == [("A", "B", 111.2)]


def test_a_hole_takes_its_size_from_the_area_around_it() -> None:
    square = outline("A", 1, (0, 52), (0, 53), (1, 53), (1, 52))
    hole = outline("A", 2, (0.4, 52.4), (0.6, 52.4), (0.6, 52.6), (0.4, 52.6))
    whole, less = (
        land_areas_by_boundary(each)["square_kilometres"].item() for each in (square, pl.concat([square, hole]))
    )
    assert whole - less == pytest.approx(0.04 * whole, rel=0.003)
