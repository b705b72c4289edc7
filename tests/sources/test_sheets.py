"""Large workbooks in batches: the same grid from ODS and XLSX, repeats unfolded, texts kept, memory flat."""

import io
import tracemalloc
from collections.abc import Callable

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import LayoutError
from transforms.sources.grid import workbook_grids
from transforms.sources.registry import Edition
from transforms.sources.sheets import sheet_batches

from .open_documents import document_bytes, ods_bytes
from .workbooks import Sheets, with_error, workbook_bytes

Build = Callable[[Sheets], bytes]
EDITION = Edition("ho_crime_outcomes", "ye-mar-2026", "synthetic", "outcomes.ods", "original", "2026-07")


def read(content: bytes, sheets: str = ".*", rows: int = 100) -> list[tuple[str, pl.DataFrame]]:
    return list(sheet_batches(content, EDITION, sheets, rows))


SHEETS = {
    "Notes": [["Notes on the data"]],
    "2024_25": [
        ["", ""],
        ["", "Force", "", "Code", "Count"],
        ["", "Norfolk", "", "4.1x", "12"],
        [],
        ["", "Kent", "", "92A", "-3"],
    ],
    "2025_26": [["Force"], ["Essex"]],
}


@pytest.mark.parametrize("build", [workbook_bytes, ods_bytes])
def test_rows_and_columns_stand_where_a_spreadsheet_shows_them(build: Build) -> None:
    ((sheet, grid),) = read(build(SHEETS), r"2024_25")
    assert sheet == "2024_25"
    assert grid.columns == ["row", "A", "B", "C", "D", "E"]
    assert grid.rows() == [
        (2, None, "Force", None, "Code", "Count"),
        (3, None, "Norfolk", None, "4.1x", "12"),
        (5, None, "Kent", None, "92A", "-3"),
    ]


@pytest.mark.parametrize("build", [workbook_bytes, ods_bytes])
def test_sheets_come_in_the_files_order_and_rows_in_batches(build: Build) -> None:
    batches = read(build(SHEETS), r"\d{4}_\d{2}", rows=2)
    assert [(sheet, grid["row"].to_list()) for sheet, grid in batches] == [
        ("2024_25", [2, 3]),
        ("2024_25", [5]),
        ("2025_26", [1, 2]),
    ]


def test_a_sheet_left_half_read_does_not_spoil_the_next() -> None:
    first = {}
    for sheet, grid in sheet_batches(ods_bytes(SHEETS), EDITION, r"\d{4}_\d{2}", 1):
        first.setdefault(sheet, grid.row(0))
    assert first == {"2024_25": (2, None, "Force", None, "Code", "Count"), "2025_26": (1, "Force")}


def test_codes_that_are_text_stay_text() -> None:
    content = ods_bytes({"s": [["4.1", "4.10", "106", "8N", "007"]]}, as_text=r"\d+")
    assert read(content)[0][1].row(0) == (1, "4.1", "4.10", "106", "8N", "007")


def test_repeats_notes_and_line_breaks_of_an_open_document() -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'.format
    note = "<office:annotation><text:p>a comment</text:p></office:annotation>"
    body = (
        '<table:table table:name="s"><table:table-row table:number-rows-repeated="2">'
        + cell("", "Gwent")
        + '<table:covered-table-cell table:number-columns-repeated="2"/>'
        + cell(' table:number-columns-repeated="2"', 'a<text:s text:c="2"/>b<text:line-break/>c')
        + f'<table:table-cell office:value-type="float" office:value="4.0">{note}<text:p>4</text:p></table:table-cell>'
        + f'<table:table-cell office:value-type="string">{note}<text:p>one</text:p><text:p>two</text:p></table:table-cell>'
        + '<table:table-cell office:value-type="percentage" office:value="0.125"><text:p>13%</text:p></table:table-cell>'
        + "</table:table-row></table:table>"
    )
    values = ("Gwent", None, None, "a  b\nc", "a  b\nc", "4", "one\ntwo", "0.125")
    assert read(document_bytes(body))[0][1].rows() == [(1, *values), (2, *values)]


# Each way in which a cell can be stored, as the XML of an open document, with what it says.
STORED = {
    '<table:table-cell office:value-type="string"><text:p>Avon and<text:line-break/>Somerset</text:p></table:table-cell>': "Avon and\nSomerset",
    '<table:table-cell office:value-type="string"><text:p>Dyfed</text:p><text:p>Powys</text:p></table:table-cell>': "Dyfed\nPowys",
    '<table:table-cell office:value-type="string"><text:p>Kent<text:tab/>7</text:p></table:table-cell>': "Kent\t7",
    "<table:table-cell><text:p>without a type</text:p></table:table-cell>": "without a type",
    '<table:table-cell office:value-type="date" office:date-value="2018-09-30"><text:p>30/09/18</text:p></table:table-cell>': "2018-09-30 00:00:00",
    '<table:table-cell office:value-type="date" office:date-value="2018-09-30T00:00:00"/>': "2018-09-30 00:00:00",
    '<table:table-cell office:value-type="date" office:date-value="2018-09-30T14:30:00"/>': "2018-09-30 14:30:00",
    '<table:table-cell office:value-type="float" office:value="12345678901234567"/>': "12345678901234567",
    '<table:table-cell office:value-type="float" office:value="-12345678901234567"/>': "-12345678901234567",
    '<table:table-cell office:value-type="float" office:value="1E3"/>': "1000",
    '<table:table-cell office:value-type="float" office:value="4.0999999999999996"/>': "4.1",
    '<table:table-cell office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell>': "#DIV/0!",
    '<table:table-cell office:value-type="string" office:string-value=""><text:p>#REF!</text:p></table:table-cell>': "#REF!",
    '<table:table-cell office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell>': "0",
}


