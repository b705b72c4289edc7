"""Workbooks as another program opens them, held against the Analysis Function's guidance on accessible spreadsheets."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reports import formats, wording
from reports.datapack.files import books, issued_on
from reports.datapack.sheets import FORCES_NEWEST, Sheet, area_sheets, prepared
from reports.datapack.workbook import workbook
from reports.numbers import ReportData
from reports.products import products
from reports.slices import Slices
from transforms.errors import CountyLinesError
from transforms.harmonise import Registers

pytestmark = pytest.mark.full

NORFOLK, CITY, NORTH_WEST, NATION = "E23000024", "E23000034", "E12000002", "K04000001"
MANCHESTER = "E23000005"
ISSUED = date(2026, 11, 24)
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", '=HYPERLINK("x")', "{=1}", "https://x", "007"]


@pytest.fixture(scope="session")
def content(report_data: ReportData, registers: Registers, lake: dict[str, pl.DataFrame]) -> dict[str, bytes]:
    """Workbooks as bytes by area: a force, one with few residents, one with a gap, a region that lacks a force, and the nation."""
    numbers = prepared(report_data, registers.measures, lake["out/revisions"])
    return {
        area_id: workbook(
            report_data,
            report_data.area(area_id),
            area_sheets(report_data, numbers, registers.measures, lake["out/revisions"], area_id),
            issued_on(report_data.editions),
            "synthetic-id",
        )
        for area_id in (NORFOLK, CITY, MANCHESTER, NORTH_WEST, NATION)
    }


@pytest.fixture(
    scope="module", params=[NORFOLK, CITY, NORTH_WEST, NATION], ids=["force", "few residents", "region", "nation"]
)
def book(request: pytest.FixtureRequest, content: dict[str, bytes]) -> Workbook:
    return opened(content[request.param])


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def tabular(book: Workbook) -> list[Worksheet]:
    """Every sheet but the cover."""
    return book.worksheets[1:]


def table_of(sheet: Worksheet) -> list[list[Any]]:
    """Header row and rows of the one table of a sheet."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def test_it_opens_on_the_cover_and_contents_and_notes_follow(book: Workbook) -> None:
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert book.active.title == "Cover"
    assert book.sheetnames[-1] == "Sources"
    assert {"Coverage", "Revisions"} < set(book.sheetnames)


def test_every_sheet_has_a_title_in_a1_and_one_marked_up_table_at_its_end(book: Workbook) -> None:
    for sheet in tabular(book):
        assert isinstance(sheet["A1"].value, str), sheet.title
        (table,) = sheet.tables.values()
        left, top, right, bottom = range_boundaries(table.ref)
        assert (left, right, bottom) == (1, sheet.max_column, sheet.max_row), sheet.title
        assert top > 1
        assert [column.name for column in table.tableColumns] == [cell.value for cell in sheet[top]]
        assert not table.autoFilter
    names = [name for sheet in tabular(book) for name in sheet.tables]
    assert len(names) == len(set(names))


