"""Files made of whole tables, for people who bring their own tools: the DuckDB warehouse and the tidy CSV."""

from pathlib import Path

import polars as pl

from transforms.spreadsheets import without_formulas
from transforms.sql import identifier
from transforms.temporary import temporary_beside


def write_warehouse(lake: Path, path: Path) -> Path:
    """Write every Parquet table below ``lake`` into one DuckDB file, schema = layer, in one rename; returns ``path``.

    The file is for reading by analysts; nothing here reads it back.
    """
    import duckdb

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    temporary.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(temporary), config={"autoinstall_known_extensions": False}) as connection:
            connection.execute(
                "set enable_progress_bar = false"
            )  # it would write over the build's own on a slow machine
            for table in sorted(lake.glob("*/*.parquet")):
                connection.sql(f"create schema if not exists {identifier(table.parent.name)}")
                connection.read_parquet(str(table)).create(f"{identifier(table.parent.name)}.{identifier(table.stem)}")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_tidy_csv(tidy: pl.DataFrame, path: Path) -> Path:
    """Write the tidy table (`transforms.exchange.tidy_frame`) as `csv_bytes` has it, in one rename; returns ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        temporary.write_bytes(csv_bytes(tidy))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """A table as UTF-8 CSV with LF line ends, ISO dates, an empty cell for null, and no text that a spreadsheet would run."""
    return without_formulas(frame).write_csv().encode()
