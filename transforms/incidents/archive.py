"""What is in an archive, and the bytes of one file in it. Nothing is unzipped to disk."""

import re
import struct
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import deflate

from transforms.errors import LayoutError
from transforms.incidents import store, stored
from transforms.sources.unpacked import DAMAGED, MOST_BYTES, unzipped

KINDS = ("street", "outcomes", "stop-and-search")
_NAME = re.compile(rf"(?:.*/)?(\d{{4}}-(?:0[1-9]|1[0-2]))-([a-z-]+?)-({'|'.join(KINDS)})\.csv")
# The earliest day that an archive can state, which says nothing.
_NO_DAY = "1980-01-01"
# The fixed part of the header before each file, and where in it stand the lengths of the name and of the extra field.
_LOCAL_HEADER, _LENGTHS = 30, slice(26, 30)
# More than the extra field of a local header takes in the archives of data.police.uk: what it takes beyond that is fetched apart from a store.
_EXTRA = 1 << 8
# The most bytes that one byte of the deflate format can stand for. A directory that promises more is damaged or hostile.
_LARGEST_RATIO = 1032


@dataclass(frozen=True)
class Member:
    """One file of an archive: what its name says (month, slug of the force, kind of record), and where its bytes are.

    ``written`` is the day on which the archive says that the file was last written (YYYY-MM-DD); packing it again may have changed it.
    A file that is in no archive ``is_loose``: it is its own archive, gzipped or not, and no day is known on which it was written.
    ``etag`` is what a store calls the version of the archive that it was listed from; nothing for an archive in a folder.
    """

    archive: str
    name: str
    month: str
    force: str
    kind: str
    offset: int
    compressed_bytes: int
    bytes: int
    checksum: int
    is_deflated: bool
    written: str
    etag: str = ""
    is_loose: bool = False

    @property
    def file(self) -> str:
        """The name without its folder, by which records point to it."""
        return self.name.rpartition("/")[2]


def open_archive(archive: str, etag: str = "", members: Sequence[Member] = ()) -> BinaryIO:
    """The archive, a path or the URL of one version in a store, as a file that can be read at any place.

    Of an archive in a store the bytes of ``members`` are fetched together. The one spot that knows where archives are.
    """
    if not store.is_url(archive):
        return Path(archive).open("rb")
    wanted = [(member.offset, _end_of(member)) for member in members]
    return stored.opened(archive, etag, wanted)


def read_archive(archive: str, etag: str = "") -> list[Member]:
    """List the files of records in an archive, in the order of month, kind and name; reads the directory at its end only.

    A single file of records under its publisher's name is an archive of itself.
    Raises LayoutError for another file that is not a ZIP archive, a CSV file whose name has no month, force and kind, two files for one month,
    force and kind, and a packing that ordinary archives do not have.
    """
    try:
        with open_archive(archive, etag) as file:
            if loose := _loose(archive, file):
                return [loose]
            with zipfile.ZipFile(file) as content:
                entries = content.infolist()
    except FileNotFoundError:
        raise
    except DAMAGED as error:
        raise LayoutError(f"{archive}: not a complete ZIP archive ({error}); fetch it again.") from error
    members = [_member(archive, etag, entry) for entry in entries if entry.filename.lower().endswith(".csv")]
    members.sort(key=lambda member: (member.month, member.kind, member.name))
    seen: dict[tuple[str, str, str], str] = {}
    for member in members:
        key = (member.month, member.kind, member.force)
        if key in seen:
            raise LayoutError(
                f"{archive}: {seen[key]} and {member.name} are both for one month, force and kind; take one of them out."
            )
        seen[key] = member.name
    return members


