"""What the parsers made of the files in a landing folder, kept below the build folder: each is parsed once, however often it is asked for."""

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.store.apart import apart
from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.lake import replace_atomically, write_table
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError, LayoutError, StoreError
from transforms.incidents import Original, sha256_of
from transforms.sources.landing import looked_at
from transforms.sources.published import CellsOf, cells_of
from transforms.sources.recognise import LandingFile
from transforms.sources.registry import Edition, Source


def cells_once(paths: Paths) -> CellsOf:
    """``cells_of`` that keeps the cells of each edition, or the words in which it is refused, and gives them out again.

    What is kept holds for the bytes of a file, its edition, the parsers, and the data that they read.
    """
    code = cache(partial(_code, paths))

    def once(source: Source, edition: Edition, content: Original, data: Path) -> pl.DataFrame:
        kept, refusal = _kept(paths, code(), edition, content)
        if refusal.is_file():
            raise LayoutError(refusal.read_text(encoding="utf-8"))
        if kept.is_file():
            return pl.read_parquet(kept)
        for older in kept.parent.glob(f"{kept.stem.rpartition('.')[0]}.*"):
            older.unlink(missing_ok=True)
        try:
            made = cells_apart(source, edition, content, data)
        except StoreError:  # asked again, the store may answer
            raise
        except CountyLinesError as error:
            replace_atomically(refusal, str(error).encode())
            raise
        write_table(made, kept)
        return made

    return once


def cells_apart(source: Source, edition: Edition, content: Original, data: Path) -> pl.DataFrame:
    """``cells_of``, called in the process apart: whatever the file does to its parser is a LayoutError."""
    made: pl.DataFrame = apart(f"{source.id} {edition.id}: {edition.file}", cells_of, source, edition, content, data)
    return made


def looked_at_apart(
    file: LandingFile, content: Original, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    """``looked_at``, called in the process apart: a file that ends it, or takes too much, is not recognised, with that reason."""
    try:
        found = apart("it", _described, file, content, _pickled(sources, headers), data)
        editions = tuple(Edition(**_days(each, date.fromisoformat)) for each in found.pop("editions"))
        return LandingFile(**found, editions=editions)
    except StoreError:
        raise
    except CountyLinesError as error:
        return replace(file, reason=str(error).removesuffix("."))


def _pickled(sources: Mapping[str, Source], headers: pl.DataFrame) -> bytes:
    """The register and its headers as they are sent, which is the same for all files of a folder."""
    kept = _SENT.get("register")
    if kept is None or kept[0] is not sources or kept[1] is not headers:
        kept = (sources, headers, pickle.dumps((sources, headers)))
        _SENT["register"] = kept
    return kept[2]


# What was sent last, with the objects themselves: as long as they are held, no other has their identity.
_SENT: dict[str, tuple[Mapping[str, Source], pl.DataFrame, bytes]] = {}


@lru_cache(maxsize=1)
def _register(pickled: bytes) -> tuple[Mapping[str, Source], pl.DataFrame]:
    sources, headers = pickle.loads(pickled)
    return sources, headers


def _described(file: LandingFile, content: Original, register: bytes, data: Path) -> dict[str, Any]:
    """What ``looked_at`` finds, as JSON can say it; only in the process apart."""
    found = asdict(looked_at(file, content, *_register(register), data))
    return found | {"editions": [_days(each, date.isoformat) for each in found["editions"]]}


def _days(edition: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """The fields of an edition with its days written, or read, as text."""
    periods = ("period_start", "period_end")
    return {name: change(value) if name in periods and value is not None else value for name, value in edition.items()}


def forget_others(paths: Paths, files: Iterable[LandingFile]) -> None:
    """Remove what was kept of files that are in the landing folder no more."""
    here = {file.sha256 for file in files}
    for kept in (paths.build / "parsed").glob("*"):
        if kept.name.partition(".")[0] not in here:
            kept.unlink(missing_ok=True)


def _code(paths: Paths) -> str:
    """SHA-256 over the parsers, and what they read of registers and layouts."""
    return hash_text(hash_function(cells_of, data=paths.data), hash_data(paths, "layouts"))


def _kept(paths: Paths, code: str, edition: Edition, content: Original) -> tuple[Path, Path]:
    """Where the cells of an edition are kept, and where the words are in which it is refused: one of the two, once it was parsed."""
    version = hash_text(code, hash_data(paths, f"sources/{edition.source_id}.toml"), repr(edition))[:16]
    name = f"{sha256_of(content)}.{edition.source_id}.{edition.id}.{version}"
    return paths.build / "parsed" / f"{name}.parquet", paths.build / "parsed" / f"{name}.txt"
