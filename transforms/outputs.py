"""Files made of whole tables, for people who bring their own tools: the DuckDB warehouse and the tidy CSV."""

import os
from pathlib import Path

import polars as pl


def write_warehouse(lake: Path, path: Path) -> Path:
    """Write every Parquet table below ``lake`` into one DuckDB file, schema = layer, in one rename; returns ``path``.

    The file is for reading by analysts; nothing here reads it back.
    """
    import duckdb

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(temporary), config={"autoinstall_known_extensions": False}) as connection:
            for table in sorted(lake.glob("*/*.parquet")):
                connection.sql(f'create schema if not exists "{table.parent.name}"')
                connection.read_parquet(str(table)).create(f'"{table.parent.name}"."{table.stem}"')
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_tidy_csv(indicators: pl.DataFrame, path: Path) -> Path:
    """Write the indicators as UTF-8 CSV with LF line ends and ISO dates, in one rename; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        indicators.write_csv(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
