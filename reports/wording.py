"""Every sentence that a report prints: computed here, tested, and held to the wording rules.

A sentence is a tuple of text and numbers. It says what the number is, never why: no cause, no league-table words, a count is
called a count, and police figures are called what the police recorded.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from reports import formats
from reports.document import (
    Block,
    Callout,
    Document,
    Figure,
    Heading,
    KeyMessages,
    Links,
    Number,
    Paragraph,
    Prose,
    Table,
)
from reports.numbers import Row, count, interval, period, rate
from reports.wording_rules import lint
from transforms.errors import CountyLinesError
from transforms.statistics.disclosure import INTERVAL_BELOW

STATUS_LINE = (
    "Independent analysis of official statistics and management information. It is not itself an official statistic; "
    "it applies the principles of the Code of Practice for Statistics voluntarily."
)

MONTHLY_RECORDS = (
    "These are single records that police bodies put on data.police.uk, counted here by month. They are another product than the "
    "drug offences recorded by the police above: the two count different things, are revised at different times, and are never added "
    "up or set against each other. Records of possession and of supply are not told apart. A month that is not held is unknown, not nought."
)


def locality(name: str, force: str, held: int) -> tuple[str, ...]:
    """What is at hand on a place inside a police force area, and what its counts are; ``held`` is how many counts are."""
    if not held:
        return (f"No figure is held for {name} alone. Every figure in this report is for the whole of {force}.",)
    return (
        f"Only the counts below are held for {name} alone; every other figure in this report is for the whole of {force}. Neither has a rate "
        "here, and referrals and London-linked individuals are not published for districts.",
        "Drug offences recorded by the police are published by community safety partnership. Records on data.police.uk are another "
        "product: the two are never added up or set against each other.",
        "Places on data.police.uk are moved to shared points nearby, so a record near a border may be counted on the wrong side. Records "
        "without a place are in the total of the force only.",
    )


def status_line(known_on: date | None) -> str:
    """What a report is and is not; a report on the past says on which day all of it had been published."""
    if known_on is None:
        return STATUS_LINE
    return f"As known on {formats.day(known_on)}: nothing that was published later is in it. {STATUS_LINE}"


def own_words(document: Document) -> str:
    """All words of a document that are ours, cells of tables included: quotations of publishers are left out."""
    return "\n".join(
        [document.title, document.subtitle, *(text for block in document.blocks for text in _words(block))]
    )


def refuse_forbidden_words(document: Document) -> Document:
    """Return the document, or raise CountyLinesError naming phrase, sentence, rule and what to write instead.

    These are the words that the PDF is set from; the finished HTML is looked at again when it is written.
    """
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
            return [plain(message) for message, _ in messages]
        case Callout(title=title, points=points):
            return [title, *(plain(point) for point in points)]
        case Table(caption=caption, columns=columns, rows=rows, source_note=note):
            headers = [column.header for column in columns]
            cells = ["\n".join(plain((cell,)) for cell in row) for row in rows]
            return [caption, *headers, *cells, note]
        case Figure(title=title, description=description, source_note=note, table=table):
            return [title, description, note, *(_words(table) if table else [])]
        case Links(title=title, items=items):
            return [title, *(f"{text}\n{note}" for text, _, note in items)]
        case _:
            return []


def plain(prose: Prose) -> str:
    """A sentence as text."""
    return "".join(run if isinstance(run, str) else run.text for run in prose)


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


CONTACT = (
    "Contact: the maintainers of countylines. Give them the build and the identifier that a number links to: both lead back to the cell "
    "that it was published in. Next update: when a publisher brings out a new edition."
)


def several_editions(first: str, more: int) -> str:
    """The title of a file that holds several editions: its first, and how many more."""
    return (
        first
        if more == 0
        else f"{first}, and {formats.small_number(more)} more {plural(more, 'edition', 'editions')} in one file"
    )


def next_edition(due: str | None, late: bool) -> str:
    """When the edition after the newest one held is expected (YYYY-MM), and whether it should have been there; None without a timetable."""
    if due is None:
        return "no timetable"
    expected = formats.month(date.fromisoformat(f"{due}-01"))
    return f"{expected}: overdue, what is held is old" if late else expected


_LICENSED: Final = "Contains public sector information licensed under the Open Government Licence v3.0. Source: "


def attribution(texts: Iterable[str]) -> str:
    """The attributions of several sources as one text, with what many of them begin with said once."""
    distinct = list(dict.fromkeys(texts))
    licensed = [text.removeprefix(_LICENSED).rstrip(".") for text in distinct if text.startswith(_LICENSED)]
    others = [text for text in distinct if not text.startswith(_LICENSED)]
    said = f"{_LICENSED.replace('Source', 'Sources') if len(licensed) > 1 else _LICENSED}{'; '.join(licensed)}."
    return " ".join([said, *others] if licensed else others)


def older_editions(left_out: int) -> str:
    """That a chart of revisions has no room for the oldest editions."""
    editions = "edition is" if left_out == 1 else "editions are"
    return f"The {left_out} oldest {editions} in the table only: the chart has no room for more columns."


def revisions(first: Row, last: Row, revised: int) -> str:
    """How many figures editions print differently, and the one that changed most: its first and its newest value."""
    figures = "One figure was" if revised == 1 else f"{capitalised(formats.small_number(revised))} figures were"
    largest = f"{last['area_name']}, {period(last)}: first {formats.count(first['numerator'])}, now {formats.count(last['numerator'])}."
    return f"{figures} printed differently by a later edition. {'It is' if revised == 1 else 'The largest change is'} {largest}"


GRADES_MEANING = (
    "A: compared directly, with changes, ranks and tests. B: compared after the adjustment that is named. C: side by side only, without "
    "percentage, rank or test. X: not compared. A grade says whether figures are alike, not whether a difference is large."
)
_DIMENSIONS = {
    "U": "unit",
    "D": "definition",
    "P": "population",
    "T": "period",
    "G": "kind of area or place",
    "C": "coverage",
    "R": "recording",
    "S": "kind of source",
}
_SCORES = {"1": "adjusted", "2": "differs", "3": "not the same thing"}


def reasons(codes: str | None) -> str:
    """The reasons of a grade in words: 'T2; R2 (B11)' is 'period differs; recording differs (B11)'; none for grade A."""
    if not codes:
        return "none"
    return "; ".join(
        f"{_DIMENSIONS[code[0]]} {_SCORES[code[1]]}{code[2:]}" if code[:2] != "C3" else "coverage: a figure is missing"
        for code in codes.split("; ")
    )


COMPARED = "Compared in this build"
_COMPARED_WITH = {
    ("year_before", "b"): "with the same months a year before",
    ("year_before", "a"): "with the same months a year later",
    ("first_and_latest", "b"): "with the oldest figure of the same months",
    ("first_and_latest", "a"): "with the newest figure of the same months",
    ("first_and_latest_year", "b"): "as a rate, with the first year held",
    ("first_and_latest_year", "a"): "as a rate, with the newest year held",
    ("nation", "a"): "as a rate, with England and Wales",
    ("nation", "b"): "as a rate, with {pairs}",
    ("areas", None): "as a rate, with {pairs}",
}


def compared_with(pairs: Sequence[Row]) -> list[str]:
    """What a number is compared with in the ledger, a line each: 'with the same months a year before: grade B (period adjusted)'.

    ``pairs`` are rows of ``transforms.evidence.Evidence.comparisons`` of one number; without any, one line that says so.
    """
    if not pairs:
        return ["with nothing: the ledger of comparisons has no pair with this number"]
    return [_compared(row) for row in pairs]


def _compared(row: Row) -> str:
    one, several = (
        ("area", "areas") if row["kind"] == "nation" else ("other police force area", "other police force areas")
    )
    areas = f"{formats.count(row['pairs'])} {one if row['pairs'] == 1 else several}"
    why = "; ".join(said for said in (reasons(row["reasons"]) if row["reasons"] else "", row["adjustments"]) if said)
    with_what = _COMPARED_WITH[row["kind"], row["side"]].format(pairs=areas)
    return f"{with_what}: grade {row['grade']}" + (f" ({why})" if why else "")


def comparison(row: Row, first: str, second: str) -> str:
    """What a line of the ledger compares, in words; the measure stands beside it."""
    periods = [formats.period(row[f"period_start_{side}"], row[f"period_end_{side}"]) for side in ("a", "b")]
    if row["kind"] in ("areas", "nation"):
        return f"{first} and {second}, {periods[1]}"
    return f"{capitalised(periods[0])} and {periods[1]}"


def refused_comparisons(refused: int, all_pairs: int) -> str:
    """How many pairs of the ledger about an area are refused."""
    if refused == 0:
        return f"None of the {formats.count(all_pairs)} pairs of figures in the ledger about this area is refused."
    are = "is" if refused == 1 else "are"
    return (
        f"Of {formats.count(all_pairs)} pairs of figures in the ledger about this area, {formats.small_number(refused)} {are} refused as not "
        "comparable. The ledger is among the tables for download; countylines compare says what would make two figures comparable."
    )


SCOREBOARD_RULE = (
    "A finding counts as improved or worse only when an indicator whose better direction was fixed beforehand, with comparable figures over "
    "at least a year on either side, changed by a tenth or more with a 95% interval that leaves out no change; differences between areas "
    "must besides have intervals that do not overlap. Figures that may not be compared decide nothing, and context has no direction. "
    "Nothing here says that an inspection was the cause of a change."
)


def scoreboard_counts(statuses: Mapping[str, int]) -> str:
    """How many findings have each status: 'Of 15 findings, one is improved, …'."""
    total = sum(statuses.values())
    return f"Of {formats.count(total)} findings: {joined(f'{formats.small_number(count)} {status[:1].lower()}{status[1:]}' for status, count in statuses.items())}."


def periods_of_finding(row: Row) -> str:
    """The periods of an indicator of the scoreboard: 'year to 2023-03, 43 forces; year to 2023-12, 43 forces', or that nothing is held."""
    said = [row[f"{when}_period"].replace(" | ", " to ") for when in ("baseline", "latest") if row[f"{when}_period"]]
    return "; then ".join(said) or "no figure held"


def indicator_of_finding(row: Row) -> str:
    """One indicator of the scoreboard: its values, its change where one may be given, its grade, or what is missing."""
    name, why = row["indicator"], row["why_not"] or ""
    values = [_value_of_finding(row, when) for when in ("baseline", "latest") if row[when] is not None]
    if not values:
        return f"{name}: {why or 'no figure is held.'}"
    said = f"{name}: {', then '.join(values)}"
    if row["grade"] is None or len(values) == 1:
        return f"{said}. {why}".strip()
    said += f"; grade {row['grade']}"
    if row["change"] is None:
        return f"{said} ({reasons(row['reasons'])}). {why}".strip()
    if row["lower_95"] is None:
        return f"{said}, {_signed(row['change'])}, without an interval: one figure a year does not say what chance does. {why}".strip()
    limits = f"{_signed(row['lower_95'])} to {_signed(row['upper_95'])}"
    return f"{said}, {_signed(row['change'])} (95% interval {limits}). {why}".strip()


def cells_of_finding(row: Row) -> tuple[str, ...]:
    """One indicator of the scoreboard as cells: name, first figure, newest figure, change, grade, and reasons or what is missing."""
    first, newest = (
        formats.NOT_AVAILABLE if row[when] is None else _value_of_finding(row, when) for when in ("baseline", "latest")
    )
    change = formats.NOT_APPLICABLE
    if row["change"] is not None:
        limits = "" if row["lower_95"] is None else f", {_signed(row['lower_95'])} to {_signed(row['upper_95'])}"
        change = f"{_signed(row['change'])}{limits}"
    why = capitalised(f"{reasons(row['reasons'])}.") if row["reasons"] else ""
    remark = f"{why} {row['why_not'] or ''}".strip()
    return (row["indicator"], first, newest, change, row["grade"] or "none", remark)


def _value_of_finding(row: Row, when: str) -> str:
    period_words = (row[f"{when}_period"] or "").replace(" | ", " to ")
    if row[f"{when}_lower_95"] is not None:
        limits = " to ".join(_plain_value(row[f"{when}_{limit}_95"]) for limit in ("lower", "upper"))
        period_words = f"95% interval {limits}; {period_words}"
    return f"{_plain_value(row[when])} ({period_words})"


def _plain_value(value: float) -> str:
    if float(value).is_integer():
        return formats.count(value)
    return formats.rate(value) if abs(value) >= 1 else f"{value:.2f}"


def _signed(per_cent: float) -> str:
    return f"{'+' if per_cent > 0 else ''}{formats.percentage(per_cent)}"


def claim(found: Mapping[str, Any]) -> tuple[Prose, ...]:
    """What can be said of Norfolk and London-linked individuals, in three sentences or so; ``found`` is ``claim_check``."""
    here, later = found["indicator_id"], found["second_indicator_id"]
    first: Prose = (
        "It was said on the radio that, by rate, Norfolk came first for identified drug dealers from London. What was published is a count: ",
        Number(formats.count(found["count"]), here),
        f" individuals over {found['months']} months, ranked {ordinal(found['published_rank'])} by number. No rate was published.",
    )
    larger = [row["area_name"] for row in (*found["unprinted"], *found["unnamed"]) if row["at_most"] > found["rate"]]
    second: Prose = (
        "Divided by residents here, that is ",
        Number(formats.rate(found["rate"]), here),
        " per 100,000 (95% interval ",
        Number(formats.interval(found["lower_95"], found["upper_95"]), here),
        "), the largest of the places with a printed number. ",
        f"Of the others only {joined(larger)} could have had a larger one, if its count came close to the smallest that was ranked. "
        if larger
        else "No other place could have had a larger one. ",
        "It stays a rate of our own.",
    )
    third: Prose = (
        "The second report counts ",
        Number(formats.count(found["second_count"]), later),
        f" over {found['second_months']} months; {found['second_first']} has the largest number, ",
        Number(formats.count(found["second_first_count"]), found["second_first_indicator_id"]),
        ", and Norfolk the larger rate, ",
        Number(formats.rate(found["second_rate"]), later),
        " against ",
        Number(formats.rate(found["second_first_rate"]), found["second_first_indicator_id"]),
        ".",
    )
    fourth: Prose = (
        f"Press reports gave a fall of more than half. By the month it is {formats.rate(-found['change_per_month'])}% less, and even that is no "
        "finding: the periods differ in length, and another body collected most of the second (grade C).",
    )
    return (first, second, third, fourth)


def compared(pair: Mapping[str, Any]) -> str:
    """The sentence on two figures that may be published; for a refused pair, why there is none."""
    first, second = _side_in_words(pair, "a"), _side_in_words(pair, "b")
    if pair["grade"] == "X":
        return f"These may not be compared ({reasons(pair['reasons'])}): {first}; {second}."
    if pair["measure_id_a"] == "peel_grade":
        apart = pair["upper_a"] < pair["lower_b"] or pair["upper_b"] < pair["lower_a"]
        if pair["over_time"] or pair["grade"] == "C":
            return f"{first}; {second}. No conclusion can be drawn on a change ({reasons(pair['reasons'])})."
        return f"{first}; {second}. {'The grades differ.' if apart else 'The grades are the same or may be.'}"
    if pair["grade"] == "C" or pair["change"] is None:
        why = " They stand side by side and say nothing of a difference." if pair["grade"] == "C" else ""
        return f"{first}; {second}.{why}"
    change = pair["change"]
    adjusted = f" Adjusted: {pair['adjustments']}." if pair["adjustments"] else ""
    if change["lower"] is None:
        if min(pair["numerator_a"], pair["numerator_b"]) < INTERVAL_BELOW:
            return f"{first}; {second}. Counts so small have no percentage without an interval, and there is none.{adjusted}"
        if round(change["per_cent"]) == 0:
            return f"{first}; {second}: about the same.{adjusted}"
        more = "more" if change["per_cent"] > 0 else "fewer"
        return f"{first}; {second}: {formats.percentage(abs(change['per_cent']))} {more}.{adjusted}"
    limits = f"95% interval {_signed(change['lower'])} to {_signed(change['upper'])}"
    if not change["is_change"]:
        return f"{first}; {second}. The difference is within what chance can make ({limits}).{adjusted}"
    more = "more" if change["per_cent"] > 0 else "fewer"
    size = formats.percentage(abs(change["per_cent"]))
    if pair["over_time"]:
        return f"{first}; {second}: {size} {more} ({limits}).{adjusted}"
    return f"{first}; {second}: by population, {size} {more} in {pair['area_name_b']} ({limits}).{adjusted}"


def comparison_lines(pair: Mapping[str, Any], said: str) -> list[str]:
    """What countylines compare prints: figures, grade, reasons, what was adjusted or would help, and the sentence."""
    lines = [pair["measure_name"]]
    lines += [f"  {_side_in_words(pair, side)}" for side in ("a", "b")]
    lines += [f"  {said}" for side in ("a", "b") for said in _remarks(pair, side)]
    lines.append(f"Grade {pair['grade']}" + (f": {reasons(pair['reasons'])}" if pair["reasons"] else ""))
    if pair["adjustments"]:
        lines.append(f"  adjusted: {pair['adjustments']}")
    if pair["remedy"]:
        lines.append(f"  it would take: {pair['remedy']}")
    lines += [f"  {break_id}: {sentence}" for break_id, sentence in pair["breaks_in_words"].items()]
    if pair["grade"] == "X":
        return [*lines, f"Refused: {said}"]
    if pair["grade"] == "C":
        lines.append("Refused: a change in per cent, a rank and a test")
    elif pair["change"] is not None and pair["change"]["lower"] is None:
        lines.append(
            "  no interval of the change: fewer than eight quarters are held, too few to tell chance from other causes"
        )
    return [*lines, f"To publish: {said}"]


def _remarks(pair: Mapping[str, Any], side: str) -> tuple[str, ...]:
    """What a reader must know of one figure of a comparison: what it leaves out, and why it has no rate where the other has one."""
    if pair["measure_id_a"] == "peel_grade":
        cycle, reason = pair[f"cycle_{side}"], pair[f"reason_{side}"]
        graded = pair["graded_by_cycle"][cycle]
        return (
            *(
                (f"{cycle}: {graded} were graded, and of those no grade is held by force.",)
                if reason == "not held"
                else ()
            ),
            *((f"{cycle}: {reason}.",) if reason not in (None, "not held") else ()),
        )
    name = f"{pair[f'area_name_{side}']}, {formats.period(pair[f'period_start_{side}'], pair[f'period_end_{side}'])}"
    note = pair[f"coverage_note_{side}"]
    lacks_rate = not pair["as_counts"] and pair[f"value_{side}"] is None
    return (
        *((f"{name}: {note}",) if note else ()),
        *((f"{name}: {no_rate({'status': pair[f'status_{side}']})}",) if lacks_rate else ()),
    )


def _side_in_words(pair: Mapping[str, Any], side: str) -> str:
    """'Norfolk, year ending December 2019: 2,730 (3.0 per 1,000, 95% interval 2.9 to 3.1)'."""
    if pair["measure_id_a"] == "peel_grade":
        return f"{pair[f'area_name_{side}']}, {pair[f'cycle_{side}']}: {pair[f'word_{side}'] or 'no grade held'}"
    where = f"{pair[f'area_name_{side}']}, {formats.period(pair[f'period_start_{side}'], pair[f'period_end_{side}'])}"
    if pair[f"numerator_{side}"] is None:
        return f"{where}: no figure"
    said = f"{where}: {formats.count(pair[f'numerator_{side}'])} {pair['unit_plural']}"
    if pair["as_counts"]:
        limits = (formats.count(round(pair[f"count_{limit}_95_{side}"])) for limit in ("lower", "upper"))
        return f"{said} (95% interval {' to '.join(limits)})"
    if pair[f"value_{side}"] is None:
        return said
    rate_words = f"{formats.rate(pair[f'value_{side}'])} per {formats.count(pair[f'multiplier_{side}'])}"
    if pair[f"population_{side}"] != "residents":
        rate_words += f" {pair[f'population_{side}']}"
    return f"{said} ({rate_words}, 95% interval {formats.interval(pair[f'lower_95_{side}'], pair[f'upper_95_{side}'])})"


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


def rank(row: Row) -> str:
    """A rank with its interval: '14 (12 to 17)'."""
    return f"{row['rank']} ({row['rank_lower']} to {row['rank_upper']})"


def grades_of_table(rows: Sequence[Row], how: str) -> str:
    """How far the lines of a table may be compared, from the pairs of the ledger about them: 'Comparability from year to year: grade A.'

    ``how`` says what is beside what; nothing without a pair. Where grades differ, the strictest is given with its reasons, and how many have it.
    """
    if not rows:
        return ""
    strictest = max(rows, key=lambda row: (row["grade"], row["comparison_id"]))
    alike = [row for row in rows if row["grade"] == strictest["grade"]]
    why = f" ({reasons(strictest['reasons'])})" if strictest["reasons"] else ""
    if len(alike) == len(rows):
        return f"Comparability {how}: grade {strictest['grade']}{why}."
    return (
        f"Comparability {how}: grade {strictest['grade']}{why} for {formats.small_number(len(alike))} of "
        f"{formats.count(len(rows))} pairs, better for the others."
    )


def list_grade(worst: Row | None) -> str:
    """How far the areas of a list may be compared, from the worst pair of the ledger."""
    if worst is None:
        return "The areas of this list are not graded against each other."
    if worst["grade"] == "A":
        return "Comparability: grade A, every two areas with a rate may be compared directly; ranks have intervals from 20,000 draws."
    return f"Comparability: grade {worst['grade']} ({reasons(worst['reasons'])}), so the areas have no ranks."


_FUNNEL = {
    "within": "within the 95% limits",
    "low_95": "below the 95% limits",
    "high_95": "above the 95% limits",
    "low_998": "below the 99.8% limits",
    "high_998": "above the 99.8% limits",
}


def funnel(rows: Sequence[Row], highlighted: Sequence[str]) -> str:
    """Which areas lie outside the limits of a funnel, and where the report's own lie."""
    outside = sorted(row["area_name"] for row in rows if row["flag"] in ("low_998", "high_998"))
    said = (
        f"Outside the 99.8% limits: {joined(outside)}."
        if outside
        else "No area lies outside the 99.8% limits, allowing for how much areas differ anyway."
    )
    if len(highlighted) > 1:
        return said
    own = [f"{row['area_name']} is {_FUNNEL[row['flag']]}." for row in rows if row["area_id"] in highlighted]
    return " ".join([*own, said])


