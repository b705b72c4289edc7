"""What reports say where figures are missing, small, none or equal. Altered figures are synthetic."""

from dataclasses import replace

import polars as pl
import pytest

from reports import formats
from reports.document import (
    Heading,
)
from reports.numbers import ReportData
from reports.products import products
from reports.products.shared import DRUGS, REFERRALS
from tests.reports.reading import CITY, GREATER_MANCHESTER, MERSEYSIDE, NORFOLK, drawing, messages, table, texts

pytestmark = pytest.mark.full


def with_values(data: ReportData, which: pl.Expr, **values: object) -> ReportData:
    """The same figures with synthetic values in some rows."""
    altered = (pl.when(which).then(pl.lit(value)).otherwise(name).alias(name) for name, value in values.items())
    return replace(data, indicators=data.indicators.with_columns(altered))


REFERRED = (pl.col("measure_id") == REFERRALS) & (pl.col("area_id") == NORFOLK)


def test_a_force_that_referred_one_person_or_nobody_reads_well(report_data: ReportData) -> None:
    nobody = messages(products.force(with_values(report_data, REFERRED, numerator=0.0, value=0.0), NORFOLK))
    assert nobody[3].startswith("Referrals of potential victims: 0 in the year to December 2023, 0.0 per 100,000. ")
    one = messages(products.force(with_values(report_data, REFERRED, numerator=1.0), NORFOLK))
    assert one[3].startswith("Referrals of potential victims: 1 in the year to December 2023")


def test_a_force_whose_referrals_are_missing_is_not_one_that_made_none(report_data: ReportData) -> None:
    missing = dict.fromkeys(("numerator", "value", "lower_95", "upper_95"))
    document = products.force(with_values(report_data, REFERRED, status="not_available", **missing), NORFOLK)
    assert messages(document)[3].startswith(f"Referrals of potential victims: {formats.NOT_AVAILABLE} in the year to ")
    assert {run for row in table(document, "table-referrals").rows for run in row[1:]} == {formats.NOT_AVAILABLE}


def test_a_force_without_any_row_of_referrals_has_no_message_on_them_and_no_such_section(
    report_data: ReportData,
) -> None:
    document = products.force(replace(report_data, indicators=report_data.indicators.filter(~REFERRED)), NORFOLK)
    assert not [each for each in messages(document) if each.startswith("Referrals of potential victims")]
    assert "referrals" not in [block.anchor for block in document.blocks if isinstance(block, Heading)]


def test_two_forces_with_the_same_rate_are_both_named_and_share_their_rank(report_data: ReportData) -> None:
    headline = report_data.headline_period(DRUGS)
    assert headline
    start, end = headline
    first = report_data.number(DRUGS, MERSEYSIDE, start, end)
    assert first
    same = (
        (pl.col("measure_id") == DRUGS)
        & (pl.col("area_id") == NORFOLK)
        & (pl.col("period_end") == end)
        & (pl.col("months") == 12)
    )
    copied = ("numerator", "value", "lower_95", "upper_95", "denominator", "denominator_used")
    altered = with_values(report_data, same, **{name: first[name] for name in copied})
    document = products.force(altered, NORFOLK)
    ranked = drawing(document, "figure-forces")
    assert f"to {first['value']:.1f} (Merseyside and Norfolk)." in ranked.description
    ranks = {texts(row)[0]: texts(row)[-1] for row in table(products.national(altered), "table-forces").rows}
    assert ranks["Merseyside"] == ranks["Norfolk"] == "1 (1 to 2)"
    assert texts(table(document, "table-own-areas").rows[0])[-1] == "1 (1 to 2)"


def test_greater_manchester_has_the_figures_that_it_supplied_later_and_is_never_zero(report_data: ReportData) -> None:
    rows = {
        row[0]: texts(row) for row in table(products.force(report_data, GREATER_MANCHESTER), "table-drug-offences").rows
    }
    assert rows["Year ending March 2020"][1] == "6,349"
    assert rows["Year ending December 2025"][1] == "19,325"
    assert "0" not in {row[1] for row in rows.values()}


def test_city_of_london_has_counts_and_no_rate_anywhere(report_data: ReportData) -> None:
    document = products.force(report_data, CITY)
    assert "too few people live there" in messages(document)[0]
    for row in table(document, "table-drug-offences").rows:
        assert texts(row)[2] in {"[low]", "[x]"}
    city = table(document, "table-own-areas").rows[0]
    assert texts(city)[0] == "City of London"
    assert texts(city)[2:] == ["[low]", "[z]"], "no rate, and so no rank"
    assert table(products.national(report_data), "table-forces").rows[-1] == city
