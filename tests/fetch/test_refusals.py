import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fetch.publisher import LIMITS, archive, source_at, workbook
from transforms.errors import RefusedError
from transforms.sources.fetch.limits import Limits, check_content, check_file_name

SOURCE = source_at("https://127.0.0.1/tables")
URL = "https://127.0.0.1/media/6a/file"
ENTITY = b"""<?xml version="1.0"?><!DOCTYPE workbook [<!ENTITY secret SYSTEM "file:///etc/hostname">]><workbook>&secret;</workbook>"""
ODS = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": b"<office/>",
    "Configurations2/current.xml": b"",
}


def check(tmp_path: Path, name: str, content: bytes, limits: Limits = LIMITS) -> None:
    path = tmp_path / "part"
    path.write_bytes(content)
    check_content(SOURCE, name, URL, path, limits)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tables.xlsx", workbook(1204)),
        ("tables.ods", archive(ODS)),
        ("2026-07.zip", archive({"2026-07/2026-07-norfolk-street.csv": b"Crime ID,Month\n"})),
        ("geography.csv", b"\xef\xbb\xbfArea Code,Area Name\nE23000024,Norfolk\n"),
        ("report.pdf", b"%PDF-1.7 and so on"),
        ("forces.json", b'[{"id": "norfolk"}]'),
    ],
)
def test_what_is_what_it_says_is_accepted(tmp_path: Path, name: str, content: bytes) -> None:
    check(tmp_path, name, content)


@pytest.mark.parametrize("name", ["tables.xlsx", "tables.ods", "2026-07.zip", "geography.csv", "report.pdf"])
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>Sorry</html>", b"\n <html>Sorry", b"\xef\xbb\xbf<?xml version='1.0'?><Error/>"]
)
def test_an_error_page_in_place_of_a_file_is_refused(tmp_path: Path, name: str, page: bytes) -> None:
    with pytest.raises(
        RefusedError, match=rf"^ons_pfa_tables: {name} from {URL} is a web page or an error message, not \.\w+; open"
    ):
        check(tmp_path, name, page)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("tables.xlsx", b"", "is empty"),
        ("tables.xlsx", b"Service unavailable", r"is not a file of the kind \.xlsx"),
        ("tables.xlsx", workbook(1204)[:-300], r"is not a file of the kind \.xlsx"),
        ("tables.xlsx", archive({"a.csv": b"1"}), "lacks the part xl/workbook.xml"),
        ("tables.ods", workbook(1204), "lacks the part content.xml"),
        ("tables.ods", archive({"content.xml": b"no markup"}), "holds content.xml, which is no XML"),
        ("report.pdf", b"Service unavailable", r"does not begin like a file of the kind \.pdf"),
        ("geography.csv", b"PK\x03\x04\x00\x00", "holds bytes that are no text"),
        ("setup.exe", b"MZ", r"is of the kind \.exe, of which nothing is known"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(RefusedError, match=rf"^ons_pfa_tables: {name} from {URL} {reason}"):
        check(tmp_path, name, content)


def test_a_byte_that_changed_on_the_way_is_noticed(tmp_path: Path) -> None:
    content = bytearray(archive({"2026-07-norfolk-street.csv": b"Crime ID,Month\n"}))
    content[content.index(b".csv") + 6] ^= 0xFF
    with pytest.raises(RefusedError, match=r"2026-07\.zip from .* is damaged .*; fetch it again"):
        check(tmp_path, "2026-07.zip", bytes(content))


def test_an_archive_that_grows_without_measure_is_refused(tmp_path: Path) -> None:
    bomb = archive({"2026-07-norfolk-street.csv": bytes(20_000_000)})
    assert len(bomb) < 30_000
    with pytest.raises(RefusedError, match=r"would grow from .* to 20,000,000 bytes when unpacked"):
        check(tmp_path, "2026-07.zip", bomb)


def test_an_archive_that_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    size = 300_000
    content = archive({"2026-07-norfolk-street.csv": bytes(size)})
    lying = content.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    with pytest.raises(RefusedError, match="is damaged"):
        check(tmp_path, "2026-07.zip", lying, replace(LIMITS, inflated_ratio=100))


def test_limits_of_size_and_number_hold_for_archives(tmp_path: Path) -> None:
    many = archive({f"{number}.csv": b"12345" for number in range(11)})
    with pytest.raises(RefusedError, match="holds 11 entries, more than 10"):
        check(tmp_path, "2026-07.zip", many, replace(LIMITS, archive_entries=10))
    with pytest.raises(RefusedError, match="to 55 bytes when unpacked"):
        check(tmp_path, "2026-07.zip", many, replace(LIMITS, inflated_bytes=54))


@pytest.mark.parametrize(
    "entry", ["../outside.csv", "2026-07/../../outside.csv", "/etc/outside.csv", "..\\outside.csv", "C:\\outside.csv"]
)
def test_an_entry_that_leaves_its_folder_is_refused(tmp_path: Path, entry: str) -> None:
    with pytest.raises(RefusedError, match="which leaves its folder"):
        check(tmp_path, "2026-07.zip", archive({entry: b"1"}))


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    content = bytearray(archive({"2026-07-norfolk-street.csv": b"Crime ID,Month\n"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    with pytest.raises(RefusedError, match="holds the encrypted entry"):
        check(tmp_path, "2026-07.zip", bytes(content))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels"])
def test_a_workbook_with_an_external_entity_is_refused(tmp_path: Path, part: str, encoding: str) -> None:
    entity = ENTITY.decode().replace('version="1.0"', f'version="1.0" encoding="{encoding}"').encode(encoding)
    with pytest.raises(RefusedError, match=f"has a document type definition in {part}"):
        check(tmp_path, "tables.xlsx", archive({"xl/workbook.xml": b"<workbook/>"} | {part: entity}))


def test_a_definition_behind_a_long_comment_is_found_and_a_longer_one_refused(tmp_path: Path) -> None:
    padded = [
        b"<!--" + bytes([97 + number % 26 for number in range(length)]) + b"-->" + ENTITY[21:]
        for length in (100_000, 1_200_000)
    ]
    for content, reason in zip(
        padded, ("has a document type definition", "has no element at the beginning"), strict=True
    ):
        with pytest.raises(RefusedError, match=reason):
            check(tmp_path, "tables.ods", archive({"content.xml": content}), replace(LIMITS, inflated_ratio=1000))


@pytest.mark.parametrize(
    "name", ["../tables.xlsx", "..", ".tables.xlsx", "a/b.xlsx", "a\\b.xlsx", "C:b.xlsx", "a\nb.xlsx", "x" * 300, ""]
)
def test_a_name_that_is_not_plain_is_refused(name: str) -> None:
    with pytest.raises(RefusedError, match="which is not a plain one; narrow"):
        check_file_name(SOURCE, name, URL)


def test_the_names_of_the_real_files_are_plain() -> None:
    for name in (
        "prc-pfa-mar2013-onwards-tables-230726.ods",
        "policeforceareatablesyesep25.xlsx",
        "PFA tables (final).xlsx",
    ):
        check_file_name(SOURCE, name, URL)


def test_the_synthetic_workbook_is_one(tmp_path: Path) -> None:
    path = tmp_path / "tables.xlsx"
    path.write_bytes(workbook(1204))
    assert "xl/workbook.xml" in zipfile.ZipFile(path).namelist()