OVERLAPPING = (
    "The areas are set side by side as recorded activity. Where two intervals overlap, the order of the two areas says little; where "
    "they do not, recording and police work can still explain it."
)

DISPERSION_MEANING = (
    "If forces did the same everywhere, their rates would differ by chance only. The systematic component of variation (SCV) and τ say how "
    "much they differ beyond that: nought is by chance alone, and a lower value is more alike. Areas too small for it are left out."
)


def dispersion_over_time(name: str, first: Row, last: Row) -> str:
    """Whether forces became more or less alike from the first to the newest year: said only where the two intervals lie apart."""
    apart = first["scv_upper"] < last["scv_lower"] or last["scv_upper"] < first["scv_lower"]
    years = f"{period(first)} and {period(last)}"
    if not apart:
        return f"{name}: no clear change in how unlike forces are between the {years}, since the intervals overlap."
    return f"{name}: forces are {'more' if last['scv'] < first['scv'] else 'less'} alike in the {period(last)} than in the {period(first)}."


def editions_of(named: Sequence[tuple[str, Row]]) -> str:
    """Which edition the rows of a table are from, each with its first and last period."""
    spans: dict[str, list[Row]] = {}
    for name, row in named:
        spans.setdefault(name, []).append(row)
    said = []
    for name, rows in spans.items():
        until = f" to {formats.month(rows[-1]['period_end'])}" if len(rows) > 1 else ""
        said.append(f"{name} ({period(rows[0])}{until})")
    return f"Editions: {'; '.join(said)}."


