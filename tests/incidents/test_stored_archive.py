"""Archives that stay in an S3-compatible store: the same records as from a folder, in few requests, of one version, whatever the store answers."""

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import obstore
import pytest

from tests.incidents.conftest import OUTCOMES_HEADER, ROOT, STREET_HEADER, archive_of, crime, csv_file, zip_archive
from tests.incidents.stores import URL, asked_from_now_on, faulty, s3_server, short_waits, use_store
from tests.incidents.test_store import in_folder
from transforms.errors import CountyLinesError, LayoutError
from transforms.incidents import by_month, read_archive, store, stored
from transforms.incidents.archive import content, open_archive
from transforms.incidents.partition import partitions, take_in

pytestmark = pytest.mark.usefixtures(short_waits.__name__)
# What of a key would be read otherwise in a URL.
NAME = "two words/100% #1/2018-10.zip"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as address:
        yield address


def six_files(path: Path, places: int = 1) -> Path:
    """Two kinds of record of three forces, in one month, as they lie beside each other in an archive."""
    bodies = {"norfolk": "Norfolk Constabulary", "suffolk": "Suffolk Constabulary", "kent": "Kent Police"}
    files = {}
    for force, body in bodies.items():
        records = [
            crime(f"{n:064x}", body=body, place=f"On or near Synthetic Street {n % places}") for n in range(20 * places)
        ]
        found = f"{'a' * 64},2018-10,{body},{body},,,No location,,,Local resolution"
        files[f"2018-10-{force}-outcomes.csv"] = csv_file(OUTCOMES_HEADER, found)
        files[f"2018-10-{force}-street.csv"] = csv_file(STREET_HEADER, *records)
    return zip_archive(path, files)


def put(archive: Path, name: str) -> tuple[str, str]:
    """Put an archive into the store; its URL and version."""
    etag = obstore.put(store._store(URL), name, archive, use_multipart=False)["e_tag"]
    return stored.address_of(URL, name), etag


def lake_of(address: str, etag: str, out: Path) -> dict[str, bytes]:
    for partition in partitions([archive_of(read_archive(address, etag))], str(out), ROOT / "data", "code"):
        take_in(partition)
    return in_folder(out)


