"""A landing zone in a store: its files as a folder below the build folder, but for archives of records, which stay where they are.

A file is fetched when the store has another version of it than the folder: by what the store calls the version, its size and its time.
An archive has an empty file in its place, and its checksum, for which it is read once, is kept.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.store.paths import Paths
from transforms.errors import StoreError
from transforms.incidents.archive import open_archive
from transforms.incidents.store import Object, listed
from transforms.incidents.stored import Original, StoredArchive, address_of, checksum
from transforms.sources.recognise import holds_records
from transforms.sources.unpacked import DAMAGED

# Small files take longer to be asked for than to come.
_AT_ONCE = 8


def objects(url: str) -> list[Object]:
    """The files of a landing zone in a store, without the empty ones that stand for folders.

    Raises StoreError where there is none, where one has the name of a folder, and where the store does not answer.
    """
    found = listed(url)
    folders = {"", *(str(parent) for each in found for parent in PurePosixPath(each.name).parents)}
    files = [each for each in found if each.name not in folders or each.bytes]
    if not files:
        raise StoreError(f"{url} holds no file; look at its name, or put files there.")
    if clash := next((each.name for each in files if each.name in folders), None):
        raise StoreError(f"{url} holds {clash} both as a file and as a folder; give one of them another name.")
    return files


def fetch_landing(paths: Paths) -> None:
    """Make the folder of a landing zone in a store what the store holds now; nothing for one that is a folder itself.

    Raises StoreError where the store does not answer, or has another version of a file than it listed.
    """
    from orchestration.store.lake import replace_atomically

    if paths.landing is None or paths.landing_url is None:
        return
    now = objects(paths.landing_url)
    before = _remembered(paths)
    kept = {
        each.name: entry
        for each in now
        if (entry := before.get(each.name)) and asdict(each).items() <= entry.items() and _is_here(paths.landing, entry)
    }
    # First, since what was a file may be a folder now.
    _remove_others(paths.landing, {each.name for each in now})
    fetch = partial(_fetched, paths.landing, paths.landing_url)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        fetched = list(threads.map(fetch, [each for each in now if each.name not in kept]))
    entries = kept | {entry["name"]: entry for entry in fetched}
    if entries != before:
        record = {"url": paths.landing_url, "files": [entries[each.name] for each in now]}
        replace_atomically(_record(paths), json.dumps(record, indent=1).encode())


def originals(paths: Paths) -> Callable[[Path], Original]:
    """What gives the bytes of a file in the landing folder, or, of an archive that stays in a store, where they are."""
    held = archives(paths)
    return lambda path: held.get(path) or path.read_bytes()


def archives(paths: Paths) -> dict[Path, StoredArchive]:
    """The archives that stay in the store of the landing zone, by the path of the empty file in the place of each."""
    return {
        paths.landing / name: StoredArchive(
            address_of(paths.landing_url, name), entry["etag"], entry["bytes"], entry["sha256"]
        )
        for name, entry in _remembered(paths).items()
        if paths.landing and paths.landing_url and entry["sha256"]
    }


def _fetched(folder: Path, url: str, wanted: Object) -> dict[str, Any]:
    """Put a file into the folder, or an empty one for an archive of records; what is to be remembered of it."""
    from orchestration.store.lake import replace_atomically

    content, sha256 = b"", None
    if wanted.bytes:
        address = address_of(url, wanted.name)
        with open_archive(address, wanted.etag) as file:
            if holds_records(_names(file)):
                sha256 = checksum(address, wanted.etag, wanted.bytes)
            else:
                file.seek(0)
                content = file.read()
    path = folder / wanted.name
    replace_atomically(path, content)
    os.utime(path, (wanted.modified, wanted.modified))
    return {**asdict(wanted), "sha256": sha256}


def _names(file: Any) -> Iterable[str]:
    """The names in a ZIP file; none in another kind of file."""
    try:
        with zipfile.ZipFile(file) as content:
            return content.namelist()
    except DAMAGED:
        return []


def _is_here(folder: Path, entry: dict[str, Any]) -> bool:
    try:
        status = (folder / entry["name"]).stat()
    except FileNotFoundError:
        return False
    size = 0 if entry["sha256"] else entry["bytes"]
    return (status.st_size, int(status.st_mtime)) == (size, entry["modified"])


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove what the store does not hold; what another process is just writing goes away by itself."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in names and not path.match(".*.tmp"):
            path.unlink(missing_ok=True)


def _record(paths: Paths) -> Path:
    return paths.build / "landing" / "files.json"


def _remembered(paths: Paths) -> dict[str, dict[str, Any]]:
    """What was fetched from the store of this landing zone, by name; nothing where that cannot be told."""
    if paths.landing_url is None:
        return {}
    try:
        record = json.loads(_record(paths).read_bytes())
        return {entry["name"]: entry for entry in record["files"]} if record["url"] == paths.landing_url else {}
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # none yet, or not what is written above
        return {}
