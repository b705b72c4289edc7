"""When a file was published: what its own words, its properties or the timetable say, and which of them is believed. All files are synthetic."""

import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from tests.incidents.conftest import STREET_HEADER, crime, csv_file
from transforms.sources.landing import survey, with_landing
from transforms.sources.police_uk_archive import edition_in
from transforms.sources.publication import published_when
from transforms.sources.published import known_on
from transforms.sources.registry import PRINTED, PROPERTIES, TIMETABLE, Edition, Source

from .landing_folders import retitled
from .workbooks import DATA, FIXTURES, LANDING, LANDING_2026, read_sheets, workbook_bytes


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


@pytest.mark.parametrize(
    ("months", "title"),
    [
        (("2024-06",), "Street crimes of June 2024, Norfolk Constabulary"),
        (("2024-01", "2024-06"), "Street crimes of January to June 2024, Norfolk Constabulary"),
        (("2023-11", "2024-06"), "Street crimes of November 2023 to June 2024, Norfolk Constabulary"),
    ],
)
def test_an_archive_that_the_register_lacks_is_named_for_what_it_holds(
    months: tuple[str, ...], title: str, registered: dict[str, Source], tmp_path: Path
) -> None:
    edition = archive_of(tmp_path / "some.zip", registered["police_uk_archive"], months, (2024, 8, 21))
    assert edition.title == title


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


def workbook_saying(*rows: tuple[str | date, ...], saved: date = date(2018, 10, 15)) -> bytes:
    """A workbook of the year ending June 2018 with the rows on a sheet of its own, last saved on a day."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as workbook:
        workbook.set_properties({"created": datetime(saved.year, saved.month, saved.day, tzinfo=UTC)})
        workbook.add_worksheet("Table P1").write("A1", "Table P1: Police recorded crime, year ending 30 June 2018")
        correction = workbook.add_worksheet("Correction")
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                correction.write(row, column, value)
    return content.getvalue()


JUNE = Edition(
    *("ons_pfa_tables", "ye-jun-2018", "Year ending June 2018", "june.xlsx", "original", "2018-10"),
    period_end=date(2018, 6, 30),
)


@pytest.mark.parametrize(
    "rows",
    [
        (("Published on 6th February 2019",),),
        (("Figures of North Wales have been corrected. Published on Wednesday 6 Feb 2019.",),),
        (("First published: 18 October 2018",), ("Correction published on 6 February, 2019",)),
        (("Date of publication", date(2019, 2, 6)),),
        (("Release date:", "06/02/2019"),),
        (("This workbook was corrected and re-published on 6 February 2019",),),
    ],
)
def test_the_words_of_a_workbook_stand_before_its_properties_and_the_timetable(
    rows: tuple[tuple[str | date, ...], ...],
) -> None:
    edition = published_when(JUNE, workbook_saying(*rows, saved=date(2019, 3, 1)))
    assert (edition.vintage, edition.vintage_basis) == ("2019-02", PRINTED)


@pytest.mark.parametrize(
    "words",
    [
        "These tables are published alongside the bulletin of the year ending 30 June 2018",
        "Numbers differ from those published prior to 24 January 2019",
        "Next release: 24 January 2019",
        "Published on 19 July 2017",
        "Published on 31 February 2019",
    ],
)
def test_other_days_are_not_taken_for_the_day_of_publication(words: str) -> None:
    edition = published_when(JUNE, workbook_saying((words,)))
    assert (edition.vintage, edition.vintage_basis) == ("2018-10", PROPERTIES)


@pytest.mark.parametrize(
    ("saved", "vintage", "basis", "has_note"),
    [
        (date(2019, 2, 5), "2019-02", PROPERTIES, False),
        (date(2018, 9, 28), "2018-10", TIMETABLE, False),
        (date(2026, 12, 1), "2018-10", TIMETABLE, True),
        (date(2017, 1, 1), "2018-10", TIMETABLE, True),
    ],
)
def test_the_properties_of_a_workbook_stand_before_the_timetable_where_they_can_be_true(
    saved: date, vintage: str, basis: str, has_note: bool
) -> None:
    edition = published_when(JUNE, workbook_saying(("Notes",), saved=saved))
    assert (edition.vintage, edition.vintage_basis, edition.vintage_note is not None) == (vintage, basis, has_note)


@pytest.mark.full
@pytest.mark.skipif(not (LANDING.is_dir() or LANDING_2026.is_dir()), reason="needs the publishers' own files")
def test_the_register_dates_every_workbook_as_the_file_itself_does(registered: dict[str, Source]) -> None:
    held = {
        (edition.id, folder / edition.file): edition
        for folder in (LANDING, LANDING_2026)
        for source in registered.values()
        for edition in source.editions
        if edition.file.endswith((".xlsx", ".ods")) and (folder / edition.file).is_file()
    }
    said = {key: published_when(edition, key[1].read_bytes()) for key, edition in held.items()}
    assert held
    assert {key: (edition.vintage, edition.vintage_basis) for key, edition in said.items()} == {
        key: (edition.vintage, edition.vintage_basis or PROPERTIES) for key, edition in held.items()
    }


@pytest.mark.full
def test_a_corrected_issue_is_not_known_before_it_came_out(registered: dict[str, Source], tmp_path: Path) -> None:
    sheets = retitled(read_sheets(FIXTURES / "ons_pfa_tables" / "ye-mar-2019"), "March 2019", "June 2018")
    sheets["Correction"] = [["Published on 6th February 2019"]]
    (tmp_path / "june.xlsx").write_bytes(workbook_bytes(sheets))
    (file,) = survey(tmp_path, registered, DATA)
    known = with_landing(registered, [file])
    before, after = (
        [edition.id for edition in known_on(known, day)["ons_pfa_tables"].editions]
        for day in (date(2018, 11, 30), date(2019, 2, 28))
    )
    assert "ye-jun-2018" not in before
    assert "ye-jun-2018" in after


def test_a_workbook_that_cannot_be_read_keeps_its_month_for_its_parser_to_refuse_it() -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst><si><t>Published on 6 February 2019</t></si></sst>")
    assert published_when(JUNE, content.getvalue()) == JUNE
    assert published_when(JUNE, content.getvalue()[:40]) == JUNE
