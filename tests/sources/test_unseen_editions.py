"""Editions that nobody has described: synthetic workbooks that drift from the known ones as publishers' do, read by their labels or refused with the cell."""

import io
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from transforms.harmonise import harmonise, load_registers
from transforms.sources.landing import survey, with_landing
from transforms.sources.ons_pfa_tables import edition_in
from transforms.sources.published import parse_edition, read_cells
from transforms.sources.recognise import NOT_RECOGNISED, READ, REFUSED, LandingFile
from transforms.sources.registry import Source, load_sources

from .open_documents import ods_bytes
from .test_ho_nrm_tables import OTHER
from .test_ho_nrm_tables import ROWS as NRM_ROWS
from .test_home_office_open_data import CRIME, OUTCOMES, PARTNERSHIPS, SUBCODES, sheets_of
from .workbooks import DATA, FIXTURES, Sheets, read_sheets, workbook_bytes

pytestmark = pytest.mark.full

ONS, NRM = "ons_pfa_tables", "ho_nrm_tables"
KNOWN = read_sheets(FIXTURES / ONS / "ye-mar-2019")
# Labels and values of a figure without the place where it stands.
FIGURE = ["table", "area_code_text", "area_text", "measure_text", "value_text"]


@pytest.fixture(scope="module")
def register() -> dict[str, Source]:
    return load_sources(DATA)


def of_period(sheets: Sheets, period: str) -> Sheets:
    return {
        name: [[text.replace("March 2019", period) for text in row] for row in rows] for name, rows in sheets.items()
    }


def every_text(pattern: str, replacement: str) -> Callable[[Sheets], Sheets]:
    return lambda sheets: {
        name: [[re.sub(pattern, replacement, text) for text in row] for row in rows] for name, rows in sheets.items()
    }


def header_a_row_lower(sheets: Sheets) -> Sheets:
    return {
        name: [*rows[:2], ["This worksheet contains one table"], *rows[2:]] if name.startswith("Table P") else rows
        for name, rows in sheets.items()
    }


def blanks_after_sheet_names(sheets: Sheets) -> Sheets:
    return {f"{name.strip()}  ": rows for name, rows in sheets.items()}


def more_sheets(sheets: Sheets) -> Sheets:
    return {"Cover_sheet": [["Synthetic cover"]], **sheets, "Table P9": [["Table P9: Synthetic"]]}


def a_notice_of_correction_first(sheets: Sheets) -> Sheets:
    """What the workbooks of June and September 2018 got when they were published again: every other sheet one place further."""
    return {
        "Correction": [["Correction"], ["Synthetic: a label was wrong"], ["Published on 6th February 2019"]],
        **sheets,
    }


def fewer_sheets(sheets: Sheets) -> Sheets:
    return {name: rows for name, rows in sheets.items() if name.startswith(("Table P1", "Table P3"))}


def a_new_offence_group(sheets: Sheets) -> Sheets:
    """A column that no edition has, at the right of the counts."""
    return {
        name: [[*row, "Synthetic offences" if row[:1] == ["Area Code"] else ""] for row in rows]
        if name.startswith("Table P1")
        else rows
        for name, rows in sheets.items()
    }


@pytest.mark.parametrize("period", ["June 2018", "September 2018", "June 2019", "March 2020"])
@pytest.mark.parametrize(
    "drift",
    [
        header_a_row_lower,
        blanks_after_sheet_names,
        more_sheets,
        fewer_sheets,
        a_notice_of_correction_first,
        every_text(r"year ending March 2019(?=1,2$)", "year ending  March 2019"),
        every_text(r"\(mid-2017\)", "(mid-2016)"),
        every_text(r"(?<=excluding fraud)\d", "11,12"),
        every_text(r"(?<=March 2019)1,2$", "7,8"),
    ],
    ids=lambda drift: getattr(drift, "__name__", "function"),
)
def test_an_ons_workbook_that_drifts_is_read_as_its_labels_say(
    period: str, drift: Callable[[Sheets], Sheets], register: dict[str, Source], tmp_path: Path
) -> None:
    (tmp_path / "download.xlsx").write_bytes(workbook_bytes(of_period(drift(KNOWN), period)))
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id) == (READ, ONS)
    (edition,) = file.editions
    assert f"{edition.period_end:%B %Y}" == period
    cells = parse_edition(register[ONS], edition, (tmp_path / "download.xlsx").read_bytes(), DATA).cells
    by_rows = parse_edition(register[ONS], register[ONS].editions[2], workbook_bytes(KNOWN), DATA).cells
    assert figures(cells) == figures(by_rows)


