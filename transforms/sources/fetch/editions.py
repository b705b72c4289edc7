"""The store of fetched files: each exactly as received, under its checksum, read-only, with one record for each version."""

import dataclasses
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from transforms.errors import FetchError, RefusedError, RegisterError
from transforms.sources.fetch.connection import Connection, Validators, said_plainly
from transforms.sources.fetch.discovery import FileLink, discover
from transforms.sources.fetch.download import discard, download
from transforms.sources.fetch.limits import Limits, check_content, check_file_name
from transforms.sources.registry import Source


@dataclass(frozen=True)
class Fetched:
    """The record of one version of a file: a line of ``fetched.jsonl``. ``retrieved_at`` is UTC, ISO 8601; the rest is as received.

    ``updated_at`` is the publisher's date of the page that links the file.
    """

    source_id: str
    file: str
    url: str
    sha256: str
    bytes: int
    retrieved_at: str
    updated_at: str | None
    last_modified: str | None
    etag: str | None


@dataclass(frozen=True)
class Outcome:
    """What became of one file, or of a source whose files could not be found.

    ``outcome`` is 'new', 'revision' (other bytes under a known name), 'unchanged', 'refused', 'failed', or 'by hand' for a source
    that no publisher's page lists; ``reason`` says why in the last three, ``path`` where the file is in the first three.
    """

    source_id: str
    file: str | None
    outcome: str
    reason: str | None = None
    path: Path | None = None
    sha256: str | None = None
    bytes: int | None = None


FAILURES = ("refused", "failed")
Report = Callable[[str, str, int, int | None], None]


def read_records(editions: Path) -> list[Fetched]:
    """The records of a store, oldest first; none before the first fetch. Raises RegisterError for a line that is no record."""
    path = editions / "fetched.jsonl"
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else [], start=1):
        try:
            records.append(Fetched(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise RegisterError(
                f"{path}: line {number} is no record of a fetched file; delete the line, and the file is fetched again."
            ) from error
    return records


def stored_at(editions: Path, record: Fetched) -> Path:
    """Where a store keeps the file of a record: ``<first two of sha256>/<sha256>/<file name>``."""
    return editions / record.sha256[:2] / record.sha256 / record.file


def fetch_sources(
    sources: Iterable[Source],
    editions: Path,
    now: Callable[[], datetime],
    limits: Limits,
    progress: Report = lambda source_id, file, done, total: None,
) -> Iterator[Outcome]:
    """Fetch what the publishers of the sources link today into the store, and yield what became of each file.

    A publisher or file that fails does not stop the others. Nothing in the store is ever overwritten. ``progress`` is told source,
    file name, bytes so far and, where known, in all. Raises RegisterError for a damaged store and OSError for a full disk.
    """
    with Connection(limits) as connection:
        for source in sources:
            if source.discovery.kind == "manual":
                yield Outcome(
                    source.id, None, "by hand", f"Read {source.discovery.page} and follow the register entry."
                )
                continue
            try:
                with said_plainly(source, source.discovery.page):
                    links = discover(source, connection)
            except (FetchError, RegisterError) as error:
                yield Outcome(source.id, None, _failure(error), str(error))
                continue
            for link in links:
                try:
                    yield _fetch(source, link, editions, now, connection, progress)
                except FetchError as error:
                    yield Outcome(source.id, link.file, _failure(error), str(error))


def _fetch(
    source: Source,
    link: FileLink,
    editions: Path,
    now: Callable[[], datetime],
    connection: Connection,
    progress: Report,
) -> Outcome:
    check_file_name(source, link.file, link.url)
    last = _last(source, link.file, editions)
    part = editions / ".part" / hashlib.sha256(f"{source.id} {link.url}".encode()).hexdigest()[:24]
    part.parent.mkdir(parents=True, exist_ok=True)
    known = Validators(last.etag, last.last_modified) if last and last.url == link.url else None
    try:
        found = download(
            source,
            link.url,
            part,
            connection,
            known=known,
            progress=lambda done, total: progress(source.id, link.file, done, total),
        )
        if found:
            check_content(source, link.file, link.url, part, connection.limits)
    except RefusedError:
        discard(part)
        raise
    if last and found is None:
        return _outcome(editions, last, "unchanged")
    assert found is not None
    record = Fetched(
        source_id=source.id,
        file=link.file,
        url=link.url,
        sha256=_sha256(part),
        bytes=part.stat().st_size,
        retrieved_at=now().isoformat(timespec="seconds"),
        updated_at=link.updated_at,
        last_modified=found.last_modified,
        etag=found.etag,
    )
    _keep(part, stored_at(editions, record))
    if last and last.sha256 == record.sha256:
        return _outcome(editions, last, "unchanged")
    write_record(editions, record)
    return _outcome(editions, record, "revision" if last else "new")


def write_record(editions: Path, record: Fetched) -> None:
    """Add a record to those of a store. Raises OSError for a full disk, and then none is added, and no part of one.

    One write of one line: a fetch that is killed leaves a whole record or none, and without it the file is simply fetched again.
    """
    path, line = editions / "fetched.jsonl", f"{json.dumps(dataclasses.asdict(record))}\n".encode()
    with path.open("ab", buffering=0) as file:
        before = file.tell()
        if file.write(line) != len(line):
            file.truncate(before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        os.fsync(file.fileno())
    _flush(editions)


def _last(source: Source, name: str, editions: Path) -> Fetched | None:
    """The last version of a file; one whose copy was deleted, cut or edited counts as not fetched by its address, and its bytes still count."""
    same = [record for record in read_records(editions) if (record.source_id, record.file) == (source.id, name)]
    if not same:
        return None
    path = stored_at(editions, same[-1])
    whole = path.is_file() and path.stat().st_size == same[-1].bytes and _sha256(path) == same[-1].sha256
    return same[-1] if whole else dataclasses.replace(same[-1], url="")


def _keep(part: Path, target: Path) -> None:
    """Move a whole download to its place in the store; the same bytes that are there already stay."""
    if target.is_file() and _sha256(target) == target.parent.name:
        discard(part)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part.chmod(0o444)
    part.replace(target)
    discard(part)
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        _flush(folder)


def _flush(folder: Path) -> None:
    """Have the names in a folder on disk: a record must not outlive, in a power cut, the file that it tells of."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _outcome(editions: Path, record: Fetched, outcome: str) -> Outcome:
    return Outcome(
        record.source_id,
        record.file,
        outcome,
        path=stored_at(editions, record),
        sha256=record.sha256,
        bytes=record.bytes,
    )


def _failure(error: Exception) -> str:
    return "refused" if isinstance(error, RefusedError) else "failed"
