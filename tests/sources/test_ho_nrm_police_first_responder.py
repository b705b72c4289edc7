"""National Referral Mechanism referrals by police first responder: synthetic cuts of the table."""

import dataclasses
import gzip

import polars as pl
import pytest

from transforms.errors import LayoutError, RegisterError
from transforms.sources.grid import Parsed
from transforms.sources.ho_nrm_police_first_responder import parse
from transforms.sources.registry import Edition, load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, read_rows

FOLDER = FIXTURES / "ho_nrm_police_first_responder"


def edition(edition_id: str) -> Edition:
    return next(each for each in load_source(DATA, "ho_nrm_police_first_responder").editions if each.id == edition_id)


def parsed(edition_id: str, rows: list[list[str]] | None = None) -> Parsed:
    content = csv_bytes(rows or read_rows(FOLDER / f"{edition_id}.csv"))
    return parse(gzip.compress(content, mtime=0) if edition_id == "2022-q2" else content, edition(edition_id), DATA)


def test_every_row_is_a_cell_or_left_out_with_a_reason() -> None:
    assert_nothing_lost(parsed("2022-q2"), "ho_nrm_police_first_responder")


def test_totals_and_their_parts_by_type_and_age_are_kept() -> None:
    result = parsed("2022-q2")
    assert result.cells.select("area_text", "measure_text", "breakdown_text", "period_text", "value_text").rows() == [
        ("Norfolk Constabulary", "People", None, "2022 Q2", "7.0"),
        ("Norfolk Constabulary", "People", "Criminal | Child (17 or under)", "2022 Q2", "6.0"),
        ("Norfolk Constabulary", "People", "Labour, Domestic & Criminal | Adult (18 or over)", "2022 Q2", "1.0"),
        ("Police Service of Northern Ireland", "People", None, "2022 Q2", "2.0"),
        ("Eastern Region Special Operations Unit", "People", None, "2022 Q2", "1.0"),
        (
            "Eastern Region Special Operations Unit",
            "People",
            "Not specified or unknown | Not specified or unknown",
            "2022 Q2",
            "1.0",
        ),
        ("Police total", "People", None, "2022 Q2", "10.0"),
    ]
    assert result.left_out.rows()[1] == ("by gender or nationality, or a type's sum over ages", 11)


@pytest.mark.parametrize(
    ("column", "text", "cell"),
    [(2, "Cuckooing", "C5"), (2, "Labour & Cuckooing", "C5"), (2, "criminal", "C5"), (3, "Child (15 or under)", "D5")],
)
def test_a_new_type_of_exploitation_or_age_is_refused(column: int, text: str, cell: str) -> None:
    rows = read_rows(FOLDER / "2022-q2.csv")
    rows[4][column] = text
    with pytest.raises(
        LayoutError, match=rf"cell {cell}: the label '.*' is not known; .* amend data/layouts/ho_nrm_labels"
    ):
        parsed("2022-q2", rows)


def test_a_table_without_totals_is_refused() -> None:
    rows = [row for row in read_rows(FOLDER / "2022-q2.csv") if row[5] != "Total"]
    with pytest.raises(LayoutError, match="no row of the edition has 'Total' in every breakdown"):
        parsed("2022-q2", rows)


def test_first_responders_that_are_not_police_are_refused() -> None:
    rows = read_rows(FOLDER / "2022-q2.csv")
    rows[4][0] = "Local authority"
    with pytest.raises(LayoutError, match="cell A5: found the first responder type 'Local authority'"):
        parsed("2022-q2", rows)


def test_columns_in_another_order_are_refused() -> None:
    rows = [[row[0], row[1], row[3], row[2], *row[4:]] for row in read_rows(FOLDER / "2022-q2.csv")]
    with pytest.raises(
        LayoutError,
        match="cell C1: found 'Age at exploitation' where the layout expects 'Exploitation type', which stands in D1",
    ):
        parsed("2022-q2", rows)


def test_a_compressed_file_cut_short_is_to_be_fetched_again() -> None:
    content = gzip.compress((FOLDER / "2022-q2.csv").read_bytes(), mtime=0)
    with pytest.raises(
        LayoutError, match=r"ho_nrm_police_first_responder 2022-q2: the file .* cannot be read.*fetch the file again"
    ):
        parse(content[: len(content) // 2], edition("2022-q2"), DATA)


def test_a_file_of_one_quarter_needs_the_quarter_in_the_register() -> None:
    without = dataclasses.replace(edition("2022-q2"), period_words=None)
    with pytest.raises(RegisterError, match="edition 2022-q2 lacks period_words"):
        parse((FOLDER / "2022-q2.csv").read_bytes(), without, DATA)


def test_an_absent_responder_is_absent_and_not_zero() -> None:
    assert parsed("2022-q2").cells.filter(pl.col("area_text").str.contains("Tarian")).is_empty()