def test_an_archive_in_a_store_gives_the_bytes_that_it_gives_in_a_folder(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    asked = asked_from_now_on(monkeypatch)
    archive = six_files(tmp_path / "2018-10.zip")
    address, etag = put(archive, NAME)
    in_store = lake_of(address, etag, tmp_path / "in store")
    assert in_store == lake_of(str(archive), "", tmp_path / "in folder")
    assert len(in_store) == 8
    # The end of the archive, and each of the two kinds of record, whose files have little between them.
    assert len(asked) == 3


def test_files_far_apart_are_fetched_without_what_lies_between(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    asked = asked_from_now_on(monkeypatch)
    monkeypatch.setattr(stored, "_GAP", 100)
    archive = six_files(tmp_path / "2018-10.zip", places=50)
    address, etag = put(archive, "apart.zip")
    members = by_month(read_archive(address, etag))["2018-10", "outcomes"]
    with open_archive(address, etag, members) as file, zipfile.ZipFile(archive) as original:
        for member in members:
            assert content(file, member) == original.read(member.name)
    assert len(asked) == 4
    between = sum(member.compressed_bytes for member in read_archive(str(archive)) if member.kind == "street")
    assert sum(end - start for _, (start, end) in asked[1:]) < between


def test_a_directory_longer_than_the_end_of_an_archive_is_read_whole(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    asked = asked_from_now_on(monkeypatch)
    monkeypatch.setattr(stored, "_END", 100)
    monkeypatch.setattr(store, "_MOST_AT_ONCE", 150)
    archive = six_files(tmp_path / "2018-10.zip")
    address, etag = put(archive, "long.zip")
    assert [member.name for member in read_archive(address, etag)] == [m.name for m in read_archive(str(archive))]
    assert lake_of(address, etag, tmp_path / "in store") == lake_of(str(archive), "", tmp_path / "in folder")
    size = archive.stat().st_size
    assert stored.checksum(address, etag, size) == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert all(end - start <= 150 for start, end in (wanted for _, wanted in asked if isinstance(wanted, tuple)))


@pytest.mark.full
@pytest.mark.parametrize("fault", [500, 503, "cut", "short", "slow"])
def test_a_store_that_fails_at_first_is_asked_again(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, fault: int | str
) -> None:
    use_store(monkeypatch, server)
    archive = six_files(tmp_path / "2018-10.zip")
    address, etag = put(archive, f"again-{fault}.zip")
    members = read_archive(address, etag)
    store._store.cache_clear()
    with faulty(server, fault, faults=2, method="GET") as proxy:
        use_store(monkeypatch, proxy)
        for partition in partitions([archive_of(members)], str(tmp_path / "in store"), ROOT / "data", "code"):
            take_in(partition)
    assert in_folder(tmp_path / "in store") == lake_of(str(archive), "", tmp_path / "in folder")


@pytest.mark.full
@pytest.mark.parametrize("fault", [403, 500, 503, "short", "slow"])
def test_a_store_that_goes_on_failing_ends_the_run_with_a_sentence_and_keeps_no_part(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, fault: int | str
) -> None:
    use_store(monkeypatch, server)
    address, etag = put(six_files(tmp_path / "2018-10.zip"), f"never-{fault}.zip")
    first, _ = partitions([archive_of(read_archive(address, etag))], str(tmp_path / "lake"), ROOT / "data", "code")
    store._store.cache_clear()
    monkeypatch.setattr(store, "_RETRYING", timedelta(seconds=5))
    with faulty(server, fault, faults=1_000, method="GET") as proxy:
        use_store(monkeypatch, proxy)
        with pytest.raises(CountyLinesError, match=rf"has not given never-{fault}.zip .* run the build again"):
            take_in(first)
    assert in_folder(tmp_path / "lake") == {}


@pytest.mark.parametrize("happening", ["another version", "taken away"])
def test_an_archive_that_changes_after_it_was_listed_leaves_no_month_of_two_versions(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, happening: str
) -> None:
    use_store(monkeypatch, server)
    address, etag = put(six_files(tmp_path / "2018-10.zip"), "changes.zip")
    first, second = partitions([archive_of(read_archive(address, etag))], str(tmp_path / "lake"), ROOT / "data", "code")
    take_in(first)
    kept = in_folder(tmp_path / "lake")
    if happening == "another version":
        put(six_files(tmp_path / "2018-10.zip", places=2), "changes.zip")
    else:
        store.delete(URL, "changes.zip")
    with pytest.raises(CountyLinesError, match="was changed or taken away while it was read"):
        take_in(second)
    assert in_folder(tmp_path / "lake") == kept


def test_a_damaged_archive_in_a_store_is_named_by_its_url(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    whole = six_files(tmp_path / "2018-10.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(LayoutError, match=r"^s3://synthetic-lake/records/cut.zip: not a complete ZIP archive"):
        read_archive(*put(tmp_path / "cut.zip", "cut.zip"))
    (tmp_path / "flipped.zip").write_bytes(whole[:200] + bytes([whole[200] ^ 255]) + whole[201:])
    address, etag = put(tmp_path / "flipped.zip", "flipped.zip")
    first, *_ = sorted(read_archive(address, etag), key=lambda member: member.offset)
    with open_archive(address, etag, [first]) as file, pytest.raises(LayoutError, match="the file is damaged"):
        content(file, first)


def test_no_bucket_is_one_sentence(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(monkeypatch, server)
    with pytest.raises(CountyLinesError, match=r"s3://no-such-bucket/x: the store has not given the list of its files"):
        store.listed("s3://no-such-bucket/x")
