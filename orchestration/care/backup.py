"""Puts a whole build folder into one file, and a build folder back from it: published reports, fetched files, run history, lake."""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any

from orchestration.store.hashes import digest_of
from orchestration.store.lock import only_build
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError
from transforms.sql import column_name
from transforms.temporary import temporary_beside

# The first member of a backup: what is in it, by path, with checksums and times. Nothing else in the file is believed.
_INVENTORY = "inventory.json"
_FORMAT = "countylines backup, version 1"
# Run history, and the ledger of delivery; what SQLite keeps beside each while it writes is in the copy of the database.
_DATABASES = (".db", ".sqlite")
_BESIDE = tuple(f"{ending}-{more}" for ending in _DATABASES for more in ("wal", "shm", "journal"))


def back_up(paths: Paths, file: Path) -> int:
    """Write everything in the build folder that the next build or a reader needs into ``file``, in one rename; returns how many files.

    No build may be at work meanwhile. Databases are copied as SQLite copies them, so that a UI may stay open. Raises CountyLinesError
    when there is nothing to back up, or a build is at work.
    """
    if not paths.build.is_dir():
        raise CountyLinesError(f"There is no build folder {paths.build} to back up; run countylines build first.")
    temporary = temporary_beside(file)
    # The ledger says who was written to, in whatever form: the file is its owner's alone.
    temporary.touch(mode=0o600, exist_ok=False)
    try:
        with only_build(paths), tarfile.open(temporary, "w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as archive:
            kept = list(_kept(paths.build, file))
            entries = {str(path.relative_to(paths.build)): _entry(path) for path in kept}
            inventory = json.dumps({"format": _FORMAT, "entries": entries}, sort_keys=True).encode()
            _add(archive, _INVENTORY, inventory)
            for path in kept:
                if path.is_file() and not path.is_symlink():
                    name = str(path.relative_to(paths.build))
                    content = _content(path)
                    if hashlib.sha256(content).hexdigest() != entries[name]["sha256"]:
                        raise CountyLinesError(
                            f"{path} was written while it was backed up; close what uses it, and try again."
                        )
                    _add(archive, f"files/{name}", content)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return sum("sha256" in entry for entry in entries.values())


def restore(file: Path, paths: Paths) -> int:
    """Make the build folder what it was when ``file`` was written, times of modification included; returns how many files.

    The folder must be absent or empty: nothing is overwritten. It appears whole, in one rename, after every checksum has been compared.
    Raises CountyLinesError for a file that is no backup or is damaged, and for a folder that holds something.
    """
    if paths.build.is_dir() and any(paths.build.iterdir()):
        raise CountyLinesError(f"{paths.build} is not empty; move it away, or name another folder with --output.")
    paths.build.parent.mkdir(parents=True, exist_ok=True)
    half = temporary_beside(paths.build)
    half.mkdir()
    try:
        with tarfile.open(file, "r:gz") as archive:
            entries = _inventory(archive, file)
            for name, content in _members(archive):
                _write(half, name, content, entries, file)
        _finish(half, entries, file)
        if paths.build.exists():
            paths.build.rmdir()
        half.rename(paths.build)
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk, not the file
            raise
        raise CountyLinesError(f"{file} is cut short or is no backup ({error}); take another copy of it.") from error
    finally:
        _remove(half)
    return sum("sha256" in entry for entry in entries.values())


def _kept(build: Path, file: Path) -> Iterator[Path]:
    """All below a build folder but what belongs to living or dead processes, and the backup itself."""
    for path in sorted(build.rglob("*")):
        own = path.name == ".lock" or path.name.endswith((".tmp", *_BESIDE))
        if not own and path.resolve() != file.resolve():
            yield path


def _entry(path: Path) -> dict[str, Any]:
    status = path.lstat()
    if path.is_symlink():
        return {"link": str(path.readlink())}
    if path.is_dir():
        return {"folder": True, "mtime_ns": status.st_mtime_ns}
    return {
        "sha256": hashlib.sha256(_content(path)).hexdigest() if path.suffix in _DATABASES else digest_of(path),
        "mode": status.st_mode & 0o777,
        "mtime_ns": status.st_mtime_ns,
    }


def _content(path: Path) -> bytes:
    """The bytes of a file; of a database, one whole state of it, what its write-ahead log holds included.

    Opened for writing, so that SQLite can take back what a process that was killed had half written. Raises CountyLinesError for a database that
    cannot be read, and for a copy that has not the rows of what it was copied from.
    """
    if path.suffix not in _DATABASES:
        return path.read_bytes()
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as source,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            source.execute("begin")
            rows = _rows(source)
            source.backup(copy)
            if _rows(copy) != rows:
                raise CountyLinesError(f"The copy of {path} has not the rows of the original; nothing was backed up.")
            content: bytes = copy.serialize()
            return content
    except sqlite3.DatabaseError as error:
        raise CountyLinesError(
            f"{path} cannot be read as a database ({error}); countylines doctor says what to do. Nothing was backed up."
        ) from error


def _rows(database: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table of a database has."""
    tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table' order by name")]
    return {name: database.execute(f"select count(*) from {column_name(name)}").fetchone()[0] for name in tables}


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _inventory(archive: tarfile.TarFile, file: Path) -> dict[str, dict[str, Any]]:
    first = archive.next()
    opened = archive.extractfile(first) if first is not None and first.name == _INVENTORY else None
    try:
        inventory = json.load(opened) if opened is not None else {}
    except ValueError:
        inventory = {}
    if inventory.get("format") != _FORMAT:
        raise CountyLinesError(f"{file} is no backup that countylines backup has written; name another file.")
    entries: dict[str, dict[str, Any]] = inventory["entries"]
    for name, entry in entries.items():
        for below in (name, *([str(PurePosixPath(name).parent / entry["link"])] if "link" in entry else [])):
            if PurePosixPath(below).is_absolute() or ".." in PurePosixPath(below).parts:
                raise CountyLinesError(f"{file} names {below}, outside the build folder; it is not restored.")
    return entries


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        opened = archive.extractfile(member)
        if opened is not None and member.name != _INVENTORY:
            yield member.name.removeprefix("files/"), opened


def _write(half: Path, name: str, content: IO[bytes], entries: dict[str, dict[str, Any]], file: Path) -> None:
    """Write one file of a backup that its inventory names, and compare its checksum."""
    if "sha256" not in entries.get(name, {}):
        raise CountyLinesError(f"{file} holds {name}, which its inventory does not name; it is not restored.")
    path = half / name
    path.parent.mkdir(parents=True, exist_ok=True)
    written = content.read()
    if hashlib.sha256(written).hexdigest() != entries[name]["sha256"]:
        raise CountyLinesError(
            f"{file} is damaged: {name} does not have its checksum; take another copy of the backup."
        )
    path.write_bytes(written)


def _finish(half: Path, entries: dict[str, dict[str, Any]], file: Path) -> None:
    """Links and folders, then rights and times, the innermost first, since to write in a folder changes its time."""
    for name, entry in entries.items():
        if "folder" in entry:
            (half / name).mkdir(parents=True, exist_ok=True)
        elif "link" in entry:
            (half / name).parent.mkdir(parents=True, exist_ok=True)
            (half / name).symlink_to(entry["link"])
    for name, entry in sorted(entries.items(), key=lambda item: -item[0].count("/")):
        if "sha256" in entry and not (half / name).is_file():
            raise CountyLinesError(f"{file} is damaged: {name} is missing; take another copy of the backup.")
        if "mode" in entry:
            (half / name).chmod(entry["mode"])
        if "mtime_ns" in entry:
            os.utime(half / name, ns=(entry["mtime_ns"], entry["mtime_ns"]))


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
