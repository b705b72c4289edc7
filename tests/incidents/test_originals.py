"""What is known about the publisher's own archives, read from the landing folder."""

from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import ROOT
from transforms.incidents import (
    IncidentRegisters,
    MonthResult,
    by_month,
    coverage,
    district_cells,
    drug_cells,
    ingest_month,
    read_archive,
)
from transforms.incidents.archive import content, open_archive

LANDING = ROOT.parent / "shared" / "landing" / "police_uk_archive"
OCTOBER_NOVEMBER = LANDING / "2018-11.zip"
CITY_2024 = LANDING / "2024-12.zip"
MET_SEARCHES = LANDING / "met_stop_and_search_data_july_to_september_2020.zip"
LYNN = "E07000146 | King's Lynn and West Norfolk"

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with archives of data.police.uk"),
]


def ingest_all(archive: Path, out: Path, registers: IncidentRegisters) -> list[MonthResult]:
    return [ingest_month(members, out, registers) for members in by_month(read_archive(str(archive))).values()]


def together(results: list[MonthResult], frame: str) -> pl.DataFrame:
    return pl.concat(getattr(result, frame) for result in results)


def rows_of(results: list[MonthResult]) -> dict[str, int]:
    return dict(together(results, "findings").group_by("finding").agg(pl.col("rows").sum()).iter_rows())


def test_two_months_of_street_crime(tmp_path: Path, registers: IncidentRegisters) -> None:
    results = ingest_all(OCTOBER_NOVEMBER, tmp_path, registers)
    accounting = together(results, "accounting")
    assert accounting.height == 80
    assert accounting.select(pl.col("rows_read", "kept", "quarantined").sum()).row(0) == (727_269, 727_231, 38)
    assert together(results, "quarantine")["reason"].unique().to_list() == ["crime published twice"]
    cheshire = together(results, "quarantine").filter(pl.col("file") == "2018-11-cheshire-street.csv")
    assert 2635 in cheshire["line"].to_list()
    counts = together(results, "counts")
    drugs = counts.filter(pl.col("type") == "Drugs")
    without_outcome = (
        drugs.filter(pl.col("outcome").is_null()).group_by("force").agg(pl.col("rows").sum()).sort("force")
    )
    assert without_outcome["force"].to_list() == ["btp", "northern-ireland"]
    records = pl.concat(pl.read_parquet(result.path) for result in results)
    of_bodies = records.group_by("force").agg(pl.col("crime_key").count(), pl.col("last_outcome").count())
    assert of_bodies.filter(pl.col("crime_key") == 0)["force"].to_list() == ["btp"]
    assert sorted(of_bodies.filter(pl.col("last_outcome") == 0)["force"].cast(pl.String)) == ["btp", "northern-ireland"]
    assert records["context"].null_count() == records.height
    assert records.filter(pl.col("crime_type") == "Anti-social behaviour")["crime_key"].null_count() == 150_079
    trailing = records.filter(pl.col("location") == "On or near ")
    assert trailing["force"].unique().to_list() == ["northern-ireland"]


def test_the_counts_are_those_of_plain_text_in_the_files(tmp_path: Path, registers: IncidentRegisters) -> None:
    members = read_archive(str(OCTOBER_NOVEMBER))
    norfolk = [member for member in members if member.force == "norfolk"]
    with open_archive(str(OCTOBER_NOVEMBER)) as file:
        printed = [content(file, member).count(b",Drugs,") for member in norfolk]
    results = [ingest_month([member], tmp_path, registers) for member in norfolk]
    cells = drug_cells(results, "police_uk_archive", "2018-11", registers)
    totals = cells.filter(pl.col("measure_text") == "Drugs")
    assert totals["value_text"].cast(int).to_list() == printed
    assert totals["area_text"].unique().to_list() == ["Norfolk Constabulary"]
    outcomes = cells.filter(pl.col("measure_text") != "Drugs").group_by("table", maintain_order=True)
    assert outcomes.agg(pl.col("value_text").cast(int).sum())["value_text"].to_list() == printed


