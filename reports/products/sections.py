"""The sections that reports share, each from the frames of ReportData to a tuple of blocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import polars as pl

from reports import formats, numbers, wording
from reports.document import Block, Figure, Heading, Paragraph, Quotation, Run, Table, TableColumn
from reports.figures import Break, Gap, RankedRow, Reference, Tile, ranked_intervals, tile_map, time_series
from reports.numbers import ReportData, Row

NATION = "K04000001"
DRUGS, REFERRALS, LINKS = "drug_offences", "nrm_police_referrals", "london_linked_individuals"
_MARCH = 3
_BANDS = 5


def drug_offences_over_time(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M01 over time: one point a financial year, and every point after the last March; breaks and missing editions drawn."""
    area = data.area(area_id)
    rows = data.preferred(DRUGS, area_id).filter(pl.col("months") == 12)
    last_march = rows.filter(pl.col("period_end").dt.month() == _MARCH)["period_end"].max()
    shown = rows.filter((pl.col("period_end").dt.month() == _MARCH) | (pl.col("period_end") > last_march))
    gaps = _gaps(shown)
    points = shown.select(
        pl.lit(area["name"]).alias("series"),
        "period_end",
        pl.col("numerator").alias("value"),
        _segment().alias("segment"),
    )
    listed = list(shown.iter_rows(named=True))
    breaks = _breaks(data, forces, listed[0]["period_end"], listed[-1]["period_end"])
    title = f"Drug offences recorded by the police, {area['name']}, twelve months ending on the date shown"
    description = wording.chart_description(area["name"], listed, "drug offences recorded by the police")
    table = Table(
        anchor="table-drug-offences",
        caption=f"Drug offences recorded by the police in {area['name']}, with the population and edition behind each rate",
        columns=(
            TableColumn("Period"),
            TableColumn("Offences", numeric=True),
            TableColumn("Residents", numeric=True),
            TableColumn("Per 1,000 residents", numeric=True),
            TableColumn("95% interval", numeric=True),
            TableColumn("Edition"),
        ),
        rows=tuple(
            (
                wording.capitalised(numbers.period(row)),
                numbers.count(row),
                numbers.residents(row),
                numbers.rate(row),
                numbers.interval(row),
                _edition_title(data, row),
            )
            for row in listed
        ),
        source_note=_source_note(data, shown),
    )
    figure = Figure(
        anchor="figure-drug-offences",
        title=title,
        description=description,
        svg=time_series(
            points,
            anchor="figure-drug-offences",
            title=title,
            description=description,
            unit="Offences in twelve months",
            breaks=[Break(row["date"], row["label"]) for row in breaks if row["area_id"] != area_id],
            gaps=gaps,
        ),
        table=table,
        source_note=_source_note(data, shown),
    )
    caveats = [sentence for row in listed if (sentence := wording.coverage(row))]
    return (
        Heading(2, "Drug offences recorded by the police", "drug-offences"),
        figure,
        Paragraph((wording.populations_used(listed),)),
        *(Paragraph((sentence,)) for sentence in [row["in_words"] for row in breaks] + caveats),
    )


def _segment() -> pl.Expr:
    """Points are joined when they are at most a year apart, cover the same forces and both have a value."""
    apart = pl.col("period_end") > pl.col("period_end").shift(1).dt.offset_by("12mo").dt.month_end()
    other_cover = pl.col("coverage_note").fill_null("") != pl.col("coverage_note").shift(1).fill_null("")
    return (apart | other_cover | pl.col("numerator").is_null()).fill_null(False).cum_sum()


def _gaps(shown: pl.DataFrame) -> list[Gap]:
    """Stretches longer than a year without an edition, and editions in which the area has no figure."""
    ends = shown["period_end"].to_list()
    held = [Gap(before, after, "no edition held") for before, after in pairwise(ends) if (after - before).days > 366]
    empty = shown.filter(pl.col("numerator").is_null())["period_end"].to_list()
    if empty:
        held.append(Gap(min(empty).replace(day=1), max(empty), "no data supplied"))
    return held


def _breaks(data: ReportData, forces: Sequence[str], first: date, last: date) -> list[Row]:
    touching = data.breaks.filter(
        (pl.col("measure_id") == DRUGS)
        & (pl.col("date") > first)
        & (pl.col("date") < last)
        & (pl.col("area_id").is_null() | pl.col("area_id").is_in(list(forces)))
    )
    return list(touching.sort("date").iter_rows(named=True))


