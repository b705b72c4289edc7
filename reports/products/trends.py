"""Recorded drug offences of every police force area over time, as small lines with their first, largest and latest numbers."""

from collections.abc import Sequence

import polars as pl

from reports import formats
from reports import wording_figures as words
from reports.document import Block, Figure, Number, Paragraph, Run, Table, TableColumn
from reports.figures import Spark, sparklines
from reports.numbers import ReportData
from reports.products.comparability import over_time
from reports.products.recorded import at_year_ends, parting_days, segment
from reports.products.shared import DRUGS, MOST_AREAS_ON_PAPER, source_note


def trends(data: ReportData, forces: Sequence[str], highlighted: Sequence[str] = ()) -> tuple[Block, ...]:
    """The small lines of the given police force areas, in order of their names; nothing for fewer than two."""
    held = data.indicators.filter(
        (pl.col("measure_id") == DRUGS)
        & pl.col("area_id").is_in(list(forces))
        & pl.col("is_preferred")
        & (pl.col("months") == 12)
    )
    parting = parting_days(data.breaks, DRUGS, forces)
    rows = (
        at_year_ends(held)
        .sort("area_name", "period_end")
        .with_columns(segment(parting).over("area_id").alias("segment"))
    )
    if rows["area_id"].n_unique() < 2:
        return ()
    span = f"{formats.month(rows['period_end'].min())} to {formats.month(rows['period_end'].max())}"  # type: ignore[arg-type]
    number = [pl.col("numerator"), pl.col("indicator_id"), pl.col("period_end")]
    largest = pl.col("numerator").arg_max()
    ends = (
        rows.drop_nulls("numerator")
        .group_by("area_id", "area_name", maintain_order=True)
        .agg(
            *(column.first().name.suffix("_first") for column in number),
            *(column.get(largest).name.suffix("_largest") for column in number),
            *(column.last().name.suffix("_latest") for column in number),
        )
    )
    summary = ends.select(
        "area_id",
        "area_name",
        *(pl.col(f"numerator_{which}").alias(which) for which in ("first", "largest", "latest")),
    )
    title = words.trends_title(summary.to_dicts(), span)
    description = words.trends(summary.to_dicts(), span, highlighted)
    note = source_note(data, rows)
    on_paper = len(ends) <= MOST_AREAS_ON_PAPER
    return (
        Paragraph((words.TRENDS_LEAD,)),
        Figure(
            anchor="figure-trends",
            title=title,
            description=description,
            svg=sparklines(
                [
                    Spark(
                        part["area_name"][0],
                        part.select("period_end", "segment", pl.col("numerator").alias("value")),
                        part["area_id"][0] in highlighted,
                    )
                    for part in rows.partition_by("area_id", maintain_order=True)
                ],
                anchor="figure-trends",
                title=title,
                description=description,
            ),
            table=Table(
                anchor="table-trends",
                caption=f"Recorded drug offences in twelve months by police force area: first, largest and latest number, {span}",
                columns=(
                    TableColumn("Police force area"),
                    TableColumn("First", numeric=True),
                    TableColumn("Largest", numeric=True),
                    TableColumn("Largest in the year ending"),
                    TableColumn("Latest", numeric=True),
                ),
                rows=tuple(
                    (
                        row["area_name"],
                        _count(row, "first"),
                        _count(row, "largest"),
                        formats.month(row["period_end_largest"]),
                        _count(row, "latest"),
                    )
                    for row in ends.iter_rows(named=True)
                ),
                source_note=f"{note} {over_time(data, DRUGS, rows['area_id'].unique().to_list())}",
                highlighted=frozenset(place for place, area in enumerate(ends["area_id"]) if area in set(highlighted)),
                on_paper=on_paper,
            ),
            source_note=note,
            on_paper=on_paper,
        ),
    )


def _count(row: dict[str, object], which: str) -> Run:
    return Number(formats.count(row[f"numerator_{which}"]), str(row[f"indicator_id_{which}"]))  # type: ignore[arg-type]
