"""One file from its address to a file on disk, exactly as sent: conditional, resumable, and within limits."""

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from transforms.errors import FetchError, RefusedError
from transforms.sources.fetch.connection import Connection, Validators, retried, said_plainly, whole_number
from transforms.sources.registry import Source

Progress = Callable[[int, int | None], None]


def download(
    source: Source,
    url: str,
    part: Path,
    connection: Connection,
    *,
    known: Validators | None = None,
    progress: Progress = lambda done, total: None,
) -> Validators | None:
    """Write the bytes of an address to ``part``; None, and no file, when the server says that the ``known`` version is still the one.

    A download that was cut before, in this run or an earlier one, goes on where it ended, if the server says that the file is the
    same. ``progress`` is told the bytes so far and, where known, in all. Raises FetchError, RefusedError for a file that is too large
    or comes compressed, each one sentence with source, address and what to do; what is there of a cut file is kept.
    """
    deadline = time.monotonic() + connection.limits.file_seconds

    def receive() -> Validators | None:
        headers = _resume(part) or (known.condition if known else {})
        # A body that comes piece by piece is ended below, where it is known how much is there.
        within = connection.within_time(source, url, max(0.0, deadline - time.monotonic()) + 1)
        with within, connection.stream(source, url, {"Accept-Encoding": "identity", **headers}) as response:
            if response.status_code == 304 and known and "Range" not in headers:
                return None
            start = _start(response, part)
            found = Validators.of(response)
            if start == 0:
                _beside(part).write_text(json.dumps([found.etag, found.last_modified]), encoding="utf-8")
            _write(source, url, response, part, start, connection, deadline, progress)
            return found

    with said_plainly(source, url):
        return retried(connection.limits, receive)


def discard(part: Path) -> None:
    """Remove a partial download and what is known about it."""
    part.unlink(missing_ok=True)
    _beside(part).unlink(missing_ok=True)


def _write(
    source: Source,
    url: str,
    response: httpx.Response,
    part: Path,
    start: int,
    connection: Connection,
    deadline: float,
    progress: Progress,
) -> None:
    limits, length = connection.limits, whole_number(response.headers.get("Content-Length", ""))
    total = None if length is None else start + length
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise RefusedError(
            f"{source.id}: {url} came compressed although its bytes as they are were asked for; download it by hand into a landing folder."
        )
    done = start
    progress(done, total)
    with part.open("ab" if start else "wb") as file:
        for chunk in response.iter_raw():
            done += len(chunk)
            if max(done, total or 0) > limits.file_bytes:
                raise RefusedError(
                    f"{source.id}: {url} is larger than {limits.file_bytes:,} bytes; if it is meant to be, download it by hand into a landing folder."
                )
            if time.monotonic() > deadline:
                raise FetchError(
                    f"{source.id}: {url} took longer than {limits.file_seconds:g} seconds; run countylines fetch {source.id} again to go on from byte {done:,}."
                )
            file.write(chunk)
            progress(done, total)
        # It is moved to its place for good: its bytes are on the disk before its name is.
        file.flush()
        os.fsync(file.fileno())


def _start(response: httpx.Response, part: Path) -> int:
    """The byte that the body begins with; a part that does not fit is discarded and the request made again."""
    if response.status_code not in (206, 304, 416):
        return 0
    found = re.match(r"bytes ([0-9]{1,15})-", response.headers.get("Content-Range", ""))
    if response.status_code == 206 and found and int(found[1]) == (part.stat().st_size if part.exists() else 0):
        return int(found[1])
    discard(part)
    raise httpx.RemoteProtocolError(
        f"answer {response.status_code} does not fit what was asked for", request=response.request
    )


def _resume(part: Path) -> dict[str, str]:
    """Ask for what is missing of a part, provided that the file is still the one that the part is of; nothing without a part.

    A weak entity tag does not promise equal bytes, so that it cannot be used (RFC 9110, 13.1.5).
    """
    if not part.is_file() or part.stat().st_size == 0 or not _beside(part).is_file():
        return {}
    try:
        etag, last_modified = json.loads(_beside(part).read_text(encoding="utf-8"))
    except ValueError:  # written by a fetch that was killed: the part is of no use
        return {}
    validator = etag if etag and not etag.startswith("W/") else last_modified
    return {"Range": f"bytes={part.stat().st_size}-", "If-Range": validator} if validator else {}


def _beside(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")
