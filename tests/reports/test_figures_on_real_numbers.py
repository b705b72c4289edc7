"""The figures of the reports on what the project keeps: what is drawn is what the tables say."""

from dataclasses import replace

import polars as pl
import pytest

from reports.document import Block, Figure, Number, Table
from reports.numbers import ReportData
from reports.products import coverage, flows, provenance, trends
from reports.products.products import forces_of
from reports.products.shared import NATION
from tests.reports.figures.reading import extents, overlapping, parsed, texts
from tests.reports.test_products import report_data as report_data

NORFOLK, KENT = "E23000024", "E23000032"


def figures(blocks: tuple[Block, ...]) -> list[Figure]:
    return [block for block in blocks if isinstance(block, Figure)]


def behind(figure: Figure) -> Table:
    assert figure.table is not None
    return figure.table


def test_the_links_of_norfolk_are_two_figures_with_all_named_places_and_norfolk_marked(
    report_data: ReportData,
) -> None:
    first, second = flows.london_links(report_data, [NORFOLK])
    assert {"Norfolk 416", "Essex 336", "Hampshire [x], second by number"} <= set(texts(parsed(first.svg)))
    assert {"Hampshire 413", "Norfolk 198", "Suffolk 113"} <= set(texts(parsed(second.svg)))
    assert [behind(first).rows[place][0] for place in behind(first).highlighted] == ["Norfolk"]
    assert len(behind(first).rows) == 9


def test_a_force_that_no_assessment_names_has_no_figure_of_links(report_data: ReportData) -> None:
    assert flows.london_links(report_data, [KENT]) == ()


def test_the_nation_has_every_link_and_marks_none(report_data: ReportData) -> None:
    first, _ = flows.london_links(report_data, forces_of(report_data, NATION))
    assert not behind(first).highlighted


def test_the_matrix_shows_the_force_without_data_the_years_without_an_edition_and_the_reasons(
    report_data: ReportData,
) -> None:
    (figure,) = figures(coverage.coverage(report_data))
    written = texts(parsed(figure.svg))
    assert any("Greater Manchester Police changed its computer system" in text for text in written)
    assert "No edition is held for the years between the two beside it." in written
    assert sum(name in written for name in report_data.coverage["area_name"].unique()) == 43
    gaps = {row[:2] for row in behind(figure).rows}
    assert ("Drug offences", "Greater Manchester") in gaps
    assert ("Arrests for drug offences", "Lancashire") in gaps


def test_the_matrix_shows_searches_arrests_and_officers_at_year_ends(report_data: ReportData) -> None:
    (figure,) = figures(coverage.coverage(report_data))
    written = texts(parsed(figure.svg))
    assert {"Searches", "Arrests", "Officers", "Mar 2019", "Mar 2018", "Mar 2022"} <= set(written)
    assert "Lancashire Constabulary supplied no arrests for the year ending March 2018." in written
    # Years of drug offences and twice of officers without an edition, in each row, and in the legend.
    letter = written[written.index("No edition is held for the years between the two beside it.") - 1]
    assert written.count(letter) == 43 * 3 + 1


def test_the_matrix_names_a_gap_that_no_register_explains(report_data: ReportData) -> None:
    hidden = (pl.col("area_id") == KENT) & (pl.col("measure_id") == "nrm_police_referrals")
    gap = report_data.coverage.with_columns(pl.col("present") & ~hidden)
    (figure,) = figures(coverage.coverage(replace(report_data, coverage=gap)))
    assert "No reason is known." in texts(parsed(figure.svg))
    assert any(row[1] == "Kent" and row[3] == "No reason is known." for row in behind(figure).rows)


def test_small_lines_of_all_forces_end_at_the_latest_number_which_is_in_the_table(report_data: ReportData) -> None:
    (figure,) = figures(trends.trends(report_data, forces_of(report_data, NATION), [NORFOLK]))
    written = texts(parsed(figure.svg))
    table = behind(figure)
    assert len(table.rows) == 43
    assert all(isinstance(run, Number) and run.text in written for row in table.rows for run in (row[1], row[4]))
    assert [table.rows[place][0] for place in table.highlighted] == ["Norfolk"]
    assert "Norfolk from 1,392 to 1,949" in figure.description


def test_a_single_force_has_no_small_lines_to_set_side_by_side(report_data: ReportData) -> None:
    assert trends.trends(report_data, [NORFOLK]) == ()


@pytest.mark.parametrize("area_id", [NATION, NORFOLK])
def test_no_label_lies_on_another_and_none_leaves_the_page(report_data: ReportData, area_id: str) -> None:
    forces = forces_of(report_data, area_id)
    drawn = [
        *flows.london_links(report_data, forces),
        *figures(coverage.coverage(report_data)),
        *figures(trends.trends(report_data, forces)),
    ]
    for figure in drawn:
        boxes = extents(parsed(figure.svg))
        assert overlapping(boxes) == [], figure.anchor
        assert all(left >= -0.5 and right <= 680.5 for _, left, right, _, _ in boxes), figure.anchor


@pytest.mark.parametrize("more", [1, 2, 9])
def test_revisions_are_drawn_however_many_editions_are_held(more: int, report_data: ReportData) -> None:
    """Synthetic editions: what the tables of March 2018 print, published again and again, one more offence each time."""
    first = (pl.col("edition_id") == "ye-mar-2018") & (pl.col("source_id") == "ons_pfa_tables")
    indicators, editions = report_data.indicators, report_data.editions
    for number in range(1, more + 1):
        again = [pl.lit(f"synthetic-{number}").alias("edition_id"), pl.lit(f"2020-{number:02}").alias("vintage")]
        revised = report_data.indicators.filter(first).with_columns(*again, pl.col("numerator") + number)
        indicators = pl.concat([indicators, revised])
        editions = pl.concat([editions, report_data.editions.filter(first).with_columns(again)])
    source = report_data.sources["ons_pfa_tables"]
    listed = [replace(source.editions[0], id=f"synthetic-{number}") for number in range(1, more + 1)]
    sources = {**report_data.sources, source.id: replace(source, editions=(*source.editions, *listed))}
    data = replace(report_data, indicators=indicators, editions=editions, sources=sources)
    blocks = provenance.data_notes(data, [NORFOLK])
    (figure,) = [each for each in figures(blocks) if each.anchor == "figure-revisions"]
    assert sum("1,984" in str(line) for line in behind(figure).rows) == 1
    said = [str(block) for block in blocks if "in the table only" in str(block)]
    assert len(said) == (more > 2), said
    name = "Norfolk, year ending March 2018" if more < 9 else "Year ending March 2018"
    assert name in texts(parsed(figure.svg))
