"""Where the lake of records is kept: a folder, or an S3-compatible store that a URL names. A file is there whole, or not at all.

Credentials and the address of a store are taken from the environment, as AWS's own tools do (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.errors import CountyLinesError

# A store that answers 500 or 503, or not at all, is asked again, with growing waits, until one of these is used up.
_RETRIES, _RETRYING, _ANSWER_WITHIN = 8, timedelta(seconds=60), timedelta(seconds=20)


def is_url(root: str) -> bool:
    """Whether a lake is in a store rather than in a folder."""
    return "://" in root


def read(root: str, name: str) -> bytes | None:
    """The bytes of a file, None where there is none. Raises CountyLinesError where the store does not answer."""
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
    """The bytes that a file has, None where there is none. Raises CountyLinesError where the store does not answer."""
    if not is_url(root):
        path = Path(root) / name
        return path.stat().st_size if path.is_file() else None
    import obstore

    with _one_sentence(root, name, "given"):
        try:
            return int(obstore.head(_store(root), name)["size"])
        except FileNotFoundError:
            return None


def put(root: str, name: str, file: Path) -> None:
    """Put a local file there, in the place of one of that name, at once: a reader sees the one or the other.

    Raises CountyLinesError where the store does not take it.
    """
    if not is_url(root):
        target = Path(root) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
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
    """Take a file away, if it is there. Raises CountyLinesError where the store does not answer."""
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


@lru_cache(maxsize=4)
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
        raise CountyLinesError(
            f"{root}: the store has not {done} {name} ({str(error).splitlines()[0]}); look at the store and run the build again: "
            "finished months are kept."
        ) from error
