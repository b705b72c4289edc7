"""The findings of the inspection: grades of forces, and the scoreboard of what public figures show since."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import polars as pl

from orchestration.checks import CheckedTable, check_specs, checked, column_schema
from orchestration.fingerprint import hash_code, hash_data, hash_text
from orchestration.paths import Paths
from transforms.contracts import tables
from transforms.harmonise import load_registers
from transforms.inspection import inspection_grades, load_findings, load_scale, scoreboard
from transforms.inspection.worked_out import Held
from transforms.sources.registry import Source

GRADES = "hmicfrs_peel_grades"
# Curated tables whose cells stand for findings as they are printed.
CURATED = ("county_lines_assessments", "ho_county_lines_programme")


def inspection_assets(sources: Mapping[str, Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets out/inspection_grades and out/scoreboard; without the sources that they rest on, those that can be made."""
    version = hash_text(
        hash_code("transforms/inspection", "transforms/comparability", "transforms/statistics", "transforms/contracts"),
        hash_data(paths, "registers"),
    )
    held = [source_id for source_id in CURATED if source_id in sources]

    @dg.asset(
        key=["out", "inspection_grades"],
        group_name="out",
        ins={"cells": dg.AssetIn(key=["raw", GRADES]), "areas": dg.AssetIn(key=["core", "areas"])},
        description="Grades of forces by pillar and cycle, as intervals on one ordered scale; never added or averaged.",
        owners=["team:statistics"],
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.INSPECTION_GRADES)},
        check_specs=check_specs(tables.INSPECTION_GRADES),
        output_required=False,
        code_version=version,
    )
    def out_inspection_grades(paths: dg.ResourceParam[Paths], cells: pl.DataFrame, areas: pl.DataFrame) -> CheckedTable:
        frame = inspection_grades(cells, areas, load_scale(paths.data))
        yield from checked(frame, tables.INSPECTION_GRADES, paths)

    @dg.asset(
        key=["out", "scoreboard"],
        group_name="out",
        ins={
            **{source_id: dg.AssetIn(key=["raw", source_id]) for source_id in held},
            "observations": dg.AssetIn(key=["core", "observations"]),
            "computed": dg.AssetIn(key=["out", "indicators"]),
            "ledger": dg.AssetIn(key=["out", "comparability"]),
        },
        description="The findings of January 2020 with their indicators, earlier and latest, and the status that the rule gives.",
        owners=["team:statistics"],
        kinds={"polars", "parquet"},
        metadata={"dagster/column_schema": column_schema(tables.SCOREBOARD)},
        check_specs=check_specs(tables.SCOREBOARD),
        output_required=False,
        code_version=version,
    )
    def out_scoreboard(paths: dg.ResourceParam[Paths], **frames: Any) -> CheckedTable:
        content = Held(
            cells=pl.concat([tables.cells("none").schema.to_frame(), *(frames[source_id] for source_id in held)]),
            observations=frames["observations"],
            indicators=frames["computed"],
            ledger=frames["ledger"],
            registers=load_registers(paths.data),
        )
        yield from checked(scoreboard(load_findings(paths.data), content), tables.SCOREBOARD, paths)

    return [*([out_inspection_grades] if GRADES in sources else []), out_scoreboard]
