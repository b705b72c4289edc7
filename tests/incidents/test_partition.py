"""Partitions that are taken in once, again when something changes, and not at all when they break their contract."""

from pathlib import Path

import polars as pl

from tests.incidents.conftest import ROOT, STREET_HEADER, crime, csv_file, zip_archive
from transforms.incidents import read_archive
from transforms.incidents.partition import Partition, accounted_for, partitions, take_in

NORFOLK = "2018-10-norfolk-street.csv"


def one(folder: Path, *records: str, code: str = "code") -> Partition:
    archive = zip_archive(folder / "synthetic.zip", {NORFOLK: csv_file(STREET_HEADER, *records)})
    (partition,) = partitions([read_archive(str(archive))], folder / "lake", ROOT / "data", code)
    return partition


def test_rows_read_are_rows_kept_and_rows_set_aside(tmp_path: Path) -> None:
    result = take_in(one(tmp_path, crime(), crime()))
    assert (result.files, result.rows_read, result.kept, result.quarantined) == (1, 2, 1, 1)
    assert accounted_for(result)
    set_aside = pl.read_csv(tmp_path / "lake" / "street" / "2018-10.quarantine.csv")
    assert set_aside.select("file", "line", "reason").rows() == [(NORFOLK, 3, "crime published twice")]


def test_a_partition_is_taken_in_again_only_when_its_files_the_code_or_its_table_changed(tmp_path: Path) -> None:
    partition = one(tmp_path, crime())
    assert take_in(partition).was_taken_in
    written = partition.path.stat().st_mtime_ns
    assert not take_in(partition).was_taken_in
    assert partition.path.stat().st_mtime_ns == written
    assert take_in(one(tmp_path, crime(), code="other code")).was_taken_in
    assert take_in(one(tmp_path, crime(crime_type="Burglary"))).was_taken_in
    partition.path.write_bytes(b"cut")
    assert take_in(one(tmp_path, crime(crime_type="Burglary"))).was_taken_in
    assert pl.read_parquet(partition.path).height == 1


def test_a_partition_that_breaks_its_contract_leaves_no_table(tmp_path: Path) -> None:
    assert take_in(one(tmp_path, crime())).broken == {}
    far_away = one(tmp_path, crime(longitude="77.5"))
    result = take_in(far_away)
    assert result.broken == {"longitude_within_limits": 1}
    assert not far_away.path.exists()
    assert take_in(far_away).was_taken_in, "what was refused is looked at again"


def test_of_a_month_in_two_archives_the_later_one_stands(tmp_path: Path) -> None:
    archives = [
        read_archive(str(zip_archive(tmp_path / name, {NORFOLK: csv_file(STREET_HEADER, *[crime()] * rows)})))
        for name, rows in (("early.zip", 1), ("late.zip", 2))
    ]
    (partition,) = partitions(archives, tmp_path / "lake", ROOT / "data", "code")
    assert take_in(partition).rows_read == 2
