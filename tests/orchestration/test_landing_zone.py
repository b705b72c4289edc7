"""A landing zone in an S3-compatible store: what a folder with the same files comes to, and what has changed there is noticed."""

import hashlib
import http.client
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import obstore
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from orchestration.store.editions_in_use import registered
from orchestration.store.fingerprint import fingerprint
from orchestration.store.landing_zone import archives, fetch_landing, originals
from orchestration.store.parsed_files import cells_once
from orchestration.store.paths import Paths, paths_from_environment
from tests.full_build import ROOT
from tests.incidents.conftest import STREET_HEADER, crime, csv_file, zip_archive
from tests.incidents.stores import URL, asked_from_now_on, faulty, s3_server, short_waits, use_store
from tests.incidents.test_store import in_folder
from tests.orchestration.builds import LANDING, make_tables
from tests.orchestration.test_records_asset import by_month, run
from transforms.errors import StoreError
from transforms.incidents import StoredArchive, store
from transforms.sources.landing import survey
from transforms.sources.registry import load_sources

pytestmark = pytest.mark.usefixtures(short_waits.__name__)
FIXTURES = ROOT / "tests" / "fixtures"
ARCHIVE = "records of February/2019-02.zip"
SUFFOLK = "Suffolk Constabulary"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A landing folder: a table, a workbook's neighbour in a folder, an empty file, and an archive of records."""
    made = tmp_path / "landing"
    (made / "deep" / "er").mkdir(parents=True)
    shutil.copy(FIXTURES / "ho_arrests" / "2017-18.csv", made / "arrests.csv")
    (made / "deep" / "er" / "100% notes.txt").write_text("synthetic\n")
    (made / "empty.csv").touch()
    (made / ARCHIVE).parent.mkdir()
    put_archive(made, "2019-02")
    return made


