"""The sections on where figures come from: what publishers say of them, what they revised, and the files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import polars as pl

from reports import formats, numbers, wording
from reports import wording_figures as words
from reports.document import Block, Figure, Heading, Link, Number, Paragraph, Quotation, Run, Table, TableColumn
from reports.figures import RevisedFigure, revision_triangle
from reports.figures.revision_triangle import MOST_ROWS, editions_that_fit
from reports.numbers import ReportData, Row
from reports.products.shared import DRUGS, NATION, edition_named, edition_title, source_note
from transforms.sources.calendar import OVERDUE, next_release, state

# Lines of editions; where there are more, the PDF says how many figures were revised and where the table is.
_MOST_REVISIONS_ON_PAPER = 8


def data_notes(data: ReportData, area_ids: Sequence[str], *, draws_revisions: bool) -> tuple[Block, ...]:
    """What the publishers say about these areas, verbatim, and which figures differ between editions, as a table or as a chart as well.

    For the nation the chart is on the page only.
    """
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
    revised = _revisions(data, area_ids, is_drawn=draws_revisions)
    if not (quoted or marks or revised):
        return ()
    return (
        Heading(2, "What should be known about these figures?", "data-notes"),
        *((Paragraph(("What the publishers say about these figures, in their words:",)),) if quoted else ()),
        *quoted,
        *marks,
        *revised,
    )


def _revisions(data: ReportData, area_ids: Sequence[str], *, is_drawn: bool) -> tuple[Block, ...]:
    """Twelve months of which an edition printed another figure than one before it, the largest change first."""
    period = ["area_id", "period_start", "period_end"]
    counts = (
        data.indicators.filter((pl.col("measure_id") == DRUGS) & (pl.col("months") == 12))
        .with_columns(pl.col("period_end").max().over("source_id", "edition_id").alias("reach"))
        .filter(pl.col("area_id").is_in(list(area_ids)) & pl.col("numerator").is_not_null())
        .sort("vintage", "reach", "source_id", "edition_id", "is_preferred")
        .unique([*period, "source_id", "edition_id"], keep="last", maintain_order=True)
        .with_columns(
            pl.col("numerator").n_unique().over(period).alias("different"),
            (pl.col("numerator").last() - pl.col("numerator").first()).over(period).abs().alias("size"),
        )
    )
    listed = counts.filter(pl.col("different") > 1)
    if listed.is_empty():
        return ()
    by_figure = [
        list(rows.iter_rows(named=True))
        for _, rows in listed.sort("size", descending=True, maintain_order=True).group_by(period, maintain_order=True)
    ]
    drawn = sorted(by_figure[:MOST_ROWS], key=lambda rows: (rows[0]["area_name"], rows[0]["period_end"]))
    editions = {
        (row["source_id"], row["edition_id"]): f"{edition_named(data, row)}: {edition_title(data, row)}"
        for row in listed.iter_rows(named=True)
    }
    figures, columns = _newest([_figure(rows, list(editions)) for rows in drawn], tuple(editions.values()))
    left_out = len(editions) - len(columns)
    largest = by_figure[0]
    title = words.revisions_title(largest[0], largest[-1])
    description = wording.revisions(largest[0], largest[-1], listed.select(period).n_unique())
    table = Table(
        anchor="table-revisions",
        caption="Drug offences of the same period in several editions, oldest first; this report uses the newest",
        columns=(
            TableColumn("Area and period"),
            TableColumn("Edition"),
            TableColumn("Figure", numeric=True),
            TableColumn("Change", numeric=True),
        ),
        rows=tuple(_lines(data, by_figure)),
        source_note=source_note(data, listed),
        dense=True,
        on_paper=len(listed) <= _MOST_REVISIONS_ON_PAPER,
    )
    heading = Heading(3, "Figures that were revised", "revisions")
    if not (figures and is_drawn):
        return heading, Paragraph((description,)), table
    chart = Figure(
        anchor="figure-revisions",
        title=title,
        description=description,
        svg=revision_triangle(
            figures,
            columns,
            anchor="figure-revisions",
            title=title,
            description=description,
        ),
        table=table,
        source_note=source_note(data, listed),
        on_paper=False,
    )
    older = (Paragraph((wording.older_editions(left_out),)),) if left_out else ()
    return heading, Paragraph((description,)), *older, chart


def _newest(figures: Sequence[RevisedFigure], editions: Sequence[str]) -> tuple[list[RevisedFigure], tuple[str, ...]]:
    """The figures in the newest editions for which a page has room: those that two of them print; the table beside the chart has all.

    Where room is short and all figures are of one area, which the report is about, its name makes way.
    """
    room = editions_that_fit(figures)
    if len(editions) > room and len({figure.label.partition(", ")[0] for figure in figures}) == 1:
        figures = [replace(figure, label=wording.capitalised(figure.label.partition(", ")[2])) for figure in figures]
        room = editions_that_fit(figures)
    if len(editions) <= room:
        return list(figures), tuple(editions)
    cut = [replace(figure, values=figure.values[-room:], changes=figure.changes[-room:]) for figure in figures]
    return [figure for figure in cut if sum(value is not None for value in figure.values) > 1], tuple(editions[-room:])


def _figure(rows: Sequence[Row], editions: Sequence[tuple[str, str]]) -> RevisedFigure:
    """One figure as the editions printed it; ``rows`` are in the order of publication."""
    printed = {(row["source_id"], row["edition_id"]): row["numerator"] for row in rows}
    changed = {
        edition: formats.change(after - before) if after != before else ""
        for (_, before), (edition, after) in pairwise(printed.items())
    }
    return RevisedFigure(
        label=f"{rows[0]['area_name']}, {numbers.period(rows[0])}",
        values=tuple(formats.count(printed[edition]) if edition in printed else None for edition in editions),
        changes=tuple(changed.get(edition, "") for edition in editions),
    )


def _lines(data: ReportData, by_figure: Iterable[Sequence[Row]]) -> Iterator[tuple[Run, ...]]:
    """A line an edition and figure, with the change since the edition before it."""
    for rows in sorted(by_figure, key=lambda rows: (rows[0]["area_name"], rows[0]["period_end"])):
        for before, row in zip([None, *rows], rows, strict=False):
            change: Run = formats.NOT_APPLICABLE
            if before is not None:
                change = Number(formats.change(row["numerator"] - before["numerator"]), row["indicator_id"])
            edition = f"{edition_named(data, row)}: {edition_title(data, row)}"
            yield (f"{row['area_name']}, {numbers.period(row)}", edition, numbers.count(row), change)


def sources(data: ReportData, area_id: str, used: Iterable[str]) -> tuple[Block, ...]:
    """Each source behind the report with its page, its newest edition and the next; the licence.

    In the national report also their files, the day they were read and their checksums: of the others each evidence page has those behind its numbers.
    """
    is_nation = area_id == NATION
    named = [source_id for source_id in data.sources if source_id in set(used)]
    # Of the source of boundaries nothing else is in the report.
    drawn = data.boundaries.select("source_id", "edition_id").unique()
    editions = data.editions.filter(
        pl.col("source_id").is_in(named)
        & (
            ~pl.col("source_id").is_in(drawn["source_id"].implode())
            | pl.col("edition_id").is_in(drawn["edition_id"].implode())
        )
    )
    # The day of the report: that of the newest edition of any source, or the one that was asked for.
    today = f"{data.known_on:%Y-%m}" if data.known_on else str(data.editions["vintage"].max())
    newest = dict(editions.group_by("source_id").agg(pl.col("vintage").max()).iter_rows())
    files = _files(editions) if is_nation else {}
    return (
        Heading(2, "Where do the figures come from?", "sources"),
        Table(
            anchor="table-sources",
            caption="What the figures come from",
            columns=(
                TableColumn("Source and its page"),
                TableColumn("Newest edition, and the next"),
                TableColumn("Status"),
                *(
                    (TableColumn("Files: what they hold, and the start of the checksum (SHA-256)"),)
                    if is_nation
                    else ()
                ),
            ),
            rows=tuple(
                (
                    *_source(data, source_id, newest[source_id], today),
                    *((wording.files(files[source_id]),) if is_nation else ()),
                )
                for source_id in named
                if source_id in newest
            ),
            source_note=f"{wording.CONTACT} {wording.COPIES if is_nation else wording.FILES_ELSEWHERE}",
            dense=True,
            # On paper the attribution below names them, the first page says what is overdue, and the evidence has their files.
            on_paper=False,
        ),
        Paragraph((wording.attribution(data.sources[source_id].attribution for source_id in named),), is_note=True),
    )


def _files(editions: pl.DataFrame) -> dict[str, list[Row]]:
    """The files of each source, one a file with the first edition in it and how many ``more``."""
    files = (
        editions.sort("source_id", "vintage", maintain_order=True)
        .group_by("source_id", "sha256", "file", maintain_order=True)
        .agg(pl.len().alias("more") - 1, pl.all().first())
    )
    return {
        str(source_id): list(rows.iter_rows(named=True))
        for (source_id,), rows in files.group_by("source_id", maintain_order=True)
    }


def _source(data: ReportData, source_id: str, vintage: str, today: str) -> tuple[Run, ...]:
    source = data.sources[source_id]
    due = next_release(source, vintage)
    late = due is not None and state(source, vintage, today) == OVERDUE
    return (
        Link(f"{source.publisher.name}: {source.title}", source.landing_page),
        f"{formats.month(date.fromisoformat(f'{vintage}-01'))}; {wording.next_edition(due, late=late)}",
        source.status,
    )
