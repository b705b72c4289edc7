"""Parser of the archives of data.police.uk, and of single files out of one: records, counted by force and month.

The records themselves are read by ``transforms.incidents``.
"""

import io
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from transforms.contracts.registers import read_register
from transforms.errors import LayoutError
from transforms.incidents import (
    Member,
    Original,
    StoredArchive,
    as_file,
    by_month,
    drug_cells,
    ingest_month,
    load_incident_registers,
    locality_cells,
    read_archive,
    refuse_lost_rows,
)
from transforms.sources.calendar import edition_of_month
from transforms.sources.grid import Parsed, left_out
from transforms.sources.registry import Edition, Source
from transforms.sources.unpacked import DAMAGED


def parse(content: Original, edition: Edition, data: Path) -> Parsed:
    """Counts of drugs records and of searches for drugs, each with what came of them, by force and month, and in registered localities.

    table is the CSV file in the archive and cell the first record counted there; measure_text is the label counted, with ' | ' and the
    outcome where one outcome is counted. Every record is accounted for by ``transforms.incidents``, which
    raises where one is lost.

    Raises LayoutError for an archive that holds other months, bodies or kinds than its edition, and what ``ingest_month`` raises.
    """
    registers = load_incident_registers(data)
    with tempfile.TemporaryDirectory() as folder:
        members = _members(content, edition.file, Path(folder))
        name = Path(edition.file).name
        if not members:
            raise LayoutError(
                f"{edition.source_id} {edition.id}: the archive {name} holds no file of records; fetch it again."
            )
        if edition_id_of(members) != edition.id:
            raise LayoutError(
                f"{edition.source_id} {edition.id}: the archive {name} holds {edition_id_of(members)}; put the right file there, or correct the register entry."
            )
        results = [ingest_month(group, Path(folder), registers) for group in by_month(members).values()]
        localities = read_register(data, "localities")
        of_places = locality_cells(results, localities, edition.source_id, edition.id, registers)
    accounting = pl.concat(result.accounting for result in results)
    refuse_lost_rows(accounting)
    counts = pl.concat(result.counts for result in results)
    counted = pl.concat([drug_cells(counts, accounting, edition.source_id, edition.id, registers), of_places])
    # Lines of the files: the header of each, and every record. A cell stands at the first record that it counts, or at the header.
    read = int(accounting["rows_read"].sum()) + accounting.height
    named = counted.select("table", pl.col("cell").str.extract(r"(\d+)$")).n_unique()
    quarantined = int(accounting["quarantined"].sum())
    unnamed = read - named - quarantined
    lines = {"set aside": quarantined, "header, or record that is not the first of a count": unnamed}
    return Parsed(cells=counted, rows_read=read, left_out=left_out(lines))


def edition_of_records(header: Sequence[str], source: Source, path: str, data: Path) -> Edition | str | None:
    """The edition that a single file of records is, by its header and its publisher's name; None for a header that no kind of record has.

    No column of stops and searches says whose they are, and times say the month in UTC only: without month, force and kind in its name
    a file is not read, and the reason is given instead.
    """
    columns = load_incident_registers(data).columns
    fits = any(
        {label for label, column in of_kind.items() if column.required} <= set(header) <= set(of_kind)
        for of_kind in columns.values()
    )
    if not fits:
        return None
    with tempfile.TemporaryDirectory() as folder:
        try:
            (member,) = _members(b"", path, Path(folder))
        except LayoutError:
            return (
                "it is a file of records of data.police.uk, but its name does not say of which month, force and kind; give it its publisher's name "
                "again, such as 2019-02-gwent-stop-and-search.csv"
            )
    return edition_of_month(source, edition_id_of([member]), member.month, path)


def _members(content: Original, path: str, folder: Path) -> list[Member]:
    """The files of an archive: where it stays in a store, there; else in a copy of its bytes in a folder, under its own name."""
    if isinstance(content, StoredArchive):
        return read_archive(content.address, content.etag)
    copy = folder / Path(path).name
    copy.write_bytes(_packed(content, path))
    return read_archive(str(copy))


def _packed(content: bytes, path: str) -> bytes:
    """The bytes of an archive as they are; of a single file, an archive that holds it under its own name."""
    if content.startswith(b"PK"):
        return content
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(Path(path).name, content)
    return archive.getvalue()


def edition_id_of(members: list[Member]) -> str:
    """What an archive holds, as the id of its edition: first and last month, then the body and the kind of record where there is only one."""
    months, forces, kinds = (
        sorted({getattr(member, part) for member in members}) for part in ("month", "force", "kind")
    )
    only = [names[0] for names in (forces, kinds) if len(names) == 1]
    return "-".join([f"{months[0]}-to-{months[-1]}", *only])


def edition_in(content: Original, source: Source, path: str, data: Path) -> Edition | None:
    """The edition that an archive is, by what it holds; None for a ZIP file without records of data.police.uk.

    The vintage of an archive that the register does not list is the month in which its newest file was written, never before
    the last month that it covers.
    """
    del data
    if source.id != "police_uk_archive":
        return None
    try:
        with as_file(content) as file, zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except DAMAGED:
        return None
    with tempfile.TemporaryDirectory() as folder:
        members = _members(content, path, Path(folder))
    if not members:
        return None
    found = edition_id_of(members)
    known = {edition.id: edition for edition in source.editions}
    if found in known:
        return known[found]
    written = max(entry.date_time[:2] for entry in entries)
    last = max(member.month for member in members)
    return Edition(
        source_id=source.id,
        id=found,
        title=f"Records of {found.replace('-to-', ' to ')}",
        file=path,
        file_kind="original",
        vintage=max(f"{written[0]}-{written[1]:02}", last),
    )
