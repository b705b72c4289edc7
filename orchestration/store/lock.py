"""One build at a time in one build folder."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.store.paths import Paths
from transforms.errors import CountyLinesError
from transforms.temporary import stands_for

# Where something is written without the lock of a build: by code locations, deliveries and those who look; and the figures of a server.
_OF_OTHERS = frozenset(("parsed", "landing", "dagster", "delivery", "data-docs"))
_FIGURES = "metrics.prom"
_LEFT_SECONDS = 3600


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
    """The temporary files and folders that nobody is writing if no build is at work; where others write without its lock, those that have been
    there for an hour.
    """
    left = []
    for path in sorted(paths.build.rglob(".*.tmp")):
        of = stands_for(path.name)
        is_others = path.relative_to(paths.build).parts[0] in _OF_OTHERS or of == _FIGURES
        if of is not None and (not is_others or _seconds_old(path) > _LEFT_SECONDS):
            left.append(path)
    return left


def _seconds_old(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:  # whoever was writing it is done
        return 0


def _remove_half_written(paths: Paths) -> None:
    for path in half_written(paths):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
