"""The CSV edition of the ONS tables (Table C2): force totals and districts, synthetic figures with the original's warts."""

import polars as pl
import pytest

from transforms.errors import LayoutError
from transforms.sources.grid import Parsed
from transforms.sources.ons_pfa_tables import parse
from transforms.sources.registry import load_source

from .accounting import assert_nothing_lost
from .workbooks import DATA, FIXTURES, csv_bytes, one, read_rows, row_of

FILE = FIXTURES / "ons_pfa_tables" / "ye-jun-2025.csv"
(EDITION,) = (each for each in load_source(DATA, "ons_pfa_tables").editions if each.id == "ye-jun-2025")


def districts(rows: list[list[str]] | None = None) -> Parsed:
    return parse(csv_bytes(rows or read_rows(FILE)), EDITION, DATA)


def test_every_record_of_the_csv_edition_is_a_cell_or_left_out_with_a_reason() -> None:
    assert_nothing_lost(districts(), "ons_pfa_tables")


def test_district_rows_carry_code_and_name_and_force_totals_none() -> None:
    cells = districts().cells
    norfolk = cells.filter(pl.col("area_code_text") == "E23000024")
    assert norfolk["breakdown_text"].to_list() == [None, "E22000218 | Breckland", "Unassigned Norfolk"]
    assert cells["period_text"].unique().to_list() == ["June 2025 [note 1][note 2][note 3]"]


def test_city_of_london_has_only_its_district_row() -> None:
    city = districts().cells.filter(pl.col("area_text") == "City of London")
    assert city["breakdown_text"].to_list() == ["E22000180 | City of London"]


def test_thousands_commas_and_trailing_blanks_stay_in_the_csv_edition() -> None:
    rows = read_rows(FILE)
    rows[row_of(rows, "Norfolk")][25] = "14,133 "
    assert (
        one(districts(rows).cells.filter(pl.col("breakdown_text").is_null()), area_text="Norfolk")["value_text"]
        == "14,133 "
    )


def test_a_cell_of_a_csv_file_counts_records_not_lines() -> None:
    rows = read_rows(FILE)
    assert any("\n" in label for label in rows[7])
    record = row_of(rows, "Norfolk") + 1
    assert (
        one(districts().cells.filter(pl.col("breakdown_text").is_null()), area_text="Norfolk")["cell"] == f"Z{record}"
    )


def test_an_unassigned_row_without_figures_is_a_cell_without_text() -> None:
    row = one(districts().cells, breakdown_text="unassigned Surrey")
    assert (row["area_code_text"], row["area_text"], row["value_text"]) == ("E23000032", "Surrey", None)


def test_two_force_totals_in_the_csv_edition_are_refused() -> None:
    rows = read_rows(FILE)
    rows.append(rows[row_of(rows, "Norfolk")])
    with pytest.raises(LayoutError, match="the area 'Norfolk' stands more than once"):
        districts(rows)


def test_a_csv_file_cut_inside_a_quoted_label_is_to_be_fetched_again() -> None:
    content = FILE.read_bytes()
    with pytest.raises(LayoutError, match="cannot be read, it may be cut short"):
        parse(content[: content.index(b"Police Force\n") + 5], EDITION, DATA)