def test_both_readers_of_an_open_document_give_a_cell_one_meaning() -> None:
    content = document_bytes(
        f'<table:table table:name="s"><table:table-row>{"".join(STORED)}</table:table-row></table:table>'
    )
    expected = tuple(STORED.values())
    ((_, batch),) = read(content)
    grid = workbook_grids(content, EDITION)["s"]
    assert (batch.row(0)[1:], grid.row(0)[1:]) == (expected, expected)


def test_both_readers_of_an_xlsx_workbook_tell_an_error_from_a_blank() -> None:
    content = with_error(
        workbook_bytes({"Notes": [["Notes"]], "Table P1": [["Norfolk", "12", "7"], ["Kent", "3"]]}), "B1"
    )
    ((_, batch),) = read(content, "Table P1")
    grid = workbook_grids(content, EDITION, ["Table P1"])["Table P1"]
    assert [frame.rows() for frame in (batch, grid)] == [
        [(1, "Norfolk", "#REF!", "7"), (2, "Kent", "3", None)],
        [(1, "Norfolk", "#REF!", "7"), (2, "Kent", "3", None)],
    ]


def test_what_is_left_behind_a_merged_cell_is_no_label_and_no_figure() -> None:
    typed = '<{0} office:value-type="float" office:value="{1}"/>'.format
    document = document_bytes(
        '<table:table table:name="s"><table:table-row>'
        + typed('table:table-cell table:number-columns-spanned="2"', 12).replace("/>", "></table:table-cell>")
        + typed("table:covered-table-cell", 34)
        + typed("table:table-cell", 56)
        + "</table:table-row></table:table>"
    )
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet("s")
        sheet.merge_range("A1:B2", 12)
        for cell in ("B1", "A2", "B2"):
            sheet.write(cell, 34)
        sheet.write("C1", 56)
        sheet.write("C2", 78)
    first = (1, "12", None, "56")
    assert workbook_grids(document, EDITION)["s"].rows() == [first]
    assert workbook_grids(book.getvalue(), EDITION)["s"].rows() == [first, (2, None, None, "78")]


def test_lines_of_a_cell_are_parted_by_line_feeds_in_a_workbook_written_on_windows() -> None:
    content = workbook_bytes({"s": [["Avon and\r\nSomerset", "Dyfed\rPowys"]]})
    assert read(content)[0][1].row(0) == (1, "Avon and\nSomerset", "Dyfed\nPowys")


@pytest.mark.full
@given(st.lists(st.lists(st.sampled_from(["", "92A", "7", "Dyfed-Powys", "a & <b>"]), max_size=4), max_size=8))
def test_both_formats_give_the_same_grid(rows: list[list[str]]) -> None:
    sheets = {"s": rows}
    both = [[grid.rows() for _, grid in read(build(sheets), rows=3)] for build in (workbook_bytes, ods_bytes)]
    width = max((len(row) for batch in both[0] for row in batch), default=0)

    def padded(batches: list[list[tuple[object, ...]]]) -> list[tuple[object, ...]]:
        return [row + (None,) * (width - len(row)) for batch in batches for row in batch]

    assert padded(both[0]) == padded(both[1])


@pytest.mark.parametrize("build", [workbook_bytes, ods_bytes])
def test_a_workbook_without_the_sheet_is_refused(build: Build) -> None:
    with pytest.raises(
        LayoutError, match=r"ho_crime_outcomes ye-mar-2026, table '2019-20': .* no sheet .* 'Notes', '2024_25'"
    ):
        read(build(SHEETS), "2019-20")


@pytest.mark.parametrize("build", [workbook_bytes, ods_bytes])
def test_a_workbook_cut_short_is_to_be_fetched_again(build: Build) -> None:
    content = build(SHEETS)
    with pytest.raises(LayoutError, match=r"ye-mar-2026: the file outcomes\.ods cannot be read"):
        read(content[: len(content) // 2])


def test_an_open_document_whose_xml_ends_early_is_to_be_fetched_again() -> None:
    with pytest.raises(LayoutError, match="cannot be read"):
        read(document_bytes('<table:table table:name="s"><table:table-row>'))


@pytest.mark.full
def test_memory_does_not_grow_with_an_open_document() -> None:
    def peak(rows: int) -> int:
        content = ods_bytes(
            {"s": [["Norfolk", str(number), "Trafficking in controlled drugs"] for number in range(rows)]}
        )
        tracemalloc.start()
        assert sum(grid.height for _, grid in sheet_batches(content, EDITION, "s", 200)) == rows
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak(16_000) < 1.3 * peak(4_000)