def usual_for_its_size(rows: Sequence[Row], own: Sequence[str], kind: str) -> Prose:
    """Key message on M01 beside other areas: where one force lies in the funnel and in what rank interval, or how many of several lie outside."""
    inside = [row for row in rows if row["area_id"] in own]
    if len(inside) == 1 and len(own) == 1:
        (row,) = inside
        return (
            f"Allowing for how much areas differ anyway, its rate of recorded drug offences is {_FUNNEL[row['flag']]}: rank ",
            Number(rank(row), row["indicator_id"]),
            f" of {formats.count(len(rows))} areas.",
        )
    outside = sorted(row["area_name"] for row in inside if row["flag"] in ("low_998", "high_998"))
    said = f"Allowing for how much areas differ anyway, of {formats.small_number(len(inside))} areas {kind} "
    if not outside:
        return (f"{said}none lies outside the 99.8% limits for recorded drug offences.",)
    return (
        f"{said}{formats.small_number(len(outside))} {plural(len(outside), 'lies', 'lie')} outside the 99.8% limits for recorded drug "
        f"offences: {joined(outside)}.",
    )


GRADES_BY_CYCLE = (
    "His Majesty's Inspectorate grades forces with words. Each cycle has its own questions, and the scale of four words became one of five "
    "in 2021/22, so that a grade is read within its cycle only. Nothing here says that a force got better or worse."
)


