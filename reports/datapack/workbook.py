"""Writes a workbook as the Analysis Function's guidance on accessible spreadsheets asks: cover, contents, notes, one marked-up table a sheet.

XlsxWriter is used directly: gptables, which stands on it, takes pandas frames and eight times as long.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from hashlib import sha256
from io import BytesIO
from itertools import zip_longest
from math import ceil
from typing import Any, Final

import polars as pl

from reports import formats, wording
from reports.datapack.sheets import NOTHING, SOURCES, Sheet
from reports.numbers import ReportData, Row
from reports.products.products import forces_of
from transforms.errors import CountyLinesError
from transforms.sources.calendar import newest_vintage, next_release
from transforms.sources.registry import Source

_FONT: Final = "Arial"
_POINTS: Final = 12
_ROW_PIXELS: Final = 21
_LONGEST: Final = 60  # characters of the widest column; longer texts are wrapped
_IN_A_LINE: Final = 57  # characters that a line of the widest column surely holds
_A4: Final = 9  # by its number in the file format
_DAY_0: Final = date(1899, 12, 30)
_NUMBER_FORMATS: Final = {True: "#,##0", False: "#,##0.0"}
_DATE_FORMAT: Final = "d mmmm yyyy"
# Every text is written as text: a label that begins with = is a label.
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_row_height": _ROW_PIXELS,
}
_LETTERS: Final = {
    "font_name": _FONT,
    "font_size": _POINTS,
    "font_scheme": "none",
}  # of no theme, which would choose another font


def workbook_content(data: ReportData, area: Row, sheets: Sequence[Sheet], issued: date) -> str:
    """SHA-256 over everything that the workbook on an area says."""
    said = [_title(area), issued, _cover_lines(data, area, sheets, issued, "")]
    listed = [_notes(data, sheets), *sheets]
    parts = [repr(said), *(repr((sheet.name, sheet.title, sheet.about, sheet.missing)) for sheet in listed)]
    digest = sha256("\n".join(parts).encode())
    for sheet in listed:
        digest.update(sheet.frame.write_csv().encode())
    return digest.hexdigest()


def workbook(data: ReportData, area: Row, sheets: Sequence[Sheet], issued: date, id: str) -> bytes:
    """The workbook on an area (a row of core/areas) as XLSX, the same bytes for the same input; ``issued`` is written into its properties.

    ``id`` stands on its cover: a hash of its content.

    Raises CountyLinesError for a number that is missing without a shorthand, or a text that is missing.
    """
    from xlsxwriter import Workbook

    title = _title(area)
    content = BytesIO()
    # The library writes into the properties that it is given: each workbook has its own.
    book = Workbook(content, {**_OPTIONS, "default_format_properties": dict(_LETTERS)})
    book.set_properties(
        {
            "title": title,
            "author": "countylines",
            "comments": f"Workbook {id}",
            "created": datetime.combine(issued, time()),
        }
    )
    written = _Formats(book)
    _cover(book, written, title, _cover_lines(data, area, sheets, issued, id))
    notes = _notes(data, sheets)
    listed = [notes, *sheets]
    _table(book, written, _contents(listed), linked=True)
    for sheet in listed:
        _table(book, written, sheet)
    book.close()
    return content.getvalue()


class _Formats:
    """The formats of one workbook: XlsxWriter wants each made once, by the workbook."""

    def __init__(self, book: Any) -> None:
        self.title = book.add_format({"bold": True, "font_size": _POINTS + 4})
        self.heading = book.add_format({"bold": True, "font_size": _POINTS + 2})
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"valign": "top"})
        self.link = book.add_format({"valign": "top", "underline": 1, "font_color": "#0563c1"})
        self.wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self.shorthand = book.add_format({"valign": "top", "align": "right"})
        self.date = book.add_format({"valign": "top", "num_format": _DATE_FORMAT, "align": "left"})
        self.number = {
            whole: book.add_format({"valign": "top", "num_format": shown}) for whole, shown in _NUMBER_FORMATS.items()
        }


def _title(area: Row) -> str:
    return f"County lines indicators: {area['name']}"


def _cover_lines(data: ReportData, area: Row, sheets: Sequence[Sheet], issued: date, id: str) -> list[tuple[str, str]]:
    """Heading and text of each part of the cover."""
    sources = _sources_of(data, sheets)
    forces = [data.area(area_id)["name"] for area_id in forces_of(data, area["area_id"])]
    held = set(data.editions.select("source_id", "edition_id").iter_rows())
    editions = {
        source.id: tuple(edition for edition in source.editions if (source.id, edition.id) in held)
        for source in sources
    }
    updates = [
        (source, next_release(source, newest_vintage({source.id: editions[source.id]})))
        for source in sources
        if editions[source.id]
    ]
    due = [
        f"{source.publisher.name}, {source.title}: {formats.month(date.fromisoformat(f'{month}-01'))}."
        for source, month in updates
        if month
    ]
    return [
        ("About this workbook", wording.PROXY),
        ("Police force areas in it", f"{wording.joined(forces)}."),
        ("Status", wording.STATUS_LINE),
        ("Workbook", f"Workbook {id}, made from published files read by {formats.day(issued)}."),
        (
            "Contact",
            "The maintainers of countylines. Give them the name of this workbook and the identifier that stands beside a number: both "
            "lead back to the cell that the number was published in. Publishers are named in the sheet Sources.",
        ),
        (
            "Next update",
            "This workbook is made again when a publisher brings out a new edition. The first release by the publishers' timetables "
            f"after the editions used here: {' '.join(due) or 'none has a timetable.'}",
        ),
        ("Licence and attribution", " ".join(dict.fromkeys(source.attribution for source in sources))),
    ]


def _sources_of(data: ReportData, sheets: Sequence[Sheet]) -> list[Source]:
    """The sources that the workbook lists."""
    listed = {title for sheet in sheets if sheet.name == SOURCES for title in sheet.frame["Source"]}
    return [source for source in data.sources.values() if source.title in listed]


def _notes(data: ReportData, sheets: Sequence[Sheet]) -> Sheet:
    """Shorthand, limits, breaks, and what the sources may and may not be used to say, as one table."""
    sources = _sources_of(data, sheets)
    about = [
        *((f"Shorthand {shorthand}", f"{wording.capitalised(words)}.") for shorthand, words in formats.LEGEND.items()),
        (
            "Markers",
            f"The column says {NOTHING} where a figure has no marker. A marker stands beside its figure, not in the cell, so that the figure stays a number.",
        ),
        (
            "Rates and limits",
            "Counts by residents, with 95% limits. The limits say how far chance alone could move a count of this size.",
        ),
        *(
            (f"Break: {row['label']}", row["in_words"])
            for row in data.breaks.unique(["label", "in_words"], maintain_order=True).iter_rows(named=True)
        ),
        *((f"May be said of {source.title}", claim) for source in sources for claim in source.may_claim),
        *((f"May not be said of {source.title}", claim) for source in sources for claim in source.may_not_claim),
    ]
    frame = pl.DataFrame(about, schema={"About": pl.String, "Note": pl.String}, orient="row")
    return Sheet("Notes", "Notes", ("What the shorthand means, and how the figures may be read.",), frame, {})


def _contents(listed: Sequence[Sheet]) -> Sheet:
    frame = pl.DataFrame(
        [(sheet.name, sheet.title, len(sheet.frame)) for sheet in listed],
        schema={"Sheet": pl.String, "Title": pl.String, "Rows": pl.Int64},
        orient="row",
    )
    return Sheet("Contents", "Contents", ("Each sheet has one table. The names lead to the sheets.",), frame, {})


def _cover(book: Any, written: _Formats, title: str, lines: Sequence[tuple[str, str]]) -> None:
    page = book.add_worksheet("Cover")
    _print_on_one_width(page)
    page.set_column(0, 0, 100)
    page.write_string(0, 0, title, written.title)
    for place, (heading, text) in enumerate(lines):
        page.write_string(1 + 2 * place, 0, heading, written.heading)
        page.write_string(2 + 2 * place, 0, text, written.wrapped)
        page.set_row_pixels(2 + 2 * place, _ROW_PIXELS * (1 + len(text) // 85))


def _table(book: Any, written: _Formats, sheet: Sheet, linked: bool = False) -> None:
    """Title in A1, the lines about the table, one header row, and the rows as a named table that starts in column A."""
    page = book.add_worksheet(sheet.name)
    _print_on_one_width(page)
    page.write_string(0, 0, sheet.title, written.title)
    for row, line in enumerate(("This worksheet has one table.", *sheet.about), 1):
        page.write_string(row, 0, line, written.text)
    top = 2 + len(sheet.about)
    instead = set(sheet.missing.values())
    shown = [column for column in sheet.frame.get_columns() if column.name not in instead]
    page.add_table(
        top,
        0,
        top + len(sheet.frame),
        len(shown) - 1,
        {
            "name": re.sub(r"\W", "_", sheet.name.lower()),
            "columns": [{"header": column.name, "header_format": written.header} for column in shown],
            "autofilter": False,
            "style": None,
        },
    )
    page.set_row_pixels(top, 3 * _ROW_PIXELS)
    page.repeat_rows(top)
    for place, column in enumerate(shown):
        _column(page, written, sheet, column, place, top + 1)
    for row, lines in _long_rows(shown):
        page.set_row_pixels(top + 1 + row, lines * _ROW_PIXELS)
    if linked:
        for row, name in enumerate(shown[0], top + 1):
            page.write_url(row, 0, f"internal:'{name}'!A1", string=name, cell_format=written.link)


def _print_on_one_width(page: Any) -> None:
    """On paper no column is on another sheet than its row."""
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _long_rows(shown: Sequence[pl.Series]) -> Iterator[tuple[int, int]]:
    """The rows whose texts are wrapped, each with its number of lines: not every program makes room for them by itself."""
    texts = [column.to_list() for column in shown if column.dtype == pl.String]
    for row, cells in enumerate(zip(*texts, strict=True)):
        longest = max(map(len, cells))
        if longest > _LONGEST:
            yield row, ceil(longest / _IN_A_LINE)


def _column(page: Any, written: _Formats, sheet: Sheet, column: pl.Series, place: int, row: int) -> None:
    """One column below its header, each value by its type; nothing is left to the library's guesses."""
    values = column.to_list()
    width = max(12, *(len(word) + 2 for word in column.name.split()))
    if column.dtype == pl.String:
        if None in values:
            raise CountyLinesError(f"Sheet {sheet.name}, column {column.name}: a text is missing; give it a shorthand.")
        longest = max(map(len, values), default=0)
        width = min(max(longest + 2, width), _LONGEST)
        style = written.wrapped if longest > _LONGEST else written.text
        for offset, text in enumerate(values, row):
            page.write_string(offset, place, text, style)
    elif column.dtype == pl.Date:
        width = 20
        # A day is its number since the file format's day 0, which is faster told here than by the library, value by value.
        for offset, day in enumerate((column - _DAY_0).dt.total_days(), row):
            page.write_number(offset, place, day, written.date)
    else:
        style = written.number[all(number is None or number % 1 == 0 for number in values)]
        instead = sheet.frame[sheet.missing[column.name]].to_list() if column.name in sheet.missing else []
        for offset, (number, shorthand) in enumerate(zip_longest(values, instead), row):
            if number is not None:
                page.write_number(offset, place, number, style)
            elif shorthand is not None:
                page.write_string(offset, place, shorthand, written.shorthand)
            else:
                raise CountyLinesError(
                    f"Sheet {sheet.name}, column {column.name}, row {offset + 1}: a number is missing; give it a shorthand."
                )
    page.set_column(place, place, width)
