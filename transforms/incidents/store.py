"""Where files are kept: a folder, or an S3-compatible store that a URL names. What is put is there whole, or not at all.

Credentials and the address of a store are taken from the environment, as AWS's own tools do (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.errors import StoreError
from transforms.temporary import temporary_beside

# A store that answers 500 or 503, or not at all, is asked again, with growing waits, until one of these is used up.
_RETRIES, _RETRYING, _ANSWER_WITHIN = 8, timedelta(seconds=60), timedelta(seconds=20)
# The most that is asked for at once, so that a slow line can bring it within that time.
_MOST_AT_ONCE = 8 << 20


@dataclass(frozen=True)
class Object:
    """A file in a store: its name below the root, its bytes, what the store calls this version of it, and the second in which it was put there."""

    name: str
    bytes: int
    etag: str
    modified: int


def is_url(root: str) -> bool:
    """Whether a place is in a store rather than a folder."""
    return "://" in root


def read(root: str, name: str) -> bytes | None:
    """The bytes of a file, None where there is none. Raises StoreError where the store does not answer."""
    if not is_url(root):
        path = Path(root) / name
        return path.read_bytes() if path.is_file() else None
    import obstore

    with _one_sentence(root, name, "given"):
        try:
            return bytes(obstore.get(_store(root), name).bytes())
        except FileNotFoundError:
            return None


def size(root: str, name: str) -> int | None:
    """The bytes that a file has, None where there is none. Raises StoreError where the store does not answer."""
    if not is_url(root):
        path = Path(root) / name
        return path.stat().st_size if path.is_file() else None
    import obstore

    with _one_sentence(root, name, "given"):
        try:
            return int(obstore.head(_store(root), name)["size"])
        except FileNotFoundError:
            return None


def listed(root: str) -> list[Object]:
    """Every file below the root in a store, in the order of the names; raises StoreError where the store does not answer."""
    import obstore

    with _one_sentence(root, "the list of its files", "given"):
        entries = [entry for page in obstore.list(_store(root)) for entry in page]
    found = (
        Object(entry["path"], entry["size"], entry["e_tag"] or "", int(entry["last_modified"].timestamp()))
        for entry in entries
    )
    return sorted(found, key=lambda each: each.name)


def end_of(root: str, name: str, etag: str, size: int) -> tuple[int, bytes]:
    """The last bytes of one version of a file in a store, at most so many, and at which byte they begin.

    Raises StoreError where there is another version, or none, and where the store does not answer.
    """
    return _ranged(root, name, etag, {"suffix": size})


def part_of(root: str, name: str, etag: str, start: int, end: int) -> bytes:
    """The bytes of one version of a file in a store from ``start`` to before ``end``, or to its end; raises as ``end_of``."""
    pieces = (
        _ranged(root, name, etag, (at, min(at + _MOST_AT_ONCE, end)))[1] for at in range(start, end, _MOST_AT_ONCE)
    )
    return b"".join(pieces)


def put(root: str, name: str, file: Path) -> None:
    """Put a local file there, in the place of one of that name, at once: a reader sees the one or the other.

    Raises StoreError where the store does not take it.
    """
    if not is_url(root):
        target = Path(root) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(target)
        try:
            temporary.write_bytes(file.read_bytes())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return
    import obstore

    with _one_sentence(root, name, "taken"):
        # In one request: a store shows an object when the request that brings it has ended.
        obstore.put(_store(root), name, file, use_multipart=False)


def delete(root: str, name: str) -> None:
    """Take a file away, if it is there. Raises StoreError where the store does not answer."""
    if not is_url(root):
        (Path(root) / name).unlink(missing_ok=True)
        return
    import obstore

    with _one_sentence(root, name, "taken away"):
        try:
            obstore.delete(_store(root), name)
        except FileNotFoundError:
            return


def local_copy(root: str, name: str) -> Any:
    """What Polars reads a Parquet file from: its path, or its bytes where it is in a store."""
    return Path(root) / name if not is_url(root) else read(root, name)


def _ranged(root: str, name: str, etag: str, wanted: Any) -> tuple[int, bytes]:
    import obstore
    from obstore.exceptions import PreconditionError

    changed = StoreError(
        f"{root}/{name} was changed or taken away while it was read; run the build again when it stays as it is."
    )
    with _one_sentence(root, name, "given"):
        try:
            answer = obstore.get(_store(root), name, options={"range": wanted, "if_match": etag or None})
            # A store that does not know the condition says at least what it gives.
            if (answer.meta["e_tag"] or "") != etag:
                raise changed
            return answer.range[0], bytes(answer.bytes())
        except (FileNotFoundError, PreconditionError) as error:
            raise changed from error


@lru_cache(maxsize=16)
def _store(root: str) -> Any:
    from obstore.store import from_url

    return from_url(
        root,
        client_options={"timeout": _ANSWER_WITHIN, "allow_http": root.startswith("s3://")},
        retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRYING},
    )


@contextmanager
def _one_sentence(root: str, name: str, done: str) -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        raise StoreError(
            f"{root}: the store has not {done} {name} ({_words(error)}); look at the store and run the build again: "
            "finished months are kept."
        ) from error


def _words(error: Exception) -> str:
    """What a store said, without the document that may come with it."""
    return str(error).partition("\n")[0].partition(": <?xml")[0]
