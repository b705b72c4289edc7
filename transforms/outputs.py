"""Files made of whole tables, for people who bring their own tools: the DuckDB warehouse and the tidy CSV."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from transforms.contracts import AREAS, INDICATORS, Column, Contract, tables
from transforms.contracts.registers import REGISTERS, read_register
from transforms.exchange import MEASURES, measures_frame
from transforms.spreadsheets import without_formulas
from transforms.sql import column_name, identifier, literal
from transforms.temporary import temporary_beside

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The views of transforms/sql/views.sql, in words.
_VIEWS: Final = {
    "forces": "The 43 police force areas, with their region. One row is one area.",
    "indicators": "Every figure that reports use, each fact once: other editions and populations are left out. Periods of several lengths overlap: add up rows of series instead.",
    "series": "Figures of one length after another (months), without overlap: of one measure, area and length no month is counted twice. Areas lie in one another: add up rows of one area_kind.",
}
# Columns of the views that have a plainer name than in out/indicators or core/areas.
_RENAMED: Final = {
    "count": "numerator",
    "residents": "denominator_used",
    "rate": "value",
    "per": "multiplier",
    "region_name": "name",
}


def write_warehouse(lake: Path, data: Path, path: Path) -> Path:
    """Write every Parquet table below ``lake`` into one DuckDB file, schema = layer, in one rename; returns ``path``.

    The registers of ``data`` are the tables of the schema registers, all columns text. Before them stand, in the schema main, the table measures and the
    views indicators, series and forces (views.sql), in which each fact stands once. Tables and columns have the words of their contracts as comments.

    Its bytes are not the same each time: DuckDB decides how it lays them out. Its tables are.
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
            connection.sql("create schema registers")
            for name in REGISTERS:
                register = connection.read_csv(str(data / "registers" / f"{name}.csv"), all_varchar=True, header=True)
                register.create(f"registers.{identifier(name)}")
            coded = measures_frame(read_register(data, "measures")).with_columns(pl.col("multiplier").cast(pl.Float64))
            connection.from_arrow(coded.to_arrow()).create("main.measures")
            connection.execute((Path(__file__).parent / "sql" / "views.sql").read_text(encoding="utf-8"))
            connection.begin()
            _comment(connection)
            connection.commit()
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _comment(connection: "DuckDBPyConnection") -> None:
    """Give every table and view, and each of their columns, the words of the contracts as comments."""
    described = {each.table: each for each in vars(tables).values() if isinstance(each, Contract)}
    described |= {f"registers/{name}": contract for name, contract in REGISTERS.items()}
    described |= {f"main/{MEASURES.table}": MEASURES}
    held = connection.sql("select schema_name, table_name from duckdb_tables() order by all").fetchall()
    for schema, table in held:
        if schema != "raw" and f"{schema}/{table}" not in described:
            continue
        contract = described.get(f"{schema}/{table}") or tables.cells(table)
        said = f"{contract.title}. One row is one {contract.one_row_is}."
        connection.execute(f"comment on table {identifier(schema)}.{identifier(table)} is {literal(said)}")
        for column in contract.columns:
            connection.execute(
                f"comment on column {identifier(schema)}.{identifier(table)}.{column_name(column.name)} is {literal(_with_unit(column))}"
            )
    for view, said in _VIEWS.items():
        connection.execute(f"comment on view {identifier(view)} is {literal(said)}")
    columns = {column.name: column for contract in (AREAS, INDICATORS) for column in contract.columns}
    columns |= {shown: columns[name] for shown, name in _RENAMED.items()}
    columns |= {"measure_name": next(column for column in MEASURES.columns if column.name == "name")}
    named = connection.sql(
        "select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal order by all"
    ).fetchall()
    for view, name in named:
        if view in _VIEWS:
            connection.execute(
                f"comment on column {identifier(view)}.{column_name(name)} is {literal(_with_unit(columns[name]))}"
            )


def _with_unit(column: Column) -> str:
    return f"{column.description} ({column.unit})" if column.unit else column.description


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
