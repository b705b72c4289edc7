"""The page of claims: what was said in public about figures, and what the figures can carry, made from the register."""

import polars as pl

from reports import wording
from reports.document import Block, Heading, Link, Page, Paragraph, Prose, Quoted, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products.scoreboard import NORFOLK
from transforms.contracts.tables import VERDICTS

PAGE = "claims"
"""The page of claims, beside the reports."""
TITLE = "Claims checked"


def page(data: ReportData, claims: pl.DataFrame) -> Page:
    """The verdicts in one table, what they mean, and each claim with why, its figures and its grade. ``claims`` is out/claims."""
    rows = list(claims.iter_rows(named=True))
    about = {row["measure_id"]: row for row in data.measures.iter_rows(named=True)}
    counted = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS}
    return Page(
        slug=PAGE,
        title=TITLE,
        lead="What outlets and bodies said about figures, and whether published figures can carry it: the verdict first, then why.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(
            Heading(2, "In short", "summary"),
            Paragraph((wording.claims_in_short(counted),)),
            Table(
                anchor="table-claims",
                caption="Claims and their verdicts",
                columns=tuple(TableColumn(name) for name in ("Verdict", "Claim", "Said by", "Grade")),
                rows=tuple(
                    (
                        Link(wording.verdict_of(row), f"#{row['claim_id']}"),
                        Quoted(row["words"]),
                        wording.said_by(row),
                        row["grade"] or "none",
                    )
                    for row in rows
                ),
                source_note="Source: the register of claims and the tables of this build.",
            ),
            Heading(2, "How a verdict is found", "rule"),
            Paragraph((wording.VERDICTS_MEANING,)),
            Paragraph((wording.CHECK_YOURSELF,)),
            Heading(2, "Each claim", "claims"),
            *(block for row in rows for block in _claim(data, row, about.get(row["measure_id"]))),
        ),
    )


def _claim(data: ReportData, row: Row, measure: Row | None) -> tuple[Block, ...]:
    unit = measure["unit_plural"] if measure else ""
    figures = wording.claim_figures(row, unit)
    heading = wording.claim_heading(row, measure["name"] if measure else None)
    source: Prose = (
        "Claimed: ",
        Quoted(row["words"]),
        f" ({wording.said_by(row)}). ",
        Link("Where it can be read", row["evidence"]),
        ".",
    )
    return (
        Heading(3, heading, row["claim_id"]),
        Paragraph((f"{wording.verdict_of(row)}. {wording.why(row)}",)),
        *((Paragraph(figures),) if figures else ()),
        Paragraph((f"Grade {wording.claim_grade(row)}.", *_more(data, row))),
        Paragraph(source, is_note=True),
    )


def _more(data: ReportData, row: Row) -> Prose:
    """Where a report says more of a claim."""
    if row["area_id"] != NORFOLK or row["measure_id"] != "london_linked_individuals":
        return ()
    return (" ", Link("More in the report on Norfolk", f"{data.area(NORFOLK)['slug']}.html#claim-check"), ".")
