"""The tables of the pack: accepted by the validators of both vocabularies, and the same in CSV, Parquet and lake."""

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from reports.datapack.files import issued_on
from reports.datapack.names import FOLDER
from reports.datapack.tables import DICTIONARY, PackTable, file_titles, pack_files
from reports.numbers import ReportData
from transforms.contracts import AREAS
from transforms.outputs import csv_bytes
from transforms.sources.registry import Source
from transforms.spreadsheets import with_formulas, without_formulas

pytestmark = pytest.mark.full

# The columns that the specification of the tidy table asks for, in its order.
ASKED_FOR = (
    *("measure_id", "measure_name", "area_code", "area_name", "area_type", "period_start", "period_end", "period_type"),
    *(
        "value",
        "unit",
        "multiplier",
        "numerator",
        "denominator",
        "denominator_ref",
        "lower_95",
        "upper_95",
        "ci_method",
    ),
    *("grade_scope", "obs_status", "source_id", "release_id", "file_sha256", "retrieved_at", "notes"),
)
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''@x", "'quoted'", "harmless", None]
texts = st.text(alphabet=st.sampled_from("=+-@\t\r\n'＝＋－＠a ,\""), max_size=6) | st.none()


def of_norfolk(table: PackTable) -> pl.DataFrame:
    areas = [name for name in ("area_code", "area_id", "area_id_a") if name in table.frame.columns]
    if not areas or table.contract is AREAS:
        return table.frame
    return table.frame.filter(pl.col(areas[0]) == "E23000024")


@pytest.fixture(scope="session")
def norfolk_only(tables: list[PackTable], report_data: ReportData) -> dict[str, bytes]:
    """The pack with the rows of one force, where a row is of an area: the validators read row by row."""
    few = [replace(table, frame=of_norfolk(table)) for table in tables]
    return pack_files(few, report_data.sources, issued_on(report_data.editions), "synthetic")


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


# Both validators are imported where they are used: it takes them five seconds, and every run of any test would wait for it.
def csvw_accepts(folder: Path) -> bool:
    from csvw import CSVW

    with warnings.catch_warnings():
        warnings.simplefilter("always")  # this validator judges by the warnings that it raises
        try:
            return bool(CSVW(str(folder / "csv-metadata.json"), validate=True, strict=True).is_valid)
        except ValueError:  # and by the errors, where a row cannot be read
            return False


def frictionless_accepts(folder: Path) -> bool:
    from frictionless import Package, system

    with system.use_context(trusted=True):
        return bool(Package(str(folder / "datapackage.json")).validate().valid)


def test_the_tidy_table_has_the_columns_that_were_asked_for_and_then_our_own(tables: list[PackTable]) -> None:
    tidy = tables[0].frame
    assert tuple(tidy.columns[: len(ASKED_FOR)]) == ASKED_FOR
    assert tidy.columns[len(ASKED_FOR) :] == [
        *("indicator_id", "vintage", "is_preferred", "is_derived", "coverage", "area_basis")
    ]
    assert tidy["file_sha256"].null_count() == tidy["retrieved_at"].null_count() == 0


@pytest.mark.parametrize("accepts", [csvw_accepts, frictionless_accepts])
def test_the_pack_is_valid(norfolk_only: dict[str, bytes], accepts: Callable[[Path], bool], tmp_path: Path) -> None:
    assert accepts(written(norfolk_only, tmp_path))


@pytest.mark.parametrize("accepts", [csvw_accepts, frictionless_accepts])
@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b",E23000024,", b",E23999999,"), (b"2002-04-01", b"1 April 2002"), (b",1392.0,", b",many,")],
    ids=["an area that is in no list", "a date in words", "a number in words"],
)
def test_a_wrong_cell_is_found(
    norfolk_only: dict[str, bytes], accepts: Callable[[Path], bool], tmp_path: Path, right: bytes, wrong: bytes
) -> None:
    assert right in norfolk_only["indicators.csv"]
    changed = {"indicators.csv": norfolk_only["indicators.csv"].replace(right, wrong, 1)}
    assert not accepts(written(norfolk_only | changed, tmp_path))


def test_every_file_of_the_whole_pack_is_described_with_its_size(files: dict[str, bytes]) -> None:
    described = json.loads(files["datapackage.json"])["resources"]
    assert {resource["path"] for resource in described} == {name for name in files if name.endswith(".csv")}
    assert all(resource["bytes"] == len(files[resource["path"]]) for resource in described)


