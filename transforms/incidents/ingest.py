"""One month of one kind of record: every file of it to one Parquet file, what was set aside, and the counts by force."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from transforms.errors import ContractError, RegisterError
from transforms.incidents.archive import Member, content, open_archive
from transforms.incidents.findings import (
    CRIME_KEY,
    Found,
    area_names,
    crime_keys,
    findings,
    later_copies,
    odd_by_themselves,
    odd_together,
)
from transforms.incidents.records import LINE, columns_read, read_records
from transforms.incidents.registers import IncidentRegisters
from transforms.temporary import temporary_beside

Given = TypeVar("Given")
Made = TypeVar("Made")

ACCOUNTING = pl.Schema(
    {
        "archive": pl.String,
        "file": pl.String,
        "month": pl.String,
        "kind": pl.String,
        "force": pl.String,
        "rows_read": pl.UInt32,
        "kept": pl.UInt32,
        "quarantined": pl.UInt32,
    }
)
COUNTS = pl.Schema(
    {
        "month": pl.String,
        "kind": pl.String,
        "force": pl.String,
        "type": pl.String,
        "outcome": pl.String,
        "rows": pl.UInt32,
        "first_line": pl.UInt32,
    }
)
# What a record of each kind is counted by: what it is about, and what came of it.
COUNTED_BY = {
    "street": ("crime_type", "last_outcome"),
    "outcomes": (None, "outcome"),
    "stop-and-search": ("object_of_search", "outcome"),
}
# Level 1 writes in three fifths of the time of the default and makes no larger files of these records.
_COMPRESSION_LEVEL = 1
# Rows that are in memory as columns before they are written, and the least that a reader of one force decodes.
_ROW_GROUP = 100_000
# About half as many rows: enough that what is done once for so many files costs little, and little to hold a few of in memory.
_BYTES_AT_A_TIME = 10_000_000
# So many groups of files are read before they are asked for: with one, a core waits for the other when groups differ in size.
_AHEAD = 2


@dataclass(frozen=True)
class MonthResult:
    """What one month and kind came to. Small frames; the records themselves are in the Parquet file ``path``.

    ``accounting``: one row a file, as `ACCOUNTING`. ``quarantine``: one row a record set aside: file, line, reason, text.
    ``counts``: kept records by force, type and outcome, as `COUNTS`; first_line is the line of the first record counted. ``findings``: force,
    finding, rows, as explained in transforms/incidents/findings.py. ``areas``: lsoa_code and lsoa_name of the records' small
    areas. ``letters``: force, column, letter: where the columns stand in each file.
    """

    month: str
    kind: str
    path: Path
    accounting: pl.DataFrame
    quarantine: pl.DataFrame
    counts: pl.DataFrame
    findings: pl.DataFrame
    areas: pl.DataFrame
    letters: pl.DataFrame


def ingest_month(members: Sequence[Member], out: Path, registers: IncidentRegisters) -> MonthResult:
    """Read the files of one month and kind, write ``out/<kind>/<month>.parquet`` in one rename, and say what was kept and counted.

    The records are in the order of their files and lines. Columns: month (its first day), force (slug), line, then those of the kind in
    data/registers/incident_columns.csv, labels as their registered values; a Crime ID as its hash, crime_key, which is equal where IDs are; no
    names of small areas, which their codes lead to in ``areas``. A few files at a time are worked on and written, while the next
    are read: these are in memory, and the records that wait for a row group to be full.

    Raises what ``content`` and ``read_records`` raise, RegisterError where the members are of several months or kinds, or two of
    one force, and ContractError where rows are lost.
    """
    (month, kind) = _one_partition(members)
    path = out / kind / f"{month}.parquet"
    done: list[FilesResult] = []

    def kept(*_: object) -> Iterator[pl.DataFrame]:
        done.clear()
        for read in _ahead(partial(_read, registers=registers), _few_at_a_time(members)):
            result, records = _sifted(read, kind, registers)
            done.append(result)
            yield records

    _write(register_io_source(kept, schema=record_schema(kind, registers)), path)
    counts, copies = (
        pl.concat(frames) for frames in zip(*((files.counts, files.copies) for files in done), strict=True)
    )
    quarantine = _quarantine([files.quarantined for files in done], copies, members)
    accounting = _accounting([rows for files in done for rows in files.rows_read], counts, quarantine, members)
    refuse_lost_rows(accounting)
    files = [each.found for each in done]
    found, areas = findings(counts, copies, files, kind, registers), area_names(files)
    letters = _letters([each for files in done for each in files.letters], members)
    return MonthResult(month, kind, path, accounting, quarantine, _printed(counts, month, kind), found, areas, letters)


def record_schema(kind: str, registers: IncidentRegisters) -> pl.Schema:
    """Columns and types of the records of a kind, as they stand in its Parquet files."""
    kept = {
        CRIME_KEY if column.role == "crime_id" else column.column: _dtype(column.role, registers)
        for column in columns_read(kind, registers)
        if column.role != "area_name"
    }
    return pl.Schema({"month": pl.Date(), "force": registers.forces, LINE: pl.UInt32()} | kept)


@dataclass(frozen=True)
class FilesRead:
    """Some whole files of one archive: their records, what cannot be a record, and the rows and the letters of the columns of each file."""

    records: pl.DataFrame
    quarantined: pl.DataFrame
    rows_read: list[int]
    letters: list[dict[str, str]]


@dataclass(frozen=True)
class FilesResult:
    """What some whole files came to: the rows and the letters of the columns of each, what cannot be a record, crimes published twice (force, line, their ID as text), counts of the records
    kept, by force, type and outcome, and what was found."""

    rows_read: list[int]
    letters: list[dict[str, str]]
    quarantined: pl.DataFrame
    copies: pl.DataFrame
    counts: pl.DataFrame
    found: Found


def _few_at_a_time(members: Sequence[Member]) -> list[list[Member]]:
    """The files in order, in groups as small as they can be of so many bytes or more, each of one archive."""
    groups: list[list[Member]] = []
    for member in members:
        if (
            not groups
            or groups[-1][0].archive != member.archive
            or sum(each.bytes for each in groups[-1]) >= _BYTES_AT_A_TIME
        ):
            groups.append([])
        groups[-1].append(member)
    return groups


def _ahead(function: Callable[[Given], Made], given: Sequence[Given]) -> Iterator[Made]:
    """The results in order, the next two being made in other threads while one is worked on. The first error of the function ends it, as itself."""
    waiting: deque[Future[Made]] = deque()
    try:
        for each in given:
            waiting.append(_readers().submit(function, each))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for unwanted in waiting:
            unwanted.cancel()


@lru_cache(maxsize=1)
def _readers() -> ThreadPoolExecutor:
    """Threads that stay for all months: with new ones for each, memory grows by what every thread leaves behind."""
    return ThreadPoolExecutor(_AHEAD)


os.register_at_fork(after_in_child=_readers.cache_clear)


def _read(members: Sequence[Member], registers: IncidentRegisters) -> FilesRead:
    with open_archive(members[0].archive, members[0].etag, members) as file:
        read = [read_records(content(file, member), member, registers) for member in members]
    forces = pl.Series("force", [member.force for member in members], registers.forces)
    of_records = np.repeat(np.arange(len(read)), [each.kept.height for each in read])
    return FilesRead(
        _with_values(
            pl.concat(each.kept for each in read).with_columns(forces.gather(of_records)), members[0], registers
        ),
        pl.concat(each.quarantined for each in read),
        [each.rows_read for each in read],
        [each.letters for each in read],
    )


def _sifted(read: FilesRead, kind: str, registers: IncidentRegisters) -> tuple[FilesResult, pl.DataFrame]:
    """What some files came to, and the records of theirs that are kept."""
    kept, keys = read.records, crime_keys(read.records, kind, registers)
    later = later_copies(kept, keys)
    crime_id = pl.col("crime_id") if kind == "street" else pl.lit(None, pl.String)
    copies = kept[later].select("force", LINE, crime_id.alias("text"))
    if len(later):
        kept = kept.filter(pl.repeat(True, kept.height, eager=True).scatter(later, False))
        keys = keys.filter(~keys["row"].is_in(later.implode()))
    found = odd_together(kept, keys, kind)
    of_schema = kept.select(record_schema(kind, registers).names())
    return FilesResult(read.rows_read, read.letters, read.quarantined, copies, _counted(kept, kind), found), of_schema


def _letters(of_files: Sequence[dict[str, str]], members: Sequence[Member]) -> pl.DataFrame:
    rows = [(member.force, *of) for member, letters in zip(members, of_files, strict=True) for of in letters.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("force", "column", "letter"), pl.String), orient="row")


def _quarantine(unreadable: Sequence[pl.DataFrame], copies: pl.DataFrame, members: Sequence[Member]) -> pl.DataFrame:
    files = {member.force: member.file for member in members}
    published_twice = copies.select(
        pl.col("force").cast(pl.String).replace_strict(files, return_dtype=pl.String).alias("file"),
        LINE,
        pl.lit("crime published twice").alias("reason"),
        "text",
    )
    return pl.concat([*unreadable, published_twice]).sort("file", LINE)


def _accounting(
    rows_read: Sequence[int], counts: pl.DataFrame, quarantine: pl.DataFrame, members: Sequence[Member]
) -> pl.DataFrame:
    files = pl.DataFrame(
        [
            (Path(member.archive).name, member.file, member.month, member.kind, member.force, rows)
            for member, rows in zip(members, rows_read, strict=True)
        ],
        schema=list(ACCOUNTING.items())[:6],
        orient="row",
    )
    kept = counts.group_by("force").agg(pl.col("rows").sum().alias("kept")).cast({"force": pl.String})
    set_aside = quarantine.group_by("file").agg(pl.len().alias("quarantined"))
    return (
        files.join(kept, on="force", how="left", maintain_order="left")
        .join(set_aside, on="file", how="left", maintain_order="left")
        .with_columns(pl.col("kept", "quarantined").fill_null(0))
        .cast(ACCOUNTING)
    )


def refuse_lost_rows(accounting: pl.DataFrame) -> None:
    """Raise ContractError, naming the first file, where the rows read are not the rows kept and the rows set aside."""
    lost = accounting.filter(pl.col("rows_read") != pl.col("kept") + pl.col("quarantined"))
    for archive, file, read, kept, quarantined in (
        lost.select("archive", "file", "rows_read", "kept", "quarantined").head(1).iter_rows()
    ):
        raise ContractError(
            f"{archive}, {file}: {read} rows were read, but {kept} kept and {quarantined} set aside; ingest the month again, and report "
            "the file if it happens again."
        )


def _one_partition(members: Iterable[Member]) -> tuple[str, str]:
    files = list(members)
    keys = {(member.month, member.kind) for member in files}
    if len(keys) != 1 or len({member.force for member in files}) != len(files):
        raise RegisterError(
            f"The files are of {len(keys)} months and kinds, or two of one force; give those of one, as by_month groups them, and one of each force."
        )
    return keys.pop()


def _dtype(role: str, registers: IncidentRegisters) -> pl.DataType:
    if role in registers.labels:
        return pl.Boolean() if role == "yes_or_no" else registers.registered[role]
    plain = {"number": pl.Float64(), "time": pl.Datetime("us", "UTC"), "crime_id": pl.UInt64()}
    return plain.get(role, pl.String())


def _with_values(records: pl.DataFrame, member: Member, registers: IncidentRegisters) -> pl.DataFrame:
    """The records with their month, the hash of the Crime ID, and printed labels as registered values: one look-up for each label of a vocabulary,
    then codes for codes."""
    schema = record_schema(member.kind, registers)
    roles = {column.column: column.role for column in registers.columns[member.kind].values()}
    changed = [
        _value(name, registers.labels[roles[name]], dtype)
        for name, dtype in schema.items()
        if records.schema.get(name, dtype) != dtype
    ]
    if CRIME_KEY in schema:
        changed.append(pl.when(pl.col("crime_id").is_not_null()).then(pl.col("crime_id").hash()).alias(CRIME_KEY))
    first_day = date.fromisoformat(f"{member.month}-01")
    return records.with_columns(pl.lit(first_day).alias("month"), *changed)


def _value(name: str, labels: dict[str, str], dtype: pl.DataType) -> pl.Expr:
    values = pl.Series(list(labels.values()), dtype=pl.String)
    known = values == "true" if dtype == pl.Boolean() else values.cast(dtype)
    return pl.lit(known).gather(pl.col(name).to_physical()).alias(name)


def _counted(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Rows and first line by force, type and outcome, with a column for each of ``odd_by_themselves``."""
    return records.group_by("force", *filter(None, COUNTED_BY[kind])).agg(
        pl.len().alias("rows"), pl.col(LINE).min(), **odd_by_themselves(kind)
    )


def _printed(counts: pl.DataFrame, month: str, kind: str) -> pl.DataFrame:
    """The counts of a month as `COUNTS`; each force has one file, so that its rows are counted in one place."""
    of_type, of_outcome = COUNTED_BY[kind]
    return (
        counts.select(
            pl.lit(month).alias("month"),
            pl.lit(kind).alias("kind"),
            pl.col("force").cast(pl.String),
            (pl.col(of_type) if of_type else pl.lit(None)).cast(pl.String).alias("type"),
            pl.col(of_outcome).cast(pl.String).alias("outcome"),
            "rows",
            pl.col(LINE).alias("first_line"),
        )
        .cast(COUNTS)
        .sort("force", "type", "outcome", nulls_last=True)
    )


def _write(records: pl.LazyFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        # Opened here: Polars, given a name, may make the file in a thread of its own after a reader has failed and all was tidied up.
        with temporary.open("wb") as opened:
            records.sink_parquet(
                opened,
                compression="zstd",
                compression_level=_COMPRESSION_LEVEL,
                statistics=True,
                row_group_size=_ROW_GROUP,
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
