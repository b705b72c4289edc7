"""Which tables the pack has, and their files: CSV for everybody, Parquet for those who want the types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

import polars as pl

from reports.datapack.metadata import csvw, data_package
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
from transforms.exchange import MEASURES, TIDY, measures_frame, tidy_frame
from transforms.outputs import csv_bytes
from transforms.sources.registry import Source

# The folder of the pack, beside the reports.
FOLDER: Final = "data"

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
    contracts = [TIDY, MEASURES, SOURCE_LABELS, *LAKE_TABLES]
    tabular = {
        f"{file_name(contract)}.{ending.lower()}": f"{contract.title} ({ending})"
        for contract in contracts
        for ending in ("CSV", "Parquet")
    }
    return {
        **tabular,
        f"{file_name(DICTIONARY)}.csv": f"{DICTIONARY.title} (CSV)",
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
        PackTable(TIDY, tidy_frame(indicators, measures, lake[EDITIONS.table])),
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
        "csv-metadata.json": csvw(named, sources, issued, build_id),
        "datapackage.json": data_package(named, files, sources, issued, build_id),
    }
    return files | {f"{table.name}.parquet": _parquet(table.frame) for table in tables} | metadata


def _parquet(frame: pl.DataFrame) -> bytes:
    content = BytesIO()
    frame.write_parquet(content, compression="zstd")
    return content.getvalue()
