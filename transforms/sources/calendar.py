"""When the next edition of a source should appear, and how old the newest held one is. Months are YYYY-MM; nothing reads the clock."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from transforms.sources.registry import Edition, Source

NOT_HELD: Final = "not held"
DISCONTINUED: Final = "discontinued"
NO_TIMETABLE: Final = "no timetable"
UP_TO_DATE: Final = "up to date"
RELEASE_DUE: Final = "release due"
OVERDUE: Final = "overdue"
# Instead of where a layout was checked: of a source whose published form nobody has described yet.
NO_LAYOUT: Final = "no layout known"
# What appears whenever its publisher is ready. Any other source without release months has come to its end.
UNSCHEDULED: Final = ("rolling", "irregular")
_MONTHS_IN_YEAR: Final = 12
_FIRST_MONTHS: Final = ("january", "april", "july", "october")
_GAP: Final = "[ _-]"
_MONTHS_OF_QUARTER: Final = "|".join(
    f"{first}{_GAP}to{_GAP}{last}"
    for first, last in zip(_FIRST_MONTHS, ("march", "june", "september", "december"), strict=True)
)
_QUARTER_NAMED: Final = rf"quarter{_GAP}?([1-4])[\W_]+(20\d\d)|(20\d\d){_GAP}?q([1-4])(?!\d)|(?<![a-z0-9])q([1-4]){_GAP}(20\d\d)|({_MONTHS_OF_QUARTER})[\W_]+(20\d\d)"

CALENDAR_SCHEMA: Final = pl.Schema(
    {
        "source_id": pl.String,
        "code": pl.String,
        "publisher": pl.String,
        "editions": pl.Int64,
        "newest_edition": pl.String,
        "vintage": pl.String,
        "age_months": pl.Int64,
        "next_release": pl.String,
        "state": pl.String,
        "layout_checked_against": pl.String,
    }
)


def release_calendar(
    sources: Mapping[str, Source], held: Mapping[str, tuple[Edition, ...]], as_of: str
) -> pl.DataFrame:
    """One row a source, in the order of their codes: CALENDAR_SCHEMA.

    ``held`` are the editions that a build reads, by source; ``as_of`` is a month. ``editions`` counts those held, ``age_months`` are the
    months from the newest vintage to ``as_of``, ``next_release`` is the first release month after the newest vintage, null without one;
    ``layout_checked_against`` is that of the register, or says that no layout is known.
    """
    rows = [
        _row(source, held.get(source.id, ()), as_of)
        for source in sorted(sources.values(), key=lambda source: (source.code, source.id))
    ]
    return pl.DataFrame(rows, schema=CALENDAR_SCHEMA, orient="row")


def counted_to(editions: pl.DataFrame, known_on: date | None = None) -> str:
    """The month to which the ages of sources are counted, in reports and by `countylines sources`: that in which a file was last read.

    ``editions`` has retrieved_at, an ISO date; ``known_on`` is the day of a report on the past, which counts to that day. No clock is
    asked, so that the same files give the same page. Raises ValueError when nothing is held.
    """
    if known_on is not None:
        return f"{known_on:%Y-%m}"
    read = editions["retrieved_at"].drop_nulls()
    if read.is_empty():
        raise ValueError("No edition is held, so there is no day on which one was read.")
    return str(read.max())[:7]


def newest_vintage(held: Mapping[str, tuple[Edition, ...]]) -> str:
    """The month of the newest edition of any source: the day that a build may call today. Raises ValueError when nothing is held."""
    return max(edition.vintage for editions in held.values() for edition in editions)


def next_release(source: Source, vintage: str) -> str | None:
    """The first release month after a vintage, or None for a source without release months.

    Where two release months adjoin (February or March) they are one release: what came out in the first is not due in the second.
    """
    came_out = _last_month_due(source, vintage) if _month_of_year(vintage) in source.release_months else vintage
    following = [_shifted(came_out, months) for months in range(1, _MONTHS_IN_YEAR + 1)]
    return next((month for month in following if _month_of_year(month) in source.release_months), None)


def expected_vintage(source: Source, period_end: date, months: int) -> str:
    """The month in which a period's edition comes out: the first release month at least ``months`` after the month of its end.

    Where two release months adjoin it is the second, in which the edition is there for certain. Raises ValueError for a source
    without release months.
    """
    due = next_release(source, _shifted(f"{period_end:%Y-%m}", months - 1))
    if due is None:
        raise ValueError(f"{source.id} has no release months")
    return _last_month_due(source, due)


def state(source: Source, vintage: str | None, as_of: str) -> str:
    """Whether the newest edition held (``vintage``, None without one) is the newest that there should be in the month ``as_of``.

    'not held' without an edition; 'discontinued' or 'no timetable' without release months; else 'up to date' before the next
    release month, 'release due' in it, 'overdue' after it. A release that may come in either of two adjoining months (February or
    March) is due in both.
    """
    if vintage is None:
        return NOT_HELD
    due = next_release(source, vintage)
    if due is None:
        return NO_TIMETABLE if source.cadence in UNSCHEDULED else DISCONTINUED
    if as_of < due:
        return UP_TO_DATE
    return RELEASE_DUE if as_of <= _last_month_due(source, due) else OVERDUE


def months_between(earlier: str, later: str) -> int:
    """Whole months from one month to another: 2 from 2025-11 to 2026-01; negative when the second comes first."""
    return _ordinal(later) - _ordinal(earlier)


def _row(source: Source, held: tuple[Edition, ...], as_of: str) -> tuple[object, ...]:
    # Of editions that came out in one month, the last in the register is the newest.
    newest = max(reversed(held), key=lambda edition: edition.vintage, default=None)
    vintage = newest.vintage if newest else None
    return (
        source.id,
        source.code,
        source.publisher.name,
        len(held),
        newest.id if newest else None,
        vintage,
        months_between(vintage, as_of) if vintage else None,
        next_release(source, vintage) if vintage else None,
        state(source, vintage, as_of),
        source.layout_checked_against if source.parser != "none" else NO_LAYOUT,
    )


def _last_month_due(source: Source, due: str) -> str:
    """The month after ``due`` where that is a release month too and the source does not simply appear every month."""
    following = _shifted(due, 1)
    every_month = len(set(source.release_months)) == _MONTHS_IN_YEAR
    return following if _month_of_year(following) in source.release_months and not every_month else due


def _ordinal(month: str) -> int:
    year, number = month.split("-")
    return int(year) * _MONTHS_IN_YEAR + int(number) - 1


def _shifted(month: str, months: int) -> str:
    year, number = divmod(_ordinal(month) + months, _MONTHS_IN_YEAR)
    return f"{year:04d}-{number + 1:02d}"


def _month_of_year(month: str) -> int:
    return int(month.split("-")[1])


def edition_of_quarter(source: Source, edition_id: str, year: int, quarter: int, file: str) -> Edition:
    """An edition that the register lacks, of one quarter: it comes out in the first release month after the month that follows the quarter."""
    start = date(year, 3 * quarter - 2, 1)
    end: date = pl.select(pl.lit(start).dt.offset_by("2mo").dt.month_end()).item()
    return Edition(
        source_id=source.id,
        id=edition_id,
        title=f"{start:%B} to {end:%B %Y}",
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 2),
        period_start=start,
        period_end=end,
        published=False,
    )


def edition_of_month(source: Source, edition_id: str, title: str, month: str, file: str) -> Edition:
    """An edition that the register lacks, of one month, YYYY-MM: it comes out in the first release month after the month that follows."""
    end: date = pl.select(pl.lit(f"{month}-01").str.to_date().dt.month_end()).item()
    return Edition(
        source_id=source.id,
        id=edition_id,
        title=title,
        file=file,
        file_kind="original",
        vintage=expected_vintage(source, end, 2),
        published=False,
    )


def quarter_named(text: str) -> tuple[int, int] | None:
    """Year and number of the first quarter that a text names: 'Quarter 2 2022', '2022-q2', 'Q2_2022', 'April to June 2022'."""
    found = re.search(_QUARTER_NAMED, text, re.IGNORECASE)
    if found is None:
        return None
    if found[7]:
        first_month = next(month for month in _FIRST_MONTHS if found[7].lower().startswith(month))
        return int(found[8]), _FIRST_MONTHS.index(first_month) + 1
    return int(found[2] or found[3] or found[6]), int(found[1] or found[4] or found[5])
