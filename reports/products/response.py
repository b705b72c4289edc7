"""The section on the policing response: searches, arrests, officers and outcomes, as far as they are held, and what is not."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from reports import formats, numbers, wording
from reports.document import Block, Heading, Paragraph, Table, TableColumn
from reports.numbers import ReportData
from reports.products import caveats, incidents, programme
from reports.products.shared import ARRESTS, NATION, OFFICERS, SEARCHES, edition_named, source_note

# What stands in the section where a figure of the area is held, and how it is named where none is.
_MEASURES: Final = {
    SEARCHES: "stop and searches for drugs in a year",
    "arrests_after_searches_for_drugs": "arrests after them",
    ARRESTS: "arrests for drug offences",
    OFFICERS: "police officers",
    "trafficking_charge_rate": "outcomes of drug trafficking offences, by cohort and as closed",
    "modern_slavery_charge_rate": "outcomes of modern slavery offences",
    "class_a_seizures": "seizures of Class A drugs",
}


def response(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M13, M14, M16 to M18, M20 and the outcomes: the newest figure of each that is held, records by month, the programme, and what is not held."""
    held = (
        data.indicators.filter(
            (pl.col("area_id") == area_id) & pl.col("measure_id").is_in(list(_MEASURES)) & pl.col("is_preferred")
        )
        .sort("period_end", "vintage")
        .group_by("measure_id", maintain_order=True)
        .last()
        .with_columns(pl.col("measure_id").cast(pl.Enum(list(_MEASURES))).alias("place"))
        .sort("place")
    )
    missing = [words for measure, words in _MEASURES.items() if measure not in set(held["measure_id"])]
    shows_programme = area_id == NATION or data.area(area_id)["kind"] == "policing_region"
    used = [
        *held["source_id"],
        *incidents.used_sources(data, area_id),
        *([programme.SOURCE] if shows_programme else []),
    ]
    return (
        Heading(2, "Policing response", "response"),
        *((_newest(data, area_id, held),) if len(held) else ()),
        *incidents.monthly_records(data, area_id),
        *programme.programme(data, area_id, forces),
        *((Paragraph((wording.not_held(missing),)),) if missing else ()),
        *caveats.caveat((), "policing response", managed=caveats.management_information(data, used)),
    )


def _newest(data: ReportData, area_id: str, held: pl.DataFrame) -> Table:
    return Table(
        anchor="table-response",
        caption=f"What the police did, {data.area(area_id)['name']}: the newest figure held of each measure",
        columns=(
            TableColumn("Measure"),
            TableColumn("Period"),
            TableColumn("Number", numeric=True),
            TableColumn("Rate (95% interval)", numeric=True),
            TableColumn("Per", numeric=True),
            TableColumn("Edition"),
        ),
        rows=tuple(
            (
                *(data.measure_names[row["measure_id"]], wording.capitalised(numbers.period(row))),
                *(numbers.count(row), numbers.rate_with_interval(row)),
                formats.count(row["multiplier"]) if row["multiplier"] else formats.NOT_APPLICABLE,
                edition_named(data, row),
            )
            for row in held.iter_rows(named=True)
        ),
        source_note=source_note(data, held),
        dense=True,
    )
