"""The register of local authorities: which districts and authorities there are, where they lie, and what the look-ups say of them."""

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import RegisterError
from transforms.harmonise import Harmonised, Registers
from transforms.harmonise.local_authorities import (
    differences,
    in_being,
    load_explained_differences,
    load_local_authorities,
    refuse_unexplained,
)
from transforms.sources.ons_geography import boundaries
from transforms.sources.published import edition_files, read_cells
from transforms.sources.registry import Source

LANDING = Path(__file__).parents[3] / "shared" / "landing"
LANDING_2026 = LANDING.parent / "landing-2026-12"
OTHER_NAMES = {("Devon and Cornwall", "Devon & Cornwall")}
LOOK_UPS = ("ons_geography", "mysociety_local_authorities")
with_landing_folder = pytest.mark.skipif(
    not LANDING.is_dir(), reason="no landing folder at ../shared/landing: the look-ups are not here"
)


@pytest.fixture(scope="module")
def authorities(registers: Registers) -> pl.DataFrame:
    return registers.local_authorities


@pytest.fixture(scope="module")
def today(authorities: pl.DataFrame) -> pl.DataFrame:
    return authorities.filter(in_being(pl.lit(date(2025, 3, 31))))


@pytest.fixture(scope="module")
def look_ups(registered: dict[str, Source], data: Path) -> pl.DataFrame:
    folders = [LANDING, *([LANDING_2026] if LANDING_2026.is_dir() else [])]
    return pl.concat([read_cells(registered[source_id], data, folder) for source_id in LOOK_UPS for folder in folders])


def test_there_are_318_districts_each_in_one_police_force_area(today: pl.DataFrame) -> None:
    districts = today.filter(pl.col("tier").is_in(["district", "single"]))
    assert districts.height == 318
    assert districts["authority_id"].is_unique().all()
    assert districts["police_force_area_id"].n_unique() == 43
    assert districts.filter(pl.col("authority_id").str.starts_with("W")).height == 22


def test_there_are_153_authorities_responsible_for_children_in_england(today: pl.DataFrame) -> None:
    upper = today.filter((pl.col("kind") == "local_authority") & pl.col("authority_id").str.starts_with("E"))
    assert upper.height == 153


def test_every_force_lies_in_the_region_of_all_its_authorities(authorities: pl.DataFrame, areas: pl.DataFrame) -> None:
    regions = authorities.select("police_force_area_id", "region_id").unique()
    assert regions.height == 43
    forces = areas.filter(pl.col("kind") == "police_force_area").select("area_id", "region_id")
    assert regions.rename({"police_force_area_id": "area_id"}).join(forces, on=["area_id", "region_id"]).height == 43


def test_a_district_lies_in_the_force_of_its_county(authorities: pl.DataFrame) -> None:
    county = authorities.select(upper_tier_id="authority_id", county_force="police_force_area_id", county_tier="tier")
    both = authorities.filter(pl.col("tier") == "district").join(county, on="upper_tier_id")
    assert both.height == authorities.filter(pl.col("tier") == "district").height
    assert (both["police_force_area_id"] == both["county_force"]).all()
    assert set(both["county_tier"]) == {"county"}


def test_norfolk_has_seven_districts(today: pl.DataFrame) -> None:
    norfolk = today.filter((pl.col("police_force_area_id") == "E23000024") & (pl.col("tier") == "district"))
    assert norfolk.sort("authority_id")["authority_id"].to_list() == [f"E0700014{last}" for last in range(3, 10)]
    assert set(norfolk["upper_tier_id"]) == {"E10000020"}


@pytest.mark.parametrize(
    ("former", "ended_by", "last_day", "successors"),
    [
        ("E08000016", "recoded", None, "E08000038"),  # Barnsley
        ("E08000019", "recoded", None, "E08000039"),  # Sheffield
        ("E06000028", "reorganised", date(2019, 3, 31), "E06000058"),  # Bournemouth
        ("E10000002", "reorganised", date(2020, 3, 31), "E06000060"),  # Buckinghamshire
        ("E10000021", "reorganised", date(2021, 3, 31), "E06000061;E06000062"),  # Northamptonshire
        ("E10000006", "reorganised", date(2023, 3, 31), "E06000063;E06000064"),  # Cumbria
        ("E07000190", "reorganised", date(2019, 3, 31), "E07000246"),  # Taunton Deane, itself followed by Somerset
    ],
)
def test_a_former_authority_has_its_last_day_and_successors(
    former: str, ended_by: str, last_day: date | None, successors: str, authorities: pl.DataFrame
) -> None:
    row = authorities.row(by_predicate=pl.col("authority_id") == former, named=True)
    assert (row["ended_by"], row["valid_to"], row["successor_ids"]) == (ended_by, last_day, successors)


