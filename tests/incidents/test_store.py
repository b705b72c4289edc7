"""Partitions in an S3-compatible store: whole or not there, whatever the store answers."""

from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from tests.incidents.conftest import ROOT, STREET_HEADER, archive_of, crime, csv_file, zip_archive
from tests.incidents.stores import URL, faulty, s3_server, short_waits, use_store
from transforms.errors import CountyLinesError
from transforms.incidents import read_archive, store
from transforms.incidents.partition import Partition, partitions, take_in

pytestmark = [pytest.mark.full, pytest.mark.usefixtures(short_waits.__name__)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as address:
        yield address


def one(folder: Path, out: str, *records: str) -> Partition:
    archive = zip_archive(folder / "synthetic.zip", {"2018-10-norfolk-street.csv": csv_file(STREET_HEADER, *records)})
    (partition,) = partitions([archive_of(read_archive(str(archive)))], out, ROOT / "data", "code")
    return partition


def held(root: str) -> dict[str, bytes]:
    listed = [item["path"] for page in obstore.list(store._store(root)) for item in page]
    return {name: store.read(root, name) or b"" for name in listed}


def in_folder(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_store_holds_the_same_bytes_as_a_folder(tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(monkeypatch, server)
    root, rows = f"{URL}/same", (crime(), crime(), crime("b" * 64))
    in_store = take_in(one(tmp_path, root, *rows))
    assert in_store == take_in(one(tmp_path, str(tmp_path / "lake"), *rows))
    assert held(root) == in_folder(tmp_path / "lake")
    assert len(held(root)) == 4
    assert not take_in(one(tmp_path, root, *rows)).was_taken_in
    assert one(tmp_path, root, *rows).preview(1)["lsoa_code"].to_list() == ["E01026700"]
    assert take_in(one(tmp_path, root, crime())).kept == 1


@pytest.mark.parametrize("fault", [500, 503, "cut", "slow"])
def test_a_store_that_fails_at_first_is_asked_again(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, fault: int | str
) -> None:
    root = f"{URL}/again-{fault}"
    with faulty(server, fault, faults=2) as address:
        use_store(monkeypatch, address)
        take_in(one(tmp_path, root, crime()))
        take_in(one(tmp_path, str(tmp_path / "lake"), crime()))
        assert held(root) == in_folder(tmp_path / "lake")


@pytest.mark.parametrize("fault", [500, 503, "slow"])
def test_a_store_that_goes_on_failing_ends_the_run_with_a_sentence_and_keeps_no_part(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, fault: int | str
) -> None:
    root = f"{URL}/never-{fault}"
    with faulty(server, fault, faults=1_000) as address:
        use_store(monkeypatch, address)
        with pytest.raises(
            CountyLinesError, match=r"the store has not taken street/2018-10.parquet .* run the build again"
        ):
            take_in(one(tmp_path, root, crime()))
        assert held(root) == {}
    store._store.cache_clear()
    use_store(monkeypatch, server)
    assert take_in(one(tmp_path, root, crime())).was_taken_in


def test_a_store_that_is_lost_after_the_table_leaves_a_month_that_is_done_again(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    root = f"{URL}/lost"
    take_in(one(tmp_path, root, crime()))
    expected = held(root)
    store.delete(root, "street/2018-10.json")
    assert take_in(one(tmp_path, root, crime())).was_taken_in
    assert held(root) == expected
