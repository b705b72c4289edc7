"""Layer out: the numbers that reports print, and the files that analysts open."""

from collections.abc import Collection, Iterator, Mapping

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, files_asset, made_from, table_asset, tables_asset
from orchestration.store.hashes import hash_data, hash_text
from orchestration.store.paths import Paths
from transforms.comparability import characteristics, similar
from transforms.contracts import tables
from transforms.exchange import tidy_frames
from transforms.harmonise import load_registers
from transforms.indicators import coverage, indicators, plausibility, reconcile, revisions, with_doubts
from transforms.indicators.districts import district_cells, districts
from transforms.outputs import write_tidy_csv, write_warehouse
from transforms.sources.landing import landing_frame
from transforms.sources.recognise import LandingFile
from transforms.sources.registry import Source

_CORE = tuple(["core", name] for name in ("observations", "excluded", "unmatched", "notes", "areas", "record_files"))
_OUT = (
    "reconciliation",
    "coverage",
    "plausibility",
    "comparability",
    "scoreboard",
    "profile",
    "claims",
    "inspection_grades",
    "revisions",
    "force_characteristics",
    "similar",
    "beside",
    "districts",
)
_ENGINEERS = ["team:data-engineering"]


def out_assets(sources: Mapping[str, Source], settled: Collection[str], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets out/{indicators, reconciliation, coverage, plausibility, revisions, districts, force_characteristics, similar, warehouse, tidy_csv}."""

    @table_asset(
        tables.INDICATORS,
        "Counts, rates and their limits for every area, with the population used and what the number covers.",
        paths,
        kinds=("polars", "duckdb"),
    )
    def out_indicators(paths: Folders, observations: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
        registers = load_registers(paths.data)
        frame = indicators(observations, areas, registers.area_members, registers.measures, registers.local_authorities)
        return with_doubts(frame, registers.doubtful_figures)

    @table_asset(
        tables.RECONCILIATION,
        "Published totals and rates beside ours: England and Wales is its 43 forces and British Transport Police.",
        paths,
        ins=("observations", "excluded", "indicators", "areas"),
        kinds=("duckdb",),
    )
    def out_reconciliation(paths: Folders, **frames: pl.DataFrame) -> pl.DataFrame:
        return reconcile(**frames, registers=load_registers(paths.data))

    @table_asset(
        tables.COVERAGE,
        "Every police force area in every period of every edition: there, or missing for a known reason.",
        paths,
    )
    def out_coverage(paths: Folders, observations: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
        registers = load_registers(paths.data)
        return coverage(observations, areas, registers.measures, registers.coverage_gaps, settled)

    @table_asset(
        tables.PLAUSIBILITY,
        "Counts beside the same months a year before, and populations beside the size of England and Wales.",
        paths,
        ins=("indicators", "observations"),
    )
    def out_plausibility(paths: Folders, **frames: pl.DataFrame) -> pl.DataFrame:
        return plausibility(**frames)

    @table_asset(
        tables.REVISIONS,
        "Figures that several editions print: the first and each later value, with the edition.",
        paths,
        kinds=("duckdb",),
    )
    def out_revisions(
        paths: Folders, observations: pl.DataFrame, areas: pl.DataFrame, record_files: pl.DataFrame
    ) -> pl.DataFrame:
        return revisions(observations, areas, load_registers(paths.data).measures, record_files)

    @table_asset(
        tables.DISTRICTS,
        "Drug offences of partnerships, records of districts and assessments of children by authority, with rates where a population is held.",
        paths,
    )
    def out_districts(paths: Folders, observations: pl.DataFrame, excluded: pl.DataFrame) -> pl.DataFrame:
        registers = load_registers(paths.data)
        return districts(district_cells(excluded, observations, registers), observations, registers)

    @tables_asset(
        [
            (
                tables.FORCE_CHARACTERISTICS,
                "Residents, density, children, the largest district and the region of each police force area.",
            ),
            (
                tables.SIMILAR,
                "How alike every two police force areas are by five characteristics of equal weight; not the groups of HMICFRS.",
            ),
        ],
        paths,
        name="out__similar",
    )
    def out_similar(paths: Folders, observations: pl.DataFrame, areas: pl.DataFrame) -> Iterator[pl.DataFrame]:
        registers = load_registers(paths.data)
        held = characteristics(observations, areas, registers.local_authorities, registers.land_areas)
        yield from (held, similar(held))

    @files_asset(
        ["out", "warehouse"],
        "county_lines.duckdb: every table of the lake and every register in one file, for analysts.",
        paths,
        hash_data(paths, "registers"),
        kinds={"duckdb"},
        owners=_ENGINEERS,
        deps=[
            *(["raw", source_id] for source_id in ("editions", *sources)),
            *_CORE,
            *(["out", name] for name in _OUT if name != "inspection_grades" or "hmicfrs_peel_grades" in sources),
        ],
    )
    def out_warehouse(paths: Folders) -> dg.MaterializeResult[None]:
        made = write_warehouse(paths.lake, paths.data, paths.build / "county_lines.duckdb")
        return dg.MaterializeResult(
            metadata={"file": dg.MetadataValue.path(str(made)), "size (bytes)": made.stat().st_size}
        )

    @files_asset(
        ["out", "tidy_csv"],
        "county_lines.csv: the figures that reports use, each fact once, for spreadsheets and scripts; and the same facts by other editions and populations.",
        paths,
        kinds={"csv"},
        ins={"computed": made_from("indicators")["indicators"], **made_from("editions")},
        deps=[["out", "reconciliation"], ["out", "coverage"], ["out", "plausibility"]],
    )
    def out_tidy_csv(paths: Folders, computed: pl.DataFrame, editions: pl.DataFrame) -> dg.MaterializeResult[None]:
        tidy, others = tidy_frames(computed, load_registers(paths.data).measures, editions)
        write_tidy_csv(others, paths.build / "county_lines_other_figures.csv")
        made = write_tidy_csv(tidy, paths.build / "county_lines.csv")
        return dg.MaterializeResult(metadata={"file": dg.MetadataValue.path(str(made)), "dagster/row_count": len(tidy)})

    return [
        out_indicators,
        out_reconciliation,
        out_coverage,
        out_plausibility,
        out_revisions,
        out_districts,
        out_similar,
        out_warehouse,
        out_tidy_csv,
    ]


def landing_files_asset(
    sources: Mapping[str, Source], files: tuple[LandingFile, ...], paths: Paths
) -> dg.AssetsDefinition:
    """The asset out/landing_files: every file of the landing folder and what became of it."""
    outcomes = ("observations", "excluded", "unmatched")

    @table_asset(
        tables.LANDING_FILES,
        "Every file of the landing folder: read, with what became of its cells, or not, with the reason.",
        paths,
        ins=(*outcomes, *sources),
        code_version=hash_text(repr(files), hash_data(paths, "sources")),
    )
    def landing_files(paths: Folders, **frames: pl.DataFrame) -> pl.DataFrame:
        cells = pl.concat(frames[source_id].select("source_id", "edition_id", "kind") for source_id in sources)
        return landing_frame(files, sources, cells, {name: frames[name] for name in outcomes})

    return landing_files
