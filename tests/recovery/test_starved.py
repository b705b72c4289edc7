"""A build without room, without the right to write, or on damaged tables: readers keep what they have, the next build mends all."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.full_build import Small
from tests.full_build import small as small
from tests.orchestration.builds import AFTER_A_CELL, digests, good, last_run, made, run

pytestmark = pytest.mark.full


def mount(*arguments: str) -> None:
    """Mount or unmount; a machine that does not allow it skips the test."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(small: Small, tmp_path: Path) -> Iterator[Path]:
    """A copy of a build of the small data on a disk of its own, with one MiB of room."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", str(disk))
    try:
        build = Path(shutil.copytree(small.build, disk / "build", symlinks=True))
        used = shutil.disk_usage(disk).used
        mount("mount", "-o", f"remount,size={used // 1024 + 1024}k", str(disk))
        yield build
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_no_right_to_write_then_no_room_then_damaged_tables_and_the_next_build_mends_all(
    small_disk: Path, small: Small
) -> None:
    before, disk = good(small_disk), str(small_disk.parent)
    (small_disk / "lake" / "core" / "observations.parquet").unlink()

    mount("mount", "-o", "remount,ro", disk)
    denied = run(["build"], small_disk, COUNTYLINES_DATA=small.data)
    assert denied.returncode == 1
    assert denied.stderr.startswith("countylines: ")
    assert "Read-only file system" in denied.stderr
    assert len(denied.stderr.splitlines()) == 1
    mount("mount", "-o", "remount,rw", disk)
    assert good(small_disk) == before

    starved = run(["build"], small_disk, COUNTYLINES_DATA=small.data)
    assert starved.returncode == 1
    # Whichever meets the full disk first: a table, or the run history, whose storage calls it an error of input and output.
    said = ("No space left on device", "disk is full", "make room on the disk")
    assert any(words in starved.stderr for words in said), starved.stderr
    assert "Traceback" not in starved.stderr
    assert digests((small_disk / "reports").resolve()) == digests((small.build / "reports").resolve())

    mount("mount", "-o", "remount,size=2g", disk)
    table = small_disk / "lake" / "out" / "indicators.parquet"
    table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    edited = small_disk / "lake" / "raw" / "mopac_rescue_and_response.parquet"
    edited.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    mended = run(["build"], small_disk, COUNTYLINES_DATA=small.data)
    assert mended.returncode == 0, mended.stderr
    assert last_run(small_disk) == ("SUCCESS", {"raw/mopac_rescue_and_response", *AFTER_A_CELL})
    assert made(small_disk) == made(small.build)
