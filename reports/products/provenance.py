"""The sections on where figures come from: what publishers say of them, what they revised, and the files."""

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from reports import formats, numbers
from reports.document import Block, Heading, Paragraph, Quotation, Run, Table, TableColumn
from reports.numbers import ReportData
from reports.products.shared import DRUGS, edition_named, edition_title, source_note


def data_notes(data: ReportData, area_ids: Sequence[str]) -> tuple[Block, ...]:
    """What the publishers say about these areas, verbatim, and which figures differ between editions."""
    notes = data.notes.filter(pl.col("area_id").is_in(list(area_ids))).join(
        data.areas.select("area_id", "name"), on="area_id"
    )
    merged = (
        notes.filter(pl.col("text").is_not_null())
        .join(data.editions.select("source_id", "edition_id", "publisher", "title"), on=["source_id", "edition_id"])
        .with_columns(
            # The same note has another number in each table: it is quoted once, without its number.
            pl.col("text").str.replace(r"^\d+\.\s*", "").str.strip_chars(),
            pl.format(
                "{}, {}, note {} (cell {})",
                "title",
                pl.col("table").str.strip_chars(),
                pl.col("mark").str.strip_prefix("note "),
                "note_cell",
            ).alias("where"),
        )
        .group_by("publisher", "name", "text")
        .agg(pl.col("where").sort())
        .sort("name", "publisher", "where")
    )
    without_text = notes.filter(pl.col("text").is_null()).sort("name", "edition_id", "mark")
    quoted = [
        Quotation(row["text"], f"{row['publisher']} on {row['name']}: {'; '.join(row['where'])}")
        for row in merged.iter_rows(named=True)
    ]
    marks = [
        Paragraph(
            (
                f"{row['name']} carries the mark [{row['mark']}] in {edition_title(data, row)}, whose file as held does not contain the text.",
            )
        )
        for row in without_text.iter_rows(named=True)
    ]
    revised = _revisions(data, area_ids)
    if not (quoted or marks or revised):
        return ()
    return (
        Heading(2, "Data notes", "data-notes"),
        *((Paragraph(("What the publishers say about these figures, in their words:",)),) if quoted else ()),
        *quoted,
        *marks,
        *revised,
    )


def _revisions(data: ReportData, area_ids: Sequence[str]) -> tuple[Block, ...]:
    """Counts of one period that two editions print differently."""
    counts = (
        data.indicators.filter((pl.col("measure_id") == DRUGS) & pl.col("area_id").is_in(list(area_ids)))
        .sort("vintage", "is_preferred")
        .unique(["area_id", "period_end", "edition_id"], keep="last", maintain_order=True)
        .sort("area_name", "period_end", "vintage")
    )
    pairs = (
        counts.group_by("area_id", "period_end", maintain_order=True)
        .agg(pl.col("indicator_id"), pl.col("numerator"))
        .filter(pl.col("numerator").list.drop_nulls().list.n_unique() > 1)
    )
    if pairs.is_empty():
        return ()
    rows: list[tuple[Run, ...]] = []
    for pair in pairs.iter_rows(named=True):
        earlier, later = (
            counts.row(by_predicate=pl.col("indicator_id") == pair["indicator_id"][place], named=True)
            for place in (0, -1)
        )
        rows.append(
            (
                f"{later['area_name']}, {numbers.period(later)}",
                numbers.count(earlier),
                edition_named(data, earlier),
                numbers.count(later),
                edition_named(data, later),
            )
        )
    return (
        Heading(3, "Figures that were revised", "revisions"),
        Table(
            anchor="table-revisions",
            caption="Drug offences of the same period in two editions; this report uses the newer",
            columns=(
                TableColumn("Area and period"),
                TableColumn("Earlier figure", numeric=True),
                TableColumn("Earlier edition"),
                TableColumn("Newer figure", numeric=True),
                TableColumn("Newer edition"),
            ),
            rows=tuple(rows),
            source_note=source_note(data, counts),
        ),
    )


def sources(data: ReportData, used: Iterable[str]) -> tuple[Block, ...]:
    """Every edition behind the report: when it was published and read, and the checksum of the file."""
    named = [source_id for source_id in data.sources if source_id in set(used)]
    editions = data.editions.filter(pl.col("source_id").is_in(named))
    return (
        Heading(2, "Sources", "sources"),
        Table(
            anchor="table-sources",
            caption="Files that the figures were read from",
            columns=(
                TableColumn("Edition"),
                TableColumn("Published"),
                TableColumn("Read on"),
                TableColumn("Copy"),
                TableColumn("Checksum (SHA-256)"),
            ),
            rows=tuple(
                (
                    f"{row['publisher']}: {row['title']}",
                    formats.month(date.fromisoformat(f"{row['vintage']}-01")),
                    formats.day(date.fromisoformat(str(row["retrieved_at"]))),
                    row["file_kind"],
                    f"{row['sha256'][:16]}…",
                )
                for row in editions.iter_rows(named=True)
            ),
            source_note=(
                "A copy is the publisher's original file, a re-save of it by somebody else, or a transcription by hand from the pages "
                "that countylines explain names. That command prints whole checksums, file names and the way from a number to its cell."
            ),
        ),
        *(Paragraph((data.sources[source_id].attribution,)) for source_id in named),
    )
