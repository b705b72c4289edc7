import hashlib
import io
import json
import os
import re
import resource
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, Answer, Publisher, archive, source_at, workbook
from transforms.errors import RegisterError
from transforms.sources.fetch.editions import Outcome, fetch_sources, read_records, stored_at, write_record
from transforms.sources.registry import Source

BOOK = workbook(1204)
REVISED = workbook(1207)
Run = Callable[..., list[Outcome]]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "editions"


@pytest.fixture
def run(store: Path) -> Run:
    def fetch(*sources: Source, day: int = 1) -> list[Outcome]:
        return list(fetch_sources(sources, store, lambda: datetime(2026, 10, day, tzinfo=UTC), LIMITS))

    return fetch


@pytest.fixture
def source(publisher: Publisher) -> Source:
    publisher.serve("/media/tables.xlsx", Answer(BOOK, headers={"ETag": '"a1"'}))
    return source_at(publisher.page("/tables", "/media/tables.xlsx"), r"tables\.xlsx")


def outcomes(found: list[Outcome]) -> list[tuple[str, str | None, str]]:
    return [(outcome.source_id, outcome.file, outcome.outcome) for outcome in found]


def test_a_new_file_is_kept_under_its_checksum_and_cannot_be_written(
    store: Path, run: Run, source: Source, publisher: Publisher
) -> None:
    assert outcomes(run(source)) == [("ons_pfa_tables", "tables.xlsx", "new")]
    checksum = hashlib.sha256(BOOK).hexdigest()
    kept = store / checksum[:2] / checksum / "tables.xlsx"
    assert kept.read_bytes() == BOOK
    assert kept.stat().st_mode & 0o777 == 0o444
    assert json.loads((store / "fetched.jsonl").read_text(encoding="utf-8")) == {
        "source_id": "ons_pfa_tables",
        "file": "tables.xlsx",
        "url": f"{publisher.address}/media/tables.xlsx",
        "sha256": checksum,
        "bytes": len(BOOK),
        "retrieved_at": "2026-10-01T00:00:00+00:00",
        "updated_at": None,
        "last_modified": None,
        "etag": '"a1"',
    }
    assert list((store / ".part").iterdir()) == []


def test_a_file_that_has_not_changed_is_not_sent_and_leaves_no_record(
    store: Path, run: Run, source: Source, publisher: Publisher
) -> None:
    run(source)
    before = (store / "fetched.jsonl").read_bytes()
    assert outcomes(run(source, day=2)) == [("ons_pfa_tables", "tables.xlsx", "unchanged")]
    assert publisher.asked("/media/tables.xlsx")[1]["if-none-match"] == '"a1"'
    assert (store / "fetched.jsonl").read_bytes() == before


def test_the_same_bytes_from_a_server_without_tags_leave_no_record(
    store: Path, run: Run, source: Source, publisher: Publisher
) -> None:
    publisher.serve("/media/tables.xlsx", Answer(BOOK))
    run(source)
    before = (store / "fetched.jsonl").read_bytes()
    assert outcomes(run(source, day=2)) == [("ons_pfa_tables", "tables.xlsx", "unchanged")]
    assert (store / "fetched.jsonl").read_bytes() == before


def test_other_bytes_under_the_same_name_are_a_revision_beside_the_first(
    store: Path, run: Run, source: Source, publisher: Publisher
) -> None:
    run(source)
    publisher.serve("/media/tables.xlsx", Answer(REVISED, headers={"ETag": '"b2"'}))
    assert outcomes(run(source, day=2)) == [("ons_pfa_tables", "tables.xlsx", "revision")]
    records = read_records(store)
    assert [stored_at(store, record).read_bytes() for record in records] == [BOOK, REVISED]
    assert [record.retrieved_at[:10] for record in records] == ["2026-10-01", "2026-10-02"]


def test_bytes_that_come_back_are_a_revision_again(store: Path, run: Run, source: Source, publisher: Publisher) -> None:
    for day, content in enumerate((BOOK, REVISED, BOOK), start=1):
        publisher.serve("/media/tables.xlsx", Answer(content))
        last = run(source, day=day)
    assert outcomes(last) == [("ons_pfa_tables", "tables.xlsx", "revision")]
    assert [record.sha256 for record in read_records(store)] == [
        hashlib.sha256(content).hexdigest() for content in (BOOK, REVISED, BOOK)
    ]


