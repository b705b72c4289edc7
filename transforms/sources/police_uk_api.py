"""Parser of answers of the interface of data.police.uk: the stops and searches of one force, one JSON list a month, packed together.

The records are those of the monthly archive under other names, so they are read by the same rules, ``transforms.incidents``, as its files of
stops and searches: ``data/layouts/police_uk_api_columns.csv`` says which field is which column.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from transforms.errors import LayoutError
from transforms.incidents import Original, as_file, by_month, ingest_month, load_incident_registers, read_archive
from transforms.sources.calendar import months_between
from transforms.sources.grid import LAYOUT, Parsed, layout_error, layout_rows, read_layout
from transforms.sources.police_uk_archive import accounted, believed_publication, copy_folder
from transforms.sources.registry import Edition, Source, dated
from transforms.sources.unpacked import DAMAGED, MOST_BYTES

COLUMNS = ("column_set", "column", "label", "role", "archive_label")
KIND = "stop-and-search"
_MONTH = re.compile(r"(?:.*/)?(?P<month>\d{4}-(?:0[1-9]|1[0-2]))\.json")
# What the file has to be called: no answer says of which force it is.
_OF_FORCE = re.compile(r"(?:.*/)?stops-force-(?P<force>[a-z-]+?)(?:-\d{4}-\d{2}-to-\d{4}-\d{2})?\.zip")


def parse(content: Original, edition: Edition, data: Path) -> Parsed:
    """Counts of searches for drugs by month, each with what came of them, and the numbers of each answer: as ``police_uk_archive.parse``.

    table is the name that the archive gives to a file of the same records, ending in .json. The cell is where its value stands when the answer is laid
    out as a table: the names of the fields in row 1, in their order, and a record in each row after it.

    Raises LayoutError for a file that holds other months than its edition, that is no JSON list of records with the fields of the layout, and
    what ``ingest_month`` raises.
    """
    (layout,) = layout_rows(read_layout(data, edition.source_id, LAYOUT), edition)
    fields = read_layout(data, f"{edition.source_id}_columns", COLUMNS).filter(
        pl.col("column_set") == layout["column_set"]
    )
    answers = _answers(content, edition)
    force = _force_of(edition)
    if edition.id != edition_id_of(sorted(answers), force):
        raise LayoutError(
            f"{edition.source_id} {edition.id}: {Path(edition.file).name} holds {edition_id_of(sorted(answers), force)}; put the right "
            "file there, or correct the register entry."
        )
    registers = load_incident_registers(data)
    with copy_folder() as folder:
        archive = folder / f"{Path(edition.file).stem}.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for month, answer in sorted(answers.items()):
                packed.writestr(f"{month}/{month}-{force}-{KIND}.csv", _as_csv(answer, fields, month, edition))
        members = by_month(read_archive(str(archive)))
        counted = accounted([ingest_month(group, folder, registers) for group in members.values()], edition, data)
    taken = fields.drop_nulls("archive_label")["column"].to_list()
    letters = {chr(ord("A") + place): letter for place, letter in enumerate(taken)}
    cells = counted.cells.with_columns(
        pl.col("table").str.replace(r"\.csv$", ".json"),
        pl.concat_str(
            pl.col("cell").str.extract(r"^([A-Z])").replace_strict(letters), pl.col("cell").str.extract(r"(\d+)$")
        ).alias("cell"),
    )
    return Parsed(cells=cells, rows_read=counted.rows_read, left_out=counted.left_out)


def edition_id_of(months: Sequence[str], force: str) -> str:
    """What answers hold, as the id of their edition: first and last month, force, kind of record, and that they are of the interface."""
    return f"{months[0]}-to-{months[-1]}-{force}-{KIND}-interface"


def edition_in(content: Original, source: Source, path: str, data: Path) -> Edition | str | None:
    """The edition that a ZIP file of answers is; None for one of other files, and the reason where its name does not say of which force it is."""
    try:
        with as_file(content) as file, zipfile.ZipFile(file) as archive:
            entries = {name[1]: entry for entry in archive.infolist() if (name := _MONTH.fullmatch(entry.filename))}
            if not entries or len(entries) != len(archive.infolist()):
                return None
    except DAMAGED:
        return None
    named = _OF_FORCE.fullmatch(path)
    if named is None or named["force"] not in load_incident_registers(data).bodies:
        return (
            "it holds answers of data.police.uk, but its name does not say of which force; call it stops-force-<force>.zip, such as "
            "stops-force-metropolitan.zip"
        )
    months = sorted(entries)
    found = edition_id_of(months, named["force"])
    known = next((edition for edition in source.editions if edition.id == found), None)
    if known is not None:
        return known
    written = max("{:04}-{:02}-{:02}".format(*entry.date_time) for entry in entries.values())
    body = load_incident_registers(data).bodies[named["force"]]
    edition = Edition(
        source_id=source.id,
        id=found,
        title=f"Stops and searches of {months[0]} to {months[-1]}, {body.names[0]}",
        file=path,
        file_kind="re-save",
        vintage=months[-1],
        written=written,
        layout_of=source.editions[-1].id,
    )
    return dated(edition, believed_publication(months[-1], written, source))


def _force_of(edition: Edition) -> str:
    named = _OF_FORCE.fullmatch(edition.file)
    if named is None:
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the name {Path(edition.file).name} does not say of which force it is; call it stops-force-<force>.zip."
        )
    return named["force"]


def _answers(content: Original, edition: Edition) -> dict[str, list[Any]]:
    """The list of records of each month, by month."""
    answers: dict[str, list[Any]] = {}
    try:
        with as_file(content) as file, zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                named = _MONTH.fullmatch(entry.filename)
                if named is None or entry.file_size > MOST_BYTES:
                    raise layout_error(
                        *(edition, entry.filename, None, "it is no answer for one month"),
                        "keep files named YYYY-MM.json only",
                    )
                with archive.open(entry) as stream:
                    answer = json.loads(stream.read(MOST_BYTES + 1))
                if not isinstance(answer, list) or not answer:
                    raise layout_error(edition, entry.filename, None, "it is no list of records", "ask for it again")
                answers[named["month"]] = answer
    except DAMAGED as error:
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the file is damaged ({error}); ask for its months again."
        ) from error
    months = sorted(answers)
    if not months or months_between(months[0], months[-1]) + 1 != len(months):
        raise LayoutError(
            f"{edition.source_id} {edition.id}: the months {', '.join(months) or '(none)'} do not follow each other; ask for those between."
        )
    return answers


def _as_csv(answer: list[Any], fields: pl.DataFrame, month: str, edition: Edition) -> bytes:
    """An answer as the archive's file of the same records: its columns, in the order of the fields."""
    known = fields["label"].to_list()
    taken = list(fields.drop_nulls("archive_label").select("label", "archive_label").iter_rows())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(label for _, label in taken)
    for number, record in enumerate(answer, 2):
        if not isinstance(record, Mapping) or {*_flat(record)} != {*known}:
            names = ", ".join(sorted({*_flat(record)} ^ {*known})) if isinstance(record, Mapping) else "all"
            raise layout_error(
                *(
                    edition,
                    f"{month}.json",
                    f"A{number}",
                    f"the fields of the record are others than in the layout: {names}",
                ),
                f"look at the answer, and at data/layouts/{edition.source_id}_columns.csv",
            )
        flat = _flat(record)
        writer.writerow("" if flat[field] is None else flat[field] for field, _ in taken)
    # JSON can name half of a character, which no file of text can hold.
    return text.getvalue().encode("utf-8", "replace")


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without the nesting of its place."""
    place = record.get("location")
    place = place if isinstance(place, Mapping) else {}
    inner = {f"location.{name}": place.get(name) for name in ("latitude", "longitude")} if "location" in record else {}
    return {name: value for name, value in record.items() if name != "location"} | inner
