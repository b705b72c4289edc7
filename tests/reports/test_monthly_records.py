"""Drugs records by month in a report: gaps as gaps, each number walked back to its cell."""

from datetime import date

import polars as pl

from reports.products.incidents import _with_gaps
from transforms.answers import explain
from transforms.contracts import tables


def test_a_stretch_of_months_without_a_file_is_one_row() -> None:
    months = [date(2018, 10, 1), date(2018, 11, 1), date(2019, 1, 1), date(2019, 5, 1)]
    assert _with_gaps(months) == [
        (date(2018, 10, 1), None),
        (date(2018, 11, 1), None),
        (date(2018, 12, 1), None),
        (date(2019, 1, 1), None),
        (date(2019, 2, 1), date(2019, 4, 30)),
        (date(2019, 5, 1), None),
    ]


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
    nothing = (table.schema.to_frame() for table in (tables.INDICATORS, tables.EDITIONS, tables.COMPARABILITY))
    indicators, editions, ledger = nothing
    found = explain(cell, indicators, observations, editions, ledger)
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
    nothing = (table.schema.to_frame() for table in (tables.INDICATORS, tables.EDITIONS, tables.COMPARABILITY))
    indicators, editions, ledger = nothing
    found = explain("ons_pfa_tables/ye-jun-2025/Table_C2/Z253", indicators, observations, editions, ledger)
    assert found.numerator["observation_id"].to_list() == [cell]
