"""Every sentence that a report prints: computed here, tested, and held to the wording rules.

A sentence is a tuple of text and numbers. It says what the number is, never why: no cause, no league-table words, a count is
called a count, and police figures are called what the police recorded.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from reports import formats
from reports.document import Block, Callout, Document, Figure, Heading, KeyMessages, Number, Paragraph, Prose, Table
from reports.numbers import Row, count, interval, period, rate
from transforms.errors import CountyLinesError

STATUS_LINE = (
    "Independent analysis of official statistics and management information. It is not itself an official statistic; "
    "it applies the principles of the Code of Practice for Statistics voluntarily."
)

MONTHLY_RECORDS = (
    "These are single records that police bodies put on data.police.uk, counted here by month. They are another product than the "
    "drug offences recorded by the police above: the two count different things, are revised at different times, and are never added "
    "up or set against each other. Records of possession and of supply are not told apart. A month that is not held is unknown, not nought."
)


def status_line(known_on: date | None) -> str:
    """What a report is and is not; a report on the past says on which day all of it had been published."""
    if known_on is None:
        return STATUS_LINE
    return f"As known on {formats.day(known_on)}: nothing that was published later is in it. {STATUS_LINE}"


# What must never be printed, with what to print instead.
FORBIDDEN: dict[str, str] = {
    r"\bdrugs? crimes? (?:rose|fell|increased|decreased)": "drug offences recorded by the police were higher or lower",
    r"\bcounty lines offences\b": "drug offences, which are not only county lines",
    r"\bhighest (?:drug )?rates?\b": "the largest number, or among the highest with a rank interval",
    r"(?<!potential )\bvictims referred\b": "potential victims referred",
    r"\bexploited children in\b": "referrals of children made by the force",
    r"\bsignificant(?:ly)?\b": "the figures and their intervals",
    r"\bnotable\b|\bnotably\b": "the figures themselves",
    r"\bdue to\b|\bbecause of\b|\bled to\b": "since, or over the same period",
    r"\bsoar|\bplummet|\bsurge|\bepidemic\b": "higher or lower, with the figures",
    r"\bworst\b|\bbest-performing\b": "the figure and its interval",
}


def lint(text: str) -> list[str]:
    """The forbidden phrases in a text, each with what to write instead; empty when there are none."""
    return [
        f"'{found.group(0)}': write {instead}"
        for pattern, instead in FORBIDDEN.items()
        for found in re.finditer(pattern, text, flags=re.IGNORECASE)
    ]


def own_words(document: Document) -> str:
    """All sentences, headings, captions and notes of a document that are ours: quotations of publishers are left out."""
    return "\n".join(
        [document.title, document.subtitle, *(text for block in document.blocks for text in _words(block))]
    )


def refuse_forbidden_words(document: Document) -> Document:
    """Return the document, or raise CountyLinesError naming the phrase and what to write instead."""
    if found := lint(own_words(document)):
        raise CountyLinesError(
            f"The report {document.slug} says {'; '.join(found)}; mend the sentence in reports/wording.py."
        )
    return document


def _words(block: Block) -> list[str]:
    match block:
        case Heading(text=text):
            return [text]
        case Paragraph(prose=prose):
            return [plain(prose)]
        case KeyMessages(messages=messages):
            return [plain(message) for message in messages]
        case Callout(title=title, points=points):
            return [title, *(plain(point) for point in points)]
        case Table(caption=caption, source_note=note):
            return [caption, note]
        case Figure(title=title, description=description, source_note=note, table=table):
            return [title, description, note, *(_words(table) if table else [])]
        case _:
            return []


def plain(prose: Prose) -> str:
    """A sentence as text."""
    return "".join(run.text if isinstance(run, Number) else run for run in prose)


def capitalised(text: str) -> str:
    """A text with its first letter as a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def joined(names: Iterable[str]) -> str:
    """Names in a sentence: 'a', 'a and b', 'a, b and c'."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def plural(number: float, singular: str, several: str) -> str:
    """The noun that goes with a number."""
    return singular if number == 1 else several


def in_period(row: Row) -> str:
    """'in the year ending December 2024', 'in January to March 2023'."""
    words = period(row)
    return f"in the {words}" if words.startswith("year") else f"in {words}"


def drug_offences(who: str, row: Row) -> Prose:
    """Key message and opening sentence on M01: what the police recorded, and per how many residents."""
    if row["numerator"] is None:
        return (
            f"No figure for drug offences recorded by {who} {in_period(row)} was published: {formats.missing(row['status'])}.",
        )
    noun = plural(row["numerator"], "drug offence", "drug offences")
    said: Prose = (f"{capitalised(who)} recorded ", count(row), f" {noun} {in_period(row)}")
    if row["value"] is None:
        return (*said, f". {no_rate(row)}")
    if formats.rate(row["lower_95"]) == formats.rate(row["upper_95"]):
        return (*said, ": ", rate(row), " per 1,000 residents.")
    return (*said, ": ", rate(row), " per 1,000 residents (95% interval ", interval(row), ").")


def no_rate(row: Row) -> str:
    """Why a count is printed without a rate."""
    reasons = {
        "population_too_small": "No rate is shown: too few people live there for one.",
        "no_population": "No rate is shown: no population for the period is held.",
    }
    return reasons.get(row["status"], "No rate is shown.")


def beside(row: Row, name: str) -> Prose:
    """A second rate beside the first, without a comparison: 'England and Wales: 3.2.'"""
    if row["value"] is None:
        return ()
    return (f"{name}: ", rate(row), ".")


def referrals(who: str, row: Row) -> Prose:
    """Key message on M08: referrals made, not people exploited."""
    if row["numerator"] is None:
        return (f"No complete year of referrals by {who} was published {in_period(row)}.",)
    if row["numerator"] == 0:
        return (
            f"{capitalised(who)} referred no potential victims to the National Referral Mechanism {in_period(row)}.",
        )
    noun = plural(row["numerator"], "potential victim", "potential victims")
    said: Prose = (
        f"{capitalised(who)} referred ",
        count(row),
        f" {noun} to the National Referral Mechanism {in_period(row)}",
    )
    if row["value"] is None:
        return (*said, ".")
    return (*said, ": ", rate(row), " per 100,000 residents.")


REFERRALS_MEANING = "Referrals show whom the police identified, not how many people were exploited or where."

PROXY = (
    "No public statistic counts county lines by police force area. Every figure here is a stand-in, and most of them show "
    "what the police did."
)


def london_links(area_name: str, row: Row, rank: int | None, places: int) -> Prose:
    """Key message on M19: a count over a stated number of months, with the published rank where there is one."""
    noun = plural(row["numerator"], "individual was", "individuals were")
    said: Prose = (
        f"Over {row['months']} months ({month_span(row)}) ",
        count(row),
        f" London-linked {noun} identified in {area_name}: a count, not a rate",
    )
    if rank is None:
        return (*said, ".")
    if rank == 1:
        return (*said, ", and the largest number published.")
    return (*said, f", ranked {ordinal(rank)} by number.")


def exact_span(row: Row) -> str:
    """'May 2019 to April 2020 (12 months)': the months and their number, for periods that are not years of the same kind."""
    return f"{month_span(row)} ({row['months']} months)"


def month_span(row: Row) -> str:
    """'January 2018 to March 2019', without the number of months."""
    return f"{formats.month(row['period_start'])} to {formats.month(row['period_end'])}"


def ordinal(rank: int) -> str:
    """A rank in words up to the tenth, in figures beyond: 'first', 'tenth', '11th', '22nd'."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if rank <= len(words):
        return words[rank - 1]
    endings = {1: "st", 2: "nd", 3: "rd"} if rank % 100 not in (11, 12, 13) else {}
    return f"{rank}{endings.get(rank % 10, 'th')}"


