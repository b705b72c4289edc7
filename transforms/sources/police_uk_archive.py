"""Parser of the archives of data.police.uk, and of single files out of one: records, counted by force and month.

The records themselves are read by ``transforms.incidents``.
"""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from transforms.contracts.incidents import SET_ASIDE
from transforms.contracts.registers import read_register
from transforms.errors import CountyLinesError, LayoutError
from transforms.incidents import (
    Member,
    MonthResult,
    Original,
    StoredArchive,
    as_file,
    by_month,
    district_cells,
    drug_cells,
    file_cells,
    ingest_month,
    load_incident_registers,
    read_archive,
    refuse_lost_rows,
    sha256_of,
)
from transforms.sources.calendar import edition_of_month, expected_vintage, months_between
from transforms.sources.grid import Parsed, left_out
from transforms.sources.registry import PROPERTIES, TIMETABLE, Edition, Publication, Source, dated
from transforms.sources.unpacked import DAMAGED

# After the last month in it the publisher's own archive is made within so many months.
_MONTHS_TO_BELIEVE = 3
_KIND_NAMES = {"street": "Street crimes", "outcomes": "Outcomes of crimes", "stop-and-search": "Stops and searches"}


def parse(content: Original, edition: Edition, data: Path) -> Parsed:
    """Counts of drugs records and of searches for drugs, each with what came of them, by force and month, and drugs records by district; and the
    numbers of each file: its rows, the records kept, the rows set aside by reason.

    table is the CSV file in the archive and cell the first record counted there; measure_text is the label counted, with ' | ' and the
    outcome where one outcome is counted. Every record is accounted for by ``transforms.incidents``, which
    raises where one is lost.

    Raises LayoutError for an archive that holds other months, bodies or kinds than its edition, and what ``ingest_month`` raises.
    """
    registers = load_incident_registers(data)
    with copy_folder() as folder:
        members = _members(content, edition.file, folder)
        name = Path(edition.file).name
        if not members:
            raise LayoutError(
                f"{edition.source_id} {edition.id}: the archive {name} holds no file of records; fetch it again."
            )
        if edition.id not in (edition_id_of(members), told_apart(edition_id_of(members), sha256_of(content))):
            raise LayoutError(
                f"{edition.source_id} {edition.id}: the archive {name} holds {edition_id_of(members)}; put the right file there, or correct the register entry."
            )
        return accounted(
            [ingest_month(group, folder, registers) for group in by_month(members).values()], edition, data
        )


def accounted(results: Sequence[MonthResult], edition: Edition, data: Path) -> Parsed:
    """The counts of months of records as cells, and what became of each line of their files; what ``ingest_month`` wrote is still there.

    Raises what ``refuse_lost_rows`` raises.
    """
    registers = load_incident_registers(data)
    accounting = pl.concat(result.accounting for result in results)
    refuse_lost_rows(accounting)
    of_files = file_cells(results, edition.source_id, edition.id, registers)
    of_places = district_cells(results, read_register(data, "localities"), edition.source_id, edition.id, registers)
    counted = pl.concat([drug_cells(results, edition.source_id, edition.id, registers), of_files, of_places])
    # Lines of the files: the header of each, and every record. A cell stands at the first record that it counts, or at the header.
    read = int(accounting["rows_read"].sum()) + accounting.height
    named = counted.select("table", pl.col("cell").str.extract(r"(\d+)$")).n_unique()
    # Of the rows set aside for one reason, the first is a cell.
    is_set_aside = of_files["measure_text"].str.starts_with(SET_ASIDE)
    quarantined = int(accounting["quarantined"].sum()) - int(is_set_aside.sum())
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
    if path.endswith(".gz"):
        return "it is a packed file of records of data.police.uk; unpack it, and it is read"
    with copy_folder() as folder:
        try:
            (member,) = _members(b"", path, folder)
        except LayoutError:
            return (
                "it is a file of records of data.police.uk, but its name does not say of which month, force and kind; give it its publisher's name "
                "again, such as 2019-02-gwent-stop-and-search.csv"
            )
    return edition_of_month(source, edition_id_of([member]), _title([member], data), member.month, path)


