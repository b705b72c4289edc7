"""The figures of London-linked individuals: one a period, from London to every place that the project named."""

from collections.abc import Sequence

import polars as pl

from reports import formats, numbers, wording
from reports import wording_figures as words
from reports.document import Figure, Table, TableColumn
from reports.figures import Flow, flow
from reports.numbers import ReportData, Row
from reports.products.comparability import between_areas
from reports.products.shared import LINKS, published_rank, source_note

_ORIGIN = "London"


def london_links(data: ReportData, area_ids: Sequence[str]) -> tuple[Figure, ...]:
    """A figure for each period in which one of the areas was named, with all named places; those of the report are marked."""
    rows = data.indicators.filter((pl.col("measure_id") == LINKS) & pl.col("is_preferred")).sort(
        "period_start", "numerator", "area_name", descending=[False, True, False], nulls_last=True
    )
    periods = rows.filter(pl.col("area_id").is_in(list(area_ids)))["period_start"].unique().sort()
    newest = periods.max()
    return tuple(
        _figure(data, rows.filter(pl.col("period_start") == start), area_ids, is_newest=start == newest)
        for start in periods
    )


def _figure(data: ReportData, rows: pl.DataFrame, area_ids: Sequence[str], is_newest: bool) -> Figure:
    # The stable sort keeps places with a number in order of it; without one, the printed rank is all that is known.
    listed = sorted(
        rows.iter_rows(named=True),
        key=lambda row: 0 if row["numerator"] is not None else published_rank(data, row) or len(rows),
    )
    span = wording.exact_span(listed[0])
    anchor = f"figure-london-links-{listed[0]['period_start']:%Y-%m}"
    # Where a report is about all places, none is marked: a mark on each says nothing.
    own = set(area_ids) if len(area_ids) < rows["area_id"].n_unique() else set()
    title = words.links_title(listed, own, span)
    description = words.london_links(_ORIGIN, listed, span)
    note = source_note(data, rows)
    return Figure(
        anchor=anchor,
        title=title,
        description=description,
        svg=flow(
            [Flow(row["area_name"], row["numerator"], _unprinted(data, row), row["area_id"] in own) for row in listed],
            origin=_ORIGIN,
            anchor=anchor,
            title=title,
            description=description,
            unit=words.LINKS_UNIT,
        ),
        table=Table(
            anchor=f"table-{anchor.removeprefix('figure-')}",
            caption=words.LINKS_TABLE.format(span=span),
            columns=(
                TableColumn("Place"),
                TableColumn("Individuals", numeric=True),
                TableColumn("Rank by number, as published", numeric=True),
                TableColumn("Per 100,000 residents, derived", numeric=True),
                TableColumn("95% interval", numeric=True),
            ),
            rows=tuple(
                (
                    row["area_name"],
                    numbers.count(row),
                    _rank(data, row),
                    numbers.rate(row),
                    numbers.interval(row),
                )
                for row in listed
            ),
            source_note=f"{note} {between_areas(data, LINKS, rows['area_id'].to_list(), listed[0]['period_end'])}".strip(),
            highlighted=frozenset(place for place, row in enumerate(listed) if row["area_id"] in own),
            # On paper only where a report is about all places: the chart has the numbers, the first page the area's own.
            on_paper=not own,
        ),
        source_note=note,
        on_paper=is_newest or not own,
    )


def _rank(data: ReportData, row: Row) -> str:
    rank = published_rank(data, row)
    return formats.NOT_AVAILABLE if rank is None else str(rank)


def _unprinted(data: ReportData, row: Row) -> str:
    """What stands beside a place without a number: the shorthand for why, and its rank where that was printed."""
    if row["numerator"] is not None:
        return ""
    rank = published_rank(data, row)
    return formats.missing(row["status"]) + (f", {wording.ordinal(rank)} by number" if rank else "")