def test_a_file_that_moved_is_compared_by_its_bytes_not_by_the_tag_of_the_old_address(
    store: Path, run: Run, source: Source, publisher: Publisher
) -> None:
    run(source)
    publisher.serve("/media/new/tables.xlsx", Answer(REVISED, headers={"ETag": '"a1"'}))
    publisher.page("/tables", "/media/new/tables.xlsx")
    assert outcomes(run(source, day=2)) == [("ons_pfa_tables", "tables.xlsx", "revision")]


@pytest.mark.parametrize("damage", ["deleted", "edited"])
def test_a_stored_file_that_was_damaged_is_fetched_again(store: Path, run: Run, source: Source, damage: str) -> None:
    run(source)
    path = stored_at(store, read_records(store)[0])
    path.chmod(0o644)
    path.write_bytes(BOOK[:-1] + b"!") if damage == "edited" else path.unlink()
    assert outcomes(run(source, day=2)) == [("ons_pfa_tables", "tables.xlsx", "unchanged")]
    assert path.read_bytes() == BOOK
    assert len(read_records(store)) == 1


def test_a_fetch_that_was_killed_before_its_record_is_made_good(store: Path, run: Run, source: Source) -> None:
    run(source)
    (store / "fetched.jsonl").unlink()
    assert outcomes(run(source)) == [("ons_pfa_tables", "tables.xlsx", "new")]
    assert len(read_records(store)) == 1


def test_a_disk_that_is_full_in_the_middle_of_a_record_leaves_no_part_of_it(
    store: Path, run: Run, source: Source
) -> None:
    run(source)
    (record,) = read_records(store)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((store / "fetched.jsonl").stat().st_size + 20, unlimited[1]))
    try:
        with pytest.raises(OSError, match=r"fetched\.jsonl"):
            write_record(store, record)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert read_records(store) == [record]
    write_record(store, record)
    assert read_records(store) == [record, record]


def test_a_record_that_is_none_is_named_by_its_line(store: Path, run: Run, source: Source) -> None:
    run(source)
    with (store / "fetched.jsonl").open("a", encoding="utf-8") as file:
        file.write("{half a rec\n")
    with pytest.raises(RegisterError, match=r"fetched\.jsonl: line 2 is no record of a fetched file; delete the line"):
        run(source)


def test_one_publisher_that_fails_and_one_bad_file_do_not_stop_the_others(
    store: Path, run: Run, publisher: Publisher
) -> None:
    publisher.serve("/media/good.xlsx", Answer(BOOK))
    publisher.serve(
        "/media/page.xlsx", Answer(b"<!doctype html><html>Sorry</html>", headers={"Content-Type": "text/html"})
    )
    publisher.serve("/media/bomb.xlsx", Answer(archive({"xl/workbook.xml": bytes(20_000_000)})))
    links = ["page", "bomb", "gone", "good"]
    page = publisher.page("/tables", *(f"/media/{name}.xlsx" for name in links))
    found = run(
        source_at(f"{publisher.address}/nowhere", id="ho_broken"),
        source_at(page, rf"({'|'.join(links)})\.xlsx"),
        source_at(page, kind="manual", id="mopac_by_hand"),
    )
    assert outcomes(found) == [
        ("ho_broken", None, "failed"),
        ("ons_pfa_tables", "page.xlsx", "refused"),
        ("ons_pfa_tables", "bomb.xlsx", "refused"),
        ("ons_pfa_tables", "gone.xlsx", "failed"),
        ("ons_pfa_tables", "good.xlsx", "new"),
        ("mopac_by_hand", None, "by hand"),
    ]
    assert all(outcome.reason for outcome in found if outcome.outcome != "new")
    assert [record.file for record in read_records(store)] == ["good.xlsx"]
    assert [path.name for path in store.rglob("*.xlsx")] == ["good.xlsx"]
    assert list((store / ".part").iterdir()) == []


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY secret SYSTEM "file:///etc/hostname">]><workbook>&secret;</workbook>'
)


