"""The section on the policing response: searches, arrests, officers and outcomes, as far as they are held, and what is not."""

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from reports import wording
from reports.document import Block, Heading, Paragraph
from reports.numbers import ReportData
from reports.products import caveats, incidents, programme
from reports.products.shared import ARRESTS, NATION, OFFICERS, SEARCHES, newest_figures, newest_table

# What became of the trafficking offences of a quarter: nothing yet, another outcome, a charge.
_COHORT: Final = (
    *("trafficking_offences_not_yet_assigned", "trafficking_offences_not_charged"),
    "trafficking_offences_charged",
)
# What stands in the section where a figure of the area is held, and how it is named where none is.
_MEASURES: Final = {
    SEARCHES: "stop and searches for drugs in a year",
    "arrests_after_searches_for_drugs": "arrests after them",
    ARRESTS: "arrests for drug offences",
    OFFICERS: "police officers",
    "trafficking_charge_rate": "outcomes of drug trafficking offences by cohort",
    "trafficking_charge_share_closed": "outcomes of drug trafficking offences as closed",
    "modern_slavery_charge_rate": "outcomes of modern slavery offences",
    "class_a_seizures": "seizures of Class A drugs",
}


def response(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """M13, M14, M16 to M18, M20 and the outcomes: the newest figure of each that is held, records by month, the programme, and what is not held."""
    held = newest_figures(data, area_id, list(_MEASURES))
    missing = _missing(set(held["measure_id"]))
    partial = [
        {**row, "measure_name": data.measure_names[row["measure_id"]]}
        for row in held.iter_rows(named=True)
        if row["coverage"] == "partial"
    ]
    shows_programme = area_id == NATION or data.area(area_id)["kind"] == "policing_region"
    used = [
        *held["source_id"],
        *incidents.used_sources(data, area_id),
        *([programme.SOURCE] if shows_programme else []),
    ]
    return (
        Heading(2, "What did the police do?", "response"),
        *newest_table(
            data,
            held,
            "table-response",
            f"What the police did, {data.area(area_id)['name']}: the newest figure held of each measure",
        ),
        *_too_young(data, area_id, forces),
        *incidents.monthly_records(data, area_id),
        *programme.programme(data, area_id, forces),
        *((Paragraph((wording.not_held(missing),)),) if missing else ()),
        *caveats.caveat(partial, "policing response", managed=caveats.management_information(data, used)),
    )


def _too_young(data: ReportData, area_id: str, forces: Sequence[str]) -> tuple[Block, ...]:
    """The quarters whose outcomes are held and make no rate yet, with the share of their trafficking offences without an outcome; nothing without one."""
    counted = [area_id, *forces]
    if area_id == NATION:
        counted = data.areas.filter(pl.col("kind").is_in(["police_force_area", "non_territorial_force"]))[
            "area_id"
        ].to_list()
    quarters = (
        data.observations.filter(pl.col("measure_id").is_in(_COHORT) & pl.col("area_id").is_in(counted))
        .group_by("period_start", "period_end")
        .agg(
            pl.col("value").sum().alias("offences"),
            pl.col("value").filter(pl.col("measure_id") == _COHORT[0]).sum().alias("waiting"),
        )
        .filter(pl.col("offences") > 0)
        .sort("period_end")
    )
    shown = data.preferred("trafficking_charge_rate", area_id)["period_end"].max()
    young = quarters if shown is None else quarters.filter(pl.col("period_end") > shown)
    return tuple(Paragraph((wording.too_young(row),)) for row in young.iter_rows(named=True))


def _missing(held: Collection[str]) -> list[str]:
    """How the measures are named that have no figure: outcomes of drug trafficking once where neither of their two counts has one."""
    words = {measure: said for measure, said in _MEASURES.items() if measure not in held}
    if {"trafficking_charge_rate", "trafficking_charge_share_closed"} <= words.keys():
        words["trafficking_charge_rate"] = "outcomes of drug trafficking offences, by cohort and as closed"
        del words["trafficking_charge_share_closed"]
    return list(words.values())
