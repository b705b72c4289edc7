"""National Referral Mechanism workbooks: a synthetic table in the documented layout, on a sheet and header row that drift."""

from pathlib import Path

import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_nrm_tables import parse
from transforms.sources.nrm_labels import TOTAL

from .accounting import assert_nothing_lost
from .editions import with_edition
from .open_documents import ods_bytes
from .workbooks import FIXTURES, Sheets, read_rows

ROWS = read_rows(FIXTURES / "ho_nrm_tables" / "table_13.csv")
LAYOUT = (r"Table_\d+", "by police first responder", "police_first_responder")
OTHER: Sheets = {
    "Table_12": [["Table 12: Synthetic referrals by non-governmental first responder"], ["First responder", "Total"]]
}


def parsed(data: Path, sheets: Sheets) -> Parsed:
    data, edition = with_edition(data, "ho_nrm_tables", "2023-q4", *LAYOUT)
    return parse(ods_bytes(sheets), edition, data)


def test_totals_and_their_parts_by_type_and_age_are_kept(tmp_path: Path) -> None:
    result = parsed(tmp_path, {**OTHER, "Table_13": ROWS})
    assert_nothing_lost(result, "ho_nrm_tables")
    assert result.cells.select("table", "cell", "area_text", "breakdown_text", "value_text").rows() == [
        ("Table_13", "G5", "Norfolk Constabulary", None, "12"),
        ("Table_13", "G7", "Norfolk Constabulary", "Criminal | Adult (18 or over)", "3"),
        ("Table_13", "G10", "Norfolk Constabulary", "Criminal | Child (17 or under)", "5"),
        ("Table_13", "G13", "Norfolk Constabulary", "Labour & Criminal | Child (17 or under)", "1"),
        ("Table_13", "G16", "Norfolk Constabulary", "Sexual | Child (17 or under)", "3"),
        ("Table_13", "G18", "Tarian ROCU", None, "1"),
        ("Table_13", "G20", "Tarian ROCU", "Labour | Not specified or unknown", "1"),
    ]


def test_the_table_is_found_by_its_title_and_its_header_by_its_labels(tmp_path: Path) -> None:
    header = ["First responder (Police)", "Claimed exploitation type", "Age group at exploitation", *ROWS[3][3:]]
    result = parsed(tmp_path, {"Table_11": [ROWS[0], ["A note"], ["Another"], [], [], header, *ROWS[4:]]})
    assert result.cells.select("table", "cell", "value_text").row(0) == ("Table_11", "G7", "12")


def test_keys_printed_in_every_row_give_the_same_cells(tmp_path: Path) -> None:
    full, above = [], ["", "", "", ""]
    for row in ROWS[4:]:
        deepest = max(place for place, text in enumerate(row[:4]) if text)
        above = [*above[:deepest], row[deepest], *[""] * (3 - deepest)] if deepest else [row[0], "", "", ""]
        full.append([*above, *row[4:]])
    once = parsed(tmp_path / "once", {"Table_13": ROWS}).cells
    assert parsed(tmp_path / "every", {"Table_13": [*ROWS[:4], *full]}).cells.equals(once)


def test_a_breakdown_is_not_taken_from_the_responder_above(tmp_path: Path) -> None:
    rows = [*ROWS[:18], ["", "", "Child (17 or under)", "", "0", "1", "1"]]
    with pytest.raises(
        LayoutError, match="table 'Table_13', cell B19: the exploitation type is blank, and no row above"
    ):
        parsed(tmp_path, {"Table_13": rows})


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        (OTHER, "should have 'by police first responder' in its title, found none"),
        ({"Table_1": ROWS, "Table_2": ROWS}, "found 'Table_1', 'Table_2'"),
        ({"Table_13": [*ROWS[:3], ["Police", *ROWS[3][1:]], *ROWS[4:]]}, "no row starts with 'First responder"),
        ({"Table_13": [*ROWS[:3], ROWS[3][:6], *ROWS[4:]]}, "cell A4: found the header"),
        ({"Table_13": [*ROWS, ["A note below the table"]]}, "cell G22: the total is blank"),
        (
            {"Table_13": [*ROWS[:5], ["", "Cuckooing", *ROWS[5][2:]], *ROWS[6:]]},
            "cell B7: the label 'Cuckooing' is not known",
        ),
        (
            {"Table_13": [*ROWS[:6], ["", "", "Child", *ROWS[6][3:]], *ROWS[7:]]},
            "cell C7: the label 'Child' is not known",
        ),
    ],
)
def test_a_workbook_that_is_not_as_documented_is_refused(sheets: Sheets, message: str, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=message):
        parsed(tmp_path, sheets)


def beside(government: int, others: int, authorities: int, headline: int) -> Sheets:
    """The tables beside the police's, with their documented titles and labels: totals and one row of a long-run table. Synthetic."""
    keys = ["Exploitation type", "Age at exploitation", "Gender", "Albanian", "Total"]

    def of(title: str, responder: list[str], total: int) -> list[list[str]]:
        blank = [""] * (len(keys) - 2 if responder else len(keys) - 3)
        return [[title], ["A note"], [*responder, *keys], [TOTAL, *blank, "0", str(total)]]

    long_run = [
        ["Table 2: NRM referrals by quarter by age at exploitation and location of exploitation"],
        ["Year", "Quarter", "Adult (18 or over) - UK", "Child (17 or under) - UK", "Total"],
        ["2023", "", "20", "30", "50"],
        ["", "Q3", "1", "2", "3"],
        ["", "Q4", "4", "5", str(headline)],
    ]
    return {
        "Table_2": long_run,
        "Table_11": of(
            "Table 11: NRM referrals by government agency first responder, type", ["Government agency"], government
        ),
        "Table_12": of("Table 12: NRM referrals by NGO and third sector organisation first responder", ["NGO"], others),
        "Table_14": of("Table 14: NRM referrals from local authority first responder by type", [], authorities),
    }


POLICE_TOTAL = [[TOTAL, "", "", "", "3", "10", "13"]]


@pytest.mark.parametrize(("headline", "agrees"), [(60, True), (62, True), (58, True), (63, False), (57, False)])
def test_first_responders_of_all_kinds_add_up_to_the_headline_within_two(
    headline: int, agrees: bool, tmp_path: Path
) -> None:
    sheets = {**beside(20, 7, 20, headline), "Table_13": [*ROWS, *POLICE_TOTAL]}
    if agrees:
        assert parsed(tmp_path, sheets).cells["table"].unique().to_list() == ["Table_13"]
    else:
        with pytest.raises(LayoutError, match=rf"police 13, government agencies 20, .*add up to 60, .* is {headline};"):
            parsed(tmp_path, sheets)


@pytest.mark.parametrize("absent", ["Table_2", "Table_11", "Table_12", "Table_14"])
def test_a_workbook_without_one_of_the_tables_is_not_compared_with_a_headline(absent: str, tmp_path: Path) -> None:
    sheets = {**beside(20, 7, 20, 1_000), "Table_13": [*ROWS, *POLICE_TOTAL]}
    assert parsed(tmp_path, {name: rows for name, rows in sheets.items() if name != absent}).cells.height > 0
