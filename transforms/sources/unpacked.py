"""How much a packed file may become: refused before it is unpacked as a whole, since a few bytes can stand for more than any machine holds.

A gzipped file says nothing true about its size; the directory of a workbook may lie; and two cells at the corners of a sheet make the
reader of workbooks set aside room for the seventeen thousand million between them.
"""

import gzip
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import IO, Final
from xml.parsers import expat

MOST_BYTES: Final = 1 << 30
"""The most that one file may be unpacked; the largest published workbook of these sources comes to about half of it."""
MOST_CELLS: Final = 1 << 25
"""The most cells of a sheet, blanks included, from its first to its last; the reader takes 32 bytes for each."""

MOST_PACKED: Final = 1 << 28
"""The most bytes that a file of a landing folder may have before it is read; the largest published table has a fifth of it."""
MOST_PACKED_ARCHIVE: Final = 1 << 32
"""The same of a ZIP file: the archive of all months of data.police.uk is near two gigabytes."""
MOST_CSV_CELLS: Final = 1 << 27
"""The most separators and line ends that a CSV file may have."""

DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError),
    *(EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
"""What the standard library raises for an archive or XML that is cut short, damaged, encrypted or untrue; `UnreadableError` is among them."""

_CHUNK: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_OTHER_PACKINGS: Final = (b"\x28\xb5\x2f\xfd", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
# A cell of an XLSX sheet that is not plainly in one of the columns A to Z, or A to ZZ of the first 9,999 rows: only of a sheet that has
# cells outside of both is the extent measured, element by element.
_NOT_PLAIN: Final = tuple(
    re.compile(rb'<(?:[\w.-]+:)?c[\s/>](?!r="' + reference + rb'")')
    for reference in (rb"[A-Z]\d{1,7}", rb"[A-Z]{1,2}\d{1,4}")
)


class UnreadableError(ValueError):
    """A file that would become larger than these limits, or whose parts are not what a spreadsheet program writes."""


def most_bytes(name: str) -> int:
    """The most bytes that a file of this name may have before it is read."""
    return MOST_PACKED_ARCHIVE if name.lower().endswith(".zip") else MOST_PACKED


def refuse_too_many_cells(text: bytes) -> None:
    """Raise UnreadableError for a CSV text of more cells than `MOST_CSV_CELLS`: a reader sets aside room for each, be it empty."""
    separators = max(text.count(separator) for separator in (b",", b";", b"\t"))
    if separators + text.count(b"\n") > MOST_CSV_CELLS:
        raise UnreadableError(f"it has more than {MOST_CSV_CELLS:,} cells")


def unzipped(content: bytes) -> bytes:
    """The bytes of a CSV file, gzipped or not; raises UnreadableError beyond `MOST_BYTES` and for another packing, OSError or EOFError when it is cut short."""
    if content.startswith(_OTHER_PACKINGS):
        raise UnreadableError("it is packed in another way than gzip")
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(MOST_BYTES + 1)
    except zlib.error as error:
        raise OSError(str(error)) from error
    if len(unpacked) > MOST_BYTES:
        raise UnreadableError(f"unpacked it is larger than {MOST_BYTES:,} bytes")
    return unpacked


def refuse_oversized(content: bytes) -> None:
    """Raise UnreadableError for an XLSX or ODS workbook that would unpack to more than `MOST_BYTES` or has a sheet of more than `MOST_CELLS`.

    Reads every part once, which also compares it with its checksum; raises one of `DAMAGED` for an archive that is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # The reader follows the workbook's own relations, whatever its parts are called.
        parts = archive.infolist()
        if sum(entry.file_size for entry in parts) > MOST_BYTES:
            raise UnreadableError(f"unpacked it is larger than {MOST_BYTES:,} bytes")
        for entry in parts:
            with archive.open(entry) as stream:
                plain = _is_plain(stream)
            if not plain:
                with archive.open(entry) as stream:
                    Extent().parser.ParseFile(stream)


def _is_plain(stream: IO[bytes]) -> bool:
    """Read a part to its end; whether it is certain to have few columns, or not many of them and few rows, and so fewer cells than the limit.

    What does not begin as XML is a picture or the like, and no sheet. XML in UTF-16, which these patterns do not see into, is never plain.
    """
    possible, rest = _NOT_PLAIN, b""
    begins = stream.read(_CHUNK)
    is_sheet = begins.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or begins.startswith(_UTF_16)
    if begins.startswith(_UTF_16) or b"office:document-content" in begins:
        possible = ()
    chunk = begins
    while chunk:
        if is_sheet and possible:
            text = rest + chunk
            whole = text.rfind(b">") + 1
            possible = tuple(other for other in possible if not other.search(text, 0, whole))
            rest = text[whole:]
        chunk = stream.read(_CHUNK)
    return bool(possible) or not is_sheet


class Extent:
    """Measures the sheets of a workbook as their XML is read: raises UnreadableError at the first row that makes a sheet too large."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._row = self._column = self._widest = 0
        self._repeated = 1
        self._filled = 0
        self._cell_columns = 1

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "table" | "sheetData":
                self._row = self._widest = 0
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = 0
            case "c":
                letters, digits = _split(attributes.get("r", ""))
                self._column = column_number(letters) if letters else self._column + 1
                self._reach(int(digits) if digits else self._row, self._column)
            case "table-row":
                self._repeated = repeats(attributes, "table:number-rows-repeated")
                self._column = self._filled = 0
            case "table-cell" | "covered-table-cell":
                self._cell_columns = repeats(attributes, "table:number-columns-repeated")
                self._column += self._cell_columns
                if "office:value-type" in attributes:
                    self._filled = self._column
            case "p":
                self._filled = self._column

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "table-row":
            self._row += self._repeated
            if self._filled:
                self._reach(self._row, self._filled)

    def _reach(self, row: int, column: int) -> None:
        self._widest = max(self._widest, column)
        if row * self._widest > MOST_CELLS:
            raise UnreadableError(f"a sheet reaches to row {row:,} and column {self._widest:,}")


def repeats(attributes: Mapping[str, str], name: str) -> int:
    """How often a row or cell of an ODS sheet is repeated; raises UnreadableError for what no spreadsheet holds."""
    text = attributes.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise UnreadableError(f"{name} is {text[:20]!r}")
    return int(text)


def column_number(letters: str) -> int:
    """The number of a column from 1: A, …, Z, AA, …; raises UnreadableError for more letters than a spreadsheet has."""
    if len(letters) > 3:
        raise UnreadableError(f"a cell is in the column {letters[:20]!r}")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _split(reference: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z]*)([0-9]{0,10})", reference)
    if found is None:
        raise UnreadableError(f"a cell has the reference {reference[:20]!r}")
    return found[1], found[2]
