"""The authored registers: what they say about the areas, and what they refuse."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from transforms.comparability.scores import DIMENSIONS
from transforms.contracts.registers import DIMENSION_LETTERS
from transforms.contracts.tables import AREAS
from transforms.errors import RegisterError
from transforms.harmonise import Registers, load_registers
from transforms.harmonise.names import name_table
from transforms.indicators.membership import parts


def test_there_are_43_police_force_areas(areas: pl.DataFrame) -> None:
    forces = areas.filter(pl.col("kind") == "police_force_area")["area_id"]
    assert forces.str.slice(0, 3).value_counts().sort("area_id").rows() == [("E23", 39), ("W15", 4)]
    assert areas.schema == AREAS.schema


def test_every_force_lies_in_one_region_and_one_policing_region(areas: pl.DataFrame, registers: Registers) -> None:
    forces = areas.filter(pl.col("kind") == "police_force_area")
    assert forces.select(pl.col("region_id", "policing_region_id").null_count()).row(0) == (0, 0)
    members = registers.area_members.filter(pl.col("relation").is_in(["region", "policing_region"]))
    assert members.group_by("child_id", "relation").len()["len"].unique().to_list() == [1]


def test_policing_regions_have_the_sizes_that_the_inspectorate_gives(areas: pl.DataFrame) -> None:
    sizes = areas.filter(pl.col("kind") == "police_force_area").group_by("policing_region_id").len()
    assert dict(sizes.rows()) == {
        "NEROCU-AREA": 3,
        "YHROCU-AREA": 4,
        "ROCUWM-AREA": 4,
        "SEROCU-AREA": 4,
        "ERSOU-AREA": 7,
        "NWROCU-AREA": 6,
        "EMSOU-AREA": 5,
        "SWROCU-AREA": 5,
        "TARIAN-AREA": 3,
        "LONDON-AREA": 2,
    }


@pytest.mark.parametrize(
    ("force", "region", "policing_region"),
    [
        ("E23000024", "E12000006", "ERSOU-AREA"),  # Norfolk: the same forces but for Kent
        ("E23000032", "E12000008", "ERSOU-AREA"),  # Kent is in the South East, and works with the Eastern region
        ("W15000001", "W92000004", "NWROCU-AREA"),  # North Wales works with the North West
        ("E23000034", "E12000007", "LONDON-AREA"),  # London has no regional organised crime unit
    ],
)
def test_a_region_is_not_a_policing_region(force: str, region: str, policing_region: str, areas: pl.DataFrame) -> None:
    row = areas.filter(pl.col("area_id") == force).row(0, named=True)
    assert (row["region_id"], row["policing_region_id"]) == (region, policing_region)


def test_england_and_wales_is_its_forces_and_bodies_and_never_a_sum_of_sums(
    areas: pl.DataFrame, registers: Registers
) -> None:
    of = parts(areas, registers.area_members)
    kinds = dict(of.filter(pl.col("area_id") == "K04000001").group_by("part_kind").len().rows())
    assert kinds == {"police_force_area": 43, "non_territorial_force": 1, "regional_organised_crime_unit": 5}
    assert of.filter(pl.col("area_id") == "E92000001")["part_id"].str.starts_with("E23").sum() == 39
    regions = of.filter(pl.col("area_id").is_in(areas.filter(pl.col("kind") == "region")["area_id"].implode()))
    assert regions.height == 43
    assert set(regions["part_kind"]) == {"police_force_area"}


def test_british_transport_police_is_in_no_region(registers: Registers) -> None:
    assert registers.area_members.filter(pl.col("child_id") == "BTP")["parent_id"].to_list() == ["K04000001"]


def test_a_name_never_means_two_areas_of_one_kind(registers: Registers) -> None:
    names = name_table(registers.areas, registers.area_names)
    shared = names.group_by("key", "kind").agg(pl.col("area_id").unique()).filter(pl.col("area_id").list.len() > 1)
    assert shared.is_empty()


def test_slugs_and_tiles_are_each_used_once(areas: pl.DataFrame) -> None:
    assert areas["slug"].is_unique().all()
    forces = areas.filter(pl.col("kind") == "police_force_area")
    assert forces.select(pl.struct("tile_column", "tile_row").is_unique().all()).item()
    assert areas.filter(pl.col("kind") != "police_force_area")["tile_column"].null_count() == areas.height - 43


def test_every_row_of_a_register_has_its_evidence(registers: Registers) -> None:
    for frame in (registers.area_names, registers.area_members, registers.exclusions, registers.breaks):
        assert (frame["evidence"] != "").all()


def numbered(letter: str, last: int, digits: int) -> set[str]:
    return {f"{letter}{number:0{digits}d}" for number in range(1, last + 1)}


def test_definitions_breaks_adjustments_and_measures_are_all_registered(registers: Registers) -> None:
    assert numbered("D", 30, 2) <= set(registers.definitions["definition_id"])
    assert numbered("B", 25, 2) <= set(registers.breaks["break_id"])
    assert numbered("Q", 7, 1) == set(registers.adjustments["adjustment_id"])
    codes = numbered("M", 26, 2) - {"M16"} | {"M02A", "M05C", "M13F", "M16T1", "M16T2"}
    assert codes <= set(registers.measures["code"])
    assert tuple(DIMENSIONS) == DIMENSION_LETTERS


RECORDED_BY_POLICE = {"M01", "M02", "M02A", "M03", "M04", "M06"}


@pytest.mark.parametrize(
    ("break_id", "codes"),
    [
        ("B02", RECORDED_BY_POLICE),
        ("B08", RECORDED_BY_POLICE),
        ("B12", {"M01", "M13"}),
        ("B15", RECORDED_BY_POLICE),
    ],
)
def test_a_break_of_many_measures_names_each_of_them(break_id: str, codes: set[str], registers: Registers) -> None:
    named = registers.breaks.filter(pl.col("break_id") == break_id).join(registers.measures, on="measure_id")
    assert set(named["code"]) == codes


def test_every_observation_carries_its_definition(observations: pl.DataFrame) -> None:
    assert observations["definition_id"].null_count() == 0


def test_the_quality_of_every_source_of_observations_is_registered(
    observations: pl.DataFrame, registers: Registers
) -> None:
    assert set(observations["source_id"]) <= set(registers.source_quality["source_id"])


@pytest.fixture
def copied(data: Path, tmp_path: Path) -> Path:
    """A copy of the registers that a test may spoil."""
    for folder in ("registers", "corrections"):
        shutil.copytree(data / folder, tmp_path / folder)
    return tmp_path


SPOILT = {
    "a header renamed": (
        "area_names.csv",
        "area_id,name,name_type",
        "area,name,name_type",
        "area_names.csv: its columns",
    ),
    "an area that no row defines": (
        "area_names.csv",
        "E23000024,Norfolk Police",
        "E23000099,Norfolk Police",
        "the area E23000099",
    ),
    "an unknown kind of name": (
        "area_names.csv",
        "Norfolk Police,everyday",
        "Norfolk Police,nickname",
        "area_names.csv: name_type is none of as_published",
    ),
    "a member that no row defines": ("area_members.csv", "K04000001,BTP", "K04000001,MDP", "the area MDP"),
    "a measure that no row defines": (
        "measure_labels.csv",
        ",drug_offence_rate_published",
        ",drug_rate",
        "the measure drug_rate",
    ),
    "a break of a dimension that is none": (
        "breaks.csv",
        "B03,2004-04-01,,drug_possession_offences,,R,1",
        "B03,2004-04-01,,drug_possession_offences,,Z,1",
        "breaks.csv: dimension is none of U",
    ),
    "a break that scores too much": (
        "breaks.csv",
        "B03,2004-04-01,,drug_possession_offences,,R,1",
        "B03,2004-04-01,,drug_possession_offences,,R,4",
        "breaks.csv: score is none of 0",
    ),
    "a measure without a definition": (
        "measures.csv",
        "D23,recorded activity",
        ",recorded activity",
        "measures.csv: definition_id is blank in the row drug_offences",
    ),
    "an unknown status": ("sentinels.csv", "..,not_available", "..,zero", "sentinels.csv: status is none of ok"),
}


ODD_BODIES = {
    "a quote that is not closed": ("BTP,BTP,abbreviation", 'BTP,"BTP,abbreviation'),
    "a quote that another one closes": (
        ",abbreviation,,same_area,,,Seen in use",
        ',"abbreviation,,same_area,,,Seen in use',
    ),
    "a field too many": ("BTP,BTP,abbreviation", "BTP,BTP,again,abbreviation"),
    "no text in UTF-8": ("BTP,BTP,abbreviation", "BTP,B\udce9,abbreviation"),
    "nothing at all": ("", ""),
}


@pytest.mark.parametrize(("old", "new"), ODD_BODIES.values(), ids=ODD_BODIES)
def test_a_register_that_is_no_table_is_named(old: str, new: str, copied: Path) -> None:
    path = copied / "registers" / "area_names.csv"
    text = path.read_text(encoding="utf-8").replace(old, new, 2) if old else ""
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RegisterError, match=r"^data/registers/area_names\.csv: "):
        load_registers(copied)


@pytest.mark.parametrize(("file", "old", "new", "message"), SPOILT.values(), ids=SPOILT)
def test_a_register_that_contradicts_another_is_refused(
    file: str, old: str, new: str, message: str, copied: Path
) -> None:
    path = copied / "registers" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegisterError) as error:
        load_registers(copied)
    assert message in str(error.value)


def test_a_correction_without_its_evidence_is_refused(copied: Path) -> None:
    path = copied / "corrections" / "ho_recorded_crime_rolling.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("evidence")), encoding="utf-8")
    with pytest.raises(RegisterError, match=r"correction rolling-2017-12-typo needs exactly the keys .*evidence"):
        load_registers(copied)
