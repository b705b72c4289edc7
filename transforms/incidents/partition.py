"""One partition from archive to lake: taken in, held to its contract, and remembered, so that it is not taken in again unchanged."""

import hashlib
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.contracts.incidents import UNDER_INVESTIGATION
from transforms.incidents import checks, store
from transforms.incidents.archive import Member, content, open_archive
from transforms.incidents.ingest import ingest_month
from transforms.incidents.registers import load_incident_registers
from transforms.spreadsheets import without_formulas

# A whole cell of that text, in whichever column it stands.
_WAITING = re.compile(rb'(?<=[,\n])"?' + UNDER_INVESTIGATION.encode() + rb'"?(?=[,\r\n])')
# What is kept of a partition: the records, those set aside, and the names of small areas.
_ENDINGS = ("parquet", "quarantine.csv", "areas.csv")


@dataclass(frozen=True)
class Partition:
    """One month and kind to take in: plain values, so that it can be sent to another process.

    ``out`` is the folder, or the URL in a store, below which records are kept; ``data`` the folder of the registers; ``code`` a hash of the
    code that does it. ``replaced`` are files of other archives, in the place of which one of ``members`` is taken in.
    """

    members: tuple[Member, ...]
    out: str
    data: str
    code: str
    replaced: tuple[Member, ...] = ()

    @property
    def month(self) -> str:
        """The month, YYYY-MM."""
        return self.members[0].month

    @property
    def kind(self) -> str:
        """The kind of record."""
        return self.members[0].kind

    def name(self, ending: str) -> str:
        """The name, below ``out``, of its file with an ending: parquet, quarantine.csv, areas.csv or json."""
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


@dataclass(frozen=True)
class Archive:
    """An archive of an edition: the month in which that was published (YYYY-MM), the newest day that it states for its files, or none, and its files."""

    edition_id: str
    published: str
    dated: str
    members: tuple[Member, ...]


def partitions(archives: Iterable[Archive], out: str, data: Path, code: str) -> list[Partition]:
    """The months and kinds of several archives, in order; each with the file of every force that stands, and those that it replaces.

    Of a month of a force that several hold, the file of the archive published last stands; of one month of publication that of the archive whose files have
    the later date, then that with fewer records under investigation. ``transforms.harmonise.supply`` says the same of counts.
    """
    held: dict[tuple[str, str, str], list[tuple[Archive, Member]]] = {}
    for archive in archives:
        for member in archive.members:
            held.setdefault((member.month, member.kind, member.force), []).append((archive, member))
    groups: dict[tuple[str, str], list[list[Member]]] = {}
    for (month, kind, _), found in sorted(held.items(), key=lambda each: each[0]):
        groups.setdefault((month, kind), []).append(_in_order(found))
    return [
        Partition(
            tuple(files[-1] for files in of_forces),
            out,
            str(data),
            code,
            tuple(member for files in of_forces for member in files[:-1]),
        )
        for of_forces in groups.values()
    ]


def _in_order(found: list[tuple[Archive, Member]]) -> list[Member]:
    """The files of one month, kind and force, that which stands last."""
    stated = Counter((archive.published, archive.dated) for archive, _ in found)

    def place(each: tuple[Archive, Member]) -> tuple[str, str, int, str]:
        archive, member = each
        is_contested = stated[archive.published, archive.dated] > 1
        waiting = _under_investigation(member) if is_contested else 0
        return archive.published, archive.dated, -waiting, archive.edition_id

    return [member for _, member in sorted(found, key=place)]


def _under_investigation(member: Member) -> int:
    with open_archive(member.archive, member.etag, [member]) as file:
        return len(_WAITING.findall(content(file, member).lower()))


def take_in(partition: Partition) -> PartitionResult:
    """Take in a partition, unless its files, the registers and the code are those of the last time and its Parquet file is whole.

    Puts the Parquet file, ``<month>.quarantine.csv`` (file, line, reason, text), ``<month>.areas.csv`` (lsoa_code, lsoa_name) and ``<month>.json``,
    which is put last. Of a partition
    that breaks its contract no file stays. Raises what ``ingest_month`` raises, and StoreError for a store that does not answer.
    """
    of_this = version(partition)
    if (kept := _kept(partition, of_this)) is not None:
        return kept
    for ending in ("json", *_ENDINGS):
        store.delete(partition.out, partition.name(ending))
    checks.begin()
    with tempfile.TemporaryDirectory() as folder:
        registers = load_incident_registers(Path(partition.data))
        result = ingest_month(partition.members, Path(folder), registers)
        broken, warned = checks.rules_not_kept(result.path, partition.kind, partition.data)
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
            set_aside, areas, remembered = (Path(folder) / name for name in ("quarantine.csv", "areas.csv", "json"))
            without_formulas(result.quarantine).write_csv(set_aside)
            without_formulas(result.areas).write_csv(areas)
            record = {"version": of_this, "bytes": result.path.stat().st_size, "result": asdict(found)}
            remembered.write_text(json.dumps(record, indent=1, sort_keys=True))
            files = dict(zip(_ENDINGS, (result.path, set_aside, areas), strict=True))
            for ending, file in (files | {"json": remembered}).items():
                store.put(partition.out, partition.name(ending), file)
    return found


def accounted_for(result: PartitionResult) -> bool:
    """Whether rows read are rows kept and rows set aside."""
    return result.rows_read == result.kept + result.quarantined


def version(partition: Partition) -> str:
    """A hash of the code, Polars' version and the checksums of the files, by which a partition is known to be unchanged.

    Another version of Polars may hash Crime IDs otherwise, and keys of all months have to be of one kind.
    """
    digest = hashlib.sha256(f"{partition.code} {pl.__version__}\n".encode())
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
