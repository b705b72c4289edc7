"""Editions in an S3-compatible object store: laid down, shown by one write, kept. The store is moto's server on loopback."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.delivery.deliver import ledger_path
from orchestration.delivery.targets import MARKER, Bucket
from tests.delivery.conftest import Office, publish_locally
from tests.incidents.stores import BUCKET, s3_server
from transforms.errors import CountyLinesError

pytestmark = pytest.mark.full


@pytest.fixture
def stored(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with s3_server() as address:
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "synthetic",
            "AWS_SECRET_ACCESS_KEY": "synthetic",
            "AWS_REGION": "eu-west-2",
        }.items():
            monkeypatch.setenv(name, value)
        # The server's store outlives it in a test process.
        office.settings = replace(office.settings, to=f"s3://{BUCKET}/{tmp_path.name}")
        yield office


def held(office: Office) -> dict[str, bytes]:
    store = Bucket(office.settings.to).store
    paths = [entry["path"] for batch in store.list() for entry in batch if entry["path"] != MARKER]
    return {path: bytes(store.get(path).bytes()) for path in paths}


def test_an_edition_is_laid_down_and_shown_by_one_object(stored: Office) -> None:
    assert stored.deliver().outcome == "published"
    objects = held(stored)
    assert json.loads(objects["current.json"])["current"] == stored.edition
    manifest = json.loads(objects[f"editions/{stored.edition}/manifest.json"])
    for entry in manifest["files"]:
        assert len(objects[f"editions/{stored.edition}/{entry['path']}"]) == entry["bytes"]
    assert objects.keys() == {
        *("current.json", "index.html", "feed.xml", f"editions/{stored.edition}/manifest.json"),
        f"editions/{stored.edition}/CITATION.cff",
        *(f"editions/{stored.edition}/{entry['path']}" for entry in manifest["files"]),
    }
    assert Bucket(stored.settings.to).store.get("index.html").attributes["Content-Type"] == "text/html; charset=utf-8"
    assert stored.deliver().outcome == "published before"
    assert held(stored) == objects


def test_earlier_editions_stay_and_nothing_comes_before_its_time(stored: Office) -> None:
    stored.deliver()
    before = held(stored)
    second = publish_locally(stored.paths.build, "reported")
    release = stored.time + timedelta(days=1)
    assert stored.deliver(release_at=release).outcome == "held"
    assert held(stored) == before
    stored.time = release
    stored.deliver()
    objects = held(stored)
    assert [edition["edition"] for edition in json.loads(objects["current.json"])["editions"]] == [
        stored.edition,
        second,
    ]
    assert {path: objects[path] for path in before if path.startswith("editions/")}.items() <= before.items()


def test_a_prefix_that_no_delivery_made_is_left_as_it_is(stored: Office) -> None:
    store = Bucket(stored.settings.to).store
    store.put("letters.txt", b"somebody's")
    with pytest.raises(CountyLinesError, match=r"'letters\.txt', and no delivery made it"):
        stored.deliver()
    assert held(stored) == {"letters.txt": b"somebody's"}


def test_an_embargo_is_in_the_store_too(stored: Office) -> None:
    release = stored.time + timedelta(days=1)
    stored.deliver(release_at=release)
    ledger_path(stored.paths).unlink()
    with pytest.raises(CountyLinesError, match="held until"):
        stored.deliver()
    assert held(stored) == {}


def test_a_store_that_does_not_answer_is_told_in_one_sentence(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "synthetic")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "synthetic")
    office.settings = replace(office.settings, to=f"s3://{BUCKET}/public")
    with pytest.raises(CountyLinesError, match="deliver again when it can"):
        office.deliver()


def test_another_kind_of_address_is_refused(office: Office) -> None:
    office.settings = replace(office.settings, to="ftp://public.example/editions")
    with pytest.raises(CountyLinesError, match="no place to deliver to"):
        office.deliver()
