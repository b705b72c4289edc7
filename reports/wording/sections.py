"""What stands in single sections: places, regions, children, the programme, inspection, records by month."""

import re
from collections.abc import Iterable, Mapping, Sequence

from reports import formats
from reports.document import Number, Prose, Run
from reports.numbers import Row, period, rate
from reports.wording.words import joined

MONTHLY_RECORDS = (
    "These are single records that police bodies put on data.police.uk, counted here by month. They are another product than the "
    "drug offences recorded by the police above: the two count different things, are revised at different times, and are never added "
    "up or set against each other. Records of possession and of supply are not told apart. A month that is not held is unknown, not zero."
)


def outcomes_of_month(
    month: str, total: Number, units: str, outcomes: Sequence[tuple[Number | None, str]]
) -> tuple[Run, ...]:
    """What came of the records of one month: of each outcome its count, and none where there was no such record."""
    parts: list[Run] = []
    for place, (count, words) in enumerate(outcomes):
        between = "" if place == 0 else " and " if place == len(outcomes) - 1 else ", "
        parts += [f"{between}{words} for ", count or "none"]
    return ("Of the ", total, f" {units} of {month}, the outcome was ", *parts, ".")


def locality(name: str, force: str, held: int) -> tuple[str, ...]:
    """What is at hand on a place inside a police force area, and what its counts are; ``held`` is how many counts are."""
    if not held:
        return (f"No figure is shown for {name} alone. Every figure in this report is for the whole of {force}.",)
    return (
        f"Only the counts below are shown for {name} alone; every other figure in this report is for the whole of {force}. Neither has a rate "
        "here, and referrals and London-linked individuals are not published for districts.",
        "Drug offences recorded by the police are published by community safety partnership. Records on data.police.uk are another "
        "product: the two are never added up or set against each other.",
        "Places on data.police.uk are moved to shared points nearby, so a record near a border may be counted on the wrong side. Records "
        "without a place are in the total of the force only.",
    )


def kent_and_north_wales(region: str, elsewhere: Mapping[str, str]) -> str:
    """That some forces of a statistical region belong to a policing region of another name: force to policing region."""
    told = joined(f"{force} belongs to the {of}" for force, of in elsewhere.items())
    return (
        f"This is a region as statistics draw it. Police work together in other regions: of the forces of {region}, {told}. "
        "Its report adds up other forces."
    )


def policing_region(name: str, forces: int, regions: Sequence[str], has_unit: bool) -> str:
    """What a policing region is, whose sums its figures are, and over which statistical regions its forces spread."""
    what = "London has no regional organised crime unit; its two forces stand for one"
    if has_unit:
        what = f"The {name} is the area that one regional organised crime unit serves"
    spread = (
        f"the statistical region {regions[0]}" if len(regions) == 1 else f"the statistical regions {joined(regions)}"
    )
    return (
        f"{what}. Its figures are our sums of {formats.small_number(forces)} forces, published by nobody. They lie in {spread}; a policing "
        "region and a statistical region of a similar name need not have the same forces."
    )


GRADES_BY_CYCLE = (
    "His Majesty's Inspectorate grades forces with words. Each cycle has its own questions, and the scale of four words became one of five "
    "in 2021/22, so that a grade is read within its cycle only. Nothing here says that a force got better or worse."
)


GRADES_DEDUCED = "Deduced is a grade that nobody states, but that is the only one left by the count on the same page."


def grades_missing(cycle: str, missing: int, every: int, what: str) -> str:
    """Which grades of areas of policing are not held of a cycle: 'grades of 4 of 9 areas of policing in 2023-25'."""
    if missing == every == 1:
        return f"grades of areas of policing in {cycle}"
    if what == "police forces":
        return f"grades of areas of policing in {cycle} of {formats.count(missing)} of {formats.count(every)} police forces"
    return f"grades of {formats.count(missing)} of {formats.count(every)} {what} in {cycle}"


def grades_of_forces(held: int, without: int) -> str:
    """Of how many forces a cycle has a grade here; the others are not known, which is no grade."""
    if not without:
        return ""
    return f"A grade is held of {formats.count(held)} forces, of some for a few questions only; of {formats.count(without)} none is."


STATED_ELSEWHERE = (
    "These are statements, each read on a page by hand: none is a statistic, most are copies of what a publisher said, and whose page it is stands "
    "beside it. Periods overlap, words such as over stand before bounds, and nothing is added up."
)


