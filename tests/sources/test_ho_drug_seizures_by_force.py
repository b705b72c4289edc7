"""Drug seizures by police force: synthetic cuts with the warts of the tables held, and facts of the cells that are kept."""

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.ho_drug_seizures_by_force import edition_in, parse
from transforms.sources.published import read_cells
from transforms.sources.registry import Edition, Source, load_source

from .accounting import assert_nothing_lost
from .landing_folders import found, put, register
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

__all__ = ["register"]

SOURCE = load_source(DATA, "ho_drug_seizures_by_force")
ROWS_2015 = read_rows(FIXTURES / SOURCE.id / "ye-mar-2015.csv")


def edition(edition_id: str) -> Edition:
    return next(each for each in SOURCE.editions if each.id == edition_id)


def test_only_columns_whose_labels_stand_over_their_figures_are_read() -> None:
    parsed = parse(csv_bytes(ROWS_2015), edition("ye-mar-2015"), DATA)
    assert_nothing_lost(parsed, SOURCE.id)
    assert set(parsed.cells["measure_text"]) == {"All drugs", "Total Class A"}
    texts = parsed.cells.select("cell", "area_text", "measure_text", "value_text").rows()
    assert texts[:2] == [("B2", " Norfolk ", "All drugs", "20"), ("K2", " Norfolk ", "Total Class A", "7")]
    assert ("K5", "Hampshire", "Total Class A", None) in texts


def test_a_force_that_stands_in_the_table_twice_is_refused_by_its_name() -> None:
    with pytest.raises(LayoutError, match="cell A7: the row of Devon & Cornwall stands in the table twice"):
        parse(csv_bytes([*ROWS_2015, ROWS_2015[3]]), edition("ye-mar-2015"), DATA)


def test_a_column_that_moved_in_front_of_class_a_is_refused() -> None:
    rows = [[row[0], row[2], row[1], *row[3:]] for row in ROWS_2015]
    with pytest.raises(LayoutError, match="cell B1: found 'Cocaine' where the layout expects 'All drugs'"):
        parse(csv_bytes(rows), edition("ye-mar-2015"), DATA)


@pytest.mark.parametrize(
    ("file", "year"),
    [
        ("ho_drug_seizures/ye-mar-2013/Seizures12-13.csv", 2013),
        ("anywhere/Seizures12-13.csv", 2013),
        ("ye-mar-2013/any name.csv", 2013),
        ("anywhere/Seizures12-14.csv", None),
        ("anywhere/Seizures.csv", None),
    ],
)
def test_a_year_is_told_by_folder_or_name(file: str, year: int | None) -> None:
    found_here = edition_in(b"", SOURCE, file, DATA)
    if year is None:
        assert found_here is None
    else:
        assert found_here is not None
        assert (found_here.id, found_here.file_kind) == (f"ye-mar-{year}", "re-save")
        assert f"{found_here.period_start} {found_here.period_end}" == f"{year - 1}-04-01 {year}-03-31"


def test_a_year_that_is_not_held_is_read_when_it_comes(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "seizures/Seizures12-13.csv", csv_bytes(ROWS_2015))
    (file,) = found(tmp_path, register).values()
    assert (file.outcome, [each.id for each in file.editions]) == ("read", ["ye-mar-2013"])


@pytest.mark.parametrize(
    ("edition_id", "force", "of_all", "class_a"),
    [
        ("ye-mar-2010", "Norfolk", 598, 97),
        ("ye-mar-2015", "Northumbria", 4061, 764),
        ("ye-mar-2016", "British Transport Police", 1468, 240),
        ("ye-mar-2019", "Norfolk", 2607, 602),
        ("ye-mar-2019", "Metropolitan Police", 31594, 5852),
        ("ye-mar-2019", "Border Force", 8937, 1792),
    ],
)
def test_kept_cells_say_what_the_tables_print(edition_id: str, force: str, of_all: int, class_a: int) -> None:
    kept = read_cells(dataclasses.replace(SOURCE, editions=(edition(edition_id),)), DATA)
    of_force = kept.filter(pl.col("area_text").str.strip_chars() == force)
    assert of_force["value_text"].cast(pl.Int64).to_list() == [of_all, class_a]


def test_nine_years_are_kept_of_39_forces_and_two_bodies() -> None:
    kept = read_cells(SOURCE, DATA).filter(measure_text="Total Class A")
    years = kept.group_by("edition_id").agg(
        pl.len(),
        pl.col("value_text").cast(pl.Int64).sum().alias("class_a"),
        pl.col("value_text").null_count().alias("blank"),
    )
    assert years.sort("edition_id").rows() == [
        ("ye-mar-2010", 41, 38582, 0),
        ("ye-mar-2011", 41, 33161, 0),
        ("ye-mar-2012", 41, 31691, 0),
        ("ye-mar-2014", 41, 31232, 0),
        ("ye-mar-2015", 41, 27242, 2),
        ("ye-mar-2016", 41, 28323, 0),
        ("ye-mar-2017", 41, 28356, 0),
        ("ye-mar-2018", 41, 27953, 0),
        ("ye-mar-2019", 41, 30658, 0),
    ]
