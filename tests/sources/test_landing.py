"""What a person may put into a landing folder: files under any name, editions that nobody listed, and things that are no data."""

import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import STOP_HEADER, STREET_HEADER, crime, csv_file, search
from transforms.contracts.tables import LANDING_FILES
from transforms.errors import LayoutError
from transforms.harmonise import harmonise, load_registers
from transforms.sources.calendar import expected_vintage
from transforms.sources.landing import (
    COPY,
    NOT_RECOGNISED,
    READ,
    REFUSED,
    SET_ASIDE,
    LandingFile,
    landing_frame,
    survey,
    with_landing,
)
from transforms.sources.ons_pfa_layout import TABLES, described, edition_titled
from transforms.sources.ons_pfa_tables import COLUMNS, LAYOUT, parse
from transforms.sources.published import cells_of, edition_files, editions_held, parse_edition, read_cells
from transforms.sources.registry import Edition, Source, load_source, load_sources

from .workbooks import DATA, FIXTURES, LANDING, Sheets, read_sheets, workbook_bytes

ONS, NRM, ARCHIVE = "ons_pfa_tables", "ho_nrm_police_first_responder", "police_uk_archive"
QUARTER = next((FIXTURES / NRM).glob("*q2*"))
with_originals = pytest.mark.skipif(not LANDING.is_dir(), reason="no landing folder with original files here")


@pytest.fixture(scope="module")
def register() -> dict[str, Source]:
    return load_sources(DATA)


def found(folder: Path, register: Mapping[str, Source]) -> dict[str, LandingFile]:
    return {file.path: file for file in survey(folder, register, DATA)}


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def retitled(sheets: Sheets, before: str, after: str) -> Sheets:
    return {name: [[text.replace(before, after) for text in row] for row in rows] for name, rows in sheets.items()}


def pfa_workbook(before: str = "", after: str = "", edition_id: str = "ye-mar-2019") -> bytes:
    return workbook_bytes(retitled(read_sheets(FIXTURES / ONS / edition_id), before, after))


def test_a_workbook_is_known_by_its_title_whatever_it_is_called(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "downloads/untitled (1).xlsx", pfa_workbook())
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id, file.editions[0].id) == (READ, ONS, "ye-mar-2019")
    held = with_landing(register, [file])[ONS]
    assert edition_files(held, tmp_path) == {"ye-mar-2019": tmp_path / "downloads/untitled (1).xlsx"}


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


@with_originals
@pytest.mark.parametrize("edition_id", ["ye-mar-2018", "ye-dec-2018", "ye-mar-2019", "ye-sep-2019", "ye-dec-2024"])
def test_an_original_needs_no_layout_row(edition_id: str, register: dict[str, Source]) -> None:
    assert_described_as_laid_out(
        register[ONS], edition_id, edition_files(register[ONS], LANDING)[edition_id].read_bytes()
    )


def assert_described_as_laid_out(source: Source, edition_id: str, content: bytes) -> None:
    from dataclasses import replace

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


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), member)
    return content.getvalue()


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
        ("bytes.csv", b"\xff\xfe\x00a,b\n", NOT_RECOGNISED, "no table that can be read"),
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


def observed(folder: Path, register: Mapping[str, Source], files: Iterable[LandingFile]) -> pl.DataFrame:
    """The observations of a landing folder of archives, each of whose cells must be understood."""
    source = with_landing(register, files)[ARCHIVE]
    held = replace(source, editions=tuple(each for each in source.editions if (folder / each.file).is_file()))
    result = harmonise(read_cells(held, DATA, folder), {ARCHIVE: held}, load_registers(DATA), settled=())
    assert result.unmatched.is_empty()
    return result.observations


WELSH = ("dyfed-powys", "gwent", "north-wales", "south-wales")


