"""Archives that stay in a store: read in ranges, each of the same version, and never copied whole."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast
from urllib.parse import quote, unquote

from transforms.incidents import store

# What is read first: the directory of an archive of some hundred files, and a whole small file.
_END = 1 << 17
# Bytes between two ranges that are cheaper to read than a second request is.
_GAP = 1 << 17
_PIECE = 8 << 20


@dataclass(frozen=True)
class StoredArchive:
    """An archive in a store: its URL, what the store calls this version, and the size and SHA-256 of its bytes."""

    address: str
    etag: str
    bytes: int
    sha256: str


# A file of a landing folder: its bytes, or where they stay.
Original = bytes | StoredArchive


def sha256_of(original: Original) -> str:
    """The SHA-256 of a file's bytes."""
    return original.sha256 if isinstance(original, StoredArchive) else hashlib.sha256(original).hexdigest()


def size_of(original: Original) -> int:
    """The number of a file's bytes."""
    return original.bytes if isinstance(original, StoredArchive) else len(original)


def as_file(original: Original) -> BinaryIO:
    """A file that can be read at any place; of one in a store only what is read is fetched."""
    return opened(original.address, original.etag) if isinstance(original, StoredArchive) else io.BytesIO(original)


def address_of(root: str, name: str) -> str:
    """The URL of a file below the URL of a folder in a store."""
    return f"{root.rstrip('/')}/{quote(name)}"


def opened(address: str, etag: str, wanted: Iterable[tuple[int, int]] = ()) -> BinaryIO:
    """One version of a file in a store, as a file that can be read at any place.

    Ranges that are ``wanted`` (from byte, to before byte) are fetched at once, neighbours together; without them the end of the file is, since
    the directory of an archive is there. Whatever else is read is fetched when it is. Raises StoreError where another version is there.
    """
    if ranges := _together(wanted):
        pieces = [(start, _part(address, etag, start, end)) for start, end in ranges]
    else:
        pieces = [_end(address, etag)]
    return cast(BinaryIO, _InStore(address, etag, pieces))


def checksum(address: str, etag: str, size: int) -> str:
    """The SHA-256 of one version of a file in a store, read piece by piece."""
    digest = hashlib.sha256()
    for start in range(0, size, _PIECE):
        digest.update(_part(address, etag, start, min(start + _PIECE, size)))
    return digest.hexdigest()


class _InStore(io.BufferedIOBase):
    """What `opened` gives; the last of the pieces at hand is where the file ends, as far as is known."""

    def __init__(self, address: str, etag: str, pieces: list[tuple[int, bytes]]) -> None:
        self._address, self._etag, self._pieces = address, etag, pieces
        self._size = max(start + len(piece) for start, piece in pieces)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the first byte")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        end = self._size if size is None or size < 0 else self._at + size
        found = self._between(self._at, end) if end > self._at else b""
        self._at += len(found)
        return found

    def _between(self, start: int, end: int) -> bytes:
        for at, piece in self._pieces:
            if at <= start and end <= at + len(piece):
                return piece[start - at : end - at]
        for at, piece in self._pieces:
            if start < at < end <= at + len(piece):
                return _part(self._address, self._etag, start, at) + piece[: end - at]
        return _part(self._address, self._etag, start, end)


def _together(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those with little between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _split(address: str) -> tuple[str, str]:
    folder, _, name = address.rpartition("/")
    return folder, unquote(name)


def _part(address: str, etag: str, start: int, end: int) -> bytes:
    return store.part_of(*_split(address), etag, start, end)


# A directory is looked at more than once: to know an archive, to count, and to take in its months.
@lru_cache(maxsize=32)
def _end(address: str, etag: str) -> tuple[int, bytes]:
    return store.end_of(*_split(address), etag, _END)
