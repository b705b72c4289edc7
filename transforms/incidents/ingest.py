"""One month of one kind of record: every file of it to one Parquet file, what was set aside, and the counts by force."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from polars.io.plugins import register_io_source

from transforms.errors import ContractError, RegisterError
from transforms.incidents.archive import Member, content, open_archive
from transforms.incidents.findings import FileFindings, findings, findings_of_file, later_copies
from transforms.incidents.records import LINE, NOT_KEPT, Records, read_records
from transforms.incidents.registers import IncidentRegisters

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


@dataclass(frozen=True)
class MonthResult:
    """What one month and kind came to. Small frames; the records themselves are in the Parquet file ``path``.

    ``accounting``: one row a file, as `ACCOUNTING`. ``quarantine``: one row a record set aside: file, line, reason, text.
    ``counts``: kept records by force, type and outcome, as `COUNTS`; first_line is the line of the first record counted. ``findings``: force,
    finding, rows, as explained in transforms/incidents/findings.py.
    """

    month: str
    kind: str
    path: Path
    accounting: pl.DataFrame
    quarantine: pl.DataFrame
    counts: pl.DataFrame
    findings: pl.DataFrame


def ingest_month(members: Sequence[Member], out: Path, registers: IncidentRegisters) -> MonthResult:
    """Read the files of one month and kind, write ``out/<kind>/<month>.parquet`` in one rename, and say what was kept and counted.

    The records are in the order of their files and lines. Columns: month (its first day), force (slug), line, then those of the kind in
    data/registers/incident_columns.csv, labels as their registered values. Files are read, written and forgotten one after the other:
    in memory are one file, and the records that wait for a row group to be full.

    Raises what ``content`` and ``read_records`` raise, RegisterError where the members are of several months, kinds or archives, and
    ContractError where rows are lost.
    """
    (archive, month, kind) = _one_partition(members)
    path = out / kind / f"{month}.parquet"
    files: list[FileResult] = []

    def kept(*_: object) -> Iterator[pl.DataFrame]:
        files.clear()
        with open_archive(archive) as file:
            for member in members:
                result, records = _ingest_file(
                    read_records(content(file, member), member, registers), member, registers
                )
                files.append(result)
                yield records

    _write(register_io_source(kept, schema=record_schema(kind, registers)), path)
    result = MonthResult(
        month,
        kind,
        path,
        pl.DataFrame([file.accounting for file in files], schema=ACCOUNTING, orient="row"),
        pl.concat(file.quarantine for file in files).sort("file", LINE),
        _counts(files, month, kind),
        findings([file.found for file in files], registers),
    )
    refuse_lost_rows(result.accounting)
    return result


def record_schema(kind: str, registers: IncidentRegisters) -> pl.Schema:
    """Columns and types of the records of a kind, as they stand in its Parquet files."""
    columns = [column for column in registers.columns[kind].values() if column.role not in NOT_KEPT]
    return pl.Schema(
        {"month": pl.Date(), "force": pl.Enum(sorted(registers.bodies)), LINE: pl.UInt32()}
        | {column.column: _dtype(column.role, registers) for column in columns}
    )


@dataclass(frozen=True)
class FileResult:
    """What one file came to: its row of the accounting, what was set aside, the counts by type and outcome, and what was found."""

    accounting: tuple[str, str, str, str, str, int, int, int]
    quarantine: pl.DataFrame
    counts: pl.DataFrame
    found: FileFindings


def _ingest_file(records: Records, member: Member, registers: IncidentRegisters) -> tuple[FileResult, pl.DataFrame]:
    kept, quarantine = records.kept, records.quarantined
    if member.kind == "street" and registers.bodies[member.force].crime_id_is_key:
        is_copy = later_copies(kept)
        if is_copy.any():
            quarantine = pl.concat([quarantine, _published_twice(kept.filter(is_copy), member)])
            kept = kept.filter(~is_copy)
    kept = _with_values(kept, member, registers)
    result = FileResult(
        (
            Path(member.archive).name,
            member.file,
            member.month,
            member.kind,
            member.force,
            records.rows_read,
            kept.height,
            quarantine.height,
        ),
        quarantine,
        _counts_of_file(kept, member.kind).with_columns(pl.lit(member.force).alias("force")),
        findings_of_file(kept, member, records.kept.height - kept.height, registers),
    )
    return result, kept


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


def _one_partition(members: Iterable[Member]) -> tuple[str, str, str]:
    keys = {(member.archive, member.month, member.kind) for member in members}
    if len(keys) != 1:
        raise RegisterError(
            f"The files are of {len(keys)} archives, months and kinds; give those of one, as by_month groups them."
        )
    return keys.pop()


def _dtype(role: str, registers: IncidentRegisters) -> pl.DataType:
    if role in registers.labels:
        return pl.Boolean() if role == "yes_or_no" else pl.Enum(registers.values(role))
    plain = {"number": pl.Float64(), "time": pl.Datetime("us", "UTC")}
    return plain.get(role, pl.String())


def _with_values(records: pl.DataFrame, member: Member, registers: IncidentRegisters) -> pl.DataFrame:
    """The records with month and force, and printed labels as registered values: one look-up for each label of a vocabulary, then codes for codes."""
    schema = record_schema(member.kind, registers)
    roles = {column.column: column.role for column in registers.columns[member.kind].values()}
    changed = [
        _value(name, registers.labels[roles[name]], dtype)
        for name, dtype in schema.items()
        if records.schema.get(name, dtype) != dtype
    ]
    first_day, force = date.fromisoformat(f"{member.month}-01"), pl.lit(member.force, schema["force"])
    return records.with_columns(pl.lit(first_day).alias("month"), force.alias("force"), *changed).select(schema.names())


def _value(name: str, labels: dict[str, str], dtype: pl.DataType) -> pl.Expr:
    values = pl.Series(list(labels.values()), dtype=pl.String)
    known = values == "true" if dtype == pl.Boolean() else values.cast(dtype)
    return pl.lit(known).gather(pl.col(name).to_physical()).alias(name)


def _published_twice(copies: pl.DataFrame, member: Member) -> pl.DataFrame:
    return copies.select(
        pl.lit(member.file).alias("file"),
        LINE,
        pl.lit("crime published twice").alias("reason"),
        pl.col("crime_id").alias("text"),
    )


def _counts_of_file(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    of_type, of_outcome = COUNTED_BY[kind]
    return records.group_by(*filter(None, (of_type, of_outcome))).agg(pl.len().alias("rows"), pl.col(LINE).min())


def _counts(files: Iterable[FileResult], month: str, kind: str) -> pl.DataFrame:
    of_type, of_outcome = COUNTED_BY[kind]
    return (
        pl.concat(file.counts for file in files)
        .select(
            pl.lit(month).alias("month"),
            pl.lit(kind).alias("kind"),
            "force",
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
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        records.sink_parquet(
            temporary,
            compression="zstd",
            compression_level=_COMPRESSION_LEVEL,
            statistics=True,
            row_group_size=_ROW_GROUP,
        )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
