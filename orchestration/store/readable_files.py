"""Whether an edition in the landing folder can be read to its end: decided once and kept; `countylines landing` prints it and a build uses it."""

from functools import cache
from pathlib import Path

import polars as pl

from orchestration.store.closure import hash_function
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.lake import replace_atomically
from orchestration.store.parsed_files import cells_once
from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError, LayoutError, StoreError
from transforms.harmonise import load_registers
from transforms.incidents import Original, sha256_of
from transforms.readable import refuse_unreadable
from transforms.sources.published import CellsOf
from transforms.sources.registry import Edition, Source


def readable_once(paths: Paths, *, asking: bool = True) -> CellsOf:
    """Raises the reason for which an edition cannot be read: its parser refuses it, or one of its cells has no meaning in the registers.

    The answer is kept below the build folder; it holds for the bytes of a file, its edition, the code that reads it and the registers.
    Without ``asking`` an edition of which no answer is kept is taken as readable: for those who look often, and only at what is held.
    """
    parse = cells_once(paths)
    version = hash_text(
        hash_function(readable_once, data=paths.data),
        hash_data(paths, "layouts", "sources"),
    )
    registers = cache(load_registers)

    def decide(source: Source, edition: Edition, content: Original, data: Path) -> pl.DataFrame:
        begins = f"{sha256_of(content)}.{source.id}.{edition.id}"
        kept = paths.build / "parsed" / f"{begins}.{hash_text(version, repr(edition))[:16]}.decided"
        if kept.is_file():
            if reason := kept.read_text(encoding="utf-8"):
                raise LayoutError(reason)
        elif asking:
            for older in kept.parent.glob(f"{begins}.*.decided"):
                older.unlink(missing_ok=True)
            try:
                refuse_unreadable(parse(source, edition, content, data), source, edition, content, registers(data))
            except StoreError:  # asked again, the store may answer
                raise
            except CountyLinesError as error:
                replace_atomically(kept, str(error).encode())
                raise
            replace_atomically(kept, b"")
        return pl.DataFrame()

    return decide
