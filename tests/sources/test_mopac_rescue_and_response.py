"""London-linked individuals by place: a synthetic cut of the hand-gathered table."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.mopac_rescue_and_response import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

FILE = FIXTURES / "mopac_rescue_and_response" / "both-years.csv"
FIRST, SECOND = load_source(DATA, "mopac_rescue_and_response").editions


def parsed(edition: object = FIRST, rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), edition, DATA)


def test_every_row_is_a_cell_or_left_out_with_a_reason_in_both_editions() -> None:
    for edition in (FIRST, SECOND):
        assert_nothing_lost(parsed(edition), "mopac_rescue_and_response")


def test_the_two_editions_share_no_row_and_leave_none_out() -> None:
    rows = pl.concat([parsed(edition).cells["cell"].str.extract(r"(\d+)").unique() for edition in (FIRST, SECOND)])
    assert sorted(map(int, rows)) == list(range(2, len(read_rows(FILE)) + 1))


def test_numbers_and_ranks_are_two_measures_of_a_place() -> None:
    assert parsed(SECOND).cells.select(
        "area_text", "breakdown_text", "measure_text", "value_text", "source_url"
    ).rows() == [
        ("Norfolk", "county/force", "individuals_linked", "19.0", "https://example.org/second"),
        ("Brighton", "town", "individuals_linked", "12.0", "https://example.org/second"),
        ("Brighton", "town", "published_rank", "1.0", "https://example.org/second"),
    ]


def test_a_place_that_was_ranked_without_its_number_keeps_a_cell_without_text() -> None:
    hampshire = parsed().cells.filter(pl.col("area_text") == "Hampshire")
    assert hampshire.select("measure_text", "value_text").rows() == [
        ("individuals_linked", None),
        ("published_rank", "2.0"),
    ]


def test_a_rank_that_was_not_printed_is_no_cell() -> None:
    assert parsed().cells.filter(pl.col("area_text") == "Hertfordshire")["measure_text"].to_list() == [
        "individuals_linked"
    ]


def test_the_register_records_that_the_period_is_reported_in_two_ways() -> None:
    assert FIRST.period_note is not None
    assert parsed().cells["period_text"].unique().to_list() == [FIRST.period_words]


def test_a_period_that_is_no_edition_is_refused() -> None:
    rows = read_rows(FILE)
    rows[-1][1] = "May 2020 - Apr 2021"
    with pytest.raises(LayoutError, match="cell B7: no edition has the period 'May 2020 - Apr 2021'"):
        parsed(SECOND, rows)


def test_a_figure_without_the_page_it_was_read_on_is_refused() -> None:
    rows = read_rows(FILE)
    rows[1][7] = ""
    with pytest.raises(LayoutError, match="cell H2: the label is blank"):
        parsed(FIRST, rows)


def test_a_missing_column_is_refused() -> None:
    rows = [row[:8] for row in read_rows(FILE)]
    with pytest.raises(LayoutError, match="cell I1: found a blank where the layout expects 'rate_per_100k_pop2020'"):
        parsed(FIRST, rows)
