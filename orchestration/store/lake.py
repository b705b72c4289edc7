"""The lake: one Parquet file a table, written to a temporary name and renamed, so that readers never see half a table.

Nothing here imports Dagster: the process beside a build writes reports too, and knows nothing of assets.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from orchestration.store.paths import Paths
from transforms.temporary import temporary_beside

if TYPE_CHECKING:
    import dagster as dg


def replace_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old or the new one, never a part, even if the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, which need not exist; what a file manager leaves beside them (.DS_Store) is none of them."""
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def table_path(paths: Paths, key: "dg.AssetKey") -> Path:
    """Where the table of an asset is kept: lake/<layer>/<table>.parquet."""
    return paths.lake.joinpath(*key.path).with_suffix(".parquet")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as Parquet, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        frame.write_parquet(temporary, compression="zstd")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
