"""The section on drug offences recorded by the police: one area over time, beside what is usual, and on the map."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import polars as pl

from reports import formats, numbers, wording
from reports import wording_figures as words
from reports.document import Block, Figure, Heading, Paragraph, Table, TableColumn
from reports.figures import (
    Break,
    Enlarged,
    FunnelLimits,
    FunnelPoint,
    Gap,
    Shaded,
    Tile,
    boundary_map,
    funnel_plot,
    tile_map,
    time_series,
)
from reports.numbers import ReportData, Row
from reports.products import caveats
from reports.products.comparability import between_areas, over_time
from reports.products.shared import (
    CLASS_A_SUPPLY,
    DRUGS,
    KINDS,
    MODERN_SLAVERY,
    TRAFFICKING_SHARE,
    edition_named,
    edition_title,
    newest_figures,
    newest_table,
    shorthand,
    source_note,
)

_MARCH: Final = 3
# A break with this score or more has no bridge: no line may cross it.
_PARTS: Final = 2
_BANDS: Final = 5
# Too small to be seen on a map of the country: the City of London, which the Metropolitan Police surrounds.
_LONDON_FORCES: Final = ("E23000001", "E23000034")


def drug_offences_over_time(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M01 over time: one point a financial year, and every point after the last March; breaks and missing editions drawn."""
    area = data.area(area_id)
    rows = data.preferred(DRUGS, area_id).filter(pl.col("months") == 12)
    shown = at_year_ends(rows)
    gaps = _gaps(shown)
    points = shown.select(
        pl.lit(area["name"]).alias("series"),
        "period_end",
        pl.col("numerator").alias("value"),
        segment(parting_days(data.breaks, DRUGS, forces)).alias("segment"),
    )
    listed = list(shown.iter_rows(named=True))
    heading = Heading(2, "How many drug offences were recorded, and is that more?", "drug-offences")
    if all(row["numerator"] is None for row in listed):
        return (heading, Paragraph((words.no_drug_offences(area["name"], listed),)))
    breaks = _breaks(data, forces, listed)
    title = words.series_title(area["name"], listed)
    description = wording.chart_description(area["name"], listed, "drug offences recorded by the police")
    table = Table(
        anchor="table-drug-offences",
        caption=f"Drug offences recorded by the police in {area['name']}",
        columns=(
            TableColumn("Period"),
            TableColumn("Offences", numeric=True),
            TableColumn("Per 1,000 residents (95% interval)", numeric=True),
        ),
        rows=tuple(
            (wording.capitalised(numbers.period(row)), numbers.count(row), numbers.rate_with_interval(row))
            for row in listed
        ),
        source_note=f"{wording.editions_of([(edition_named(data, row), row) for row in listed])} {formats.legend(shorthand(shown))} {over_time(data, DRUGS, [area_id])}".strip(),
        # On paper the chart says it; the newest figure and its change stand on the first page.
        on_paper=False,
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
            breaks=[
                *(Break(row["date"], row["label"]) for row in breaks if row["area_id"] != area_id),
                *_change_of_source(listed),
            ],
            gaps=gaps,
        ),
        table=table,
        source_note=source_note(data, shown),
    )
    return (
        heading,
        figure,
        Paragraph((wording.populations_used(listed),)),
        *(Paragraph((sentence,)) for sentence in [row["in_words"] for row in breaks]),
    )


