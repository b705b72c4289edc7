import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, Answer, Publisher, source_at, workbook
from transforms.errors import FetchError, RefusedError
from transforms.sources.fetch.connection import Connection, Validators
from transforms.sources.fetch.download import download
from transforms.sources.fetch.limits import Limits

BOOK = workbook(1204)
Get = Callable[..., Validators | None]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "part"


@pytest.fixture
def get(publisher: Publisher, part: Path) -> Get:
    def run(url: str, limits: Limits = LIMITS, known: Validators | None = None) -> Validators | None:
        with Connection(limits) as connection:
            return download(source_at(f"{publisher.address}/tables"), url, part, connection, known=known)

    return run


def test_bytes_are_kept_as_they_came(publisher: Publisher, part: Path, get: Get) -> None:
    headers = {
        "ETag": '"a1"',
        "Last-Modified": "Thu, 23 Jul 2026 08:30:00 GMT",
        "Content-Type": "application/octet-stream",
    }
    assert get(publisher.serve("/tables.xlsx", Answer(BOOK, headers=headers))) == Validators(
        '"a1"', headers["Last-Modified"]
    )
    assert part.read_bytes() == BOOK
    assert publisher.asked("/tables.xlsx")[0]["accept-encoding"] == "identity"


def test_a_known_version_is_asked_for_by_tag_and_date_and_not_sent_again(
    publisher: Publisher, part: Path, get: Get
) -> None:
    url = publisher.serve("/tables.xlsx", Answer(BOOK, headers={"ETag": '"a1"'}))
    assert get(url, known=Validators('"a1"', "Thu, 23 Jul 2026 08:30:00 GMT")) is None
    asked = publisher.asked("/tables.xlsx")[0]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"a1"', "Thu, 23 Jul 2026 08:30:00 GMT")
    assert not part.exists()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_passing_fault_of_the_server_is_waited_out(publisher: Publisher, part: Path, get: Get, status: int) -> None:
    get(publisher.serve("/tables.xlsx", Answer(b"busy", status), Answer(b"busy", status), Answer(BOOK)))
    assert part.read_bytes() == BOOK
    assert len(publisher.asked("/tables.xlsx")) == 3


def test_a_lasting_fault_of_the_server_ends_after_the_attempts(publisher: Publisher, get: Get) -> None:
    with pytest.raises(
        FetchError,
        match=r"^ons_pfa_tables: http\S+/tables\.xlsx answered 500 .*; run countylines fetch ons_pfa_tables again later\.$",
    ):
        get(publisher.serve("/tables.xlsx", Answer(status=500)))
    assert len(publisher.asked("/tables.xlsx")) == LIMITS.attempts


@pytest.mark.parametrize("status", [403, 404, 410])
def test_what_is_not_there_is_not_asked_for_again(publisher: Publisher, get: Get, status: int) -> None:
    with pytest.raises(FetchError, match=rf"/tables\.xlsx answered {status} "):
        get(publisher.serve("/tables.xlsx", Answer(status=status)))
    assert len(publisher.asked("/tables.xlsx")) == 1


@pytest.mark.full
def test_a_host_that_asks_to_wait_is_given_the_time(publisher: Publisher, part: Path, get: Get) -> None:
    began = time.monotonic()
    get(publisher.serve("/tables.xlsx", Answer(status=429, headers={"Retry-After": "1"}), Answer(BOOK)))
    assert time.monotonic() - began >= 1
    assert part.read_bytes() == BOOK


@pytest.mark.parametrize("written", ["seconds", "date"])
def test_a_host_that_asks_to_wait_long_is_left_alone(publisher: Publisher, get: Get, written: str) -> None:
    later = "3600" if written == "seconds" else format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with pytest.raises(FetchError, match=r"answered 429 Too Many Requests; run .* again in (3600|35\d\d) seconds"):
        get(publisher.serve("/tables.xlsx", Answer(status=429, headers={"Retry-After": later})))
    assert len(publisher.asked("/tables.xlsx")) == 1


def test_a_cut_body_is_taken_up_where_it_ended(publisher: Publisher, part: Path, get: Get) -> None:
    tag = {"ETag": '"a1"'}
    get(publisher.serve("/tables.xlsx", Answer(BOOK, headers=tag, sent=2000), Answer(BOOK, headers=tag)))
    assert part.read_bytes() == BOOK
    second = publisher.asked("/tables.xlsx")[1]
    assert (second["range"], second["if-range"]) == ("bytes=2000-", '"a1"')


def test_a_cut_body_is_taken_up_by_the_next_fetch(publisher: Publisher, part: Path, get: Get) -> None:
    tag = {"ETag": '"a1"'}
    url = publisher.serve("/tables.xlsx", Answer(BOOK, headers=tag, sent=2000))
    with pytest.raises(
        FetchError, match=r"/tables\.xlsx could not be read .*; run countylines fetch ons_pfa_tables again\.$"
    ):
        get(url, replace(LIMITS, attempts=1))
    assert part.read_bytes() == BOOK[:2000]
    publisher.serve("/tables.xlsx", Answer(BOOK, headers=tag))
    get(url)
    assert part.read_bytes() == BOOK
    assert publisher.asked("/tables.xlsx")[-1]["range"] == "bytes=2000-"


