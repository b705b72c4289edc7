"""Which tables the pack has, and their files: CSV for everybody, Parquet for those who want the types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl

from reports.datapack.metadata import csvw, data_package
from reports.datapack.names import BEHIND, REGISTERS_FOLDER
from transforms.contracts import (
    AREAS,
    COMPARABILITY,
    COVERAGE,
    DISTRICTS,
    EDITIONS,
    NOTES,
    PLAUSIBILITY,
    RECONCILIATION,
    REVISIONS,
    SCOREBOARD,
    SIMILAR,
    Column,
    Contract,
    dictionary_frame,
)
from transforms.contracts.registers import REGISTERS
from transforms.exchange import MEASURES, OTHERS, TIDY, measures_frame, tidy_frames
from transforms.outputs import csv_bytes
from transforms.sources.registry import Source

_README: Final = Path(__file__).parents[1] / "templates" / "pack" / "README.md"

# Tables of the lake that go into the pack as they are, in this order.
LAKE_TABLES: Final = (
    AREAS,
    EDITIONS,
    NOTES,
    REVISIONS,
    RECONCILIATION,
    COVERAGE,
    PLAUSIBILITY,
    COMPARABILITY,
    SCOREBOARD,
    DISTRICTS,
    SIMILAR,
)

SOURCE_LABELS: Final = Contract(
    table="source-labels",
    title="Publishers' own labels",
    one_row_is="label that a source prints for a measure",
    columns=(
        Column("source_id", pl.String, "Source register entry"),
        Column("source_title", pl.String, "What the publisher calls the source"),
        Column("table_pattern", pl.String, "Sheets or tables of the source that print the label, as a pattern"),
        Column("measure_pattern", pl.String, "The label, in small letters, as a pattern"),
        Column("breakdown", pl.String, "Further labels that narrow the figure", nullable=True),
        Column("measure_id", pl.String, "Measure that the label means"),
    ),
    key=("source_id", "table_pattern", "measure_pattern", "breakdown"),
)

DICTIONARY: Final = Contract(
    table="data-dictionary",
    title="Data dictionary",
    one_row_is="column of a table",
    columns=(
        Column("table", pl.String, "Table of this pack, by the name of its file without the ending"),
        Column("column", pl.String, "Column"),
        Column("type", pl.String, "Sort of value, in words"),
        Column("meaning", pl.String, "What the column says"),
        Column("unit", pl.String, "Unit of its values", nullable=True),
        Column("may_be_empty", pl.Boolean, "Whether a row may have no value"),
        Column("limits", pl.String, "What every value must respect, in words", nullable=True),
        Column("source_labels", pl.String, "Publishers' own labels for it, joined by ' | '", nullable=True),
    ),
    key=("table", "column"),
)


@dataclass(frozen=True)
class PackTable:
    """A table of the pack: the contract that describes it, and its rows."""

    contract: Contract
    frame: pl.DataFrame

    @property
    def name(self) -> str:
        """The name of its files without the ending: out/indicators is indicators."""
        return file_name(self.contract)


def file_name(contract: Contract) -> str:
    """The name of a table's files without the ending, lower-case with dashes."""
    return contract.table.split("/")[-1].replace("_", "-")


def file_titles() -> dict[str, str]:
    """Every file of the pack, known before any is made, with its title."""
    contracts = [TIDY, OTHERS, MEASURES, SOURCE_LABELS, *LAKE_TABLES]
    tabular = {
        f"{file_name(contract)}.{ending.lower()}": f"{contract.title} ({ending})"
        for contract in contracts
        for ending in ("CSV", "Parquet")
    }
    return {
        **tabular,
        f"{file_name(DICTIONARY)}.csv": f"{DICTIONARY.title} (CSV)",
        "README.md": "How to load the tables (Markdown)",
        "csv-metadata.json": "Metadata for CSV on the Web (JSON)",
        "datapackage.json": "Frictionless data package (JSON)",
    }


