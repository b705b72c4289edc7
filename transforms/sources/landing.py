"""What the files in a landing folder are: source and edition read from their bytes, wherever they lie and whatever they are called.

Nothing in the folder is changed. A file that no source knows, and a new edition that its parser refuses, do not stop a build; they are
named with the reason. An edition that the register lists and that cannot be read does stop it, in its parser.
"""

import csv
import dataclasses
import hashlib
import importlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from transforms.contracts.tables import LANDING_FILES
from transforms.errors import CountyLinesError, LayoutError
from transforms.sources.grid import column_label
from transforms.sources.police_uk_archive import edition_of_records
from transforms.sources.published import CellsOf, cells_of
from transforms.sources.registry import Edition, Source
from transforms.sources.sheets import sheet_heads, words_held
from transforms.sources.unpacked import DAMAGED

READ: Final = "read"
COPY: Final = "copy"
SET_ASIDE: Final = "set aside"
NOT_RECOGNISED: Final = "not recognised"
REFUSED: Final = "refused"

_HEAD_BYTES = 1 << 16
_HEADER_WITHIN = 12
_LISTS_OF_FILES = ("MANIFEST.csv", "fetched.jsonl")
# Of the labels of a table, how many a file must share before it is said to be like that table.
_ALIKE = 0.5
ARCHIVE_PARSER: Final = "police_uk_archive"
_ARCHIVE_MEMBER = r"(?:^|/)\d{4}-\d{2}-[a-z-]+-(?:street|outcomes|stop-and-search)\.csv$"


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


def survey(
    folder: Path, sources: Mapping[str, Source], data: Path, parse: CellsOf = cells_of
) -> tuple[LandingFile, ...]:
    """Every file below the folder, in the order of the paths, and what it is.

    A table is known by the labels of its header, which must be those of a column set of ``data/layouts``; a workbook by its sheets and
    titles. Where the bytes do not say the edition, the path does. Of two files that differ and hold one edition, the one at the path
    that the register gives is read, and otherwise the one that was written last, unless its parser cannot read it. An edition that the
    register does not list is given to ``parse`` once, and refused with its reason where it cannot be read. Links to folders are not
    followed; they, and what cannot be opened, are named.
    """
    registered = {edition.file for source in sources.values() for edition in source.editions}
    paths = sorted(
        (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()),
        key=lambda path: (path.relative_to(folder).as_posix() not in registered, -path.lstat().st_mtime_ns, path),
    )
    headers = _headers(sources, data)
    by_checksum: dict[str, str] = {}
    taken: dict[tuple[str, str], str] = {}
    found: dict[str, LandingFile] = {}
    for path in paths:
        content, problem = _opened(path)
        name, sha256 = path.relative_to(folder).as_posix(), hashlib.sha256(content).hexdigest()
        file = LandingFile(path=name, bytes=len(content), sha256=sha256, outcome=NOT_RECOGNISED, reason=problem)
        if problem:
            found[name] = file
            continue
        if sha256 in by_checksum:
            file = dataclasses.replace(file, outcome=COPY, reason=f"the same bytes as {by_checksum[sha256]}")
        else:
            by_checksum[sha256] = name
            file = _recognised(file, content, sources, headers, data)
        held = [(edition.source_id, edition.id) for edition in file.editions]
        for other in {taken[key] for key in held if key in taken}:
            found[other] = _tried(found[other], (folder / other).read_bytes(), sources, data, parse, listed=True)
        taken = {key: other for key, other in taken.items() if found[other].editions}
        if again := [taken[key] for key in held if key in taken]:
            reason = f"{again[0]} is read for the same edition, with other bytes; keep the one that you mean"
            file = dataclasses.replace(file, outcome=NOT_RECOGNISED, editions=(), reason=reason)
        file = _tried(file, content, sources, data, parse)
        taken |= {(edition.source_id, edition.id): name for edition in file.editions}
        found[name] = file
    return tuple(sorted(found.values(), key=lambda file: file.path))


def _opened(path: Path) -> tuple[bytes, str | None]:
    """The bytes of a file; where they cannot be had, or there are none, the reason too."""
    if path.is_dir():
        return b"", "it is a link to a folder, which is not followed; put its files here"
    if path.exists() and not path.is_file():
        return b"", "it is no file but a device, pipe or socket"
    try:
        content = path.read_bytes()
    except OSError as error:
        return b"", f"it cannot be opened ({error.strerror}); put a copy here that can be read"
    return content, None if content else "the file is empty; fetch it again"


def with_landing(sources: Mapping[str, Source], files: Iterable[LandingFile]) -> dict[str, Source]:
    """The register as the folder completes it: editions at the paths where their files lie, and editions that it did not list."""
    held: dict[str, dict[str, Edition]] = {}
    for file in files:
        for edition in file.editions:
            held.setdefault(edition.source_id, {})[edition.id] = edition
    return {source_id: _completed(source, held.get(source_id, {})) for source_id, source in sources.items()}