def all_forces(data: ReportData, highlighted: Sequence[str]) -> tuple[Block, ...]:
    """All forces side by side: ordered with intervals, and as a tile map, the report's own marked."""
    start, end = data.headline_period(DRUGS)
    rows = data.forces(DRUGS, start, end)
    period = formats.period(start, end)
    nation = data.number(DRUGS, NATION, start, end)
    ordered = list(rows.sort("value", "area_name", descending=[True, False], nulls_last=True).iter_rows(named=True))
    note = _source_note(data, rows)
    title = f"Drug offences recorded by the police per 1,000 residents, {period}, by police force area"
    described = _extremes(ordered, highlighted)
    own = frozenset(place for place, row in enumerate(ordered) if row["area_id"] in highlighted)
    ranked = Figure(
        anchor="figure-forces",
        title=title,
        description=f"Dot chart with 95% intervals, {period}, areas ordered by rate. {described}",
        svg=ranked_intervals(
            [_ranked_row(row, row["area_id"] in highlighted) for row in ordered],
            anchor="figure-forces",
            title=title,
            description=f"Dot chart with 95% intervals, areas ordered by rate. {described}",
            unit="Offences per 1,000 residents, with 95% interval",
            reference=Reference(nation["value"], f"England and Wales {formats.rate(nation['value'])}")
            if nation
            else None,
        ),
        table=Table(
            anchor="table-forces",
            caption=f"Values of the chart, {period}, in order of the rate",
            columns=(
                TableColumn("Police force area"),
                TableColumn("Offences", numeric=True),
                TableColumn("Residents", numeric=True),
                TableColumn("Per 1,000 residents", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=tuple(
                (row["area_name"], numbers.count(row), numbers.residents(row), numbers.rate(row), numbers.interval(row))
                for row in ordered
            ),
            source_note=note,
            highlighted=own,
        ),
        source_note=note,
    )
    return (
        Heading(2, "All police force areas", "all-forces"),
        Paragraph(
            (
                "The areas are set side by side as recorded activity. Where two intervals overlap, the order of the two areas "
                "says little; where they do not, recording and police work can still explain it.",
            )
        ),
        ranked,
        force_map(data, highlighted),
    )


def force_map(data: ReportData, highlighted: Sequence[str], links: Mapping[str, str] | None = None) -> Figure:
    """The rates of all forces as a tile map; with ``links`` (area id to address) each tile leads to its report."""
    start, end = data.headline_period(DRUGS)
    period = formats.period(start, end)
    rows = data.forces(DRUGS, start, end).join(
        data.areas.select("area_id", "tile_label", "tile_column", "tile_row"), on="area_id"
    )
    note = _source_note(data, rows)
    described = _extremes(list(rows.sort("value", descending=True, nulls_last=True).iter_rows(named=True)), highlighted)
    bands, labels = _bands(rows)
    map_title = f"Drug offences recorded by the police per 1,000 residents, {period}: tile map of the {len(rows)} police force areas"
    table = Table(
        anchor="table-map",
        caption=f"Rates on the tile map, {period}",
        columns=(TableColumn("Police force area"), TableColumn("Per 1,000 residents", numeric=True)),
        rows=tuple((row["area_name"], numbers.rate(row)) for row in rows.sort("area_name").iter_rows(named=True)),
        source_note=note,
    )
    return Figure(
        anchor="figure-map",
        title=map_title,
        description=f"Tile map: each police force area is a square near its place on the map, with its rate. {described}",
        svg=tile_map(
            [
                Tile(
                    row["area_id"],
                    row["tile_column"],
                    row["tile_row"],
                    row["tile_label"],
                    numbers.rate(row) if row["value"] is None else formats.rate(row["value"]),  # type: ignore[arg-type]
                    bands.get(row["area_id"]),
                    row["area_id"] in highlighted,
                )
                for row in rows.iter_rows(named=True)
            ],
            anchor="figure-map",
            title=map_title,
            description=f"Each police force area is a square near its place on the map, with its rate. {described}",
            band_labels=labels,
            missing_label="no rate shown",
            links=links,
        ),
        table=table if links else None,
        source_note=note if links else f"{note} {wording.IN_THE_TABLE_ABOVE}",
    )


def _ranked_row(row: Row, highlighted: bool) -> RankedRow:
    shown = row["value"] is not None
    return RankedRow(
        name=row["area_name"],
        value=row["value"],
        lower=row["lower_95"],
        upper=row["upper_95"],
        value_text=formats.rate(row["value"]) if shown else formats.missing(row["status"]),
        highlighted=highlighted,
        reason="" if shown else wording.no_rate(row),
    )


def _extremes(ordered: Sequence[Row], highlighted: Sequence[str]) -> str:
    valued = [row for row in ordered if row["value"] is not None]
    own = [f"{row['area_name']} {formats.rate(row['value'])}" for row in valued if row["area_id"] in highlighted]
    ends = f"From {formats.rate(valued[-1]['value'])} ({valued[-1]['area_name']}) to {formats.rate(valued[0]['value'])} ({valued[0]['area_name']})."
    return f"{ends} Marked: {wording.joined(own)}." if own else ends


def _bands(rows: pl.DataFrame) -> tuple[dict[str, int], list[str]]:
    """Five bands with equally many areas, labelled with the rates at their ends as printed."""
    valued = rows.filter(pl.col("value").is_not_null()).sort("value", "area_id")
    place = (pl.int_range(pl.len()) * _BANDS // pl.len()).cast(pl.Int32)
    banded = valued.with_columns(place.alias("band"))
    limits = banded.group_by("band", maintain_order=True).agg(
        pl.col("value").min().alias("low"), pl.col("value").max().alias("high")
    )
    labels = [formats.interval(row["low"], row["high"]) for row in limits.iter_rows(named=True)]
    return dict(banded.select("area_id", "band").iter_rows()), labels


def referrals(data: ReportData, area_id: str, who: str) -> tuple[Block, ...]:
    """M08: referrals by quarter and by year, with rates per 100,000."""
    rows = data.preferred(REFERRALS, area_id)
    if rows.is_empty():
        return ()
    listed = list(rows.sort("months", "period_end").iter_rows(named=True))
    return (
        Heading(2, "Potential victims referred by the police", "referrals"),
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
            source_note=_source_note(data, rows),
        ),
        Paragraph(
            (
                "Counts are as first published for each quarter; the Home Office revises them later. Quarters of one force are "
                "small numbers: the intervals say how little one quarter tells. Rates are derived here.",
            )
        ),
        Paragraph((wording.populations_used(listed),)),
    )


def london_links(data: ReportData, area_ids: Sequence[str]) -> tuple[Block, ...]:
    """M19: London-linked individuals of the areas that the published assessments name; nothing where they name none."""
    rows = data.indicators.filter(
        (pl.col("measure_id") == LINKS) & pl.col("area_id").is_in(list(area_ids)) & pl.col("is_preferred")
    )
    if rows.is_empty():
        return ()
    listed = list(
        rows.sort("period_start", "numerator", "area_name", descending=[False, True, False], nulls_last=True).iter_rows(
            named=True
        )
    )
    ambiguous = sorted({row["area_name"] for row in listed if row["area_basis"] == "ambiguous_label"})
    return (
        Heading(2, "London-linked individuals", "london-links"),
        Paragraph(
            (
                "A London project counted individuals from London linked to county lines in other places, arrested or known from "
                "intelligence. It published numbers. The first period has fifteen months, the second twelve, and another body "
                "collected most of the second: the two are not compared here.",
            )
        ),
        Table(
            anchor="table-london-links",
            caption="London-linked individuals by place: the published number, and a rate derived here",
            columns=(
                TableColumn("Place"),
                TableColumn("Period"),
                TableColumn("Individuals", numeric=True),
                TableColumn("Rank by number, as published", numeric=True),
                TableColumn("Per 100,000 residents, derived", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=tuple(
                (
                    row["area_name"],
                    wording.exact_span(row),
                    numbers.count(row),
                    _published_rank(data, row) or formats.NOT_AVAILABLE,
                    numbers.rate(row),
                    numbers.interval(row),
                )
                for row in listed
            ),
            source_note=_source_note(data, rows),
        ),
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


def published_rank(data: ReportData, row: Row) -> int | None:
    """The rank by number that was published for the row's place and period, or None."""
    found = data.observations.filter(
        (pl.col("measure_id") == "london_linked_rank_published")
        & (pl.col("area_id") == row["area_id"])
        & (pl.col("edition_id") == row["edition_id"])
    )
    return int(found["value"][0]) if len(found) else None


def _published_rank(data: ReportData, row: Row) -> str | None:
    rank = published_rank(data, row)
    return None if rank is None else str(rank)


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
                f"{row['name']} carries the mark [{row['mark']}] in {_edition(data, row)}, whose file as held does not contain the text.",
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
                _edition_title(data, earlier),
                numbers.count(later),
                _edition_title(data, later),
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
            source_note=_source_note(data, counts),
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


def _edition(data: ReportData, row: Row) -> str:
    return next(edition.title for edition in data.sources[row["source_id"]].editions if edition.id == row["edition_id"])


def _edition_title(data: ReportData, row: Row) -> str:
    vintage = date.fromisoformat(f"{row['vintage']}-01")
    return f"{data.sources[row['source_id']].publisher.name}, {formats.month(vintage)}"


def _source_note(data: ReportData, rows: pl.DataFrame) -> str:
    ids = [source_id for source_id in data.sources if source_id in set(rows["source_id"])]
    named = [f"{data.sources[source_id].publisher.name}, {data.sources[source_id].title}" for source_id in ids]
    shorthand = {formats.missing(status) for status in set(rows["status"]) - {"ok"}}
    return f"Source: {'; '.join(named)}. {formats.legend(shorthand)}".strip()
