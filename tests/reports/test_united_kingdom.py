"""Referrals in the whole United Kingdom: in the national report, with what is missing, and in no report on a force."""

from dataclasses import replace

import polars as pl

from reports import wording
from reports.document import Paragraph
from reports.numbers import ReportData
from reports.products import products, united_kingdom

from .reading import places, table

ANCHORS = {"table-referrals-by-kind", "table-referrals-by-year", "table-referrals-by-county"}


def test_kinds_of_first_responder_stand_with_their_cells_and_the_quarter_that_is_missing(
    report_data: ReportData,
) -> None:
    found = table(products.national(report_data), "table-referrals-by-kind")
    assert len(found.rows) == 6
    assert found.rows[0] == (
        *("April to June 2022", "2,104", "265", "950", "852", "4,171", "G26011, G35776, G35865, G44421"),
    )
    assert found.source_note.endswith("No table of January to March 2023 is held.")


def test_a_quarter_that_comes_is_no_longer_missing(report_data: ReportData) -> None:
    """Synthetic: the figures of a quarter, once more for the one between."""
    of_kinds = report_data.observations.filter(source_id=united_kingdom.KINDS, edition_id="2022-q4")
    added = of_kinds.with_columns(
        pl.lit("2023-q1").alias("edition_id"),
        pl.date(2023, 1, 1).alias("period_start"),
        pl.date(2023, 3, 31).alias("period_end"),
    )
    complete = replace(report_data, observations=pl.concat([report_data.observations, added]))
    found = table(products.national(complete), "table-referrals-by-kind")
    assert (len(found.rows), "is held" in found.source_note) == (7, False)


def test_years_say_how_many_quarters_they_have_and_what_changed_in_between(report_data: ReportData) -> None:
    found = table(products.national(report_data), "table-referrals-by-year")
    assert found.rows[0][:5] == ("2009 (3 quarters)", "552", "151", "[x]", "[x]")
    assert found.rows[-1] == ("2023", "17,004", "7,432", "4,929", "8,319 of 15,247", "6,528 of 9,825", "E831 to E886")
    assert "30 January 2023: The test for decisions on reasonable grounds changed" in found.source_note


def test_counties_stand_with_the_caution_that_they_are_no_police_areas(report_data: ReportData) -> None:
    national = products.national(report_data)
    found = table(national, "table-referrals-by-county")
    assert ("Norfolk", "18", "B39") in found.rows
    assert not found.on_paper
    said = wording.counties(74, 2_575, "July to September 2025")
    assert any(isinstance(block, Paragraph) and said in block.prose for block in national.blocks)
    assert "no police force areas" in said


def test_no_report_on_an_area_shows_them(report_data: ReportData) -> None:
    for report in (products.force(report_data, "E23000024"), products.region(report_data, "E12000006")):
        assert not ANCHORS & places(report)


def test_nothing_is_said_where_nothing_is_held(report_data: ReportData) -> None:
    nothing = replace(
        report_data, observations=report_data.observations.clear(), united_kingdom=report_data.united_kingdom.clear()
    )
    assert united_kingdom.referrals(nothing) == ()
    assert united_kingdom.used_sources(nothing) == []
