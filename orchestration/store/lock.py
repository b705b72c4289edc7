"""One build at a time in one build folder."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError


@contextmanager
def only_build(paths: Paths, wait: bool = False) -> Iterator[None]:
    """Hold the lock of a build folder, with this process's id in it; first remove what a killed build left half written.

    The lock is the system's, so that it ends with its process, however that ends. Raises CountyLinesError with the other process's id
    when another build holds it, or, told to ``wait``, starts after it.
    """
    paths.build.mkdir(parents=True, exist_ok=True)
    with (paths.build / ".lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise CountyLinesError(
                f"Another build (process {lock.read().strip() or 'just started'}) is at work in {paths.build}; "
                "wait for its end, or give this one another folder with --output."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _remove_half_written(paths)
        yield


def process_at_work(paths: Paths) -> int | None:
    """The id of the process that builds in a build folder now; None when there is none."""
    try:
        with (paths.build / ".lock").open("r", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((paths.build / ".lock").read_text(encoding="utf-8") or 0)
    return None


def half_written(paths: Paths) -> list[Path]:
    """The temporary files and folders (.<name>.<process id>.tmp) of processes that are no longer there."""
    left = ((path, path.name.split(".")[-2]) for path in sorted(paths.build.rglob(".*.tmp")))
    return [path for path, process in left if process.isdigit() and not _is_alive(int(process))]


def _remove_half_written(paths: Paths) -> None:
    for path in half_written(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
