"""ONS police force area tables: synthetic cuts of the workbooks with the originals' warts, and each way a layout can break."""

import dataclasses
from datetime import date

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ons_pfa_tables import parse
from transforms.sources.registry import Edition, load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, Sheets, one, read_sheets, row_of, workbook_bytes

FOLDER = FIXTURES / "ons_pfa_tables"
WORKBOOKS = ("ye-mar-2019", "ye-dec-2019", "ye-dec-2024")


def edition(edition_id: str) -> Edition:
    return next(each for each in load_source(DATA, "ons_pfa_tables").editions if each.id == edition_id)


def sheets_of(edition_id: str) -> Sheets:
    return read_sheets(FOLDER / edition_id)


def parsed(edition_id: str, sheets: Sheets | None = None) -> Parsed:
    return parse(workbook_bytes(sheets or sheets_of(edition_id)), edition(edition_id), DATA)


@pytest.mark.parametrize("edition_id", WORKBOOKS)
def test_every_row_of_a_workbook_is_a_cell_or_left_out_with_a_reason(edition_id: str) -> None:
    assert_nothing_lost(parsed(edition_id), "ons_pfa_tables")


def test_sheets_are_found_by_name_though_a_correction_sheet_comes_first() -> None:
    assert next(iter(sheets_of("ye-mar-2019"))) == "Correction"
    assert parsed("ye-mar-2019").cells["table"].unique().sort().to_list() == ["Table P1 ", "Table P3 "]


def test_two_level_header_leads_to_drug_offences_and_population() -> None:
    cells = parsed("ye-mar-2019").cells.filter(pl.col("area_text") == "Norfolk")
    rows = sheets_of("ye-mar-2019")
    counts, rates = (
        rows["Table P1 "][row_of(rows["Table P1 "], "Norfolk")],
        rows["Table P3 "][row_of(rows["Table P3 "], "Norfolk")],
    )
    assert cells.select("table", "measure_text", "value_text").rows() == [
        ("Table P1 ", "Drug offences", counts[23]),
        ("Table P3 ", "Population figures\n (mid-2017)3  rounded to 100", rates[2]),
        ("Table P3 ", "Drug offences", rates[27]),
    ]


def test_a_cell_reference_is_what_a_spreadsheet_shows() -> None:
    cells = parsed("ye-mar-2019").cells
    row = row_of(sheets_of("ye-mar-2019")["Table P1 "], "Norfolk") + 1
    assert one(cells, table="Table P1 ", area_text="Norfolk")["cell"] == f"X{row}"


@pytest.mark.parametrize(
    ("edition_id", "period"),
    [("ye-mar-2019", "March 20191,2"), ("ye-dec-2019", "December 20191,2"), ("ye-dec-2024", "December 2024 [note 1]")],
)
def test_the_period_is_what_the_title_says_marks_included(edition_id: str, period: str) -> None:
    figures = parsed(edition_id).cells.filter(pl.col("kind") == "figure")
    assert figures["period_text"].unique().to_list() == [period]


def test_a_title_with_a_two_digit_year_and_marks_is_understood() -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "][0][0] = sheets["Table P1 "][0][0].replace("March 20191,2", "March 191,2,3")
    assert (
        one(parsed("ye-mar-2019", sheets).cells, table="Table P1 ", area_text="Norfolk")["period_text"]
        == "March 191,2,3"
    )


@pytest.mark.parametrize(
    "wrong", ["March 20181,2", "June 20191,2", "March 181,2", "March 2019 to date", "March 2091,2"]
)
def test_a_title_of_another_period_is_refused(wrong: str) -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "][0][0] = sheets["Table P1 "][0][0].replace("March 20191,2", wrong)
    with pytest.raises(
        LayoutError, match=r"ye-mar-2019, table 'Table P1 ', cell A1: the title's period .* year ending March 2019"
    ):
        parsed("ye-mar-2019", sheets)


def test_a_four_digit_year_is_never_read_as_two_digits_and_a_mark() -> None:
    later = dataclasses.replace(edition("ye-mar-2019"), period_end=date(2020, 3, 31))
    with pytest.raises(LayoutError, match="year ending March 2020"):
        parse(workbook_bytes(sheets_of("ye-mar-2019")), later, DATA)


def test_a_whole_force_without_data_stays_as_two_dots() -> None:
    cells = parsed("ye-dec-2019").cells.filter(pl.col("area_code_text") == "E23000005")
    assert cells.select("area_text", "value_text").rows() == [
        ("Greater Manchester8,9", ".."),
        ("Greater Manchester10,11", ".."),
        ("Greater Manchester10,11", ".."),
    ]


@pytest.mark.parametrize(
    ("edition_id", "name", "symbol"),
    [("ye-mar-2019", "City of London11", "+"), ("ye-dec-2024", "City of London", "[u1]")],
)
def test_a_suppressed_rate_stays_a_symbol(edition_id: str, name: str, symbol: str) -> None:
    rates = parsed(edition_id).cells.filter(pl.col("table").str.contains("P3"))
    assert one(rates, area_text=name, measure_text="Drug offences")["value_text"] == symbol


