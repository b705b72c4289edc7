"""The lake as Dagster reads and writes it."""

import dagster as dg
import polars as pl

from orchestration.store.lake import table_path, write_table
from orchestration.store.paths import Paths


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
