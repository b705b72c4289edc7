"""Readable DuckDB queries for set logic, one a file, and the one way to run them.

A query reads Polars frames by the names that it is given; nothing here opens a database file or the network.
"""

import re
from pathlib import Path

import polars as pl


def identifier(name: str) -> str:
    """A name in the double quotes of an SQL identifier; raises ValueError for anything but lower-case letters, digits and underscores.

    With `column_name` and `literal` the only thing that a statement may be put together from: values are parameters.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is no name of a table or schema here: lower-case letters, digits and underscores.")
    return f'"{name}"'


def column_name(name: str) -> str:
    """The name of a column or a table as it is, in the double quotes of an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in the single quotes of an SQL literal, for the few statements that take no parameter, such as COMMENT."""
    return "'" + text.replace("'", "''") + "'"


def query(name: str, **frames: pl.DataFrame) -> pl.DataFrame:
    """Run ``<name>.sql`` of this folder in memory over the given frames and return its result.

    Set logic has no order: every query ends in ORDER BY, so that the same input gives the same bytes. Raises TypeError for a column of decimals,
    which DuckDB makes of sums of whole numbers and of figures written out: Polars has no sum of them with floats that is exact.
    """
    import duckdb

    sql = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
    with duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    ) as connection:
        connection.execute("set enable_progress_bar = false")  # it would write over the build's own on a slow machine
        for frame_name, frame in frames.items():
            connection.register(frame_name, frame.to_arrow())
        result: pl.DataFrame = connection.sql(sql).pl()
    for column, dtype in result.schema.items():
        if dtype == pl.Decimal:
            raise TypeError(
                f"{name}.sql: its column {column} comes out as {dtype}; cast it to bigint or double in the query."
            )
    return result
