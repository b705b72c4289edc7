"""Where editions are published: a folder, or an object store. Each lays an edition down beside the others and then shows it in one step.

In both, ``editions/<edition>/`` holds an edition for good, and ``index.html`` and ``feed.xml`` lead to the newest. In a folder the step is
the renaming of the link ``current``; in an object store it is the writing of the one object ``current.json``.
"""

import mimetypes
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from orchestration.store.lake import replace_atomically
from reports.delivery.editions import Edition, read_editions
from transforms.errors import CountyLinesError

EDITIONS: Final = "editions.json"
FEED: Final = "feed.xml"
LISTING: Final = "editions.html"
# What leads from the top to the newest edition, and the file of the edition that it shows.
_FRONT: Final = {"index.html": LISTING, FEED: FEED}
_TYPES: Final = {
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/atom+xml; charset=utf-8",
}


class Target(Protocol):
    """A place where editions are published."""

    name: str

    def published(self) -> list[Edition]:
        """The published editions in the order of publication; the last is the one that readers see."""

    def lay_down(self, edition: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Put the files of an edition beside the others; nothing leads to them yet. Done twice, it is as if done once."""

    def show(self, edition: str, front: Mapping[str, bytes]) -> None:
        """Let readers see an edition that has been laid down, in one step; ``front`` has its files EDITIONS, FEED and LISTING."""


def target(to: str) -> Target:
    """The folder or object store that an address names."""
    if to.startswith("s3://"):
        return Bucket(to)
    if "://" in to:
        raise CountyLinesError(
            f"{to.split('://')[0]}:// is no place to deliver to; give a folder or s3://bucket/prefix."
        )
    return Folder(Path(to).resolve())


class Folder:
    """A folder that a web server shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = str(folder)

    def published(self) -> list[Edition]:
        """See Target."""
        listed = self.folder / "current" / EDITIONS
        return read_editions(listed.read_bytes(), str(listed)) if (self.folder / "current").is_symlink() else []

    def lay_down(self, edition: str, files: Iterable[tuple[str, bytes]]) -> None:
        """See Target: written under a temporary name, on disk, then renamed; an edition that is there is made whole file by file."""
        editions = self.folder / "editions"
        editions.mkdir(parents=True, exist_ok=True)
        place = editions / edition
        # Of a process that was ended: one delivery works at a time.
        for left in [*self.folder.glob(".*.tmp"), *editions.glob(".*.tmp"), *place.rglob(".*.tmp")]:
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        half = editions / f".{edition}.{os.getpid()}.tmp"
        for name, content in files:
            if place.exists():
                if not (place / name).is_file() or (place / name).read_bytes() != content:
                    replace_atomically(place / name, content)
            else:
                _write_through(half / name, content)
        if not place.exists():
            half.rename(place)
            _flush(editions)

    def show(self, edition: str, front: Mapping[str, bytes]) -> None:
        """See Target. What leads to ``current`` is made once and never changes, so that one rename changes everything."""
        for name, shown in _FRONT.items():
            if not (self.folder / name).is_symlink():
                self._link(name, f"current/{shown}")
        self._link("current", f"editions/{edition}")
        _flush(self.folder)

    def _link(self, name: str, to: str) -> None:
        temporary = self.folder / f".{name}.{os.getpid()}.tmp"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(to)
        temporary.replace(self.folder / name)


def _write_through(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Bucket:
    """A prefix of an S3-compatible object store; keys, region and endpoint come from the AWS_ variables."""

    def __init__(self, url: str) -> None:
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        self.name = url
        try:
            self.store: Any = from_url(url, client_options={"allow_http": os.environ.get("AWS_ALLOW_HTTP") == "true"})
        except BaseError as error:
            raise CountyLinesError(f"{url} cannot be used as an object store ({_first_line(error)}).") from error

    def published(self) -> list[Edition]:
        """See Target."""
        content = self._get("current.json")
        return read_editions(content, f"{self.name}/current.json") if content is not None else []

    def lay_down(self, edition: str, files: Iterable[tuple[str, bytes]]) -> None:
        """See Target: every object is compared with what the store then lists. Raises CountyLinesError when one is missing or of another size."""
        sizes = {}
        for name, content in files:
            self._put(f"editions/{edition}/{name}", content)
            sizes[f"editions/{edition}/{name}"] = len(content)
        held = {entry["path"]: entry["size"] for batch in self.store.list(f"editions/{edition}") for entry in batch}
        if wrong := [name for name, size in sizes.items() if held.get(name) != size]:
            raise CountyLinesError(
                f"{self.name} did not keep {wrong[0]} as it was sent; nothing was published, deliver again."
            )

    def show(self, edition: str, front: Mapping[str, bytes]) -> None:
        """See Target. What follows the one step, the page and the feed at the top, is written again by the next delivery if this one ends."""
        self._put("current.json", front[EDITIONS])
        for name, shown in _FRONT.items():
            self._put(name, front[shown])

    def _put(self, name: str, content: bytes) -> None:
        from obstore.exceptions import BaseError

        kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        # What keeps its name for good may be kept by readers; what leads to the newest edition is asked for each time.
        keep = "public, max-age=86400" if name.startswith("editions/") else "no-cache"
        try:
            self.store.put(name, content, attributes={"Content-Type": kind, "Cache-Control": keep})
        except BaseError as error:
            raise CountyLinesError(
                f"{self.name} did not take {name} ({_first_line(error)}); deliver again when it can."
            ) from error

    def _get(self, name: str) -> bytes | None:
        from obstore.exceptions import BaseError

        try:
            return bytes(self.store.get(name).bytes())
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise CountyLinesError(
                f"{self.name} did not give {name} ({_first_line(error)}); deliver again when it can."
            ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
