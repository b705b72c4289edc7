"""The XML inside an ODS workbook, event by event: a stream of tags in, rows of text out.

Element and attribute names are those of OpenDocument 1.3, part 3.
"""

import itertools
import string
from collections.abc import Mapping
from functools import cache
from xml.parsers import expat

from transforms.sources.unpacked import MOST_CELLS, UnreadableError, repeats

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


def stored_number(value: object) -> str:
    """A number (or its text) as the project stores it, an integer without '.0': 12.0 and '12.0' are '12'; anything else as it prints."""
    text = str(value)
    if isinstance(value, str) and not text.isdigit():
        text = repr(float(text))
    return text.removesuffix(".0")


def _number(text: str) -> str:
    try:
        return stored_number(text)
    except ValueError as error:
        raise UnreadableError(f"a number is written {text[:40]!r}") from error


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
            elif kind in ("date", "time", "boolean"):
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
            text = self._value if self._value is not None else "".join(self._text)
            if text:
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