def test_no_cell_is_merged_and_no_row_column_or_cell_of_a_table_is_blank(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges
        assert all(sheet.cell(row, 1).value not in (None, "") for row in range(1, sheet.max_row + 1)), sheet.title
    for sheet in tabular(book):
        assert not [cell for row in table_of(sheet) for cell in row if cell in (None, "")], sheet.title


def test_the_header_is_one_row_of_different_words(book: Workbook) -> None:
    for sheet in tabular(book):
        header = table_of(sheet)[0]
        assert all(isinstance(name, str) for name in header)
        assert len(header) == len(set(header))


def test_every_letter_is_sans_serif_and_large_enough_and_no_cell_is_coloured(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert (cell.font.name, cell.font.sz >= 12) == ("Arial", True), (sheet.title, cell.coordinate)
                assert cell.fill.fill_type is None
        assert not sheet.conditional_formatting
        assert sheet.freeze_panes is None


def test_contents_lead_to_every_other_sheet_with_its_title_and_number_of_rows(book: Workbook) -> None:
    contents = book["Contents"]
    listed = table_of(contents)[1:]
    assert [row[0] for row in listed] == book.sheetnames[2:]
    for name, title, rows in listed:
        assert book[name]["A1"].value == title
        assert len(table_of(book[name])) - 1 == rows
    assert {link.location for row in contents.iter_rows() for cell in row if (link := cell.hyperlink)} == {
        f"'{name}'!A1" for name in book.sheetnames[2:]
    }


def test_the_cover_says_what_it_is_whom_to_ask_and_when_the_next_comes(book: Workbook, report_data: ReportData) -> None:
    cover = [cell.value for (cell,) in book["Cover"].iter_rows()]
    assert cover[0].startswith("County lines indicators: ")
    parts = dict(zip(cover[1::2], cover[2::2], strict=True))
    assert list(parts) == [
        *(
            "About this workbook",
            "Police force areas in it",
            "Status",
            "Workbook",
            "Contact",
            "Next update",
            "Licence and attribution",
        )
    ]
    assert parts["Status"] == wording.STATUS_LINE
    assert "Recorded crime by police force area, open data: July 2026." in parts["Next update"]
    assert "Open Government Licence v3.0" in parts["Licence and attribution"]
    assert book.properties.created.date() == issued_on(report_data.editions)


def test_the_cover_tells_a_region_from_a_force_of_the_same_name(content: dict[str, bytes]) -> None:
    assert opened(content[NORFOLK])["Cover"]["A5"].value == "Norfolk."
    assert "Greater Manchester" in opened(content[NORTH_WEST])["Cover"]["A5"].value


def test_every_shorthand_in_a_table_is_explained_above_it_and_in_the_notes(book: Workbook) -> None:
    notes = dict(table_of(book["Notes"])[1:])
    assert {f"Shorthand {shorthand}" for shorthand in formats.LEGEND} < set(notes)
    for sheet in tabular(book)[2:]:
        above = " ".join(str(sheet.cell(row, 1).value) for row in range(1, 6))
        rows = table_of(sheet)[1:]
        used = {found for row in rows for cell in row for found in re.findall(r"^(?:\[\w+\])+$", str(cell))}
        for shorthand in {part for found in used for part in re.findall(r"\[\w+\]", found)}:
            assert formats.legend({shorthand}) in above, (sheet.title, shorthand)


def test_the_numbers_are_those_of_the_reports(book: Workbook, report_data: ReportData) -> None:
    known = {row["indicator_id"]: row for row in report_data.indicators.iter_rows(named=True)}
    compared = 0
    for sheet in book.worksheets:
        if not sheet.title.startswith("M"):
            continue
        header, *rows = table_of(sheet)
        for row in rows:
            expected = known[row[header.index("Identifier")]]
            assert expected["is_preferred"]
            shown = [row[5], row[6], row[7], row[8], row[9]]
            held = [expected[name] for name in ("numerator", "value", "lower_95", "upper_95", "denominator_used")]
            for cell, number in zip(shown, held, strict=True):
                assert cell in formats.LEGEND if number is None else cell == pytest.approx(number, rel=1e-14)
            compared += 1
    assert compared > 50


def test_a_count_that_is_missing_says_why_and_is_never_zero(content: dict[str, bytes]) -> None:
    header, *rows = table_of(opened(content[CITY])["M01 drug offences"])
    rates = {row[header.index("Per 1,000 residents")] for row in rows}
    assert rates == {"[low]", "[x]"}
    header, *rows = table_of(opened(content[MANCHESTER])["M01 drug offences"])
    manchester = [row for row in rows if row[2] == "Year ending December 2019"]
    assert [row[5] for row in manchester] == [6251], "recorded in part, and never zero"


def test_a_region_has_all_its_own_periods_and_the_newest_of_each_force(content: dict[str, bytes]) -> None:
    sheet = opened(content[NORTH_WEST])["M06 modern slavery offences"]
    assert FORCES_NEWEST in [sheet.cell(row, 1).value for row in range(1, 6)]
    _, *rows = table_of(sheet)
    own = [row for row in rows if row[1] == NORTH_WEST]
    assert rows[: len(own)] == own, "the region stands first"
    forces = [(row[0], row[3], row[4]) for row in rows[len(own) :]]
    assert {name for name, _, _ in forces} >= {"Cheshire", "Cumbria", "Lancashire", "Merseyside"}
    assert len({last for _, _, last in forces}) == 1
    assert len(forces) == len(set(forces)) < len(own)
    assert FORCES_NEWEST not in [cell.value for (cell,) in opened(content[NORFOLK])["M01 drug offences"]["A1:A5"]]


def test_a_figure_that_was_revised_is_marked_and_both_values_are_listed(content: dict[str, bytes]) -> None:
    norfolk = opened(content[NORFOLK])
    header, *rows = table_of(norfolk["Revisions"])
    changed = [row for row in rows if row[header.index("Change")]]
    assert (1984, 2019, 35) in [(row[4], row[6], row[8]) for row in changed]
    header, *rows = table_of(norfolk["M01 drug offences"])
    assert any("[r]" in (row[header.index("Markers")] or "") for row in rows)


def test_there_is_a_workbook_for_each_report_and_two_runs_give_the_same_bytes(
    report_data: ReportData, lake: dict[str, pl.DataFrame], content: dict[str, bytes]
) -> None:
    area_ids = products.reported(report_data.areas)["area_id"].to_list()
    made = {book.slug: book for book in books(area_ids, Slices(report_data), lake["out/revisions"])}
    assert len(made) == 1 + 10 + 10 + 43
    assert made["norfolk"].write("synthetic-id") == content[NORFOLK]
    assert made["england-and-wales"].write("synthetic-id") == content[NATION]


def hostile_workbook(report_data: ReportData, frame: pl.DataFrame) -> bytes:
    sheet = Sheet("=Hostile", "=1+1 is a title", ("@about",), frame, {})
    return workbook(report_data, report_data.area(NORFOLK), [sheet], ISSUED, "synthetic-id")


def test_a_text_that_looks_like_a_formula_or_an_address_is_a_text(report_data: ReportData) -> None:
    content = hostile_workbook(report_data, pl.DataFrame({"=Header": HOSTILE, "+Other": HOSTILE}))
    sheet = opened(content)["=Hostile"]
    assert table_of(sheet) == [["=Header", "+Other"], *([text, text] for text in map(as_opened, HOSTILE))]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        pages = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert pages
    assert not [page for page in pages if re.search(rb"<f[ >]", page)]


def as_opened(text: str) -> str:
    """The file format writes a carriage return by its number, since XML would turn it into a line feed."""
    return text.replace("\r", "_x000D_")


def test_a_number_or_text_that_is_missing_without_a_shorthand_is_refused(report_data: ReportData) -> None:
    with pytest.raises(CountyLinesError, match="column Text: a text is missing"):
        hostile_workbook(report_data, pl.DataFrame({"Text": ["a", None]}))
    with pytest.raises(CountyLinesError, match="column Number, row 6: a number is missing"):
        hostile_workbook(report_data, pl.DataFrame({"Number": [1.0, None]}))


def test_two_measures_whose_units_have_one_name_have_sheets_of_their_own(
    report_data: ReportData, registers: Registers, lake: dict[str, pl.DataFrame]
) -> None:
    """Synthetic: the referrals once more under another code."""
    again = report_data.indicators.filter(pl.col("measure_id") == "nrm_police_referrals").with_columns(
        pl.lit("M99").alias("measure_code"), ("M99" + pl.col("indicator_id")).alias("indicator_id")
    )
    both = replace(report_data, indicators=pl.concat([report_data.indicators, again]))
    numbers = prepared(both, registers.measures, lake["out/revisions"])
    sheets = area_sheets(both, numbers, registers.measures, lake["out/revisions"], NORFOLK)
    assert {"M08 referrals", "M99 referrals"} < {sheet.name for sheet in sheets}
    assert opened(workbook(both, both.area(NORFOLK), sheets, ISSUED, "synthetic-id")).sheetnames