def test_the_city_of_london_is_known_by_either_name_that_editions_print(
    register: dict[str, Source], tmp_path: Path
) -> None:
    turned = every_text(r"^City of London(?=\d|$)", "London, City of")(KNOWN)
    (tmp_path / "download.xlsx").write_bytes(workbook_bytes(of_period(turned, "June 2019")))
    (file,) = survey(tmp_path, register, DATA)
    source = with_landing(register, [file])[ONS]
    (edition,) = file.editions
    cells = parse_edition(source, edition, (tmp_path / "download.xlsx").read_bytes(), DATA).cells
    assert cells.filter(pl.col("area_text").str.starts_with("London, City of")).height > 0
    understood = harmonise(cells, {ONS: source}, load_registers(DATA), settled=())
    assert "E23000034" in understood.observations["area_id"]


def test_a_month_in_small_letters_is_a_month(register: dict[str, Source], tmp_path: Path) -> None:
    """As a published title of 2018 had it."""
    (tmp_path / "download.xlsx").write_bytes(workbook_bytes(of_period(KNOWN, "june 2018")))
    (file,) = survey(tmp_path, register, DATA)
    assert [edition.id for edition in file.editions] == ["ye-jun-2018"]


def figures(cells: pl.DataFrame) -> list[tuple[str | None, ...]]:
    """What the figures say; sheet names, footnote marks and mid-years are what drifts."""
    plain = cells.filter(kind="figure").with_columns(
        pl.col("table").str.strip_chars(), pl.col("measure_text").str.replace_all(r"\d+", "")
    )
    return plain.select(FIGURE).rows()


def test_a_column_that_no_edition_has_announces_itself(register: dict[str, Source], tmp_path: Path) -> None:
    (tmp_path / "download.xlsx").write_bytes(workbook_bytes(of_period(a_new_offence_group(KNOWN), "June 2018")))
    (file,) = survey(tmp_path, register, DATA)
    assert (file.outcome, file.source_id, file.editions) == (REFUSED, ONS, ())
    assert "the label 'Synthetic offences' is in no known edition" in str(file.reason)


@pytest.mark.parametrize(
    ("path", "title", "edition_id", "end", "vintage"),
    [
        ("2023-q4/tables.ods", "Table 13: Synthetic, by police first responder", "2023-q4", date(2023, 12, 31), "2024-03"),
        (
            "national-referral-mechanism-statistics-uk-quarter-2-2022-april-to-june-tables.ods",
            "Table 12: Synthetic, by first responder (Police)",
            "2022-q2",
            date(2022, 6, 30),
            "2022-08",
        ),
        ("a.ods", "Synthetic by police first responder, Quarter 3 2021", "2021-q3", date(2021, 9, 30), "2021-11"),
        ("a.ods", "Synthetic by police first responder, January to March 2024", "2024-q1", date(2024, 3, 31), "2024-05"),
    ],
)  # fmt: skip
def test_a_referral_workbook_says_its_quarter_in_its_title_or_its_path(
    path: str, title: str, edition_id: str, end: date, vintage: str, register: dict[str, Source], tmp_path: Path
) -> None:
    total = [["Total", "", "", "", "3", "10", "13"], ["", "Labour", "", "", "3", "10", "13"]]
    content = ods_bytes({**OTHER, "Table_14 ": [[title], *NRM_ROWS[1:], *total]})
    (file,) = landed(tmp_path, register, {path: content})
    assert (file.outcome, file.source_id) == (READ, NRM)
    (edition,) = file.editions
    assert (edition.id, edition.period_end, edition.vintage) == (f"{edition_id}-tables", end, vintage)
    source = with_landing(register, [file])[NRM]
    cells = read_cells(source, DATA, tmp_path)
    assert cells.filter(pl.col("breakdown_text").is_null())["value_text"].to_list() == ["12", "1", "13"]
    understood = harmonise(cells, {NRM: source}, load_registers(DATA), settled=())
    assert understood.unmatched.is_empty()
    referrals = understood.observations.filter(measure_id="nrm_police_referrals")
    assert sorted(referrals.select("area_id", "period_end", "value").rows()) == [
        ("E23000024", end, 12),
        ("NRM-POLICE-TOTAL", end, 13),
        ("TARIAN", end, 1),
    ]


def landed(folder: Path, register: Mapping[str, Source], files: Mapping[str, bytes]) -> tuple[LandingFile, ...]:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return survey(folder, register, DATA)


def test_a_referral_workbook_without_a_quarter_is_refused_with_what_to_do(
    register: dict[str, Source], tmp_path: Path
) -> None:
    (file,) = landed(tmp_path, register, {"tables.ods": ods_bytes({"Table_13": NRM_ROWS})})
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, NRM)
    assert "neither the table's title nor its path says of which quarter" in str(file.reason)


