"""The reports: national, regional, force. Each is a title, three key messages, and the sections in order."""

from collections.abc import Sequence

import polars as pl

from reports import formats, wording
from reports.document import Block, Callout, Document, KeyMessages, Paragraph, Prose
from reports.numbers import ReportData, Row
from reports.products import (
    children,
    comparability,
    coverage,
    identified,
    incidents,
    provenance,
    recorded,
    scoreboard,
    trends,
)
from reports.products.shared import DRUGS, LINKS, NATION, REFERRALS, downloads, published_rank

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


def slugs(areas: pl.DataFrame) -> list[str]:
    """The slugs of every report that one build makes."""
    chosen = areas.filter(
        pl.col("kind").is_in(["police_force_area", "region", "policing_region"]) | (pl.col("area_id") == NATION)
    )
    return chosen["slug"].sort().to_list()


def _report(data: ReportData, area_id: str, subtitle: str, who: str, referrers: str, forces: Sequence[str]) -> Document:
    """The blocks of any report; ``who`` recorded offences, ``referrers`` made referrals, ``forces`` are its police force areas."""
    area = data.area(area_id)
    is_nation = area_id == NATION
    marked = [] if is_nation else list(forces)
    blocks = (
        KeyMessages(_key_messages(data, area_id, who, referrers, forces)),
        Callout(
            "What this report can and cannot tell you",
            "information",
            wording.can_and_cannot(has_london_links=bool(_links(data, forces))),
        ),
        *_of_policing_region(data, area),
        *(scoreboard.findings(data) if is_nation else ()),
        *recorded.drug_offences_over_time(data, area_id, forces),
        *recorded.all_forces(data, marked),
        *trends.trends(data, forces),
        *incidents.monthly_records(data, area_id),
        *identified.referrals(data, area_id, referrers),
        *children.children(data, forces),
        *identified.london_links(data, forces),
        *(scoreboard.claim(data) if is_nation or area_id == scoreboard.NORFOLK else ()),
        *comparability.comparisons(data, area_id),
        *(coverage.coverage(data) if is_nation else ()),
        *provenance.data_notes(data, [area_id] if is_nation else [area_id, *forces]),
        *provenance.sources(data, _used_sources(data, [area_id, *forces])),
        *downloads(data, area["slug"]),
    )
    start, end = data.headline_period(DRUGS)
    return wording.refuse_forbidden_words(
        Document(
            slug=area["slug"],
            title=f"County lines indicators: {area['name']}",
            subtitle=subtitle,
            period=f"Police force areas compared in the {formats.period(start, end)}; figures to {_latest(data, area_id)}",
            build_id=data.build_id,
            status_line=wording.status_line(data.known_on),
            blocks=blocks,
        )
    )


def _of_policing_region(data: ReportData, area: Row) -> tuple[Block, ...]:
    """What a policing region is, and how it differs from the regions that statistics use; nothing for any other area."""
    if area["kind"] != "policing_region":
        return ()
    forces = data.areas.filter(pl.col("policing_region_id") == area["area_id"])
    regions = [data.area(region_id)["name"] for region_id in forces["region_id"].unique().sort()]
    return (
        Paragraph((wording.policing_region(area["name"], len(forces), regions, has_unit=area["area_id"] != _LONDON),)),
    )


def _key_messages(data: ReportData, area_id: str, who: str, referrers: str, forces: Sequence[str]) -> tuple[Prose, ...]:
    start, end = data.headline_period(DRUGS)
    drugs = data.number(DRUGS, area_id, start, end)
    nation = data.number(DRUGS, NATION, start, end)
    first: Prose = wording.drug_offences(who, drugs) if drugs else ()
    if nation and area_id != NATION and drugs and drugs["value"] is not None:
        first = (*first, " ", *wording.beside(nation, "England and Wales"))
    years = data.preferred(REFERRALS, area_id).filter(pl.col("months") == 12)
    second = wording.referrals(referrers, years.row(-1, named=True)) if len(years) else ()
    links = _links(data, forces)
    counted = [row for row in links if row["numerator"] is not None]
    third: Prose = (wording.PROXY,)
    if counted and len(forces) == 1:
        row = counted[0]
        third = wording.london_links(row["area_name"], row, published_rank(data, row), len(counted))
    return tuple(message for message in (first, second, third) if message)


def _links(data: ReportData, forces: Sequence[str]) -> list[Row]:
    rows = data.indicators.filter(
        (pl.col("measure_id") == LINKS) & pl.col("area_id").is_in(list(forces)) & pl.col("is_preferred")
    )
    return list(rows.sort("period_start").iter_rows(named=True))


def _used_sources(data: ReportData, area_ids: Sequence[str]) -> list[str]:
    shown = data.indicators.filter(pl.col("area_id").is_in(list(area_ids)))["source_id"].unique().to_list()
    return [*shown, *incidents.used_sources(data, area_ids[0])]


def _latest(data: ReportData, area_id: str) -> str:
    return formats.month(data.indicators.filter(pl.col("area_id") == area_id)["period_end"].max())  # type: ignore[arg-type]


def _in_prose(name: str) -> str:
    """Regions whose names are compass points take an article."""
    return f"the {name}" if name.split()[0] in {"North", "South", "East", "West"} else name