def can_and_cannot(has_london_links: bool) -> tuple[Prose, ...]:
    """The points of the box 'What this report can and cannot tell you'."""
    points: list[Prose] = [
        (PROXY,),
        (
            "Drug offences are found mostly by police work. More of them can mean more searching, more recording or more dealing; "
            "the figures cannot say which.",
        ),
        (REFERRALS_MEANING,),
        (
            "An interval shows the chance variation of a count of its size. It does not cover differences in how forces look for, "
            "record or report.",
        ),
    ]
    if has_london_links:
        points.append(
            (
                "London-linked individuals were counted by a project, from arrests and intelligence, for places that may be a county "
                "or a force. The rate per 100,000 is derived here and was not published.",
            )
        )
    return tuple(points)


def coverage(row: Row) -> str | None:
    """What a partial number leaves out, as a sentence; None when nothing is."""
    if row["coverage_note"] is None:
        return None
    return f"{capitalised(period(row))}: {row['coverage_note']}."


def populations_used(rows: Iterable[Row]) -> str:
    """Which mid-year populations the rates of a table are on, and where there is none."""
    editions = [row["denominator_edition"] for row in rows]
    years = sorted({year for edition in editions if edition for year in re.findall(r"mid-(\d{4})", edition)})
    if not years:
        return "No population is held for these periods, so there are counts without rates."
    said = f"Rates are per resident at {joined(f'mid-{year}' for year in years)}, the nearest mid-year that is held for each period."
    if None in editions:
        said += f" No population is held for years before mid-{years[0]}, so earlier figures are counts without rates."
    return said


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


IN_THE_TABLE_ABOVE = "The values are in the table under the chart before this one."

RECONCILED = {
    "coverage": "Every police force area is in every table and period of its edition",
    "districts": "Districts add up to their force",
    "population": "Residents behind the rates are the same in two editions",
    "rate": "Printed rates follow from the printed counts and populations",
    "referrals": "First responders add up to the printed total",
    "total": "Forces (and British Transport Police) add up to the printed total",
}
