"""The files of the data pack by name: what the reports and the site publish beside them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path

import polars as pl

from reports.datapack.names import FOLDER
from reports.datapack.sheets import area_sheets, prepared
from reports.datapack.tables import files_behind, files_by_measure, pack_files, pack_tables
from reports.datapack.workbook import workbook, workbook_content
from reports.numbers import ReportData
from reports.products.products import forces_of
from reports.slices import Slices
from transforms.exchange import measures_frame
from transforms.harmonise import Registers


def issued_on(editions: pl.DataFrame) -> date:
    """The day on which the newest of the published files was read: the data say it, no clock does."""
    return date.fromisoformat(str(editions["retrieved_at"].max()))


@dataclass(frozen=True)
class Book:
    """The workbook of a report: ``content`` is a hash of all that it says, ``write`` gives its bytes, with its id in them."""

    slug: str
    content: str
    write: Callable[[str], bytes]


def book_key(slices: Slices, revisions: pl.DataFrame, area_id: str) -> str:
    """SHA-256 over all that the workbook of the report on an area is made of; ``revisions`` is out/revisions."""
    area_ids = [area_id, *forces_of(slices.data, area_id)]
    own = revisions.filter(pl.col("area_id").is_in(area_ids)).hash_rows(seed=0).to_numpy().tobytes()
    return sha256(slices.key(area_id).encode() + own).hexdigest()


def books(area_ids: Iterable[str], slices: Slices, revisions: pl.DataFrame) -> Iterator[Book]:
    """The workbooks of the reports on some areas; ``revisions`` is out/revisions."""
    data = slices.data
    measures = measures_frame(data.measures)
    numbers, issued = prepared(data, measures, revisions), issued_on(data.editions)
    for area_id in area_ids:
        area = data.area(area_id)
        sheets = area_sheets(data, numbers, measures, revisions, area_id)
        write = partial(workbook, data, area, sheets, issued)
        yield Book(area["slug"], workbook_content(data, area, sheets, issued), write)


def pack(
    data: ReportData, registers: Registers, lake: Mapping[str, pl.DataFrame], authored: Path
) -> Iterator[tuple[str, bytes]]:
    """The address, relative to the reports, and content of each file of the pack; ``lake`` has the tables that it lists.

    ``authored`` is the folder that has the registers as files.
    """
    tables = pack_tables(lake, data.indicators, registers.measures, registers.measure_labels, data.sources)
    files = pack_files(tables, data.sources, issued_on(data.editions), data.build_id)
    parts = files_by_measure(tables[0].frame, registers.measures)
    yield from (
        (f"{FOLDER}/{name}", content) for name, content in (files | parts | files_behind(lake, authored)).items()
    )
