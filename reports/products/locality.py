"""The box on a place inside a police force area that its report is asked about: only what a publisher counted for that place."""

import polars as pl

from reports import formats, wording
from reports.document import Block, Callout, Heading, Number, Run, Table, TableColumn
from reports.numbers import ReportData, Row
from reports.products.shared import source_note

_NO_PLACE = r"(?i)^(no place|unassigned .*)$"
_OF_A_YEAR = 2
LOCALITY = "locality-"
"""What the anchor of a box begins with; the code of the district follows."""
_CELL = ["source_id", "edition_id", "table"]


def localities(data: ReportData, area_id: str) -> tuple[Block, ...]:
    """A box for each registered locality of a police force area, with the counts of districts that are held; nothing for other areas."""
    if data.localities.is_empty():
        return ()
    places = data.localities.filter(pl.col("area_id") == area_id)
    return tuple(block for place in places.iter_rows(named=True) for block in _locality(data, place))


def _locality(data: ReportData, place: Row) -> tuple[Block, ...]:
    anchor = f"{LOCALITY}{place['district_code'].lower()}"
    rows = _counts(data, place)
    return (
        Heading(3, place["name"], anchor),
        Callout(
            f"What is known of {place['name']}",
            "information",
            tuple(
                (point,) for point in wording.locality(place["name"], data.area(place["area_id"])["name"], len(rows))
            ),
        ),
        *((_table(data, place, rows, anchor),) if len(rows) else ()),
    )


def _counts(data: ReportData, place: Row) -> pl.DataFrame:
    """Observations of the force beside the counts of the district, and of no place, in the same table (of one period each), the newest first; of months
    the last two held of each year.

    Columns of OBSERVATIONS, and district_cell, district_value, no_place_value as printed (null where none is).
    """
    named = [f"{place[code]} | {place['name']}" for code in ("partnership_code", "district_code")]
    parts = data.excluded.with_columns(pl.col("value_text").str.strip_chars())
    same = [*_CELL, "area_text"]
    district = parts.filter(pl.col("breakdown_text").str.strip_chars().is_in(named)).select(
        *same, pl.col("cell").alias("district_cell"), pl.col("value_text").alias("district_value")
    )
    elsewhere = parts.filter(pl.col("breakdown_text").str.strip_chars().str.contains(_NO_PLACE)).select(
        *same, pl.col("value_text").alias("no_place_value")
    )
    force = data.observations.filter(
        (pl.col("area_id") == place["area_id"])
        & pl.col("measure_id").is_in(["drug_offences", "police_uk_drugs_records"])
    )
    end = pl.col("period_end")
    return (
        force.join(district, on=same)
        .join(elsewhere, on=same, how="left")
        .filter(end.rank("dense", descending=True).over("source_id", end.dt.year()) <= _OF_A_YEAR)
        .sort("period_end", "source_id", descending=[True, False])
    )


def _table(data: ReportData, place: Row, rows: pl.DataFrame, anchor: str) -> Table:
    force = data.area(place["area_id"])["name"]
    return Table(
        anchor=f"table-{anchor}",
        caption=f"Drug offences and drugs records in {place['name']}: two products, never added",
        columns=(
            TableColumn("What"),
            TableColumn("Period"),
            TableColumn(place["name"], numeric=True),
            TableColumn(f"All of {force}", numeric=True),
            TableColumn(f"In {force}, place not known", numeric=True),
            TableColumn("Edition, table and cell"),
        ),
        rows=tuple(_line(data, row) for row in rows.iter_rows(named=True)),
        source_note=source_note(data, rows),
        dense=True,
    )


def _line(data: ReportData, row: Row) -> tuple[Run, ...]:
    return (
        data.measure_names[row["measure_id"]],
        formats.period(row["period_start"], row["period_end"]),
        row["district_value"],
        Number(formats.count(row["value"]), row["observation_id"]),
        row["no_place_value"] or formats.NOT_AVAILABLE,
        f"{row['edition_id']}, {row['table']}, {row['district_cell']}",
    )