def inspection_age(newest: str, months: int) -> str:
    """That the newest grades held are old, whom that affects, and what would mend it."""
    return (
        f"The newest grades held are of the cycle {newest}, which ended {formats.count(months)} months before the newest edition of this build. "
        "They say nothing of how the police are graded today; grades of a later cycle by force would mend it."
    )


def not_held(what: Sequence[str]) -> str:
    """Which indicators of a section are not held, as one sentence."""
    return f"Not held, so not shown: {joined(what)}."


PROGRAMME_ELSEWHERE = "The County Lines Programme states its results for the United Kingdom, never by police force area; the national report shows them."

PROGRAMME_MEANING = (
    "The taskforces report these themselves: management information, for the United Kingdom. Periods overlap and are never added up, and the "
    "programme counts anew since July 2024: figures before and after are not compared. Totals are as stated; by the month is our division."
)


def caveat_grades(grades: Sequence[str]) -> str:
    """That some comparisons of a section are side by side only or refused."""
    said = joined(f"grade {grade}" for grade in grades)
    return (
        f"Some comparisons of these figures have {said}: they stand side by side without a percentage, or not at all. Affected are sentences "
        "over time and between areas; the ledger names what would make each comparable."
    )


def caveat_breaks(labels: Sequence[str]) -> str:
    """That breaks lie within the years of a chart."""
    return (
        f"The chart crosses {plural(len(labels), 'a break', 'breaks')} ({joined(dict.fromkeys(labels))}) of a size that nobody published: the line before "
        "and after is not one series. A re-issue of earlier years on the later basis would mend it."
    )