@contextmanager
def copy_folder() -> Iterator[Path]:
    """A folder for a copy of an archive; what is wrong with the archive is said without the folder's name."""
    with tempfile.TemporaryDirectory() as name:
        try:
            yield Path(name)
        except CountyLinesError as error:
            raise type(error)(str(error).replace(f"{name}/", "")) from error


def _members(content: Original, path: str, folder: Path) -> list[Member]:
    """The files of an archive: where it stays in a store, there; else in a copy of its bytes in a folder, under its own name."""
    if isinstance(content, StoredArchive):
        return read_archive(content.address, content.etag)
    copy = folder / Path(path).name
    copy.write_bytes(content)
    return read_archive(str(copy))


def edition_id_of(members: list[Member]) -> str:
    """What an archive holds, as the id of its edition: first and last month, then the body and the kind of record where there is only one."""
    months, forces, kinds = (
        sorted({getattr(member, part) for member in members}) for part in ("month", "force", "kind")
    )
    only = [names[0] for names in (forces, kinds) if len(names) == 1]
    return "-".join([f"{months[0]}-to-{months[-1]}", *only])


def _title(members: Sequence[Member], data: Path) -> str:
    """What an archive holds, in words: 'Street crimes of January to December 2025', with the body where there is only one."""
    kinds, forces = ({getattr(member, part) for member in members} for part in ("kind", "force"))
    months = sorted({member.month for member in members})
    first, last = (date.fromisoformat(f"{month}-01") for month in (months[0], months[-1]))
    since = "" if first == last else f"{first:%B} to " if first.year == last.year else f"{first:%B %Y} to "
    what = _KIND_NAMES[kinds.pop()] if len(kinds) == 1 else "Records"
    bodies = load_incident_registers(data).bodies
    whose = [bodies[force].names[0] for force in forces if len(forces) == 1 and force in bodies]
    return ", ".join([f"{what} of {since}{last:%B %Y}", *whose])


def told_apart(edition_id: str, sha256: str) -> str:
    """The id of an edition of which another archive, with other bytes, holds the same months, body and kind: with the start of its checksum."""
    return f"{edition_id}-{sha256[:8]}"


def believed_publication(last: str, written: str, source: Source) -> Publication:
    """The month in which an archive was published, what that rests on, and why its own dates are not believed where they are not.

    ``last`` is the last month in it, ``written`` the newest day that it states for its files.

    Its files were written when the publisher made it, from the last month that it covers to three months later; a later day is that of
    packing it again, an earlier one is no day. Without a day to believe, it is the first release at least two months after that month.
    """
    months = months_between(last, written[:7])
    if 0 <= months <= _MONTHS_TO_BELIEVE:
        return Publication(written[:7], PROPERTIES)
    end = pl.select(pl.lit(f"{last}-01").str.to_date().dt.month_end()).item()
    when = f"more than {_MONTHS_TO_BELIEVE} months after" if months > 0 else "before"
    return Publication(
        expected_vintage(source, end, 2),
        TIMETABLE,
        f"Its files are dated {written}, {when} {last}, the last month in it: that is when it was packed again, which does not say when it was published.",
    )


def edition_in(content: Original, source: Source, path: str, data: Path) -> Edition | None:
    """The edition that an archive is, by what it holds; None for a ZIP file without records of data.police.uk.

    Its month of publication is `believed_publication`; an archive that the register lists keeps the register's where its own dates are
    not believed. Any other archive whose dates are not believed was packed again, and is no original.
    """
    if source.id != "police_uk_archive":
        return None
    try:
        with as_file(content) as file, zipfile.ZipFile(file):
            pass
    except DAMAGED:
        return None
    with copy_folder() as folder:
        members = _members(content, path, folder)
    if not members:
        return None
    found, last = edition_id_of(members), max(member.month for member in members)
    written = max(member.written for member in members)
    believed = believed_publication(last, written, source)
    known = next((edition for edition in source.editions if edition.id == found), None)
    if known is not None:
        listed = Publication(known.vintage, known.vintage_basis, believed.note)
        return replace(dated(known, listed if believed.basis == TIMETABLE else believed), written=written)
    return dated(
        Edition(
            source_id=source.id,
            id=found,
            title=_title(members, data),
            file=path,
            file_kind="re-save" if believed.basis == TIMETABLE else "original",
            vintage=believed.month,
            written=written,
        ),
        believed,
    )
