"""Looks at everything that a build stands on and has left behind, and says what to do about each thing that is not as it should be."""

import os
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from orchestration.delivery.deliver import ledger_path
from orchestration.store.fingerprint import outputs, read_manifest
from orchestration.store.hashes import digest_of, hash_files
from orchestration.store.lock import half_written, process_at_work
from orchestration.store.paths import PROJECT, Paths
from transforms.errors import CountyLinesError

# A build beside the last one, its documents twice, and as much again: less than this and the next build may not end.
_BUILDS_OF_SPACE = 3
_LEAST_SPACE = 512 * 1024**2
# Clocks of machines that share a folder may differ by this much.
_CLOCK_SECONDS = 300


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``state`` is 'sound', 'attention' (it can wait) or 'broken'; ``remedy`` is what to do, if anything."""

    looked_at: str
    state: str
    found: str
    remedy: str | None = None


def examine(paths: Paths) -> Iterator[Finding]:
    """Every finding, the folders that people write first, then what builds leave behind. Nothing is changed."""
    for look in _LOOKS:
        yield from look(paths)


def _registers(paths: Paths) -> Iterator[Finding]:
    from transforms.harmonise.registers import load_registers
    from transforms.sources.registry import load_sources

    read: tuple[tuple[str, Callable[[Path], object]], ...] = (
        ("registers", load_registers),
        ("source entries", load_sources),
    )
    for name, load in read:
        try:
            load(paths.data)
        except CountyLinesError as error:
            yield Finding(
                name, "broken", str(error), "Mend the file that it names, or restore it from version control."
            )
        else:
            yield Finding(name, "sound", "every file can be read, and they agree with each other")


def _published_cells(paths: Paths) -> Iterator[Finding]:
    from transforms.sources.published import read_cells, read_editions, sources_held
    from transforms.sources.registry import load_sources

    try:
        held = sources_held(load_sources(paths.data))
        rows = {source_id: read_cells(source, paths.data).height for source_id, source in held.items()}
    except CountyLinesError as error:
        yield Finding("published cells", "broken", str(error))
        return
    listed = dict(read_editions(paths.data).group_by("source_id").agg(rows="rows").select("source_id", "rows").rows())
    expected = {source_id: sum(listed.get(source_id, [])) for source_id in rows}
    for source_id in sorted(source_id for source_id in rows if rows[source_id] != expected[source_id]):
        yield Finding(
            f"published cells of {source_id}",
            "broken",
            f"{rows[source_id]:,} cells are kept, {expected[source_id]:,} were written",
            f"Restore data/published/{source_id} from version control, or publish its cells again from the files.",
        )
    if rows == expected:
        yield Finding(
            "published cells", "sound", f"{sum(rows.values()):,} cells of {len(rows)} sources, as many as written"
        )


def _fetched_files(paths: Paths) -> Iterator[Finding]:
    from transforms.sources.fetch.editions import read_records, stored_at

    store = paths.lake / "editions"
    try:
        records = read_records(store)
    except CountyLinesError as error:
        yield Finding("fetched files", "broken", str(error))
        return
    damaged = [record for record in records if digest_of(stored_at(store, record)) != record.sha256]
    for record in damaged:
        yield Finding(
            f"fetched file {record.file}",
            "broken",
            f"the copy of {record.retrieved_at} in {stored_at(store, record).parent} does not have its checksum",
            f"Restore it from a backup, or delete it and run countylines fetch {record.source_id}.",
        )
    if not damaged:
        yield Finding("fetched files", "sound", f"{len(records)} files have their checksums")


def _last_build(paths: Paths) -> Iterator[Finding]:
    manifest = read_manifest(paths)
    if not manifest:
        yield Finding("last build", "attention", "no build has ended well here", "Run countylines build.")
        return
    now, before = outputs(paths), manifest["outputs"]
    if differing := sorted(name for name in {*now, *before} if now.get(name) != before.get(name)):
        yield Finding(
            "last build",
            "attention",
            f"{len(differing)} of {len(before)} files are not as the last good build left them, the first {differing[0]}",
            "Run countylines build: it makes them again.",
        )
    # What looks unchanged by size and time may still be damaged on the disk.
    kept = {name: digest for name, digest in manifest.get("digests", {}).items() if name not in differing}
    for name in sorted(name for name, digest in kept.items() if digest_of(paths.build / name) != digest):
        yield Finding(
            f"file {name}",
            "broken",
            "its bytes have changed since it was written, though its size and time have not: the disk may be failing",
            f"Delete {paths.build / name} and run countylines build.",
        )
    if not differing:
        yield Finding("last build", "sound", f"{len(before)} files are as the last good build left them")


def _published_reports(paths: Paths) -> Iterator[Finding]:
    if not paths.reports.is_symlink():
        yield Finding("published reports", "attention", "none have been published here", "Run countylines build.")
        return
    edition = paths.reports.resolve()
    files = [file for file in edition.rglob("*") if file.is_file()]
    if not files:
        yield Finding(
            "published reports", "broken", f"{paths.reports} leads to no folder of reports", "Run countylines build."
        )
    elif hash_files(files, edition)[:12] != edition.name.partition("-")[2]:
        yield Finding(
            "published reports",
            "broken",
            f"the files in {edition} are not those that were published under its name",
            "Run countylines build: it puts back what was changed.",
        )
    else:
        yield Finding("published reports", "sound", f"{len(files)} files of build {edition.name} are as published")


def _run_history(paths: Paths) -> Iterator[Finding]:
    databases = sorted(paths.dagster_home.rglob("*.db"))
    for database in databases:
        if (answer := _what_sqlite_says(database)) != "ok":
            yield Finding(
                f"run history {database.name}",
                "broken",
                f"SQLite says: {answer}",
                f"Restore {database} from a backup, or delete {paths.dagster_home}: only the record of past runs is lost.",
            )
            return
    yield Finding("run history", "sound", f"{len(databases)} databases are whole")


def _ledger_of_delivery(paths: Paths) -> Iterator[Finding]:
    ledger = ledger_path(paths)
    if not ledger.exists():
        yield Finding("ledger of delivery", "sound", "nothing has been delivered from here")
    elif (answer := _what_sqlite_says(ledger)) != "ok":
        yield Finding(
            "ledger of delivery",
            "broken",
            f"SQLite says: {answer}",
            f"Restore {ledger} from a backup: it alone knows who has got which letter, and nothing is delivered without it.",
        )
    else:
        yield Finding("ledger of delivery", "sound", "the database is whole")


def _what_sqlite_says(database: Path) -> str:
    """The answer of SQLite's own check, 'ok' if all is well. Opened for writing, so that it first takes back what a killed process half wrote."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            return str(connection.execute("pragma quick_check").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)


