"""Drugs records by month in a report: gaps as gaps, each number walked back to its cell."""

from datetime import date

import polars as pl

from reports.document import Number, Paragraph, Table
from reports.formats import NOT_AVAILABLE
from reports.numbers import ReportData
from reports.products.incidents import monthly_records
from transforms.answers import explain
from transforms.contracts import tables

NORFOLK, METROPOLITAN = "E23000024", "E23000001"


def test_a_year_is_a_row_in_which_a_month_that_is_not_held_has_no_figure(report_data: ReportData) -> None:
    blocks = monthly_records(report_data, NORFOLK)
    table = next(block for block in blocks if isinstance(block, Table))
    years = {row[0]: row[1:] for row in table.rows}
    assert [column.header for column in table.columns][::6] == ["Year", "Jun", "Dec"]
    assert list(years) == ["2018", "2025"]
    assert years["2018"][:9] == (NOT_AVAILABLE,) * 9
    assert [cell.text for cell in years["2018"][9:11] if isinstance(cell, Number)] == ["220", "221"]
    assert all(isinstance(cell, Number) for cell in years["2025"])
    assert years["2025"][11] == Number(
        "182", "police_uk_archive/2025-01-to-2025-12-street/2025-12-norfolk-street.csv/J8"
    )


def test_what_came_of_the_newest_month_is_a_sentence_with_a_number_for_each_outcome(report_data: ReportData) -> None:
    said = [block.prose for block in monthly_records(report_data, METROPOLITAN) if isinstance(block, Paragraph)][-1]
    assert "".join(run.text if isinstance(run, Number) else str(run) for run in said) == (
        "Of the 2,013 searches for drugs of April 2025, the outcome was an arrest for 347."
    )


def test_a_published_count_is_walked_back_to_its_cell() -> None:
    cell = "police_uk_archive/2018-10-to-2018-11-street/2018-10-norfolk-street.csv/J26"
    given = {
        "observation_id": cell,
        "source_id": "police_uk_archive",
        "table": "2018-10-norfolk-street.csv",
        "edition_id": "2018-10-to-2018-11-street",
        "area_id": "E23000024",
        "area_text": "Norfolk Constabulary",
        "measure_id": "police_uk_drugs_records",
        "period_start": date(2018, 10, 1),
        "period_end": date(2018, 10, 31),
        "value": 220.0,
        "value_text": "220",
    }
    observations = pl.DataFrame([given], schema_overrides=dict(tables.OBSERVATIONS.schema)).select(
        (pl.col(name) if name in given else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in tables.OBSERVATIONS.schema.items()
    )
    nothing = (tables.INDICATORS, tables.EDITIONS, tables.COMPARABILITY, tables.RECORD_FILES)
    indicators, editions, ledger, none = (table.schema.to_frame() for table in nothing)
    found = explain(cell, indicators, observations, editions, ledger, none)
    assert found.formula == "220; no rate: published count"
    assert found.numerator["observation_id"].to_list() == [cell]
    aside = {
        "edition_id": "2018-10-to-2018-11-street",
        "file": "2018-10-norfolk-street.csv",
        "rows": 6012,
        "set_aside": 3,
        "set_aside_why": "crime published twice: 3",
    }
    files = pl.DataFrame([aside], schema=tables.RECORD_FILES.schema)
    assert explain(cell, indicators, observations, editions, ledger, files).formula == (
        "220; no rate: published count; 3 of 6,012 rows of 2018-10-norfolk-street.csv were set aside (crime published twice: 3)"
    )


def test_an_identifier_from_a_link_has_underscores_for_the_blanks_of_a_table_name() -> None:
    cell = "ons_pfa_tables/ye-jun-2025/Table C2/Z253"
    observations = pl.DataFrame([{"observation_id": cell, "value": 950.0, "value_text": "950"}]).select(
        (pl.col(name) if name in ("observation_id", "value", "value_text") else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in tables.OBSERVATIONS.schema.items()
    )
    nothing = (tables.INDICATORS, tables.EDITIONS, tables.COMPARABILITY, tables.RECORD_FILES)
    indicators, editions, ledger, none = (table.schema.to_frame() for table in nothing)
    found = explain("ons_pfa_tables/ye-jun-2025/Table_C2/Z253", indicators, observations, editions, ledger, none)
    assert found.numerator["observation_id"].to_list() == [cell]
