"""The sections on whom the police identified: referrals of potential victims, and London-linked individuals."""

from collections.abc import Sequence

import polars as pl

from reports import numbers, wording
from reports.document import Block, Heading, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products import caveats, flows
from reports.products.comparability import over_time
from reports.products.shared import CHILD_REFERRALS, LINKS, REFERRALS, source_note


def referrals(data: ReportData, area_id: str, who: str) -> tuple[Block, ...]:
    """M08: referrals by quarter and by year, with rates per 100,000; M09, children among them, of the newest year."""
    rows = data.preferred(REFERRALS, area_id)
    if rows.is_empty():
        return ()
    listed = list(rows.sort("months", "period_end").iter_rows(named=True))
    of_children = data.preferred(CHILD_REFERRALS, area_id).filter(pl.col("months") == 12).sort("period_end").tail(1)
    return (
        Heading(3, "Potential victims referred by the police", "referrals"),
        Paragraph((wording.REFERRALS_MEANING,)),
        Table(
            anchor="table-referrals",
            caption=f"Referrals to the National Referral Mechanism by {who} as first responder",
            columns=(
                TableColumn("Period"),
                TableColumn("Referrals", numeric=True),
                TableColumn("Per 100,000 residents", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=tuple(
                (wording.capitalised(numbers.period(row)), numbers.count(row), numbers.rate(row), numbers.interval(row))
                for row in listed
            ),
            source_note=f"{source_note(data, rows)} {over_time(data, REFERRALS, [area_id])}".strip(),
            dense=True,
        ),
        Paragraph(
            (
                "Counts are as first published for each quarter; the Home Office revises them later. Quarters of one force are "
                "small numbers: the intervals say how little one quarter tells. Rates are derived here.",
            )
        ),
        Paragraph((wording.populations_used(listed),)),
        *(Paragraph(wording.child_referrals(who, row)) for row in of_children.iter_rows(named=True)),
        *caveats.caveat(listed, "referrals by the police", grades=caveats.grades_of(data, area_id, REFERRALS)),
    )


def london_links(data: ReportData, area_ids: Sequence[str]) -> tuple[Block, ...]:
    """M19: London-linked individuals of the areas that the published assessments name; nothing where they name none."""
    figures = flows.london_links(data, area_ids)
    if not figures:
        return ()
    named = data.indicators.filter((pl.col("measure_id") == LINKS) & (pl.col("area_basis") == "ambiguous_label"))
    ambiguous = named["area_name"].unique().sort().to_list()
    return (
        Heading(3, "London-linked individuals", "london-links"),
        Paragraph(
            (
                "A London project counted individuals from London linked to county lines in other places, arrested or known from "
                "intelligence. It published numbers. The first period has fifteen months, the second twelve, and another body "
                "collected most of the second: the two are not compared here.",
            )
        ),
        *figures,
        *(
            (
                Paragraph(
                    (
                        f"{wording.joined(ambiguous)}: the published place may be a county smaller than the police force area whose "
                        "residents are used, so that the derived rate may be too low.",
                    )
                ),
            )
            if ambiguous
            else ()
        ),
    )