def landing_frame(
    files: Iterable[LandingFile],
    sources: Mapping[str, Source],
    cells: pl.DataFrame,
    outcomes: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """One row for each file of the landing folder: the contract LANDING_FILES.

    ``cells`` has source_id, edition_id and kind of every cell read; ``outcomes`` are the tables observations, excluded (with its
    ``rule``) and unmatched. Of a source that is kept as cells only, every figure is excluded, with that reason. Of a file that is not
    read the numbers are null.
    """
    edition = ["source_id", "edition_id"]
    counted = [
        cells.group_by(edition).agg(pl.len().alias("cells"), (pl.col("kind") == "note").sum().alias("footnotes")),
        outcomes["observations"].group_by(edition).agg(pl.len().alias("matched")),
        outcomes["excluded"]
        .group_by(*edition, "rule")
        .len()
        .sort("rule")
        .group_by(edition)
        .agg(pl.sum("len").alias("excluded"), pl.format("{} ({})", "rule", "len").str.join(", ").alias("rules")),
        outcomes["unmatched"].group_by(edition).agg(pl.len().alias("unmatched")),
    ]
    held = pl.DataFrame(
        [(file.path, each.source_id, each.id) for file in files for each in file.editions],
        schema=["file", *edition],
        orient="row",
    )
    for counts in counted:
        held = held.join(counts, on=edition, how="left", maintain_order="left")
    numbers = ["cells", "matched", "excluded", "unmatched", "footnotes"]
    of_file = held.group_by("file").agg(
        pl.col(numbers).sum().cast(pl.Int64), pl.col("rules").drop_nulls().unique().sort().str.join("; ")
    )
    is_read = pl.col("outcome") == READ
    is_cells_only = is_read & pl.col("source_id").is_in(
        [source.id for source in sources.values() if source.reaches == "raw"]
    )
    listed = pl.DataFrame(
        [
            (
                file.path,
                file.bytes,
                file.sha256,
                file.outcome,
                file.source_id,
                ", ".join(e.id for e in file.editions) or None,
                file.reason,
            )
            for file in files
        ],
        schema=["file", "bytes", "sha256", "outcome", "source_id", "editions", "reason"],
        orient="row",
    )
    return (
        listed.join(of_file, on="file", how="left", maintain_order="left")
        .with_columns(pl.col("cells").fill_null(0))
        .with_columns(
            pl.when(is_cells_only).then(pl.col("cells") - pl.col("footnotes")).otherwise("excluded").alias("excluded"),
            pl.when(is_cells_only)
            .then(pl.format("kept as cells, no meaning given ({})", pl.col("cells") - pl.col("footnotes")))
            .otherwise("rules")
            .alias("rules"),
        )
        .with_columns(pl.when(is_read).then(pl.col(name)).alias(name) for name in numbers[1:])
        .with_columns(
            (
                pl.col("cells") - pl.sum_horizontal("matched", "excluded", "unmatched", "footnotes", ignore_nulls=False)
            ).alias("unaccounted"),
            pl.coalesce("reason", pl.col("rules").replace("", None)).alias("why"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in LANDING_FILES.schema.items())
    )


def _completed(source: Source, held: Mapping[str, Edition]) -> Source:
    listed = tuple(held.get(edition.id, edition) for edition in source.editions)
    known = {edition.id for edition in source.editions}
    more = [edition for edition_id, edition in held.items() if edition_id not in known]
    by_period = sorted(
        (*listed, *more), key=lambda edition: (edition.period_end is None, edition.period_end, edition.id)
    )
    return dataclasses.replace(source, editions=tuple(by_period) if more else listed)


def _recognised(
    file: LandingFile, content: bytes, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    if file.path.rpartition("/")[2] in _LISTS_OF_FILES:
        return dataclasses.replace(file, outcome=SET_ASIDE, reason="it is the folder's own list of files")
    if problem := _not_a_table(content):
        return dataclasses.replace(file, reason=problem)
    if content.startswith(b"PK"):
        return _workbook(file, content, sources, headers, data)
    try:
        records = _head(content)
    except (zlib.error, UnicodeDecodeError, ValueError, csv.Error) as error:
        return dataclasses.replace(file, reason=f"it is no table that can be read ({error}); fetch it again")
    match = _matching_header(records, headers)
    if match is None:
        return _of_records(records, file, sources, data) or dataclasses.replace(file, reason=_nearest(records, headers))
    source_id, column_set = match
    editions, reason = _editions(sources[source_id], column_set, headers, file.path, content, data)
    return _as_read(file, sources[source_id], editions, reason)


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


def _tried(
    file: LandingFile,
    content: bytes,
    sources: Mapping[str, Source],
    data: Path,
    parse: CellsOf,
    *,
    listed: bool = False,
) -> LandingFile:
    """The file, or its refusal where it is an edition that the register does not list, or does list, and that its parser cannot read."""
    if file.source_id is None:
        return file
    source = sources[file.source_id]
    known = {edition.id for edition in source.editions}
    try:
        for edition in file.editions:
            if listed == (edition.id in known and not edition.layout_of):
                parse(source, edition, content, data)
    except CountyLinesError as error:
        return dataclasses.replace(file, outcome=REFUSED, editions=(), reason=str(error))
    return file


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
    if content.startswith(b"%PDF"):
        return "it is a PDF, which no source here is read from"
    return None


def _workbook(
    file: LandingFile, content: bytes, sources: Mapping[str, Source], headers: pl.DataFrame, data: Path
) -> LandingFile:
    """An XLSX or ODS workbook by the parser that claims it, or with what it is most like; any other ZIP file is named for what it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except DAMAGED:
        return dataclasses.replace(file, reason="the workbook or archive is cut short; fetch it again")
    is_archive = pl.Series(names, dtype=pl.String).str.contains(_ARCHIVE_MEMBER).any()
    if not is_archive and "xl/workbook.xml" not in names and "content.xml" not in names:
        return dataclasses.replace(file, reason="it is a ZIP file without a workbook; unpack it first")
    # An archive of records is known by its files alone: publishers reuse its name, and no workbook is looked for in it.
    for source in () if is_archive else sources.values():
        for edition in source.editions:
            if edition.file == file.path:
                return _as_read(file, source, [each for each in source.editions if each.file == file.path], None)
    reason = None
    for source, recognise in _recognisers(sources):
        if is_archive != (source.parser == ARCHIVE_PARSER):
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
    return dataclasses.replace(file, reason=reason or _nearest(_first_rows(content, file, headers), headers))


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
) -> Iterator[tuple[Source, Callable[[bytes, Source, str, Path], Edition | str | None]]]:
    """Sources whose parser can tell an edition from bytes: (source, its ``edition_in``, which gives an edition, a reason why not, or None)."""
    for source in sources.values():
        if source.parser != "none":
            module = importlib.import_module(f"transforms.sources.{source.parser}")
            if recognise := getattr(module, "edition_in", None):
                yield source, recognise


def _head(content: bytes) -> list[list[str]]:
    """The first records of a CSV file, gzipped or not, with any line ends; of a GeoJSON file the names of the first feature's properties."""
    if content.startswith(b"\x1f\x8b"):
        content = zlib.decompressobj(wbits=31).decompress(content, _HEAD_BYTES)
    if content.startswith(b"PK"):
        raise ValueError("it is a packed workbook or archive, which is read as its publisher gives it")
    if content.lstrip().startswith(b"{"):
        return [_property_names(content)]
    # Cut at a whole character: the last one of the head may be half there.
    text = content[:_HEAD_BYTES].decode("utf-8-sig", errors="strict" if len(content) <= _HEAD_BYTES else "ignore")
    lines = text.splitlines(keepends=True)
    return [record for record, _ in zip(csv.reader(lines), range(_HEADER_WITHIN), strict=False)]


def _property_names(content: bytes) -> list[str]:
    """The names of the first feature's properties; raises ValueError for JSON that is no collection of features."""
    try:
        features = json.loads(content).get("features") or [{}]
        return list(features[0].get("properties", {}))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is JSON, and no collection of features") from error


def _headers(sources: Mapping[str, Source], data: Path) -> pl.DataFrame:
    """The labels of every column set: source_id, column_set, labels (sorted list), edition_ids (in the layout's order)."""
    frames = []
    for source in sources.values():
        columns, layout = (data / "layouts" / f"{source.id}{ending}.csv" for ending in ("_columns", ""))
        if not columns.is_file():
            continue
        labels = (
            pl.read_csv(columns, infer_schema=False)
            .filter(pl.col("role") != "heading")
            .with_columns(column_label(pl.col("label")).alias("label"))
            .group_by("column_set", maintain_order=True)
            .agg(pl.col("label").unique().sort().alias("labels"))
        )
        editions = (
            pl.read_csv(layout, infer_schema=False)
            .group_by("column_set")
            .agg(pl.col("edition_id").alias("edition_ids"))
        )
        frames.append(
            labels.join(editions, on="column_set", how="left", maintain_order="left").select(
                pl.lit(source.id).alias("source_id"), "column_set", "labels", "edition_ids"
            )
        )
    return pl.concat(frames)


def _labels(record: list[str]) -> list[str]:
    return pl.Series(record, dtype=pl.String).to_frame("label").select(column_label(pl.col("label")))["label"].to_list()


def _matching_header(records: list[list[str]], headers: pl.DataFrame) -> tuple[str, str] | None:
    known = {tuple(row["labels"]): (row["source_id"], row["column_set"]) for row in headers.iter_rows(named=True)}
    for record in records:
        labels = tuple(sorted({label for label in _labels(record) if label}))
        if labels in known:
            return known[labels]
    return None


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