def kinds_of_drug_offences(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """M02, M03, M04, M02A and M06: kinds of drug offences, and modern slavery; nothing where none is held."""
    held = newest_figures(data, area_id, (*KINDS, TRAFFICKING_SHARE, CLASS_A_SUPPLY, MODERN_SLAVERY))
    return newest_table(
        data,
        held,
        "table-kinds-of-drug-offences",
        f"Kinds of drug offences, and modern slavery, recorded by the police, {data.area(area_id)['name']}: the newest year held",
        on_paper=False,  # where the first page has them
    )


def at_year_ends(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of twelve months that end in March, and all after the last of them: a series without overlaps up to there; without a March, all."""
    march = pl.col("period_end").dt.month() == _MARCH
    last = pl.col("period_end").filter(march).max()
    return rows.filter(march | last.is_null() | (pl.col("period_end") > last))


def parting_days(breaks: pl.DataFrame, measure_id: str, forces: Sequence[str]) -> list[date]:
    """The days of those registered breaks (the register) of a measure, everywhere or in one of the forces, that keep figures apart: scored 2 or 3."""
    parting = breaks.filter(
        (pl.col("measure_id") == measure_id)
        & (pl.col("score") >= _PARTS)
        & (pl.col("area_id").is_null() | pl.col("area_id").is_in(list(forces)))
    )
    return parting["date"].unique().sort().to_list()


def segment(parting: Sequence[date] = ()) -> pl.Expr:
    """Points are joined when they are at most a year apart, cover the same forces, both have a value and no parting day lies between them."""
    apart = pl.col("period_end") > pl.col("period_end").shift(1).dt.offset_by("12mo").dt.month_end()
    other_cover = pl.col("coverage_note").fill_null("") != pl.col("coverage_note").shift(1).fill_null("")
    parted = pl.lit(False)
    for day in parting:
        parted |= (pl.col("period_end") >= day) & (pl.col("period_end").shift(1) < day)
    return (apart | other_cover | parted | pl.col("numerator").is_null()).fill_null(False).cum_sum()


def _gaps(shown: pl.DataFrame) -> list[Gap]:
    """Stretches longer than a year without an edition, and editions in which the area has no figure."""
    ends = shown["period_end"].to_list()
    held = [Gap(before, after, "no edition held") for before, after in pairwise(ends) if (after - before).days > 366]
    empty = shown.filter(pl.col("numerator").is_null())["period_end"].to_list()
    if empty:
        held.append(Gap(min(empty).replace(day=1), max(empty), "no data supplied"))
    return held


def _change_of_source(rows: Sequence[Row]) -> tuple[Break, ...]:
    """Where a line passes from one table to another, marked once, at the first day that the later one counts; nothing in a line of one source."""
    for before, row in pairwise(rows):
        if row["source_id"] != before["source_id"]:
            return (Break(row["period_start"], words.OTHER_TABLE),)
    return ()


def _breaks(data: ReportData, forces: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """The registered breaks between the first and the last of these rows, which are in order of time; none between fewer than two."""
    if not rows:
        return []
    first, last = rows[0]["period_end"], rows[-1]["period_end"]
    touching = data.breaks.filter(
        (pl.col("measure_id") == DRUGS)
        & (pl.col("date") > first)
        & (pl.col("date") < last)
        & (pl.col("area_id").is_null() | pl.col("area_id").is_in(list(forces)))
    )
    return list(touching.sort("date").iter_rows(named=True))


def funnel(data: ReportData, highlighted: Sequence[str]) -> tuple[Block, ...]:
    """The same rates against population with limits that allow for overdispersion; nothing where the areas may not be compared directly."""
    rows = data.headline(DRUGS)
    if rows.is_empty():
        return ()
    first = rows.row(0, named=True)
    events, residents = rows.select(pl.col("numerator", "denominator_used").sum()).row(0)
    common = events / residents * first["multiplier"]
    curve = rows.sort("denominator_used").select(
        pl.col("denominator_used").alias("residents"),
        *(
            (pl.col(f"{name}_funnel") * common).alias(name)
            for name in ("lower_95", "upper_95", "lower_998", "upper_998")
        ),
    )
    title = words.funnel_title(list(rows.iter_rows(named=True)), highlighted)
    described = wording.funnel(list(rows.iter_rows(named=True)), highlighted)
    figure = Figure(
        anchor="figure-funnel",
        title=title,
        description=described,
        svg=funnel_plot(
            [
                FunnelPoint(
                    row["area_name"],
                    row["denominator_used"],
                    row["value"],
                    row["area_id"] in highlighted,
                    row["flag"] in ("low_998", "high_998"),
                )
                for row in rows.iter_rows(named=True)
            ],
            [FunnelLimits(**row) for row in curve.iter_rows(named=True)],
            anchor="figure-funnel",
            title=title,
            description=described,
            unit="Offences per 1,000 residents",
            centre=common,
            centre_label=f"All areas {formats.rate(common)}",
        ),
        table=None,
        source_note=f"{source_note(data, rows)} {_where_the_values_are(highlighted)}",
    )
    return (Paragraph((described,)), figure)


def limits_of_figures(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """The caveat box of this section."""
    rows = list(at_year_ends(data.preferred(DRUGS, area_id).filter(pl.col("months") == 12)).iter_rows(named=True))
    compared = data.headline(DRUGS)
    noted = data.notes.filter(pl.col("area_id").is_in([area_id, *forces]) & pl.col("text").is_not_null())
    return caveats.caveat(
        rows,
        "drug offences recorded by the police",
        grades=caveats.grades_of(data, area_id, DRUGS),
        breaks=[row["label"] for row in _breaks(data, forces, rows)],
        dispersion=None if compared.is_empty() else compared["phi"][0],
        notes=noted["text"].n_unique(),
    )


def force_map(
    data: ReportData, highlighted: Sequence[str], links: Mapping[str, str] | None = None, measure_id: str = DRUGS
) -> tuple[Figure, ...]:
    """The rates of all forces of a measure as a tile map; with ``links`` (area id to address) each tile leads to its report. Nothing without a rate.

    Where areas are ``highlighted`` it is on the page only: on paper the national report has it.
    """
    headline = data.headline_period(measure_id)
    if headline is None:
        return ()
    start, end = headline
    period = formats.period(start, end)
    rows = data.forces(measure_id, start, end).join(
        data.areas.select("area_id", "tile_label", "tile_column", "tile_row"), on="area_id"
    )
    note = source_note(data, rows)
    ordered = list(rows.sort("value", descending=True, nulls_last=True).iter_rows(named=True))
    described = extremes(ordered, highlighted)
    bands, labels = _bands(rows)
    per = f"per {formats.count(rows.select(pl.col('multiplier').max()).item() or 1)} residents"
    units = dict(data.measures.select("measure_id", "unit_plural").iter_rows())
    map_title = words.rates_title(words.TILES, ordered, highlighted, f"{units[measure_id]} {per}")
    figure = Figure(
        anchor="figure-map",
        title=map_title,
        description=f"Tile map: each police force area is a tile near its place on the map, with its rate. {described}",
        svg=tile_map(
            [
                Tile(
                    row["area_id"],
                    row["tile_column"],
                    row["tile_row"],
                    row["tile_label"],
                    _on_map(row),
                    bands.get(row["area_id"]),
                    row["area_id"] in highlighted,
                )
                for row in rows.iter_rows(named=True)
            ],
            anchor="figure-map",
            title=map_title,
            description=f"Each police force area is a tile near its place on the map, with its rate. {described}",
            band_labels=labels,
            missing_label="no rate shown",
            links=links,
        ),
        table=_table_of_map(data, rows, measure_id, period, per, note) if links else None,
        source_note=note if links else f"{note} {_where_the_values_are(highlighted)}",
        on_paper=not highlighted,
    )
    return (figure,)


def _table_of_map(data: ReportData, rows: pl.DataFrame, measure_id: str, period: str, per: str, note: str) -> Table:
    end = rows["period_end"][0]
    return Table(
        anchor="table-map",
        caption=f"Rates on the tile map, {period}",
        columns=(TableColumn("Police force area"), TableColumn(wording.capitalised(per), numeric=True)),
        rows=tuple((row["area_name"], numbers.rate(row)) for row in rows.sort("area_name").iter_rows(named=True)),
        source_note=f"{note} {between_areas(data, measure_id, rows['area_id'].to_list(), end)}".strip(),
    )


def boundaries(data: ReportData, highlighted: Sequence[str]) -> tuple[Figure, ...]:
    """The same rates on the outlines of the areas; nothing in a build that holds no boundaries or no rates.

    Rates only: the size of an area on paper is not the number of its residents, so that a count would be read as a rate.
    """
    headline = data.headline_period(DRUGS)
    if data.boundaries.is_empty() or headline is None:
        return ()
    start, end = headline
    rows = data.forces(DRUGS, start, end)
    listed = list(rows.iter_rows(named=True))
    bands, labels = _bands(rows)
    ordered = list(rows.sort("value", descending=True, nulls_last=True).iter_rows(named=True))
    title = words.rates_title(words.OUTLINES, ordered, highlighted)
    description = f"{words.BOUNDARY_MAP} {extremes(ordered, highlighted)}"
    source_id, edition_id = data.boundaries.select("source_id", "edition_id").row(0)
    drawn_from = data.sources[source_id]
    edition = edition_title(data, {"source_id": source_id, "edition_id": edition_id})
    return (
        Figure(
            anchor="figure-boundary-map",
            title=title,
            description=description,
            svg=boundary_map(
                data.boundaries,
                [Shaded(row["area_id"], _on_map(row), bands.get(row["area_id"])) for row in listed],
                anchor="figure-boundary-map",
                title=title,
                description=description,
                band_labels=labels,
                missing_label="no rate shown",
                enlarged=Enlarged(_LONDON_FORCES, words.LONDON_ENLARGED),
            ),
            table=None,
            source_note=f"{source_note(data, rows)} {wording.IN_THE_TABLE_OF_FORCES} {words.boundaries(drawn_from.publisher.name, edition, drawn_from.attribution)}",
        ),
    )


def _where_the_values_are(highlighted: Collection[str]) -> str:
    """Which table has the values of a chart of all forces: the national report, which marks none, has it."""
    return wording.IN_THE_NATIONAL_REPORT if highlighted else wording.IN_THE_TABLE_OF_FORCES


def _on_map(row: Row) -> str:
    """The rate as a map prints it, or the shorthand for why there is none."""
    return formats.missing(row["status"]) if row["value"] is None else formats.rate(row["value"])


def extremes(ordered: Sequence[Row], highlighted: Collection[str]) -> str:
    """The lowest and the largest rate of rows in falling order, and those of the report's own areas; that there is none without one."""
    valued = [row for row in ordered if row["value"] is not None]
    if not valued:
        return words.NO_RATE
    own = [f"{row['area_name']} {formats.rate(row['value'])}" for row in valued if row["area_id"] in highlighted]
    lowest, largest = (
        [row["area_name"] for row in valued if row["value"] == end["value"]] for end in (valued[-1], valued[0])
    )
    ends = f"From {formats.rate(valued[-1]['value'])} ({wording.joined(lowest)}) to {formats.rate(valued[0]['value'])} ({wording.joined(largest)})."
    return f"{ends} Marked: {wording.joined(own)}." if own else ends


def _bands(rows: pl.DataFrame) -> tuple[dict[str, int], list[str]]:
    """Five bands with about equally many areas, labelled with the rates at their ends; areas whose rates print alike share a band."""
    valued = rows.filter(pl.col("value").is_not_null()).sort("value", "area_id")
    printed = pl.col("value").round(1, mode="half_away_from_zero")
    banded = valued.with_columns(((printed.rank("min") - 1) * _BANDS // pl.len()).cast(pl.Int32).alias("band"))
    limits = banded.group_by("band", maintain_order=True).agg(
        pl.col("value").min().alias("low"), pl.col("value").max().alias("high")
    )
    labels = [formats.interval(row["low"], row["high"]) for row in limits.iter_rows(named=True)]
    return dict(banded.select("area_id", "band").iter_rows()), labels
