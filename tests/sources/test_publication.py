"""When a file was published: what its own words, its properties or the timetable say, and which of them is believed. All files are synthetic."""

import zipfile
from pathlib import Path

import pytest

from tests.incidents.conftest import STREET_HEADER, crime, csv_file
from transforms.sources.police_uk_archive import edition_in
from transforms.sources.registry import PROPERTIES, TIMETABLE, Edition, Source

from .workbooks import DATA


def archive_of(path: Path, source: Source, months: tuple[str, ...], written: tuple[int, int, int]) -> Edition:
    """The edition that an archive of a force's months is, whose files were written on one day."""
    with zipfile.ZipFile(path, "w") as content:
        for month in months:
            entry = zipfile.ZipInfo(f"{month}/{month}-norfolk-street.csv", (*written, 12, 0, 0))
            content.writestr(entry, csv_file(STREET_HEADER, crime(month=month)))
    edition = edition_in(path.read_bytes(), source, path.name, DATA)
    assert edition is not None
    return edition


@pytest.mark.parametrize(
    ("written", "vintage", "basis", "file_kind"),
    [
        ((2024, 8, 21), "2024-08", PROPERTIES, "original"),
        ((2024, 9, 30), "2024-09", PROPERTIES, "original"),
        ((2024, 10, 1), "2024-08", TIMETABLE, "re-save"),
        ((2026, 12, 1), "2024-08", TIMETABLE, "re-save"),
        ((1980, 1, 1), "2024-08", TIMETABLE, "re-save"),
    ],
)
def test_an_archive_packed_again_is_dated_by_the_timetable(
    written: tuple[int, int, int],
    vintage: str,
    basis: str,
    file_kind: str,
    registered: dict[str, Source],
    tmp_path: Path,
) -> None:
    source = registered["police_uk_archive"]
    edition = archive_of(tmp_path / "june.zip", source, ("2024-05", "2024-06"), written)
    assert (edition.vintage, edition.vintage_basis, edition.file_kind) == (vintage, basis, file_kind)


def test_what_is_not_believed_of_an_archive_is_said(registered: dict[str, Source], tmp_path: Path) -> None:
    source = registered["police_uk_archive"]
    late = archive_of(tmp_path / "late.zip", source, ("2024-06",), (2026, 12, 1))
    assert late.vintage_note == (
        "Its files are dated 2026-12-01, more than 3 months after 2024-06, the last month in it: "
        "that is when it was packed again, which does not say when it was published."
    )
    assert archive_of(tmp_path / "believed.zip", source, ("2024-06",), (2024, 8, 21)).vintage_note is None


def test_an_archive_that_the_register_lists_keeps_its_month_when_it_is_packed_again(
    registered: dict[str, Source], tmp_path: Path
) -> None:
    source = registered["police_uk_archive"]
    (listed,) = [edition for edition in source.editions if edition.id == "2018-10-to-2018-11-street"]
    path = tmp_path / "2018-11.zip"
    with zipfile.ZipFile(path, "w") as content:
        for month in ("2018-10", "2018-11"):
            for force in ("norfolk", "suffolk"):
                entry = zipfile.ZipInfo(f"{month}/{month}-{force}-street.csv", (2026, 11, 23, 12, 0, 0))
                content.writestr(entry, csv_file(STREET_HEADER, crime(month=month)))
    edition = edition_in(path.read_bytes(), source, path.name, DATA)
    assert edition is not None
    assert (edition.id, edition.vintage, edition.file_kind) == (listed.id, listed.vintage, "re-save")
    assert edition.vintage_note is not None