def statements_differ(differing: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """Which statements give different numbers of one thing and period: what, period, and each number with whose it is."""
    told = "; ".join(f"{what.lower()}, {period}: {joined(said)}" for what, period, said in differing)
    return f"Statements that differ: {told}."


def money_differs(year: str, text: str, whose: str, held: float, evidence: str) -> str:
    """That two sums are stated for the programme in one year, and whose each is."""
    return f"Statements that differ: for {year}, {text} million pounds ({whose}) and {formats.count(held)} million pounds ({evidence})."


RECORDING_MEANING = "Where fewer of the crimes reported are recorded, recorded figures are too low, and better recording makes them higher without more crime."


def not_held(what: Sequence[str]) -> str:
    """Which indicators of a section are not held, as one sentence."""
    return f"Not held, so not shown: {joined(what)}."


def too_young(quarter: Row) -> str:
    """That a quarter was too young for its outcomes to make a rate, with how many of its trafficking offences had none; ``quarter`` has waiting and offences."""
    waiting = formats.rate(quarter["waiting"] / quarter["offences"] * 100)
    return (
        f"Of {period(quarter)} no rate of outcomes is shown: when they were published, not every offence had been investigated for a year. "
        f"{waiting} per cent of its drug trafficking offences had no outcome yet ({formats.count(quarter['waiting'])} of {formats.count(quarter['offences'])})."
    )


PROGRAMME_ELSEWHERE = "The County Lines Programme states its results for the United Kingdom, never by police force area; the national report shows them."

PROGRAMME_MEANING = (
    "The taskforces report these themselves: management information, for the United Kingdom. Periods overlap and are never added up, and the "
    "programme counts anew since July 2024: figures before and after are not compared. Totals are as stated; by the month is our division."
)

CHILDREN_MEANING = (
    "Local authorities in England record what they find when they assess a child in need. Counted are assessments, not children: one "
    "child can be assessed more than once, and criminal exploitation is not only county lines. The figures of the authorities in a "
    "police force area are added up here; where one of them has none, there is no sum."
)


def authorities_without_figures(rows: Iterable[Row]) -> str | None:
    """Which local authorities leave police force areas without a sum, each year or area once; None when all have one.

    Years for which the publisher prints no figure of any authority are left to the table.

    ``rows`` are of one measure: for one area by year, or for one year by area.
    """
    lacking = [row for row in rows if row["numerator"] is None and row["status"] != "not_published"]
    if not lacking:
        return None
    one_area = len({row["area_id"] for row in lacking}) == 1
    named = [
        f"{period(row) if one_area else row['area_name']} ({row['coverage_note'].replace(': ', ' ').replace('; ', ', ')})"
        for row in lacking
    ]
    return f"No sum for criminal exploitation: {'; '.join(named)}."


def children_spread(rows: Sequence[Row]) -> Prose:
    """The smallest and the largest rate of assessments that record criminal exploitation, each with its areas; nothing for fewer than two rates."""
    valued = sorted((row for row in rows if row["value"] is not None), key=lambda row: row["value"])
    if len(valued) < 2:
        return ()
    least, most = ([row for row in valued if row["value"] == end["value"]] for end in (valued[0], valued[-1]))
    return (
        f"In the {formats.small_number(len(valued))} police force areas with a rate, assessments that record criminal exploitation were from ",
        *(rate(least[0]), f" ({joined(row['area_name'] for row in least)}) to "),
        *(rate(most[0]), f" ({joined(row['area_name'] for row in most)})"),
        f" per {formats.count(most[0]['multiplier'])} children.",
    )


def populations_used(rows: Iterable[Row]) -> str:
    """Which mid-year populations the rates that a table shows are on, and where there is none."""
    listed = list(rows)
    held, shown = (_mid_years(of) for of in (listed, [row for row in listed if row["value"] is not None]))
    if not held:
        return "No population is held for these periods, so there are counts without rates."
    said = (
        f"Rates are per resident at {joined(_spans(shown))}, the nearest mid-year that is held for each period."
        if shown
        else "No rate is reliable enough to be shown, so there are counts without rates."
    )
    if any(row["denominator_edition"] is None for row in listed):
        said += f" No population is held for years before mid-{held[0]}, so earlier figures are counts without rates."
    return said


def _mid_years(rows: Iterable[Row]) -> list[str]:
    editions = [row["denominator_edition"] or "" for row in rows]
    return sorted({year for edition in editions for year in re.findall(r"mid-(\d{4})", edition)})


def _spans(years: Sequence[str]) -> list[str]:
    """Mid-years, of which three or more in a row are one span: 'mid-2011 to mid-2024'."""
    runs: list[list[int]] = []
    for year in map(int, years):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [
        words
        for run in runs
        for words in ([f"mid-{run[0]} to mid-{run[-1]}"] if len(run) > 2 else [f"mid-{year}" for year in run])
    ]


def chart_description(area_name: str, points: Sequence[Row], noun: str) -> str:
    """Alternative text of a time series: first, peak and latest value."""
    known = [row for row in points if row["numerator"] is not None]
    first, last = known[0], known[-1]
    peak = max(known, key=lambda row: row["numerator"])
    return (
        f"Line chart of {noun} in {area_name}, {period(first)} to {period(last)}: "
        f"{formats.count(first['numerator'])} at the start, at most {formats.count(peak['numerator'])} ({period(peak)}), "
        f"latest {formats.count(last['numerator'])}. The values are in the table below the chart."
    )
