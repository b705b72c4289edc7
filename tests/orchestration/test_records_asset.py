"""Months of records as partitions of one asset: taken in by one run, with counts and previews, and not opened again."""

from collections import Counter
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from orchestration.assets.records import records_assets
from orchestration.run.engine import Engine
from orchestration.store.editions_in_use import registered
from orchestration.store.lake_io_manager import ParquetLake
from orchestration.store.paths import Paths, records_root
from tests.full_build import ROOT
from tests.incidents.conftest import STREET_HEADER, crime, csv_file, zip_archive
from tests.orchestration.builds import make_tables

pytestmark = pytest.mark.full


def run(paths: Paths) -> dg.ExecuteInProcessResult:
    """One run over all months, as a backfill is."""
    (asset,) = records_assets(registered(paths).sources.values(), paths)
    months = asset.partitions_def.get_partition_keys()  # type: ignore[union-attr]
    return dg.materialize(
        [asset],
        resources={"engine": Engine(), "io_manager": ParquetLake(paths)},
        instance=dg.DagsterInstance.ephemeral(),
        raise_on_error=False,
        tags={"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]},
    )


def put_archive(landing: Path, *months: str) -> None:
    landing.mkdir(exist_ok=True)
    files = {
        f"{month}-norfolk-street.csv": csv_file(STREET_HEADER, *[crime(month=month)] * 2, crime("b" * 64, month=month))
        for month in months
    }
    zip_archive(landing / "archive.zip", files)


def by_month(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, object]]:
    return {
        str(event.partition): {name: entry.value for name, entry in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    }


def test_one_run_takes_in_all_months_and_the_next_only_what_is_new(tmp_path: Path) -> None:
    paths = Paths(data=ROOT / "data", build=tmp_path / "build", landing=tmp_path / "landing")
    put_archive(tmp_path / "landing", "2018-10", "2018-11")
    first = run(paths)
    assert [(check.check_name, check.passed) for check in first.get_asset_check_evaluations()] == [
        ("every_row_is_kept_or_quarantined", True),
        ("records_follow_their_contract", True),
        ("records_are_those_that_are_counted", True),
    ]
    october = by_month(first)["2018-10"]
    assert (october["rows read"], october["dagster/partition_row_count"], october["rows quarantined"]) == (3, 2, 1)
    assert october["crime published twice"] == 1
    assert "E01026700" in str(october["preview of street"])

    put_archive(tmp_path / "landing", "2018-10", "2018-11", "2018-12")
    second = by_month(run(paths))
    assert {month: counts["taken in by this run"] for month, counts in second.items()} == {
        "2018-10": False,
        "2018-11": False,
        "2018-12": True,
    }


def test_a_month_of_which_no_record_can_be_kept_is_empty_and_stops_nothing(tmp_path: Path) -> None:
    paths = Paths(data=ROOT / "data", build=tmp_path / "build", landing=tmp_path / "landing")
    (tmp_path / "landing").mkdir()
    wrong = csv_file(STREET_HEADER, crime(month="2018-11"))
    (tmp_path / "landing" / "2018-10-norfolk-street.csv").write_text(wrong)
    result = run(paths)
    assert all(check.passed for check in result.get_asset_check_evaluations())
    october = by_month(result)["2018-10"]
    assert (october["rows read"], october["dagster/partition_row_count"], october["rows quarantined"]) == (1, 0, 1)


def lake(paths: Paths) -> Counter[tuple[str, str, str]]:
    """Records in the lake by month, force and kind."""
    files = Path(records_root(paths)).rglob("*.parquet")
    return Counter(
        (file.stem, force, file.parent.name)
        for file in files
        for force in pl.read_parquet(file)["force"].cast(pl.String)
    )


def test_the_lake_holds_the_records_that_are_counted_whichever_archive_stands(tmp_path: Path) -> None:
    """Of two archives of one day the one with fewer records under investigation stands: of those kept, not of rows that were set aside."""
    landing = tmp_path / "landing"
    landing.mkdir()
    waiting = crime(month="2019-03", outcome="Under investigation")
    more_rows = csv_file(STREET_HEADER, waiting, waiting, waiting, crime("b" * 64, month="2019-03"))
    more_records = csv_file(STREET_HEADER, waiting, crime("b" * 64, month="2019-03", outcome="Under investigation"))
    zip_archive(landing / "one.zip", {"2019-03-norfolk-street.csv": more_rows})
    zip_archive(
        landing / "other.zip",
        {
            "2019-03-norfolk-street.csv": more_records,
            "2019-03-suffolk-street.csv": csv_file(STREET_HEADER, crime(month="2019-03", body="Suffolk Constabulary")),
        },
    )
    paths = Paths(data=ROOT / "data", build=tmp_path / "build", landing=landing)
    assert run(paths).success
    make_tables(paths)
    files = pl.read_parquet(paths.lake / "core" / "record_files.parquet").filter(month="2019-03", kind="street")
    files = files.filter(pl.col("archive").is_in(["one.zip", "other.zip"]))
    norfolk = {row["archive"]: (row["kept"], row["replaced"]) for row in files.filter(force="norfolk").to_dicts()}
    assert norfolk == {"one.zip": (2, 0), "other.zip": (0, 2)}
    counted = {
        (row["month"], row["force"], row["kind"]): row["kept"] for row in files.filter(pl.col("kept") > 0).to_dicts()
    }
    assert lake(paths) == counted == {("2019-03", "norfolk", "street"): 2, ("2019-03", "suffolk", "street"): 1}


def test_records_that_are_not_those_that_are_counted_stop_the_build(tmp_path: Path) -> None:
    """The numbers of a file are kept from one build to the next; here one of them is changed, so that table and lake say two things."""
    paths = Paths(data=ROOT / "data", build=tmp_path / "build", landing=tmp_path / "landing")
    put_archive(tmp_path / "landing", "2018-10")
    assert all(check.passed for check in run(paths).get_asset_check_evaluations())
    (kept,) = (paths.build / "parsed").glob("*.police_uk_archive.*.parquet")
    cells = pl.read_parquet(kept)
    is_kept = pl.col("measure_text") == "records kept"
    cells.with_columns(pl.when(is_kept).then(pl.lit("3")).otherwise("value_text").alias("value_text")).write_parquet(
        kept
    )
    result = run(paths)
    assert not result.success
    (broken,) = (check for check in result.get_asset_check_evaluations() if not check.passed)
    assert broken.check_name == "records_are_those_that_are_counted"
    assert broken.metadata["what is wrong"].value == "2018-10-norfolk-street.csv: 2 records in the lake, 3 counted"
    assert broken.metadata["rows failing"].value == 1
