"""One partition from archive to lake: taken in, held to its contract, and remembered, so that it is not taken in again unchanged."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from transforms.contracts.contract import Column, Contract
from transforms.errors import ContractError
from transforms.incidents.archive import Member, by_month
from transforms.incidents.ingest import COUNTED_BY, ingest_month
from transforms.incidents.registers import load_incident_registers

RECORDS = Contract(
    table="raw/police_uk_records",
    title="Single records of data.police.uk",
    one_row_is="record of one body, month and kind",
    columns=(
        Column("month", pl.Date, "First day of the month of the file"),
        Column("force", pl.String, "Body that the file is of", pattern=r"^[a-z-]+$", example="norfolk"),
        Column("line", pl.Int64, "Line of the file, the header being the first", minimum=1),
        Column("type", pl.String, "What the record is about; outcomes files do not say", nullable=True),
        Column("outcome", pl.String, "What came of it, where that is published", nullable=True),
        Column("longitude", pl.Float64, "Of the anonymised point", nullable=True, minimum=-9, maximum=3),
        Column("latitude", pl.Float64, "Of the anonymised point", nullable=True, minimum=49, maximum=61),
    ),
    key=("force", "line"),
)


@dataclass(frozen=True)
class Partition:
    """One month and kind to take in: plain values, so that it can be sent to another process. ``code`` is a hash of the code that does it."""

    members: tuple[Member, ...]
    out: str
    data: str
    code: str

    @property
    def month(self) -> str:
        """The month, YYYY-MM."""
        return self.members[0].month

    @property
    def kind(self) -> str:
        """The kind of record."""
        return self.members[0].kind

    @property
    def path(self) -> Path:
        """Where its records are kept."""
        return Path(self.out) / self.kind / f"{self.month}.parquet"


@dataclass(frozen=True)
class PartitionResult:
    """What a partition came to: rows, the rules of `RECORDS` that it breaks with how many rows do, and whether it was taken in now."""

    month: str
    kind: str
    files: int
    rows_read: int
    kept: int
    quarantined: int
    broken: dict[str, int]
    was_taken_in: bool


def partitions(archives: Iterable[Iterable[Member]], out: Path, data: Path, code: str) -> list[Partition]:
    """The months and kinds of several archives, oldest archive first, in order; of a month that two hold, the later archive's stands."""
    groups = {key: group for members in archives for key, group in by_month(members).items()}
    return [Partition(tuple(groups[key]), str(out), str(data), code) for key in sorted(groups)]


def take_in(partition: Partition) -> PartitionResult:
    """Take in a partition, unless its files, the registers and the code are those of the last time and its Parquet file is whole.

    Writes the Parquet file, ``<month>.quarantine.csv`` (file, line, reason, text) and ``<month>.json``, which is written last. Of a partition
    that breaks its contract no file stays. Raises what ``ingest_month`` raises.
    """
    remembered = partition.path.with_suffix(".json")
    version = _version(partition)
    if (kept := _kept(remembered, version, partition.path)) is not None:
        return kept
    for file in (remembered, partition.path):
        file.unlink(missing_ok=True)
    result = ingest_month(partition.members, Path(partition.out), load_incident_registers(Path(partition.data)))
    found = PartitionResult(
        partition.month,
        partition.kind,
        files=result.accounting.height,
        rows_read=int(result.accounting["rows_read"].sum()),
        kept=int(result.accounting["kept"].sum()),
        quarantined=int(result.accounting["quarantined"].sum()),
        broken=_broken(result.path, partition.kind),
        was_taken_in=True,
    )
    if found.broken:
        partition.path.unlink()
        return found
    result.quarantine.write_csv(partition.path.with_suffix(".quarantine.csv"))
    record = {"version": version, "bytes": partition.path.stat().st_size, "result": asdict(found)}
    temporary = remembered.with_name(f".{remembered.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(record, indent=1, sort_keys=True))
    temporary.replace(remembered)
    return found


def accounted_for(result: PartitionResult) -> bool:
    """Whether rows read are rows kept and rows set aside."""
    return result.rows_read == result.kept + result.quarantined


def _version(partition: Partition) -> str:
    digest = hashlib.sha256(partition.code.encode())
    for member in partition.members:
        digest.update(f"{member.name} {member.checksum} {member.bytes}\n".encode())
    return digest.hexdigest()


def _kept(remembered: Path, version: str, path: Path) -> PartitionResult | None:
    try:
        record = json.loads(remembered.read_bytes())
        if record["version"] != version or path.stat().st_size != record["bytes"]:
            return None
        return PartitionResult(**{**record["result"], "was_taken_in": False})
    except (FileNotFoundError, ValueError, KeyError, TypeError):  # none yet, or not what is written above
        return None


def _broken(path: Path, kind: str) -> dict[str, int]:
    """Critical rules of the contract that the records of a file break, with the number of rows."""
    from transforms.contracts import validate

    of_type, of_outcome = COUNTED_BY[kind]
    frame = pl.read_parquet(
        path, columns=["month", "force", "line", *filter(None, (of_type, of_outcome)), "longitude", "latitude"]
    ).select(
        "month",
        pl.col("force").cast(pl.String),
        pl.col("line").cast(pl.Int64),
        (pl.col(of_type) if of_type else pl.lit(None)).cast(pl.String).alias("type"),
        pl.col(of_outcome).cast(pl.String).alias("outcome"),
        "longitude",
        "latitude",
    )
    results = validate(frame, RECORDS).results
    if not results:
        raise ContractError(
            f"{path.name}: no rule of {RECORDS.table} was evaluated, so that it counts as unchecked; run the build again."
        )
    return {each.rule: each.failing_count or 0 for each in results if not each.passed and each.severity == "critical"}
