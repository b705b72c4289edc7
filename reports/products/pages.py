"""The pages around the reports: what the checks found, and what every column means."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Links, Page, Paragraph, Quoted, Table, TableColumn
from reports.numbers import ReportData
from reports.products import claims, coverage, scoreboard, site, stated
from reports.products.landing import landing_files
from reports.products.methods import methods as methods
from reports.products.shared import DOWNLOADS
from transforms.contracts import (
    AREAS,
    BOUNDARIES,
    COVERAGE,
    EDITIONS,
    EXCLUDED,
    INDICATORS,
    NOTES,
    OBSERVATIONS,
    PLAUSIBILITY,
    RECONCILIATION,
    RECORD_FILES,
    REVISIONS,
    UNMATCHED,
    Contract,
    cells,
    dictionary_frame,
)
from transforms.contracts.registers import REGISTERS

SLUGS = (
    *("index", *(slug for _, slug in site.MAPS), DOWNLOADS),
    *(scoreboard.PAGE, claims.PAGE, stated.PAGE, "data-quality", "data-dictionary", "methods"),
)


def data_quality(data: ReportData, checks: Path, lake: Path, landed: pl.DataFrame) -> Page:
    """What every expectation found in this build, in a stakeholder's words; what was left out and why; what reconciles; which files were not read.

    ``landed`` is out/landing_files, without rows in a build without a landing folder.
    """
    found = [
        json.loads((checks / contract.table).with_suffix(".json").read_text(encoding="utf-8"))
        for contract in contracts(data.sources, has_boundaries=not data.boundaries.is_empty())
    ]
    rules = [(record["table"], record["rows"], result) for record in found for result in record["results"]]
    broken = [(table, result) for table, _, result in rules if not result["passed"]]
    excluded = (
        pl.read_parquet(lake / "core" / "excluded.parquet")
        .group_by("source_id", "reason")
        .agg(pl.len().alias("cells"))
        .sort("source_id", "reason")
    )
    agreed = data.reconciliation.group_by("kind").agg(pl.len().alias("compared"), pl.col("agrees").sum()).sort("kind")
    summary = (
        f"{formats.count(len(rules))} expectations were evaluated on {formats.count(len(found))} tables; "
        f"{formats.count(len(broken))} {wording.plural(len(broken), 'was', 'were')} not met."
    )
    return Page(
        slug="data-quality",
        title="Data quality",
        lead="What the checks found before anything was published.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(
            Heading(2, "In short", "summary"),
            Paragraph((summary,)),
            *(
                Paragraph(
                    (
                        f"Not met in {table}: {result['description']} ({formats.count(result['failing_count'] or 0)} rows).",
                    )
                )
                for table, result in broken
            ),
            Heading(2, "Do our sums agree with what was published?", "reconciliation"),
            Table(
                anchor="table-reconciliation",
                caption="Published figures that were computed again from their parts",
                columns=(
                    TableColumn("What"),
                    TableColumn("Compared", numeric=True),
                    TableColumn("Agree", numeric=True),
                ),
                rows=tuple(
                    (wording.RECONCILED[row["kind"]], formats.count(row["compared"]), formats.count(row["agrees"]))
                    for row in agreed.iter_rows(named=True)
                ),
                source_note="Totals, districts, referrals and residents must agree exactly, rates to one part in a million.",
            ),
            *landing_files(landed),
            *_record_files(data),
            *coverage.coverage(data),
            *_unlike_before(data),
            Heading(2, "What was left out, and why", "excluded"),
            Table(
                anchor="table-excluded",
                caption="Published cells that no number uses",
                columns=(TableColumn("Reason"), TableColumn("Source"), TableColumn("Cells", numeric=True)),
                rows=tuple(
                    (row["reason"], data.sources[row["source_id"]].title, formats.count(row["cells"]))
                    for row in excluded.iter_rows(named=True)
                ),
                source_note="Every other cell was matched to an area, a measure and a period; a cell that is neither stops the build.",
            ),
            Heading(2, "Every check", "checks"),
            Paragraph(
                (
                    "Evaluated with Great Expectations before each table was published. Its own Data Docs of the same checks, for data "
                    "engineers, are made by the command countylines data-docs; they are no part of what is published.",
                )
            ),
            *(block for record in found for block in _checks_of(record)),
        ),
    )


def _unlike_before(data: ReportData) -> tuple[Block, ...]:
    """Counts that are less than half or more than double those of the same months a year before, or of the period or edition just before."""
    beside = {"like_year_before": "a year before", "like_just_before": "just before"}
    odd = data.plausibility.filter(pl.any_horizontal(~pl.col(name) for name in beside))
    said = " and ".join(
        f"{formats.count(len(odd.filter(~pl.col(name))))} of {formats.count(data.plausibility[name].count())} beside {words}"
        for name, words in beside.items()
    )
    return (
        Heading(2, "Which figures are unlike those before them", "year-before"),
        Paragraph(
            (
                f"Counts of twenty or more that are less than half or more than double the same months a year before, or the period or edition "
                f"just before: {said}. That is no error by itself: read the notes of the force first.",
            )
        ),
        Table(
            anchor="table-year-before",
            caption="Counts unlike those before them",
            columns=(TableColumn("Measure"), TableColumn("Force, months and counts"), TableColumn("Edition")),
            rows=tuple(
                (row["measure_id"].replace("_", " "), row["in_words"], f"{row['source_id']} {row['edition_id']}")
                for row in odd.sort("measure_id", "period_end", "area_id").iter_rows(named=True)
            ),
            source_note="A warning: nothing is held back for it.",
        ),
    )


def _record_files(data: ReportData) -> tuple[Block, ...]:
    """What became of every row of every archive of records: by archive, then of the months of which there is something to know."""
    files = data.record_files
    if files.is_empty():
        return ()
    numbers = ["rows", "kept", "set_aside", "replaced", "out_of_scope"]
    of_archive = files.group_by("archive", "edition_id").agg(pl.len().alias("files"), pl.col(numbers).sum())
    odd = files.with_columns(
        pl.coalesce(
            pl.format("no figure, {}", "not_supplied"),
            "warning",
            pl.format("replaced by {}: {}; what changed: {}", "replaced_by", "decided_by", "changed"),
            pl.when(pl.col("set_aside") > 0).then(pl.col("set_aside_why")),
        ).alias("to_know")
    ).drop_nulls("to_know")
    columns = tuple(
        TableColumn(head, numeric=True) for head in ("Rows", "Kept", "Set aside", "Replaced", "Out of scope")
    )
    return (
        Heading(2, "What became of every record", "record-files"),
        Paragraph(
            (
                "Of every archive of data.police.uk each row is kept, set aside for a reason, replaced by the row of a later archive, or of a body "
                "outside England and Wales. A build in which one row is none of these stops. A month that was not supplied, or in part only, has "
                "no figure.",
            )
        ),
        Table(
            anchor="table-archives",
            caption="Archives of records: rows, and what became of them",
            columns=(TableColumn("Archive"), TableColumn("Files", numeric=True), *columns),
            rows=tuple(
                (Quoted(row["archive"]), formats.count(row["files"]), *(formats.count(row[name]) for name in numbers))
                for row in of_archive.sort("archive").iter_rows(named=True)
            ),
            source_note="Each file of every archive, by body and month, is a row of the table core/record_files.",
        ),
        Table(
            anchor="table-record-files",
            caption="Files of records of which there is something to know, by body and month",
            columns=(TableColumn("File"), TableColumn("Archive"), *columns, TableColumn("To know")),
            rows=tuple(
                (
                    row["file"],
                    Quoted(row["archive"]),
                    *(formats.count(row[name]) for name in numbers),
                    Quoted(row["to_know"]),
                )
                for row in odd.sort("force", "kind", "month", "place").iter_rows(named=True)
            ),
            source_note="Of every other file each row is kept, or of a body outside England and Wales.",
        ),
    )


def _checks_of(record: dict[str, Any]) -> tuple[Block, ...]:
    table = record["table"]
    anchor = table.replace("/", "-").replace("_", "-")
    return (
        Heading(3, table, f"checks-{anchor}"),
        Table(
            anchor=f"table-checks-{anchor}",
            caption=f"Expectations of {table}, {formats.count(record['rows'])} rows",
            columns=(
                TableColumn("Expectation"),
                TableColumn("If not met"),
                TableColumn("Rows looked at", numeric=True),
                TableColumn("Rows failing", numeric=True),
                TableColumn("Result"),
            ),
            rows=tuple(
                (
                    result["description"],
                    "stops the build" if result["severity"] == "critical" else "is reported",
                    formats.count(result["evaluated_rows"] or 0),
                    formats.count(result["failing_count"] or 0),
                    "met" if result["passed"] else "not met",
                )
                for result in record["results"]
            ),
            source_note=f"Named and described in the contract of {table}.",
        ),
    )


def data_docs_index(pages: Mapping[str, PurePath]) -> Page:
    """The page that leads to Great Expectations' own Data Docs of each table; never published."""
    return Page(
        slug="index",
        title="Data Docs",
        lead="What Great Expectations shows of each table, for data engineers. Not part of the reports.",
        build_id="not published",
        status_line="Made by countylines data-docs from the tables of the newest build; its pages name the time at which they were made.",
        home=None,
        blocks=(
            Heading(2, "Tables", "tables"),
            Links("Results by table", tuple((table, page.as_posix(), "") for table, page in pages.items())),
        ),
    )


