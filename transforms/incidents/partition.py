"""One partition from archive to lake: taken in, held to its contract, and remembered, so that it is not taken in again unchanged."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from transforms.incidents import checks, store
from transforms.incidents.archive import Member
from transforms.incidents.ingest import MonthResult, ingest_month
from transforms.incidents.registers import load_incident_registers
from transforms.spreadsheets import without_formulas
from transforms.standing import in_order_of_publication

_ONE_FILE = ("month", "kind", "force")
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
    """What a partition came to: rows, and whether it was taken in now; ``held`` are the rows of each force in its Parquet file.

    ``broken`` and ``warned`` are the rules of its contract that it does not keep, critical ones and warnings, with how many rows do not;
    ``found`` the findings of transforms/incidents/findings.py with their rows.
    """

    month: str
    kind: str
    files: int
    rows_read: int
    kept: int
    quarantined: int
    held: dict[str, int]
    broken: dict[str, int]
    warned: dict[str, int]
    found: dict[str, int]
    was_taken_in: bool


@dataclass(frozen=True)
class Archive:
    """An archive of an edition: the month in which that was published (YYYY-MM), the newest day that it states for its files, or none, and its files.

    ``numbers`` gives what is counted of its files, of which file, kept and waiting (kept and under investigation) are read.
    """

    edition_id: str
    published: str
    dated: str
    members: tuple[Member, ...]
    numbers: Callable[[], pl.DataFrame]


def partitions(archives: Iterable[Archive], out: str, data: Path, code: str) -> list[Partition]:
    """The months and kinds of several archives, in order; each with the file of every force that stands, and those that it replaces.

    Of a month of a force that several hold, that stands which is the last `in_order_of_publication`.
    """
    held = [(archive, member) for archive in archives for member in archive.members]
    files = pl.DataFrame(
        [
            (number, member.month, member.kind, member.force, archive.edition_id, archive.published, archive.dated)
            for number, (archive, member) in enumerate(held)
        ],
        schema={"number": pl.Int64, **dict.fromkeys((*_ONE_FILE, "edition_id", "published", "dated"), pl.String)},
        orient="row",
    )
    is_contested = files.select(pl.len().over(*_ONE_FILE, "published", "dated") > 1).to_series()
    waiting = [
        archive.numbers().row(by_predicate=pl.col("file") == member.file, named=True)["waiting"] if contested else 0
        for (archive, member), contested in zip(held, is_contested, strict=True)
    ]
    ordered = in_order_of_publication(files.with_columns(pl.Series("waiting", waiting, dtype=pl.Int64)), _ONE_FILE)
    stands = ordered.select(pl.col("place") == pl.col("place").max().over(_ONE_FILE)).to_series()
    groups: dict[tuple[str, str], tuple[list[Member], list[Member]]] = {}
    for number, is_last in zip(ordered["number"], stands, strict=True):
        member = held[number][1]
        groups.setdefault((member.month, member.kind), ([], []))[not is_last].append(member)
    return [Partition(tuple(of), out, str(data), code, tuple(replaced)) for of, replaced in groups.values()]


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
            held=rows_by_force(result.path),
            broken=broken,
            warned=warned,
            found=dict(by_finding.iter_rows()),
            was_taken_in=True,
        )
        put(partition, result, found, of_this)
    return found


def put(partition: Partition, result: MonthResult, found: PartitionResult, of_this: str) -> None:
    """Put what a partition came to in its place, unless that breaks its contract; ``of_this`` is its `version`."""
    if found.broken:
        return
    set_aside, areas, remembered = (
        result.path.with_suffix(f".{name}") for name in ("quarantine.csv", "areas.csv", "json")
    )
    without_formulas(result.quarantine).write_csv(set_aside)
    without_formulas(result.areas).write_csv(areas)
    record = {"version": of_this, "bytes": result.path.stat().st_size, "result": asdict(found)}
    remembered.write_text(json.dumps(record, indent=1, sort_keys=True))
    files = dict(zip(_ENDINGS, (result.path, set_aside, areas), strict=True))
    for ending, file in (files | {"json": remembered}).items():
        store.put(partition.out, partition.name(ending), file)


def rows_by_force(path: Path) -> dict[str, int]:
    """The rows of each force in a Parquet file of records, as they stand there."""
    rows = pl.scan_parquet(path).group_by(pl.col("force").cast(pl.String)).agg(pl.len()).sort("force").collect()
    return dict(rows.iter_rows())


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
