"""The sentences that stand for a figure: what it shows, for those who hear it and for those who check what they see."""

from collections.abc import Mapping, Sequence
from typing import Any

from reports import formats
from reports.wording import capitalised, joined, plural

Row = Mapping[str, Any]

NO_RATE = "No rate is held."


OTHER_TABLE = "by offence code from here"


def no_drug_offences(area_name: str, rows: Sequence[Row]) -> str:
    """That no twelve months of an area have a figure, and the reason that stands in the tables where there are such months."""
    reasons = sorted({formats.legend({formats.missing(row["status"])}) for row in rows})
    said = f"No number of drug offences recorded by the police in {area_name} over twelve months is held, so there is no chart."
    return " ".join([said, *reasons]).strip()


LINKS_TITLE = "Where a London project counted individuals linked to London, {span}"
LINKS_UNIT = "individuals, as published"
NOT_PRINTED = "The project printed a rank and no number for {places}."
LINKS_TABLE = "London-linked individuals by place, {span}: the published number, and a rate derived here"

COVERAGE_TITLE = "Which police force areas have which figures, and where there is a gap"
COVERAGE_LEAD = (
    "Each bar is figures that are held; each hatched box is a figure that is missing, with the letter of its reason. Searches and arrests "
    "are those for drugs, by year; officers are full-time equivalents at the end of March."
)
NO_EDITION = "No edition is held for the years between the two beside it."
NO_REASON = "No reason is known."

BOUNDARY_MAP_TITLE = "Drug offences recorded by the police per 1,000 residents, {period}: map of the {areas} police force areas by their boundaries"
BOUNDARY_MAP = (
    "Map: each police force area in its outline, shaded by its rate, which is written on it. A large area is not one with many residents; on "
    "the tile map all areas are of the same size."
)
LONDON_ENLARGED = "London, four times as large"

TRENDS_TITLE = "How recorded drug offences moved in each police force area, {span}"
TRENDS_LEAD = (
    "Each small line runs from zero to its own largest number, so that shapes can be seen side by side; sizes cannot. Lines stop where "
    "years are missing. More police work can raise a line as much as more drug crime."
)


def london_links(origin: str, rows: Sequence[Row], span: str) -> str:
    """Alternative text of the London links: who leads to whom, with every number, and who has none."""
    known = sorted((row for row in rows if row["numerator"] is not None), key=lambda row: -row["numerator"])
    unknown = [row["area_name"] for row in rows if row["numerator"] is None]
    counted = joined(f"{row['area_name']} {formats.count(row['numerator'])}" for row in known)
    rest = f" {NOT_PRINTED.format(places=joined(unknown))}" if unknown else ""
    return f"Flow chart from {origin} to {len(rows)} {plural(len(rows), 'place', 'places')}, {span}. {counted}.{rest}"


def boundaries(publisher: str, edition: str, attribution: str) -> str:
    """Where the outlines of a map come from, how they are drawn, and the notice that their licence asks for."""
    return (
        f"Boundaries: {publisher}, {edition}, drawn in an equirectangular projection that is true to scale at the middle latitude, "
        f"simplified once more. {attribution}"
    )


def coverage(areas: int, gaps: Sequence[Row]) -> str:
    """Alternative text of the coverage matrix: its size, and each gap with its reason."""
    said = "; ".join(f"{row['measure']}, {row['periods']}: {row['areas']}" for row in gaps)
    missing = f"Missing: {said}." if said else "No figure is missing."
    return f"Matrix of {formats.count(areas)} police force areas and the periods of each measure. {missing} The reasons are in the table below."


def trends(rows: Sequence[Row], span: str, highlighted: Sequence[str]) -> str:
    """Alternative text of the small lines: how many end above where they began, how many at their largest, and the report's own."""
    valued = [row for row in rows if row["first"] is not None]
    higher = sum(row["latest"] > row["first"] for row in valued)
    peak = sum(row["latest"] == row["largest"] for row in valued)
    own = [
        f"{row['area_name']} from {formats.count(row['first'])} to {formats.count(row['latest'])}"
        for row in valued
        if row["area_id"] in highlighted
    ]
    return (
        f"Small line charts of {formats.small_number(len(rows))} police force areas, {span}. The latest number is larger than the first in "
        f"{formats.small_number(higher)} of {formats.small_number(len(valued))}, and the largest of all in {formats.small_number(peak)}."
        + (f" {capitalised(joined(own))}." if own else "")
    )
