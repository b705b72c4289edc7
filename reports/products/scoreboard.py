"""The sections on the inspection of January 2020: a line a finding, and the check of what was said of Norfolk."""

from collections.abc import Iterator

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Link, Links, Page, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products.shared import NATION
from transforms.contracts.tables import SCOREBOARD_STATUSES
from transforms.inspection import claim_check

NORFOLK = "E23000024"
PAGE = "findings"
"""The page of findings, beside the reports."""
_TITLE = "Findings of January 2020, in full"
_HEADING = Heading(2, "Findings of January 2020, and figures since", "scoreboard")


def findings(data: ReportData) -> tuple[Block, ...]:
    """Fifteen findings, each with its status by the rule, its grades and the periods of one indicator; the page of findings has all, and the values."""
    return (
        _HEADING,
        Paragraph(
            (
                f"{_counts(data)} {wording.SCOREBOARD_RULE} The values of each indicator, and what is missing, are on the page ",
                Link(_TITLE, f"{PAGE}.html"),
                ".",
            )
        ),
        Table(
            anchor="table-scoreboard",
            caption="Findings of January 2020 in our words, with the status that the rule gives; for England and Wales, not for one area",
            columns=tuple(TableColumn(name) for name in ("No.", "Finding", "Status", "Grade", "Periods")),
            rows=tuple(_finding(of) for of in _by_finding(data)),
            source_note="Source: the tables of this build; each indicator's cells are in the scoreboard table for download.",
            dense=True,
        ),
    )


def elsewhere(data: ReportData) -> tuple[Block, ...]:
    """Where the findings are, for a report on one area, which they are not about: a line with a link, without a section of its own."""
    national = Link("national report", f"{data.area(NATION)['slug']}.html#{_HEADING.anchor}")
    before, between, after = wording.FINDINGS_ELSEWHERE
    return (Paragraph((before, national, between, Link(_TITLE, f"{PAGE}.html"), after)),)


def page(data: ReportData) -> Page:
    """The page of findings: for each its status, its indicators with first and newest figure, change and grade or what is missing, and its evidence."""
    return Page(
        slug=PAGE,
        title=_TITLE,
        lead="What the inspection of January 2020 found, in our words, and what published figures show since; for England and Wales.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(
            Paragraph((f"{_counts(data)} {wording.SCOREBOARD_RULE}",)),
            *(block for of in _by_finding(data) for block in _in_full(data, of)),
        ),
    )


def _counts(data: ReportData) -> str:
    counts = data.scoreboard.unique("finding_id").group_by("status").len()
    return wording.scoreboard_counts(dict(counts.sort("len", "status", descending=[True, False]).iter_rows()))


def _by_finding(data: ReportData) -> list[pl.DataFrame]:
    """The indicators of each finding; what improved, got worse or changed first, then context, and last what nobody publishes."""
    order = {status: number for number, status in enumerate(SCOREBOARD_STATUSES)}
    of_findings = data.scoreboard.partition_by("finding_id", maintain_order=True)
    return sorted(of_findings, key=lambda indicators: order[indicators["status"][0]])


def _finding(indicators: pl.DataFrame) -> tuple[str, ...]:
    rows = list(indicators.iter_rows(named=True))
    held = dict.fromkeys(wording.periods_of_finding(row) for row in rows if row["latest"] is not None)
    grades = sorted({row["grade"] for row in rows if row["grade"]})
    return (
        *(rows[0]["finding_id"], rows[0]["finding"], rows[0]["status"], ", ".join(grades) or "none"),
        wording.periods_in_short(list(held)),
    )


def _in_full(data: ReportData, indicators: pl.DataFrame) -> tuple[Block, ...]:
    first = indicators.row(0, named=True)
    finding_id, finding = first["finding_id"], first["finding"]
    return (
        Heading(2, f"{finding_id}: {finding}", finding_id.lower()),
        Paragraph((f"Status: {wording.status_of_finding(first)}",)),
        Table(
            anchor=f"table-{finding_id.lower()}",
            caption=f"Indicators of finding {finding_id}",
            columns=tuple(
                TableColumn(name)
                for name in ("Indicator", "First figure", "Newest figure", "Change, 95% interval", "Grade", "Remark")
            ),
            rows=tuple(wording.cells_of_finding(row) for row in indicators.iter_rows(named=True)),
            source_note=f"Source: the tables of this build. {formats.legend([formats.NOT_AVAILABLE, formats.NOT_APPLICABLE])}",
        ),
        Links(f"Evidence of {finding_id}", tuple(_evidence(data, indicators))),
    )


def _evidence(data: ReportData, indicators: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """A link to each source that the figures of a finding come from, or would have to come from; else to the table of this build."""
    named = indicators["source_id"].drop_nulls().unique(maintain_order=True)
    described = [data.known_sources[source_id] for source_id in named if source_id in data.known_sources]
    for source in described:
        yield (source.title, f"methods.html#source-{source.id.replace('_', '-')}", source.publisher.name)
    if not described:
        yield ("The scoreboard of this build", "data/scoreboard.csv", "")


def claim(data: ReportData) -> tuple[Block, ...]:
    """The claim that Norfolk has the highest rate, beside counts, derived rates and what was not printed; nothing without both reports."""
    links = data.indicators.filter((pl.col("measure_id") == "london_linked_individuals") & pl.col("is_preferred"))
    if links.filter(pl.col("area_id") == NORFOLK)["edition_id"].n_unique() < 2:
        return ()
    found = claim_check(data.indicators, data.observations)
    return (
        Heading(3, "A claim checked: Norfolk and dealers from London", "claim-check"),
        *(Paragraph(prose) for prose in wording.claim(found)),
    )
