"""The findings of the inspection: grades of forces, and the scoreboard of what public figures show since."""

from collections.abc import Iterator, Mapping

import dagster as dg
import polars as pl

from orchestration.assets.calls import Folders, table_asset, tables_asset
from orchestration.store.paths import Paths
from transforms.comparability import beside, ledger, profile
from transforms.contracts import tables
from transforms.harmonise import load_registers
from transforms.inspection import (
    claims_checked,
    confirmed,
    inspection_grades,
    load_claims,
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
ORGANISED_CRIME = "hmicfrs_serious_organised_crime"


def inspection_assets(sources: Mapping[str, Source], paths: Paths) -> list[dg.AssetsDefinition]:
    """The assets out/{inspection_grades, comparability, scoreboard, profile, beside, claims}; without the sources that they rest on, those that can be made."""
    held = [source_id for source_id in (*CURATED, ORGANISED_CRIME) if source_id in sources]

    @table_asset(
        tables.INSPECTION_GRADES,
        "Grades of forces by pillar and cycle, as intervals on one ordered scale; never added or averaged.",
        paths,
        ins=(GRADES, "areas"),
    )
    def out_inspection_grades(paths: Folders, **frames: pl.DataFrame) -> pl.DataFrame:
        return inspection_grades(frames[GRADES], frames["areas"], load_scale(paths.data))

    # The ledger lists the pairs that the scoreboard compares, and the scoreboard counts the ledger: they are made together.
    @tables_asset(
        [
            (
                tables.COMPARABILITY,
                "Every comparison that the reports make or refuse: grade, reasons, and what would make the figures comparable.",
            ),
            (
                tables.SCOREBOARD,
                "The findings of January 2020 with their indicators, earlier and latest, and the status that the rule gives.",
            ),
        ],
        paths,
        name="out__scoreboard",
        ins=(*held, *(["inspection_grades"] if GRADES in sources else []), "observations", "indicators", "excluded"),
    )
    def out_scoreboard(paths: Folders, **frames: pl.DataFrame) -> Iterator[pl.DataFrame]:
        registers, observations, computed = load_registers(paths.data), frames["observations"], frames["indicators"]
        gathered = pl.concat([tables.cells("none").schema.to_frame(), *(frames[source_id] for source_id in held)])
        cells = confirmed(gathered, registers)
        grades = frames.get("inspection_grades", tables.INSPECTION_GRADES.schema.to_frame())
        pairs = with_inspections(ledger(computed, observations, registers), grades, registers)
        ruled = with_programme(pairs, cells, registers)
        content = Held(cells, observations, computed, ruled, registers, sources, frames["excluded"], grades)
        found = scoreboard(load_findings(paths.data), content)
        yield from (found.comparability, found.scoreboard)

    @table_asset(
        tables.PROFILE,
        "What page 1 of a report says of each measure: its change, its rank, England and Wales, or why not.",
        paths,
    )
    def out_profile(paths: Folders, indicators: pl.DataFrame, comparability: pl.DataFrame) -> pl.DataFrame:
        return profile(indicators, comparability, load_registers(paths.data).headlines)

    @table_asset(
        tables.BESIDE,
        "Each newest figure of a police force area beside neighbours, similar ones, its region, and England and Wales, graded.",
        paths,
    )
    def out_beside(
        paths: Folders, profile: pl.DataFrame, indicators: pl.DataFrame, areas: pl.DataFrame, similar: pl.DataFrame
    ) -> pl.DataFrame:
        return beside(profile, indicators, areas, similar, load_registers(paths.data))

    @table_asset(
        tables.CLAIMS,
        "Claims that were made in public, each with the verdict of one rule, its grade and its figures.",
        paths,
    )
    def out_claims(
        paths: Folders, indicators: pl.DataFrame, observations: pl.DataFrame, areas: pl.DataFrame
    ) -> pl.DataFrame:
        registers = load_registers(paths.data)
        return claims_checked(load_claims(paths.data, registers), indicators, observations, areas, registers)

    return [
        *([out_inspection_grades] if GRADES in sources else []),
        out_scoreboard,
        out_profile,
        out_beside,
        out_claims,
    ]
