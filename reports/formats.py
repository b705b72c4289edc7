"""The closed vocabulary of formats: how a report writes counts, rates, percentages, dates, periods and missing values.

What belongs here: turning one value into the text that a reader sees. What does not: sentences (``wording``), and deciding
which value to show (``transforms``). Missing values never pass through the number formats: they are null with a status,
and the status has a shorthand.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

NOT_AVAILABLE: Final = "[x]"
CONFIDENTIAL: Final = "[c]"
NOT_APPLICABLE: Final = "[z]"
LOW: Final = "[low]"
REVISED: Final = "[r]"
BREAK: Final = "[b]"

LEGEND: Final[dict[str, str]] = {
    NOT_AVAILABLE: "not available",
    CONFIDENTIAL: "confidential: suppressed so that no person can be identified",
    NOT_APPLICABLE: "not applicable: there is no such figure, or it would not be comparable",
    LOW: "low: too few residents or cases for a reliable figure",
    REVISED: "revised: an earlier edition printed another figure",
    BREAK: "break: the series has a break in this period",
}

_SHORTHAND: Final[dict[str, str]] = {
    "not_available": NOT_AVAILABLE,
    "not_published": NOT_AVAILABLE,
    "no_population": NOT_AVAILABLE,
    "suppressed": CONFIDENTIAL,
    "not_comparable": NOT_APPLICABLE,
    "below_base": LOW,
    "population_too_small": LOW,
}

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS_IN_YEAR: Final = len(_MONTHS)


def count(value: float) -> str:
    """Write a count with thousands separators and no decimals: 1,234. Raises ValueError for a value that is not finite."""
    return _fixed(value, 0)


def small_number(value: int) -> str:
    """Write a number in a sentence: below ten as a word, else as `count` does."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[value] if 0 <= value < len(words) else count(value)


def population(value: float) -> str:
    """Write a number of residents with thousands separators and no decimals: 925,299."""
    return _fixed(value, 0)


def rate(value: float) -> str:
    """Write a rate with one decimal: 12.3."""
    return _fixed(value, 1)


def deviation(value: float) -> str:
    """Write a standard deviation of relative rates, which has no unit, with two decimals: 0.17."""
    return _fixed(value, 2)


def percentage(value: float) -> str:
    """Write a percentage (given in per cent, not as a share of one): one decimal below ten, none from ten on: 4.5%, 45%."""
    return f"{_fixed(value, 1 if abs(_rounded(value, 1)) < 10 else 0)}%"


def interval(lower: float, upper: float, fmt: Callable[[float], str] = rate) -> str:
    """Write two limits in one format, joined by a word so that no dash reads as a minus: 2.1 to 3.4."""
    return f"{fmt(lower)} to {fmt(upper)}"


def day(value: date) -> str:
    """Write a date: 24 November 2026."""
    return f"{value.day} {month(value)}"


def month(value: date) -> str:
    """Write the month that a date lies in: November 2026."""
    return f"{_MONTHS[value.month - 1]} {value.year}"


def short_month(value: date) -> str:
    """Write the month that a date lies in for an axis: Nov 2026."""
    return f"{_MONTHS[value.month - 1][:3]} {value.year}"


def period(start: date, end: date) -> str:
    """Write what a period covers, from its first and last day, both included.

    Twelve whole months are "year ending December 2024"; other whole months of one year "January to March 2023"; whole months
    across years carry their length, "January 2018 to March 2019 (15 months)"; anything else is written by its days, "3 October
    2022 to 9 October 2022". Raises ValueError when the period ends before it starts.
    """
    if end < start:
        raise ValueError(f"A period cannot end ({end}) before it starts ({start}).")
    if start == end:
        return day(start)
    if start.day != 1 or end.day != monthrange(end.year, end.month)[1]:
        return f"{day(start)} to {day(end)}"
    months = (end.year - start.year) * _MONTHS_IN_YEAR + end.month - start.month + 1
    if months == 1:
        return month(end)
    if months == _MONTHS_IN_YEAR:
        return f"year ending {month(end)}"
    if start.year == end.year:
        return f"{_MONTHS[start.month - 1]} to {month(end)}"
    return f"{month(start)} to {month(end)} ({months} months)"


def short_period(start: date, end: date) -> str:
    """Write a period for a narrow column: "year to Dec 2024" for twelve months, else as `period` does with short months."""
    months = (end.year - start.year) * _MONTHS_IN_YEAR + end.month - start.month + 1
    if start == end:
        return f"{start.day} {short_month(start)}"
    if start.day == 1 and months == _MONTHS_IN_YEAR:
        return f"year to {short_month(end)}"
    return short_month(end) if months == 1 else f"{short_month(start)} to {short_month(end)}"


def change(value: float) -> str:
    """Write a change of a count with its sign and no decimals: +35, −12, 0."""
    return f"+{_fixed(value, 0)}" if _rounded(value, 0) > 0 else _fixed(value, 0)


def missing(status: str) -> str:
    """Give the shorthand of a missing value from its status: suppressed is [c]. Raises ValueError for a status that has a value or is unknown."""
    if status not in _SHORTHAND:
        raise ValueError(f"'{status}' is not the status of a missing value; it is one of {', '.join(_SHORTHAND)}.")
    return _SHORTHAND[status]


def size(number_of_bytes: int) -> str:
    """Write the size of a file in units of a thousand bytes, at least one: 24 kB."""
    return f"{_fixed(max(number_of_bytes / 1000, 1), 0)} kB"


def legend(shorthands: Iterable[str] = tuple(LEGEND)) -> str:
    """Explain the shorthands that a table uses, each with its meaning and a full stop, in a fixed order. Raises ValueError for an unknown one."""
    used = set(shorthands)
    if unknown := used - set(LEGEND):
        raise ValueError(f"No legend explains {', '.join(sorted(unknown))}; the shorthands are {', '.join(LEGEND)}.")
    return " ".join(f"{shorthand} {meaning}." for shorthand, meaning in LEGEND.items() if shorthand in used)


def _fixed(value: float, decimals: int) -> str:
    rounded = _rounded(value, decimals)
    return f"{'−' if rounded < 0 else ''}{abs(rounded):,}"


def _rounded(value: float, decimals: int) -> Decimal:
    """Round half away from zero on the shortest decimal that stands for the value, as a reader with a pencil would.

    Python's own formatting rounds the binary value, and exact halves to even: it writes 0.5 as 0 and 2.675 as 2.67.
    """
    exact = Decimal(repr(float(value)))
    if not exact.is_finite():
        raise ValueError(f"{value} is not a number that can be printed; a missing value has a status instead.")
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
