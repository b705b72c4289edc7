"""The files of the data pack by name: what the reports and the site publish beside them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from reports.datapack.sheets import area_sheets, prepared
from reports.datapack.tables import FOLDER, pack_files, pack_tables
from reports.datapack.workbook import workbook
from reports.numbers import ReportData
from transforms.contracts import REVISIONS
from transforms.exchange import measures_frame
from transforms.harmonise import Registers


def issued_on(editions: pl.DataFrame) -> date:
    """The day on which the newest of the published files was read: the data say it, no clock does."""
    return date.fromisoformat(str(editions["retrieved_at"].max()))


def workbooks(
    slugs: Sequence[str], data: ReportData, registers: Registers, lake: Mapping[str, pl.DataFrame]
) -> list[tuple[str, bytes]]:
    """The name and content of the workbook of each of some reports, by slug; ``lake`` has out/revisions."""
    measures, revisions = measures_frame(registers.measures), lake[REVISIONS.table]
    numbers, issued = prepared(data, measures, revisions), issued_on(data.editions)
    reported = data.areas.filter(pl.col("slug").is_in(list(slugs))).sort("slug")
    return [
        (
            f"{area['slug']}.xlsx",
            workbook(data, area, area_sheets(data, numbers, measures, revisions, area["area_id"]), issued),
        )
        for area in reported.iter_rows(named=True)
    ]


def pack(data: ReportData, registers: Registers, lake: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, bytes]]:
    """The address, relative to the reports, and content of each file of the pack; ``lake`` has the tables that it lists."""
    tables = pack_tables(lake, data.indicators, registers.measures, registers.measure_labels, data.sources)
    files = pack_files(tables, data.sources, issued_on(data.editions), data.build_id)
    yield from ((f"{FOLDER}/{name}", content) for name, content in files.items())