def test_members_of_an_archive_are_read_one_by_one_too(tmp_path: Path, register: dict[str, Source]) -> None:
    """Stops and searches of the four Welsh forces, as loose files: with the index that a re-save adds, old labels, and a force without ages."""
    for month in ("2018-12", "2019-01", "2019-02"):
        for hour, force in enumerate(WELSH, start=10):
            records = [
                search(
                    f"{month}-03T12:00:00.157000+00:00", age="" if force == "south-wales" else "Oct-17", linked="0.0"
                ),
                search(
                    f"{month}-04T{hour}:00:00+00:00", outcome="Offender given drugs possession warning", linked="True"
                ),
            ]
            text = csv_file(
                *(f"{number - 1 if number else ''},{line}" for number, line in enumerate([STOP_HEADER, *records]))
            )
            put(tmp_path, f"wales/{month}-{force}-stop-and-search.csv", text.encode())
    files = survey(tmp_path, register, DATA)
    assert [file.reason for file in files] == [None] * 12
    assert files[0].editions[0].id == "2018-12-to-2018-12-dyfed-powys-stop-and-search"
    assert [file.editions[0].vintage for file in files if "gwent" in file.path] == ["2019-02", "2019-03", "2019-04"]
    searches = observed(tmp_path, register, files).filter(measure_id="police_uk_searches_for_drugs")
    assert searches["area_id"].unique().sort().to_list() == ["W15000001", "W15000002", "W15000003", "W15000004"]
    assert (searches.height, searches["value"].sum()) == (12, 24)


