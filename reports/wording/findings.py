"""The findings of January 2020, their indicators, and the claim about Norfolk."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reports import formats
from reports.document import Number, Prose
from reports.numbers import Row
from reports.wording.comparability import reasons
from reports.wording.words import capitalised, joined, ordinal, signed

SCOREBOARD_RULE = (
    "We call a finding better or worse only if comparable figures a year or more apart changed by at least 10%, by more than chance, in an "
    "indicator whose better direction was fixed beforehand. Differences between areas must besides have intervals that do not overlap. An indicator without such a direction can only show that something "
    "changed. A finding is not comparable where all its pairs of figures have grade C or X, context only where no direction was ever fixed, and not "
    "measurable where no two figures exist. "
    "Nothing here says that an inspection was the cause of a change."
)

FINDINGS_ELSEWHERE = (
    "What the inspection of January 2020 found is about England and Wales, not about one area. What figures since then say of each finding is in the ",
    "; the page ",
    " has every figure.",
)


def scoreboard_counts(statuses: Mapping[str, int]) -> str:
    """How many findings have each status: 'Of 15 findings, one is improved, …'."""
    total = sum(statuses.values())
    return f"Of {formats.count(total)} findings: {joined(f'{formats.small_number(count)} {status[:1].lower()}{status[1:]}' for status, count in statuses.items())}."


def status_of_finding(row: Row) -> str:
    """The status of a finding as a sentence; of one that is not measurable, with the publication that would measure it."""
    if row["status"] == "Not measurable":
        return f"Not measurable. What would measure it: {row['measured_by']}."
    return f"{row['status']}."


def periods_of_finding(row: Row) -> str:
    """The periods of an indicator of the scoreboard: 'year to March 2023, 43 areas; then year to December 2023, 43 areas', or that nothing is held."""
    said = [stated_period(row[f"{when}_period"]) for when in ("baseline", "latest") if row[f"{when}_period"]]
    return "; then ".join(said) or "no figure held"


def periods_in_short(periods: Sequence[str]) -> str:
    """The periods of the first indicator of a finding, and for how many others figures are held: 'year to March 2023; then …; two more'."""
    if not periods:
        return "no figure held"
    more = len(periods) - 1
    return f"{periods[0]}; {formats.small_number(more)} more" if more else periods[0]


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
        return f"{said}, {signed(row['change'])}, without an interval: one figure a year does not say what chance does. {why}".strip()
    limits = f"{signed(row['lower_95'])} to {signed(row['upper_95'])}"
    return f"{said}, {signed(row['change'])} (95% interval {limits}). {why}".strip()


def cells_of_finding(row: Row) -> tuple[str, ...]:
    """One indicator of the scoreboard as cells: name, first figure, newest figure, change, grade, and reasons or what is missing."""
    first, newest = (
        formats.NOT_AVAILABLE if row[when] is None else _value_of_finding(row, when) for when in ("baseline", "latest")
    )
    change = formats.NOT_APPLICABLE
    if row["change"] is not None:
        limits = "" if row["lower_95"] is None else f", {signed(row['lower_95'])} to {signed(row['upper_95'])}"
        change = f"{signed(row['change'])}{limits}"
    why = capitalised(f"{reasons(row['reasons'])}.") if row["reasons"] else ""
    remark = f"{why} {row['why_not'] or ''}".strip()
    return (row["indicator"], first, newest, change, row["grade"] or "none", remark)


def _value_of_finding(row: Row, when: str) -> str:
    period_words = stated_period(row[f"{when}_period"] or "")
    if row[f"{when}_lower_95"] is not None:
        limits = " to ".join(_plain_value(row[f"{when}_{limit}_95"]) for limit in ("lower", "upper"))
        period_words = f"95% interval {limits}; {period_words}"
    return f"{_plain_value(row[when])} ({period_words})"


_WRITTEN_DATE = re.compile(r"\b(\d{4}-(?:0[1-9]|1[0-2]))(-\d{2})?\b")


def stated_period(period: str) -> str:
    """A period of the scoreboard as a person writes it: '2023-04 | 2023-09' is 'April 2023 to September 2023', '2019-10 | 2019-10' October."""

    def in_words(found: re.Match[str]) -> str:
        month, on = found.groups()
        value = date.fromisoformat(f"{month}{on or '-01'}")
        return formats.day(value) if on else formats.month(value)

    first, *last = period.split(" | ")
    ends = dict.fromkeys([first, *last])
    return _WRITTEN_DATE.sub(in_words, " to ".join(ends))


def _plain_value(value: float) -> str:
    if float(value).is_integer():
        return formats.count(value)
    return formats.rate(value) if abs(value) >= 1 else f"{value:.2f}"


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
