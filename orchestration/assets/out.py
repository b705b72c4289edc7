"""Layer out: the numbers that reports print, and the files that analysts open."""

from collections.abc import Collection, Mapping

import dagster as dg
import polars as pl

from orchestration.assets.code_versions import versioned
from orchestration.run.checks import CheckedTable, check_specs, checked, column_schema, unless_same
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.paths import Paths
from transforms.contracts import tables
from transforms.exchange import tidy_frame
from transforms.harmonise import load_registers
from transforms.indicators import coverage, indicators, plausibility, reconcile, revisions
from transforms.outputs import write_tidy_csv, write_warehouse
from transforms.sources.landing import landing_frame
from transforms.sources.recognise import LandingFile
from transforms.sources.registry import Source

_OWNERS = ["team:statistics"]
_KEYS = {name: ["core", name] for name in ("observations", "excluded", "unmatched", "notes", "areas", "record_files")}


def out_assets(sources: Mapping[str, Source], settled: Collection[str], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets out/{indicators, reconciliation, coverage, plausibility, revisions, warehouse, tidy_csv}."""

    @versioned(paths)
    @dg.asset(
        key=["out", "indicators"],
        group_name="out",
        ins={name: dg.AssetIn(key=_KEYS[name]) for name in ("observations", "areas")},
        description="Counts, rates and their limits for every area, with the population used and what the number covers.",
        owners=_OWNERS,
        kinds={"polars", "duckdb", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.INDICATORS)},
        check_specs=check_specs(tables.INDICATORS),
        output_required=False,
    )
    @unless_same(result=tables.INDICATORS)
    def out_indicators(paths: dg.ResourceParam[Paths], observations: pl.DataFrame, areas: pl.DataFrame) -> CheckedTable:
        registers = load_registers(paths.data)
        frame = indicators(observations, areas, registers.area_members, registers.measures, registers.local_authorities)
        yield from checked(frame, tables.INDICATORS, paths)

    @versioned(paths)
    @dg.asset(
        key=["out", "reconciliation"],
        group_name="out",
        ins={
            "excluded": dg.AssetIn(key=_KEYS["excluded"]),
            "observations": dg.AssetIn(key=_KEYS["observations"]),
            "areas": dg.AssetIn(key=_KEYS["areas"]),
            "computed": dg.AssetIn(key=["out", "indicators"]),
        },
        description="Published totals and rates beside ours: England and Wales is its 43 forces and British Transport Police.",
        owners=_OWNERS,
        kinds={"duckdb", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.RECONCILIATION)},
        check_specs=check_specs(tables.RECONCILIATION),
        output_required=False,
    )
    @unless_same(result=tables.RECONCILIATION)
    def out_reconciliation(
        paths: dg.ResourceParam[Paths],
        observations: pl.DataFrame,
        excluded: pl.DataFrame,
        areas: pl.DataFrame,
        computed: pl.DataFrame,
    ) -> CheckedTable:
        registers = load_registers(paths.data)
        frame = reconcile(observations, excluded, computed, areas, registers)
        yield from checked(frame, tables.RECONCILIATION, paths)

    @versioned(paths)
    @dg.asset(
        key=["out", "coverage"],
        group_name="out",
        ins={name: dg.AssetIn(key=_KEYS[name]) for name in ("observations", "areas")},
        description="Every police force area in every period of every edition: there, or missing for a known reason.",
        owners=_OWNERS,
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.COVERAGE)},
        check_specs=check_specs(tables.COVERAGE),
        output_required=False,
    )
    @unless_same(result=tables.COVERAGE)
    def out_coverage(paths: dg.ResourceParam[Paths], observations: pl.DataFrame, areas: pl.DataFrame) -> CheckedTable:
        registers = load_registers(paths.data)
        frame = coverage(observations, areas, registers.measures, registers.coverage_gaps, settled)
        yield from checked(frame, tables.COVERAGE, paths)

    @versioned(paths)
    @dg.asset(
        key=["out", "plausibility"],
        group_name="out",
        ins={"observations": dg.AssetIn(key=_KEYS["observations"]), "computed": dg.AssetIn(key=["out", "indicators"])},
        description="Counts beside the same months a year before, and populations beside the size of England and Wales.",
        owners=_OWNERS,
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.PLAUSIBILITY)},
        check_specs=check_specs(tables.PLAUSIBILITY),
        output_required=False,
    )
    @unless_same(result=tables.PLAUSIBILITY)
    def out_plausibility(
        paths: dg.ResourceParam[Paths], observations: pl.DataFrame, computed: pl.DataFrame
    ) -> CheckedTable:
        yield from checked(plausibility(computed, observations), tables.PLAUSIBILITY, paths)

    @versioned(paths)
    @dg.asset(
        key=["out", "revisions"],
        group_name="out",
        ins={name: dg.AssetIn(key=_KEYS[name]) for name in ("observations", "areas", "record_files")},
        description="Figures that several editions print: the first and each later value, with the edition.",
        owners=_OWNERS,
        kinds={"duckdb", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.REVISIONS)},
        check_specs=check_specs(tables.REVISIONS),
        output_required=False,
    )
    @unless_same(result=tables.REVISIONS)
    def out_revisions(
        paths: dg.ResourceParam[Paths], observations: pl.DataFrame, areas: pl.DataFrame, record_files: pl.DataFrame
    ) -> CheckedTable:
        frame = revisions(observations, areas, load_registers(paths.data).measures, record_files)
        yield from checked(frame, tables.REVISIONS, paths)

    @versioned(paths)
    @dg.asset(
        key=["out", "warehouse"],
        group_name="out",
        deps=[
            ["raw", "editions"],
            *(["raw", source_id] for source_id in sources),
            *_KEYS.values(),
            ["out", "reconciliation"],
            ["out", "coverage"],
            ["out", "plausibility"],
            ["out", "comparability"],
            ["out", "scoreboard"],
            *([["out", "inspection_grades"]] if "hmicfrs_peel_grades" in sources else []),
            ["out", "revisions"],
        ],
        description="county_lines.duckdb: every table of the lake in one file, for analysts.",
        owners=["team:data-engineering"],
        kinds={"duckdb"},
    )
    def out_warehouse(paths: dg.ResourceParam[Paths]) -> dg.MaterializeResult[None]:
        made = write_warehouse(paths.lake, paths.build / "county_lines.duckdb")
        return dg.MaterializeResult(
            metadata={"file": dg.MetadataValue.path(str(made)), "size (bytes)": made.stat().st_size}
        )

    @versioned(paths)
    @dg.asset(
        key=["out", "tidy_csv"],
        group_name="out",
        ins={"computed": dg.AssetIn(key=["out", "indicators"]), "editions": dg.AssetIn(key=["raw", "editions"])},
        deps=[["out", "reconciliation"], ["out", "coverage"], ["out", "plausibility"]],
        description="county_lines.csv: the indicators, one row a number, for spreadsheets and scripts.",
        owners=["team:statistics"],
        kinds={"csv"},
    )
    def out_tidy_csv(
        paths: dg.ResourceParam[Paths], computed: pl.DataFrame, editions: pl.DataFrame
    ) -> dg.MaterializeResult[None]:
        tidy = tidy_frame(computed, load_registers(paths.data).measures, editions)
        made = write_tidy_csv(tidy, paths.build / "county_lines.csv")
        return dg.MaterializeResult(
            metadata={"file": dg.MetadataValue.path(str(made)), "dagster/row_count": len(computed)}
        )

    return [
        out_indicators,
        out_reconciliation,
        out_coverage,
        out_plausibility,
        out_revisions,
        out_warehouse,
        out_tidy_csv,
    ]


def landing_files_asset(
    sources: Mapping[str, Source], files: tuple[LandingFile, ...], paths: Paths
) -> dg.AssetsDefinition:
    """The asset out/landing_files: every file of the landing folder and what became of it."""
    outcomes = ("observations", "excluded", "unmatched")

    @versioned(paths)
    @dg.asset(
        key=["out", "landing_files"],
        group_name="out",
        ins={
            **{name: dg.AssetIn(key=_KEYS[name]) for name in outcomes},
            **{source_id: dg.AssetIn(key=["raw", source_id]) for source_id in sources},
        },
        description="Every file of the landing folder: read, with what became of its cells, or not, with the reason.",
        owners=["team:data-engineering"],
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.LANDING_FILES)},
        check_specs=check_specs(tables.LANDING_FILES),
        output_required=False,
        code_version=hash_text(repr(files), hash_data(paths, "sources")),
    )
    @unless_same(result=tables.LANDING_FILES)
    def landing_files(paths: dg.ResourceParam[Paths], **frames: pl.DataFrame) -> CheckedTable:
        cells = pl.concat(frames[source_id].select("source_id", "edition_id", "kind") for source_id in sources)
        frame = landing_frame(files, sources, cells, {name: frames[name] for name in outcomes})
        yield from checked(frame, tables.LANDING_FILES, paths)

    return landing_files
