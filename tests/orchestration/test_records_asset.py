"""Months of records as partitions of one asset: taken in by one run, with counts and previews, and not opened again."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.assets.records import records_assets
from orchestration.run.engine import Engine
from orchestration.store.editions_in_use import registered
from orchestration.store.lake_io_manager import ParquetLake
from orchestration.store.paths import Paths
from tests.full_build import ROOT
from tests.incidents.conftest import STREET_HEADER, crime, csv_file, zip_archive

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
