"""Tidy tables of local authorities: children in need, child population, look-ups and the register of names, in cuts of the published files."""

import csv
import io
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.published import parse_edition
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, one, read_rows

FILES = {
    ("dfe_children_in_need", "2025-ye-mar-2022"): "dfe_children_in_need/factors.csv",
    ("dfe_children_in_need_episodes", "2025-ye-mar-2025"): "dfe_children_in_need/children-in-need.csv",
    ("dfe_child_population", "2024-mid-2018"): "dfe_child_population/mid-year.csv",
    ("ons_geography", "2016-12"): "ons_geography/2016-12.csv",
    ("ons_geography", "2022"): "ons_geography/2022.csv",
    ("ons_geography", "2022-names"): "ons_geography/2022-names.csv",
    ("ons_geography", "2023-04"): "ons_geography/2023-04.csv",
    ("ons_geography", "2023-12-outlines"): "ons_geography/2023-12-outlines.geojson",
    ("ons_geography", "2024"): "ons_geography/2024.csv",
    ("ho_geographical_reference", "2026-04"): "ho_geographical_reference/2026-04.csv",
    ("ons_geography", "2023-12-boundaries"): "ons_geography/2023-12-boundaries.geojson",
    ("mysociety_local_authorities", "2025-07"): "mysociety_local_authorities/2025-07.csv",
}
FACTORS = FIXTURES / "dfe_children_in_need" / "factors.csv"


def parsed(source_id: str, edition_id: str, content: bytes | None = None) -> Parsed:
    source = load_source(DATA, source_id)
    (edition,) = (each for each in source.editions if each.id == edition_id)
    return parse_edition(source, edition, content or (FIXTURES / FILES[source_id, edition_id]).read_bytes(), DATA)


def factors(rows: list[list[str]]) -> Parsed:
    return parsed("dfe_children_in_need", "2025-ye-mar-2022", csv_bytes(rows))


@pytest.mark.parametrize(("source_id", "edition_id"), FILES)
def test_every_row_is_a_cell_or_left_out_with_a_reason(source_id: str, edition_id: str) -> None:
    assert_nothing_lost(parsed(source_id, edition_id), source_id)


def test_a_factor_is_a_cell_of_its_place_and_year() -> None:
    cells = parsed("dfe_children_in_need", "2025-ye-mar-2022").cells
    norfolk = one(cells, area_text="Norfolk", measure_text="Child_criminal_exploitation")
    assert norfolk["value_text"] == "220"
    assert norfolk["area_code_text"] == "E10000020"
    assert norfolk["period_text"] == "2022"
    assert norfolk["breakdown_text"] == "Reporting year | Factors identified at the end of assessment"
    assert (norfolk["cell"] or "").startswith("AX")
    assert set(cells["measure_text"]) == {"Episodes_with_assessment_factor", "Gangs", "Child_criminal_exploitation"}


def test_a_place_stands_in_the_columns_of_its_level() -> None:
    cells = parsed("dfe_children_in_need", "2025-ye-mar-2022").cells
    places = dict(cells.select("area_text", "area_code_text").unique().rows())
    assert places["England"] == "E92000001"
    assert places["East of England"] == "E12000006"
    assert places["Inner London"] == "E13000001"
    assert places["Norfolk"] == "E10000020"


def test_symbols_and_doubtful_zeros_are_kept_as_printed() -> None:
    cells = parsed("dfe_children_in_need", "2025-ye-mar-2022").cells
    assert one(cells, area_text="Hackney", measure_text="Gangs")["value_text"] == "x"
    assert one(cells, area_text="Hampshire", measure_text="Child_criminal_exploitation")["value_text"] == "0"


def test_the_second_table_of_the_release_has_its_own_layout() -> None:
    cells = parsed("dfe_children_in_need_episodes", "2025-ye-mar-2025").cells
    assert one(cells, area_text="England", measure_text="At31_episodes")["value_text"] == "402400"


def test_a_population_is_a_whole_number_or_a_symbol() -> None:
    values = parsed("dfe_child_population", "2024-mid-2018").cells.select("area_text", "area_code_text", "value_text")
    assert ("Poole", "E06000029", "x") in values.rows()
    assert ("Norfolk", "E10000020", "167618") in values.rows()
    assert "E08000016" in values["area_code_text"]  # the former code of Barnsley