def test_a_successor_lies_in_the_same_force_and_begins_the_day_after(authorities: pl.DataFrame) -> None:
    after = authorities.select(successor_id="authority_id", force_after="police_force_area_id", first_day="valid_from")
    pairs = (
        authorities.filter(pl.col("ended_by") != "")
        .with_columns(pl.col("successor_ids").str.split(";").alias("successor_id"))
        .explode("successor_id")
        .join(after, on="successor_id")
    )
    assert (pairs["police_force_area_id"] == pairs["force_after"]).all()
    reorganised = pairs.filter(pl.col("ended_by") == "reorganised")
    assert reorganised.height > 40
    assert (reorganised["valid_to"].dt.offset_by("1d") == reorganised["first_day"]).all()


def test_areas_and_authorities_share_no_code_and_no_slug(areas: pl.DataFrame, authorities: pl.DataFrame) -> None:
    assert areas["area_id"].is_unique().all()
    assert areas.filter(pl.col("kind").is_in(["local_authority", "district"])).height == authorities.height


def test_every_row_has_its_evidence(authorities: pl.DataFrame, data: Path) -> None:
    assert (authorities["evidence"] != "").all()
    assert (load_explained_differences(data)["reason"] != "").all()


def test_a_county_is_found_by_code_and_name_and_never_taken_for_the_force(harmonised: Harmonised) -> None:
    cells = harmonised.observations.filter(pl.col("source_id") == "dfe_children_in_need")
    hampshire = cells.filter(pl.col("area_text") == "Hampshire")
    assert set(hampshire["area_id"]) == {"E10000014"}
    assert set(hampshire["area_match"]) == {"code and name, as printed, any source"}
    assert set(cells["area_kind"]) == {"local_authority", "region", "country"}
    dorset = cells.filter(pl.col("area_text") == "Dorset").select("area_id", pl.col("period_end").dt.year()).unique()
    assert dorset.group_by("area_id").agg(pl.col("period_end").max()).sort("area_id").rows() == [
        ("E06000059", 2025),
        ("E10000009", 2019),
    ]


def test_inner_and_outer_london_are_left_out(harmonised: Harmonised) -> None:
    left_out = harmonised.excluded.filter(pl.col("source_id").str.starts_with("dfe_"))
    # Two counties were divided in 2009, before the register begins.
    former = {"Bedfordshire (Pre LGR 2009)", "Cheshire (Pre LGR 2009)"}
    assert set(left_out["area_text"]) == {"Inner London", "Outer London", *former}


@with_landing_folder
def test_the_look_ups_agree_with_the_register_or_the_difference_is_explained(
    look_ups: pl.DataFrame, authorities: pl.DataFrame, data: Path
) -> None:
    found = differences(look_ups, authorities)
    refuse_unexplained(found, load_explained_differences(data))
    assert "police_force_area" not in set(found["what"])


@with_landing_folder
@pytest.mark.parametrize(
    ("edition_id", "day"),
    [("2016-12", date(2016, 12, 31)), ("2017-01", date(2017, 1, 31)), ("2023-04", date(2023, 4, 1))],
)
def test_a_look_up_has_every_district_of_its_day(
    edition_id: str, day: date, look_ups: pl.DataFrame, authorities: pl.DataFrame
) -> None:
    listed = set(look_ups.filter(pl.col("edition_id") == edition_id)["area_code_text"])
    districts = authorities.filter(in_being(pl.lit(day)) & pl.col("tier").is_in(["district", "single"]))
    assert set(districts["authority_id"]) - listed == {"E08000038", "E08000039"}
    assert listed - set(districts["authority_id"]) == {"E08000016", "E08000019"}


@with_landing_folder
def test_the_boundaries_are_those_of_the_43_police_force_areas(look_ups: pl.DataFrame, areas: pl.DataFrame) -> None:
    boundaries = look_ups.filter(pl.col("edition_id") == "2023-12-boundaries")
    forces = areas.filter(pl.col("kind") == "police_force_area")
    both = boundaries.join(forces, left_on="area_code_text", right_on="area_id", how="full")
    assert both.height == 43
    other = both.filter(pl.col("value_text").ne_missing(pl.col("name")))
    assert set(other["value_text"]) == {"London, City of", "Devon & Cornwall"}  # spelt otherwise than in crime tables


@with_landing_folder
def test_an_original_look_up_is_held_for_every_edition(registered: dict[str, Source]) -> None:
    for source_id in LOOK_UPS:
        held = {**edition_files(registered[source_id], LANDING), **edition_files(registered[source_id], LANDING_2026)}
        assert LANDING_2026.is_dir() is (set(held) == {each.id for each in registered[source_id].editions})


with_december = pytest.mark.skipif(not LANDING_2026.is_dir(), reason="no landing folder at ../shared/landing-2026-12")


