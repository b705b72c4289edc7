"""Finished documents, kept by what they are about and by the hash of their content; pages and tables of a build, kept by its build id.

``documents/series`` holds the small files for web developers, each written only when it changes. ``documents/<kind>/<slug>/<id>`` holds the files of a report or workbook, with the digest of each, and ``documents/<kind>/<slug>/current.json`` says
which id the newest build has and what that was made of. What is there under its id is never made again.
"""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from orchestration.store.hashes import digest_of
from orchestration.store.lake import folders_in, replace_atomically
from orchestration.store.paths import Paths
from transforms.stray_files import is_left_behind

REPORTS, WORKBOOKS = "reports", "workbooks"
_KINDS = (REPORTS, WORKBOOKS)
_CURRENT, _FILES = "current.json", "files.json"


def folder_of(paths: Paths, kind: str, slug: str) -> Path:
    """Where the documents of one kind about one area are kept."""
    return paths.documents / kind / slug


def folder_of_build(paths: Paths, build_id: str) -> Path:
    """Where the pages and tables of a build are kept, which belong to it alone."""
    return paths.documents / "builds" / build_id


def is_whole(document: Path, environment: str) -> bool:
    """Whether a document is there under its id, each file as it was written, and by the same versions of everything that is installed."""
    kept = _read(document / _FILES)
    if kept.get("environment") != environment:
        return False
    return all(digest_of(document / name) == digest for name, digest in kept["files"].items())


def keep(document: Path, files: Mapping[str, bytes], environment: str) -> None:
    """Write the files of a document under its id; what says that they are there comes last."""
    for name, content in files.items():
        replace_atomically(document / name, content)
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    replace_atomically(document / _FILES, _json({"environment": environment, "files": digests}))


def made_before(folder: Path, key: str, environment: str) -> dict[str, Any] | None:
    """What was noted of the document that was made last here, if it was made of the same and is there; its id is ``id``."""
    current = _read(folder / _CURRENT)
    same = current.get("key") == key and is_whole(folder / current["id"], environment)
    return current if same else None


def make_current(folder: Path, key: str, id: str, **noted: Any) -> dict[str, Any]:
    """Say that the newest build has the document with this id, and what of it was noted; returns all that was."""
    current = {"key": key, "id": id, **noted}
    replace_atomically(folder / _CURRENT, _json(current))
    return current


def current_files(folder: Path) -> list[Path]:
    """The files of the document that the newest build has."""
    document = folder / _read(folder / _CURRENT)["id"]
    return [document / name for name in _read(document / _FILES)["files"]]


def finished(paths: Paths, build_id: str, slugs: Iterable[str]) -> dict[str, Path]:
    """Every file of a build that is ready to be published, by its address in the edition: the current documents about areas, and its own.

    What a file manager leaves among them is none.
    """
    files = _files_below(folder_of_build(paths, build_id)) | _files_below(_folder_of_series(paths))
    for _, folder, id in _current(paths, slugs):
        files |= {
            name: folder / id / name
            for name in _read(folder / id / _FILES).get("files", {})
            if (folder / id / name).is_file()
        }
    return files


def ids(paths: Paths, slugs: Iterable[str]) -> dict[str, str]:
    """The id of each current document by kind and slug: ``reports/norfolk``."""
    return {f"{kind}/{folder.name}": id for kind, folder, id in _current(paths, slugs)}


def keep_series(paths: Paths, files: Mapping[str, bytes]) -> tuple[int, int]:
    """Write those of the small files that changed, and remove those that are no more; returns how many were written, and how many there are.

    An edition that has a file keeps it: what is written anew is another file.
    """
    folder = _folder_of_series(paths)
    changed = {
        name: content for name, content in files.items() if digest_of(folder / name) != sha256(content).hexdigest()
    }
    for name, content in changed.items():
        replace_atomically(folder / name, content)
    for name, file in _files_below(folder).items():
        if name not in files:
            file.unlink()
    return len(changed), len(files)


def _folder_of_series(paths: Paths) -> Path:
    return paths.documents / "series"


def _files_below(folder: Path) -> dict[str, Path]:
    """Every file below a folder by its address; what a file manager leaves among them is none."""
    return {
        str(file.relative_to(folder)): file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not is_left_behind(file.name)
    }


def forget_documents(paths: Paths, build_id: str, used: Iterable[Mapping[str, str]]) -> None:
    """Remove the documents that no published edition has, given the ``ids`` of each, and what belongs to other builds than the newest."""
    kept = {(name, id) for edition in used for name, id in edition.items()}
    for kind in _KINDS:
        for folder in folders_in(paths.documents / kind):
            for document in folders_in(folder):
                if (f"{kind}/{folder.name}", document.name) not in kept:
                    shutil.rmtree(document)
            if not folders_in(folder):
                shutil.rmtree(folder)
    for folder in folders_in(paths.documents / "builds"):
        if folder.name != build_id:
            shutil.rmtree(folder)


def _current(paths: Paths, slugs: Iterable[str]) -> Iterator[tuple[str, Path, str]]:
    places = [(kind, folder_of(paths, kind, slug)) for slug in slugs for kind in _KINDS]
    yield from ((kind, folder, current["id"]) for kind, folder in places if (current := _read(folder / _CURRENT)))


def _read(file: Path) -> dict[str, Any]:
    """What is noted in a file; nothing where there is none, or it is not one: then what it is about is made again."""
    try:
        noted = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _json(noted: Mapping[str, Any]) -> bytes:
    return json.dumps(noted, ensure_ascii=False, indent=1).encode()
