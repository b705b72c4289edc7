"""The sentences that stand for a figure: what it shows, for those who hear it and for those who check what they see."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from reports import formats
from reports.numbers import period
from reports.wording import capitalised, joined, plural

Row = Mapping[str, Any]

NO_RATE = "No rate is held."


OTHER_TABLE = "by offence code from here"


# How each chart of the same rates begins its title.
TILES, OUTLINES, IN_ORDER = "Tile map", "Map", "In order"


def series_title(area_name: str, rows: Sequence[Row]) -> str:
    """The answer of a line: its newest number, beside the largest one where that is another. At least one row has a number."""
    known = [row for row in rows if row["numerator"] is not None]
    last, peak = known[-1], max(known, key=lambda row: row["numerator"])
    said = f"{area_name}: {formats.count(last['numerator'])} drug offences in the {period(last)}"
    if len(known) == 1:
        return said
    if peak["numerator"] == last["numerator"]:
        return f"{said}, the most of all years shown"
    return f"{said}, and at most {formats.count(peak['numerator'])} ({period(peak)})"


def rates_title(
    chart: str, rows: Sequence[Row], highlighted: Collection[str], what: str = "drug offences per 1,000 residents"
) -> str:
    """The answer of a map or an order of rates, which are in falling order: the largest and the lowest, and that of the one area marked.

    ``what`` is what the rates are of.
    """
    valued = [row for row in rows if row["value"] is not None]
    if not valued:
        return f"{chart}: {NO_RATE}"
    largest, lowest = valued[0], valued[-1]
    own = [row for row in valued if row["area_id"] in highlighted]
    marked = f"{own[0]['area_name']} {formats.rate(own[0]['value'])}, " if len(own) == len(highlighted) == 1 else ""
    return (
        f"{chart}: {marked}between {formats.rate(lowest['value'])} ({lowest['area_name']}) and {formats.rate(largest['value'])} "
        f"({largest['area_name']}) {what}, {period(largest)}"
    )


_FUNNEL = {
    "within": "is ordinary",
    "low_95": "is below the usual",
    "high_95": "is above the usual",
    "low_998": "is far below the usual",
    "high_998": "is far above the usual",
}


def funnel_title(rows: Sequence[Row], highlighted: Collection[str]) -> str:
    """The answer of a funnel: how the rate of the one area marked stands for a population of its size, or how many rates are far outside."""
    own = [row for row in rows if row["area_id"] in highlighted]
    if len(own) == 1 == len(highlighted):
        return f"{own[0]['area_name']}: the rate {_FUNNEL[own[0]['flag']]} for a force of its size, {period(own[0])}"
    outside = sum(row["flag"] in ("low_998", "high_998") for row in rows)
    return f"{capitalised(formats.small_number(outside))} of {len(rows)} rates {plural(outside, 'is', 'are')} far from the usual for a force of that size, {period(rows[0])}"


def links_title(rows: Sequence[Row], highlighted: Collection[str], span: str) -> str:
    """The answer of the London links: the numbers of the areas marked, or, where none is or none has one, the largest."""
    known = sorted((row for row in rows if row["numerator"] is not None), key=lambda row: -row["numerator"])
    named = [row for row in known if row["area_id"] in highlighted] or known[:1]
    counted = joined(f"{row['area_name']} {formats.count(row['numerator'])}" for row in named) or "no number"
    return f"London-linked individuals, as a London project counted them: {counted}, {span}"


def trends_title(rows: Sequence[Row], span: str) -> str:
    """The answer of the small lines: in how many areas the newest year has more than the first."""
    valued = [row for row in rows if row["first"] is not None]
    higher = sum(row["latest"] > row["first"] for row in valued)
    return (
        f"In {higher} of {len(valued)} police force areas the newest year has more drug offences than the first, {span}"
    )


def revisions_title(first: Row, last: Row) -> str:
    """The answer of the triangle: the figure that editions changed most."""
    return (
        f"The largest revision is {last['area_name']}, {period(last)}: from {formats.count(first['numerator'])} "
        f"to {formats.count(last['numerator'])} drug offences"
    )


def no_drug_offences(area_name: str, rows: Sequence[Row]) -> str:
    """That no twelve months of an area have a figure, and the reason that stands in the tables where there are such months."""
    reasons = sorted({formats.legend({formats.missing(row["status"])}) for row in rows})
    said = f"No number of drug offences recorded by the police in {area_name} over twelve months is held, so there is no chart."
    return " ".join([said, *reasons]).strip()


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

BOUNDARY_MAP = (
    "Map: each police force area in its outline, shaded by its rate, which is written on it. A large area is not one with many residents; on "
    "the tile map all areas are of the same size."
)
LONDON_ENLARGED = "London, four times as large"

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
