"""Large workbooks as batches of rows: ODS as a stream, with as much memory as a batch needs; XLSX one sheet at a time.

``grid.workbook_grids`` reads small workbooks at once; docs/readers.md has the measurements behind the two ways.
"""

import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import polars as pl

from transforms.errors import LayoutError
from transforms.sources.grid import layout_error
from transforms.sources.registry import Edition
from transforms.sources.sheet_xml import OdsRows, column_letters, stored_number
from transforms.sources.unpacked import DAMAGED, refuse_oversized

BATCH_ROWS = 5_000
_CHUNK = 1 << 18
_LOOKED_AT = 1 << 25


def sheet_batches(
    content: bytes, edition: Edition, sheets: str, rows: int = BATCH_ROWS
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The sheets of a workbook whose whole name matches the pattern ``sheets``, in the file's order: (sheet, grid of at most ``rows`` rows).

    A grid has ``row`` (from 1, as a spreadsheet counts) and columns A, B, C… as text, blanks null, up to the batch's last filled
    column; rows that are blank from end to end are not in it. Numbers are stored text: an integer without '.0', else the shortest
    exact decimal; dates are ISO dates.

    Raises LayoutError when the file is no workbook, is cut short, or no sheet matches.
    """
    from python_calamine import CalamineError

    pattern, held = re.compile(sheets), list[str]()
    try:
        for sheet, numbered in _sheets(content, pattern):
            held.append(sheet)
            if pattern.fullmatch(sheet):
                for batch in _batches(numbered, rows):
                    yield sheet, batch
    except (CalamineError, *DAMAGED) as error:
        reason = " ".join(str(error).split())[:200]
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the file {Path(edition.file).name} cannot be read, it may be cut short ({reason}); "
            "fetch the file again."
        ) from error
    if not any(map(pattern.fullmatch, held)):
        names = ", ".join(map(repr, held))
        raise layout_error(
            edition,
            sheets,
            None,
            f"the workbook has no sheet of this name, but {names}",
            f"look at the file, then amend the row of this edition in data/layouts/{edition.source_id}.csv",
        )


def sheet_heads(content: bytes, edition: Edition, sheets: str, rows: int = 12) -> dict[str, pl.DataFrame]:
    """The first rows of the sheets whose whole name matches ``sheets``: sheet -> grid; none where no sheet does. Raises as ``sheet_batches``."""
    heads: dict[str, pl.DataFrame] = {}
    try:
        for sheet, batch in sheet_batches(content, edition, sheets, rows):
            heads.setdefault(sheet, batch)
    except LayoutError:
        if heads or not zipfile.is_zipfile(io.BytesIO(content)):
            raise
    return heads


def holds_words(content: bytes, *words: str) -> bool:
    """Whether the beginning of a workbook's text has all the words, whatever their case: a look that costs no parsing, before one that does."""
    return words_held(content, words) == set(words)


def words_held(content: bytes, words: Iterable[str], within: int = _LOOKED_AT) -> set[str]:
    """Those of the words that the beginning of a workbook's text has, ``within`` so many bytes, whatever their case; nothing is parsed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        # Some programs write the texts of an XLSX workbook into its sheets, and not into one list.
        texts = [name for name in names if name in ("content.xml", "xl/sharedStrings.xml")] or [
            name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        beginnings = []
        for name in texts:
            with archive.open(name) as stream:
                beginnings.append(stream.read(within // len(texts)).decode("utf-8", errors="ignore").lower())
    return {word for word in words if any(word.lower() in text for text in beginnings)}


Numbered = Iterable[tuple[int, list[str | None]]]


def _sheets(content: bytes, pattern: re.Pattern[str]) -> Iterator[tuple[str, Numbered]]:
    """The sheets in the file's order, each with its rows that are not blank; of a sheet that is not wanted, no rows."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" in archive.namelist():
            with archive.open("content.xml") as stream:
                yield from _ods_sheets(stream)
            return
    from python_calamine import CalamineWorkbook

    refuse_oversized(content)
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        for sheet in workbook.sheet_names:
            yield sheet, _xlsx_rows(workbook, sheet) if pattern.fullmatch(sheet) else ()


def _xlsx_rows(workbook: Any, name: str) -> Numbered:
    sheet = workbook.get_sheet_by_name(name)
    # The reader leaves out the blank columns at the left, and says where it starts.
    left: list[str | None] = [None] * (sheet.start or (0, 0))[1]
    for number, values in enumerate(sheet.iter_rows(), start=1):
        row = [None if value == "" else value if isinstance(value, str) else stored_number(value) for value in values]
        if any(text is not None for text in row):
            yield number, left + row


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


def _batches(numbered: Numbered, size: int) -> Iterator[pl.DataFrame]:
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    for number, values in numbered:
        numbers.append(number)
        rows.append(values)
        if len(rows) == size:
            yield _grid(numbers, rows)
            rows, numbers = [], []
    if rows:
        yield _grid(numbers, rows)


def _grid(numbers: list[int], rows: list[list[str | None]]) -> pl.DataFrame:
    width = max(map(len, rows))
    for row in rows:
        row.extend([None] * (width - len(row)))
    columns = dict(zip(map(column_letters, range(width)), zip(*rows, strict=True), strict=True))
    return pl.DataFrame(
        {"row": numbers, **columns}, schema={"row": pl.UInt32, **dict.fromkeys(columns, pl.String)}, strict=True
    )