def test_reports_under_the_duty_to_notify_are_not_taken_for_referrals(
    register: dict[str, Source], tmp_path: Path
) -> None:
    duty = [["Table 41: Synthetic duty to notify reports by police first responder"], *NRM_ROWS[1:]]
    (file,) = landed(tmp_path, register, {"2023-q4/t.ods": ods_bytes({"Table_13": NRM_ROWS, "Table_41": duty})})
    cells = parse_edition(register[NRM], file.editions[0], (tmp_path / file.path).read_bytes(), DATA).cells
    assert cells["table"].unique().to_list() == ["Table_13"]


@pytest.mark.parametrize(
    ("name", "source_id", "vintage"),
    [
        ("prc-pfa-mar2013-onwards-tables-230726.ods", CRIME, "2026-07"),
        ("prc-csp-mar2021-jun2026-tables-221026.ods", PARTNERSHIPS, "2026-10"),
        ("prc-outcomes-open-data-mar2026-tables-230726.xlsx", OUTCOMES, "2026-07"),
        ("prc-subcodes-drug-offences-mar2021-to-mar2026.ods", SUBCODES, "2026-07"),
    ],
)
def test_open_data_of_any_quarter_is_read_as_its_header_says_and_dated_by_its_name(
    name: str, source_id: str, vintage: str, register: dict[str, Source], tmp_path: Path
) -> None:
    build = workbook_bytes if name.endswith(".xlsx") else ods_bytes
    (file,) = landed(tmp_path, register, {name: build(sheets_of(source_id))})
    assert (file.outcome, file.source_id) == (READ, source_id)
    (edition,) = file.editions
    assert (edition.id, edition.vintage) == (Path(name).stem, vintage)
    assert read_cells(with_landing(register, [file])[source_id], DATA, tmp_path).height > 0


def test_the_older_header_and_sheet_names_of_recorded_crime_need_no_layout_row(
    register: dict[str, Source], tmp_path: Path
) -> None:
    (header, *rows) = sheets_of(CRIME)["2024_25"]
    older = [[*header[:-1], "Offence Count"], *(["2019-20", f"Q{row[1]}", *row[2:]] for row in rows)]
    name = "prc-pfa-mar2013-onwards-tables-191023.ods"
    (file,) = landed(tmp_path, register, {name: ods_bytes({"Notes": [["Notes"]], "2019-20": older})})
    cells = read_cells(with_landing(register, [file])[CRIME], DATA, tmp_path)
    assert "2019-20 | Q1" in cells["period_text"].to_list()
    assert file.editions[0].vintage == "2023-10"


