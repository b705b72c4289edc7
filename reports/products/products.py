"""The reports: national, regional, force. Each is a title, three key messages, and the sections in order."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from reports import formats, wording
from reports.document import Block, Callout, Document, Figure, Heading, Paragraph
from reports.numbers import ReportData, Row
from reports.products import (
    beside,
    children,
    comparability,
    consistency,
    coverage,
    districts,
    identified,
    incidents,
    inspection,
    locality,
    provenance,
    recorded,
    response,
    scoreboard,
    trends,
    united_kingdom,
    unlike,
)
from reports.products.front_page import front_page, particulars
from reports.products.shared import DRUGS, LINKS, NATION, downloads

# London has no regional organised crime unit.
_LONDON = "LONDON-AREA"


def region_ids(data: ReportData) -> list[str]:
    """The nine English regions and Wales, in order of their names."""
    return data.areas.filter(pl.col("kind") == "region").sort("name")["area_id"].to_list()


def policing_region_ids(data: ReportData) -> list[str]:
    """The nine areas of regional organised crime units and London, in order of their names."""
    return data.areas.filter(pl.col("kind") == "policing_region").sort("name")["area_id"].to_list()


def forces_of(data: ReportData, area_id: str) -> list[str]:
    """The police force areas that a report is about: the force itself, those of the region, or all."""
    forces = data.areas.filter(pl.col("kind") == "police_force_area").sort("area_id")
    if area_id == NATION:
        return forces["area_id"].to_list()
    within = (pl.col("region_id") == area_id) | (pl.col("policing_region_id") == area_id)
    return forces.filter((pl.col("area_id") == area_id) | within)["area_id"].to_list()


def report(data: ReportData, area_id: str) -> Document:
    """The report on an area: a police force area, a statistical or policing region, or England and Wales."""
    if area_id == NATION:
        return national(data)
    of_kind = force if data.area(area_id)["kind"] == "police_force_area" else region
    return of_kind(data, area_id)


def force(data: ReportData, area_id: str) -> Document:
    """The report on one police force area."""
    area = data.area(area_id)
    return _report(
        data,
        area_id,
        subtitle="Police force area report",
        who=area["operating_name"],
        referrers=area["operating_name"],
        forces=[area_id],
    )


def region(data: ReportData, area_id: str) -> Document:
    """The report on one statistical region, on Wales, or on one policing region."""
    area = data.area(area_id)
    forces = forces_of(data, area_id)
    names = [data.area(force_id)["name"] for force_id in forces]
    kind = "Country report" if area["name"] == "Wales" else "Regional report"
    if area["kind"] == "policing_region":
        kind = "Policing region report"
    police = (
        "police in this policing region"
        if area["kind"] == "policing_region"
        else f"police in {_in_prose(area['name'])}"
    )
    return _report(
        data,
        area_id,
        subtitle=f"{kind}: {wording.joined(names)}",
        who=police,
        referrers=police,
        forces=forces,
    )


def national(data: ReportData) -> Document:
    """The report on England and Wales."""
    return _report(
        data,
        NATION,
        subtitle="National report: the police forces of England and Wales",
        who="police in England and Wales, with British Transport Police,",
        referrers="police in England and Wales",
        forces=forces_of(data, NATION),
    )


def reported(areas: pl.DataFrame) -> pl.DataFrame:
    """The areas that one build makes a report on, in the order of their slugs."""
    kinds = ["police_force_area", "region", "policing_region"]
    return areas.filter(pl.col("kind").is_in(kinds) | (pl.col("area_id") == NATION)).sort("slug")


def slugs(areas: pl.DataFrame) -> list[str]:
    """The slugs of every report that one build makes."""
    return reported(areas)["slug"].to_list()


def _report(data: ReportData, area_id: str, subtitle: str, who: str, referrers: str, forces: Sequence[str]) -> Document:
    """The blocks of any report; ``who`` recorded offences, ``referrers`` made referrals, ``forces`` are its police force areas."""
    area = data.area(area_id)
    is_nation = area_id == NATION
    marked = [] if is_nation else list(forces)
    london_links = identified.london_links(data, forces)
    # A report on one force has six charts at most, and two of the six may be of individuals linked to London.
    draws_revisions = len(forces) > 1 or not any(isinstance(block, Figure) for block in london_links)
    blocks = (
        *front_page(data, area_id),
        Callout(
            "What this report can and cannot tell you",
            "information",
            wording.can_and_cannot(has_london_links=bool(_links(data, forces))),
        ),
        *_of_region(data, area),
        *beside.beside(data, area_id),
        *(scoreboard.findings(data) if is_nation else ()),
        *recorded.drug_offences_over_time(data, area_id, forces),
        *recorded.kinds_of_drug_offences(data, area_id),
        *recorded.force_map(data, marked),
        *(recorded.boundaries(data, marked) if is_nation else ()),
        *recorded.funnel(data, marked),
        *recorded.limits_of_figures(data, area_id, forces),
        *locality.localities(data, area_id),
        *districts.districts(data, area_id),
        *trends.trends(data, forces),
        Heading(2, "Who was identified as exploited?", "identified"),
        *identified.referrals(data, area_id, referrers),
        *(united_kingdom.referrals(data) if is_nation else ()),
        *children.children(data, forces),
        *london_links,
        *(scoreboard.claim(data) if is_nation or area_id == scoreboard.NORFOLK else ()),
        *response.response(data, area_id, forces),
        *inspection.grades(data, area_id, forces),
        *consistency.consistency(data, area_id, forces),
        *comparability.comparisons(data, area_id),
        *(coverage.coverage(data) if is_nation else ()),
        *unlike.unlike_before(data, area_id, forces),
        *provenance.data_notes(data, [area_id] if is_nation else [area_id, *forces], draws_revisions=draws_revisions),
        *provenance.sources(data, area_id, _used_sources(data, [area_id, *forces])),
        *(() if is_nation else scoreboard.elsewhere(data)),
        *downloads(data, area["slug"]),
    )
    headline = data.headline_period(DRUGS)
    compared = f"Police force areas compared in the {formats.period(*headline)}; f" if headline else "F"
    return wording.refuse_forbidden_words(
        Document(
            slug=area["slug"],
            title=f"County lines indicators: {area['name']}",
            subtitle=subtitle,
            period=f"{compared}igures to {_latest(data, area_id)}",
            particulars=particulars(data, area_id, f"County lines indicators: {area['name']}", _latest(data, area_id)),
            status_line=wording.status_line(data.known_on),
            blocks=blocks,
            address=data.address,
        )
    )


def _of_region(data: ReportData, area: Row) -> tuple[Block, ...]:
    """What a policing region is, and which forces of a statistical region belong to a policing region of another area."""
    if area["kind"] == "policing_region":
        forces = data.areas.filter(pl.col("policing_region_id") == area["area_id"])
        regions = [data.area(region_id)["name"] for region_id in forces["region_id"].unique().sort()]
        has_unit = area["area_id"] != _LONDON
        return (Paragraph((wording.policing_region(area["name"], len(forces), regions, has_unit),)),)
    apart = _in_another_policing_region(data, area["area_id"])
    return (Paragraph((wording.kent_and_north_wales(area["name"], apart),)),) if apart else ()


def _in_another_policing_region(data: ReportData, region_id: str) -> dict[str, str]:
    """The forces of a statistical region outside the policing region that most of its forces belong to, each with its policing region."""
    forces = data.areas.filter((pl.col("kind") == "police_force_area") & (pl.col("region_id") == region_id)).sort(
        "name"
    )
    usual = forces["policing_region_id"].mode(maintain_order=True)
    others = forces.filter(pl.col("policing_region_id") != usual.first()) if len(usual) else forces
    return {row["name"]: data.area(row["policing_region_id"])["name"] for row in others.iter_rows(named=True)}


def _links(data: ReportData, forces: Sequence[str]) -> list[Row]:
    rows = data.indicators.filter(
        (pl.col("measure_id") == LINKS) & pl.col("area_id").is_in(list(forces)) & pl.col("is_preferred")
    )
    return list(rows.sort("period_start").iter_rows(named=True))


def _used_sources(data: ReportData, area_ids: Sequence[str]) -> list[str]:
    shown = data.indicators.filter(pl.col("area_id").is_in(list(area_ids)))["source_id"].unique().to_list()
    drawn = data.boundaries["source_id"].unique().to_list() if area_ids[0] == NATION else []
    stated = inspection.used_sources(data, area_ids[0], area_ids[1:])
    of_united_kingdom = united_kingdom.used_sources(data) if area_ids[0] == NATION else []
    return [*shown, *drawn, *stated, *of_united_kingdom, *incidents.used_sources(data, area_ids[0])]


def _latest(data: ReportData, area_id: str) -> str:
    latest = data.indicators.filter(pl.col("area_id") == area_id)["period_end"].max()
    return formats.month(latest) if isinstance(latest, date) else formats.NOT_AVAILABLE


def _in_prose(name: str) -> str:
    """Regions whose names are compass points take an article."""
    return f"the {name}" if name.split()[0] in {"North", "South", "East", "West"} else name
