"""Large workbooks as batches of rows: ODS as a stream, with as much memory as a batch needs; XLSX one sheet at a time.

``grid.workbook_grids`` reads small workbooks at once; docs/readers.md has the measurements behind the two ways.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from transforms.errors import LayoutError
from transforms.sources.grid import layout_error
from transforms.sources.registry import Edition
from transforms.sources.sheet_xml import column_letters
from transforms.sources.unpacked import DAMAGED
from transforms.sources.workbook import Numbered, workbook_sheets

BATCH_ROWS = 5_000
_LOOKED_AT = 1 << 25


def sheet_batches(
    content: bytes, edition: Edition, sheets: str, rows: int = BATCH_ROWS
) -> Iterator[tuple[str, pl.DataFrame]]:
    """The sheets of a workbook whose whole name matches the pattern ``sheets``, in the file's order: (sheet, grid of at most ``rows`` rows).

    A grid has ``row`` (from 1, as a spreadsheet counts) and columns A, B, C… as text, blanks null, up to the batch's last filled
    column; rows that are blank from end to end are not in it. What a cell says is told in ``workbook.workbook_sheets``.

    Raises LayoutError when the file is no workbook, is cut short, or no sheet matches.
    """
    from python_calamine import CalamineError

    pattern, held = re.compile(sheets), list[str]()
    try:
        for sheet, numbered in workbook_sheets(content, lambda name: bool(pattern.fullmatch(name))):
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
