"""Partitions that are taken in once, again when something changes, and not at all when they break their contract."""

import gzip
import json
from io import StringIO
from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import ROOT, STREET_HEADER, archive_of, crime, csv_file, zip_archive
from transforms.errors import CountyLinesError
from transforms.incidents import checks, ingest_month, load_incident_registers, read_archive
from transforms.incidents.partition import (
    Archive,
    Partition,
    PartitionResult,
    accounted_for,
    partitions,
    put,
    take_in,
    version,
)

NORFOLK = "2018-10-norfolk-street.csv"


def one(folder: Path, *records: str, code: str = "code") -> Partition:
    archive = zip_archive(folder / "synthetic.zip", {NORFOLK: csv_file(STREET_HEADER, *records)})
    (partition,) = partitions([archive_of(read_archive(str(archive)))], str(folder / "lake"), ROOT / "data", code)
    return partition


def table(partition: Partition) -> Path:
    return Path(partition.out) / partition.name("parquet")


def test_rows_read_are_rows_kept_and_rows_set_aside(tmp_path: Path) -> None:
    result = take_in(one(tmp_path, crime(), crime()))
    assert (result.files, result.rows_read, result.kept, result.quarantined) == (1, 2, 1, 1)
    assert accounted_for(result)
    set_aside = pl.read_csv(tmp_path / "lake" / "street" / "2018-10.quarantine.csv")
    assert set_aside.select("file", "line", "reason").rows() == [(NORFOLK, 3, "crime published twice")]


@pytest.mark.full
def test_a_partition_is_taken_in_again_only_when_its_files_the_code_or_its_table_changed(tmp_path: Path) -> None:
    partition = one(tmp_path, crime())
    assert take_in(partition).was_taken_in
    written = table(partition).stat().st_mtime_ns
    assert not take_in(partition).was_taken_in
    assert table(partition).stat().st_mtime_ns == written
    assert take_in(one(tmp_path, crime(), code="other code")).was_taken_in
    assert take_in(one(tmp_path, crime(crime_type="Burglary"))).was_taken_in
    table(partition).write_bytes(b"cut")
    assert take_in(one(tmp_path, crime(crime_type="Burglary"))).was_taken_in
    assert pl.read_parquet(table(partition)).height == 1


@pytest.mark.full
def test_a_partition_that_breaks_its_contract_is_put_nowhere_and_looked_at_again(tmp_path: Path) -> None:
    """No file is known that gives such records: what the check would find of them is given here."""
    partition = one(tmp_path, crime())
    result = ingest_month(partition.members, tmp_path / "work", load_incident_registers(ROOT / "data"))
    found = PartitionResult("2018-10", "street", 1, 1, 1, 0, {"norfolk": 1}, {"force_line_unique": 1}, {}, {}, True)
    put(partition, result, found, version(partition))
    assert not list((tmp_path / "lake").rglob("*"))
    assert take_in(partition).was_taken_in, "what was refused is looked at again"


@pytest.mark.full
def test_records_that_break_their_contract_are_found_with_the_rule_and_the_rows(tmp_path: Path) -> None:
    """Records that no reader gives: one line of a file twice, and a crime without its type."""
    result = ingest_month(one(tmp_path, crime()).members, tmp_path, load_incident_registers(ROOT / "data"))
    record = pl.read_parquet(result.path)
    untyped = record.with_columns(pl.lit(None, record.schema["crime_type"]).alias("crime_type"))
    pl.concat([record, untyped]).write_parquet(result.path)
    asked, answers = StringIO(json.dumps([str(result.path), "street", str(ROOT / "data")])), StringIO()
    checks.answer(asked, answers)
    refused, broken, warned = json.loads(answers.getvalue())
    assert (refused, warned) == ("", {})
    assert broken == {"force_line_unique": 2, "crime_type_present": 1}