@pytest.mark.parametrize("edition_id", ["2016-12", "2023-04"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(edition_id: str) -> None:
    assert (FIXTURES / FILES["ons_geography", edition_id]).read_bytes().startswith(b"\xef\xbb\xbf")
    assert "E07000144" in parsed("ons_geography", edition_id).cells["area_code_text"]


def test_a_look_up_gives_the_larger_area_of_each_district() -> None:
    names = one(parsed("ons_geography", "2016-12").cells, area_text="Broadland", measure_text="PFA16CD")
    codes = one(parsed("ons_geography", "2022").cells, area_code_text="E07000144", measure_text="parent_id")
    upper = one(parsed("ons_geography", "2023-04").cells, area_text="Broadland", measure_text="UTLA23CD")
    assert (names["value_text"], codes["value_text"], upper["value_text"]) == ("E23000024", "E23000024", "E10000020")


def test_a_district_in_two_partnerships_has_a_row_for_each() -> None:
    cells = parsed("ons_geography", "2024").cells.filter(area_text="North Northamptonshire", measure_text="PFA24CD")
    assert cells.select("breakdown_text", "value_text").rows() == [
        ("E22000205", "E23000022"),
        ("E22000208", "E23000022"),
    ]


def test_the_home_office_names_the_force_of_a_partnership() -> None:
    cells = parsed("ho_geographical_reference", "2026-04").cells.filter(measure_text="Force Name")
    assert one(cells, area_text="Wiltshire_Kennet")["value_text"] == "Wiltshire"
    assert cells.filter(area_code_text="E22000109")["area_text"].len() == 2
    assert one(cells, area_text="North Hampshire")["area_code_text"] == "N/A"


def test_of_boundaries_only_code_and_name_are_read() -> None:
    cells = parsed("ons_geography", "2023-12-boundaries").cells
    assert cells.select("area_code_text", "value_text").rows() == [
        ("E23000024", "Norfolk"),
        ("W15000001", "North Wales"),
    ]


def test_the_register_of_names_keeps_england_and_wales_without_combined_authorities() -> None:
    result = parsed("mysociety_local_authorities", "2025-07")
    assert result.cells["area_code_text"].str.contains("^[EW]").all()
    assert dict(result.left_out.rows()) == {
        "header": 1,
        "outside England and Wales": 2,
        "combined or strategic authority, above the councils": 1,
    }


def test_boundaries_whose_features_differ_are_refused() -> None:
    content = b'{"features": [{"properties": {"PFA23CD": "E23000024"}}, {"properties": {"name": "Norfolk"}}]}'
    with pytest.raises(LayoutError, match="feature 2 has the properties name where the first has PFA23CD"):
        parsed("ons_geography", "2023-12-boundaries", content)
    with pytest.raises(LayoutError, match="is not a GeoJSON collection"):
        parsed("ons_geography", "2023-12-boundaries", b'{"features"')


def spoilt(column: str, text: str, row: int = 3) -> list[list[str]]:
    rows = read_rows(FACTORS)
    rows[row][rows[0].index(column)] = text
    return rows


def header(old: str, new: str) -> list[list[str]]:
    rows = read_rows(FACTORS)
    rows[0][rows[0].index(old)] = new
    return rows


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (header("Gangs", "Gangs_child"), r"cell AK1: found 'Gangs_child' where the layout expects 'Gangs'"),
        ([[*row, "new"] for row in read_rows(FACTORS)], r"cell AZ1: the label 'new' is not in the layout"),
        ([row[:-1] for row in read_rows(FACTORS)], r"cell AY1: found a blank where the layout expects 'Other'"),
        (
            spoilt("geographic_level", "Ward"),
            r"cell C4: found the level 'Ward' where the layout knows National, Regional",
        ),
        ([read_rows(FACTORS)[0], *spoilt("time_period", "2031")[3:4]], r"no row has the period '2022'"),
        (spoilt("time_period", ""), r"cell A4: the label is blank"),
        (read_rows(FACTORS) + read_rows(FACTORS)[1:], r"stands in the table twice"),
    ],
    ids=[
        "renamed column",
        "new column",
        "missing column",
        "unknown level",
        "no row of the edition",
        "blank year",
        "doubled row",
    ],
)
def test_a_table_of_another_shape_is_refused(rows: list[list[str]], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        factors(rows)


def test_a_row_without_its_authoritys_code_is_refused() -> None:
    rows = read_rows(FACTORS)
    place = next(i for i, row in enumerate(rows) if row[9] == "Norfolk" and row[0] == "2022")
    rows[place][8] = ""
    with pytest.raises(LayoutError, match=f"cell I{place + 1}: the label is blank"):
        factors(rows)


def test_published_cells_stay_small(data: Path) -> None:
    for folder in ("dfe_children_in_need", "dfe_child_population"):
        files = list((data / "published" / folder).glob("*.csv"))
        assert files
        assert max(file.stat().st_size for file in files) < 400_000
        for file in files:
            assert next(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))[0] == "source_id"


def test_no_symbol_is_taken_for_a_number(published_cells: pl.DataFrame) -> None:
    values = published_cells.filter(pl.col("source_id").str.starts_with("dfe_"))["value_text"]
    # Permanent exclusions until 2009/10 were scaled up to a total, and have decimals.
    assert set(values.filter(~values.str.contains(r"^\d+(?:\.\d+)?$"))) == {"x", "c", "u", "z"}