def caveat_coverage(rows: Sequence[Row]) -> str:
    """That figures leave somebody out, with whom."""
    said = joined(dict.fromkeys(f"{period(row)} ({row['coverage_note']})" for row in rows))
    return f"Not everybody is counted: {said}. The totals are too low by what is left out, and are not set against full ones; a later edition may fill the gap."


def caveat_small(rows: Sequence[Row], fewest: int) -> str:
    """That numbers are so small that chance decides most of them."""
    are = f"{formats.small_number(len(rows))} {plural(len(rows), 'figure', 'figures')} here {plural(len(rows), 'is', 'are')}"
    return f"{capitalised(are)} below {formats.count(fewest)}: chance decides most of such a number. Read the interval or a longer period, not the number alone."


def caveat_dispersion(phi: float) -> str:
    """That areas differ far more than by chance."""
    return (
        f"Areas differ {formats.count(phi)} times as much as chance would make them. Affected are places in the funnel and ranks: recording and police "
        "work stand behind much of it. Figures on searches and on recording by the same areas would tell them apart."
    )


def caveat_population(rows: Sequence[Row], months: int) -> str:
    """That rates are on populations that are old."""
    return (
        f"{capitalised(formats.small_number(len(rows)))} {plural(len(rows), 'rate is', 'rates are')} on a population up to {formats.count(months)} months older than the "
        "count, so a little too high where more people live there now. A newer mid-year estimate would mend it."
    )


