"""The page of statements: every row with its page and whose it is, and what differs shown with both."""

import dataclasses

import pytest

from reports import wording
from reports.document import Link, Paragraph, Table
from reports.numbers import ReportData
from reports.products import stated


def table_of(data: ReportData, anchor: str) -> dict[str, list[tuple[str, ...]]]:
    """The rows of a table by their first cell, the others as text."""
    (table,) = (block for block in stated.page(data).blocks if isinstance(block, Table) and block.anchor == anchor)
    rows: dict[str, list[tuple[str, ...]]] = {}
    for row in table.rows:
        first, *others = (wording.plain((run,)) for run in row)
        rows.setdefault(first, []).append(tuple(others))
    return rows


def said(data: ReportData) -> list[str]:
    return [wording.plain(block.prose) for block in stated.page(data).blocks if isinstance(block, Paragraph)]


def test_statements_that_differ_are_shown_with_both_and_where_each_was_read(report_data: ReportData) -> None:
    assert [text for text in said(report_data) if text.startswith("Statements that differ")] == [
        "Statements that differ: line holders charged, July 2024 to September 2024: over 200 (www.parallelparliament.co.uk) and over 260 "
        "(parallelparliament.co.uk).",
        "Statements that differ: people safeguarded, 25 November 2024 to 1 December 2024: 1,400 (news.npcc.police.uk) and 1,434 (www.lbc.co.uk).",
        "Statements that differ: for 2025/26, 42 million pounds (written answer) and 43 million pounds (Home Office, as reported; second-hand).",
    ]


def test_a_bound_is_no_contradiction_of_a_number_that_keeps_it(report_data: ReportData) -> None:
    quarter = table_of(report_data, "table-programme")["July 2024 to September 2024"]
    assert [row[0] for row in quarter] == ["[x]", "410", "over 400"]
    assert not any("lines closed" in text for text in said(report_data) if text.startswith("Statements that differ"))


def test_the_row_put_down_from_memory_is_the_week_of_november_2024_and_march_a_week_of_its_own(
    report_data: ReportData,
) -> None:
    weeks = table_of(report_data, "table-weeks")
    november = weeks["25 November 2024 to 1 December 2024"]
    assert [row[:5] for row in november] == [
        ("1,660", "261", "557", "[x]", "1,400"),
        ("1,660", "261", "557", "[x]", "1,434"),
    ]
    assert [row[0] for row in weeks["March 2024"]] == ["over 1,800"]
    assert [row[:2] for row in weeks["9 October 2023 to 15 October 2023"]] == [("1,613", "250")]
    assert [row[:2] for row in weeks["11 October 2021 to 17 October 2021"]] == [("1,468", "139")]
    assert weeks["23 June 2025 to 29 June 2025"][0][:5] == ("1,965", "241", "501", "584", "1,179")
    assert not {"2023", "2024"} & weeks.keys()


def test_what_was_read_in_the_press_says_so_and_leads_to_the_page_and_the_cell(report_data: ReportData) -> None:
    (week,) = table_of(report_data, "table-weeks")["11 October 2021 to 17 October 2021"]
    assert week[-3:] == ("press", "www.rt.com", "C2, D2, I2, J2")
    links = [
        run.address
        for block in stated.page(report_data).blocks
        if isinstance(block, Table)
        for row in block.rows
        for run in row
        if isinstance(run, Link)
    ]
    assert len(links) == 11 + 14 + 12 + 14
    assert all(address.startswith("http") for address in links)


def test_that_an_offence_is_in_force_is_an_expectation_of_a_law_firm(report_data: ReportData) -> None:
    law = table_of(report_data, "table-law-and-money")["Law"]
    (expected,) = (row for row in law if "expected to come into force" in row[0])
    assert expected[1:4] == ("[z]", "29 June 2026", "law firm: expectation only")


def test_without_statements_the_page_is_words_alone(report_data: ReportData) -> None:
    bare = dataclasses.replace(report_data, statements=report_data.statements.clear())
    assert [type(block) for block in stated.page(bare).blocks] == [Paragraph]


@pytest.mark.parametrize("anchor", ["table-programme", "table-weeks", "table-lines", "table-law-and-money"])
def test_no_row_adds_up_others(anchor: str, report_data: ReportData) -> None:
    assert not any(first.lower().startswith(("total", "all")) for first in table_of(report_data, anchor))
