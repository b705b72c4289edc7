"""Noticing that a publisher offers something new, against a real server: which requests are made, and that no file is sent."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, Answer, Publisher, source_at, workbook
from transforms.errors import FetchError
from transforms.sources.fetch.connection import Connection
from transforms.sources.fetch.editions import fetch_sources
from transforms.sources.fetch.notice import Seen, look
from transforms.sources.registry import Source


@pytest.fixture
def source(publisher: Publisher) -> Source:
    publisher.serve("/media/tables.xlsx", Answer(workbook(1204), headers={"ETag": '"a1"'}))
    page = publisher.page("/tables", "/media/tables.xlsx")
    tag_page(publisher, '"p1"')
    return source_at(page, r"tables.*\.xlsx")


def tag_page(publisher: Publisher, etag: str) -> None:
    (answer,) = publisher.answers["/tables"]
    publisher.serve("/tables", Answer(answer.body, headers={"ETag": etag}))


def see(source: Source, seen: Seen, store: Path) -> tuple[bool, Seen]:
    with Connection(LIMITS) as connection:
        return look(source, seen, store, connection)


def fetched(source: Source, store: Path) -> None:
    assert list(fetch_sources([source], store, lambda: datetime(2026, 10, 1, tzinfo=UTC), LIMITS))


def test_a_source_that_was_never_looked_at_is_new_and_no_file_is_asked_for(
    publisher: Publisher, source: Source, tmp_path: Path
) -> None:
    is_new, _ = see(source, Seen(), tmp_path)
    assert is_new
    assert [path for path, _ in publisher.requests] == ["/tables"]


def test_an_unchanged_publisher_is_asked_twice_conditionally_and_sends_nothing(
    publisher: Publisher, source: Source, tmp_path: Path
) -> None:
    _, seen = see(source, Seen(), tmp_path)
    fetched(source, tmp_path)
    publisher.requests.clear()
    is_new, again = see(source, seen, tmp_path)
    assert not is_new
    assert see(source, again, tmp_path) == (False, again)
    assert [(path, headers["if-none-match"]) for path, headers in publisher.requests] == [
        ("/tables", '"p1"'),
        ("/media/tables.xlsx", '"a1"'),
    ] * 2


def test_a_page_that_links_another_file_is_new(publisher: Publisher, source: Source, tmp_path: Path) -> None:
    _, seen = see(source, Seen(), tmp_path)
    publisher.page("/tables", "/media/tables.xlsx", "/media/tables-2.xlsx")
    assert see(source, seen, tmp_path)[0]


def test_a_page_of_which_only_the_furniture_changed_is_not_new(
    publisher: Publisher, source: Source, tmp_path: Path
) -> None:
    _, seen = see(source, Seen(), tmp_path)
    fetched(source, tmp_path)
    publisher.page("/tables", "/news/today.html", "/media/tables.xlsx")
    assert not see(source, seen, tmp_path)[0]


def test_a_file_replaced_under_its_old_address_is_new_once(
    publisher: Publisher, source: Source, tmp_path: Path
) -> None:
    _, seen = see(source, Seen(), tmp_path)
    fetched(source, tmp_path)
    publisher.serve("/media/tables.xlsx", Answer(workbook(1207), headers={"ETag": '"a2"'}))
    is_new, seen = see(source, seen, tmp_path)
    assert is_new
    assert not see(source, seen, tmp_path)[0]


def test_a_server_that_names_no_versions_is_left_to_the_calendar(
    publisher: Publisher, source: Source, tmp_path: Path
) -> None:
    publisher.serve("/media/tables.xlsx", Answer(workbook(1204)))
    _, seen = see(source, Seen(), tmp_path)
    fetched(source, tmp_path)
    publisher.requests.clear()
    assert not see(source, seen, tmp_path)[0]
    assert [path for path, _ in publisher.requests] == ["/tables"]


def test_a_collection_is_new_when_a_document_of_it_has_a_later_date(publisher: Publisher, tmp_path: Path) -> None:
    def collection(updated: str) -> str:
        listed = [{"api_path": "/api/content/quarter-1", "public_updated_at": updated}]
        body = {"details": {"body": ""}, "links": {"documents": listed}}
        return publisher.serve("/api/content/collection", Answer(json.dumps(body).encode()))

    source = source_at(collection("2026-07-23"), r"tables.*\.ods", "content_api")
    _, seen = see(source, Seen(), tmp_path)
    assert see(source, seen, tmp_path) == (False, seen)
    collection("2026-10-22")
    assert see(source, seen, tmp_path)[0]


def test_a_collection_that_is_a_web_page_is_a_plain_error(publisher: Publisher, tmp_path: Path) -> None:
    source = source_at(publisher.page("/tables"), kind="content_api")
    with pytest.raises(FetchError, match=r"/tables answered no JSON; correct discovery\.page"):
        see(source, Seen(), tmp_path)
