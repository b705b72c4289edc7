"""Stop and search: a synthetic cut with the original's warts, and the original where it is at hand."""

import gzip

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_stop_and_search import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, one, original, read_rows

FILE = FIXTURES / "ho_stop_and_search" / "ye-mar-2019.csv"
(EDITION,) = load_source(DATA, "ho_stop_and_search").editions


def parsed(rows: list[list[str]] | None = None) -> Parsed:
    return parse(gzip.compress(csv_bytes(rows or read_rows(FILE)), mtime=0), EDITION, DATA)


def test_searches_for_drugs_are_kept_in_their_parts_and_other_reasons_are_counted() -> None:
    result = parsed()
    assert_nothing_lost(result, "ho_stop_and_search")
    assert result.cells.height == 2 * 19
    assert result.left_out.rows() == [
        ("header", 1),
        ("label that is not used", 9),
        ("period before the first that is used", 1),
    ]


def test_a_cell_says_what_it_counts_where_and_when() -> None:
    cell = one(parsed().cells, area_text="London, City of", measure_text="Drugs | searches")
    assert cell["breakdown_text"] == "Section 1 (PACE) | White | White British"
    assert (cell["period_text"], cell["value_text"], cell["cell"]) == ("2019-03-31", "77", "G22")


def test_what_is_not_available_stays_as_printed() -> None:
    vehicles = parsed().cells.filter(pl.col("breakdown_text").str.ends_with("Vehicle only"))
    assert vehicles["value_text"].to_list() == ["NA", "NA"]


def test_a_new_ethnicity_is_refused_because_it_may_be_a_total() -> None:
    rows = read_rows(FILE)
    rows[5][5] = "All"
    with pytest.raises(LayoutError, match="cell F6: the label 'All' is not in the layout; look at the file"):
        parsed(rows)


def test_a_reason_that_is_gone_is_refused() -> None:
    rows = [row for row in read_rows(FILE) if row[3] != "Firearms"]
    with pytest.raises(LayoutError, match="no row of column D has the label 'Firearms', which the layout expects"):
        parsed(rows)


def test_a_renamed_column_is_refused() -> None:
    rows = read_rows(FILE)
    rows[0][6] = "number_of_searches"
    with pytest.raises(LayoutError, match="cell G1: found 'number_of_searches' where the layout expects 'searches'"):
        parsed(rows)


def test_a_row_without_a_force_is_refused() -> None:
    rows = read_rows(FILE)
    rows[4][1] = ""
    with pytest.raises(LayoutError, match="cell B5: the label is blank"):
        parsed(rows)


def test_the_original() -> None:
    result = parse(original(EDITION).read_bytes(), EDITION, DATA)
    assert_nothing_lost(result, "ho_stop_and_search")
    searches = result.cells.filter(pl.col("measure_text") == "Drugs | searches")
    assert (result.rows_read, searches.height) == (92200, 3 * 792)
    assert (searches["value_text"] == "NA").sum() == 54 + 57 + 43
