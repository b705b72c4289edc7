"""What a publisher may send at most, and whether a file is what its name says and safe to open."""

import re
import unicodedata
import xml.parsers.expat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from transforms.errors import RefusedError
from transforms.sources.registry import Source
from transforms.sources.unpacked import DAMAGED

_ARCHIVES = {".xlsx": "xl/workbook.xml", ".xlsm": "xl/workbook.xml", ".ods": "content.xml", ".zip": None}
_SIGNATURES = {".pdf": b"%PDF-", ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
_TEXTS = {".csv", ".txt", ".json"}
_MARKUP = re.compile(rb"\s*<(?:!doctype|\?xml|html|head|body|error)\b", re.IGNORECASE)
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What a fetch allows. Bytes, seconds, and requests each second with the burst that a host accepts: (rate, burst) by host.

    ``loopback`` allows plain http to this machine itself, for a server that stands in for a publisher's.
    """

    page_bytes: int = 20 * 2**20
    # From the request for a page or of headers to their end, redirects included, however steadily it trickles.
    page_seconds: float = 120
    # The bulk archive of street-level crimes is near two gigabytes.
    file_bytes: int = 4 * 2**30
    file_seconds: float = 3600
    silence_seconds: float = 30
    redirects: int = 5
    pages: int = 100
    attempts: int = 5
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 120
    requests_per_second: Mapping[str, tuple[float, int]] = field(
        default_factory=lambda: MappingProxyType({"data.police.uk": (15, 30)})
    )
    otherwise_per_second: tuple[float, int] = (1, 1)
    inflated_bytes: int = 20 * 2**30
    # Sheets of one repeated offence name shrink to a hundredth; deflate itself ends near a thousandth.
    inflated_ratio: int = 300
    archive_entries: int = 50_000
    prolog_bytes: int = 2**20
    loopback: bool = False


def check_file_name(source: Source, name: str, url: str) -> None:
    """Raise RefusedError for a name that could leave its folder or cannot be one file's name on every system."""
    if (
        not name
        or len(name) > 200
        or name.startswith(".")
        or re.search(r'[/\\:*?"<>|]', name)
        or any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in name)
        or len(name.encode("utf-8", "replace")) > 250
    ):
        raise RefusedError(
            f"{source.id}: {url} carries the file name {name!r}, which is not a plain one; narrow discovery.file_pattern in data/sources/{source.id}.toml."
        )


def check_content(source: Source, name: str, url: str, path: Path, limits: Limits) -> None:
    """Read a downloaded file through and raise RefusedError unless it is what ``name`` says.

    Workbooks (XLSX, XLSM, ODS) and archives (ZIP) must be whole, hold the parts of their kind, keep their entries inside their
    own folder and within the limits, and hold no XML with a document type definition, hence no entity. CSV, TXT and JSON must
    not be a web page; PDF and XLS must begin as such. Any other kind is refused.
    """
    try:
        _check_kind(path, name, limits)
    except RefusedError as error:
        raise RefusedError(f"{source.id}: {name} from {url} {error}") from error


def _check_kind(path: Path, name: str, limits: Limits) -> None:
    kind = Path(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8192)
    if not head:
        raise RefusedError("is empty; try again later.")
    if kind not in {*_ARCHIVES, *_SIGNATURES, *_TEXTS}:
        raise RefusedError(f"is of the kind {kind or '(none)'}, of which nothing is known here; narrow file_pattern.")
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise RefusedError(f"is a web page or an error message, not {kind}; open the address in a browser to see why.")
    if kind in _ARCHIVES:
        _check_archive(path, kind, limits)
    elif kind in _SIGNATURES and not head.startswith(_SIGNATURES[kind]):
        raise RefusedError(f"does not begin like a file of the kind {kind}; ask the publisher.")
    elif kind in _TEXTS and b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RefusedError(f"holds bytes that are no text, although it is named {kind}; ask the publisher.")


def _check_archive(path: Path, kind: str, limits: Limits) -> None:
    if not zipfile.is_zipfile(path):
        raise RefusedError(f"is not a file of the kind {kind}; open the address in a browser to see what it is.")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries, path.stat().st_size, limits)
            main_part = _ARCHIVES[kind]
            if main_part and main_part not in archive.namelist():
                raise RefusedError(f"lacks the part {main_part}, so that it is no {kind} workbook; ask the publisher.")
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    _check_prolog(archive, entry, limits)
                _read_through(archive, entry)
    except DAMAGED as error:
        raise RefusedError(f"is damaged ({error}); fetch it again, and ask the publisher if it stays so.") from error


def _check_entries(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    if len(entries) > limits.archive_entries:
        raise RefusedError(f"holds {len(entries):,} entries, more than {limits.archive_entries:,}; ask the publisher.")
    inflated = sum(entry.file_size for entry in entries)
    if inflated > min(limits.inflated_bytes, limits.inflated_ratio * packed):
        raise RefusedError(
            f"would grow from {packed:,} to {inflated:,} bytes when unpacked, more than is safe; ask the publisher."
        )
    for entry in entries:
        # zipfile itself turns the separators of this system into slashes; orig_filename is what the archive says.
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
            raise RefusedError(f"holds the entry {entry.orig_filename!r}, which leaves its folder; ask the publisher.")
        if entry.flag_bits & 0x1:
            raise RefusedError(f"holds the encrypted entry {entry.orig_filename!r}; ask the publisher.")


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack an entry without keeping it: zipfile compares its length and checksum with what the archive promises."""
    with archive.open(entry) as content:
        while content.read(_CHUNK):
            continue


class _RootReached(Exception):
    """The first element of an XML part has begun: no document type definition can follow."""


def _check_prolog(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse XML with a document type definition, by a real parser and up to the first element, whatever the encoding."""

    def refuse(*_: object) -> None:
        raise RefusedError(
            f"has a document type definition in {entry.filename}, as no published workbook has; ask the publisher."
        )

    def stop(*_: object) -> None:
        raise _RootReached

    parser = xml.parsers.expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    seen = 0
    with archive.open(entry) as content:
        try:
            while chunk := content.read(_CHUNK):
                seen += len(chunk)
                if seen > limits.prolog_bytes:
                    raise RefusedError(f"has no element at the beginning of {entry.filename}; ask the publisher.")
                parser.Parse(chunk)
        except _RootReached:
            return
        except xml.parsers.expat.ExpatError as error:
            raise RefusedError(f"holds {entry.filename}, which is no XML ({error}); ask the publisher.") from error