def _loose(archive: str, file: BinaryIO) -> Member | None:
    """The file as its own archive; None where it is a ZIP archive, or its name has no month, force and kind."""
    name = archive.rpartition("/")[2]
    named = _NAME.fullmatch(name.removesuffix(".gz"))
    packed = file.read() if named else b""
    file.seek(0)
    if named is None or packed.startswith(b"PK"):
        return None
    size, checksum = len(packed), deflate.crc32(packed)
    month, force, kind = named.groups()
    file_name = name.removesuffix(".gz")
    return Member(archive, file_name, month, force, kind, 0, size, size, checksum, False, _NO_DAY, is_loose=True)


def by_month(members: Iterable[Member]) -> dict[tuple[str, str], list[Member]]:
    """The files grouped by month and kind: one group is one partition, the unit of work."""
    groups: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        groups.setdefault((member.month, member.kind), []).append(member)
    return groups


def content(file: BinaryIO, member: Member) -> bytes:
    """The bytes of one file, inflated in memory and compared with the checksum in the directory.

    Raises LayoutError where the archive is cut short or damaged there.
    """
    if member.is_loose:
        return _content_of_loose(file, member)
    try:
        file.seek(member.offset)
        start = file.read(_LOCAL_HEADER)
        if len(start) == _LOCAL_HEADER:
            file.seek(sum(struct.unpack("<HH", start[_LENGTHS])), 1)
        packed = file.read(member.compressed_bytes)
        if len(packed) != member.compressed_bytes:
            raise ValueError("it ends too early")
        unpacked = _inflated(packed, member.bytes) if member.is_deflated else packed
        if len(unpacked) != member.bytes or deflate.crc32(unpacked) != member.checksum:
            raise ValueError("its checksum is another")
    except (ValueError, OSError, deflate.DeflateError) as error:
        raise LayoutError(
            f"{member.archive}, {member.name}: the file is damaged ({error}); fetch the archive again."
        ) from error
    return unpacked


def _content_of_loose(file: BinaryIO, member: Member) -> bytes:
    packed = file.read()
    try:
        if deflate.crc32(packed) != member.checksum:
            raise ValueError("it was changed while it was read")
        return unzipped(packed)
    except DAMAGED as error:
        raise LayoutError(f"{member.archive}: the file is damaged ({error}); fetch it again.") from error


def _inflated(packed: bytes, size: int) -> bytes:
    return bytes(deflate.deflate_decompress(packed, size)) if size else b""


def _end_of(member: Member) -> int:
    """Where the bytes of a file end, or somewhat later: its local header may be longer than the directory says."""
    return member.offset + _LOCAL_HEADER + len(member.name.encode()) + _EXTRA + member.compressed_bytes


def _member(archive: str, etag: str, entry: zipfile.ZipInfo) -> Member:
    name = _NAME.fullmatch(entry.filename)
    if name is None:
        raise LayoutError(
            f"{archive}: the name {entry.filename} has no month, force and kind ({', '.join(KINDS)}); rename it as the publisher does."
        )
    packings = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if entry.compress_type not in packings or entry.flag_bits & 1:
        raise LayoutError(
            f"{archive}, {entry.filename}: packed in a way that is not read here; pack it again with deflate."
        )
    if entry.file_size > MOST_BYTES:
        raise LayoutError(
            f"{archive}, {entry.filename}: it would be larger than {MOST_BYTES:,} bytes; look at the archive."
        )
    if entry.file_size > _LARGEST_RATIO * max(entry.compress_size, 1):
        raise LayoutError(
            f"{archive}, {entry.filename}: {entry.compress_size} bytes cannot hold {entry.file_size}; fetch the archive again."
        )
    return Member(
        archive=archive,
        name=entry.filename,
        month=name[1],
        force=name[2],
        kind=name[3],
        offset=entry.header_offset,
        compressed_bytes=entry.compress_size,
        bytes=entry.file_size,
        checksum=entry.CRC,
        is_deflated=entry.compress_type == zipfile.ZIP_DEFLATED,
        written="{:04}-{:02}-{:02}".format(*entry.date_time),
        etag=etag,
    )
