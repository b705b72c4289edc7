"""A file of records that lies beside the archives, as the publisher names it, is taken in like a file inside one."""

import zipfile
from pathlib import Path

import pytest

from tests.incidents.conftest import STOP_HEADER, csv_file, search
from transforms.errors import LayoutError, UnmatchedError
from transforms.incidents import IncidentRegisters, ingest_month
from transforms.incidents.archive import content, open_archive, read_archive

NAME = "2019-02-gwent-stop-and-search.csv"
TEXT = csv_file(STOP_HEADER, search(), search()).encode()


def test_a_single_file_has_the_month_force_kind_and_bytes_that_it_would_have_in_an_archive(tmp_path: Path) -> None:
    single, packed = tmp_path / NAME, tmp_path / "archive.zip"
    single.write_bytes(TEXT)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"2019-02/{NAME}", TEXT)
    read = {}
    for path in (single, packed):
        (member,) = read_archive(str(path))
        with open_archive(member.archive) as file:
            read[path] = (member.month, member.force, member.kind, member.file, member.checksum, content(file, member))
    assert read[single] == read[packed] == ("2019-02", "gwent", "stop-and-search", NAME, read[packed][4], TEXT)


def test_an_archive_is_read_as_one_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2019-02/2019-02-kent-street.csv", TEXT)
    (member,) = read_archive(str(path))
    assert member.force == "kent"


def test_a_single_file_that_changed_since_it_was_listed_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(TEXT)
    (member,) = read_archive(str(path))
    path.write_bytes(TEXT.replace(b"drugs", b"goods"))
    with open_archive(member.archive) as file, pytest.raises(LayoutError, match="the file is damaged"):
        content(file, member)


def test_what_cannot_be_read_of_a_single_file_names_it_once(tmp_path: Path, registers: IncidentRegisters) -> None:
    path = tmp_path / NAME
    path.write_text(csv_file(STOP_HEADER, search(sought="Synthetic goods")))
    with pytest.raises(UnmatchedError) as error:
        ingest_month(read_archive(str(path)), tmp_path, registers)
    assert str(error.value).count(NAME) == 1
