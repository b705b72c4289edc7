"""Whether a build has anything to do: all that it depends on, and all that it leaves behind. Standard library only: a quick answer."""

import json
import os
import stat
from pathlib import Path
from typing import Any

from orchestration.store.hashes import files_below, hash_code, hash_data, hash_environment, hash_files, hash_text
from orchestration.store.paths import Paths


def _can_be_read(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(1) is not None
    except OSError:
        return False


def hash_landing(paths: Paths, *files: str) -> str:
    """SHA-256 over those of the named files that the landing folder holds; the hash of nothing without a landing folder."""
    if paths.landing is None:
        return hash_text()
    from orchestration.store.landing_zone import originals
    from transforms.incidents import sha256_of

    read = originals(paths)
    present = [paths.landing / name for name in files if (paths.landing / name).is_file()]
    return hash_text(*(f"{file.name}:{sha256_of(read(file))}" for file in present))


def _hash_all_of_landing(paths: Paths) -> str:
    """SHA-256 over the names and bytes of the files in the landing folder; in a store over what it says of each without giving it."""
    if paths.landing_url:
        from orchestration.store.landing_zone import objects

        return hash_text(paths.landing_url, *map(repr, objects(paths.landing_url)))
    if paths.landing is None:
        return hash_text()
    return hash_files(filter(_can_be_read, files_below(paths.landing)), paths.landing)


def fingerprint(paths: Paths) -> str:
    """Everything that a build depends on, as one hash: code, authored data, landing files, installed versions."""
    return hash_text(
        hash_code("orchestration", "transforms", "reports"),
        hash_data(paths, "sources", "layouts", "registers", "corrections", "published"),
        _hash_all_of_landing(paths),
        hash_environment(),
        str(paths.as_of or ""),
    )


def outputs(paths: Paths) -> dict[str, list[int]]:
    """Size and modification time of every file that a build leaves behind, by path below the build folder.

    What goes away meanwhile, since another process builds here, is left out.
    """
    folders = (paths.lake, paths.checks, paths.documents, paths.reports.resolve())
    made = [Path(folder, name) for each in folders for folder, _, names in os.walk(each) for name in names]
    found = {}
    for file in sorted([*made, *paths.build.glob("county_lines*.*")]):
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(status.st_mode) and file.suffix != ".pyc":
            found[str(file.relative_to(paths.build))] = [status.st_size, status.st_mtime_ns]
    return found


def read_manifest(paths: Paths) -> dict[str, Any]:
    """The manifest of the last successful build; empty when there is none or it is not one: then everything is made again."""
    try:
        manifest = json.loads(paths.manifest.read_bytes())
    except (FileNotFoundError, ValueError):  # not JSON, or not even text
        return {}
    parts = ("assets", "outputs")
    whole = isinstance(manifest, dict) and all(isinstance(manifest.get(part), dict) for part in parts)
    return manifest if whole else {}
