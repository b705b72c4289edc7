"""What a file is by its bytes: an edition under any name, one that nobody listed, or a thing that is no data."""

import gzip
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import STOP_HEADER, STREET_HEADER, crime, csv_file, search
from transforms.errors import LayoutError
from transforms.harmonise import harmonise, load_registers
from transforms.sources.calendar import expected_vintage
from transforms.sources.landing import survey, with_landing
from transforms.sources.ons_pfa_layout import TABLES, described, edition_titled
from transforms.sources.ons_pfa_tables import COLUMNS, LAYOUT, parse
from transforms.sources.published import edition_files, parse_edition, read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ, SET_ASIDE
from transforms.sources.registry import Source

from .landing_folders import (
    ARCHIVE,
    NRM,
    ONS,
    QUARTER,
    found,
    observed,
    pfa_workbook,
    put,
    retitled,
    with_originals,
    zipped,
)
from .landing_folders import register as register
from .workbooks import DATA, FIXTURES, LANDING, read_sheets, workbook_bytes


def test_a_workbook_is_known_by_its_title_whatever_it_is_called(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "downloads/untitled (1).xlsx", pfa_workbook())
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id, file.editions[0].id) == (READ, ONS, "ye-mar-2019")
    held = with_landing(register, [file])[ONS]
    assert edition_files(held, tmp_path) == {"ye-mar-2019": tmp_path / "downloads/untitled (1).xlsx"}


@pytest.mark.full
def test_an_edition_that_nobody_listed_is_read_as_its_labels_say(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "new.xlsx", pfa_workbook("March 2019", "June 2019"))
    sources = with_landing(register, survey(tmp_path, register, DATA))
    source = sources[ONS]
    assert [edition.id for edition in source.editions][2:5] == ["ye-mar-2019", "ye-jun-2019", "ye-sep-2019"]
    edition = source.editions[3]
    assert (edition.period_start, edition.period_end, edition.vintage) == (
        *(date(2018, 7, 1), date(2019, 6, 30), "2019-10"),
    )
    cells = parse_edition(source, edition, pfa_workbook("March 2019", "June 2019"), DATA).cells
    known = parse_edition(source, source.editions[2], pfa_workbook(), DATA).cells
    same = [column for column in cells.columns if column not in ("edition_id", "period_text")]
    assert cells.select(same).equals(known.select(same))
    result = harmonise(cells, {ONS: source}, load_registers(DATA), settled=())
    # The cut has a region with another region's name, as a published sheet had.
    assert result.unmatched["area_code_text"].to_list() == ["E12000006"]
    assert set(result.observations.filter(measure_id="drug_offences")["period_end"]) == {date(2019, 6, 30)}


@pytest.mark.parametrize("edition_id", ["ye-mar-2019", "ye-dec-2024"])
def test_a_described_edition_gives_the_cells_that_its_layout_rows_give(
    edition_id: str, register: dict[str, Source]
) -> None:
    edition = next(each for each in register[ONS].editions if each.id == edition_id)
    assert_described_as_laid_out(register[ONS], edition_id, pfa_workbook(edition_id=edition.id))


@pytest.mark.full
@with_originals
@pytest.mark.parametrize("edition_id", ["ye-mar-2018", "ye-dec-2018", "ye-mar-2019", "ye-sep-2019", "ye-dec-2024"])
def test_an_original_needs_no_layout_row(edition_id: str, register: dict[str, Source]) -> None:
    assert_described_as_laid_out(
        register[ONS], edition_id, edition_files(register[ONS], LANDING)[edition_id].read_bytes()
    )


