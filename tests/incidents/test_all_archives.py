"""What becomes of every record of the publisher's archives together, and of small files with the faults of real ones."""

import gzip
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import ROOT
from transforms.harmonise import harmonise, load_registers
from transforms.sources.landing import survey, with_landing
from transforms.sources.published import read_cells
from transforms.sources.registry import Source, load_sources

DATA = ROOT / "data"
SHARED = ROOT.parent / "shared"
FOLDERS = [SHARED / name / "police_uk_archive" for name in ("landing", "landing-2026-12")]
CASES = SHARED / "cases"
ARCHIVE = "police_uk_archive"

pytestmark = pytest.mark.full


def read(folder: Path) -> Source:
    """The source with the editions of a landing folder alone."""
    register = load_sources(DATA)
    completed = with_landing(register, survey(folder, register, DATA))[ARCHIVE]
    return replace(completed, editions=tuple(each for each in completed.editions if (folder / each.file).is_file()))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """core/record_files of all archives in one landing folder."""
    if not all(folder.is_dir() for folder in FOLDERS):
        pytest.skip("no landing folders with archives of data.police.uk")
    landing = tmp_path_factory.mktemp("landing")
    for folder in FOLDERS:
        for archive in folder.glob("*.zip"):
            (landing / archive.name).symlink_to(archive)
    source = read(landing)
    return harmonise(
        read_cells(source, DATA, landing), {ARCHIVE: source}, load_registers(DATA), settled=()
    ).record_files


def test_every_row_of_every_archive_is_accounted_for(files: pl.DataFrame) -> None:
    numbers = ["rows", "kept", "set_aside", "replaced", "out_of_scope", "unaccounted"]
    assert files.select(pl.col(numbers).sum()).row(0) == (2_076_601, 2_002_553, 123, 28_139, 45_786, 0)
    assert files["archive"].n_unique() == 6


def test_no_month_of_the_archives_is_without_a_figure_and_three_are_warned_of(files: pl.DataFrame) -> None:
    assert files["not_supplied"].count() == 0
    assert files.drop_nulls("warning").sort("file").select("file", "counted").rows() == [
        ("2018-11-lancashire-street.csv", 195),
        ("2025-02-south-wales-street.csv", 947),
        ("2025-08-hampshire-street.csv", 72),
    ]


def test_city_of_london_of_2025_is_that_of_the_archive_with_fewer_records_under_investigation(
    files: pl.DataFrame,
) -> None:
    city = files.filter((pl.col("force") == "city-of-london") & pl.col("month").str.starts_with("2025"))
    replaced = city.drop_nulls("replaced_by")
    assert replaced.height == 12
    assert set(replaced["archive"]) == {"city-of-london-2023-10-to-2025-12.zip"}
    assert set(replaced["replaced_by"]) == {"2025-12-sample.zip"}
    assert replaced["decided_by"].str.starts_with("files dated later (2026-07-29, after 2026-04-25)").all()


def test_the_register_of_usual_months_is_what_the_archives_hold(files: pl.DataFrame) -> None:
    standing = files.filter(pl.col("replaced_by").is_null()).with_columns(
        pl.col("kept") + pl.col("out_of_scope"), pl.col("counted").fill_null(0)
    )
    found = standing.group_by(pl.col("force").alias("slug"), "kind").agg(
        pl.len().cast(pl.String).alias("months"),
        pl.col("kept").median().round().cast(pl.Int64).cast(pl.String).alias("records"),
        pl.col("counted").median().round().cast(pl.Int64).cast(pl.String).alias("drugs"),
    )
    register = load_registers(DATA).incident_supply.drop("evidence")
    assert register.sort("kind", "slug").rows() == found.sort("kind", "slug").rows()


@pytest.mark.parametrize(
    ("case", "cell", "value", "reason"),
    [
        ("2022-08-kent-street.csv.gz", "A", 610, None),
        ("2022-08-bedfordshire-street.csv.gz", "K", 305, None),
        ("2022-08-norfolk-street.csv.gz", "J", 238, None),
        (
            "2022-08-greater-manchester-street.csv",
            None,
            None,
            "supplied in part: 2 records where the smallest force supplies about 760",
        ),
    ],
)
def test_a_file_with_a_fault_gives_its_figure_and_cell_or_the_reason_for_none(
    tmp_path: Path, case: str, cell: str | None, value: int | None, reason: str | None
) -> None:
    if not (CASES / case).is_file():
        pytest.skip("no folder of cases")
    content = (CASES / case).read_bytes()
    unpacked = gzip.decompress(content) if case.endswith(".gz") else content
    (tmp_path / case.removesuffix(".gz")).write_bytes(unpacked)
    source = read(tmp_path)
    result = harmonise(read_cells(source, DATA, tmp_path), {ARCHIVE: source}, load_registers(DATA), settled=())
    assert result.unmatched.is_empty()
    totals = result.observations.filter(pl.col("measure_id") == "police_uk_drugs_records")
    assert totals["value"].to_list() == ([] if value is None else [value])
    assert [text.rstrip("0123456789") for text in totals["observation_id"].str.split("/").list.last()] == (
        [] if cell is None else [cell]
    )
    assert result.record_files["not_supplied"].to_list() == [reason]
