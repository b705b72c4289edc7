"""What becomes of the files that a person puts into a landing folder: read, refused, copies, and none changed."""

import gzip
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.incidents.conftest import STOP_HEADER, csv_file, search
from transforms.contracts.tables import LANDING_FILES
from transforms.harmonise import harmonise, load_registers
from transforms.sources.landing import landing_frame, survey, with_landing
from transforms.sources.published import cells_of, editions_held, read_cells
from transforms.sources.recognise import COPY, NOT_RECOGNISED, READ, REFUSED, SET_ASIDE
from transforms.sources.registry import Edition, Source, load_source

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
from .workbooks import DATA, FIXTURES, LANDING, read_sheets, with_error, workbook_bytes

ROLLING = "ho_recorded_crime_rolling"
WELSH = ("dyfed-powys", "gwent", "north-wales", "south-wales")


@pytest.mark.full
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


@pytest.mark.full
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


@pytest.mark.full
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


def test_a_listed_edition_that_cannot_be_read_is_refused_and_its_published_cells_stand(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    listed = next(edition.file for edition in register[ONS].editions if edition.id == "ye-mar-2019")
    put(tmp_path, listed, pfa_workbook("Drug offences", "Drug crimes"))
    files = survey(tmp_path, register, DATA)
    assert [(file.outcome, "Drug crimes" in str(file.reason)) for file in files] == [(REFUSED, True)]
    read = read_cells(with_landing(register, files)[ONS], DATA, tmp_path)
    assert read.equals(read_cells(register[ONS], DATA))


def test_an_original_is_read_before_a_re_save_of_it_wherever_they_lie(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    rows = (FIXTURES / ROLLING / "2019-04.csv").read_text(encoding="utf-8")
    as_published = re.sub(r"^(\d\d)-(\d\d)-(\d{4}),", r"\1/\2/\3,", rows, flags=re.MULTILINE)
    listed = register[ROLLING].editions[0].file
    put(tmp_path, listed, rows.encode())
    put(tmp_path, "from the publisher.csv", as_published.encode())
    files = found(tmp_path, register)
    assert (files["from the publisher.csv"].outcome, files[listed].outcome) == (READ, SET_ASIDE)
    assert "nearer to the publisher's original" in str(files[listed].reason)
    assert files["from the publisher.csv"].editions[0].file_kind == "original"
    cells = read_cells(with_landing(register, files.values())[ROLLING], DATA, tmp_path)
    assert cells["period_text"].str.contains("/").all()


def test_a_file_whose_name_is_no_text_is_named_and_not_read(tmp_path: Path, register: dict[str, Source]) -> None:
    (tmp_path / os.fsdecode(b"m\xe4rz.xlsx")).write_bytes(pfa_workbook())
    (file,) = survey(tmp_path, register, DATA)
    assert (file.path, file.outcome) == ("m\\xe4rz.xlsx", NOT_RECOGNISED)
    assert "its name is not text in UTF-8" in str(file.reason)


def test_a_folder_in_which_nothing_can_be_read_has_a_table_of_its_files_all_the_same(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, "README.md", b"Files of the publisher\n")
    files = survey(tmp_path, register, DATA)
    none = pl.DataFrame(schema=dict.fromkeys(["source_id", "edition_id", "kind", "rule"], pl.String))
    outcomes = dict.fromkeys(("observations", "excluded", "unmatched"), none)
    (row,) = landing_frame(files, register, none, outcomes).to_dicts()
    assert (row["file"], row["outcome"], row["cells"]) == ("README.md", NOT_RECOGNISED, 0)


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


@pytest.mark.full
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


def test_the_register_is_as_before_without_a_landing_folder(register: dict[str, Source]) -> None:
    assert with_landing(register, ()) == register
    assert load_source(DATA, ONS) == register[ONS]


@pytest.mark.full
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


@pytest.mark.full
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


OTHER_FILES = {
    "referrals.rda": (gzip.compress(b"RDX3\nX\n"), "it is a file of R's data (.rda)"),
    "lookup.rds": (gzip.compress(b"X\n\x00\x00\x00\x03"), "it is a file of R's data (.rds)"),
    "crime.sqlite": (b"SQLite format 3\x00", "it is an SQLite database"),
    "table.pdf": (b"%PDF-1.7", "it is a PDF"),
    "table.csv.xz": (b"\xfd7zXZ\x00", "it is a file packed with xz"),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_of_a_format_that_is_not_read_is_called_what_it_is(
    name: str, tmp_path: Path, register: dict[str, Source]
) -> None:
    content, what = OTHER_FILES[name]
    put(tmp_path, name, content)
    (file,) = survey(tmp_path, register, DATA)
    assert file.outcome == NOT_RECOGNISED
    assert str(file.reason).startswith(f"{what}, which is not read here; put the publisher's CSV")


def test_what_a_file_manager_leaves_behind_is_set_aside(tmp_path: Path, register: dict[str, Source]) -> None:
    for name in (".DS_Store", "Thumbs.db", "ons/._march.xlsx", "~$march.xlsx"):
        put(tmp_path, name, b"\x00\x00\x00\x01Bud1")
    put(tmp_path, "documents/.DS_Store", b"")
    assert {file.outcome for file in survey(tmp_path, register, DATA)} == {SET_ASIDE}


def test_a_reason_names_no_folder_of_this_machine(tmp_path: Path, register: dict[str, Source]) -> None:
    """Archives are looked at in copies: two files for one month, a name without its parts, a file that ends too early."""
    line = csv_file(STOP_HEADER, search()).encode()
    month = {
        f"2019-02__2019-02-gwent-stop-and-search{again}_dot_csv": line
        for again in ("", "__2019-02-gwent-stop-and-search")
    }
    put(tmp_path, "twice.zip", zipped(**month))
    put(tmp_path, "unnamed.zip", zipped(**{"2019-02-gwent-stop-and-search_dot_csv": line, "readme_dot_csv": b"a"}))
    whole = zipped(**{"2019-02-gwent-stop-and-search_dot_csv": line})
    put(tmp_path, "damaged.zip", whole.replace(b"drugs", b"drugz", 1))
    reasons = {file.path: str(file.reason) for file in survey(tmp_path, register, DATA)}
    assert {path: reason.partition(",")[0].partition(":")[0] for path, reason in reasons.items()} == {
        "damaged.zip": "damaged.zip",
        "twice.zip": "twice.zip",
        "unnamed.zip": "unnamed.zip",
    }


def test_an_edition_with_an_error_in_a_cell_is_refused_and_the_publisher_is_to_be_asked(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    sheets = read_sheets(FIXTURES / ONS / "ye-mar-2019")
    (name,) = (name for name in sheets if name.strip() == "Table P1")
    row = next(row for row in sheets[name] if "Norfolk" in row)
    cell = f"X{sheets[name].index(row) + 1}"
    last = {other: rows for other, rows in sheets.items() if other != name} | {name: sheets[name]}
    put(tmp_path, "march.xlsx", with_error(workbook_bytes(last), cell))
    (file,) = survey(tmp_path, register, DATA)
    assert file.outcome == REFUSED
    assert f"table {name!r}, cell {cell}: the cell holds an error (#REF!), not a figure; ask the publisher." in str(
        file.reason
    )


FACTORS, POPULATION = "dfe_children_in_need", "dfe_child_population"


@pytest.mark.parametrize(
    ("source_id", "fixture", "editions", "vintage"),
    [
        (FACTORS, "factors.csv", "2026-ye-mar-{}", "2026-10"),
        (POPULATION, "mid-year.csv", "2025-mid-{}", "2026-10"),
    ],
)
def test_the_next_release_of_a_yearly_table_is_an_edition_for_each_year_in_it(
    source_id: str, fixture: str, editions: str, vintage: str, tmp_path: Path, register: dict[str, Source]
) -> None:
    """The last year's rows once more, a year later; a release is named after its last year."""
    newest = int(editions[:4])
    header, *rows = (FIXTURES / source_id / fixture).read_text(encoding="utf-8-sig").splitlines()
    years = sorted({int(row[:4]) for row in rows})
    added = [f"{newest}{row[4:]}" for row in rows if int(row[:4]) == years[-1]]
    put(tmp_path, f"table_2012_to_{newest}.csv", "\n".join([header, *rows, *added]).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert [edition.id for edition in file.editions] == [editions.format(year) for year in (*years, newest)]
    assert {edition.vintage for edition in file.editions} == {vintage}
    known = register[source_id].editions[-1]
    assert known.period_end
    assert file.editions[-1].period_end == known.period_end.replace(year=newest)
    cells = read_cells(with_landing(register, [file])[source_id], DATA, tmp_path)
    last = cells.filter(edition_id=editions.format(newest))
    of_year_before = cells.filter(edition_id=editions.format(years[-1]))
    assert last["value_text"].to_list() == of_year_before["value_text"].to_list()


def test_a_release_that_ends_before_the_year_in_its_name_is_cut_short(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    rows = (FIXTURES / POPULATION / "mid-year.csv").read_text(encoding="utf-8-sig").splitlines()
    put(tmp_path, "estimates_2012_to_2024.csv", "\n".join(row for row in rows if not row.startswith("2024")).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert file.outcome == NOT_RECOGNISED
    assert "its name says that it goes to 2024" in str(file.reason)


def test_the_next_year_of_arrests_is_an_edition_of_its_own_with_its_own_year(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    header, *rows = next((FIXTURES / "ho_arrests").glob("*.csv")).read_text(encoding="utf-8").splitlines()
    added = [row.replace("2017/18", "2018/19").replace("2018-03-31", "2019-03-31") for row in rows if "2017/18" in row]
    put(tmp_path, "series.csv", "\n".join([header, *rows, *added]).encode())
    (file,) = survey(tmp_path, register, DATA)
    assert [(edition.id, edition.vintage) for edition in file.editions] == [("2018-19", "2019-11")]
    cells = read_cells(with_landing(register, [file])["ho_arrests"], DATA, tmp_path).filter(edition_id="2018-19")
    assert cells["period_text"].unique().to_list() == ["2018/19"]
    put(tmp_path, "series.csv", "\n".join([header, *added]).encode())
    (alone,) = survey(tmp_path, register, DATA)
    assert [edition.id for edition in alone.editions] == ["2018-19"]


def test_a_table_of_other_first_responders_is_not_taken_for_the_polices(
    tmp_path: Path, register: dict[str, Source]
) -> None:
    put(tmp_path, "2023-q2/local.csv", QUARTER.read_bytes().replace(b"Police,", b"Local Authority,"))
    put(tmp_path, "2023-q2/police.csv", QUARTER.read_bytes())
    files = found(tmp_path, register)
    told = [files[f"2023-q2/{name}.csv"] for name in ("local", "police")]
    assert [file.outcome for file in told] == [REFUSED, READ]
    assert [file.source_id for file in told] == ["ho_nrm_first_responders", NRM]
    assert "the first responder type 'Local Authority' has no total" in str(told[0].reason)
