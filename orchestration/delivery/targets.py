"""Where editions are published: a folder, or an object store. Each lays an edition down beside the others and then shows it in one step.

In both, ``editions/<edition>/`` holds an edition for good, and ``index.html`` and ``feed.xml`` lead to the newest. In a folder the step is
the renaming of the link ``current``; in an object store it is the writing of the one object ``current.json``.

A target is empty, or has the marker of one that a delivery made; any other is refused, so that nothing is taken away that a delivery did not
write. The marker is a file that no page leads to. It says until when the target is held, and nothing of what is held.
"""

import json
import mimetypes
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from orchestration.store.lake import replace_atomically
from orchestration.store.paths import Paths
from reports.delivery.editions import Edition, read_editions
from transforms.errors import CountyLinesError
from transforms.stray_files import is_left_behind
from transforms.temporary import stands_for, temporary_beside

EDITIONS: Final = "editions.json"
FEED: Final = "feed.xml"
LISTING: Final = "editions.html"
MARKER: Final = ".countylines-target.json"
_MADE_BY: Final = "countylines deliver"
# What leads from the top to the newest edition, and the file of the edition that it shows.
_FRONT: Final = {"index.html": LISTING, FEED: FEED}
# What a delivery of a version without marker made, and nothing beside it.
_OWN: Final = {"current", "editions", *_FRONT}
_EDITION: Final = re.compile(r"[0-9a-f]{12}-[0-9a-f]{12}")
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

    def held_until(self) -> datetime | None:
        """The time until which the target is held, as its marker says; None for one that was never held, and for an empty one.

        Raises CountyLinesError for a target that no delivery made, and for a damaged marker: nothing is written there.
        """

    def mark(self, held_until: datetime | None) -> None:
        """Write the marker: the target is a delivery's own, and held until then. Nothing of an edition is in it."""

    def published(self) -> list[Edition]:
        """The published editions in the order of publication; the last is the one that readers see."""

    def lay_down(self, edition: str, files: Iterable[tuple[str, bytes]]) -> None:
        """Put the files of an edition beside the others; nothing leads to them yet. Done twice, it is as if done once."""

    def show(self, edition: str, front: Mapping[str, bytes]) -> None:
        """Let readers see an edition that has been laid down, in one step; ``front`` has its files EDITIONS, FEED and LISTING."""


def target(to: str, paths: Paths) -> Target:
    """The folder or object store that an address names; raises CountyLinesError for a folder that is in the build folder or has it inside."""
    if to.startswith("s3://"):
        return Bucket(to)
    if "://" in to:
        raise CountyLinesError(
            f"{to.split('://')[0]}:// is no place to deliver to; give a folder or s3://bucket/prefix."
        )
    folder = Path(to).resolve()
    build = paths.build.resolve()
    if folder.is_relative_to(build) or build.is_relative_to(folder):
        raise CountyLinesError(
            f"{folder} and the build folder {build} are not apart: readers would see what is not released; deliver to another folder."
        )
    return Folder(folder)


def _marker(held_until: datetime | None) -> bytes:
    until = held_until.isoformat() if held_until else None
    return json.dumps({"made_by": _MADE_BY, "held_until": until}).encode()


def _read_marker(content: bytes, where: str) -> datetime | None:
    try:
        marker = json.loads(content)
        if marker["made_by"] != _MADE_BY:
            raise ValueError("made by something else")
        until = None if marker["held_until"] is None else datetime.fromisoformat(marker["held_until"])
        if until is not None and until.tzinfo is None:
            raise ValueError("a time without zone")
    except (ValueError, KeyError, TypeError) as error:
        raise CountyLinesError(
            f"{where} is damaged: nobody can know until when the target is held, and nothing is delivered; restore the file, "
            "or deliver with --release-at to an empty target."
        ) from error
    return until


def _refuse_foreign(name: str, found: str) -> None:
    raise CountyLinesError(
        f"{name} holds {found!r}, and no delivery made it: nothing is written there; give an empty target, or one that was delivered to before."
    )


class Folder:
    """A folder that a web server shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = str(folder)

    def held_until(self) -> datetime | None:
        """See Target."""
        if self.folder.exists() and not self.folder.is_dir():
            raise CountyLinesError(f"{self.folder} is a file; give a folder to deliver to.")
        if (self.folder / MARKER).is_file():
            self._refuse_in_the_way()
            return _read_marker((self.folder / MARKER).read_bytes(), str(self.folder / MARKER))
        names = sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []
        names = [name for name in names if not is_left_behind(name)]
        foreign = [name for name in names if name not in _OWN and stands_for(name) not in {*_OWN, MARKER}]
        if foreign or (set(names) & _OWN and not (self.folder / "current" / EDITIONS).is_file()):
            _refuse_foreign(self.name, (foreign or names)[0])
        self._refuse_in_the_way()
        return None

    def _refuse_in_the_way(self) -> None:
        """What stands where a delivery puts its links is not taken away: somebody else wrote it."""
        for name in ("current", *_FRONT):
            if (self.folder / name).exists() and not (self.folder / name).is_symlink():
                _refuse_foreign(self.name, name)

    def mark(self, held_until: datetime | None) -> None:
        """See Target."""
        replace_atomically(self.folder / MARKER, _marker(held_until))
        _flush(self.folder)

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
        for left in self._half_written(editions, place):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        half = temporary_beside(place)
        for name, content in files:
            if place.exists():
                if not (place / name).is_file() or (place / name).read_bytes() != content:
                    replace_atomically(place / name, content)
            else:
                _write_through(half / name, content)
        if not place.exists():
            half.rename(place)
            _flush(editions)

    def _half_written(self, editions: Path, place: Path) -> Iterator[Path]:
        """The temporary files of a delivery that was ended, by their names: those of others that lie here stay."""
        yield from (path for path in self.folder.glob(".*.tmp") if stands_for(path.name) in {*_OWN, MARKER})
        yield from (path for path in editions.glob(".*.tmp") if _EDITION.fullmatch(stands_for(path.name) or ""))
        for path in place.rglob(".*.tmp"):
            if path.is_file() and stands_for(path.name):
                yield path

    def show(self, edition: str, front: Mapping[str, bytes]) -> None:
        """See Target. What leads to ``current`` is made once and never changes, so that one rename changes everything."""
        for name, shown in _FRONT.items():
            if not (self.folder / name).is_symlink():
                self._link(name, f"current/{shown}")
        self._link("current", f"editions/{edition}")
        _flush(self.folder)

    def _link(self, name: str, to: str) -> None:
        temporary = temporary_beside(self.folder / name)
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

    def held_until(self) -> datetime | None:
        """See Target."""
        content = self._get(MARKER)
        if content is not None:
            return _read_marker(content, f"{self.name}/{MARKER}")
        if self._get("current.json") is None and (found := self._first()):
            _refuse_foreign(self.name, found)
        return None

    def mark(self, held_until: datetime | None) -> None:
        """See Target."""
        self._put(MARKER, _marker(held_until))

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

    def _first(self) -> str | None:
        """The name of an object that is there, if any."""
        from obstore.exceptions import BaseError

        try:
            return next((str(entry["path"]) for batch in self.store.list(chunk_size=1) for entry in batch), None)
        except BaseError as error:
            raise CountyLinesError(
                f"{self.name} could not be listed ({_first_line(error)}); deliver again when it can."
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