def test_open_data_that_was_saved_again_and_downloaded_twice_is_the_same_edition(
    register: dict[str, Source], tmp_path: Path
) -> None:
    """Programs other than Excel write texts into the sheets; browsers add a number to the name."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as workbook:
        for name, rows in sheets_of(OUTCOMES).items():
            sheet = workbook.add_worksheet(name)
            for row, values in enumerate(rows):
                sheet.write_row(row, 0, values)
    assert b"sharedStrings" not in content.getvalue()
    name = "prc-outcomes-open-data-mar2026-tables-230726"
    (file,) = landed(tmp_path, register, {f"{name} (2).xlsx": content.getvalue()})
    assert (file.outcome, file.source_id) == (READ, OUTCOMES)
    assert [(edition.id, edition.vintage) for edition in file.editions] == [(name, "2026-07")]


def test_a_symbol_right_across_a_row_does_not_stop_an_edition_that_nobody_described(
    register: dict[str, Source], tmp_path: Path
) -> None:
    """Greater Manchester in the workbooks of 2019 and 2020: no figures, and the symbol for that in the blank column too."""
    turned = every_text("December 2019", "June 2019")(read_sheets(FIXTURES / ONS / "ye-dec-2019"))
    assert ".." in {row[22] for row in turned["Table P1"] if len(row) > 22}
    (file,) = landed(tmp_path, register, {"download.xlsx": workbook_bytes(turned)})
    assert (file.outcome, [edition.id for edition in file.editions]) == (READ, ["ye-jun-2019"])
    cells = read_cells(with_landing(register, [file])[ONS], DATA, tmp_path).filter(edition_id="ye-jun-2019")
    assert ".." in cells.filter(pl.col("area_text").str.starts_with("Greater Manchester"))["value_text"].to_list()


def test_open_data_under_a_name_without_a_date_is_refused_with_what_to_do(
    register: dict[str, Source], tmp_path: Path
) -> None:
    (file,) = landed(tmp_path, register, {"crime.ods": ods_bytes(sheets_of(CRIME))})
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, CRIME)
    assert "its name has neither the day of publication nor the last month" in str(file.reason)


def test_a_workbook_that_one_reader_cannot_open_does_not_stop_the_survey(
    register: dict[str, Source], tmp_path: Path
) -> None:
    files = landed(tmp_path, register, {"odd.ods": ods_bytes({"Sheet1": [["nothing known"]]}), "b.csv": b"a,b\n1,2\n"})
    assert [file.outcome for file in files] == [NOT_RECOGNISED, NOT_RECOGNISED]
    assert all(file.reason for file in files)


@pytest.mark.parametrize("build", [workbook_bytes, ods_bytes])
def test_a_workbook_of_no_source_is_not_taken_for_a_damaged_one(
    build: Callable[[Sheets], bytes], register: dict[str, Source], tmp_path: Path
) -> None:
    sheets = {"Synthetic": [["Financial Quarter", "Offence Code", "Alternate outcome"], ["1", "92A", "1A"]]}
    (file,) = landed(tmp_path, register, {"tables": build(sheets)})
    assert (file.outcome, file.source_id) == (NOT_RECOGNISED, None)
    assert str(file.reason).startswith("no source has a table with these columns")


def test_a_new_column_of_open_data_announces_itself(register: dict[str, Source], tmp_path: Path) -> None:
    sheets = {
        name: [[*row, "Cyber flag" if row[0] == "Financial Year" else "No"] for row in rows]
        for name, rows in sheets_of(OUTCOMES).items()
    }
    (file,) = landed(tmp_path, register, {"prc-outcomes-open-data-mar2026-tables-230726.xlsx": workbook_bytes(sheets)})
    assert file.outcome == NOT_RECOGNISED
    assert str(file.reason).startswith(
        f"it is like a table of {OUTCOMES}, but its columns differ (new: 'Cyber flag'); look at the file"
    )


def test_december_2024_is_added_by_rows_only(register: dict[str, Source], tmp_path: Path) -> None:
    """The year ending December 2024, out of the layouts and the register and put back by rows; read by its labels in between."""
    code = [path.read_text(encoding="utf-8") for path in (DATA.parent / "transforms").rglob("*.py")]
    assert not [text for text in code if "ye-dec-2024" in text or "December 2024" in text]
    for folder in ("sources", "layouts", "registers"):
        shutil.copytree(DATA / folder, tmp_path / folder)
    rows = tmp_path / "layouts" / f"{ONS}.csv"
    columns = tmp_path / "layouts" / f"{ONS}_columns.csv"
    kept = {path: path.read_text(encoding="utf-8") for path in (rows, columns)}
    entry = re.search(
        r'\[\[edition\]\]\nid = "ye-dec-2024"\n(?:.+\n)+', (tmp_path / "sources" / f"{ONS}.toml").read_text()
    )
    assert entry
    added = (
        rows_with(kept[rows], "ye-dec-2024,"),
        rows_with(kept[columns], "counts_2024,", "rates_population_mid_2023,"),
    )
    without(rows, added[0])
    without(columns, added[1])
    toml = tmp_path / "sources" / f"{ONS}.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(entry[0], ""), encoding="utf-8")
    content = workbook_bytes(read_sheets(FIXTURES / ONS / "ye-dec-2024"))
    before = load_sources(tmp_path)[ONS]
    assert "ye-dec-2024" not in [edition.id for edition in before.editions]
    unlisted = edition_in(content, before, "x.xlsx", tmp_path)
    assert unlisted
    known = next(each for each in register[ONS].editions if each.id == "ye-dec-2024")
    wanted = parse_edition(register[ONS], known, content, DATA).cells
    assert parse_edition(before, unlisted, content, tmp_path).cells.equals(wanted)
    for path, lines in zip((rows, columns), added, strict=True):
        path.write_text(path.read_text(encoding="utf-8") + "".join(lines), encoding="utf-8")
    with toml.open("a", encoding="utf-8") as file:
        file.write("\n" + entry[0])
    after = load_sources(tmp_path)[ONS]
    edition = next(each for each in after.editions if each.id == "ye-dec-2024")
    assert parse_edition(after, edition, content, tmp_path).cells.equals(wanted)


def rows_with(text: str, *starts: str) -> list[str]:
    return [line for line in text.splitlines(keepends=True) if line.startswith(starts)]


def without(path: Path, lines: list[str]) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text("".join(line for line in text.splitlines(keepends=True) if line not in lines), encoding="utf-8")
