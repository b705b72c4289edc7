"""A publisher whose headers are wrong fails by itself: one outcome in words, and the next publisher's file is fetched."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, Answer, Publisher, source_at, workbook
from transforms.sources.fetch.editions import Outcome, fetch_sources, read_records
from transforms.sources.fetch.limits import Limits
from transforms.sources.registry import Source

NOW = datetime(2026, 11, 26, tzinfo=UTC)
GOOD = workbook(1204)
QUICK = replace(LIMITS, attempts=1)


def fetched(store: Path, *sources: Source, limits: Limits = QUICK) -> list[Outcome]:
    return list(fetch_sources(sources, store, lambda: NOW, limits))


def good(publisher: Publisher) -> Source:
    publisher.serve("/media/good.xlsx", Answer(GOOD))
    return source_at(publisher.page("/good", "/media/good.xlsx"), r"good\.xlsx", id="ho_good")


TABLES, BOOK = r"tables\.xlsx", workbook(7)
PAGE = b'<html><a href="/media/tables.xlsx">Tables</a></html>'


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"Content-Type": "text/html; charset=utf-8"}, "new"),
        ({"Content-Type": "text/html; charset=ISO-8859-1"}, "new"),
        ({"Content-Type": "text/html; charset=unheard-of"}, "failed"),
        ({"Content-Type": "text/html; charset=hex"}, "failed"),
        ({"Content-Type": "text/html; charset=\xb2"}, "new"),
        ({"ETag": '"\xe9t\xe9"', "Last-Modified": "once upon a time"}, "new"),
        ({"Set-Cookie": "a=b; Domain=.[::1; Expires=never; Max-Age=\xb2"}, "new"),
        ({"Content-Length": "9" * 300}, "failed"),
        ({"Content-Encoding": "gzip"}, "failed"),
    ],
)
def test_the_headers_of_a_page(publisher: Publisher, tmp_path: Path, headers: dict[str, str], outcome: str) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK))
    page = publisher.serve("/tables", Answer(PAGE, headers=headers))
    first, second = fetched(tmp_path, source_at(page, TABLES), good(publisher))
    assert (first.outcome, second.outcome) == (outcome, "new")
    assert first.reason is None or first.reason.startswith("ons_pfa_tables: http")
    # Once more: what was kept of the headers is sent back, or not.
    assert [each.outcome for each in fetched(tmp_path, source_at(page, TABLES), good(publisher))][1] == "unchanged"


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (503, {"Retry-After": "\xb2"}),
        (503, {"Retry-After": "9" * 400}),
        (429, {"Retry-After": "Thu, 99 Foo 99999 99:99:99 GMT"}),
        (429, {"Retry-After": "Thu, 01 Jan 9999 00:00:00 -9999"}),
        (301, {"Location": "http://[half"}),
        (301, {"Location": "https://xn--/\xff"}),
        (301, {"Location": "//:99999999/"}),
        (302, {"Location": "https://127.0.0.1.statistics.example/"}),
    ],
)
def test_retry_times_and_addresses_that_are_none(
    publisher: Publisher, tmp_path: Path, status: int, headers: dict[str, str]
) -> None:
    page = publisher.serve("/tables", Answer(b"", status, headers))
    first, second = fetched(tmp_path, source_at(page, TABLES), good(publisher))
    assert first.outcome in {"failed", "refused"}
    assert str(first.reason).startswith("ons_pfa_tables: ")
    assert second.outcome == "new"


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ({"ETag": '"\xe9t\xe9"', "Last-Modified": "\xb2"}, "new"),
        ({"Content-Length": "\xb2", "Connection": "close"}, "failed"),
        ({"Content-Length": "1" * 300}, "failed"),
    ],
)
def test_the_headers_of_a_file(publisher: Publisher, tmp_path: Path, headers: dict[str, str], outcome: str) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK, headers=headers))
    first, second = fetched(
        tmp_path, source_at(publisher.page("/tables", "/media/tables.xlsx"), TABLES), good(publisher)
    )
    assert (first.outcome, second.outcome) == (outcome, "new")


@pytest.mark.parametrize("answer", [Answer(PAGE * 40, pause=0.3), Answer(PAGE, trickle=0.3)], ids=["body", "headers"])
def test_a_page_that_trickles_without_end_is_given_up_in_time(
    publisher: Publisher, tmp_path: Path, answer: Answer
) -> None:
    """Each byte comes within the time in which a server may be silent."""
    page = publisher.serve("/tables", answer)
    began = time.monotonic()
    first, second = fetched(
        tmp_path, source_at(page, TABLES), good(publisher), limits=replace(QUICK, page_seconds=1, silence_seconds=20)
    )
    assert time.monotonic() - began < 5
    assert "took longer than 1 seconds" in str(first.reason)
    assert (first.outcome, second.outcome) == ("failed", "new")


def test_a_file_that_trickles_its_headers_is_given_up_in_time(publisher: Publisher, tmp_path: Path) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK, trickle=0.3))
    limits = replace(QUICK, file_seconds=1, silence_seconds=20)
    (first,) = fetched(tmp_path, source_at(publisher.page("/tables", "/media/tables.xlsx"), TABLES), limits=limits)
    assert "took longer than 2 seconds" in str(first.reason)


@pytest.mark.parametrize(
    "name", ["tables%1b[31m.xlsx", "tables%E2%80%AExslx.xlsx", "a" * 201 + ".xlsx", "t%0aables.xlsx"]
)
def test_a_name_that_would_command_a_terminal_is_refused_and_shown_by_its_numbers(
    publisher: Publisher, tmp_path: Path, name: str
) -> None:
    page = publisher.page("/tables", f"/media/{name}")
    (outcome,) = fetched(tmp_path, source_at(page, r"(?s)(?!elsewhere).*\.xlsx"))
    assert outcome.outcome == "refused"
    assert str(outcome.reason).isprintable()
    assert not read_records(tmp_path)
