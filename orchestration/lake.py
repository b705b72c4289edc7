"""The lake: one Parquet file a table, written to a temporary name and renamed, so that readers never see half a table."""

import os
from pathlib import Path

import dagster as dg
import polars as pl

from orchestration.paths import Paths


def replace_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old or the new one, never a part, even if the process is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def table_path(paths: Paths, key: dg.AssetKey) -> Path:
    """Where the table of an asset is kept: lake/<layer>/<table>.parquet."""
    return paths.lake.joinpath(*key.path).with_suffix(".parquet")


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as Parquet, atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        frame.write_parquet(temporary, compression="zstd")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class ParquetLake(dg.IOManager):
    """Keeps the frame of each asset in the lake and hands it to the assets that depend on it."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame | None) -> None:
        """Write the table; an asset that keeps its own files, one a partition, gives None."""
        if obj is None:
            return
        write_table(obj, table_path(self.paths, context.asset_key))

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Read the table."""
        return pl.read_parquet(table_path(self.paths, context.asset_key))
