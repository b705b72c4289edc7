"""Police workforce open data: a synthetic cut with the original's warts, and the original where it is at hand."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ho_police_workforce_open_data import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, one, original, read_rows

FILE = FIXTURES / "ho_police_workforce_open_data" / "2022-03.csv"
(EDITION,) = load_source(DATA, "ho_police_workforce_open_data").editions


def parsed(rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), EDITION, DATA)


def test_officers_are_kept_and_other_workers_are_counted() -> None:
    result = parsed()
    assert_nothing_lost(result, "ho_police_workforce_open_data")
    assert result.left_out.rows() == [
        ("header", 1),
        ("label that is not used", 10),
        ("period before the first that is used", 1),
    ]
    assert result.cells["measure_text"].unique().to_list() == ["police officer | total_fte"]


def test_a_cell_has_code_and_name_of_its_force_and_every_digit_stored() -> None:
    constables = one(
        parsed().cells,
        area_text="Norfolk",
        breakdown_text="Male | Constable",
        measure_text="police officer | total_fte",
    )
    assert (constables["area_code_text"], constables["value_text"]) == ("E23000024", "1203.6399999999999")


def test_answers_that_joined_the_column_sex_are_parts_like_the_others() -> None:
    constables = parsed().cells.filter(area_text="Avon & Somerset")
    assert constables.height == 5


def test_a_new_rank_is_refused() -> None:
    rows = read_rows(FILE)
    rows[1][5] = "Deputy Constable"
    with pytest.raises(LayoutError, match="cell F2: the label 'Deputy Constable' is not in the layout"):
        parsed(rows)


def test_the_original() -> None:
    result = parse(original(EDITION).read_bytes(), EDITION, DATA)
    assert_nothing_lost(result, "ho_police_workforce_open_data")
    assert (result.rows_read, result.cells.height) == (25199, 1505)
    assert result.cells["value_text"].cast(pl.Float64).sum() == pytest.approx(140228.325965)
