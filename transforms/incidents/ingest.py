"""One month of one kind of record: every file of it to one Parquet file, what was set aside, and the counts by force."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from transforms.errors import ContractError, RegisterError
from transforms.incidents.archive import Member, content, open_archive
from transforms.incidents.findings import findings, sharing_an_id
from transforms.incidents.records import LINE, QUARANTINE, read_records
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
    data/registers/incident_columns.csv, labels as their registered values. One file is in memory at a time, beside the records kept.

    Raises what ``content`` and ``read_records`` raise, RegisterError where the members are of several months, kinds or archives, and
    ContractError where rows are lost.
    """
    (archive, month, kind) = _one_partition(members)
    forces = pl.Enum(sorted(registers.bodies))
    first_day = pl.lit(date.fromisoformat(f"{month}-01"))
    kept, quarantined, read = [], [QUARANTINE.to_frame()], []
    with open_archive(archive) as file:
        for member in members:
            records = read_records(content(file, member), member, registers)
            kept.append(
                records.kept.select(first_day.alias("month"), pl.lit(member.force, forces).alias("force"), pl.all())
            )
            quarantined.append(records.quarantined)
            read.append(records.rows_read)
    together = pl.concat(kept, rechunk=False)
    del kept
    together = _with_values(together, kind, registers)
    sharing = sharing_an_id(together, registers) if kind == "street" else None
    if sharing is not None and sharing["is_later_copy"].any():
        quarantined.append(_published_twice(sharing, members))
        positions = pl.int_range(together.height, dtype=pl.UInt32, eager=True)
        together = together.filter(~positions.is_in(sharing.filter("is_later_copy")["position"].implode()))
    quarantine = pl.concat(quarantined).sort("file", LINE)
    result = MonthResult(
        month,
        kind,
        out / kind / f"{month}.parquet",
        _accounting(members, read, together, quarantine),
        quarantine,
        _counts(together, month, kind),
        findings(together, sharing, kind, month, registers),
    )
    refuse_lost_rows(result.accounting)
    _write(together, result.path)
    return result


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


def _with_values(records: pl.DataFrame, kind: str, registers: IncidentRegisters) -> pl.DataFrame:
    """Printed labels to registered values: one look-up for each label of a vocabulary, then codes for codes."""
    vocabularies = {
        column.column: column.role for column in registers.columns[kind].values() if column.role in registers.labels
    }
    changed = [
        _value(pl.col(name), registers.labels[vocabulary], registers.values(vocabulary)).alias(name)
        for name, vocabulary in vocabularies.items()
        if list(registers.labels[vocabulary]) != registers.values(vocabulary)
    ]
    answers = [pl.col(name) == "true" for name, vocabulary in vocabularies.items() if vocabulary == "yes_or_no"]
    return records.with_columns(changed).with_columns(answers) if changed else records


def _value(column: pl.Expr, labels: dict[str, str], values: list[str]) -> pl.Expr:
    return pl.lit(pl.Series(list(labels.values()), dtype=pl.Enum(values))).gather(column.to_physical())


def _published_twice(sharing: pl.DataFrame, members: Iterable[Member]) -> pl.DataFrame:
    files = {member.force: member.file for member in members}
    return sharing.filter("is_later_copy").select(
        pl.col("force").cast(pl.String).replace_strict(files, return_dtype=pl.String).alias("file"),
        LINE,
        pl.lit("crime published twice").alias("reason"),
        pl.col("crime_id").alias("text"),
    )


def _accounting(
    members: Sequence[Member], read: Sequence[int], records: pl.DataFrame, quarantine: pl.DataFrame
) -> pl.DataFrame:
    files = pl.DataFrame(
        {
            "archive": [Path(member.archive).name for member in members],
            "file": [member.file for member in members],
            "month": [member.month for member in members],
            "kind": [member.kind for member in members],
            "force": [member.force for member in members],
            "rows_read": read,
        }
    )
    kept = records.group_by("force").len("kept").cast({"force": pl.String})
    set_aside = quarantine.group_by("file").len("quarantined")
    return (
        files.join(kept, on="force", how="left", maintain_order="left")
        .join(set_aside, on="file", how="left", maintain_order="left")
        .with_columns(pl.col("kept", "quarantined").fill_null(0))
        .cast(ACCOUNTING)
    )


def _counts(records: pl.DataFrame, month: str, kind: str) -> pl.DataFrame:
    of_type, of_outcome = COUNTED_BY[kind]
    keys = [name for name in (of_type, of_outcome) if name]
    return (
        records.group_by("force", *keys)
        .agg(pl.len().alias("rows"), pl.col(LINE).min().alias("first_line"))
        .select(
            pl.lit(month).alias("month"),
            pl.lit(kind).alias("kind"),
            "force",
            (pl.col(of_type) if of_type else pl.lit(None)).cast(pl.String).alias("type"),
            pl.col(of_outcome).cast(pl.String).alias("outcome"),
            "rows",
            "first_line",
        )
        .cast(COUNTS)
        .sort("force", "type", "outcome", nulls_last=True)
    )


def _write(records: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        records.write_parquet(temporary, compression="zstd", compression_level=_COMPRESSION_LEVEL, statistics=True)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