def test_the_metadata_say_licence_day_terms_keys_and_code_lists(
    files: dict[str, bytes], sources: dict[str, Source], report_data: ReportData
) -> None:
    group = json.loads(files["csv-metadata.json"])
    assert group["dc:license"]["@id"].endswith("/open-government-licence/version/3/")
    assert group["dc:issued"]["@value"] == report_data.editions["retrieved_at"].max()
    assert {source.licence_out for source in sources.values()} == {"OGL-UK-3.0"}, "one licence no longer covers all"
    tidy = next(table for table in group["tables"] if table["url"] == "indicators.csv")["tableSchema"]
    assert tidy["primaryKey"] == ["indicator_id"]
    lists = {point["reference"]["resource"] for point in tidy["foreignKeys"]}
    assert lists == {"areas.csv", "measures.csv", "editions.csv"}
    columns = {column["name"]: column for column in tidy["columns"]}
    assert columns["period_start"]["datatype"] == "date"
    assert columns["area_code"]["datatype"] == "string"
    assert columns["value"]["propertyUrl"].endswith("#obsValue")


def test_csv_and_parquet_and_lake_are_the_same(
    tables: list[PackTable], files: dict[str, bytes], lake: dict[str, pl.DataFrame]
) -> None:
    for table in tables:
        parquet = pl.read_parquet(files[f"{table.name}.parquet"])
        csv = pl.read_csv(files[f"{table.name}.csv"], schema=parquet.schema)
        assert_frame_equal(with_formulas(csv), parquet, check_exact=True)
        assert parquet.schema == table.contract.schema
        if table.contract.table in lake:
            assert_frame_equal(parquet, lake[table.contract.table], check_exact=True)


def test_the_tidy_table_holds_every_indicator_as_it_is(files: dict[str, bytes], indicators: pl.DataFrame) -> None:
    parts = [pl.read_parquet(files[name]) for name in ("indicators.parquet", "other-figures.parquet")]
    assert [part["is_preferred"].unique().to_list() for part in parts] == [[True], [False]]
    tidy = pl.concat(parts).sort("indicator_id")
    renamed = {
        "area_id": "area_code",
        "area_kind": "area_type",
        "denominator_used": "denominator",
        "denominator_edition": "denominator_ref",
        "method": "ci_method",
        "status": "obs_status",
        "edition_id": "release_id",
        "coverage_note": "notes",
    }
    held = indicators.drop("denominator").rename(renamed).sort("indicator_id")
    shared = [name for name in tidy.columns if name in held.columns]
    assert len(shared) == len(tidy.columns) - 6
    assert_frame_equal(tidy.select(shared), held.select(shared), check_exact=True)
    rates = tidy.filter(pl.col("value").is_not_null() & ~pl.col("source_id").str.starts_with("ons_"))
    again = (rates["numerator"] / rates["denominator"] * rates["multiplier"]).alias("value")
    assert len(rates) > 100
    assert (again - rates["value"]).abs().max() < 1e-9  # type: ignore[operator]


def test_the_dictionary_describes_every_column_of_every_table(tables: list[PackTable], files: dict[str, bytes]) -> None:
    dictionary = pl.read_csv(files["data-dictionary.csv"])
    described = set(dictionary.select("table", "column").iter_rows())
    assert described == {(table.name, column) for table in tables for column in table.frame.columns} | {
        ("data-dictionary", column.name) for column in DICTIONARY.columns
    }
    assert dictionary["meaning"].null_count() == 0
    labels = pl.read_csv(files["source-labels.csv"])
    offences = labels.filter((pl.col("source_id") == "ons_pfa_tables") & (pl.col("measure_id") == "drug_offences"))
    assert set(offences["measure_pattern"]) == {"drug offences"}


def test_the_files_are_those_that_were_announced_and_two_runs_give_the_same_bytes(
    tables: list[PackTable], files: dict[str, bytes], report_data: ReportData
) -> None:
    assert set(files) == set(file_titles())
    assert all(re.fullmatch(r"[A-Za-z0-9-]+\.[a-z]+", name) for name in files)
    assert files == pack_files(tables, report_data.sources, issued_on(report_data.editions), "synthetic")
    assert re.fullmatch(r"[a-z]+", FOLDER)


def test_no_line_end_but_lf_and_no_byte_order_mark(files: dict[str, bytes]) -> None:
    for name in files:
        if name.endswith(".csv"):
            assert b"\r" not in files[name]
            assert not files[name].startswith(b"\xef\xbb\xbf")


def test_no_text_cell_begins_as_a_formula_does_and_numbers_stay_numbers() -> None:
    frame = pl.DataFrame({"text": HOSTILE, "number": [-1.5] * len(HOSTILE)})
    read = pl.read_csv(csv_bytes(frame), schema=frame.schema)
    assert not read["text"].drop_nulls().str.contains(r"^[=+\-@\t\r\n＝＋－＠]").any()
    assert read["number"].to_list() == frame["number"].to_list()
    assert read["text"].to_list()[-4:-1] == ["'''@x", "'quoted'", "harmless"]
    assert_frame_equal(with_formulas(read), frame)


@given(st.lists(texts, min_size=1, max_size=8))
def test_any_text_comes_back_as_it_was(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"text": cells}, schema={"text": pl.String})
    safe = without_formulas(frame)
    assert not safe["text"].drop_nulls().str.contains(r"^[=+\-@\t\r\n＝＋－＠]").any()
    assert_frame_equal(with_formulas(safe), frame)