def one_byte_changed(content: bytes) -> bytes:
    """The archive with one byte of its first packed part changed: its checksum is no longer the one that the archive states."""
    part = zipfile.ZipFile(io.BytesIO(content)).infolist()[0]
    place = part.header_offset + 30 + len(part.filename) + part.compress_size // 2
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"<!DOCTYPE html><html>Sorry, there is a problem</html>", "text/html", "is a web page or an error message"),
        (b"<!DOCTYPE html><html>Sorry, there is a problem</html>", XLSX, "is a web page or an error message"),
        (b"%PDF-1.7 of the bulletin", "application/pdf", r"is not a file of the kind \.xlsx"),
        (b'{"error": "rate limit exceeded"}', "application/json", r"is not a file of the kind \.xlsx"),
        (b"Area Code,Area Name\nE23000024,Norfolk\n", "text/csv", r"is not a file of the kind \.xlsx"),
        (b"", XLSX, "is empty"),
        (archive({"content.xml": b"<office/>"}), "application/vnd.oasis.opendocument.spreadsheet", "lacks the part xl/"),
        (archive({"xl/workbook.xml": bytes(20_000_000)}), XLSX, "would grow from .* when unpacked"),
        (archive({"xl/workbook.xml": ENTITY}), XLSX, "has a document type definition in xl/workbook.xml"),
        (archive({"xl/workbook.xml": b"<workbook/>", "../outside.xml": b"<a/>"}), XLSX, "which leaves its folder"),
        (one_byte_changed(BOOK), XLSX, "is damaged"),
    ],
)  # fmt: skip
def test_what_is_served_in_place_of_a_workbook_is_refused_and_not_kept(
    body: bytes, content_type: str, reason: str, store: Path, run: Run, publisher: Publisher
) -> None:
    publisher.serve("/media/tables.xlsx", Answer(body, headers={"Content-Type": content_type}))
    found = run(source_at(publisher.page("/tables", "/media/tables.xlsx"), r"tables\.xlsx"))
    assert outcomes(found) == [("ons_pfa_tables", "tables.xlsx", "refused")]
    assert re.search(reason, str(found[0].reason))
    assert read_records(store) == []
    assert not list(store.rglob("*.xlsx"))


@pytest.mark.parametrize("content_type", ["text/html", "application/pdf", "application/octet-stream", ""])
def test_a_workbook_is_kept_whatever_kind_of_content_the_server_calls_it(
    content_type: str, run: Run, publisher: Publisher
) -> None:
    """Publishers' servers misname files; the bytes decide."""
    publisher.serve("/media/tables.xlsx", Answer(BOOK, headers={"Content-Type": content_type}))
    found = run(source_at(publisher.page("/tables", "/media/tables.xlsx"), r"tables\.xlsx"))
    assert outcomes(found) == [("ons_pfa_tables", "tables.xlsx", "new")]


def test_a_file_on_another_host_is_refused_without_a_request(run: Run, publisher: Publisher) -> None:
    elsewhere = publisher.address.replace("127.0.0.1", "localhost")
    publisher.serve("/media/tables.xlsx", Answer(BOOK))
    page = publisher.page("/tables", f"{elsewhere}/media/tables.xlsx")
    assert outcomes(run(source_at(page, r"tables\.xlsx"))) == [("ons_pfa_tables", "tables.xlsx", "refused")]
    assert publisher.asked("/media/tables.xlsx") == []


def test_a_name_that_climbs_out_of_the_store_is_refused(store: Path, run: Run, publisher: Publisher) -> None:
    page = publisher.page("/tables", "/media/..%2F..%2Ftables.xlsx")
    found = run(source_at(page, r".*tables\.xlsx"))
    assert outcomes(found) == [("ons_pfa_tables", "../../tables.xlsx", "refused")]
    assert len(publisher.requests) == 1
    assert not store.exists()


def test_a_name_with_a_line_separator_is_one_record(store: Path, run: Run, publisher: Publisher) -> None:
    publisher.serve("/media/tables%E2%80%A8final.xlsx", Answer(BOOK))
    source = source_at(publisher.page("/tables", "/media/tables%E2%80%A8final.xlsx"), r"(?s)tables.*\.xlsx")
    run(source)
    assert outcomes(run(source)) == [("ons_pfa_tables", "tables\u2028final.xlsx", "unchanged")]


def test_progress_tells_the_bytes_so_far_and_in_all(store: Path, source: Source) -> None:
    told: list[tuple[str, str, int, int | None]] = []
    list(
        fetch_sources([source], store, lambda: datetime(2026, 10, 1, tzinfo=UTC), LIMITS, lambda *now: told.append(now))
    )
    assert told[0] == ("ons_pfa_tables", "tables.xlsx", 0, len(BOOK))
    assert told[-1] == ("ons_pfa_tables", "tables.xlsx", len(BOOK), len(BOOK))


def test_a_store_on_a_disk_that_cannot_be_written_stops_the_fetch(
    tmp_path: Path, run: Run, source: Source, store: Path
) -> None:
    if os.geteuid() == 0:
        store.write_text("a file where the folder should be", encoding="utf-8")
    else:
        tmp_path.chmod(0o555)
    with pytest.raises(OSError, match=str(store)):
        run(source)