@pytest.mark.full
@pytest.mark.parametrize("records", [(), (crime(month="2018-11"),)], ids=["a header only", "all rows set aside"])
def test_a_month_of_which_no_record_is_kept_is_an_empty_table_and_stops_nothing(
    tmp_path: Path, records: tuple[str, ...]
) -> None:
    result = take_in(one(tmp_path, *records))
    assert (result.broken, result.kept, result.quarantined) == ({}, 0, len(records))
    assert pl.read_parquet(table(one(tmp_path, *records))).is_empty()


@pytest.mark.full
def test_the_process_that_checks_is_begun_again_when_it_was_ended(tmp_path: Path) -> None:
    checks.begin()
    process = checks._process()
    process.kill()
    process.wait()
    with pytest.raises(CountyLinesError, match="process that checks records was ended while it"):
        take_in(one(tmp_path, crime()))
    assert take_in(one(tmp_path, crime())).was_taken_in
    again = checks._process()
    checks.end()
    assert again.returncode == 0


@pytest.mark.full
def test_records_of_many_forces_are_checked_some_forces_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "2018-10-norfolk-street.csv": csv_file(STREET_HEADER, crime(longitude="77.5"), crime("b" * 64)),
        "2018-10-suffolk-street.csv": csv_file(
            STREET_HEADER, crime("c" * 64, body="Suffolk Constabulary", longitude="77.5")
        ),
    }
    monkeypatch.setattr(checks, "_ROWS_AT_A_TIME", 1)
    archive = zip_archive(tmp_path / "synthetic.zip", files)
    result = ingest_month(read_archive(str(archive)), tmp_path, load_incident_registers(ROOT / "data"))
    asked, answers = StringIO(json.dumps([str(result.path), "street", str(ROOT / "data")])), StringIO()
    checks.answer(asked, answers)
    assert json.loads(answers.getvalue()) == ["", {}, {"longitude_within_limits": 2}]


def test_a_point_beyond_the_british_isles_is_warned_of_and_kept(tmp_path: Path) -> None:
    result = take_in(one(tmp_path, crime(longitude="77.5"), crime("b" * 64)))
    assert (result.warned, result.broken, result.kept) == ({"longitude_within_limits": 1}, {}, 2)


def test_a_new_month_opens_no_other(tmp_path: Path) -> None:
    """Neither the files in the archive nor the tables of months that are unchanged are read: here whoever did so would fail."""
    files = {
        f"20{year:02}-{month:02}-norfolk-street.csv": csv_file(STREET_HEADER, crime(month=f"20{year:02}-{month:02}"))
        for year in range(4, 19)
        for month in range(1, 13)
    }
    archive = zip_archive(tmp_path / "synthetic.zip", files)
    *old, new = partitions([archive_of(read_archive(str(archive)))], str(tmp_path / "lake"), ROOT / "data", "code")
    with archive.open("r+b") as content:
        content.write(bytes(new.members[0].offset))  # all that stands before the new month's file
    for partition in old:
        size = 1_000_000
        table(partition).parent.mkdir(parents=True, exist_ok=True)
        with table(partition).open("wb") as file:
            file.truncate(size)  # no Parquet
        result = {
            "month": partition.month,
            "kind": "street",
            "files": 1,
            "rows_read": 1,
            "kept": 1,
            "quarantined": 0,
            "held": {},
        }
        remembered = {"result": {**result, "broken": {}, "warned": {}, "found": {}}, "bytes": size}
        (table(partition).with_suffix(".json")).write_text(json.dumps({**remembered, "version": version(partition)}))
    results = [take_in(partition) for partition in [*old, new]]
    assert [result.month for result in results if result.was_taken_in] == ["2018-12"]
    assert len(results) == 180


def held(folder: Path, edition_id: str, published: str, dated: str, files: dict[str, str]) -> Archive:
    path = zip_archive(folder / f"{edition_id}.zip", files)
    return archive_of(read_archive(str(path)), edition_id, published, dated)