def _left_over(paths: Paths) -> Iterator[Finding]:
    process = process_at_work(paths)
    left = half_written(paths)
    if process is not None:
        yield Finding("build at work", "attention", f"process {process} is building here", "Wait for its end.")
    elif left:
        yield Finding(
            "half written files",
            "attention",
            f"a process that was killed left {len(left)}, the first {left[0].relative_to(paths.build)}",
            "Run countylines build: it removes them first.",
        )
    else:
        yield Finding("half written files", "sound", "none")


def _disk(paths: Paths) -> Iterator[Finding]:
    place = next(folder for folder in (paths.build, *paths.build.parents) if folder.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        yield Finding("disk", "broken", f"{place} cannot be written", "Give this user the right to write there.")
        return
    made = sum(size for size, _ in outputs(paths).values())
    needed, free = max(_BUILDS_OF_SPACE * made, _LEAST_SPACE), shutil.disk_usage(place).free
    if free < needed:
        yield Finding(
            "disk",
            "attention",
            f"{free // 1024**2:,} MiB are free, and a build may need {needed // 1024**2:,}",
            "Make room; a build that finds none ends with an error and leaves the last good reports as they are.",
        )
    else:
        yield Finding("disk", "sound", f"{free // 1024**2:,} MiB are free")


def _clock(paths: Paths) -> Iterator[Finding]:
    latest = max((written for _, written in outputs(paths).values()), default=0)
    if latest > time.time_ns() + _CLOCK_SECONDS * 10**9:
        yield Finding(
            "clock",
            "attention",
            "files here were written at a later time than this machine's clock shows",
            "Set the clock. Builds go by content and do not mind; schedules and the age of sources do.",
        )
    else:
        yield Finding("clock", "sound", "no file here is from the future")


def _packages(paths: Paths) -> Iterator[Finding]:
    """What is installed, beside what the project pins: another version may compute, draw or refuse something else."""
    pinned = pinned_versions(PROJECT / "constraints.txt")
    installed = {_canonical(each.metadata["Name"]): each.version for each in distributions()}
    known = sorted(name for name in installed if name in pinned)
    if other := [name for name in known if installed[name] not in pinned[name]]:
        first = other[0]
        yield Finding(
            "packages",
            "attention",
            f"{len(other)} of {len(known)} are not the pinned ones, the first {first} {installed[first]} instead of {' or '.join(sorted(pinned[first]))}",
            "Run uv sync, or pip install --require-hashes -r constraints.txt.",
        )
    else:
        yield Finding("packages", "sound", f"{len(known)} are the versions of constraints.txt")


def pinned_versions(constraints: Path) -> dict[str, set[str]]:
    """The versions of each distribution that the project pins; of some another one for each version of Python."""
    pinned: dict[str, set[str]] = {}
    for line in constraints.read_text(encoding="utf-8").splitlines() if constraints.is_file() else []:
        if found := re.match(r"([\w.-]+)==([^\s;\\]+)", line):
            pinned.setdefault(_canonical(found[1]), set()).add(found[2])
    return pinned


def _canonical(name: str) -> str:
    """The name of a distribution as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _sizes(paths: Paths) -> Iterator[Finding]:
    """How large each folder of the build folder is, the largest first, a file with two names counted once: what grows is seen."""
    sizes, seen = Counter[str](), set[tuple[int, int]]()
    for path in paths.build.rglob("*") if paths.build.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            status = path.stat()
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                first = path.relative_to(paths.build).parts
                sizes[first[0] if len(first) > 1 else "files at its top"] += status.st_size
    listed = ", ".join(f"{name} {size / 1024**2:,.1f}" for name, size in sizes.most_common())
    yield Finding("sizes in MiB", "sound", f"{listed or 'nothing yet'}; {sum(sizes.values()) / 1024**2:,.1f} in all")


_LOOKS: tuple[Callable[[Paths], Iterator[Finding]], ...] = (
    _registers,
    _published_cells,
    _fetched_files,
    _last_build,
    _published_reports,
    _run_history,
    _ledger_of_delivery,
    _left_over,
    _disk,
    _sizes,
    _packages,
    _clock,
)
