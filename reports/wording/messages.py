"""The key messages of a report, what it can and cannot tell, and what its figures are called."""

from datetime import date

from reports import formats
from reports.document import Prose
from reports.numbers import Row, count, interval, rate
from reports.wording.words import capitalised, in_period, month_span, ordinal, plural

STATUS_LINE = (
    "Independent analysis of official statistics and management information. It is not itself an official statistic; "
    "it applies the principles of the Code of Practice for Statistics voluntarily."
)


def status_line(known_on: date | None) -> str:
    """What a report is and is not; a report on the past says on which day all of it had been published."""
    if known_on is None:
        return STATUS_LINE
    return f"As known on {formats.day(known_on)}: nothing that was published later is in it. {STATUS_LINE}"


def no_rate(row: Row) -> str:
    """Why a count is printed without a rate."""
    reasons = {
        "population_too_small": "No rate is shown: too few people live there for one.",
        "no_population": "No rate is shown: no population for the period is held.",
    }
    return reasons.get(row["status"], "No rate is shown.")


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


def child_referrals(who: str, row: Row) -> Prose:
    """M09 of a year: child referrals made by the police, never children exploited in an area."""
    if row["numerator"] is None:
        return (f"No complete year of child referrals by {who} was published {in_period(row)}.",)
    noun = plural(row["numerator"], "child referral", "child referrals")
    said: Prose = (
        f"Child referrals made by {who}, criminal exploitation alone or among other types, {in_period(row)}: ",
        count(row),
        f" {noun}",
    )
    if row["value"] is not None:
        said = (*said, ", ", rate(row), " per 100,000 residents aged 0 to 17 (95% interval ", interval(row), ")")
    return (*said, ". How many of them carried the county lines flag is not published by police force.")


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