@pytest.fixture
def paths(tmp_path: Path, folder: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """The same landing zone in a store."""
    use_store(monkeypatch, server)
    url = f"{URL}/{hashlib.sha256(str(tmp_path).encode()).hexdigest()}"
    put_all(folder, url)
    return paths_from_environment(url, tmp_path / "build")


def put_archive(folder: Path, *months: str) -> None:
    files = {
        f"{month}-suffolk-street.csv": csv_file(
            STREET_HEADER, crime(month=month, body=SUFFOLK), crime("b" * 64, month=month, body=SUFFOLK)
        )
        for month in months
    }
    zip_archive(folder / ARCHIVE, files)


def put_all(folder: Path, url: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            obstore.put(store._store(url), path.relative_to(folder).as_posix(), path, use_multipart=False)


def test_files_are_fetched_once_and_archives_of_records_stay_in_the_store(
    paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.landing
    asked = asked_from_now_on(monkeypatch)
    fetch_landing(paths)
    assert in_folder(paths.landing) == in_folder(folder) | {ARCHIVE: b""}
    listed = {each.name: each.modified for each in store.listed(str(paths.landing_url))}
    assert {name: int((paths.landing / name).stat().st_mtime) for name in listed} == listed
    content = (folder / ARCHIVE).read_bytes()
    held = originals(paths)(paths.landing / ARCHIVE)
    assert isinstance(held, StoredArchive)
    assert (held.bytes, held.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert sorted({name for name, _ in asked}) == ["100% notes.txt", "2019-02.zip", "arrests.csv"]
    asked.clear()
    fetch_landing(paths)
    assert asked == []


def test_what_is_new_changed_taken_away_or_damaged_here_is_fetched_again(
    paths: Paths, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paths.landing
    fetch_landing(paths)
    (folder / "new.csv").write_text("a\n1\n")
    (folder / "arrests.csv").write_text("b\n2\n")
    put_all(folder, str(paths.landing_url))
    store.delete(str(paths.landing_url), "deep/er/100% notes.txt")
    shutil.rmtree(folder / "deep")
    (paths.landing / "empty.csv").unlink()
    asked = asked_from_now_on(monkeypatch)
    fetch_landing(paths)
    assert in_folder(paths.landing) == in_folder(folder) | {ARCHIVE: b""}
    assert not (paths.landing / "deep").exists()
    assert {"arrests.csv", "new.csv"} <= {name for name, _ in asked}
    (paths.landing / "arrests.csv").write_text("spoilt here")
    (paths.build / "landing" / "files.json").write_text("spoilt too")
    fetch_landing(paths)
    assert in_folder(paths.landing) == in_folder(folder) | {ARCHIVE: b""}


@pytest.mark.full
def test_the_store_is_read_as_a_folder_is(paths: Paths, folder: Path, tmp_path: Path) -> None:
    in_store = registered(paths)
    in_a_folder = registered(Paths(paths.data, tmp_path / "other", landing=folder))
    assert in_store == in_a_folder
    assert {file.path for file in in_store.files} == set(in_folder(folder))
    assert in_folder(paths.build / "parsed") == in_folder(tmp_path / "other" / "parsed")


@pytest.mark.full
def test_a_new_version_of_an_archive_brings_in_its_new_months_only(paths: Paths, folder: Path, tmp_path: Path) -> None:
    first = by_month(run(paths))
    assert {month: counts["taken in by this run"] for month, counts in first.items()} == {"2019-02": True}
    put_archive(folder, "2019-02", "2019-03")
    put_all(folder, str(paths.landing_url))
    second = by_month(run(paths))
    assert {month: counts["taken in by this run"] for month, counts in second.items()} == {
        "2019-02": False,
        "2019-03": True,
    }
    local = Paths(paths.data, tmp_path / "other", landing=folder)
    run(local)
    assert in_folder(paths.lake) == in_folder(local.lake)


def test_a_build_knows_that_something_in_the_store_has_changed(paths: Paths, folder: Path) -> None:
    before = fingerprint(paths)
    assert fingerprint(paths) == before
    (folder / "arrests.csv").write_text("other\n")
    put_all(folder, str(paths.landing_url))
    changed = fingerprint(paths)
    assert changed != before
    put_archive(folder, "2019-02", "2019-03")
    put_all(folder, str(paths.landing_url))
    assert fingerprint(paths) not in (before, changed)


@pytest.mark.full
def test_a_store_that_fails_while_an_archive_is_counted_does_not_make_it_one_that_cannot_be_read(
    paths: Paths, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_landing(paths)
    register = load_sources(paths.data)
    assert paths.landing
    with faulty(server, 403, faults=1_000, method="GET") as proxy:
        store._store.cache_clear()
        use_store(monkeypatch, proxy)
        with pytest.raises(StoreError, match=r"the store has not given 2019-02.zip"):
            survey(paths.landing, register, paths.data, cells_once(paths), originals(paths))
    store._store.cache_clear()
    use_store(monkeypatch, server)
    assert {file.path: file.outcome for file in registered(paths).files}[ARCHIVE] == "read"


def test_what_was_a_folder_may_be_a_file_and_a_folder_again(paths: Paths, tmp_path: Path) -> None:
    assert paths.landing
    fetch_landing(paths)
    for before, after in (("deep/er/100% notes.txt", "deep"), ("deep", "deep/er/100% notes.txt")):
        store.put(str(paths.landing_url), after, tmp_path / "landing" / "arrests.csv")
        store.delete(str(paths.landing_url), before)
        fetch_landing(paths)
        assert (after in in_folder(paths.landing), before in in_folder(paths.landing)) == (True, False)


def test_another_address_forgets_what_was_fetched_from_the_one_before(paths: Paths, tmp_path: Path) -> None:
    fetch_landing(paths)
    assert archives(paths)
    store.put(f"{paths.landing_url}/other", "one.csv", tmp_path / "landing" / "arrests.csv")
    other = paths_from_environment(f"{paths.landing_url}/other", paths.build)
    assert archives(other) == {}
    assert other.landing
    fetch_landing(other)
    assert list(in_folder(other.landing)) == ["one.csv"]


def test_a_name_that_is_a_file_and_a_folder_is_refused_and_empty_markers_of_folders_are_passed_over(
    paths: Paths, folder: Path, tmp_path: Path
) -> None:
    store.put(str(paths.landing_url), "deep", tmp_path / "landing" / "empty.csv")
    url = urlsplit(str(paths.landing_url))
    connection = http.client.HTTPConnection(urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc)
    connection.request("PUT", f"/{url.netloc}{url.path}/")
    assert connection.getresponse().status == 200
    assert "" in [each.name for each in store.listed(str(paths.landing_url))]
    fetch_landing(paths)
    assert paths.landing
    assert set(in_folder(paths.landing)) == set(in_folder(folder))
    store.put(str(paths.landing_url), "deep", tmp_path / "landing" / "arrests.csv")
    with pytest.raises(StoreError, match="holds deep both as a file and as a folder"):
        fetch_landing(paths)


@pytest.mark.full
def test_the_command_landing_says_the_same_of_a_store_and_a_folder(paths: Paths, folder: Path) -> None:
    said = [CliRunner().invoke(cli, ["landing", str(place)]) for place in (paths.landing_url, folder)]
    assert said[0].output == said[1].output
    assert [result.exit_code for result in said] == [1, 1]
    assert f"{ARCHIVE}: read, police_uk_archive" in said[0].output
    assert not paths.build.exists()


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (f"{URL}/nothing-here", "holds no file; look at its name, or put files there."),
        ("s3://no-such-bucket/landing", "the store has not given the list of its files"),
        ("gopher://bucket/landing", "the store has not given the list of its files"),
    ],
)
def test_a_store_without_files_or_without_the_bucket_ends_a_build_with_one_sentence(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch, place: str, sentence: str
) -> None:
    use_store(monkeypatch, server)
    monkeypatch.setenv("COUNTYLINES_LANDING", place)
    ended = CliRunner().invoke(cli, ["build", "--output", str(tmp_path / "build")])
    assert isinstance(ended.exception, StoreError)
    assert str(ended.exception).startswith(place)
    assert sentence in str(ended.exception)
    assert "\n" not in str(ended.exception)
    assert not (tmp_path / "build" / "manifest.json").exists()


@pytest.mark.full
@pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with publishers' originals")
def test_every_raw_table_made_from_a_store_has_the_bytes_of_one_made_from_a_folder(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_store(monkeypatch, server)
    some = tmp_path / "landing"
    for name in ("police_uk_archive/2024-12.zip", "ons_geography/Police_Force_Areas.geojson"):
        (some / name).parent.mkdir(parents=True)
        shutil.copyfile(LANDING / name, some / name)
    put_all(some, f"{URL}/some")
    in_store = paths_from_environment(f"{URL}/some", tmp_path / "build")
    local = Paths(in_store.data, tmp_path / "other", landing=some)
    for made in (in_store, local):
        make_tables(made, "raw")
    assert in_folder(in_store.lake) == in_folder(local.lake)
    assert not any(str(tmp_path).encode() in content for content in in_folder(in_store.lake).values())