def test_a_cell_is_where_the_first_counted_record_stands(tmp_path: Path, registers: IncidentRegisters) -> None:
    (member,) = [one for one in read_archive(str(CITY_2024)) if one.month == "2024-01"]
    result = ingest_month([member], tmp_path, registers)
    cells = drug_cells([result], "police_uk_archive", "2024-12", registers)
    with open_archive(str(CITY_2024)) as file:
        lines = content(file, member).decode().splitlines()
    first = cells.filter(pl.col("measure_text") == "Drugs")["cell"].item()
    assert lines[int(first[1:]) - 1].split(",")[9] == "Drugs"
    assert not [line for line in lines[: int(first[1:]) - 1] if line.split(",")[9] == "Drugs"]


def test_forces_without_a_file_are_absent(registers: IncidentRegisters) -> None:
    missing = coverage(read_archive(str(OCTOBER_NOVEMBER)), registers).filter(~pl.col("is_published"))
    big = {"greater-manchester", "metropolitan", "west-midlands", "west-yorkshire"}
    by_month_missing = {month: set(rows["force"]) for (month,), rows in missing.group_by("month")}
    assert by_month_missing == {"2018-10": big | {"lancashire", "northumbria"}, "2018-11": big}


def test_a_year_of_the_city_of_london(tmp_path: Path, registers: IncidentRegisters) -> None:
    results = ingest_all(CITY_2024, tmp_path, registers)
    accounting = together(results, "accounting")
    assert accounting["month"].to_list() == [f"2024-{month:02}" for month in range(1, 13)]
    assert accounting.select(pl.col("rows_read", "kept", "quarantined").sum()).row(0) == (9_992, 9_986, 6)
    records = pl.concat(pl.read_parquet(result.path) for result in results)
    newer = records.filter(pl.col("lsoa_code") > "E01033768")
    assert newer["lsoa_code"].n_unique() == 11
    assert rows_of(results)["small_area_of_2021_only"] == newer.height
    assert rows_of(results)["outside_the_force_area"] == 432


def test_searches_of_the_metropolitan_police(tmp_path: Path, registers: IncidentRegisters) -> None:
    results = ingest_all(MET_SEARCHES, tmp_path, registers)
    records = pl.concat(pl.read_parquet(result.path) for result in results)
    assert records.height == 65_964
    assert str(records["searched_at"][0]) == "2020-06-30 23:00:00+00:00"
    assert rows_of(results).get("outside_the_local_month", 0) == 0
    fields = [name for name in records.columns if name != "line"]
    assert records.select(pl.struct(fields).is_duplicated().sum()).item() == 2_707
    assert records["outcome_linked_to_object"].null_count() == 65_964
    counts = together(results, "counts").filter(pl.col("type") == "Controlled drugs")
    assert counts["rows"].sum() == 43_305


def test_records_of_norfolk_by_locality_are_those_of_plain_text(tmp_path: Path, registers: IncidentRegisters) -> None:
    members = [member for member in read_archive(str(OCTOBER_NOVEMBER)) if member.force == "norfolk"]
    with open_archive(str(OCTOBER_NOVEMBER)) as file:
        printed = {
            (Path(member.file).name, place): sum(
                b",Drugs," in line and part in line for line in content(file, member).splitlines()
            )
            for member in members
            for place, part in ((LYNN, b",King's Lynn and West Norfolk "), ("no place", b",No Location,,,Drugs,"))
        }
    results = [ingest_month([member], tmp_path, registers) for member in members]
    localities = pl.read_csv(ROOT / "data" / "registers" / "localities.csv")
    cells = district_cells(results, localities, "police_uk_archive", "2018-10-to-2018-11-street", registers)
    counted = {
        (table, place): int(value)
        for table, place, value in cells.select("table", "breakdown_text", "value_text").rows()
        if place in (LYNN, "no place")
    }
    assert counted == printed
