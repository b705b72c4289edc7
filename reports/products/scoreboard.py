"""The sections on the inspection of January 2020: a line a finding, and the check of what was said of Norfolk."""

from collections.abc import Iterator

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Links, Number, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from transforms.inspection import claim_check

NORFOLK = "E23000024"


def findings(data: ReportData, in_full: bool) -> tuple[Block, ...]:
    """Fifteen findings, each with its status by the rule, its grades and periods; in full with the values of each indicator and what is missing."""
    board = data.scoreboard
    counts = board.unique("finding_id").group_by("status").len().sort("len", "status", descending=[True, False])
    last = TableColumn("What stands for it") if in_full else TableColumn("Periods")
    return (
        Heading(2, "Findings of January 2020, and figures since", "scoreboard"),
        Paragraph((wording.scoreboard_counts(dict(counts.iter_rows())), " ", wording.SCOREBOARD_RULE)),
        Table(
            anchor="table-scoreboard",
            caption="Findings of January 2020 in our words, with the status that the rule gives; for England and Wales, not for one area",
            columns=(TableColumn("No."), TableColumn("Finding"), TableColumn("Status"), TableColumn("Grade"), last),
            rows=tuple(_finding(of, in_full) for of in board.partition_by("finding_id", maintain_order=True)),
            source_note="Source: the tables of this build; each indicator's cells are in the scoreboard table for download."
            + ("" if in_full else " The national report has the values behind each status."),
            dense=True,
        ),
        *((Links("Evidence of each finding", tuple(_evidence(data, board))),) if in_full else ()),
    )


def _evidence(data: ReportData, board: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """For each finding a link to each source that its figures come from, or would have to come from; else to the table of this build."""
    for finding in board.unique("finding_id", maintain_order=True).iter_rows(named=True):
        of = board.filter(pl.col("finding_id") == finding["finding_id"])
        named = of["source_id"].drop_nulls().unique(maintain_order=True)
        described = [data.known_sources[source_id] for source_id in named if source_id in data.known_sources]
        for source in described:
            yield (
                f"{finding['finding_id']}: {source.title}",
                f"methods.html#source-{source.id.replace('_', '-')}",
                source.publisher.name,
            )
        if not described:
            yield f"{finding['finding_id']}: the scoreboard of this build", "data/scoreboard.csv", ""


def _finding(indicators: pl.DataFrame, in_full: bool) -> tuple[str, ...]:
    rows = list(indicators.iter_rows(named=True))
    held = [row for row in rows if row["latest"] is not None]
    said = [wording.indicator_of_finding(row) if in_full else wording.periods_of_finding(row) for row in held]
    missing = [wording.indicator_of_finding(row) for row in rows if row["latest"] is None] if in_full else []
    grades = sorted({row["grade"] for row in rows if row["grade"]})
    return (
        *(rows[0]["finding_id"], rows[0]["finding"], rows[0]["status"], ", ".join(grades) or "none"),
        (" " if in_full else "; ").join(dict.fromkeys([*said, *missing])) or "no figure held",
    )


def claim(data: ReportData) -> tuple[Block, ...]:
    """The claim that Norfolk has the highest rate, beside counts, derived rates and what was not printed; nothing without both reports."""
    links = data.indicators.filter((pl.col("measure_id") == "london_linked_individuals") & pl.col("is_preferred"))
    if links.filter(pl.col("area_id") == NORFOLK)["edition_id"].n_unique() < 2:
        return ()
    found = claim_check(data.indicators, data.observations)
    printed = [
        {
            "area_name": "Norfolk",
            "numerator": found["count"],
            "value": found["rate"],
            **{key: found[key] for key in ("lower_95", "upper_95", "indicator_id")},
        },
        *found["others"],
    ]
    return (
        Heading(3, "A claim checked: Norfolk and dealers from London", "claim-check"),
        *(Paragraph(prose) for prose in wording.claim(found)),
        Table(
            anchor="table-claim",
            caption="London-linked individuals of the first report by rate, derived here; January 2018 to March 2019",
            columns=(
                TableColumn("Place"),
                TableColumn("Individuals", numeric=True),
                TableColumn("Per 100,000 residents, derived", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=(
                *(
                    (
                        row["area_name"],
                        Number(formats.count(row["numerator"]), row["indicator_id"]),
                        Number(formats.rate(row["value"]), row["indicator_id"]),
                        Number(formats.interval(row["lower_95"], row["upper_95"]), row["indicator_id"]),
                    )
                    for row in printed
                ),
                *(
                    (
                        row["area_name"],
                        f"{formats.NOT_AVAILABLE}, at most {formats.count(row['count_at_most'])}",
                        f"{formats.NOT_AVAILABLE}, at most {formats.rate(row['at_most'])}",
                        formats.NOT_AVAILABLE,
                    )
                    for row in found["unprinted"]
                ),
            ),
            source_note=f"Source: Mayor's Office for Policing and Crime, as reported; residents: Office for National Statistics. {formats.legend([formats.NOT_AVAILABLE])}",
        ),
    )
