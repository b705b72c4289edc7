"""The sheets of a workbook, XLSX or ODS: the one place in which a stored cell becomes text."""

import io
import itertools
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any

from transforms.sources.sheet_xml import OdsRows, errors_of, stored_text
from transforms.sources.unpacked import refuse_oversized

_CHUNK = 1 << 18

Numbered = Iterable[tuple[int, list[str | None]]]


def workbook_sheets(content: bytes, is_wanted: Callable[[str], bool]) -> Iterator[tuple[str, Numbered]]:
    """The sheets of an XLSX or ODS workbook in the file's order, each with its rows that are not blank; of a sheet that is not wanted, no rows.

    A row is its number (from 1, as a spreadsheet counts) and its texts from column A on, blanks null. Whatever reads a workbook reads it here,
    so that one cell has one meaning: a number is stored text, an integer without '.0', else the shortest exact decimal form; a date is
    '2018-09-30 00:00:00'; the lines of a text are parted by line feeds; an error is its own text ('#REF!'), whatever is stored behind it;
    of merged cells the first alone holds anything, whatever is left behind it.
    Raises one of DAMAGED or CalamineError for what is no workbook, or is cut short.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" in archive.namelist():
            with archive.open("content.xml") as stream:
                yield from _ods_sheets(stream)
            return
    from python_calamine import CalamineWorkbook

    refuse_oversized(content)
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for sheet in workbook.sheet_names:
            yield sheet, _xlsx_rows(workbook, sheet, errors_of(content, sheet)) if is_wanted(sheet) else ()


def _xlsx_rows(workbook: Any, name: str, errors: Mapping[tuple[int, int], str]) -> Numbered:
    sheet = workbook.get_sheet_by_name(name)
    # The reader leaves out the blank columns at the left, and says where it starts; of a cell with an error it gives a blank.
    left: list[str | None] = [None] * (sheet.start or (0, 0))[1]
    merged = sorted(sheet.merged_cell_ranges or (), reverse=True)
    here: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        row = left + [stored_text(value) for value in values]
        for (row_number, column), error in errors.items():
            if row_number == number:
                row.extend([None] * (column - len(row)))
                row[column - 1] = error
        while merged and merged[-1][0][0] < number:
            here.append(merged.pop())
        here = [each for each in here if number <= each[1][0] + 1]
        for (top, first), (_, last) in here:
            covered = slice(first + (number == top + 1), last + 1)
            row[covered] = [None] * len(row[covered])
        if any(text is not None for text in row):
            yield number, row


def _ods_sheets(stream: IO[bytes]) -> Iterator[tuple[str, Numbered]]:
    """Sheets of one stream, in order: what the consumer leaves of a sheet is passed over before the next begins."""
    reader = OdsRows()
    chunks = iter(lambda: stream.read(_CHUNK), b"")

    def read_on() -> bool:
        chunk = next(chunks, None)
        if chunk is not None:
            reader.parser.Parse(chunk)
        return chunk is not None

    def rows_of(number: int) -> Numbered:
        while True:
            yield from reader.take(number)
            if len(reader.names) > number + 1 or not read_on():
                break
        yield from reader.take(number)

    for number in itertools.count():
        while number >= len(reader.names) and read_on():
            pass
        if number >= len(reader.names):
            break
        rows = rows_of(number)
        yield reader.names[number], rows
        for _ in rows:
            pass
    reader.parser.Parse(b"", True)