def assert_described_as_laid_out(source: Source, edition_id: str, content: bytes) -> None:

    from transforms.sources.grid import read_layout, workbook_grids

    edition = next(each for each in source.editions if each.id == edition_id)
    layout, columns = read_layout(DATA, ONS, LAYOUT), read_layout(DATA, f"{ONS}_columns", COLUMNS)
    others = layout.filter(pl.col("edition_id") != edition_id)
    unlisted = replace(edition, id="unlisted")
    rows, labels = described(workbook_grids(content, unlisted), unlisted, others, columns)
    assert [row["sheet"].strip() for row in rows] == list(TABLES)
    assert set(labels["role"]) >= {"area_code", "area_name", "measure", "ignored"}
    by_rows = parse(content, edition, DATA).cells
    by_labels = parse(content, unlisted, DATA).cells
    assert by_labels.drop("edition_id").equals(by_rows.drop("edition_id"))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("Drug offences", "Drug crimes", "the label 'Drug crimes' is in no known edition"),
        ("Area Code", "Code", "no header with 'Area Code' in column A was found"),
        (
            "number of offences, year",
            "number of crimes, year",
            "expected 'Table P1: … police force area … number of offences' in it",
        ),
    ],
)
def test_a_label_that_no_known_edition_has_is_refused_with_its_cell(
    before: str, after: str, problem: str, register: dict[str, Source]
) -> None:
    sheets = retitled(retitled(read_sheets(FIXTURES / ONS / "ye-mar-2019"), "March 2019", "June 2019"), before, after)
    edition = edition_titled("Table P1: Police recorded crime, year ending June 2019", register[ONS], "new.xlsx")
    assert edition
    with pytest.raises(LayoutError, match=problem):
        parse(workbook_bytes(sheets), edition, DATA)


@pytest.mark.parametrize(
    ("title", "edition_id", "vintage"),
    [
        ("Table P1:  Crime, year ending September 2018", "ye-sep-2018", "2019-01"),
        ("Table P1: Crime, year ending June 20187,8", "ye-jun-2018", "2018-10"),
        ("Table P1: Crime, year ending September 181,2", "ye-sep-2018", "2019-01"),
        ("Table P1: Crime, year ending March 2020 [note 1]", "ye-mar-2020", "2020-07"),
        ("Table P1: Crime, year ending june  2018", "ye-jun-2018", "2018-10"),
        ("Table P1: Crime, year ending Sept 20181", "ye-sep-2018", "2019-01"),
    ],
)
def test_the_title_gives_the_period_and_the_timetable_the_month(
    title: str, edition_id: str, vintage: str, register: dict[str, Source]
) -> None:
    edition = edition_titled(title, register[ONS], "x.xlsx")
    assert edition
    assert (edition.id, edition.vintage) == (edition_id, vintage)


def test_the_timetable_gives_the_months_that_known_editions_came_out_in(register: dict[str, Source]) -> None:
    # The workbook of March 2018 that is held is a later, corrected issue.
    for source_id, months, others in ((ONS, 3, {"ye-mar-2018"}), (NRM, 2, set[str]())):
        source = register[source_id]
        for edition in source.editions:
            assert edition.period_end
            if edition.id not in others:
                assert expected_vintage(source, edition.period_end, months) == edition.vintage, edition.id


def test_a_quarter_is_named_by_its_folder_since_its_bytes_do_not_say_it(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    content = QUARTER.read_bytes() if QUARTER.suffix == ".csv" else gzip.decompress(QUARTER.read_bytes())
    put(tmp_path, "2024-q1/people.csv.gz", gzip.compress(content))
    put(tmp_path, "nrm 2021 Q4.csv", content)
    put(tmp_path, "2023-q3/people.csv", content + b"\n")
    put(tmp_path, "some/people.csv", content.replace(b"\n", b"\r\n"))
    files = found(tmp_path, register)
    editions = {path: file.editions[0] for path, file in files.items() if file.editions}
    assert {path: edition.id for path, edition in editions.items()} == {
        "2024-q1/people.csv.gz": "2024-q1",
        "nrm 2021 Q4.csv": "2021-q4",
        "2023-q3/people.csv": "2023-q3",
    }
    assert editions["2024-q1/people.csv.gz"].vintage == "2024-05"
    assert editions["nrm 2021 Q4.csv"].vintage == "2022-03"
    assert files["some/people.csv"].outcome == NOT_RECOGNISED
    assert "neither its bytes nor its path say of which edition" in str(files["some/people.csv"].reason)
    source = with_landing(register, files.values())[NRM]
    cells = read_cells(source, DATA, tmp_path)
    counted = dict(cells.filter(pl.col("edition_id").is_in(list(files))).group_by("edition_id").len().iter_rows())
    assert len({counted.get(edition.id) for edition in editions.values()}) == 1
    assert cells.filter(edition_id="2024-q1")["period_text"].unique().to_list() == ["2024 Q1"]


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "content", "outcome", "reason"),
    [
        ("empty.xlsx", b"", NOT_RECOGNISED, "the file is empty"),
        (
            "packed.xlsx.gz",
            gzip.compress(b"PK\x03\x04\x14", mtime=0),
            NOT_RECOGNISED,
            "it is a packed workbook or archive",
        ),
        ("page.xlsx", b"\n<!DOCTYPE html><title>Not found</title>", NOT_RECOGNISED, "it is a web page"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", NOT_RECOGNISED, "encrypted workbook"),
        ("report.pdf", b"%PDF-1.7", NOT_RECOGNISED, "it is a PDF"),
        ("cut.xlsx", b"PK\x03\x04\x14", NOT_RECOGNISED, "cut short"),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00", NOT_RECOGNISED, "no source has a table with these columns"),
        ("cut.parquet", b"PAR1synthetic", NOT_RECOGNISED, "it is a Parquet file, cut short or damaged"),
        ("bytes.csv", b"\xff\xfe\x00a,b\n", NOT_RECOGNISED, "it is text in UTF-16"),
        ("other.csv", b"cat,dog\n1,2\n", NOT_RECOGNISED, "no source has a table with these columns"),
        ("other.zip", zipped(readme=b"x"), NOT_RECOGNISED, "a ZIP file without a workbook"),
        ("MANIFEST.csv", b"path,bytes\n", SET_ASIDE, "the folder's own list of files"),
    ],
)
def test_what_is_no_table_is_named_with_the_reason(
    name: str, content: bytes, outcome: str, reason: str, tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, name, content)
    (file,) = survey(tmp_path, register, DATA)
    assert file.outcome == outcome
    assert reason in str(file.reason)
    assert not file.editions


