"""When a file of a landing folder was published: what its own words say, else its properties, else what the register or the timetable says."""

import re
import zipfile
from datetime import date
from typing import Final

from transforms.errors import LayoutError
from transforms.incidents import Original, as_file
from transforms.sources.calendar import months_between
from transforms.sources.registry import PRINTED, PROPERTIES, TIMETABLE, Edition, Publication, dated
from transforms.sources.sheets import sheet_batches
from transforms.sources.unpacked import DAMAGED

_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SAYS: Final = r"(?:(?:first |last |re-?)?published|(?:date of )?(?:re-?)?publication|(?:re-?)?issued|released?|corrected|correction|last updated)"
# At the beginning of a cell or of a sentence, so that a day on which something else came out, or will, is not taken.
_PUBLISHED: Final = re.compile(
    rf"(?:^|[.;(|]\s*)(?:(?:this|these|the) \w+ (?:was|were) )?{_SAYS}(?:[\s:,–—-]+(?:and\s+)?{_SAYS})*(?:\s+date)?"
    r"[\s:|,–—-]*(?:on\s+)?(?:[a-z]+day,?\s+)?"
    r"(?:(?P<iso>20\d\d-\d\d-\d\d)|(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>[a-z]{3,9})\.?,?\s+(?P<year>20\d\d)"
    r"|(?P<day2>\d{1,2})/(?P<month2>\d{1,2})/(?P<year2>20\d\d))",
    re.IGNORECASE,
)
_WORD: Final = re.compile(rb"published|publication|issued|released?|correct|updated", re.IGNORECASE)
_TEXTS: Final = re.compile(r"content\.xml|xl/sharedStrings\.xml|xl/worksheets/[^/]+\.xml")
_SAVED: Final = re.compile(rb"<(?:dcterms:modified|dc:date)\b[^>]*>(\d{4}-\d{2}-\d{2})")
_DAY: Final = re.compile(
    rb"\b(?:\d{1,2}\s*(?:st|nd|rd|th)?\s+(?:of\s+)?[A-Za-z]{3,9}\.?,?\s+20\d\d|\d{1,2}/\d{1,2}/20\d\d)|20\d\d-\d\d-\d\d"
)
_TAG: Final = re.compile(rb"<[^>]*>")
_LOOKED_AT: Final = 1 << 25
# The latest real re-issue, with errors of North Wales taken out, was saved thirteen months after its period.
_MONTHS_TO_BELIEVE: Final = 24


def published_when(edition: Edition, content: Original) -> Edition:
    """The edition with the month in which its workbook says that it was published, and what that rests on.

    The latest day of publication or correction that its sheets print stands first; then the day on which it was last saved, where that
    is within two years of the end of its period; otherwise the edition is as given. A file is not out before the
    month of the timetable, even if it was saved then. A day before the end of the period is that of something else.
    """
    if not isinstance(content, bytes) or not content.startswith(b"PK"):
        return edition
    try:
        with as_file(content) as file, zipfile.ZipFile(file) as archive:
            saved = _last_saved(archive)
            printed = (
                [day for day in _days_printed(content, edition) if _is_after(edition, day)] if _may_say(archive) else []
            )
    except (LayoutError, *DAMAGED):  # the parser says what is wrong with it
        return edition
    if printed:
        return dated(edition, Publication(f"{max(printed):%Y-%m}", PRINTED))
    if saved is None or edition.period_end is None or edition.vintage_basis not in (TIMETABLE, PROPERTIES):
        return edition
    months = months_between(f"{edition.period_end:%Y-%m}", saved[:7])
    if not 0 <= months <= _MONTHS_TO_BELIEVE:
        when = "more than two years after" if months > 0 else "before"
        note = f"It was last saved on {saved}, {when} the end of its period, which does not say when it was published."
        return dated(edition, Publication(edition.vintage, edition.vintage_basis, note))
    if edition.vintage_basis == TIMETABLE and saved[:7] < edition.vintage:
        return edition
    return dated(edition, Publication(saved[:7], PROPERTIES))


def _is_after(edition: Edition, day: date) -> bool:
    return edition.period_end is None or day > edition.period_end


def _last_saved(archive: zipfile.ZipFile) -> str | None:
    part = next((name for name in archive.namelist() if name in ("docProps/core.xml", "meta.xml")), None)
    if part is None:
        return None
    with archive.open(part) as stream:
        found = _SAVED.search(stream.read(_LOOKED_AT))
    return found[1].decode() if found else None


def _may_say(archive: zipfile.ZipFile) -> bool:
    """Whether the texts of a workbook hold a word of publication and a day: a look that costs no parsing, before one that does."""
    texts = [name for name in archive.namelist() if _TEXTS.fullmatch(name)]
    for name in texts:
        with archive.open(name) as stream:
            text = stream.read(_LOOKED_AT)
        if _WORD.search(text) and (_DAY.search(_TAG.sub(b"", text))):
            return True
    return False


def _days_printed(content: bytes, edition: Edition) -> list[date]:
    """The days of publication in the rows of a workbook, the cells of a row read as one line: a label may stand beside its day."""
    days = []
    for _, batch in sheet_batches(content, edition, ".*"):
        for row in batch.drop("row").iter_rows():
            line = " | ".join(part.strip() for text in row if text for part in text.splitlines())
            days += [day for found in _PUBLISHED.finditer(line) if (day := _day(found)) is not None]
    return days


def _day(found: re.Match[str]) -> date | None:
    try:
        if found["iso"]:
            return date.fromisoformat(found["iso"])
        if found["month2"]:
            return date(int(found["year2"]), int(found["month2"]), int(found["day2"]))
        return date(int(found["year"]), _MONTH_NAMES.index(found["name"][:3].lower()) + 1, int(found["day"]))
    except ValueError:  # no such day, or no name of a month
        return None
