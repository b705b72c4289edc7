"""The page on methods and sources: how old every source is, and what its figures may and may not be used to say."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from reports import formats, wording
from reports.document import Block, Callout, Heading, Page, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products import provenance
from reports.products.shared import NATION
from transforms.sources.calendar import counted_to, release_calendar
from transforms.sources.registry import Edition, Source

_WHY_THEN = {
    True: "when a publisher's file was last read for this build",
    False: "since this report is about what was known then",
}


def methods(data: ReportData, register: Mapping[str, Source]) -> Page:
    """Every source of the ``register``, held in this build or not. Ages are counted by the rule of `countylines sources`, never to today."""
    held = _held(data, register)
    as_of = counted_to(data.editions, data.known_on)
    calendar = release_calendar(register, held, as_of)
    return Page(
        slug="methods",
        title="Methods and sources",
        lead="Which publications the project knows, how old the editions are that it holds, and what each may be used to say.",
        build_id=data.build_id,
        status_line=wording.status_line(data.known_on),
        blocks=(
            Heading(2, "How old the figures are", "ages"),
            Paragraph(
                (
                    f"Ages are counted to {_month(as_of)}, {_WHY_THEN[data.known_on is None]}. "
                    "A source that is not held is known to the project and stands in no report. Grades, which are words, and figures whose periods "
                    "overlap are held as printed: they are never added up, and no report computes with them.",
                )
            ),
            _ages(calendar),
            Heading(2, "What each source may be used to say", "claims"),
            *(block for source_id in calendar["source_id"] for block in _described(data, register[source_id])),
            *provenance.sources(data, NATION, data.sources),
        ),
    )


def _held(data: ReportData, register: Mapping[str, Source]) -> dict[str, tuple[Edition, ...]]:
    """The editions in this build, by source."""
    read = set(data.editions.select("source_id", "edition_id").iter_rows())
    return {
        source_id: tuple(edition for edition in source.editions if (source_id, edition.id) in read)
        for source_id, source in register.items()
    }


def _ages(calendar: pl.DataFrame) -> Table:
    return Table(
        anchor="table-ages",
        caption="Sources, the newest edition held, and when the next should appear",
        columns=(
            TableColumn("Source"),
            TableColumn("Code"),
            TableColumn("State"),
            TableColumn("Newest edition"),
            TableColumn("Published"),
            TableColumn("Age in months", numeric=True),
            TableColumn("Next release"),
            TableColumn("Editions held", numeric=True),
            TableColumn("Layout checked against"),
            TableColumn("Publisher"),
        ),
        rows=tuple(
            (
                row["source_id"],
                row["code"],
                row["state"],
                row["newest_edition"] or "",
                _month(row["vintage"]),
                "" if row["age_months"] is None else formats.count(row["age_months"]),
                _month(row["next_release"]),
                formats.count(row["editions"]),
                row["layout_checked_against"],
                row["publisher"],
            )
            for row in calendar.iter_rows(named=True)
        ),
        source_note=(
            "The next release is the first month of the publisher's timetable after the newest edition held. A layout was proven on the "
            "publisher's original file, on a re-save of it, is known from documentation only, or is not known yet."
        ),
    )


def _described(data: ReportData, source: Source) -> tuple[Block, ...]:
    anchor = source.id.replace("_", "-")
    return (
        Heading(3, f"{source.title} ({source.code})", f"source-{anchor}"),
        Paragraph((source.summary,)),
        Paragraph((f"{source.status} Licence: {source.licence_in}. Revisions: {source.revision_policy}",)),
        *_dated_by(data, source),
        *((Paragraph((f"Breaks in the series: {_breaks(data, source)}.",)),) if source.known_breaks else ()),
        Callout("May be used to say", "information", tuple((claim,) for claim in source.may_claim)),
        Callout("May not be used to say", "caveat", tuple((claim,) for claim in source.may_not_claim)),
    )


def _dated_by(data: ReportData, source: Source) -> tuple[Paragraph, ...]:
    """What the months of publication of the editions held rest on, and which dates were not believed; nothing where none is held."""
    held = data.editions.filter(source_id=source.id)
    if held.is_empty():
        return ()
    bases = held.group_by("vintage_basis").len().sort("len", "vintage_basis", descending=[True, False])
    said = wording.joined(f"{basis} ({formats.small_number(number)})" for basis, number in bases.iter_rows())
    doubted = held.drop_nulls("vintage_note").sort("edition_id").select("edition_id", "vintage_note").iter_rows()
    notes = "".join(f" {edition_id}: {note}" for edition_id, note in doubted)
    return (Paragraph((f"When the editions held came out is known from {said}.{notes}",)),)


def _breaks(data: ReportData, source: Source) -> str:
    """The breaks by identifier, with the label of those that reports draw."""
    labels = dict(data.breaks.select("break_id", "label").iter_rows())
    return wording.joined(
        f"{break_id} ({labels[break_id]})" if break_id in labels else break_id for break_id in source.known_breaks
    )


def _month(month: str | None) -> str:
    return formats.month(date.fromisoformat(f"{month}-01")) if month else ""