def test_marks_blanks_and_wrong_names_stay_as_printed() -> None:
    march, december = parsed("ye-mar-2019").cells, parsed("ye-dec-2024").cells
    assert one(march, table="Table P1 ", area_code_text="E12000006")["area_text"] == "East Midlands"
    assert one(march, table="Table P1 ", area_code_text="E12000005")["area_text"] == "West Midlands "
    assert one(december, table="Table P1", area_code_text="E23000021")["area_text"] == "Leicestershire [note 4]"


@pytest.mark.parametrize("edition_id", WORKBOOKS)
def test_british_transport_police_has_no_code(edition_id: str) -> None:
    bodies = parsed(edition_id).cells.filter(pl.col("kind") == "figure", pl.col("area_code_text").is_null())
    assert bodies["area_text"].to_list() == ["British Transport Police"]


def test_whole_numbers_lose_their_point_and_rates_keep_every_digit() -> None:
    sheets = sheets_of("ye-mar-2019")
    row = row_of(sheets["Table P3 "], "Norfolk")
    sheets["Table P3 "][row][2], sheets["Table P3 "][row][27] = "898400.0", "2.578467006198613"
    texts = parsed("ye-mar-2019", sheets).cells.filter(pl.col("table") == "Table P3 ", pl.col("area_text") == "Norfolk")
    assert texts["value_text"].to_list() == ["898400", "2.578467006198613"]


def test_footnotes_below_a_table_are_found_by_table_and_mark() -> None:
    notes = parsed("ye-mar-2019").cells.filter(pl.col("kind") == "note")
    note = one(notes, table="Table P1 ", measure_text="12")
    rows = sheets_of("ye-mar-2019")["Table P1 "]
    assert note["value_text"] == "12.  Synthetic footnote with two blanks after its number."
    assert note["cell"] == f"A{row_of(rows, note['value_text'], 0) + 1}"
    assert notes.filter(pl.col("table") == "Table P3 ")["measure_text"].to_list() == ["1", "2", "11"]


def test_footnotes_on_a_sheet_of_notes_belong_to_the_tables_of_their_heading() -> None:
    notes = parsed("ye-dec-2024").cells.filter(pl.col("kind") == "note")
    for table in ("Table P1", "Table P3"):
        assert notes.filter(pl.col("table") == table)["measure_text"].to_list() == [
            "note 1",
            "note 3",
            "note 4",
            "note 10",
        ]
        note = one(notes, table=table, measure_text="note 4")
        assert note["value_text"] == "Synthetic note: an undercount of burglary in Leicestershire."
        assert (note["breakdown_text"], note["cell"]) == ("Notes- PFA ", "B7")


def test_a_missing_sheet_is_named_with_the_sheets_that_are_there() -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets = {name.strip(): rows for name, rows in sheets.items()}
    with pytest.raises(
        LayoutError, match=r"table 'Table P1 ': the workbook has no sheet of this name, but 'Correction', .*'Table P1'"
    ):
        parsed("ye-mar-2019", sheets)


def test_a_sheet_that_is_not_used_may_come_and_go() -> None:
    sheets = {**sheets_of("ye-dec-2024"), "Table P99": [["a new table"]]}
    assert parsed("ye-dec-2024", sheets).cells.equals(parsed("ye-dec-2024").cells)


@pytest.mark.parametrize("bytes_kept", [0, 100, 0.5, 0.9])
def test_a_workbook_cut_short_is_to_be_fetched_again(bytes_kept: float) -> None:
    content = workbook_bytes(sheets_of("ye-dec-2019"))
    size = int(len(content) * bytes_kept) if bytes_kept < 1 else int(bytes_kept)
    with pytest.raises(
        LayoutError,
        match=r"ons_pfa_tables ye-dec-2019: the file pfatablesdec19.xlsx cannot be read.*fetch the file again",
    ):
        parse(content[:size], edition("ye-dec-2019"), DATA)


def test_a_renamed_column_is_named_with_both_labels() -> None:
    sheets = sheets_of("ye-dec-2024")
    sheets["Table P1"][6][21] = "Drug crimes"
    with pytest.raises(
        LayoutError, match=r"table 'Table P1', cell V7: found 'Drug crimes' where the layout expects 'Drug offences'"
    ):
        parsed("ye-dec-2024", sheets)


def test_a_moved_column_is_named_with_the_place_where_it_stands_now() -> None:
    sheets = sheets_of("ye-dec-2024")
    for row in sheets["Table P1"][6:]:
        row.insert(2, "")
    with pytest.raises(
        LayoutError,
        match=r"cell C7: found a blank where the layout expects 'Total recorded crime \(excluding fraud\)', which stands in D7",
    ):
        parsed("ye-dec-2024", sheets)


