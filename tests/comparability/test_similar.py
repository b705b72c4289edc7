"""Similar police force areas: distances that can be worked out by hand, what they rest on, and what a dropped characteristic changes."""

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.comparability import CHARACTERISTICS, characteristics, most_similar, similar, stays
from transforms.contracts import validate
from transforms.contracts.tables import FORCE_CHARACTERISTICS, SIMILAR
from transforms.harmonise import Registers

NORFOLK, SUFFOLK, CITY, LONDON = "E23000024", "E23000025", "E23000034", "E23000001"


def like(
    area_id: str, residents: float, density: float, children: float, largest: float, region: str
) -> dict[str, object]:
    """A synthetic police force area."""
    return {
        **{"area_id": area_id, "area_name": area_id, "year": 2023, "residents": residents},
        **{"square_kilometres": residents / density, "residents_per_square_kilometre": density},
        **{"children_share": children, "largest_district_id": "E07000146", "largest_district_share": largest},
        **{"region_id": region, "residents_edition": "synthetic", "children_edition": "synthetic"},
    }


def held(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FORCE_CHARACTERISTICS.schema)


@pytest.fixture(scope="module")
def published(observations: pl.DataFrame, areas: pl.DataFrame, registers: Registers) -> pl.DataFrame:
    return characteristics(observations, areas, registers.local_authorities, registers.land_areas)


@pytest.fixture(scope="module")
def distances(published: pl.DataFrame) -> pl.DataFrame:
    return similar(published)


def test_a_characteristic_adds_as_much_on_average_as_any_other() -> None:
    """Three areas: squares of the logarithms 1, 4 and 1, of mean 2; shares 25, 100 and 25, of mean 50; one of three pairs in one region, mean 2/3."""
    e = math.e
    found = similar(
        held(
            like("A", 1000, 10, 20, 30, "X"),
            like("B", 1000 * e, 10 * e, 25, 35, "X"),
            like("C", 1000 * e**2, 10 * e**2, 30, 40, "Y"),
        )
    )
    parts = {
        (row["area_id"], row["other_id"]): [row[f"{name}_part"] for name in CHARACTERISTICS]
        for row in found.iter_rows(named=True)
    }
    assert parts["A", "B"] == pytest.approx([0.5, 0.5, 0.5, 0.5, 0])
    assert parts["A", "C"] == pytest.approx([2, 2, 2, 2, 1.5])
    assert found.filter(area_id="A", other_id="B")["distance"].item() == pytest.approx(math.sqrt(2 / 5))
    # With the region left out, A and C are as near to B; with it, A is nearer.
    assert found.filter(area_id="B").select("other_id", "rank", "rank_without_region").rows() == [
        ("A", 1, 1),
        ("C", 2, 2),
    ]


SHARES = st.floats(1, 99)
PLACES = st.tuples(st.floats(1e4, 1e7), st.floats(10, 6000), SHARES, SHARES, st.sampled_from("XYZ"))


@given(st.lists(PLACES, min_size=2, max_size=8))
def test_distances_are_mutual_and_their_mean_square_is_one(
    places: list[tuple[float, float, float, float, str]],
) -> None:
    found = similar(held(*(like(f"A{number}", *place) for number, place in enumerate(places))))
    back = found.join(found, left_on=["area_id", "other_id"], right_on=["other_id", "area_id"], suffix="_back")
    assert back["distance"].to_list() == pytest.approx(back["distance_back"].to_list())
    assert found.group_by("area_id").agg(pl.col("rank").sort())["rank"].to_list() == [
        list(range(1, len(places)))
    ] * len(places)
    # A characteristic in which all are alike adds nothing; each other one adds one on average.
    means = [found[f"{name}_part"].mean() for name in CHARACTERISTICS]
    assert all(mean == pytest.approx(1) or mean == pytest.approx(0, abs=1e-9) for mean in means)


def test_fewer_than_two_areas_have_no_distance() -> None:
    assert similar(held(like("A", 1000, 10, 20, 30, "X"))).is_empty()
    assert similar(held()).schema == SIMILAR.schema


def test_every_police_force_area_has_its_characteristics_of_one_mid_year(published: pl.DataFrame) -> None:
    assert validate(published, FORCE_CHARACTERISTICS).failures == ()
    assert (len(published), published["year"].n_unique()) == (43, 1)


def test_norfolk_is_what_the_published_tables_say(published: pl.DataFrame) -> None:
    """ONS, mid-2023: 931,943 residents, 155,758 of them in King's Lynn and West Norfolk, of seven districts the one with the most."""
    (row,) = published.filter(area_id=NORFOLK).to_dicts()
    assert (row["year"], row["residents"], row["largest_district_id"]) == (2023, 931_943, "E07000146")
    assert row["residents_per_square_kilometre"] == pytest.approx(931_943 / 5_373.7)
    assert row["largest_district_share"] == pytest.approx(100 * 155_758 / 931_943)
    assert 18 < row["children_share"] < 19


def test_the_tables_keep_their_contract(distances: pl.DataFrame) -> None:
    assert validate(distances, SIMILAR).failures == ()
    assert len(distances) == 43 * 42


def test_norfolk_has_five_similar_ones_and_suffolk_is_the_nearest(distances: pl.DataFrame) -> None:
    near = most_similar(distances).filter(area_id=NORFOLK)
    assert (len(near), near["other_id"][0]) == (5, SUFFOLK)


def test_nothing_is_called_similar_that_is_no_nearer_than_two_at_random(distances: pl.DataFrame) -> None:
    """The City of London has a few thousand residents: the nearest police force area is more than twice the usual distance away."""
    assert distances.filter(area_id=CITY)["distance"].min() > 2
    assert most_similar(distances).filter(area_id=CITY).is_empty()
    assert most_similar(distances).filter(pl.col("distance") >= 1).is_empty()
    assert len(most_similar(distances).filter(area_id=LONDON)) == 4


def test_a_dropped_characteristic_leaves_at_most_as_many_as_there_are(distances: pl.DataFrame) -> None:
    kept = stays(distances)
    assert CITY not in kept["area_id"].to_list()
    assert all((kept[name] <= kept["similar"]).all() and (kept[name] >= 0).all() for name in CHARACTERISTICS)


def test_what_stays_is_counted_again_by_hand_for_norfolk(published: pl.DataFrame, distances: pl.DataFrame) -> None:
    """The same five areas, from the four characteristics that are left, without what ``similar`` says of ranks."""
    columns = {"children": "children_share", "largest_district": "largest_district_share"}
    mine = set(most_similar(distances).filter(area_id=NORFOLK)["other_id"])
    for name in CHARACTERISTICS:
        left = [other for other in CHARACTERISTICS if other != name]
        sums = distances.filter(area_id=NORFOLK).select("other_id", pl.sum_horizontal(f"{each}_part" for each in left))
        nearest = set(sums.sort(sums.columns[1])["other_id"].head(5))
        assert stays(distances).filter(area_id=NORFOLK)[name].item() == len(mine & nearest), columns.get(name, name)
