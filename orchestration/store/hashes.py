"""Hashes of files, texts and what is installed, by which unchanged work is recognised. Standard library only."""

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from orchestration.store.paths import PROJECT, Paths


def digest_of(file: Path) -> str | None:
    """SHA-256 of the bytes of a file, read in pieces; None where there is none."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def hash_files(files: Iterable[Path], relative_to: Path) -> str:
    """SHA-256 over the names and bytes of files, whatever the order in which they are given."""
    return hash_named({str(file.relative_to(relative_to)): file for file in files})


def hash_named(files: Mapping[str, Path]) -> str:
    """SHA-256 over the bytes of files and the names that are given with them."""
    digest = hashlib.sha256()
    for name in sorted(files, key=Path):
        digest.update(os.fsencode(name))
        digest.update(hashlib.sha256(files[name].read_bytes()).digest())
    return digest.hexdigest()


def files_below(path: Path) -> list[Path]:
    """The file itself, or every file below the folder."""
    below = [path] if path.is_file() else path.rglob("*")
    return [file for file in below if file.is_file() and file.suffix != ".pyc"]


def hash_code(*packages: str) -> str:
    """SHA-256 over packages or modules of this project, templates, queries and fonts included: ``hash_code("transforms/sources")``."""
    return hash_files([file for package in packages for file in files_below(PROJECT / package)], PROJECT)


def hash_data(paths: Paths, *names: str) -> str:
    """SHA-256 over authored files or folders below the data folder: ``hash_data(paths, "registers")``."""
    return hash_files([file for name in names for file in files_below(paths.data / name)], paths.data)


def hash_text(*parts: str) -> str:
    """SHA-256 over texts, in order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def hash_environment() -> str:
    """SHA-256 over the Python version and every installed distribution with its version."""
    return hash_text(sys.version, *sorted({f"{found.name}=={found.version}" for found in distributions()}))