def pack_tables(
    lake: Mapping[str, pl.DataFrame],
    indicators: pl.DataFrame,
    measures: pl.DataFrame,
    measure_labels: pl.DataFrame,
    sources: Mapping[str, Source],
) -> list[PackTable]:
    """The tables of the pack with their rows.

    ``lake`` has the tables of `LAKE_TABLES` by the name of their contracts; ``indicators`` is out/indicators, ``measures`` and ``measure_labels``
    are the registers.
    """
    titles = pl.DataFrame(
        [(source.id, source.title) for source in sources.values()], schema=["source_id", "source_title"], orient="row"
    )
    labels = (
        measure_labels.join(titles, on="source_id")
        .with_columns(pl.when(pl.col("breakdown") != "").then("breakdown").alias("breakdown"))
        .select(SOURCE_LABELS.schema.names())
    )
    return [
        *(
            PackTable(contract, frame)
            for contract, frame in zip(
                (TIDY, OTHERS), tidy_frames(indicators, measures, lake[EDITIONS.table]), strict=True
            )
        ),
        PackTable(MEASURES, measures_frame(measures)),
        PackTable(SOURCE_LABELS, labels),
        *(PackTable(contract, lake[contract.table]) for contract in LAKE_TABLES),
    ]


def pack_files(tables: list[PackTable], sources: Mapping[str, Source], issued: date, build_id: str) -> dict[str, bytes]:
    """Every file of the pack by its name: CSV and Parquet of each table, the dictionary, and the metadata for CSVW and Frictionless."""
    described = [table.contract for table in tables]
    dictionary = PackTable(
        DICTIONARY,
        pl.concat(
            dictionary_frame(contract).select(pl.lit(file_name(contract)).alias("table"), pl.all())
            for contract in [*described, DICTIONARY]
        ),
    )
    files = {f"{table.name}.csv": csv_bytes(table.frame) for table in [*tables, dictionary]}
    named = {f"{table.name}.csv": table.contract for table in [*tables, dictionary]}
    metadata = {
        "README.md": _README.read_bytes(),
        "csv-metadata.json": csvw(named, sources, issued, build_id),
        "datapackage.json": data_package(named, files, sources, issued, build_id),
    }
    return files | {f"{table.name}.parquet": _parquet(table.frame) for table in tables} | metadata


def partition(measure_id: str) -> str:
    """The file of one measure's figures within the pack, by the convention that DuckDB, Arrow and Polars know as Hive's."""
    return f"by-measure/measure_id={measure_id}/indicators.parquet"


def files_by_measure(tidy: pl.DataFrame, measures: pl.DataFrame) -> dict[str, bytes]:
    """The tidy table as one Parquet file a measure, all of one schema; of a measure of the register without figures a file without rows."""
    parts = tidy.partition_by("measure_id", as_dict=True)
    none = tidy.clear()
    return {
        partition(measure_id): _parquet(parts.get((measure_id,), none).drop("measure_id"))
        for measure_id in measures["measure_id"].sort()
    }


def names_behind(measures: pl.DataFrame) -> list[str]:
    """The files of `files_by_measure` and `files_behind` by name, known before any is made; ``measures`` is the register."""
    return [
        *map(partition, measures["measure_id"].sort()),
        *BEHIND.values(),
        *(f"{REGISTERS_FOLDER}/{name}.csv" for name in REGISTERS),
    ]


def files_behind(lake: Mapping[str, pl.DataFrame], data: Path) -> dict[str, bytes]:
    """What answers about the numbers of an edition are made of, and no table for readers: tables of the lake as Parquet, and the registers.

    ``lake`` has those tables by name; ``data`` is the folder whose registers the build was made from. With them the package ``countylines``
    compares and explains from an edition alone.
    """
    tables = {file: _parquet(lake[table]) for table, file in BEHIND.items()}
    registers = {
        f"{REGISTERS_FOLDER}/{name}.csv": (data / "registers" / f"{name}.csv").read_bytes() for name in REGISTERS
    }
    return tables | registers


def _parquet(frame: pl.DataFrame) -> bytes:
    content = BytesIO()
    frame.write_parquet(content, compression="zstd")
    return content.getvalue()
