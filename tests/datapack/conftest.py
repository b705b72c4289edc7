"""The data pack made from the published cells that the project keeps, once for each test process."""

import polars as pl
import pytest

from reports.datapack.files import issued_on
from reports.datapack.tables import LAKE_TABLES, PackTable, pack_files, pack_tables
from reports.numbers import ReportData
from transforms.harmonise import Registers
from transforms.indicators import revisions


@pytest.fixture(scope="session")
def lake(report_data: ReportData, registers: Registers) -> dict[str, pl.DataFrame]:
    """Those tables of the pack that the lake has, by the name of their contract."""
    frames = {
        "core/areas": report_data.areas,
        "raw/editions": report_data.editions,
        "core/notes": report_data.notes,
        "out/reconciliation": report_data.reconciliation,
        "out/coverage": report_data.coverage,
        "out/plausibility": report_data.plausibility,
        "out/comparability": report_data.comparability,
        "out/scoreboard": report_data.scoreboard,
        "out/districts": report_data.districts,
        "out/similar": report_data.similar,
        "out/revisions": revisions(
            report_data.observations, report_data.areas, registers.measures, report_data.record_files
        ),
    }
    return {contract.table: frames[contract.table] for contract in LAKE_TABLES}


@pytest.fixture(scope="session")
def tables(report_data: ReportData, registers: Registers, lake: dict[str, pl.DataFrame]) -> list[PackTable]:
    return pack_tables(lake, report_data.indicators, registers.measures, registers.measure_labels, report_data.sources)


@pytest.fixture(scope="session")
def files(tables: list[PackTable], report_data: ReportData) -> dict[str, bytes]:
    return pack_files(tables, report_data.sources, issued_on(report_data.editions), "synthetic")
