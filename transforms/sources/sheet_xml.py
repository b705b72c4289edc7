"""The XML inside a workbook: an ODS sheet event by event, a stream of tags in, rows of text out; and where an XLSX sheet holds errors.

Element and attribute names are those of OpenDocument 1.3, part 3.
"""

import io
import itertools
import re
import string
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Final
from xml.parsers import expat

from transforms.sources.unpacked import MOST_CELLS, UnreadableError, column_number, repeats

ERROR: Final = re.compile(r"#(?:DIV/0!|REF!|N/A|NAME\?|NUM!|NULL!|VALUE!|SPILL!|CALC!)|Err:\d{3}")
"""What spreadsheet programs show of a cell whose formula cannot be worked out; behind it they store a blank, or 0."""

_MIDNIGHT = "00:00:00"
_LINE_END = re.compile(r"\r\n?")
_WHOLE = re.compile(r"-?[0-9]+")
_ERROR_CELL = re.compile(
    rb'<(?:[\w.-]+:)?c(\s[^>]*\bt="e"[^>]*)(?<!/)>(?:(?!</(?:[\w.-]+:)?c>).)*?<(?:[\w.-]+:)?v>([^<]*)<', re.DOTALL
)
_REFERENCE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_NUMBERS = frozenset({"float", "percentage", "currency"})

Row = tuple[int, list[str | None]]


@cache
def column_letters(index: int) -> str:
    """The letters of a column counted from 0: A, …, Z, AA, …."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = string.ascii_uppercase[rest] + letters
    return letters


def stored_text(value: object) -> str | None:
    """What a reader gives of a cell as the project stores it: null for a blank, a number without '.0', a date as '2018-09-30 00:00:00', lines parted by line feeds."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return stored_number(str(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value} {_MIDNIGHT}"
    return _LINE_END.sub("\n", str(value)) or None


def stored_number(text: str) -> str:
    """The text of a number as the project stores it: '12.0' is '12', '1e3' is '1000'; a whole number keeps all of its digits."""
    if _WHOLE.fullmatch(text):
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


def errors_of(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """The cells of a sheet of an XLSX workbook that hold an error: (row, column from 1) -> '#REF!'."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part_of(archive, sheet)
        text = archive.read(part) if part else b""
    if b't="e"' not in text:
        return {}
    found = {}
    for cell, error in _ERROR_CELL.findall(text):
        if reference := _REFERENCE.search(cell):
            place = (int(reference[2]), column_number(reference[1].decode()))
            found[place] = error.decode("utf-8", errors="replace")
    return found


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The part of an XLSX workbook in which a sheet stands; None where the workbook does not say."""
    sheets, parts = _attributes(archive, "xl/workbook.xml", "sheet"), {}
    for entry in _attributes(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        parts[entry.get("Id")] = entry.get("Target", "").removeprefix("/xl/")
    identifier = next((entry.get("r:id") for entry in sheets if entry.get("name") == sheet), None)
    part = f"xl/{parts.get(identifier)}"
    return part if part in archive.namelist() else None


def _attributes(archive: zipfile.ZipFile, part: str, element: str) -> list[dict[str, str]]:
    if part not in archive.namelist():
        return []
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            found.append(attributes)

    parser.StartElementHandler = start
    parser.Parse(archive.read(part), True)
    return found


def _number(text: str) -> str:
    try:
        return stored_number(text)
    except (ValueError, OverflowError) as error:
        raise UnreadableError(f"a number is written {text[:40]!r}") from error


def _moment(text: str) -> str:
    """A date as OpenDocument writes it ('2018-09-30', '2018-09-30T14:30:00') with its time beside it."""
    day, _, time = text.partition("T")
    return f"{day} {time or _MIDNIGHT}"


class OdsRows:
    """Rows of ``content.xml``, sheet after sheet; ``take`` empties what has been read so far."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._ready: list[list[Row]] = []
        self._row = 0
        self._rows_repeated = 1
        self._cells: list[str | None] = []
        self._blanks = 0
        self._columns_repeated = 1
        self._value: str | None = None
        self._text: list[str] = []
        self._paragraphs = 0
        self._notes = 0
        self._expanded = 0

    def take(self, sheet: int) -> list[Row]:
        """The rows of a sheet (counted from 0) read since the last call: row number and texts, blank rows left out."""
        ready, self._ready[sheet] = self._ready[sheet], []
        return ready

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._notes or name == "office:annotation":
            self._notes += name == "office:annotation"
            self.parser.CharacterDataHandler = None
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._columns_repeated = repeats(attributes, "table:number-columns-repeated")
            kind = attributes.get("office:value-type")
            self._value = None
            if kind in _NUMBERS:
                self._value = _number(attributes.get("office:value", ""))
            elif kind == "date":
                self._value = _moment(attributes.get("office:date-value", ""))
            elif kind in ("time", "boolean"):
                self._value = attributes.get(f"office:{kind}-value", "")
            elif kind == "string":
                self._value = attributes.get("office:string-value")
            self._text = []
            self._paragraphs = 0
        elif name == "text:p":
            if self._paragraphs:
                self._text.append("\n")
            self._paragraphs += 1
            self.parser.CharacterDataHandler = self._text.append
        elif name == "text:s":
            self._text.append(" " * repeats(attributes, "text:c"))
        elif name == "text:line-break":
            self._text.append("\n")
        elif name == "text:tab":
            self._text.append("\t")
        elif name == "table:table-row":
            self._rows_repeated = repeats(attributes, "table:number-rows-repeated")
            self._cells = []
            self._blanks = 0
        elif name == "table:table":
            self._expanded = 0
            self.names.append(attributes.get("table:name", ""))
            self._ready.append([])
            self._row = 0

    def _grow(self, cells: int) -> None:
        self._expanded += cells
        if self._expanded > MOST_CELLS:
            raise UnreadableError(f"its repeated cells come to more than {MOST_CELLS:,}")

    def _end(self, name: str) -> None:
        if self._notes:
            self._notes -= name == "office:annotation"
        elif name in ("table:table-cell", "table:covered-table-cell"):
            shown = "".join(self._text)
            text = shown if self._value is None or ERROR.fullmatch(shown) else self._value
            # What stands behind a merged cell is shown by no program: it is left over from before the cells were merged.
            if text and name == "table:table-cell":
                self._grow(self._blanks + self._columns_repeated)
                self._cells.extend(itertools.repeat(None, self._blanks))
                self._cells.extend(itertools.repeat(text, self._columns_repeated))
                self._blanks = 0
            else:
                self._blanks += self._columns_repeated
        elif name == "text:p":
            self.parser.CharacterDataHandler = None
        elif name == "table:table-row":
            if self._cells:
                self._grow((self._rows_repeated - 1) * len(self._cells))
                for repeated in range(self._rows_repeated):
                    self._ready[-1].append((self._row + repeated + 1, list(self._cells)))
            self._row += self._rows_repeated
