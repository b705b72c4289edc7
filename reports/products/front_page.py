"""Page 1 of a report: one message a measure, the profile of the area, and how new its figures are."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from reports import formats, wording
from reports.document import Block, KeyMessages, Number, Paragraph, Prose, Run, Sketch, Table, TableColumn
from reports.figures import spark
from reports.numbers import ReportData, Row, count
from reports.products.recorded import at_year_ends, parting_days, segment
from reports.products.shared import DRUGS, LINKS, NATION, REFERRALS, shorthand
from transforms.sources.calendar import OVERDUE, next_release, state
from transforms.sources.registry import Source

PROFILE = "table-profile"
"""The anchor of the profile."""
_MOST_MESSAGES = 6
_FEWEST_POINTS = 3
_MOST_CHANGED = 3
# Where the figures of a measure stand in every report that has a message on it.
_SECTIONS = {DRUGS: "figure-drug-offences", REFERRALS: "table-referrals"}
_COLUMNS = (
    *(TableColumn("Measure"), TableColumn("Trend"), TableColumn("Newest", numeric=True)),
    *(TableColumn("Rate (95% interval)", numeric=True), TableColumn("Period")),
    *(TableColumn("On a year before", numeric=True), TableColumn("Since 2019", numeric=True)),
    *(TableColumn("England and Wales", numeric=True), TableColumn("Rank")),
)


def front_page(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """Key messages, one a measure in the order of the register, and the profile: each measure with trend, newest figure, change and place.

    Without any figure of a measure of page 1, the message is that all figures are stand-ins.
    """
    rows = list(_measures(data, area_id))
    if not rows:
        return (KeyMessages((((wording.PROXY,), "table-sources"),)),)
    messages = tuple((_message(row), _SECTIONS.get(row["measure_id"], "")) for row in rows[:_MOST_MESSAGES])
    late = wording.overdue(_overdue(data, rows), read_on(data, rows))
    refused = " ".join(said for row in rows if (said := wording.why_not_compared(row)))
    notes = [text for text in (refused, f"{wording.newest_figures(rows)} {late}".strip()) if text]
    return KeyMessages(messages), _profile(data, area_id, rows), *(Paragraph((text,), is_note=True) for text in notes)


def changed_most(data: ReportData, area_id: str) -> tuple[tuple[str, Prose, str], ...]:
    """Label, message and anchor of the measures that changed on a year before beyond chance, at most three, in the order of the register.

    Where fewer did, those follow that changed since 2019.
    """
    rows = list(_measures(data, area_id))
    changed = [*(row for row in rows if _is_clear(row, "year")), *(row for row in rows if _is_clear(row, "since"))]
    first = list({row["measure_id"]: row for row in changed}.values())[:_MOST_CHANGED]
    return tuple((row["label"], _message(row), _SECTIONS.get(row["measure_id"], PROFILE)) for row in first)


def _is_clear(row: Row, which: str) -> bool:
    """Whether a change is known and its interval leaves out no change."""
    lower, upper = row[f"{which}_lower_95"], row[f"{which}_upper_95"]
    return lower is not None and not lower <= 0 <= upper


def particulars(data: ReportData, area_id: str, title: str, to: str) -> tuple[tuple[str, str], ...]:
    """The lines of the cover of a report: edition, how far it goes, next expected release, contact, how to cite."""
    rows = list(_measures(data, area_id))
    if not rows:
        return ()
    day = read_on(data, rows)
    # Of an edition that is overdue, the next is the one that the timetable has after this day.
    month = f"{day:%Y-%m}"
    due = [found for source, vintage in _sources(data, rows) if (found := next_release(source, max(vintage, month)))]
    following = date.fromisoformat(f"{min(due)}-01") if due else None
    return wording.particulars(title, day, to, following, data.contact)


def read_on(data: ReportData, rows: list[Row]) -> date:
    """The day on which a file behind the figures of page 1 was last read, or that of a report on the past."""
    if data.known_on is not None:
        return data.known_on
    used = data.editions.filter(pl.col("source_id").is_in([row["source_id"] for row in rows]))
    return date.fromisoformat(str(used["retrieved_at"].max()))


def _sources(data: ReportData, rows: list[Row]) -> Iterator[tuple[Source, str]]:
    """The sources of the figures of page 1, each with the month of the newest edition in this build."""
    for source_id in dict.fromkeys(row["source_id"] for row in rows):
        editions = data.editions.filter(pl.col("source_id") == source_id)
        if source_id in data.sources and len(editions):
            yield data.sources[source_id], str(editions["vintage"].max())


def _overdue(data: ReportData, rows: list[Row]) -> list[str]:
    month = f"{read_on(data, rows):%Y-%m}"
    late = {source.id for source, vintage in _sources(data, rows) if state(source, vintage, month) == OVERDUE}
    return [row["label"] for row in rows if row["source_id"] in late]


def _measures(data: ReportData, area_id: str) -> Iterator[Row]:
    """The measures of page 1 of which the area has a figure: its newest, and what the profile says beside it."""
    about = data.measures.select("measure_id", pl.col("unit_plural").alias("unit"))
    rows = (
        data.profile.filter(pl.col("area_id") == area_id)
        .join(data.figures(area_id), on="indicator_id", suffix="_of_figure")
        .join(data.headlines.select("measure_id", "label"), on="measure_id", how="left")
        .join(about, on="measure_id", how="left")
        .sort("position")
    )
    yield from rows.iter_rows(named=True)


def _message(row: Row) -> Prose:
    """Of individuals linked to London, that it is a count over so many months; of any other measure its level, change and place."""
    if row["measure_id"] == LINKS:
        return wording.london_links(row["area_name"], row, None, 1)
    return wording.headline(row)


def _profile(data: ReportData, area_id: str, rows: list[Row]) -> Table:
    figures = data.figures(area_id).filter(pl.col("indicator_id").is_in([row["indicator_id"] for row in rows]))
    return Table(
        anchor=PROFILE,
        caption=f"{data.area(area_id)['name']}: each measure, its newest figure, how it changed, and its place",
        columns=_COLUMNS,
        rows=tuple(_line(data, area_id, row) for row in rows),
        source_note=f"{wording.PROFILE_NOTE} {formats.legend(sorted({*shorthand(figures), formats.NOT_AVAILABLE, formats.NOT_APPLICABLE}))}",
        dense=True,
    )


def _line(data: ReportData, area_id: str, row: Row) -> tuple[Run, ...]:
    nation: Run = formats.NOT_APPLICABLE if area_id == NATION else formats.NOT_AVAILABLE
    if row["nation"] is not None:
        nation = formats.rate(row["nation"])
    return (
        row["label"],
        _trend(data, area_id, row),
        formats.NOT_APPLICABLE if row["unit"] == "per cent" else count(row),
        _rate(row),
        formats.short_period(row["period_start"], row["period_end"]),
        wording.change_cell(row, "year"),
        wording.change_cell(row, "since"),
        nation,
        wording.rank_cell(row),
    )


def _rate(row: Row) -> Run:
    if row["value"] is None:
        return formats.missing(row["status"])
    said = f"{formats.rate(row['value'])} {wording.per(row)}"
    if row["lower_95"] is not None:
        said += f" ({formats.interval(row['lower_95'], row['upper_95'])})"
    return Number(said, row["indicator_id"])


def _trend(data: ReportData, area_id: str, row: Row) -> Run:
    """The area's series of figures that cover as many months as the newest, as a line; too few points are none."""
    held = data.preferred(row["measure_id"], area_id).filter(pl.col("months") == row["months"])
    known = _apart(held, row).filter(pl.col("numerator").is_not_null())
    if len(known) < _FEWEST_POINTS:
        return formats.NOT_APPLICABLE
    parting = parting_days(data.breaks, row["measure_id"], [area_id])
    drawn = known.sort("period_end").select(
        "period_end", pl.col("numerator").cast(pl.Float64).alias("value"), segment(parting).alias("segment")
    )
    first, last = known.sort("period_end").row(0, named=True), known.sort("period_end").row(-1, named=True)
    words = wording.trend_in_words(row["label"], first, last)
    return Sketch(spark(drawn, anchor=f"spark-{row['measure_id'].replace('_', '-')}", words=words), words)


def _apart(held: pl.DataFrame, row: Row) -> pl.DataFrame:
    """Figures that do not overlap: those of the months of the newest in each year; where these are few, one a financial year."""
    same = held.filter(pl.col("period_end").dt.month() == row["period_end"].month)
    return same if len(same) >= _FEWEST_POINTS or row["months"] != 12 else at_year_ends(held)