def dictionary(data: ReportData) -> Page:
    """Every table and register, every column: type, meaning, unit, limits and the publishers' labels."""
    return Page(
        slug="data-dictionary",
        title="Data dictionary",
        lead="Every table of the warehouse and every column of out/indicators, which the tidy CSV renames where other producers have a name for it, from the contracts that the checks use; then the registers that give the figures their meaning.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=tuple(
            block
            for contract in (
                *contracts(data.sources, has_boundaries=not data.boundaries.is_empty()),
                *REGISTERS.values(),
            )
            for block in _described(contract)
        ),
    )


def contracts(sources: Iterable[str], *, has_boundaries: bool) -> list[Contract]:
    """The contract of every table, in the order in which a figure goes through them; that of boundaries only where some are held."""
    raw = [EDITIONS, *([BOUNDARIES] if has_boundaries else []), *(cells(source_id) for source_id in sources)]
    return [
        *raw,
        AREAS,
        OBSERVATIONS,
        EXCLUDED,
        UNMATCHED,
        NOTES,
        RECORD_FILES,
        INDICATORS,
        RECONCILIATION,
        COVERAGE,
        PLAUSIBILITY,
        REVISIONS,
    ]


def _described(contract: Contract) -> tuple[Block, ...]:
    frame = dictionary_frame(contract)
    anchor = contract.table.replace("/", "-").replace("_", "-")
    return (
        Heading(2, f"{contract.title}: {contract.table}", anchor),
        Table(
            anchor=f"table-{anchor}",
            caption=f"Columns of {contract.table}; one row is one {contract.one_row_is}",
            columns=tuple(TableColumn(wording.capitalised(name.replace("_", " "))) for name in frame.columns),
            rows=tuple(tuple("" if value is None else str(value) for value in row) for row in frame.iter_rows()),
            source_note=f"A row is identified by {wording.joined(contract.key)}.",
        ),
    )
