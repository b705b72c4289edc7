"""Arrests: a synthetic cut with the original's warts, and the original where it is at hand."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_arrests import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, original, read_rows

FILE = FIXTURES / "ho_arrests" / "2017-18.csv"
(EDITION,) = load_source(DATA, "ho_arrests").editions
NEW = "2015/16 onwards - Drug offences | arrests"


def parsed(rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), EDITION, DATA)


def test_every_row_is_a_cell_or_left_out_with_a_reason() -> None:
    result = parsed()
    assert_nothing_lost(result, "ho_arrests")
    assert result.left_out.rows() == [
        ("header", 1),
        ("label that is not used", 17),
        ("period before the first that is used", 2),
    ]
    assert result.cells.select("period_text", "measure_text").unique().rows() == [("2017/18", NEW)]


def test_a_row_that_stands_twice_is_refused_because_parts_are_added_up() -> None:
    rows = read_rows(FILE)
    with pytest.raises(LayoutError, match=f"cell A{len(rows) + 1}: the row says of its force, period and breakdown"):
        parsed([*rows, rows[1]])


def test_arrests_that_were_not_supplied_stay_as_printed() -> None:
    assert parsed().cells.filter(pl.col("area_text") == "Lancashire")["value_text"].to_list() == ["NA"] * 3


def test_a_part_keeps_its_ethnic_group_age_and_sex() -> None:
    assert parsed().cells["breakdown_text"][0] == "Asian or Asian British | 10 - 17 years | Female"


def test_a_third_way_of_naming_drug_offences_is_refused() -> None:
    rows = read_rows(FILE)
    rows[1][2] = "2018/19 onwards - Drug offences"
    with pytest.raises(LayoutError, match="cell C2: the label '2018/19 onwards - Drug offences' is not in the layout"):
        parsed(rows)


def test_the_original() -> None:
    result = parse(original(EDITION).read_bytes(), EDITION, DATA)
    assert_nothing_lost(result, "ho_arrests")
    missing = result.cells.filter(pl.col("value_text") == "NA")
    assert missing.select("area_text", "period_text").unique().rows() == [("Lancashire", "2017/18")]
    assert (result.rows_read, missing.height) == (286501, 60)
    assert result.cells["value_text"].cast(pl.Int64, strict=False).sum() == 63920
