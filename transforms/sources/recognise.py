"""What one file of a landing folder is: its source and edition, read from its bytes, whatever it is called.

A table is known by the labels of its header, which must be those of a column set of ``data/layouts``; a workbook by its sheets and titles;
where the bytes do not say the edition, the path does. What becomes of the files of a folder together is in transforms.sources.landing.
"""

import csv
import dataclasses
import importlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from transforms.contracts.registers import read_authored
from transforms.errors import LayoutError
from transforms.incidents import Original, StoredArchive, as_file
from transforms.sources.grid import PARQUET, column_label, column_names, separator
from transforms.sources.police_uk_archive import edition_of_records
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import sheet_heads, words_held
from transforms.sources.unpacked import DAMAGED
from transforms.stray_files import is_left_behind

READ: Final = "read"
COPY: Final = "copy"
SET_ASIDE: Final = "set aside"
NOT_RECOGNISED: Final = "not recognised"
REFUSED: Final = "refused"

_HEAD_BYTES = 1 << 16
_SIGNATURE_BYTES = 32
_HEADER_WITHIN = 12
_LISTS_OF_FILES = ("MANIFEST.csv", "fetched.jsonl")
# What files are that are not read here, by their first bytes, packed with gzip or not.
_OTHER_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"RDX", "a file of R's data (.rda)"),
    (b"RDA", "a file of R's data (.rda)"),
    (b"X\n\x00\x00\x00", "a file of R's data (.rds)"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"$FL", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
    (b"\x80\x04\x95", "a Python pickle"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a file packed with bzip2"),
    (b"\xfd7zXZ", "a file packed with xz"),
    (b"\x28\xb5\x2f\xfd", "a file packed with zstd"),
)
# Of the labels of a table, how many a file must share before it is said to be like that table.
_ALIKE = 0.5
ARCHIVE_PARSER: Final = "police_uk_archive"
_PARSERS_OF_RECORDS: Final = (ARCHIVE_PARSER, "police_uk_api")
_ANSWER = re.compile(r"(?:^|/)\d{4}-\d{2}\.json$")
_ARCHIVE_MEMBER = re.compile(r"(?:^|/)\d{4}-\d{2}-[a-z-]+-(?:street|outcomes|stop-and-search)\.csv$")


@dataclass(frozen=True)
class LandingFile:
    """One file of a landing folder: ``path`` below the folder; ``outcome`` 'read', 'copy', 'set aside' (known, and no table), 'refused' or 'not recognised'.

    ``editions`` are those that the file holds, with ``file`` set to its path; empty unless it is read.
    """

    path: str
    bytes: int
    sha256: str
    outcome: str
    source_id: str | None = None
    editions: tuple[Edition, ...] = ()
    reason: str | None = None


def why_no_data(path: str) -> str | None:
    """Why a file of this name is none that was published, whatever is in it; None for any other name."""
    name = path.rpartition("/")[2]
    if name in _LISTS_OF_FILES:
        return "it is the folder's own list of files"
    return "it is what a file manager leaves behind" if is_left_behind(name) else None


def holds_records(names: Iterable[str]) -> bool:
    """Whether a ZIP file with these names in it is an archive of records of data.police.uk."""
    return any(_ARCHIVE_MEMBER.search(name) for name in names)


def _holds_answers(names: Sequence[str]) -> bool:
    """Whether a ZIP file with these names in it holds answers of the interface of data.police.uk, and nothing else."""
    return bool(names) and all(_ANSWER.search(name) for name in names)


def recognised(
    file: LandingFile, content: Original, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    """The file as the edition or editions that it holds, or with the reason why it is not read; ``headers`` is ``known_headers``."""
    if isinstance(content, StoredArchive):
        return _workbook(file, content, sources, headers, data)
    if problem := _not_a_table(content):
        return dataclasses.replace(file, reason=problem)
    if content.startswith(b"PK"):
        return _workbook(file, content, sources, headers, data)
    try:
        records = _head(content)
    except (zlib.error, UnicodeDecodeError, ValueError, csv.Error) as error:
        return dataclasses.replace(file, reason=f"it is no table that can be read ({error}); fetch it again")
    matches = _matching_headers(records, headers)
    if not matches:
        return _of_records(records, file, sources, data) or dataclasses.replace(file, reason=_nearest(records, headers))
    for source_id, column_set in matches:
        try:
            editions, reason = _editions(sources[source_id], column_set, headers, file.path, content, data)
        except LayoutError as error:
            return dataclasses.replace(file, outcome=REFUSED, source_id=source_id, reason=str(error))
        told = _as_read(file, sources[source_id], editions, reason)
        # Several sources may have tables of the same columns: the first that knows the edition has the file.
        if told.outcome == READ:
            break
    return told


def _of_records(
    records: list[list[str]], file: LandingFile, sources: Mapping[str, Source], data: Path
) -> LandingFile | None:
    """A single file out of an archive of records, as the edition that it is or with the reason why not; None for another kind of file."""
    source = next((source for source in sources.values() if source.parser == ARCHIVE_PARSER), None)
    if source is None or not records:
        return None
    found = edition_of_records(records[0], source, file.path, data)
    if found is None:
        return None
    return _as_read(file, source, (), found) if isinstance(found, str) else _as_read(file, source, [found], None)


def _as_read(file: LandingFile, source: Source, editions: Iterable[Edition], reason: str | None) -> LandingFile:
    here = tuple(dataclasses.replace(edition, file=file.path) for edition in editions)
    outcome = READ if here else NOT_RECOGNISED
    return dataclasses.replace(
        file, outcome=outcome, source_id=source.id, editions=here, reason=None if here else reason
    )


def _not_a_table(content: bytes) -> str | None:
    start = content[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "it is a web page, where a data file should be; fetch it again"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return "it is an encrypted workbook or one of the old binary format; save it as XLSX"
    begins = _unpacked_head(content)
    if what := next((what for start, what in _OTHER_FORMATS if begins.startswith(start)), None):
        return f"it is {what}, which is not read here; put the publisher's CSV, XLSX or ODS file here"
    return None if content.startswith((PARQUET, b"PK", b"\x1f\x8b")) else _not_in_utf8(content)


def _not_in_utf8(content: bytes) -> str | None:
    """Why a file that is not packed is no text in UTF-8; a character that is half there at its end is left to who reads it."""
    begins = content[:_SIGNATURE_BYTES]
    halves = (begins[::2], begins[1::2])
    if begins.startswith((b"\xff\xfe", b"\xfe\xff")) or any(half and not half.strip(b"\0") for half in halves):
        return "it is text in UTF-16 or UTF-32, which is not read; save it as CSV in UTF-8"
    try:
        content.decode()
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            line = content.count(b"\n", 0, error.start) + 1
            return (
                f"it is no text in UTF-8, as line {line:,} shows (byte {content[error.start]:#04x}), and may be saved by a spreadsheet program in "
                "the letters of its own system; save it as CSV in UTF-8, or fetch it again"
            )
    return None


def _unpacked_head(content: bytes) -> bytes:
    """The first bytes of a file, or of what is packed in it with gzip; nothing of a file that cannot be unpacked."""
    if not content.startswith(b"\x1f\x8b"):
        return content[:_SIGNATURE_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(content[:_HEAD_BYTES], _SIGNATURE_BYTES)
    except zlib.error:
        return b""


def _workbook(
    file: LandingFile, content: Original, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    """An XLSX or ODS workbook by the parser that claims it, or with what it is most like; any other ZIP file is named for what it holds."""
    try:
        with as_file(content) as opened, zipfile.ZipFile(opened) as archive:
            names = archive.namelist()
    except DAMAGED:
        return dataclasses.replace(file, reason="the workbook or archive is cut short; fetch it again")
    is_archive = holds_records(names) or _holds_answers(names)
    if not is_archive and "xl/workbook.xml" not in names and "content.xml" not in names:
        return dataclasses.replace(file, reason="it is a ZIP file without a workbook; unpack it first")
    # An archive of records is known by its files alone: publishers reuse its name, and no workbook is looked for in it.
    for source in () if is_archive else sources.values():
        for edition in source.editions:
            if edition.file == file.path:
                return _as_read(file, source, [each for each in source.editions if each.file == file.path], None)
    reason = None
    for source, recognise in _recognisers(sources):
        if is_archive != (source.parser in _PARSERS_OF_RECORDS):
            continue
        try:
            found = recognise(content, source, file.path, data)
        except LayoutError as error:
            # One reader that cannot open a workbook says nothing of the others.
            reason = str(error)
            continue
        if isinstance(found, str):
            return _as_read(file, source, (), found)
        if found is not None:
            return _as_read(file, source, [found], None)
    rows = _first_rows(content, file, headers) if isinstance(content, bytes) else []
    return dataclasses.replace(file, reason=reason or _nearest(rows, headers))


def _first_rows(content: bytes, file: LandingFile, headers: pl.DataFrame) -> list[list[str]]:
    """The first rows of every sheet of a workbook that has half of the labels of some table that is known; of another, none is looked at."""
    held = words_held(content, headers["labels"].explode().drop_nulls().unique(), within=1 << 20)
    shares = headers.select(pl.col("labels").list.eval(pl.element().is_in(list(held))).list.mean())["labels"]
    if not (shares >= _ALIKE).any():
        return []
    try:
        heads = sheet_heads(content, Edition("landing", "unknown", "", file.path, "original", ""), ".*", _HEADER_WITHIN)
    except LayoutError:
        return []
    return [[text for text in row[1:] if text] for head in heads.values() for row in head.iter_rows()]


def _recognisers(
    sources: Mapping[str, Source],
) -> Iterator[tuple[Source, Callable[[Original, Source, str, Path], Edition | str | None]]]:
    """Sources whose parser can tell an edition from bytes: (source, its ``edition_in``, which gives an edition, a reason why not, or None)."""
    for source in sources.values():
        if source.parser != "none":
            module = importlib.import_module(f"transforms.sources.{source.parser}")
            if recognise := getattr(module, "edition_in", None):
                yield source, recognise


def _head(content: bytes) -> list[list[str]]:
    """The first records of a CSV file, gzipped or not, with any line ends; of a Parquet table the names of its columns, of a GeoJSON file those of the first feature's properties."""
    if content.startswith(PARQUET):
        return [column_names(content)]
    if content.startswith(b"\x1f\x8b"):
        content = zlib.decompressobj(wbits=31).decompress(content, _HEAD_BYTES)
    if content.startswith(b"PK"):
        raise ValueError("it is a packed workbook or archive, which is read as its publisher gives it")
    if content.lstrip().startswith(b"{"):
        return [_property_names(content)]
    # Cut at a whole character: the last one of the head may be half there.
    text = content[:_HEAD_BYTES].decode("utf-8-sig", errors="strict" if len(content) <= _HEAD_BYTES else "ignore")
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=separator(content[:_HEAD_BYTES]))
    return [record for record, _ in zip(reader, range(_HEADER_WITHIN), strict=False)]


def _property_names(content: bytes) -> list[str]:
    """The names of the first feature's properties; raises ValueError for JSON that is no collection of features."""
    try:
        features = json.loads(content).get("features") or [{}]
        return list(features[0].get("properties", {}))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is JSON, and no collection of features") from error


def known_headers(sources: Mapping[str, Source], data: Path) -> pl.DataFrame:
    """The labels of every column set: source_id, column_set, labels (sorted list), edition_ids (in the layout's order)."""
    frames = []
    for source in sources.values():
        columns, layout = (data / "layouts" / f"{source.id}{ending}.csv" for ending in ("_columns", ""))
        if not columns.is_file():
            continue
        labels = (
            read_authored(columns)
            .filter(pl.col("role") != "heading")
            .with_columns(column_label(pl.col("label")).alias("label"))
            .group_by("column_set", maintain_order=True)
            .agg(pl.col("label").unique().sort().alias("labels"))
        )
        editions = read_authored(layout).group_by("column_set").agg(pl.col("edition_id").alias("edition_ids"))
        frames.append(
            labels.join(editions, on="column_set", how="left", maintain_order="left").select(
                pl.lit(source.id).alias("source_id"), "column_set", "labels", "edition_ids"
            )
        )
    return pl.concat(frames)


def _labels(record: list[str]) -> list[str]:
    return pl.Series(record, dtype=pl.String).to_frame("label").select(column_label(pl.col("label")))["label"].to_list()


def _matching_headers(records: list[list[str]], headers: pl.DataFrame) -> list[tuple[str, str]]:
    """Source and column set of every table whose labels are those of a record; of several column sets of one source the last."""
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for row in headers.iter_rows(named=True):
        known.setdefault(tuple(row["labels"]), {})[row["source_id"]] = row["column_set"]
    for record in records:
        labels = tuple(sorted({label for label in _labels(record) if label}))
        if labels in known:
            return list(known[labels].items())
    return []


def _nearest(records: list[list[str]], headers: pl.DataFrame) -> str:
    """What the file is most like, and what differs."""
    best: tuple[float, str] = (0.0, "no source has a table with these columns, or a workbook with these titles")
    for record in records:
        found = {label for label in _labels(record) if label}
        for row in headers.iter_rows(named=True):
            wanted = set(row["labels"])
            alike = len(found & wanted) / max(1, len(found | wanted))
            if alike > best[0] and alike >= _ALIKE:
                new, missing = sorted(found - wanted), sorted(wanted - found)
                differs = "; ".join(
                    f"{what} {', '.join(map(repr, labels))}"
                    for what, labels in (("new:", new), ("missing:", missing))
                    if labels
                )
                best = (
                    alike,
                    f"it is like a table of {row['source_id']}, but its columns differ ({differs}); look at the file, then describe it in data/layouts",
                )
    return best[1]


def _editions(
    source: Source, column_set: str, headers: pl.DataFrame, path: str, content: bytes, data: Path
) -> tuple[list[Edition], str | None]:
    """The editions that a table with this column set holds, or the reason why that cannot be told."""
    (listed,) = headers.filter(source_id=source.id, column_set=column_set)["edition_ids"].to_list()
    ids: list[str] = listed or []
    of_layout = [edition for edition in source.editions if edition.id in ids]
    module = importlib.import_module(f"transforms.sources.{source.parser}")
    if release := getattr(module, "editions_in", None):
        found = release(content, source, path, data)
        if isinstance(found, str):
            return [], found
        return [each if each.id in ids else dataclasses.replace(each, layout_of=ids[-1]) for each in found], None
    if recognise := getattr(module, "edition_in", None):
        edition = recognise(content, source, path, data)
        if isinstance(edition, str):
            return [], edition
        if edition is None:
            where = f"put it into a folder named after the edition{f', such as {ids[-1]}' if ids else ''}"
            return [], f"it is a table of {source.id}, but neither its bytes nor its path say of which edition; {where}"
        # An edition that the register knows in another shape, or not at all, is laid out as one that has these columns.
        return [edition if edition.id in ids or not ids else dataclasses.replace(edition, layout_of=ids[-1])], None
    files = dict.fromkeys(edition.file for edition in of_layout)
    if len(files) == 1:
        return of_layout, None
    at_path = [edition for edition in of_layout if edition.file == path]
    return (
        at_path,
        f"it is a table of {source.id}, whose editions {', '.join(ids) or '(none is listed)'} cannot be told apart by it",
    )