def test_a_new_column_is_refused() -> None:
    sheets = sheets_of("ye-dec-2024")
    sheets["Table P1"][6].append("Cyber offences")
    with pytest.raises(LayoutError, match=r"cell Z7: the label 'Cyber offences' is not in the layout"):
        parsed("ye-dec-2024", sheets)


def test_a_header_row_that_moved_is_found_and_named() -> None:
    sheets = sheets_of("ye-dec-2024")
    sheets["Table P1"].insert(3, ["a new line of prose"])
    with pytest.raises(LayoutError, match=r"cell A7: .*the layout expects 'Area Code', which stands in A8"):
        parsed("ye-dec-2024", sheets)


def test_a_heading_above_the_labels_is_part_of_the_layout() -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "][3][23] = "Crimes found by the police"
    with pytest.raises(
        LayoutError,
        match=r"cell X4: found 'Crimes found by the police' where the layout expects 'Other crimes against society'",
    ):
        parsed("ye-mar-2019", sheets)


@pytest.mark.parametrize(
    ("row", "column", "text", "message"),
    [
        (2, 0, "England", r"cell A3: found 'England' where the layout expects 'England and Wales'"),
        (5, 2, "Thousands", r"cell C6: found 'Thousands' where the layout expects 'Numbers'"),
        (5, 6, "Rates", r"cell G6: found 'Rates' where the layout expects a blank"),
        (1, 4, "Embargoed", r"cell E2: found 'Embargoed' where the layout expects a blank"),
        (8, 22, "17", r"cell W9: found '17' in a column without a label"),
        (8, 1, "", r"cell B9: the row has text but no area name"),
    ],
)
def test_text_in_an_unexpected_place_is_refused(row: int, column: int, text: str, message: str) -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "][row] = (sheets["Table P1 "][row] + [""] * 27)[:27]
    sheets["Table P1 "][row][column] = text
    with pytest.raises(LayoutError, match=message):
        parsed("ye-mar-2019", sheets)


def test_a_spacer_column_may_hold_the_symbol_that_stands_right_across_its_row_and_no_other_text() -> None:
    sheets = sheets_of("ye-dec-2019")
    assert sheets["Table P1"][15][22] == sheets["Table P1"][15][23] == ".."
    whole = parsed("ye-dec-2019", sheets).cells
    sheets["Table P1"][15][22] = ""
    assert parsed("ye-dec-2019", sheets).cells.equals(whole)
    sheets["Table P1"][15][22] = ":"
    with pytest.raises(LayoutError, match=r"cell W16: found ':' in a column without a label"):
        parsed("ye-dec-2019", sheets)


def test_a_line_below_the_table_that_is_no_footnote_is_refused() -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "].append(["Some new remark"])
    with pytest.raises(LayoutError, match="found 'Some new remark' where the layout expects a numbered footnote"):
        parsed("ye-mar-2019", sheets)


def test_a_table_without_its_source_line_is_refused() -> None:
    sheets = sheets_of("ye-mar-2019")
    sheets["Table P1 "] = [row for row in sheets["Table P1 "] if not row[0].startswith("Source:")]
    with pytest.raises(LayoutError, match="found 0 lines that begin 'Source:'"):
        parsed("ye-mar-2019", sheets)


@pytest.mark.parametrize("printed", ["Norfolk", "Norfolk8", " norfolk [note 2]"])
def test_an_area_that_stands_twice_is_named_with_both_cells(printed: str) -> None:
    sheets = sheets_of("ye-mar-2019")
    rows = sheets["Table P1 "]
    first = row_of(rows, "Norfolk")
    rows.insert(first + 2, [rows[first][0], printed, *rows[first][2:]])
    with pytest.raises(LayoutError, match=rf"cell B{first + 1} and B{first + 3}: the area .* stands more than once"):
        parsed("ye-mar-2019", sheets)


def test_a_missing_force_is_not_the_parsers_business() -> None:
    sheets = sheets_of("ye-mar-2019")
    del sheets["Table P1 "][row_of(sheets["Table P1 "], "Norfolk")]
    assert (
        "Norfolk"
        not in parsed("ye-mar-2019", sheets).cells.filter(pl.col("table") == "Table P1 ")["area_text"].to_list()
    )


def test_another_heading_on_the_sheet_of_notes_is_refused() -> None:
    sheets = sheets_of("ye-dec-2024")
    sheets["Notes- PFA "][2][0] = "Notes for tables P1 to P4"
    with pytest.raises(LayoutError, match="table 'Notes- PFA ': found 0 headings 'Notes for tables P1, P2, P3, P4'"):
        parsed("ye-dec-2024", sheets)


def test_a_note_without_a_number_is_refused() -> None:
    sheets = sheets_of("ye-dec-2024")
    sheets["Notes- PFA "][5][0] = "three"
    with pytest.raises(
        LayoutError, match=r"table 'Notes- PFA ', cell A6: found 'three' where the layout expects the number of a note"
    ):
        parsed("ye-dec-2024", sheets)
