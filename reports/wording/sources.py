"""Where figures come from: editions, revisions, licences, and totals computed again."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from reports import formats
from reports.document import Link, Prose
from reports.numbers import Row, period
from reports.wording.words import capitalised, plural

CONTACT = (
    "Contact: the maintainers of countylines. Give them the build and the identifier that a number links to: both lead back to the cell "
    "that it was published in. Next update: when a publisher brings out a new edition. What is held of a source whose next release is overdue is old."
)


COPIES = (
    "A re-save is a copy of the publisher's file made by somebody else, a derived table was worked out by somebody else from such a file, and a "
    "transcription was made by hand. The evidence page and countylines "
    "explain print whole checksums, file names and the way from a number to its cell."
)

FILES_ELSEWHERE = (
    "The evidence page and countylines explain print the files behind each number, whole checksums, and the way to its cell. All files are listed in "
    "the national report, on England and Wales, under “Where do the figures come from?”."
)

_CHECKSUM: Final = 8
"""So many digits of a checksum tell files apart."""


def files(rows: Sequence[Row]) -> str:
    """The files of a source as one text: what kind of copy each is, when it was read, what it holds, and the start of its checksum.

    ``rows`` are editions (file_kind, retrieved_at, title, sha256), one a file, with how many ``more`` editions are in it.
    """
    kinds: dict[str, list[str]] = {}
    for row in rows:
        read_on = formats.day(date.fromisoformat(str(row["retrieved_at"])))
        held = f"{_editions_in(row['title'], row['more'])} {_start_of(row['sha256'])}"
        kinds.setdefault(f"{capitalised(row['file_kind'])}, read on {read_on}", []).append(held)
    return " ".join(f"{kind}: {'; '.join(held)}." for kind, held in kinds.items())


def _start_of(checksum: str) -> str:
    """The start of a checksum, up to its first letter where that comes later: digits alone would be read as a number."""
    digits = len(checksum) - len(checksum.lstrip("0123456789"))
    return checksum[: max(_CHECKSUM, digits + 1)]


def _editions_in(first: str, more: int) -> str:
    """The title of a file that holds several editions: its first, and how many more."""
    return f"{first}, with {formats.small_number(more)} more {plural(more, 'edition', 'editions')}," if more else first


def on_the_page(what: str, title: str, page: str, anchor: str) -> Prose:
    """Where a table, a chart or both are that the page has and paper has not: 'The table “Synthetic” is on the page norfolk.html.'"""
    verb = "are" if " and " in what else "is"
    return (f"The {what} “{title}” {verb} on the page ", Link(page, f"{page}#{anchor}"), ".")


def next_edition(due: str | None, late: bool) -> str:
    """When the edition after the newest one held is expected (YYYY-MM), and whether it should have been there; None without a timetable."""
    if due is None:
        return "no timetable"
    expected = f"next: {formats.month(date.fromisoformat(f'{due}-01'))}"
    return f"{expected}, overdue" if late else expected


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


RECONCILED = {
    "authorities": "Local authorities add up to their region and to England, as the printed figure is rounded",
    "coverage": "Every police force area is in every table and period of its edition",
    "districts": "Districts add up to their force",
    "officers": "Officers of the 43 forces add up to the printed total",
    "cohort": "Outcomes of offences, those without one yet included, add up to the offences recorded",
    "outcomes": "What came of records and searches for drugs adds up to all of them",
    "population": "Residents behind the rates are the same in two editions",
    "rate": "Printed rates follow from the printed counts and populations",
    "referrals": "First responders add up to the printed total",
    "parts": "Types and ages of first responders add up to their totals",
    "total": "Forces (and British Transport Police) add up to the printed total",
}