def test_no_force_is_lost_where_a_later_archive_holds_others_of_the_month(tmp_path: Path) -> None:
    """data.police.uk offers downloads of chosen forces: two of one month are ordinary use."""
    norfolk, suffolk = (
        csv_file(STREET_HEADER, *[crime()] * 3),
        csv_file(STREET_HEADER, crime(body="Suffolk Constabulary")),
    )
    first = held(tmp_path, "first", "2018-12", "", {NORFOLK: norfolk, "2018-10-suffolk-street.csv": suffolk})
    later = held(tmp_path, "later", "2019-02", "", {NORFOLK: csv_file(STREET_HEADER, crime(), crime("b" * 64))})
    (partition,) = partitions([later, first], str(tmp_path / "lake"), ROOT / "data", "code")
    assert [(Path(member.archive).name, member.force) for member in partition.members] == [
        ("later.zip", "norfolk"),
        ("first.zip", "suffolk"),
    ]
    assert [(Path(member.archive).name, member.force) for member in partition.replaced] == [("first.zip", "norfolk")]
    assert take_in(partition).rows_read == 3
    assert pl.read_parquet(table(partition))["force"].to_list() == ["norfolk", "norfolk", "suffolk"]


@pytest.mark.parametrize(
    ("published", "dated", "outcomes"),
    [
        (("2019-02", "2018-12"), ("2018-11-20", "2019-01-20"), ("Under investigation", "Local resolution")),
        (("2018-12", "2018-12"), ("2019-07-29", "2019-04-25"), ("Under investigation", "Local resolution")),
        (("2018-12", "2018-12"), ("2019-07-29", "2019-07-29"), ("Local resolution", "Under investigation")),
    ],
    ids=["published later", "dated later", "fewer under investigation"],
)
def test_of_a_month_of_one_force_in_two_archives_the_later_one_stands(
    tmp_path: Path, published: tuple[str, str], dated: tuple[str, str], outcomes: tuple[str, str]
) -> None:
    stands, other = (
        held(
            tmp_path,
            edition_id,
            published[number],
            dated[number],
            {NORFOLK: csv_file(STREET_HEADER, crime(outcome=outcomes[number]))},
        )
        for number, edition_id in enumerate(("a", "b"))
    )
    for archives in ([stands, other], [other, stands]):
        (partition,) = partitions(archives, str(tmp_path / "lake"), ROOT / "data", "code")
        assert [Path(member.archive).name for member in partition.members] == ["a.zip"]
        assert [Path(member.archive).name for member in partition.replaced] == ["b.zip"]


@pytest.mark.parametrize("last", [STREET_HEADER.split(",")[-1], "Last outcome category", "Crime ID"])
@pytest.mark.parametrize("first", [STREET_HEADER.split(",")[0], "Last outcome category"])
def test_records_under_investigation_are_counted_in_whichever_column_they_stand(
    tmp_path: Path, first: str, last: str
) -> None:
    columns = STREET_HEADER.split(",")
    order = [first, *(column for column in columns if column not in (first, last)), *([last] if last != first else [])]

    def file(outcome: str) -> str:
        printed = dict(zip(columns, crime(outcome=outcome).split(","), strict=True))
        return csv_file(",".join(order), ",".join(printed[column] for column in order))

    stands, other = (
        held(tmp_path, edition_id, "2018-12", "2019-07-29", {NORFOLK: file(outcome)})
        for edition_id, outcome in (("a", "Local resolution"), ("b", "Under investigation"))
    )
    (partition,) = partitions([stands, other], str(tmp_path / "lake"), ROOT / "data", "code")
    assert [member.archive for member in partition.members] == [stands.members[0].archive]


@pytest.mark.parametrize("name", [NORFOLK, f"{NORFOLK}.gz"])
def test_a_single_file_under_its_publishers_name_is_an_archive_of_itself(tmp_path: Path, name: str) -> None:
    text = csv_file(STREET_HEADER, crime(), crime("b" * 64)).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    (partition,) = partitions(
        [archive_of(read_archive(str(tmp_path / name)))], str(tmp_path / "lake"), ROOT / "data", "code"
    )
    assert take_in(partition).kept == 2
