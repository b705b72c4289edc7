"""The table of the districts and community safety partnerships of a police force area: their newest figures, on the page only."""

import polars as pl

from reports import formats, wording
from reports.document import Block, Heading, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products.shared import source_note
from transforms.indicators.districts import DRUGS, MEASURES, RECORDS


def districts(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """The newest figure of each place and measure, by measure and name; nothing for an area without any."""
    held = data.districts.filter(pl.col("force_id") == area_id)
    if held.is_empty():
        return ()
    newest = (
        held.filter(pl.col("period_end") == pl.col("period_end").max().over("measure_id"))
        .with_columns(pl.col("measure_id").cast(pl.Enum(MEASURES)).alias("place"))
        .sort("place", "area_name", "area_id")
    )
    missing = {formats.missing(status) for status in newest["status"].unique() if status != "ok"}
    shown = set(newest["measure_id"])
    notes = [
        wording.DISTRICTS,
        *([wording.PARTNERSHIPS] if DRUGS in shown else []),
        *([wording.SMALL_RECORDS] if RECORDS in shown else []),
    ]
    table = Table(
        anchor="table-districts",
        caption=f"Districts, authorities and community safety partnerships of {data.area(area_id)['name']}: newest figures, part of those above",
        columns=(
            *(TableColumn("Place"), TableColumn("Measure"), TableColumn("Period"), TableColumn("Number", numeric=True)),
            *(TableColumn("Rate (95% interval)", numeric=True), TableColumn("Of", numeric=True)),
        ),
        rows=tuple(_line(data, row) for row in newest.iter_rows(named=True)),
        source_note=" ".join([*notes, source_note(data, newest), formats.legend(sorted(missing))]),
        dense=True,
        on_paper=False,
    )
    return (
        Heading(3, "Districts", "districts"),
        table,
    )


def _line(data: ReportData, row: Row) -> tuple[Run, ...]:
    number = formats.missing(row["status"]) if row["numerator"] is None else formats.count(row["numerator"])
    rate, of = formats.missing(row["status"]) if row["value"] is None else "", formats.NOT_APPLICABLE
    if row["value"] is not None:
        rate = f"{formats.rate(row['value'])} per {formats.count(row['multiplier'])} ({formats.interval(row['lower_95'], row['upper_95'])})"
    if row["denominator"] is not None:
        of = formats.population(row["denominator"])
    return (
        row["area_name"],
        data.measure_names[row["measure_id"]],
        formats.short_period(row["period_start"], row["period_end"]),
        number,
        rate,
        of,
    )
