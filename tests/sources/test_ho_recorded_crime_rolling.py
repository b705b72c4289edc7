"""Home Office rolling years of recorded crime: a synthetic cut with the original's warts."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_recorded_crime_rolling import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

FILE = FIXTURES / "ho_recorded_crime_rolling" / "2019-04.csv"
(EDITION,) = load_source(DATA, "ho_recorded_crime_rolling").editions


def parsed(rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), EDITION, DATA)


def test_every_row_is_a_cell_or_left_out_with_a_reason() -> None:
    result = parsed()
    assert_nothing_lost(result, "ho_recorded_crime_rolling")
    assert dict(result.left_out.iter_rows())["offence that is not used"] == 23


def test_drug_offences_and_the_bodies_that_are_not_forces_are_kept() -> None:
    assert parsed().cells.select("area_text", "measure_text", "value_text").rows() == [
        ("Norfolk", "Drug offences", "111"),
        ("Norfolk", "Drug offences", "222"),
        ("City of London", "Drug offences", "-3"),
        ("British Transport Police", "Drug offences", "33"),
        ("Action Fraud", "Action Fraud", "4444"),
        ("CIFAS", "CIFAS", "555"),
        ("UK Finance", "UK Finance", "66"),
    ]


def test_an_impossible_date_stays_as_printed() -> None:
    assert parsed().cells["period_text"].to_list()[:2] == ["30-12-2017", "31-03-2018"]


def test_a_cell_is_the_record_number_in_the_column_of_counts() -> None:
    rows = read_rows(FILE)
    cell = parsed().cells["cell"].to_list()[0]
    assert rows[int(cell.removeprefix("E")) - 1] == ["30-12-2017", "Norfolk", "East", "Drug offences", "111"]


def test_a_blank_record_still_counts_in_the_record_numbers() -> None:
    rows = read_rows(FILE)
    before = parsed().cells["cell"].to_list()
    after = parsed([rows[0], [""] * 5, *rows[1:]]).cells["cell"].to_list()
    assert after == [f"E{int(cell.removeprefix('E')) + 1}" for cell in before]


def test_an_unknown_offence_is_refused() -> None:
    rows = read_rows(FILE)
    rows[1][3] = "Drugs"
    with pytest.raises(
        LayoutError, match=r"ho_recorded_crime_rolling 2019-04, table 'rec-crime-pfa', cell D2: the offence 'Drugs'"
    ):
        parsed(rows)


def test_an_offence_that_disappeared_is_refused() -> None:
    rows = [row for row in read_rows(FILE) if row[3] != "Drug offences"]
    with pytest.raises(LayoutError, match="no row has the offence 'Drug offences', which the layout expects"):
        parsed(rows)


def test_a_renamed_column_is_refused() -> None:
    rows = read_rows(FILE)
    rows[0][4] = "Number of Offences"
    with pytest.raises(
        LayoutError, match="cell E1: found 'Number of Offences' where the layout expects 'Rolling year total number"
    ):
        parsed(rows)


def test_an_extra_column_is_refused() -> None:
    rows = [[*row, "x"] for row in read_rows(FILE)]
    with pytest.raises(LayoutError, match="cell F1: the label 'x' is not in the layout"):
        parsed(rows)


def test_a_record_cut_short_is_refused() -> None:
    content = csv_bytes(read_rows(FILE))
    with pytest.raises(LayoutError, match=r"cell D\d+: the label is blank; fetch the file again, it may be cut short"):
        parse(content[: content.rindex(b",UK Finance,66")], EDITION, DATA)


def test_text_where_a_number_stood_is_left_to_be_understood_later() -> None:
    rows = read_rows(FILE)
    rows[-1][4] = "n/k"
    assert parsed(rows).cells.filter(pl.col("area_text") == "UK Finance")["value_text"].to_list() == ["n/k"]