@pytest.mark.parametrize("folder", ["", "2017-18/", "ho_recorded_crime_open_data/2017-18/"])
def test_open_data_as_csv_is_dated_by_its_last_quarter_wherever_it_lies(
    folder: str, tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, f"{folder}prc-pfa.csv", (FIXTURES / "ho_recorded_crime_open_data" / "2024_25.csv").read_bytes())
    (file,) = survey(tmp_path, register, DATA)
    (edition,) = file.editions
    assert (file.outcome, file.source_id, edition.id) == (READ, "ho_recorded_crime_open_data", "prc-pfa")
    assert (edition.title, edition.vintage, edition.file_kind) == ("To March 2025", "2025-07", "re-save")


@pytest.mark.full
def test_an_archive_of_records_is_an_edition_named_after_what_it_holds(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    street = {
        "2018-12__2018-12-norfolk-street_dot_csv": csv_file(STREET_HEADER, crime(month="2018-12")),
        "2019-02__2019-02-gwent-street_dot_csv": csv_file(STREET_HEADER, crime(month="2019-02", body="Gwent Police")),
    }
    searches = csv_file(STOP_HEADER, search("2018-10-03T12:00:00+00:00", outcome="Nothing found - no further action"))
    put(tmp_path, "anything.zip", zipped(**{name: text.encode() for name, text in street.items()}))
    put(tmp_path, "searches.zip", zipped(**{"2018-10-gwent-stop-and-search_dot_csv": searches.encode()}))
    files = survey(tmp_path, register, DATA)
    assert [(file.outcome, file.source_id, [edition.id for edition in file.editions]) for file in files] == [
        (READ, ARCHIVE, ["2018-12-to-2019-02-street"]),
        (READ, ARCHIVE, ["2018-10-to-2018-10-gwent-stop-and-search"]),
    ]
    assert all(edition.vintage >= "2018-10" for file in files for edition in file.editions)
    counted = observed(tmp_path, register, files)
    assert counted.select("area_id", "measure_id", "period_end", "value").sort("area_id", "measure_id").rows()[:2] == [
        ("E23000024", "police_uk_drugs_records", date(2018, 12, 31), 1),
        ("E23000024", "police_uk_drugs_records_local_resolution", date(2018, 12, 31), 1),
    ]


@pytest.mark.full
def test_two_archives_of_the_same_month_and_force_are_two_editions_in_whatever_order_they_were_copied(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    early, late = (
        zipped(
            **{"2018-12-norfolk-street_dot_csv": csv_file(STREET_HEADER, crime(month="2018-12", outcome=text)).encode()}
        )
        for text in ("Under investigation", "Local resolution")
    )
    put(tmp_path, "early.zip", early)
    put(tmp_path, "late.zip", late)
    named = {}
    for first in ("early.zip", "late.zip"):
        os.utime(tmp_path / first)
        files = survey(tmp_path, register, DATA)
        assert [file.outcome for file in files] == [READ, READ]
        named[first] = {file.path: file.editions[0].id for file in files}
    month = "2018-12-to-2018-12-norfolk-street"
    (second,) = set(named["early.zip"].values()) - {month}
    assert second.startswith(f"{month}-")
    assert named["early.zip"] == named["late.zip"]


def test_a_table_that_is_almost_a_known_one_says_what_differs(tmp_path: Path, register: dict[str, Source]) -> None:
    content = (QUARTER.read_bytes() if QUARTER.suffix == ".csv" else gzip.decompress(QUARTER.read_bytes())).decode()
    put(tmp_path, "2023-q1/x.csv", content.replace("Nationality", "Citizenship", 1).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert "it is like a table of ho_nrm_first_responders" in str(file.reason)
    assert "(new: 'Citizenship'; missing: 'Nationality')" in str(file.reason)


@pytest.mark.full
@with_originals
@pytest.mark.parametrize("originals", [LANDING, LANDING.with_name("landing-2026-12")], ids=lambda folder: folder.name)
def test_every_original_is_known_under_another_name(
    originals: Path, tmp_path: Path, register: dict[str, Source]
) -> None:
    by_place = {file.sha256: file.editions for file in survey(originals, register, DATA)}
    for number, path in enumerate(
        sorted(path for path in originals.rglob("*") if path.suffix != ".zip" and path.is_file())
    ):
        # The quarter of a referral file and the year of a table of seizures stand in the name of the folder alone.
        if any(each in path.as_posix() for each in ("ho_recorded_crime_open_data", "/nomis/")):
            continue  # copies: no cell says which edition it is, so that by another name one is named after its file
        undated = ("ho_nrm", "ho_drug_seizures")
        folder = tmp_path / path.parent.name if any(each in path.as_posix() for each in undated) else tmp_path
        folder.mkdir(exist_ok=True)
        shutil.copyfile(
            path, folder / f"{number}{''.join(path.suffixes[-2:] if path.suffix == '.gz' else [path.suffix])}"
        )
    for file in survey(tmp_path, register, DATA):
        known = by_place[file.sha256]
        assert [edition.source_id for edition in file.editions] == [edition.source_id for edition in known], file.path
        # A copy of which no cell says which edition it is, is named after its file.
        number = Path(file.path).name.split(".")[0]
        assert [edition.id for edition in file.editions] in ([edition.id for edition in known], [number]), file.path


@pytest.mark.full
@pytest.mark.parametrize("name", ["tables.csv", "tables.ods", "tables", "TABLES.XLSX", "tables (1).xlsx"])
def test_the_ending_of_a_name_does_not_matter(name: str, tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, name, pfa_workbook("March 2019", "June 2019"))
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, [edition.id for edition in file.editions]) == (READ, ["ye-jun-2019"])
    assert read_cells(with_landing(register, [file])[ONS], DATA, tmp_path).filter(edition_id="ye-jun-2019").height > 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_another_encoding_is_named_for_what_it_is(
    encoding: str, tmp_path: Path, register: dict[str, Source]
) -> None:
    text = (FIXTURES / "ho_recorded_crime_rolling" / "2019-04.csv").read_text(encoding="utf-8")
    put(tmp_path, "table.csv", text.encode(encoding))
    file = found(tmp_path, register)["table.csv"]
    said = "it is text in UTF-16 or UTF-32, which is not read; save it as CSV in UTF-8"
    assert (file.outcome, file.reason) == (NOT_RECOGNISED, said)


def test_a_letter_in_the_encoding_of_a_spreadsheet_program_is_shown_with_its_line(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    text = (FIXTURES / "ho_recorded_crime_rolling" / "2019-04.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    lines[4] = lines[4].replace(",", "é,", 1)
    put(tmp_path, "table.csv", "".join(lines).encode("cp1252"))
    put(tmp_path, "whole.csv", text.encode("utf-8-sig"))
    files = found(tmp_path, register)
    assert files["whole.csv"].outcome == READ
    assert files["table.csv"].outcome == NOT_RECOGNISED
    assert "as line 5 shows (byte 0xe9)" in str(files["table.csv"].reason)
