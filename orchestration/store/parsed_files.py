"""What the parsers made of the files in a landing folder, kept below the build folder: each is parsed once, however often it is asked for."""

from collections.abc import Iterable
from functools import cache, partial
from pathlib import Path

import polars as pl

from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.lake import replace_atomically, write_table
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError, LayoutError, StoreError
from transforms.incidents import Original, sha256_of
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
            made = cells_of(source, edition, content, data)
        except StoreError:  # asked again, the store may answer
            raise
        except CountyLinesError as error:
            replace_atomically(refusal, str(error).encode())
            raise
        write_table(made, kept)
        return made

    return once


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