@with_december
@pytest.mark.parametrize(
    ("edition_id", "rows", "districts", "partnerships"), [("2022-names", 331, 331, 305), ("2024", 332, 318, 314)]
)
def test_a_look_up_of_partnerships_has_its_rows_and_districts(
    edition_id: str, rows: int, districts: int, partnerships: int, look_ups: pl.DataFrame, authorities: pl.DataFrame
) -> None:
    cells = look_ups.filter(
        pl.col("edition_id") == edition_id,
        pl.col("measure_text").str.starts_with("PFA"),
        pl.col("measure_text").str.ends_with("CD"),
    )
    assert (cells.height, cells["area_code_text"].n_unique(), cells["breakdown_text"].n_unique()) == (
        rows,
        districts,
        partnerships,
    )
    forces = cells.select("area_code_text", "value_text").unique()
    assert forces.height == districts  # no district lies in two police force areas
    both = forces.join(authorities, left_on="area_code_text", right_on="authority_id")
    assert both.height == districts
    assert (both["value_text"] == both["police_force_area_id"]).all()


@with_december
def test_the_home_office_gives_partnerships_the_forces_that_the_look_up_of_2024_gives(
    registered: dict[str, Source], data: Path, look_ups: pl.DataFrame
) -> None:
    cells = read_cells(registered["ho_geographical_reference"], data, LANDING_2026).filter(measure_text="Force Name")
    assert (cells.height, cells["value_text"].n_unique()) == (404, 43)
    lookup = look_ups.filter(edition_id="2024", measure_text="PFA24NM").select(
        "breakdown_text", pl.col("value_text").alias("of_lookup")
    )
    both = cells.join(lookup.unique(), left_on="area_code_text", right_on="breakdown_text")
    assert both.height > 290
    other = both.filter(pl.col("value_text") != pl.col("of_lookup")).select("value_text", "of_lookup").unique()
    assert set(other.rows()) == OTHER_NAMES


@with_december
def test_outlines_with_names_alone_are_those_of_the_43_police_force_areas(
    registered: dict[str, Source], areas: pl.DataFrame
) -> None:
    source = registered["ons_geography"]
    (edition,) = (each for each in source.editions if each.id == "2023-12-outlines")
    forces = areas.filter(pl.col("kind") == "police_force_area")["area_id"].to_list()
    outlines = boundaries((LANDING_2026 / edition.file).read_bytes(), edition, forces)
    assert outlines["area_id"].n_unique() == 43


def look_up(**texts: str) -> pl.DataFrame:
    """One synthetic row of a look-up."""
    given = {"source_id": "ons_geography", "edition_id": "2022", "cell": "B2", "area_code_text": "E07000144"}
    given |= {"area_text": "Broadland", "measure_text": "PFA16CD", "value_text": "E23000024"}
    return pl.DataFrame({key: [value] for key, value in (given | texts).items()})


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ({"value_text": "E23000025"}, "police_force_area"),
        ({"area_text": "Broadlands"}, "name"),
        ({"area_code_text": "E07000999"}, "code"),
        ({"measure_text": "UTLA23CD", "value_text": "E10000029"}, "upper_tier"),
        ({"measure_text": "county-la", "value_text": "SRY"}, "upper_tier"),
    ],
)
def test_a_look_up_that_says_otherwise_is_named(texts: dict[str, str], what: str, authorities: pl.DataFrame) -> None:
    found = differences(look_up(**texts), authorities)
    assert what in found["what"].to_list()
    with pytest.raises(RegisterError, match=r"ons_geography 2022, cell B2: the .* is .* where data/registers"):
        refuse_unexplained(found, pl.DataFrame(schema=["source_id", "authority_id", "what", "printed"]).cast(pl.String))


def test_an_explanation_of_nothing_is_refused(authorities: pl.DataFrame, data: Path) -> None:
    found = differences(look_up(), authorities)
    assert found.is_empty()
    with pytest.raises(RegisterError, match="explains nothing"):
        refuse_unexplained(found, load_explained_differences(data))


SPOILT = {
    "header renamed": ("authority_id,name", "code,name", "its columns are code"),
    "unknown tier": (
        "E07000144,Broadland,district",
        "E07000144,Broadland,parish",
        "tier is none of .* in the row E07000144",
    ),
    "code twice": ("E07000144,Broadland", "E07000145,Broadland", "authority_id stands twice in the row E07000145"),
    "unknown county": (
        "Broadland,district,E10000020",
        "Broadland,district,E10000099",
        "E07000144 has an upper tier that is not in the register",
    ),
    "unknown successor": ("recoded,E08000038", "recoded,E08000099", "E08000016 has a successor that is not"),
    "no successor": ("recoded,E08000038", "recoded,", "E08000016 ended without a successor"),
    "unknown end": ("recoded,E08000038", "renamed,E08000038", "ended_by is none of .* in the row E08000016"),
    "no last day": ("2019-03-31,reorganised,E07000246", ",reorganised,E07000246", "was reorganised on no day"),
}


@pytest.mark.parametrize(("old", "new", "message"), SPOILT.values(), ids=SPOILT)
def test_a_register_that_contradicts_itself_is_refused(
    old: str, new: str, message: str, data: Path, tmp_path: Path
) -> None:
    shutil.copytree(data / "registers", tmp_path / "registers")
    path = tmp_path / "registers" / "local_authorities.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegisterError, match=message):
        load_local_authorities(tmp_path)
