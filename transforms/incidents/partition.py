"""One partition from archive to lake: taken in, held to its contract, and remembered, so that it is not taken in again unchanged."""

import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from transforms.contracts import Column
from transforms.contracts.incidents import incidents
from transforms.errors import ContractError
from transforms.incidents import store
from transforms.incidents.archive import Member, by_month
from transforms.incidents.ingest import ingest_month, record_schema
from transforms.incidents.registers import IncidentRegisters, load_incident_registers
from transforms.spreadsheets import without_formulas


@dataclass(frozen=True)
class Partition:
    """One month and kind to take in: plain values, so that it can be sent to another process.

    ``out`` is the folder, or the URL in a store, below which records are kept; ``data`` the folder of the registers; ``code`` a hash of the
    code that does it.
    """

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

    def name(self, ending: str) -> str:
        """The name, below ``out``, of its file with an ending: parquet, quarantine.csv or json."""
        return f"{self.kind}/{self.month}.{ending}"

    def preview(self, rows: int) -> pl.DataFrame:
        """Its first records; none where it is not in the lake."""
        held = store.size(self.out, self.name("parquet")) is not None
        return (
            pl.read_parquet(store.local_copy(self.out, self.name("parquet")), n_rows=rows) if held else pl.DataFrame()
        )


@dataclass(frozen=True)
class PartitionResult:
    """What a partition came to: rows, and whether it was taken in now.

    ``broken`` and ``warned`` are the rules of its contract that it does not keep, critical ones and warnings, with how many rows do not;
    ``found`` the findings of transforms/incidents/findings.py with their rows.
    """

    month: str
    kind: str
    files: int
    rows_read: int
    kept: int
    quarantined: int
    broken: dict[str, int]
    warned: dict[str, int]
    found: dict[str, int]
    was_taken_in: bool


def partitions(archives: Iterable[Iterable[Member]], out: str, data: Path, code: str) -> list[Partition]:
    """The months and kinds of several archives, oldest archive first, in order; of a month that two hold, the later archive's stands."""
    groups = {key: group for members in archives for key, group in by_month(members).items()}
    return [Partition(tuple(groups[key]), out, str(data), code) for key in sorted(groups)]


def take_in(partition: Partition) -> PartitionResult:
    """Take in a partition, unless its files, the registers and the code are those of the last time and its Parquet file is whole.

    Puts the Parquet file, ``<month>.quarantine.csv`` (file, line, reason, text) and ``<month>.json``, which is put last. Of a partition
    that breaks its contract no file stays. Raises what ``ingest_month`` raises, and StoreError for a store that does not answer.
    """
    of_this = version(partition)
    if (kept := _kept(partition, of_this)) is not None:
        return kept
    for ending in ("json", "parquet", "quarantine.csv"):
        store.delete(partition.out, partition.name(ending))
    with tempfile.TemporaryDirectory() as folder:
        registers = load_incident_registers(Path(partition.data))
        result = ingest_month(partition.members, Path(folder), registers)
        broken, warned = _not_kept(result.path, partition.kind, registers)
        by_finding = result.findings.group_by("finding").agg(pl.col("rows").sum()).sort("finding")
        found = PartitionResult(
            partition.month,
            partition.kind,
            files=result.accounting.height,
            rows_read=int(result.accounting["rows_read"].sum()),
            kept=int(result.accounting["kept"].sum()),
            quarantined=int(result.accounting["quarantined"].sum()),
            broken=broken,
            warned=warned,
            found=dict(by_finding.iter_rows()),
            was_taken_in=True,
        )
        if not broken:
            set_aside, remembered = Path(folder) / "quarantine.csv", Path(folder) / "json"
            without_formulas(result.quarantine).write_csv(set_aside)
            record = {"version": of_this, "bytes": result.path.stat().st_size, "result": asdict(found)}
            remembered.write_text(json.dumps(record, indent=1, sort_keys=True))
            for ending, file in (("parquet", result.path), ("quarantine.csv", set_aside), ("json", remembered)):
                store.put(partition.out, partition.name(ending), file)
    return found


def accounted_for(result: PartitionResult) -> bool:
    """Whether rows read are rows kept and rows set aside."""
    return result.rows_read == result.kept + result.quarantined


def version(partition: Partition) -> str:
    """A hash of the code and of the checksums of the files, by which a partition is known to be unchanged."""
    digest = hashlib.sha256(partition.code.encode())
    for member in partition.members:
        digest.update(f"{member.name} {member.checksum} {member.bytes}\n".encode())
    return digest.hexdigest()


def _kept(partition: Partition, of_this: str) -> PartitionResult | None:
    try:
        record: dict[str, Any] = json.loads(store.read(partition.out, partition.name("json")) or b"")
        same = record["version"] == of_this and store.size(partition.out, partition.name("parquet")) == record["bytes"]
        return PartitionResult(**{**record["result"], "was_taken_in": False}) if same else None
    except (ValueError, KeyError, TypeError):  # none yet, or not what is written above
        return None


def _not_kept(path: Path, kind: str, registers: IncidentRegisters) -> tuple[dict[str, int], dict[str, int]]:
    """Rules of the contract that the records of a file do not keep, with the number of rows: critical ones, and warnings.

    Only the columns that a rule is about are read, and compared by Great Expectations; the types of all are compared here.
    """
    from transforms.contracts import validate

    contract = incidents(kind, record_schema(kind, registers))
    if (found := pl.Schema(pl.read_parquet_schema(path))) != contract.schema:
        raise ContractError(
            f"{path.name} of {contract.table}: its columns are {dict(found)}, not {dict(contract.schema)}; run the build again."
        )
    ruled = replace(contract, columns=tuple(column for column in contract.columns if _has_rule(column)))
    results = validate(pl.read_parquet(path, columns=list(ruled.schema)), ruled).results
    if not results:
        raise ContractError(
            f"{path.name}: no rule of {contract.table} was evaluated, so that it counts as unchecked; run the build again."
        )
    broken, warned = (
        {
            each.rule: each.failing_count or 0
            for each in results
            if each.severity == severity and (not each.passed or each.failing_count)
        }
        for severity in ("critical", "warning")
    )
    return broken, warned


def _has_rule(column: Column) -> bool:
    return not column.nullable or column.minimum is not None or column.maximum is not None
