"""Layer raw: one asset a source, its published cells exactly as printed."""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from orchestration.checks import CheckedTable, check_specs, checked, column_schema
from orchestration.fingerprint import hash_code, hash_data, hash_landing, hash_text
from orchestration.paths import Paths
from transforms.contracts import tables
from transforms.sources.published import editions_held, editions_in_use, read_cells
from transforms.sources.registry import Source


def raw_asset(source: Source, paths: Paths) -> dg.AssetsDefinition:
    """The asset raw/<source id>: cells from the landing folder where it holds the file, else from data/published."""
    contract = tables.cells(source.id, tuple(edition.id for edition in editions_held(source, paths.landing)))

    @dg.asset(
        key=["raw", source.id],
        group_name="raw",
        description=f"{source.title}. {source.summary}",
        owners=["team:data-engineering"],
        kinds={"polars", "parquet", "excel" if "XLSX" in source.format else "csv"},
        tags={"publisher": _tag(source.publisher.name), "licence": _tag(source.licence_in)},
        metadata={
            "landing page": dg.MetadataValue.url(source.landing_page),
            "dagster/column_schema": column_schema(contract),
        },
        check_specs=check_specs(contract),
        output_required=False,
        code_version=hash_text(
            hash_code("transforms/sources", "transforms/contracts"),
            hash_data(paths, f"sources/{source.id}.toml", "layouts", f"published/{source.id}"),
            hash_landing(paths, *(edition.file for edition in source.editions)),
            repr(source.editions),
        ),
    )
    def cells(paths: dg.ResourceParam[Paths]) -> CheckedTable:
        frame: pl.DataFrame = read_cells(source, paths.data, paths.landing)
        yield from checked(frame, contract, paths)

    return cells


def editions_asset(sources: Mapping[str, Source], paths: Paths) -> dg.AssetsDefinition:
    """The asset raw/editions: which file each cell comes from, and its checksum."""
    files = [edition.file for source in sources.values() for edition in source.editions]

    @dg.asset(
        key=["raw", "editions"],
        group_name="raw",
        description="Every published file that the cells come from, with its checksum, kind and day of reading.",
        owners=["team:data-engineering"],
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.EDITIONS)},
        check_specs=check_specs(tables.EDITIONS),
        output_required=False,
        code_version=hash_text(
            hash_code("transforms/sources", "transforms/contracts"),
            hash_data(paths, "sources", "published/editions.csv"),
            hash_landing(paths, *files),
        ),
    )
    def editions(paths: dg.ResourceParam[Paths]) -> CheckedTable:
        yield from checked(editions_in_use(sources, paths.data, paths.landing), tables.EDITIONS, paths)

    return editions


def _tag(text: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in text)[:63].strip("-")
