"""The findings of the inspection: grades of forces, and the scoreboard of what public figures show since."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import polars as pl

from orchestration.assets.code_versions import versioned
from orchestration.run.checks import CheckedTable, asset_key, check_specs, checked, column_schema, unless_same
from orchestration.store.paths import Paths
from transforms.comparability import ledger
from transforms.contracts import tables
from transforms.harmonise import load_registers
from transforms.inspection import (
    inspection_grades,
    load_findings,
    load_scale,
    scoreboard,
    with_inspections,
    with_programme,
)
from transforms.inspection.worked_out import Held
from transforms.sources.registry import Source

GRADES = "hmicfrs_peel_grades"
# Curated tables whose cells stand for findings as they are printed.
CURATED = ("county_lines_assessments", "ho_county_lines_programme")
# The ledger lists the pairs that the scoreboard compares, and the scoreboard counts the ledger: they are made together.
_SCOREBOARD = {
    "comparability": (
        tables.COMPARABILITY,
        "Every comparison that the reports make or refuse: grade, reasons, and what would make the figures comparable.",
    ),
    "scoreboard": (
        tables.SCOREBOARD,
        "The findings of January 2020 with their indicators, earlier and latest, and the status that the rule gives.",
    ),
}


def inspection_assets(sources: Mapping[str, Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets out/{inspection_grades, comparability, scoreboard}; without the sources that they rest on, those that can be made."""
    held = [source_id for source_id in CURATED if source_id in sources]

    @versioned(paths)
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
    )
    @unless_same(result=tables.INSPECTION_GRADES)
    def out_inspection_grades(paths: dg.ResourceParam[Paths], cells: pl.DataFrame, areas: pl.DataFrame) -> CheckedTable:
        frame = inspection_grades(cells, areas, load_scale(paths.data))
        yield from checked(frame, tables.INSPECTION_GRADES, paths)

    @versioned(paths)
    @dg.multi_asset(
        name="out__scoreboard",
        group_name="out",
        ins={
            **{source_id: dg.AssetIn(key=["raw", source_id]) for source_id in held},
            **({"grades": dg.AssetIn(key=asset_key(tables.INSPECTION_GRADES))} if GRADES in sources else {}),
            "observations": dg.AssetIn(key=["core", "observations"]),
            "computed": dg.AssetIn(key=["out", "indicators"]),
        },
        outs={
            name: dg.AssetOut(
                key=asset_key(contract),
                description=description,
                owners=["team:statistics"],
                kinds={"polars", "parquet"},
                metadata={"dagster/column_schema": column_schema(contract)},
                is_required=False,
            )
            for name, (contract, description) in _SCOREBOARD.items()
        },
        check_specs=[spec for contract, _ in _SCOREBOARD.values() for spec in check_specs(contract)],
    )
    @unless_same(**{name: contract for name, (contract, _) in _SCOREBOARD.items()})
    def out_scoreboard(paths: dg.ResourceParam[Paths], **frames: Any) -> Iterator[Any]:
        registers, observations, computed = load_registers(paths.data), frames["observations"], frames["computed"]
        cells = pl.concat([tables.cells("none").schema.to_frame(), *(frames[source_id] for source_id in held)])
        pairs = with_inspections(ledger(computed, observations, registers), frames.get("grades"), registers)
        content = Held(cells, observations, computed, with_programme(pairs, cells, registers), registers, sources)
        found = scoreboard(load_findings(paths.data), content)
        for name, (contract, _) in _SCOREBOARD.items():
            yield from checked(getattr(found, name), contract, paths, output_name=name)

    return [*([out_inspection_grades] if GRADES in sources else []), out_scoreboard]
