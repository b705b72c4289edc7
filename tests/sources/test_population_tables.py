"""Mid-year populations that somebody copied or derived: by district, by police force area and by single year of age, in synthetic tables."""

from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.harmonise.local_authorities import load_local_authorities
from transforms.sources.grid import Parsed
from transforms.sources.published import parse_edition, read_cells
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, LANDING_2026, csv_bytes, one, read_rows

BY_DISTRICT, BY_FORCE, BY_AGE = "ons_population_by_district", "ons_population_by_force", "ons_population_by_age"
FILES = {
    BY_DISTRICT: FIXTURES / BY_DISTRICT / "districts.csv",
    BY_FORCE: FIXTURES / BY_FORCE / "mid-2024.csv",
    BY_AGE: FIXTURES / BY_AGE / "single-years.csv",
}


def parsed(source_id: str, rows: list[list[str]] | None = None) -> Parsed:
    source = load_source(DATA, source_id)
    content = FILES[source_id].read_bytes() if rows is None else csv_bytes(rows)
    return parse_edition(source, source.editions[0], content, DATA)


@pytest.mark.parametrize("source_id", FILES)
def test_every_row_is_a_cell_or_left_out_with_a_reason(source_id: str) -> None:
    assert_nothing_lost(parsed(source_id), source_id)


def test_a_district_has_its_residents_at_thirteen_mid_years() -> None:
    cells = parsed(BY_DISTRICT).cells
    assert cells.filter(area_text="Norwich")["measure_text"].to_list() == [
        f"Mid-{year}" for year in range(2023, 2010, -1)
    ]
    norwich = one(cells, area_text="Norwich", measure_text="Mid-2023")
    assert (norwich["cell"], norwich["value_text"]) == ("D5", "2000.00")
    assert (norwich["area_code_text"], norwich["breakdown_text"]) == (None, "Non-metropolitan District")


def test_the_column_of_police_force_areas_is_not_read() -> None:
    assert not parsed(BY_DISTRICT).cells["value_text"].str.contains("[A-Za-z]").any()


def test_an_age_is_the_label_of_a_figure_and_children_of_wales_are_kept() -> None:
    result = parsed(BY_AGE)
    assert result.cells["area_code_text"].str.starts_with("W06").all()
    assert result.cells.filter(area_text="Swansea")["breakdown_text"].to_list() == [str(age) for age in range(18)]
    assert dict(result.left_out.rows()) == {
        "header": 1,
        "authority of England, whose children another source has by age group": 1,
        "outside England and Wales": 2,
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: [row for row in rows if row[1] != "Swansea"], "it has 21 of the 22 authorities of Wales"),
        (lambda rows: [*rows, ["K02000001", *rows[1][1:]]], "cell A27: 'K02000001' is no code of a local authority"),
        (lambda rows: [["code", "name", "0", *rows[0][3:]], *rows[1:]], "found '0' where the layout expects 'all'"),
    ],
    ids=["an authority is missing", "another kind of area", "a column is missing"],
)
def test_a_table_of_ages_that_is_not_whole_is_refused(change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(LayoutError, match=message):
        parsed(BY_AGE, change(read_rows(FILES[BY_AGE])))


def test_a_district_that_stands_twice_is_refused_by_its_name() -> None:
    rows = read_rows(FILES[BY_DISTRICT])
    with pytest.raises(LayoutError, match="the row of Norwich stands in the table twice"):
        parsed(BY_DISTRICT, [*rows, rows[4]])


@pytest.mark.skipif(not LANDING_2026.is_dir(), reason="no landing folder with original files here")
@pytest.mark.parametrize("source_id", FILES)
def test_the_published_cells_are_those_of_the_file(source_id: str) -> None:
    source = load_source(DATA, source_id)
    assert read_cells(source, DATA, LANDING_2026).equals(read_cells(source, DATA))


def test_the_children_of_wales_at_mid_2023(data: Path) -> None:
    cells = read_cells(load_source(data, BY_AGE), data)
    assert cells["area_code_text"].n_unique() == 22
    assert cells["value_text"].cast(pl.Float64).sum() == 619_968


def test_the_derived_residents_of_mid_2024_are_those_of_england_and_wales(data: Path) -> None:
    cells = read_cells(load_source(data, BY_FORCE), data)
    assert (cells.height, cells["value_text"].cast(pl.Int64).sum()) == (43, 61_806_682)


def test_every_district_of_today_is_in_the_table_of_districts_once(data: Path) -> None:
    cells = read_cells(load_source(data, BY_DISTRICT), data)
    districts = cells.filter(pl.col("breakdown_text").str.contains("District|Borough|Unitary"), measure_text="Mid-2023")
    register = load_local_authorities(data).filter((pl.col("tier") != "county") & (pl.col("ended_by") == ""))
    assert districts.height == register.height == 318
    assert set(districts["area_text"]) == set(register["name"])