def test_records_whose_force_nobody_can_tell_are_refused_with_what_to_do(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    """Somebody's table of several forces' searches, one below the other: the force is lost."""
    put(tmp_path, "Concatenation/4.csv", csv_file(STOP_HEADER, search()).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, ARCHIVE)
    assert "its name does not say of which month, force and kind" in str(file.reason)


def test_a_new_edition_that_cannot_be_read_is_refused_and_the_others_are_read(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    put(
        tmp_path,
        "june.xlsx",
        workbook_bytes(
            retitled(
                retitled(read_sheets(FIXTURES / ONS / "ye-mar-2019"), "March 2019", "June 2019"),
                "Drug offences",
                "Drug crimes",
            )
        ),
    )
    put(tmp_path, "september.xlsx", pfa_workbook("March 2019", "September 2018"))
    put(
        tmp_path,
        "2019-02-gwent-stop-and-search.csv",
        csv_file(STOP_HEADER, search("2019-02-03T12:00:00+00:00", sought="Synthetic goods")).encode(),
    )
    files = found(tmp_path, register)
    assert {name: file.outcome for name, file in files.items()} == {
        "2019-02-gwent-stop-and-search.csv": REFUSED,
        "june.xlsx": REFUSED,
        "september.xlsx": READ,
    }
    assert "the label 'Drug crimes' is in no known edition" in str(files["june.xlsx"].reason)
    assert "Synthetic goods" in str(files["2019-02-gwent-stop-and-search.csv"].reason)
    assert [edition.id for edition in with_landing(register, files.values())[ONS].editions][1:3] == [
        "ye-sep-2018",
        "ye-dec-2018",
    ]


def test_a_large_edition_that_cannot_be_read_is_refused_like_a_small_one(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    """Sixty thousand synthetic searches, for something that no register has as what is searched for."""
    records = [search("2019-02-03T12:00:00+00:00", sought="Synthetic goods")] * 60_000
    put(tmp_path, "2019-02-gwent-stop-and-search.csv", csv_file(STOP_HEADER, *records).encode())
    put(tmp_path, "september.xlsx", pfa_workbook("March 2019", "September 2018"))
    files = found(tmp_path, register)
    refused = files["2019-02-gwent-stop-and-search.csv"]
    assert (refused.outcome, refused.bytes > 1 << 23) == (REFUSED, True)
    assert "Synthetic goods" in str(refused.reason)
    assert files["september.xlsx"].outcome == READ


def test_of_two_files_of_a_new_edition_the_first_that_can_be_read_is_read_and_the_other_not_parsed(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    june = retitled(read_sheets(FIXTURES / ONS / "ye-mar-2019"), "March 2019", "June 2019")
    put(tmp_path, "bad.xlsx", workbook_bytes(retitled(june, "Drug offences", "Drug crimes")))
    put(tmp_path, "good.xlsx", workbook_bytes(june))
    put(tmp_path, "other.xlsx", workbook_bytes(retitled(june, "Norfolk", "Norfolk ")))
    for name, written in (("bad", 3), ("good", 2), ("other", 1)):
        os.utime(tmp_path / f"{name}.xlsx", (written, written))
    asked = []

    def parse(source: Source, edition: Edition, content: bytes, data: Path) -> pl.DataFrame:
        asked.append(edition.file)
        return cells_of(source, edition, content, data)

    files = {file.path: file for file in survey(tmp_path, register, DATA, parse)}
    assert [files[f"{name}.xlsx"].outcome for name in ("bad", "good", "other")] == [REFUSED, READ, NOT_RECOGNISED]
    assert "good.xlsx is read for the same edition" in str(files["other.xlsx"].reason)
    assert asked == ["bad.xlsx", "good.xlsx"]


def test_a_listed_edition_that_cannot_be_read_is_not_passed_over(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "march.xlsx", pfa_workbook("Drug offences", "Drug crimes"))
    files = survey(tmp_path, register, DATA)
    assert [file.outcome for file in files] == [READ]
    with pytest.raises(LayoutError, match="Drug crimes"):
        read_cells(with_landing(register, files)[ONS], DATA, tmp_path)


def test_of_a_source_without_meaning_every_figure_is_excluded_with_that_reason(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, "outcomes.csv", next((FIXTURES / "bbc_outcomes_by_force").glob("*totals*")).read_bytes())
    files = survey(tmp_path, register, DATA)
    source = with_landing(register, files)["bbc_outcomes_by_force"]
    held = replace(source, editions=files[0].editions)
    cells = read_cells(held, DATA, tmp_path)
    nothing = {
        name: cells.clear().with_columns(pl.lit("").alias("rule")) for name in ("observations", "excluded", "unmatched")
    }
    (row,) = landing_frame(files, {held.id: held}, cells, nothing).to_dicts()
    counted = (row["cells"], row["matched"], row["excluded"], row["unmatched"], row["unaccounted"])
    assert counted == (cells.height, 0, cells.height, 0, 0)
    assert row["why"] == f"kept as cells, no meaning given ({cells.height})"


def test_a_table_that_is_almost_a_known_one_says_what_differs(tmp_path: Path, register: dict[str, Source]) -> None:
    content = (QUARTER.read_bytes() if QUARTER.suffix == ".csv" else gzip.decompress(QUARTER.read_bytes())).decode()
    put(tmp_path, "2023-q1/x.csv", content.replace("Nationality", "Citizenship", 1).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert f"it is like a table of {NRM}" in str(file.reason)
    assert "(new: 'Citizenship'; missing: 'Nationality')" in str(file.reason)


def test_the_same_bytes_twice_are_read_once_and_a_second_file_of_an_edition_is_not_chosen_silently(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    source = register[ONS]
    registered = next(edition.file for edition in source.editions if edition.id == "ye-mar-2019")
    put(tmp_path, registered, pfa_workbook())
    put(tmp_path, "again.xlsx", pfa_workbook())
    put(tmp_path, "other.xlsx", pfa_workbook("Norfolk", "Norfolk "))
    shutil.copyfile(tmp_path / registered, tmp_path / "copy.xlsx")
    files = found(tmp_path, register)
    assert files[registered].outcome == READ
    assert files["copy.xlsx"].outcome == COPY
    assert files["copy.xlsx"].reason == f"the same bytes as {registered}"
    assert files["other.xlsx"].outcome == NOT_RECOGNISED
    assert f"{registered} is read for the same edition" in str(files["other.xlsx"].reason)


def test_nothing_in_the_folder_is_changed(tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, "a/b.xlsx", pfa_workbook())
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}
    for path in tmp_path.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    sources = with_landing(register, survey(tmp_path, register, DATA))
    read_cells(sources[ONS], DATA, tmp_path)
    after = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()}
    for path in tmp_path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert after == before


@with_originals
def test_every_file_of_the_landing_folder_is_read_to_the_last_cell_or_set_aside(register: dict[str, Source]) -> None:
    files = survey(LANDING, register, DATA)
    assert {file.outcome for file in files} == {READ, SET_ASIDE}
    assert not [
        file.path for file in files if file.outcome == SET_ASIDE and not file.path.endswith((".zip", "MANIFEST.csv"))
    ]
    sources = {id: source for id, source in with_landing(register, files).items() if editions_held(source, LANDING)}
    cells = {id: read_cells(source, DATA, LANDING) for id, source in sources.items()}
    understood = {id: source for id, source in sources.items() if source.reaches == "observations"}
    result = harmonise(pl.concat(cells[id] for id in understood), understood, load_registers(DATA))
    outcomes = {name: getattr(result, name) for name in ("observations", "excluded", "unmatched")}
    frame = landing_frame(files, sources, pl.concat(cells.values()), outcomes)
    assert frame.schema == LANDING_FILES.schema
    read = frame.filter(outcome=READ)
    assert (read["cells"] > 0).all()
    assert read["unmatched"].drop_nulls().sum() == 0
    assert read["unaccounted"].drop_nulls().to_list() == [0] * read["unaccounted"].drop_nulls().len()


@with_originals
def test_every_original_is_known_under_another_name(tmp_path: Path, register: dict[str, Source]) -> None:
    by_place = {file.sha256: file.editions for file in survey(LANDING, register, DATA)}
    for number, path in enumerate(
        sorted(path for path in LANDING.rglob("*") if path.suffix != ".zip" and path.is_file())
    ):
        # The quarter of a referral file stands in its folder's name alone.
        folder = tmp_path / path.parent.name if NRM in path.as_posix() or "ho_nrm" in path.as_posix() else tmp_path
        folder.mkdir(exist_ok=True)
        shutil.copyfile(
            path, folder / f"{number}{''.join(path.suffixes[-2:] if path.suffix == '.gz' else [path.suffix])}"
        )
    for file in survey(tmp_path, register, DATA):
        assert [edition.id for edition in file.editions] == [edition.id for edition in by_place[file.sha256]], file.path


def test_the_register_is_as_before_without_a_landing_folder(register: dict[str, Source]) -> None:
    assert with_landing(register, ()) == register
    assert load_source(DATA, ONS) == register[ONS]


def test_what_cannot_be_opened_is_named_and_links_to_folders_are_not_followed(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    folder = tmp_path / "landing"
    put(folder, "tables.xlsx/march.xlsx", pfa_workbook())
    put(folder, "empty.xlsx", b"")
    put(folder, "empty too.csv", b"")
    put(tmp_path / "elsewhere", "june.xlsx", pfa_workbook("March 2019", "June 2019"))
    (folder / "june.xlsx").symlink_to(tmp_path / "elsewhere" / "june.xlsx")
    (folder / "gone.xlsx").symlink_to(tmp_path / "gone.xlsx")
    (folder / "itself.csv").symlink_to("itself.csv")
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (folder / "again").symlink_to(folder)
    # A file that is there, and of which no byte can be read.
    (folder / "memory.csv").symlink_to("/proc/self/mem")
    os.mkfifo(folder / "pipe.csv")
    files = found(folder, register)
    assert {path for path, file in files.items() if file.outcome == READ} == {"tables.xlsx/march.xlsx", "june.xlsx"}
    reasons = {path: str(file.reason) for path, file in files.items() if file.outcome == NOT_RECOGNISED}
    assert {path: reason.partition(";")[0] for path, reason in reasons.items()} == {
        "again": "it is a link to a folder, which is not followed",
        "elsewhere": "it is a link to a folder, which is not followed",
        "empty too.csv": "the file is empty",
        "empty.xlsx": "the file is empty",
        "gone.xlsx": "it cannot be opened (No such file or directory)",
        "itself.csv": "it cannot be opened (Too many levels of symbolic links)",
        "memory.csv": "it cannot be opened (Input/output error)",
        "pipe.csv": "it is no file but a device, pipe or socket",
    }


@pytest.mark.parametrize("name", ["tables.csv", "tables.ods", "tables", "TABLES.XLSX", "tables (1).xlsx"])
def test_the_ending_of_a_name_does_not_matter(name: str, tmp_path: Path, register: dict[str, Source]) -> None:
    put(tmp_path, name, pfa_workbook("March 2019", "June 2019"))
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, [edition.id for edition in file.editions]) == (READ, ["ye-jun-2019"])
    assert read_cells(with_landing(register, [file])[ONS], DATA, tmp_path).filter(edition_id="ye-jun-2019").height > 0


def test_a_damaged_file_of_a_listed_edition_gives_way_to_a_whole_one(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, "half.xlsx", pfa_workbook("Drug offences", "Drug crimes"))
    put(tmp_path, "whole.xlsx", pfa_workbook())
    os.utime(tmp_path / "whole.xlsx", (1, 1))
    files = found(tmp_path, register)
    assert [files[name].outcome for name in ("half.xlsx", "whole.xlsx")] == [REFUSED, READ]
    assert "Drug crimes" in str(files["half.xlsx"].reason)
    assert read_cells(with_landing(register, files.values())[ONS], DATA, tmp_path).height > 0
