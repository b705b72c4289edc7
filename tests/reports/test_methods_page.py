"""The page on methods and sources, made from the editions that the project keeps."""

import dataclasses
import json
from datetime import date

import polars as pl
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from reports.document import Callout, Heading, Page, Paragraph, Table
from reports.numbers import ReportData
from reports.products import pages
from transforms.sources.calendar import counted_to, months_between
from transforms.sources.registry import Source


@pytest.fixture(scope="module")
def page(report_data: ReportData, registered: dict[str, Source]) -> Page:
    return pages.methods(report_data, registered)


def ages(page: Page) -> dict[str, tuple[object, ...]]:
    (table,) = (block for block in page.blocks if isinstance(block, Table) and block.anchor == "table-ages")
    return {str(row[0]): row[1:] for row in table.rows}


def test_the_page_is_published_and_the_index_leads_to_it(page: Page) -> None:
    assert page.slug in pages.SLUGS


def test_every_source_of_the_register_is_on_the_page_held_or_not(page: Page, registered: dict[str, Source]) -> None:
    assert set(ages(page)) == set(registered)
    assert ages(page)["ho_drug_offence_subcodes"][1:7] == ("not held", "", "", "", "", "0")
    titles = [block.text for block in page.blocks if isinstance(block, Heading) and block.level == 3]
    assert titles.count("Police force area data tables (S25)") == 1
    assert len(titles) == len(registered)


def test_page_and_command_count_ages_to_the_same_day_and_give_each_source_the_same_state(
    report_data: ReportData, page: Page
) -> None:
    month = counted_to(report_data.editions)
    assert month == report_data.editions["retrieved_at"].max()[:7]
    shown = CliRunner().invoke(cli, ["sources", "--json"])
    assert {row["source_id"]: row["state"] for row in json.loads(shown.output)} == {
        source_id: row[1] for source_id, row in ages(page).items()
    }
    newest = report_data.editions.sort("vintage").row(-1, named=True)
    assert ages(page)[newest["source_id"]][4] == str(months_between(newest["vintage"], month))


def test_a_report_on_the_past_counts_to_its_own_day(report_data: ReportData, registered: dict[str, Source]) -> None:
    early = report_data.editions.filter(pl.col("vintage") <= "2019-07")
    past = dataclasses.replace(report_data, editions=early, known_on=date(2019, 7, 31))
    rows = ages(pages.methods(past, registered))
    assert rows["ons_pfa_tables"][1:7] == ("up to date", "ye-mar-2019", "July 2019", "0", "October 2019", "3")
    assert rows["ho_nrm_police_first_responder"][1] == "not held"


def test_every_source_says_what_it_may_and_may_not_be_used_to_say(page: Page, registered: dict[str, Source]) -> None:
    points = [
        sentence for block in page.blocks if isinstance(block, Callout) for prose in block.points for sentence in prose
    ]
    for source in registered.values():
        assert set(source.may_claim) | set(source.may_not_claim) <= set(points)


def test_a_break_that_reports_draw_is_named_and_another_is_given_by_its_identifier(page: Page) -> None:
    said = [run for block in page.blocks if isinstance(block, Paragraph) for run in block.prose]
    assert any("B08 (Greater Manchester: no data)" in str(run) and "B25" in str(run) for run in said)


def test_anchors_are_unique(page: Page) -> None:
    anchors = [block.anchor for block in page.blocks if isinstance(block, Heading | Table)]
    assert len(anchors) == len(set(anchors))


def test_it_is_said_what_the_months_of_publication_rest_on_and_what_was_not_believed(
    report_data: ReportData, registered: dict[str, Source]
) -> None:
    note = "Its files are dated 2026-12-01."
    doubted = report_data.editions.with_columns(
        pl.when(edition_id="ye-dec-2019").then(pl.lit(note)).otherwise("vintage_note").alias("vintage_note")
    )
    page = pages.methods(dataclasses.replace(report_data, editions=doubted), registered)
    said = [run for block in page.blocks if isinstance(block, Paragraph) for run in block.prose]
    assert (
        f"When the editions held came out is known from the properties of the file (six) and the publisher's timetable (one). ye-dec-2019: {note}"
        in said
    )