def caveat_notes(notes: int) -> str:
    """That publishers have written notes on these areas."""
    return f"Publishers have {formats.small_number(notes)} {plural(notes, 'note', 'notes')} on these areas, quoted under Data notes; they affect every figure of that source."


def caveat_management(titles: Sequence[str]) -> str:
    """That some sources of a section are management information."""
    return (
        f"Management information, not official statistics: {'; '.join(titles)}. Affected is every figure of it: it follows how the work is done and "
        "may be revised without notice. Official statistics on the same would mend it."
    )


def more_comparisons(left_out: int) -> str:
    """How many kinds of comparison stand only in the table for download; nothing where none does."""
    if not left_out:
        return ""
    return f" The strictest stand here; {formats.count(left_out)} more {plural(left_out, 'line is', 'lines are')} in the comparability table for download."


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


IN_THE_TABLE_OF_FORCES = "The values are in the table of all police force areas, under “Consistency between forces”."

RECONCILED = {
    "authorities": "Local authorities add up to their region and to England, as the printed figure is rounded",
    "coverage": "Every police force area is in every table and period of its edition",
    "districts": "Districts add up to their force",
    "officers": "Officers of the 43 forces add up to the printed total",
    "outcomes": "What came of records and searches for drugs adds up to all of them",
    "population": "Residents behind the rates are the same in two editions",
    "rate": "Printed rates follow from the printed counts and populations",
    "referrals": "First responders add up to the printed total",
    "parts": "Types and ages of first responders add up to their totals",
    "total": "Forces (and British Transport Police) add up to the printed total",
}