def test_a_file_that_changed_after_the_cut_is_read_from_its_beginning(
    publisher: Publisher, part: Path, get: Get
) -> None:
    other = workbook(1205)
    first, second = Answer(BOOK, headers={"ETag": '"a1"'}, sent=2000), Answer(other, headers={"ETag": '"b2"'})
    assert get(publisher.serve("/tables.xlsx", first, second)) == Validators('"b2"')
    assert part.read_bytes() == other


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"a1"'}], ids=["no tag", "weak tag"])
def test_what_cannot_be_told_to_be_the_same_file_is_read_from_its_beginning(
    publisher: Publisher, part: Path, get: Get, headers: dict[str, str]
) -> None:
    get(publisher.serve("/tables.xlsx", Answer(BOOK, headers=headers, sent=2000), Answer(BOOK, headers=headers)))
    assert part.read_bytes() == BOOK
    assert "range" not in publisher.asked("/tables.xlsx")[1]


def test_a_part_that_is_already_whole_is_read_again(publisher: Publisher, part: Path, get: Get) -> None:
    """A fetch that was killed between the last byte and the store leaves such a part; the server then answers 416."""
    url = publisher.serve("/tables.xlsx", Answer(BOOK, headers={"ETag": '"a1"'}))
    get(url)
    get(url)
    assert part.read_bytes() == BOOK
    assert [headers.get("range") for headers in publisher.asked("/tables.xlsx")] == [None, f"bytes={len(BOOK)}-", None]


def test_a_body_that_always_ends_too_early_fails(publisher: Publisher, get: Get) -> None:
    with pytest.raises(FetchError, match=r"^ons_pfa_tables: http\S+/tables\.xlsx could not be read"):
        get(publisher.serve("/tables.xlsx", Answer(BOOK, sent=10)))


def test_a_server_that_falls_silent_is_given_up(publisher: Publisher, get: Get) -> None:
    with pytest.raises(FetchError, match=r"/tables\.xlsx sent nothing for too long; run countylines fetch"):
        get(publisher.serve("/tables.xlsx", Answer(BOOK, pause=5)), replace(LIMITS, silence_seconds=0.1, attempts=1))


def test_a_body_that_trickles_ends_at_the_limit_of_time(publisher: Publisher, get: Get) -> None:
    with pytest.raises(
        FetchError,
        match=r"took longer than 0\.2 seconds; run countylines fetch ons_pfa_tables again to go on from byte \d",
    ):
        get(publisher.serve("/tables.xlsx", Answer(BOOK, pause=0.05)), replace(LIMITS, file_seconds=0.2))


@pytest.mark.parametrize("headers", [{}, {"Content-Length": ""}], ids=["announced", "not announced"])
def test_a_file_beyond_the_limit_of_size_is_refused(publisher: Publisher, get: Get, headers: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match=r"/tables\.xlsx is larger than 1,000 bytes; "):
        get(publisher.serve("/tables.xlsx", Answer(BOOK, headers=headers)), replace(LIMITS, file_bytes=1000))


def test_a_body_that_comes_compressed_is_refused(publisher: Publisher, get: Get) -> None:
    with pytest.raises(RefusedError, match="came compressed"):
        get(publisher.serve("/tables.csv", Answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})))


def test_a_redirect_on_an_allowed_host_is_followed(publisher: Publisher, part: Path, get: Get) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK))
    get(publisher.serve("/tables.xlsx", Answer(status=302, headers={"Location": "/media/tables.xlsx"})))
    assert part.read_bytes() == BOOK


def test_a_redirect_to_another_host_is_refused_before_it_is_asked(publisher: Publisher, get: Get) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK))
    elsewhere = publisher.address.replace("127.0.0.1", "localhost")
    url = publisher.serve("/tables.xlsx", Answer(status=302, headers={"Location": f"{elsewhere}/media/tables.xlsx"}))
    with pytest.raises(RefusedError, match=r"is on the host localhost, which is not among discovery\.hosts"):
        get(url)
    assert publisher.asked("/media/tables.xlsx") == []


def test_a_redirect_that_leads_in_a_circle_ends(publisher: Publisher, get: Get) -> None:
    publisher.serve("/b.xlsx", Answer(status=302, headers={"Location": "/a.xlsx"}))
    with pytest.raises(RefusedError, match="redirects more than 5 times"):
        get(publisher.serve("/a.xlsx", Answer(status=302, headers={"Location": "/b.xlsx"})))
    assert len(publisher.requests) == LIMITS.redirects + 1


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/x.xlsx",
        "https://127.0.0.1:8443/x.xlsx",
        "https://user@127.0.0.1/x.xlsx",
        "ftp://127.0.0.1/x.xlsx",
    ],
)
def test_only_plain_https_is_read(get: Get, address: str) -> None:
    with pytest.raises(RefusedError, match="is not a plain https address"):
        get(address, replace(LIMITS, loopback=False))


def test_a_host_gets_its_burst_and_then_its_rate(publisher: Publisher) -> None:
    url = publisher.serve("/tables", Answer(b"page"))
    began = time.monotonic()
    with Connection(replace(LIMITS, requests_per_second={"127.0.0.1": (20, 3)})) as connection:
        for _ in range(9):
            connection.read_page(source_at(url), url)
    # A burst of three, then twenty a second: a slow machine only makes it longer.
    assert time.monotonic() - began >= (9 - 3) / 20


def test_the_pace_is_what_the_publishers_ask_for() -> None:
    assert Limits().requests_per_second["data.police.uk"] == (15, 30)
    assert Limits().otherwise_per_second == (1, 1)
