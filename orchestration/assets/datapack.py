"""The data pack: a workbook for each report, and the tables behind all of them, written beside the documents of a build."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, files_asset
from orchestration.assets.inspection import GRADES
from orchestration.run.publish import Written, write_files
from orchestration.run.workbooks import made_workbooks
from orchestration.store.build_id import build_id
from orchestration.store.hashes import hash_data
from orchestration.store.paths import Paths
from reports.datapack.files import pack
from reports.datapack.names import FOLDER
from reports.datapack.tables import LAKE_TABLES, file_titles, names_behind
from reports.numbers import ReportData
from reports.products import products
from reports.slices import Slices
from transforms.contracts import REVISIONS, tables
from transforms.harmonise import load_registers
from transforms.indicators.sums import spoken_of
from transforms.sources.registry import Source

DATAPACK = ["report", "datapack"]

_TABLES = (tables.OBSERVATIONS, tables.INDICATORS, *LAKE_TABLES)
# What the workbooks, and answers about their numbers, are made from beside them.
_BESIDE = (tables.RECORD_FILES, tables.EXCLUDED)


def download_names(areas: pl.DataFrame) -> list[str]:
    """Every file that is published beside the reports: the workbooks, and the tables of the pack."""
    return [*(f"{slug}.xlsx" for slug in products.slugs(areas)), *(f"{FOLDER}/{name}" for name in file_titles())]


def unlisted_names(measures: pl.DataFrame) -> list[str]:
    """Every file of the pack that programs look for by its name and no page lists: what the package ``countylines`` reads, and one file a measure."""
    return [f"{FOLDER}/{name}" for name in names_behind(measures)]


def datapack_assets(sources: Mapping[str, Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The asset report/datapack."""
    registers = load_registers(paths.data)
    asked = (*_TABLES, *_BESIDE, *([tables.INSPECTION_GRADES] if GRADES in sources else []))
    identity = build_id(paths, sources)

    @files_asset(
        DATAPACK,
        "A workbook for each report, and the tables behind all of them: CSV and Parquet, with metadata and dictionary.",
        paths,
        hash_data(paths, "sources"),
        identity,
        kinds={"excel", "csv", "parquet"},
        owners=["team:statistics"],
        ins={contract.table.replace("/", "_"): dg.AssetIn(key=contract.table.split("/")) for contract in asked},
    )
    def datapack(paths: Folders, **frames: Any) -> Written:
        lake = {contract.table: frames[contract.table.replace("/", "_")] for contract in asked}
        lake.setdefault(tables.INSPECTION_GRADES.table, tables.INSPECTION_GRADES.schema.to_frame())
        data = ReportData(
            **{
                **{name.split("/")[-1]: lake[name] for name in _REPORT_DATA},
                "indicators": spoken_of(lake["out/indicators"]),
            },
            breaks=registers.breaks,
            measures=registers.measures,
            sources=sources,
            build_id=identity,
            known_on=paths.as_of,
        )
        areas = dict(products.reported(registers.areas).select("slug", "area_id").iter_rows())
        books = made_workbooks(areas, Slices(data), lake[REVISIONS.table], paths)
        # The tables have every number; workbooks those that the reports print.
        whole = replace(data, indicators=lake["out/indicators"])
        return write_files(pack(whole, registers, lake, paths.data), paths, identity, books)

    return [datapack]


# The tables of the lake that reports draw on.
_REPORT_DATA = (
    *(
        "out/indicators",
        "out/reconciliation",
        "out/coverage",
        "out/plausibility",
        "out/comparability",
        "out/scoreboard",
        "out/districts",
        "raw/editions",
    ),
    *("core/areas", "core/observations", "core/notes", "core/record_files"),
)
