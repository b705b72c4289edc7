"""Small words that sentences are made of: lists, plurals, ordinals, and months in prose."""

from collections.abc import Iterable

from reports import formats
from reports.document import Prose
from reports.numbers import Row, period


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


def signed(per_cent: float) -> str:
    """A change in per cent with its sign: +3.0%, −35%."""
    return f"{'+' if per_cent > 0 else ''}{formats.percentage(per_cent)}"
